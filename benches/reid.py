#!/usr/bin/env python3
"""Tries to recognise redacted faces: how often is a redacted face most like its own original among many?

    benches/reid.py SET [--most 80] [--styles blur,solid,pixelate] [--safepost PATH] [--models FOLDER]

SET holds `gt.json` and the pictures it names, as for recall.py, with regions labelled `face`. Every labelled face of at
least 48 pixels that CenterFace sees in the original becomes 192 numbers (MobileFaceNet, mobilefacenet.onnx), with its eyes,
nose and mouth as they are in the original: whoever attacks may know where they were. The same places in the output become
numbers too, and each is compared with all originals. A style that leaves nothing is right once in as many faces as there
are (chance); the row `none` is the same pictures without any redaction, encoded by the same program.

Faces that the detector missed are counted apart: they are a matter of recall. Needs numpy, Pillow and onnxruntime.
"""
import argparse, json, math, os, subprocess, sys, tempfile
from pathlib import Path

import numpy as np

# ONNX Runtime from 1.29 on tries to reach its maker otherwise.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime
from PIL import Image, ImageOps

ROOT = Path(__file__).resolve().parent.parent
SIDE_MIN = 48
# Where networks for comparing faces expect eyes, nose and mouth (ArcFace).
TEMPLATE = np.array([[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]])


class Networks:
    def __init__(self, models: Path):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        load = lambda name: onnxruntime.InferenceSession(models / name, options, providers=["CPUExecutionProvider"])
        self.finder, self.comparer = load("centerface.onnx"), load("mobilefacenet.onnx")

    def points(self, picture: Image.Image, box):
        """Score and five points of the best face in a square around `box`."""
        x, y, w, h = box
        half = 0.9 * max(w, h)
        corner = (x + w / 2 - half, y + h / 2 - half)
        scale = 2 * half / 256
        square = picture.transform((256, 256), Image.Transform.AFFINE, (scale, 0, corner[0], 0, scale, corner[1]), Image.Resampling.BILINEAR)
        pixels = np.asarray(square, np.float32).transpose(2, 0, 1)[None]
        scores, sizes, offsets, marks = self.finder.run(None, {"input.1": pixels})
        row, column = divmod(int(scores[0, 0].argmax()), scores.shape[3])
        height, width = np.exp(sizes[0, :, row, column]) * 4
        left = (column + offsets[0, 1, row, column] + 0.5) * 4 - width / 2
        top = (row + offsets[0, 0, row, column] + 0.5) * 4 - height / 2
        ys, xs = marks[0, 0::2, row, column], marks[0, 1::2, row, column]
        points = np.stack([left + xs * width, top + ys * height], 1) * scale + corner
        return float(scores[0, 0, row, column]), points

    def numbers(self, picture: Image.Image, points):
        """The face at `points` as a vector of length one, from the face and its mirror image."""
        face = aligned(picture, points)
        pair = (np.stack([face, face[:, ::-1]]) - 127.5) / 128
        both = self.comparer.run(None, {"input": pair.astype(np.float32)})[0]
        total = (both / np.linalg.norm(both, axis=1, keepdims=True)).sum(0)
        return total / np.linalg.norm(total)


def aligned(picture: Image.Image, points) -> np.ndarray:
    """112 x 112 pixels, turned and scaled so that the points lie on the template (least squares)."""
    a, b = TEMPLATE - TEMPLATE.mean(0), points - points.mean(0)
    spread = (a**2).sum()
    cos, sin = (a * b).sum() / spread, (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum() / spread
    shift = points.mean(0) - np.array([[cos, -sin], [sin, cos]]) @ TEMPLATE.mean(0)
    # Drawn four times as large and averaged, so that large faces do not alias.
    matrix = (cos / 4, -sin / 4, shift[0], sin / 4, cos / 4, shift[1])
    large = picture.transform((448, 448), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
    return np.asarray(large.resize((112, 112), Image.Resampling.BOX), np.float32)


def run(program: Path, source: Path, target: Path, options: list) -> dict:
    """The reports of one run, by file name."""
    command = [program, "clean", source, "-o", target, "--keep-names", "--json", "--names", *options]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if done.returncode not in (0, 2, 3):
        sys.exit(f"safepost ended with {done.returncode}")
    return {Path(row["name"]).name: row for row in json.loads(done.stdout)["inputs"]}


def bounds(shape: dict):
    kind, value = next(iter(shape.items()))
    if kind == "quad":
        xs, ys = [p["x"] for p in value], [p["y"] for p in value]
        return min(xs), min(ys), max(xs), max(ys)
    return value["x0"], value["y0"], value["x1"], value["y1"]


def covered(report: dict, box) -> bool:
    """Whether nine tenths of a labelled box lie in the box of one finding."""
    x, y, w, h = box
    for finding in report["frames"][0]["findings"]:
        x0, y0, x1, y1 = bounds(finding["shape"])
        common = max(0, min(x + w, x1) - max(x, x0)) * max(0, min(y + h, y1) - max(y, y0))
        if finding["class"] == "face" and common >= 0.9 * w * h:
            return True
    return False


def interval(hits: int, of: int):
    """95 % by Wilson's score."""
    z, share = 1.96, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", type=Path)
    parser.add_argument("--most", type=int, default=80, help="pictures to take [default: 80]")
    parser.add_argument("--styles", default="blur,solid,pixelate")
    parser.add_argument("--models", type=Path, default=ROOT / "models")
    target_dir = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser.add_argument("--safepost", type=Path, default=target_dir / "release" / "safepost")
    args = parser.parse_args()
    # Unused constants in a network are no news.
    onnxruntime.set_default_logger_severity(3)
    networks = Networks(args.models)
    truth = json.loads((args.set / "gt.json").read_text())
    large = lambda r: r["label"] == "face" and not r.get("ignore") and min(r["bbox"][2:]) >= SIDE_MIN
    images = [i for i in truth["images"] if any(large(r) for r in i["regions"])]
    images = images[:: max(1, len(images) // args.most)][: args.most]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "in"
        source.mkdir()
        faces = []
        for number, image in enumerate(images):
            picture = ImageOps.exif_transpose(Image.open(args.set / image["file"])).convert("RGB")
            name = f"{number}.png"
            picture.save(source / name, compress_level=1)
            for region in filter(large, image["regions"]):
                score, points = networks.points(picture, region["bbox"])
                if score >= 0.5:
                    faces.append((name, region["bbox"], points, networks.numbers(picture, points)))
        gallery = np.stack([face[3] for face in faces])
        print(f"{len(faces)} faces on {len(images)} pictures, chance {1 / len(faces):.4f}")
        print("| style | faces | rank 1 | 95 % | like itself | like others | seen again | missed |\n|---|---|---|---|---|---|---|---|")
        for style in ["none", *filter(None, args.styles.split(","))]:
            target = Path(folder) / style
            options = ["--metadata-only"] if style == "none" else ["--redact", "faces", "--style", style]
            reports = run(args.safepost, source, target, options)
            hits = of = missed = seen = 0
            own, others = [], []
            for index, (name, box, points, _) in enumerate(faces):
                row = reports[name]
                if row["outcome"] != "clean":
                    continue
                if style != "none" and not covered(row["report"], box):
                    missed += 1
                    continue
                output = Image.open(row["outputs"][0] if Path(row["outputs"][0]).exists() else target / row["outputs"][0]).convert("RGB")
                similar = gallery @ networks.numbers(output, points)
                of += 1
                hits += int(similar.argmax()) == index
                seen += networks.points(output, box)[0] >= 0.5
                own.append(similar[index])
                others.append((similar.sum() - similar[index]) / (len(faces) - 1))
            low, high = interval(hits, of)
            print(f"| {style} | {of} | {hits / of:.3f} ({hits}) | {low:.3f} to {high:.3f} | {np.mean(own):.2f} | {np.mean(others):.2f} | {seen} | {missed} |", flush=True)


if __name__ == "__main__":
    main()
