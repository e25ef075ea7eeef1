"""Batches to train on: labelled pictures, rendered things pasted into them, hands with rendered bands, mosaics."""

import json
from pathlib import Path

import cv2
import numpy as np
import torch

from . import CLASSES, augment
from .sources import HANDS, HELD_OUT, WEIGHT

# Shares of: a hand with or without a band, a labelled picture with things pasted into it, a mosaic; the rest is
# labelled pictures as they are.
HAND, PASTE, MOSAIC = 0.24, 0.42, 0.12
SIDES = (320, 384, 416, 416, 480, 512)


def load(path):
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise FileNotFoundError(path)
    return np.ascontiguousarray(image[..., ::-1])


def hands(file, sources, data):
    """Hands whose wrist was found, as the synthesiser wants them, from the sources named."""
    table = json.loads(Path(file).read_text())
    kept = [h for h in table if h["source"] in sources]
    return [(Path(data) / h["file"], np.float32(h["box"]), np.float32(h["keypoints"])) for h in kept]


class Batches(torch.utils.data.IterableDataset):
    """Endless batches: pictures [B, 3, S, S] uint8 RGB, and for each (boxes [M, 4] in pixels, labels [M], known [4])."""

    def __init__(self, samples, synth, size=8, seed=0):
        self.samples, self.synth, self.size, self.seed = samples, synth, size, seed
        weight = np.array([WEIGHT.get(s.source, 1.0) for s in samples])
        # Hands without anything labelled teach little beyond what the hand scenes teach.
        weight *= [0.25 if s.source in HANDS or s.source.endswith("unlabelled") else 1.0 for s in samples]
        self.weight = weight / weight.sum()

    def __iter__(self):
        cv2.setNumThreads(1)
        worker = torch.utils.data.get_worker_info()
        rng = np.random.default_rng((self.seed, worker.id if worker else 0))
        while True:
            side = int(rng.choice(SIDES))
            pictures, truths = [], []
            for _ in range(self.size):
                image, boxes, labels, known = self.one(rng, side)
                pictures.append(torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1))
                truths.append((torch.from_numpy(boxes).float(), torch.from_numpy(labels).long(), torch.from_numpy(known)))
            yield torch.stack(pictures), truths

    def one(self, rng, side):
        kind = rng.random()
        if kind < HAND:
            image, boxes, labels = self.synth.hand_scene(rng, (side, side))
            known = np.array([False, False, True, True])
        elif kind < HAND + MOSAIC:
            image, boxes, labels, known = self.mosaic(rng, side)
        else:
            image, boxes, labels, known = self.picture(rng, side, paste=kind < HAND + MOSAIC + PASTE)
        if rng.random() < 0.5:
            image, boxes = augment.mirrored(image, boxes)
        if rng.random() < 0.12:
            image, boxes = augment.turned(image, boxes, int(rng.integers(1, 4)))
        return augment.light(rng, image), np.float32(boxes).reshape(-1, 4), np.int64(labels), known

    def picture(self, rng, side, paste, zoom=(0.4, 1.35)):
        sample = self.samples[rng.choice(len(self.samples), p=self.weight)]
        image, boxes, labels = load(sample.path), sample.boxes, sample.labels
        if paste and len(sample.persons) and rng.random() < 0.5:
            image, boxes, labels = self.synth.person_scene(rng, image, boxes, labels, sample.persons)
        height, width = image.shape[:2]
        window = augment.window(rng, width, height, zoom)
        image, boxes, labels = augment.fitted(image, boxes, labels, window, side)
        if paste:
            image, boxes, labels = self.synth.paste(rng, image, boxes, labels)
        return image, boxes, labels, sample.known

    def mosaic(self, rng, side):
        out = np.empty((side, side, 3), np.uint8)
        half = side // 2
        all_boxes, all_labels, known = [], [], np.ones(len(CLASSES), bool)
        for y, x in ((0, 0), (0, half), (half, 0), (half, half)):
            image, boxes, labels, knows = self.picture(rng, half, paste=rng.random() < 0.4, zoom=(0.6, 1.2))
            out[y : y + half, x : x + half] = image
            all_boxes.append(np.float32(boxes).reshape(-1, 4) + np.float32([x, y, x, y]))
            all_labels.append(labels)
            known &= knows
        return out, np.concatenate(all_boxes), np.concatenate(all_labels), known


def train_hands(file, data):
    return hands(file, [s for s in HANDS if s not in HELD_OUT], data)


def held_hands(file, data):
    return hands(file, [s for s in HANDS if s in HELD_OUT], data)
