"""Measures an exported network: `python -m objects.evaluate --model objects.onnx --data DIR --hands hands.json [--eval DIR]`.

On pictures of sources that were not trained on, and on rendered bands about hands of other people. A thing counts as
found when at least 80 % of its box is covered by found boxes of its own class, grown as they will be; over-redaction is
the share of all pixels outside labelled things that found boxes of the class cover. Average precision is COCO's at an
IoU of .5, all points interpolated.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from . import CLASSES
from .dataset import held_hands, load
from .sources import Sample, read

STRIDES = (8, 16, 32)
SIZES = ((0, 32), (32, 96), (96, 10**9))
THRESHOLDS = np.round(np.concatenate([np.arange(0.04, 0.2, 0.02), np.arange(0.2, 0.65, 0.05)]), 3)
GROWTH = 0.06
COVERED = 0.8


class Finder:
    """Runs the network on a whole picture, its long side brought to each of `sides` (none enlarges it more than
    twofold), and keeps boxes by non-maximum suppression."""

    def __init__(self, model, sides, threads=1):
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = threads
        settings.log_severity_level = 4
        self.session = onnxruntime.InferenceSession(str(model), settings, providers=["CPUExecutionProvider"])
        self.sides = sides

    def find(self, image, low=0.03):
        """Boxes [N, 4], scores [N], labels [N]."""
        height, width = image.shape[:2]
        most = -(-2 * max(height, width) // 32) * 32
        looks = [self.look(image, side, low) for side in sorted({min(side, most) for side in self.sides})]
        boxes, scores, labels = (np.concatenate(parts) for parts in zip(*looks))
        kept = []
        for label in range(len(CLASSES)):
            at = np.flatnonzero(labels == label)
            at = at[np.argsort(-scores[at])]
            kept += [at[i] for i in suppress(boxes[at], 0.55)]
        return boxes[kept], scores[kept], labels[kept]

    def look(self, image, side, low):
        height, width = image.shape[:2]
        scale = side / max(height, width)
        h, w = max(1, round(height * scale)), max(1, round(width * scale))
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        padded = np.full((-(-h // 32) * 32, -(-w // 32) * 32, 3), 114, np.uint8)
        padded[:h, :w] = cv2.resize(image, (w, h), interpolation=how)
        scores, away = self.session.run(None, {"picture": np.float32(padded.transpose(2, 0, 1)[None])})
        points = np.tile(centres(*padded.shape[:2]), (2, 1))
        boxes = np.concatenate([points - away[0, :, :2], points + away[0, :, 2:]], 1) / scale
        boxes = boxes.clip(0, [width, height, width, height])
        found = [[], [], []]
        for label in range(len(CLASSES)):
            score = scores[0, :, label]
            at = np.flatnonzero(score >= low)
            at = at[np.argsort(-score[at])][:400]
            for held, values in zip(found, (boxes[at], score[at], np.full(len(at), label))):
                held.append(values)
        return tuple(np.concatenate(parts) for parts in found)


def centres(height, width):
    grids = []
    for stride in STRIDES:
        ys, xs = np.mgrid[0 : height // stride, 0 : width // stride]
        grids.append((np.stack([xs, ys], -1).reshape(-1, 2) + 0.5) * stride)
    return np.concatenate(grids).astype(np.float32)


def iou(a, b):
    inter = (np.minimum(a[:, None, 2:], b[None, :, 2:]) - np.maximum(a[:, None, :2], b[None, :, :2])).clip(0).prod(2)
    area = lambda t: (t[:, 2:] - t[:, :2]).clip(0).prod(1)
    return inter / (area(a)[:, None] + area(b)[None] - inter).clip(1e-6)


def suppress(boxes, most):
    """Indices of the boxes (best first) that no kept one overlaps by more than `most`."""
    kept, gone = [], np.zeros(len(boxes), bool)
    overlaps = iou(boxes, boxes)
    for i in range(len(boxes)):
        if not gone[i]:
            kept.append(i)
            gone |= overlaps[i] > most
    return kept


def average_precision(found, truths):
    """`found`: (picture, score, box) of one class; `truths`: picture to boxes."""
    total = sum(len(t) for t in truths.values())
    if not total:
        return float("nan")
    taken = {p: np.zeros(len(t), bool) for p, t in truths.items()}
    hits = []
    for picture, _, box in sorted(found, key=lambda f: -f[1]):
        boxes = truths.get(picture, np.zeros((0, 4)))
        overlaps = iou(box[None], boxes)[0] * ~taken.get(picture, np.zeros(0, bool)) if len(boxes) else np.zeros(0)
        hit = len(overlaps) > 0 and overlaps.max() >= 0.5
        if hit:
            taken[picture][overlaps.argmax()] = True
        hits.append(hit)
    hits = np.array(hits, float)
    recall, precision = hits.cumsum() / total, hits.cumsum() / np.arange(1, len(hits) + 1)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(np.concatenate([[0], recall])) * precision))


def grown(boxes, width, height):
    pad = (boxes[:, 2:] - boxes[:, :2]) * GROWTH
    return np.concatenate([boxes[:, :2] - pad, boxes[:, 2:] + pad], 1).clip(0, [width, height, width, height])


def mask_of(boxes, height, width):
    mask = np.zeros((height, width), bool)
    for x0, y0, x1, y1 in boxes:
        mask[int(y0) : int(np.ceil(y1)), int(x0) : int(np.ceil(x1))] = True
    return mask


def measure(finder, items):
    """Per class: AP, and per threshold the recall by size and over-redaction. `items` give (key, image, sample, excused)."""
    found, truths = {c: [] for c in range(len(CLASSES))}, {c: {} for c in range(len(CLASSES))}
    shape = (len(CLASSES), len(THRESHOLDS))
    hit, total = np.zeros((*shape, len(SIZES))), np.zeros((len(CLASSES), len(SIZES)))
    over, innocent = np.zeros(shape), np.zeros(len(CLASSES))
    for key, image, sample, excused in items:
        height, width = image.shape[:2]
        boxes, scores, labels = finder.find(image)
        anything = mask_of(np.concatenate([sample.boxes, excused]), height, width)
        for c in range(len(CLASSES)):
            own, score = boxes[labels == c], scores[labels == c]
            truth = sample.boxes[sample.labels == c]
            if sample.known[c]:
                truths[c][key] = truth
                found[c] += [(key, s, b) for s, b in zip(score, own)]
                innocent[c] += (~anything).sum()
            size = np.sqrt(np.prod(truth[:, 2:] - truth[:, :2], axis=1)) * 512 / max(height, width)
            bucket = np.array([[low <= s < high for low, high in SIZES].index(True) for s in size], int)
            np.add.at(total[c], bucket, 1)
            for t, threshold in enumerate(THRESHOLDS):
                mask = mask_of(grown(own[score >= threshold], width, height), height, width)
                for box, b in zip(truth, bucket):
                    x0, y0, x1, y1 = int(box[0]), int(box[1]), int(np.ceil(box[2])), int(np.ceil(box[3]))
                    hit[c, t, b] += mask[y0:y1, x0:x1].mean() >= COVERED if y1 > y0 and x1 > x0 else 1
                if sample.known[c]:
                    over[c, t] += (mask & ~anything).sum()
    report = {}
    for c, name in enumerate(CLASSES):
        rows = []
        for t, threshold in enumerate(THRESHOLDS):
            by_size = [None if not n else round(float(h / n), 3) for h, n in zip(hit[c, t], total[c])]
            recall = float(hit[c, t].sum() / max(total[c].sum(), 1))
            row = {"threshold": float(threshold), "recall": round(recall, 3), "by_size": by_size}
            rows.append(row | {"over": round(float(over[c, t] / max(innocent[c], 1)), 4)})
        ap = average_precision(found[c], truths[c])
        report[name] = {"things": int(total[c].sum()), "by_size": total[c].astype(int).tolist(), "ap50": ap, "rows": rows}
    return report


def held_out(data):
    _, held = read(data)
    for sample in held:
        if not sample.source.startswith("hands"):
            yield str(sample.path), load(sample.path), sample, np.zeros((0, 4), np.float32)


def labelled(folder):
    """A set in the form of `gt.json`: regions with a label, a box [x, y, w, h], and whether they only excuse."""
    folder = Path(folder)
    for image in json.loads((folder / "gt.json").read_text())["images"]:
        boxes, labels, excused = [], [], []
        for region in image["regions"]:
            x, y, w, h = region["bbox"]
            if region["label"] in CLASSES and not region["ignore"]:
                boxes.append((x, y, x + w, y + h))
                labels.append(CLASSES.index(region["label"]))
            elif region["label"] in CLASSES:
                excused.append((x, y, x + w, y + h))
        path = folder / image["file"]
        sample = Sample(path, "labelled", np.float32(boxes).reshape(-1, 4), np.int64(labels), np.ones(len(CLASSES), bool))
        yield str(path), load(path), sample, np.float32(excused).reshape(-1, 4)


def bands(data, hands, count):
    """Rendered scenes about hands of sources that were not trained on; the same ones every time."""
    from .synth import Synth

    _, held = read(data)
    rooms = [s.path for s in held if s.source == "nyu_v2"]
    synth = Synth(rooms, held_hands(hands, data), seed=7, cutouts=Path(data) / "cutouts")
    for i in range(count):
        image, boxes, labels = synth.hand_scene(np.random.default_rng((99, i)), (512, 512))
        known = np.array([False, False, True, False])
        sample = Sample(Path(f"band-{i}"), "bands", np.float32(boxes).reshape(-1, 4), np.int64(labels), known)
        yield f"band-{i}", np.ascontiguousarray(image), sample, np.zeros((0, 4), np.float32)


def show(name, report):
    print(f"## {name}")
    for label, part in report.items():
        if part["things"]:
            print(f"{label}: {part['things']} things (by size {part['by_size']}), AP50 {part['ap50']:.3f}")
            for row in part["rows"]:
                print(f"  >= {row['threshold']:.2f}  recall {row['recall']:.3f} {row['by_size']}  over {row['over']:.2%}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--hands", required=True)
    parser.add_argument("--eval", help="a folder with gt.json")
    parser.add_argument("--sides", default="416", help="long sides of the looks, separated by commas (default: 416)")
    parser.add_argument("--bands", type=int, default=300)
    parser.add_argument("--json")
    args = parser.parse_args()
    finder = Finder(args.model, [int(side) for side in args.sides.split(",")])
    reports = {"held out": measure(finder, held_out(args.data))}
    if args.bands:
        reports["rendered bands"] = measure(finder, bands(args.data, args.hands, args.bands))
    if args.eval:
        reports["labelled"] = measure(finder, labelled(args.eval))
    for name, report in reports.items():
        show(name, report)
    if args.json:
        Path(args.json).write_text(json.dumps(reports, indent=1))


if __name__ == "__main__":
    main()
