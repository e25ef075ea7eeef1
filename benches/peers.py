#!/usr/bin/env python3
"""Times safepost and deface on the same photographs in one run, interleaved, and reports peak memory.

    benches/peers.py PHOTO... [--rounds 5] [--safepost PATH] [--side 4000]

Every photo is enlarged to --side pixels on its long side first (a phone's 12 megapixels are 4000), so that both tools
get the same file. deface 1.5.0 is installed with onnx and onnxruntime into an environment of its own below the build
folder; without the onnx package it would fall back to another backend without saying so.
"""
import argparse, json, os, platform, resource, shutil, statistics, subprocess, sys, tempfile, time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEER = ["deface==1.5.0", "onnx==1.19.1", "onnxruntime==1.23.2"]


def peer(folder: Path) -> Path:
    """deface's program in an environment of its own, made on first use."""
    program = folder / "bin" / "deface"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([folder / "bin" / "pip", "install", "-q", *PEER], check=True)
    return program


def measured(command) -> tuple[float, float]:
    """Wall seconds and peak memory in MiB of one command that must succeed."""
    begun = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, error = child.communicate()
    wall = time.perf_counter() - begun
    if child.returncode != 0:
        sys.exit(f"{command[0]} ended with {child.returncode}: {error.decode(errors='replace')[-400:]}")
    return wall, 0.0


def peak(command) -> float:
    """Peak memory in MiB, from a run of its own in a process that has no other children."""
    script = (
        "import resource,subprocess,sys;"
        "subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", script, *map(str, command)], capture_output=True, check=True)
    return int(done.stdout) / 1024


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
    target_dir = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser.add_argument("--safepost", type=Path, default=target_dir / "release" / "safepost")
    args = parser.parse_args()
    deface = peer(target_dir / "peers")
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
            "safepost, faces and text": ours,
        }
        walls = {name: [] for name in commands}
        for _ in range(args.rounds):
            for name, command in commands.items():
                walls[name].append(measured(command())[0])
        memory = {name: peak(command()) for name, command in commands.items()}
    count = len(args.photos)
    base = statistics.median(walls["deface 1.5.0, faces"])
    print(f"{count} photos of {args.side} px, median of {args.rounds} interleaved rounds; {platform.machine()}, {os.cpu_count()} cores")
    print("| | seconds a photo | rate against deface | peak memory, MiB |\n|---|---|---|---|")
    for name in commands:
        median = statistics.median(walls[name])
        print(f"| {name} | {median / count:.2f} | {base / median:.2f} | {memory[name]:.0f} |")


if __name__ == "__main__":
    main()
