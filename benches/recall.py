#!/usr/bin/env python3
"""Measures recall and over-redaction of the built program on a labelled set of pictures.

    benches/recall.py SET --label face [--turn 90] [--safepost PATH] [--metric FILE] [-- MORE OPTIONS OF clean]

SET holds `gt.json` and the pictures it names:
    {"images": [{"file", "width", "height", "regions": [{"label", "bbox": [x, y, w, h], "polygon"?, "ignore"?}]}]}
The metric is a script of the form `eval_redaction.py --originals --outputs --gt --labels --missing-as-miss --json`,
by default the one that lies beside SET: a region counts as covered when 80 % of its detail was destroyed, and what
changed away from every labelled region counts as over-redaction. --turn turns pictures and labels clockwise first, by
90, 180 or 270 degrees. Needs numpy and Pillow.
"""
import argparse, json, os, subprocess, sys, tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def turned_point(x, y, width, height, turn):
    return {0: (x, y), 90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}[turn]


def turned_region(region, width, height, turn):
    x, y, w, h = region["bbox"]
    (ax, ay), (bx, by) = (turned_point(*p, width, height, turn) for p in ((x, y), (x + w, y + h)))
    region = dict(region, bbox=[min(ax, bx), min(ay, by), abs(bx - ax), abs(by - ay)])
    if region.get("polygon"):
        region["polygon"] = [list(turned_point(px, py, width, height, turn)) for px, py in region["polygon"]]
    return region


def turned_set(source: Path, target: Path, turn: int) -> Path:
    from PIL import Image, ImageOps

    method = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}[turn]
    truth = json.loads((source / "gt.json").read_text())
    for image in truth["images"]:
        picture = ImageOps.exif_transpose(Image.open(source / image["file"])).convert("RGB")
        width, height = picture.size
        picture = picture.transpose(method)
        image["regions"] = [turned_region(r, width, height, turn) for r in image["regions"]]
        image["width"], image["height"] = picture.size
        image["file"] = str(Path(image["file"]).with_suffix(".png"))
        path = target / image["file"]
        path.parent.mkdir(parents=True, exist_ok=True)
        picture.save(path, compress_level=1)
    (target / "gt.json").write_text(json.dumps(truth))
    return target


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", type=Path)
    parser.add_argument("--label", required=True)
    parser.add_argument("--redact", help="classes to redact [default: the label's]")
    parser.add_argument("--turn", type=int, choices=[0, 90, 180, 270], default=0)
    parser.add_argument("--metric", type=Path)
    parser.add_argument("--keep", type=Path, help="keep outputs and the full report here")
    target_dir = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser.add_argument("--safepost", type=Path, default=target_dir / "release" / "safepost")
    # Divided here: argparse takes "--" after options for the end of an empty list.
    end = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    args, more = parser.parse_args(sys.argv[1:end]), sys.argv[end + 1 :]
    metric = args.metric or args.set.parent / "eval_redaction.py"
    redact = args.redact or {"text": "text", "id_badge": "badges"}.get(args.label, args.label + "s")
    with tempfile.TemporaryDirectory() as scratch:
        scratch = args.keep or Path(scratch)
        scratch.mkdir(parents=True, exist_ok=True)
        pictures = turned_set(args.set, scratch / "turned", args.turn) if args.turn else args.set
        out = scratch / "out"
        command = [args.safepost, "clean", pictures, "-o", out, "--keep-names", "--quiet", "--redact", redact, *more]
        ended = subprocess.run(command)
        if ended.returncode == 1:
            sys.exit("safepost did nothing")
        report = scratch / "report.json"
        measure = [sys.executable, metric, "--originals", pictures, "--outputs", out, "--gt", pictures / "gt.json"]
        measure += ["--labels", args.label, "--missing-as-miss", "--json", report]
        subprocess.run(measure, check=True, stdout=subprocess.DEVNULL)
        measured = json.loads(report.read_text())["report"]
    sizes = measured["by_label"][args.label]["by_size"]
    over = measured["over_redaction"]["mean_share_of_all_pixels"]
    print(f"{args.set.name}, turned by {args.turn} degrees: {measured['images']} pictures, {measured['missing_outputs']} missing")
    print("| | all | " + " | ".join(f"{name} px" for name in sizes) + " | over-redaction |")
    print("|---" * (len(sizes) + 3) + "|")
    cells = [measured["overall"], *sizes.values()]
    print("| recall (of) | " + " | ".join(f"{c['recall']} ({c['n']})" for c in cells) + f" | {over:.2%} |")
    for part, figures in measured["by_sub"].items():
        print(f"{part}: {figures['recall']} ({figures['n']})")


if __name__ == "__main__":
    main()
