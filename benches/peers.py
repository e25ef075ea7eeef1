#!/usr/bin/env python3
"""Times safepost and deface on the same photographs in one run, interleaved, and reports peak memory.

    benches/peers.py PHOTO... [--rounds 5] [--safepost PATH] [--side 4000]

Every photo is enlarged to --side pixels on its long side first (a phone's 12 megapixels are 4000), so that both tools
get the same file. deface 1.5.0 is installed with onnx and onnxruntime into an environment of its own below the build
folder; without the onnx package it would fall back to another backend without saying so.
"""
import argparse, os, platform, shutil, statistics, tempfile
from pathlib import Path

from timed import TARGET, environment, timed

PEER = ["deface==1.5.0", "onnx==1.19.1", "onnxruntime==1.23.2"]


def enlarge(photo: Path, side: int, target: Path) -> None:
    from PIL import Image

    picture = Image.open(photo).convert("RGB")
    scale = side / max(picture.size)
    size = tuple(round(v * scale) for v in picture.size)
    picture.resize(size, Image.BICUBIC).save(target, quality=92)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--side", type=int, default=4000)
    parser.add_argument("--safepost", type=Path, default=TARGET / "release" / "safepost")
    args = parser.parse_args()
    deface = environment(TARGET / "peers", "deface", PEER)
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        photos = scratch / "photos"
        photos.mkdir()
        for number, photo in enumerate(args.photos):
            enlarge(photo, args.side, photos / f"{number:02}.jpg")
        out = scratch / "out"

        def ours(*more):
            shutil.rmtree(out, ignore_errors=True)
            return [args.safepost, "clean", photos, "-o", out, "--overwrite", "--quiet", *more]

        def theirs():
            return [deface, *sorted(photos.iterdir()), "-o", scratch / "deface.jpg", "--backend", "onnxrt"]

        commands = {
            "deface 1.5.0, faces": theirs,
            "safepost, faces": lambda: ours("--redact", "faces"),
            "safepost, faces, no second look": lambda: ours("--redact", "faces", "--verify", "off"),
            "safepost, all classes": ours,
            "safepost, all classes, no second look": lambda: ours("--verify", "off"),
        }
        walls, memory = {name: [] for name in commands}, {}
        for _ in range(args.rounds):
            for name, command in commands.items():
                wall, peak, _ = timed(command(), may_fail=(3,))
                walls[name].append(wall)
                memory[name] = max(memory.get(name, 0), peak)
    count = len(args.photos)
    base = statistics.median(walls["deface 1.5.0, faces"])
    print(f"{count} photos of {args.side} px, median of {args.rounds} interleaved rounds; {platform.machine()}, {os.cpu_count()} cores")
    print("| | seconds a photo | rate against deface | peak memory, MiB |\n|---|---|---|---|")
    for name in commands:
        median = statistics.median(walls[name])
        print(f"| {name} | {median / count:.2f} | {base / median:.2f} | {memory[name]:.0f} |")


if __name__ == "__main__":
    main()
