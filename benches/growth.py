#!/usr/bin/env python3
"""How time and memory of safepost grow with a video's length, a photo's size, the faces in it, and the jobs.

    benches/growth.py [--rounds 3] [--seconds 10,60,600] [--safepost PATH] [--only length,size,faces,jobs] [PHOTO]

Everything is drawn from one photo (samples/staff-board.jpg): a camera that moves over it (with the ffmpeg program), the photo at
several sizes, and walls of a face in rows. All checks are on. Needs Pillow; run it on an otherwise idle machine.
"""
import argparse, os, platform, shutil, statistics, subprocess, tempfile
from pathlib import Path

from timed import TARGET, timed

HERE = Path(__file__).resolve().parent
# The face in samples/astronaut.jpg, with what is around it: left, top, right, bottom.
FACE = (120, 0, 340, 270)


def film(photo: Path, seconds: int, target: Path) -> None:
    """640x360 at 15 frames a second; the camera goes around over the photo every 40 seconds."""
    turn = "2*PI*t/40"
    view = f"scale=1920:-2,crop=640:360:x='(iw-640)*(.5+.5*cos({turn}))':y='(ih-360)*(.5+.5*sin({turn}))'"
    command = ["ffmpeg", "-y", "-v", "error", "-loop", "1", "-framerate", "15", "-i", photo, "-vf", view, "-t", seconds]
    command += ["-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast", target]
    subprocess.run([str(word) for word in command], check=True)


def sized(photo: Path, megapixels: int, target: Path) -> None:
    from PIL import Image

    picture = Image.open(photo).convert("RGB")
    scale = (megapixels * 1e6 / (picture.width * picture.height)) ** 0.5
    size = tuple(round(side * scale) for side in picture.size)
    picture.resize(size, Image.BICUBIC).save(target, quality=90)


def wall(faces: int, target: Path) -> None:
    """Twelve megapixels with as many faces in a square; none is the same wall without a face."""
    from PIL import Image

    face = Image.open(HERE.parent / "samples" / "astronaut.jpg").convert("RGB").crop(FACE)
    picture = Image.new("RGB", (4000, 3000), (150, 160, 165))
    rows = max(1, round(faces**0.5))
    high = min(900, 2700 // rows)
    wide = round(face.width * high / face.height)
    face = face.resize((wide, high), Image.BICUBIC)
    for number in range(faces):
        row, column = divmod(number, rows)
        picture.paste(face, (60 + column * 3900 // rows, 60 + row * 2900 // rows))
    picture.save(target, quality=90)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photo", nargs="?", type=Path, default=HERE.parent / "samples" / "staff-board.jpg")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", default="10,60,600")
    parser.add_argument("--only", default="length,size,faces,jobs")
    parser.add_argument("--safepost", type=Path, default=TARGET / "release" / "safepost")
    args = parser.parse_args()
    wanted = args.only.split(",")
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)

        def measured(source: Path, *more, rounds=args.rounds) -> tuple[float, float]:
            walls, peak = [], 0
            for _ in range(rounds):
                out = scratch / "out"
                shutil.rmtree(out, ignore_errors=True)
                seconds, memory, _ = timed([args.safepost, "clean", source, "-o", out, "--overwrite", "--quiet", *more], may_fail=(3,))
                walls.append(seconds)
                peak = max(peak, memory)
            return statistics.median(walls), peak

        print(f"median of {args.rounds} rounds, all checks on; {platform.machine()}, {os.cpu_count()} cores")
        if "length" in wanted:
            print("\n| film of 640x360 at 15/s, faces and text | seconds | frames a second | peak memory, MiB |\n|---|---|---|---|")
            for seconds in map(int, args.seconds.split(",")):
                film(args.photo, seconds, scratch / "film.mp4")
                took, peak = measured(scratch / "film.mp4", "--redact", "faces,text", rounds=args.rounds if seconds < 100 else 1)
                print(f"| {seconds} s | {took:.1f} | {seconds * 15 / took:.1f} | {peak:.0f} |", flush=True)
        if "size" in wanted:
            print("\n| photo, faces | seconds | peak memory, MiB | all classes: seconds | peak memory, MiB |\n|---|---|---|---|---|")
            for megapixels in (1, 4, 12, 48, 108):
                sized(args.photo, megapixels, scratch / "photo.jpg")
                faces, everything = measured(scratch / "photo.jpg", "--redact", "faces"), measured(scratch / "photo.jpg")
                print(f"| {megapixels} MP | {faces[0]:.2f} | {faces[1]:.0f} | {everything[0]:.2f} | {everything[1]:.0f} |", flush=True)
        if "faces" in wanted:
            print("\n| faces in 12 MP | seconds | peak memory, MiB |\n|---|---|---|")
            for faces in (0, 1, 4, 16, 64, 256):
                wall(faces, scratch / "wall.jpg")
                took, peak = measured(scratch / "wall.jpg", "--redact", "faces")
                print(f"| {faces} | {took:.2f} | {peak:.0f} |", flush=True)
        if "jobs" in wanted:
            folder = scratch / "folder"
            folder.mkdir()
            for number in range(16):
                sized(args.photo, 4 + number % 3, folder / f"{number:02}.jpg")
            print("\n| 16 photos of 4 to 6 MP, faces | seconds | against one job | peak memory of one process, MiB |\n|---|---|---|---|")
            alone = None
            for jobs in (1, 2, 4):
                took, peak = measured(folder, "--redact", "faces", "--jobs", str(jobs))
                alone = alone or took
                print(f"| {jobs} | {took:.1f} | {alone / took:.2f} | {peak:.0f} |", flush=True)


if __name__ == "__main__":
    main()
