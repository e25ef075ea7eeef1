"""Synthesis: rendered screens, documents, wristbands and badges in real pictures of rooms and hands.

`Synth.paste` adds things to any picture with boxes; `Synth.hand_scene` makes a picture of a hand with
or without a band. Both draw everything from the generator they are given, so the same generator state
gives the same picture. Colours are RGB everywhere.
"""

import cv2
import numpy as np

from .badges import badge
from .devices import screen
from .documents import document
from .hands import HandScenes
from .ink import pick, uni
from .negatives import negative
from .place import blend, camera, light, occlude, quad, shadow, warp
from .pool import Pool, read

CLASSES = ("screen", "document", "wristband", "id_badge")

cv2.setNumThreads(1)


class Synth:
    """Renders training pictures. The flat textures are drawn on first use and kept (about 250 MB when
    all are there)."""

    def __init__(self, backgrounds, hands, seed=0, cutouts=None):
        """backgrounds: callables giving, or paths of, room pictures (RGB uint8 [H,W,3]); hands: list of
        (path, box xyxy in pixels, 7 palm keypoints [7,2] in pixels or None), keypoint 0 the wrist, 2 the
        knuckle of the middle finger; cutouts: folder with watch and silicone band pictures (list.json)."""
        self.backgrounds = list(backgrounds)
        self.pool = Pool(seed, {"screen": (screen, 110), "document": (document, 130), "badge": (badge, 40), "negative": (negative, 40)})
        self.scenes = HandScenes(hands, self.background, seed)

    def background(self, rng):
        """A room picture, RGB uint8; a plain grey one where no backgrounds were given."""
        if not self.backgrounds:
            return np.full((384, 384, 3), int(rng.integers(60, 200)), np.uint8)
        one = pick(rng, self.backgrounds)
        return one() if callable(one) else read(str(one))

    def hand_scene(self, rng, size):
        """(image uint8 [size,size,3], boxes float32 [N,4], labels int64 [N]) of a hand photo, with a
        band about the wrist in two thirds of the scenes. size: int or (height, width). Only wristbands
        are labelled; other things in the photos are not."""
        return self.scenes.scene(rng, size)

    def paste(self, rng, image, boxes, labels, kinds=None):
        """(image, boxes, labels) with 0 to 4 rendered things more. image: RGB uint8 [H,W,3], not
        changed in place; boxes: float xyxy [N,4]; labels: int [N]. A box that was there is dropped when
        more than 60 % of it is hidden. New boxes are tight about what is visible. kinds: names to choose
        from ("screen", "document", "badge", "negative"), all by default."""
        image = image.copy()
        H, W = image.shape[:2]
        boxes = np.asarray(boxes, np.float32).reshape(-1, 4)
        labels = np.asarray(labels, np.int64).reshape(-1)
        owner = np.zeros((H, W), np.int16)
        count = int(rng.choice(5, p=(.06, .34, .3, .18, .12)))
        placed = []
        for index in range(1, count + 1):
            kind = pick(rng, kinds or ("document",) * 8 + ("screen",) * 8 + ("badge",) * 3 + ("negative",) * 3)
            layer, flat = self._one(rng, kind, image, owner, boxes)
            if layer is None:
                continue
            donor = image.copy() if rng.random() < .25 else None
            light(rng, layer, image, flat.glows)
            if rng.random() < .6:
                shadow(rng, layer, image)
            blend(layer, image)
            h, w = layer.alpha.shape
            mine = owner[layer.y0:layer.y0 + h, layer.x0:layer.x0 + w]
            mine[layer.alpha > .5] = -1
            mine[(layer.front > .5)] = index if flat.label >= 0 else -1
            if donor is not None:
                covered = occlude(rng, image, layer, donor)
                if covered is not None:
                    mine[covered] = -1
            if flat.label >= 0:
                placed.append((index, flat.label, layer.area))
        return self._collect(camera(rng, image), boxes, labels, owner, placed)

    def _one(self, rng, kind, image, owner, boxes):
        """A layer of one thing at a free spot, or (None, None) when none was found in a few tries."""
        H, W = image.shape[:2]
        flat = self.pool.get(rng, kind)
        h, w = flat.rgba.shape[:2]
        low, high, peak = {"badge": (.03, .6, .12), "screen": (.03, .85, .25), "document": (.025, .9, .25), "negative": (.03, .7, .2)}[kind]
        for _ in range(4):
            if rng.random() < .75:
                share = float(np.clip(peak * np.exp(rng.normal(0, .65)), low, high))
            else:
                share = float(np.exp(rng.uniform(np.log(low), np.log(high))))
            side = max(11., share * max(H, W))
            if flat.upright:
                roll = float(rng.normal(0, 7)) if rng.random() < .9 else uni(rng, -180, 180)
            else:
                roll = uni(rng, -180, 180) if rng.random() < .45 else float(rng.normal(0, 12))
            corners = quad(rng, w, h, side, 62 if rng.random() < .35 else 38, roll)
            if rng.random() < .08:
                corners = corners[[1, 0, 3, 2]] if rng.random() < .5 else corners
            half = (corners.max(0) - corners.min(0)) / 2
            out = .25 if rng.random() < .75 else -.5
            span = np.array([W, H]) / 2 - half * (1 - max(0, -out)) * (1 if out > 0 else .6)
            centre = np.array([W, H]) / 2 + rng.uniform(-1, 1, 2) * np.maximum(span, np.array([W, H]) * .08)
            corners = corners - (corners.max(0) + corners.min(0)) / 2 + centre
            if self._spoils(corners, owner, boxes):
                continue
            layer = warp(rng, flat, corners, (H, W), flat.bends and side > 40 and rng.random() < .4)
            if layer is not None:
                return layer, flat
        return None, None

    @staticmethod
    def _spoils(corners, owner, boxes):
        """Whether a thing at `corners` would hide much of a labelled box or of a thing put in before."""
        x0, y0 = np.maximum(corners.min(0), 0)
        x1, y1 = np.minimum(corners.max(0), owner.shape[::-1])
        if x1 - x0 < 8 or y1 - y0 < 8:
            return True
        if len(boxes):
            w = np.clip(np.minimum(x1, boxes[:, 2]) - np.maximum(x0, boxes[:, 0]), 0, None)
            h = np.clip(np.minimum(y1, boxes[:, 3]) - np.maximum(y0, boxes[:, 1]), 0, None)
            area = np.maximum((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), 1)
            if np.any(w * h / area > .35):
                return True
        inside = owner[int(y0):int(y1), int(x0):int(x1)]
        return inside.size > 0 and np.count_nonzero(inside[::2, ::2]) * 4 > .45 * max(inside.size, 1)

    @staticmethod
    def _collect(image, boxes, labels, owner, placed):
        out_boxes, out_labels = [], []
        for box, label in zip(boxes, labels):
            x0, y0, x1, y1 = (int(round(float(v))) for v in box)
            under = owner[max(0, y0):y1, max(0, x0):x1]
            if under.size and np.count_nonzero(under) <= .6 * under.size:
                out_boxes.append(box)
                out_labels.append(int(label))
        for index, label, area in placed:
            mask = owner == index
            seen = np.count_nonzero(mask)
            if seen < 40 or seen < .2 * area:
                continue
            xs, ys = np.flatnonzero(mask.any(0)), np.flatnonzero(mask.any(1))
            if xs[-1] - xs[0] < 5 or ys[-1] - ys[0] < 5:
                continue
            out_boxes.append(np.array((xs[0], ys[0], xs[-1] + 1, ys[-1] + 1), np.float32))
            out_labels.append(label)
        new = np.stack(out_boxes).astype(np.float32) if out_boxes else np.zeros((0, 4), np.float32)
        return image, new, np.array(out_labels, np.int64)
