"""Palm detection with the MediaPipe palm network, apart from the renderers because only the
preparation step needs it: it finds where the wrist of every training hand lies and which way the
arm leaves it, and writes that down once.

Output decoding follows the MediaPipe hand detector: SSD anchors of 24x24x2 and 12x12x6 centred in
their cells, offsets in units of the 192 px input, scores clipped to +-100 before the sigmoid.

    python -m objects.synth.palms --data DIR --model palm-detection-192.onnx --out hands.json

The model may be named in PALM_MODEL instead.
"""

import argparse
import json
import os
from pathlib import Path

import cv2
import numpy as np

from .arms import measure

SIDE = 192
SOURCES = ("hands_ragadag", "hands_linto", "hands_dwivedi")


def _anchors():
    out = []
    for cells, per in ((24, 2), (12, 6)):
        ys, xs = np.mgrid[0:cells, 0:cells]
        centre = np.stack([(xs + 0.5) / cells, (ys + 0.5) / cells], -1).reshape(-1, 1, 2)
        out.append(np.repeat(centre, per, 1).reshape(-1, 2))
    return np.concatenate(out).astype(np.float32)


_ANCHORS = _anchors()


def _iou(a, b):
    w = np.minimum(a[2], b[:, 2]) - np.maximum(a[0], b[:, 0])
    h = np.minimum(a[3], b[:, 3]) - np.maximum(a[1], b[:, 1])
    inter = np.clip(w, 0, None) * np.clip(h, 0, None)
    area = (a[2] - a[0]) * (a[3] - a[1]) + (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    return inter / np.maximum(area - inter, 1e-6)


def palms(image_rgb, session, threshold=0.3):
    """Palms of an RGB uint8 picture [H,W,3]: list of (score, box xyxy [4], keypoints [7,2]),
    pixels of the picture, best first. Keypoints: 0 wrist, 1 to 4 knuckles of index to little
    finger, 5 thumb base, 6 thumb knuckle."""
    h, w = image_rgb.shape[:2]
    scale = SIDE / max(h, w)
    nh, nw = max(1, round(h * scale)), max(1, round(w * scale))
    top, left = (SIDE - nh) // 2, (SIDE - nw) // 2
    canvas = np.zeros((SIDE, SIDE, 3), np.float32)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    canvas[top:top + nh, left:left + nw] = cv2.resize(image_rgb, (nw, nh), interpolation=how) / 255.0
    feed = {session.get_inputs()[0].name: canvas[None].astype(np.float32)}
    outputs = session.run(None, feed)
    raw = next(o for o in outputs if o.shape[-1] == 18)[0]
    score = next(o for o in outputs if o.shape[-1] == 1)[0, :, 0]
    score = 1 / (1 + np.exp(-np.clip(score, -100, 100)))
    keep = np.flatnonzero(score >= threshold)
    keep = keep[np.argsort(-score[keep])]
    centre = raw[keep, 0:2] / SIDE + _ANCHORS[keep]
    half = raw[keep, 2:4] / SIDE / 2
    points = raw[keep, 4:].reshape(-1, 7, 2) / SIDE + _ANCHORS[keep][:, None]
    to_pixels = lambda p: (p * SIDE - np.array([left, top])) / scale
    boxes = np.concatenate([to_pixels(centre - half), to_pixels(centre + half)], 1)
    points = to_pixels(points)
    found, alive = [], np.ones(len(keep), bool)
    for i in range(len(keep)):
        if not alive[i]:
            continue
        found.append((float(score[keep[i]]), boxes[i], points[i]))
        alive &= _iou(boxes[i], boxes) < 0.3
    return found


def _best_for(box, whole, image, session):
    """The palm that lies in a labelled hand box, from the whole picture or from the enlarged crop."""
    h, w = image.shape[:2]
    cx, cy = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    side = 1.6 * max(box[2] - box[0], box[3] - box[1]) / 2
    x0, y0 = int(max(0, cx - side)), int(max(0, cy - side))
    x1, y1 = int(min(w, cx + side)), int(min(h, cy + side))
    found = list(whole)
    if x1 - x0 > 24 and y1 - y0 > 24:
        shift = np.array([x0, y0], np.float32)
        for score, b, k in palms(np.ascontiguousarray(image[y0:y1, x0:x1]), session):
            found.append((score, b + np.tile(shift, 2), k + shift))
    best = None
    for score, b, k in found:
        mx, my = (b[0] + b[2]) / 2, (b[1] + b[3]) / 2
        if box[0] <= mx <= box[2] and box[1] <= my <= box[3] and (best is None or score > best[0]):
            best = (score, b, k)
    return best


def _unlabelled(image, session):
    """Palms of a picture without hand boxes: the whole and square windows of its lower two thirds,
    where the wearer of a head camera has their hands. As `palms`, each palm once."""
    h, w = image.shape[:2]
    found = [p for p in palms(image, session) if p[0] >= 0.6]
    top, side = h // 3, h - h // 3
    for x in sorted({0, max(0, (w - side) // 2), max(0, w - side)}):
        window = np.ascontiguousarray(image[top:, x:x + side])
        shift = np.array([x, top], np.float32)
        found += [(s, b + np.tile(shift, 2), k + shift) for s, b, k in palms(window, session) if s >= 0.6]
    kept = []
    for one in sorted(found, key=lambda p: -p[0]):
        if not kept or _iou(one[1], np.array([k[1] for k in kept])).max() < 0.2:
            kept.append(one)
    return kept


def _entry(entry, box, score, points):
    return {
        "source": entry["source"], "file": entry["file_name"], "score": round(score, 4),
        "box": [round(float(v), 1) for v in box],
        "keypoints": [[round(float(v), 1) for v in p] for p in points],
    }


def main():
    import onnxruntime

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with annotations.json")
    parser.add_argument("--model", type=Path, default=os.environ.get("PALM_MODEL"), help="palm-detection-192.onnx")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--unlabelled", metavar="SOURCE", help="a source without hand boxes, instead of those with")
    args = parser.parse_args()
    if args.model is None:
        parser.error("--model or PALM_MODEL is needed")
    cv2.setNumThreads(1)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(args.model), options, providers=["CPUExecutionProvider"])
    data = json.loads((args.data / "annotations.json").read_text())
    hands = {}
    for a in data["annotations"]:
        if a["category"] == "hand":
            hands.setdefault(a["image_id"], []).append(a["bbox"])
    sources = (args.unlabelled,) if args.unlabelled else SOURCES
    out = []
    for entry in data["images"]:
        if entry["source"] not in sources or not (args.unlabelled or entry["id"] in hands):
            continue
        image = cv2.imread(str(args.data / entry["file_name"]))
        if image is None:
            continue
        image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        if args.unlabelled:
            for score, box, points in _unlabelled(image, session):
                arm = measure(image, points)
                if arm is not None and arm.sure:
                    out.append(_entry(entry, box, score, points))
            continue
        whole = palms(image, session)
        for x, y, w, h in hands[entry["id"]]:
            best = _best_for((x, y, x + w, y + h), whole, image, session)
            if best and best[0] >= 0.5:
                out.append(_entry(entry, (x, y, x + w, y + h), best[0], best[2]))
    args.out.write_text(json.dumps(out, indent=0))
    print(f"{len(out)} hands with a palm, written to {args.out}")


if __name__ == "__main__":
    main()
