"""Puts rendered things into pictures and keeps account of who hides whom, so that boxes hold what is
visible. Apart from `place`, which handles one thing and knows of no boxes.
"""

import json
from pathlib import Path

import cv2
import numpy as np

from .badges import badge, torso, worn
from .devices import screen
from .documents import document
from .flat import Flat
from .ink import pick, uni
from .negatives import negative
from .place import blend, camera, light, lying, occlude, quad, shadow, warp
from .pool import Pool
from .strips import loose

KINDS = ("document",) * 16 + ("screen",) * 16 + ("badge",) * 4 + ("torso",) * 3 + ("band",) + ("negative",) * 8
# least, greatest and usual share of the picture's longer side
SIZES = {"badge": (.04, .8, .22), "screen": (.03, .85, .25), "document": (.025, .9, .25), "torso": (.12, 1.1, .45),
         "band": (.06, .7, .18), "negative": (.03, .7, .2)}
LEAST_VISIBLE = .2


def load_cutouts(folder):
    """Product pictures with alpha (watches, silicone bands) as hard negatives."""
    found = []
    if folder is None or not (Path(folder) / "list.json").is_file():
        return found
    for entry in json.loads((Path(folder) / "list.json").read_text()):
        path = Path(folder) / Path(entry["file"]).name
        if not entry.get("has_alpha"):
            continue
        picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        if picture is None or picture.ndim != 3 or picture.shape[2] != 4:
            continue
        k = 300 / max(picture.shape[:2])
        if k < 1:
            picture = cv2.resize(picture, None, fx=k, fy=k, interpolation=cv2.INTER_AREA)
        h, w = picture.shape[:2]
        found.append(Flat(np.ascontiguousarray(picture[..., [2, 1, 0, 3]]), (0, 0, w, h), -1))
    return found


def vary(rng, flat):
    """The same texture made to look like another: a part of it, other colours, mirrored."""
    rgba, front = flat.rgba, flat.front
    h, w = rgba.shape[:2]
    if flat.bends and rng.random() < .25:
        ch, cw = int(h * uni(rng, .4, .95)), int(w * uni(rng, .4, .95))
        y, x = int(rng.integers(h - ch + 1)), int(rng.integers(w - cw + 1))
        rgba, front = rgba[y:y + ch, x:x + cw], (0, 0, cw, ch)
    if rng.random() < (.3 if flat.label <= 0 else .1):
        order = rng.permutation(3)
        rgba = rgba[..., [*order, 3]]
    if rng.random() < .04:
        rgba = rgba[:, ::-1]
        front = (rgba.shape[1] - front[2], front[1], rgba.shape[1] - front[0], front[3])
    return Flat(np.ascontiguousarray(rgba), front, flat.label, flat.bends, flat.glows, flat.upright)


class Paster:
    def __init__(self, seed, cutouts):
        self.pool = Pool(seed, {"screen": (screen, 110), "document": (document, 130), "badge": (badge, 40),
                                "torso": (torso, 30), "worn": (worn, 40), "band": (loose, 30), "negative": (negative, 40)})
        self.cutouts = load_cutouts(cutouts)

    def paste(self, rng, image, boxes, labels, kinds=None):
        """See `Synth.paste`."""
        image = image.copy()
        canvas = np.zeros(image.shape[:2], np.int16)
        boxes, labels = np.asarray(boxes, np.float32).reshape(-1, 4), np.asarray(labels, np.int64).reshape(-1)
        placed = []
        for index in range(1, int(rng.choice(5, p=(.05, .33, .3, .2, .12))) + 1):
            kind = pick(rng, kinds or KINDS)
            flat = self._flat(rng, kind)
            layer = self._find_place(rng, flat, kind, image.shape[:2], canvas, boxes)
            if layer is not None:
                self._draw(rng, image, canvas, layer, flat, index, placed)
        return self._collect(camera(rng, image), boxes, labels, canvas, placed)

    def badges_on(self, rng, image, boxes, labels, persons, share=.6):
        """See `Synth.person_scene`."""
        image = image.copy()
        H, W = image.shape[:2]
        canvas = np.zeros((H, W), np.int16)
        boxes, labels = np.asarray(boxes, np.float32).reshape(-1, 4), np.asarray(labels, np.int64).reshape(-1)
        placed = []
        for index, (x0, y0, x1, y1) in enumerate(np.asarray(persons, np.float32).reshape(-1, 4), 1):
            w, h = x1 - x0, y1 - y0
            if w < 40 or h < 60 or rng.random() > share:
                continue
            whole = h > 1.9 * w
            near = rng.random() < .3
            flat = vary(rng, self.pool.get(rng, "badge" if near else "worn"))
            th, tw = flat.rgba.shape[:2]
            middle = (x0 + x1) / 2 + w * rng.normal(0, .05)
            if near:
                card = min(w, h * .5) * uni(rng, .25, .7)
                side = card * max(th, tw) / max(flat.front[3] - flat.front[1], flat.front[2] - flat.front[0])
                goal = np.array([middle + w * rng.normal(0, .1), y0 + h * (uni(rng, .24, .42) if whole else uni(rng, .5, .85))])
            else:
                # shoulders are about three faces wide, a loop over the neck is one and a half; it begins at the chin
                card = min(w, h * .42) / 3 * uni(rng, 1.1, 2)
                side = card * max(th, tw) / tw
                goal = np.array([middle, y0 + h * (uni(rng, .11, .15) if whole else uni(rng, .25, .4)) + card * th / tw / 2])
            if card < 9:
                continue
            corners = quad(rng, tw, th, side, 35 if near else 20, float(rng.normal(0, 8 if near else 4)))
            corners = corners - corners.mean(0) + goal
            layer = warp(rng, flat, corners, (H, W), False)
            if layer is not None and not self._spoils(corners, canvas, boxes):
                self._draw(rng, image, canvas, layer, flat, index, placed)
        return self._collect(image, boxes, labels, canvas, placed)

    def _flat(self, rng, kind):
        if kind == "negative" and self.cutouts and rng.random() < .15:
            return pick(rng, self.cutouts)
        return vary(rng, self.pool.get(rng, kind))

    def _draw(self, rng, image, canvas, layer, flat, index, placed):
        donor = image.copy() if rng.random() < .25 else None
        light(rng, layer, image, flat.glows)
        if rng.random() < .6:
            shadow(rng, layer, image)
        blend(layer, image)
        h, w = layer.alpha.shape
        mine = canvas[layer.y0:layer.y0 + h, layer.x0:layer.x0 + w]
        mine[layer.alpha > .5] = -1
        mine[layer.front > .5] = index if flat.label >= 0 else -1
        if donor is not None:
            covered = occlude(rng, image, layer, donor)
            if covered is not None:
                mine[covered] = -1
        if flat.label >= 0:
            placed.append((index, flat.label, layer.area))

    def _find_place(self, rng, flat, kind, shape, canvas, boxes):
        """A layer of the thing at a free spot, or None when a few tries found none."""
        H, W = shape
        size = np.array([W, H], np.float64)
        h, w = flat.rgba.shape[:2]
        low, high, peak = SIZES[kind]
        for _ in range(4):
            filling = kind in ("document", "screen") and rng.random() < .07
            if filling:
                share = uni(rng, .9, 1.5)
            elif rng.random() < .75:
                share = float(np.clip(peak * np.exp(rng.normal(0, .65)), low, high))
            else:
                share = float(np.exp(rng.uniform(np.log(low), np.log(high))))
            side = max(11., share * max(H, W))
            if flat.upright:
                roll = float(rng.normal(0, 7)) if rng.random() < .9 else uni(rng, -180, 180)
            else:
                roll = uni(rng, -180, 180) if rng.random() < .45 else float(rng.normal(0, 12))
            on_table = not flat.upright and not filling and rng.random() < .4
            if on_table:
                corners = lying(rng, w, h, side)
            else:
                corners = quad(rng, w, h, side, 62 if rng.random() < .35 and not filling else 38, roll)
            half = (corners.max(0) - corners.min(0)) / 2
            if filling:
                span = size * .12
            elif rng.random() < .75:
                span = np.maximum(size / 2 - half, size * .08)
            else:
                span = np.maximum(size / 2 - half * .3, size * .08)
            centre = size / 2 + rng.uniform(-1, 1, 2) * span
            if on_table:
                centre[1] = max(centre[1], H * uni(rng, .4, .7))
            corners = corners - (corners.max(0) + corners.min(0)) / 2 + centre
            if self._spoils(corners, canvas, boxes):
                continue
            layer = warp(rng, flat, corners, shape, flat.bends and side > 40 and rng.random() < .4)
            if layer is not None:
                return layer
        return None

    @staticmethod
    def _spoils(corners, canvas, boxes):
        """Whether a thing at `corners` would hide much of a labelled box or of a thing put in before."""
        x0, y0 = np.maximum(corners.min(0), 0)
        x1, y1 = np.minimum(corners.max(0), canvas.shape[::-1])
        if x1 - x0 < 8 or y1 - y0 < 8:
            return True
        if len(boxes):
            w = np.clip(np.minimum(x1, boxes[:, 2]) - np.maximum(x0, boxes[:, 0]), 0, None)
            h = np.clip(np.minimum(y1, boxes[:, 3]) - np.maximum(y0, boxes[:, 1]), 0, None)
            area = np.maximum((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), 1)
            if np.any(w * h / area > .35):
                return True
        inside = canvas[int(y0):int(y1), int(x0):int(x1)]
        before = np.count_nonzero(inside[::2, ::2]) * 4
        return before > .45 * max(inside.size, 1) or before > .6 * max(np.count_nonzero(canvas[::2, ::2]) * 4, 1)

    @staticmethod
    def _collect(image, boxes, labels, canvas, placed):
        out_boxes, out_labels = [], []
        H, W = canvas.shape
        for box, label in zip(boxes, labels):
            x0, y0, x1, y1 = (int(round(float(v))) for v in box)
            under = canvas[max(0, y0):y1, max(0, x0):x1]
            if under.size == 0 or np.count_nonzero(under) <= .6 * under.size:
                out_boxes.append(box)
                out_labels.append(int(label))
        for index, label, area in placed:
            mask = canvas == index
            seen = np.count_nonzero(mask)
            # a thing that fills the picture shows much though most of it is outside
            if seen < 40 or (seen < LEAST_VISIBLE * area and seen < .3 * H * W):
                continue
            xs, ys = np.flatnonzero(mask.any(0)), np.flatnonzero(mask.any(1))
            if xs[-1] - xs[0] < 5 or ys[-1] - ys[0] < 5:
                continue
            out_boxes.append(np.array((xs[0], ys[0], xs[-1] + 1, ys[-1] + 1), np.float32))
            out_labels.append(label)
        new = np.stack(out_boxes).astype(np.float32) if out_boxes else np.zeros((0, 4), np.float32)
        return image, new, np.array(out_labels, np.int64)
