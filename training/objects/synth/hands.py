"""Scenes of hands: chooses a photo, crops, turns and scales it, and dresses the wrist. Apart from
`wrap` because it decides what happens and `wrap` only draws.
"""

from pathlib import Path

import cv2
import numpy as np

from .arms import measure
from .cover import fingers, line, sleeve
from .ink import pick, uni
from .place import camera
from .pool import Pool, read
from .strips import hospital, other
from .wrap import wrap

LABEL = 2


def _plausible(box, points):
    """False where the palm's length does not go with the hand's box: keypoints on a finger, say."""
    points = np.asarray(points, np.float64)
    palm = np.linalg.norm(points[0] - points[2])
    longer = max(box[2] - box[0], box[3] - box[1])
    return .17 * longer < palm < .9 * longer


def _tan(rng, photo, arm):
    """Another skin colour: what resembles the wrist's hue is brought toward a tone of the whole range
    people have, its light and shade kept."""
    x, y = (int(np.clip(v, 3, n - 4)) for v, n in zip(arm.wrist + arm.axis * arm.near, photo.shape[1::-1]))
    lab = cv2.cvtColor(photo, cv2.COLOR_RGB2LAB).astype(np.float32)
    here = np.median(lab[y - 3:y + 4, x - 3:x + 4].reshape(-1, 3), 0)
    near = np.exp(-.5 * (((lab[..., 1] - here[1]) / 11) ** 2 + ((lab[..., 2] - here[2]) / 13) ** 2 + ((lab[..., 0] - here[0]) / 60) ** 2))
    near = cv2.GaussianBlur(near, (0, 0), max(1.5, arm.palm * .04))[..., None]
    now = np.maximum(np.median(photo[y - 3:y + 4, x - 3:x + 4].reshape(-1, 3), 0), 12)
    goal = np.array(pick(rng, ((238, 205, 185), (228, 180, 150), (200, 150, 115), (165, 115, 85), (125, 82, 60), (95, 62, 46), (70, 46, 36)))) * uni(rng, .75, 1.05)
    gain = np.clip(goal / now, .3, 1.35).astype(np.float32)
    return np.clip(photo * (1 + near * (gain - 1)), 0, 255).astype(np.uint8)


class HandScenes:
    def __init__(self, hands, background, seed):
        """hands: list of (path, box xyxy, keypoints [7,2] or None); background: rng -> RGB picture."""
        self.hands = [h for h in hands if h[2] is not None and _plausible(h[1], h[2])]
        # folders weigh by the root of their size: a large one with few people in it does not outweigh
        # the others, a tiny one is not worn out
        folders = {}
        for index, hand in enumerate(self.hands):
            folders.setdefault(str(Path(hand[0]).parent), []).append(index)
        self.folders = [folders[name] for name in sorted(folders)]
        weights = np.sqrt([len(f) for f in self.folders])
        self.weights = weights / max(weights.sum(), 1)
        self.background, self.arms = background, {}
        self.pool = Pool(seed, {"hospital": (hospital, 260), "other": (other, 80)})

    def arm(self, index):
        """The measured arm of hand `index`, or None; measured once."""
        if index not in self.arms:
            path, _, points = self.hands[index]
            self.arms[index] = measure(read(str(path)), points)
        return self.arms[index]

    def _choose(self, rng):
        for _ in range(200 if self.folders else 0):
            index = int(pick(rng, self.folders[int(rng.choice(len(self.folders), p=self.weights))]))
            arm = self.arm(index)
            if arm is not None and (arm.sure or rng.random() < .25):
                return index, arm
        return None, None

    def scene(self, rng, size):
        """See `Synth.hand_scene`. Raises ValueError when no hand has a visible forearm."""
        H, W = (size, size) if np.isscalar(size) else (int(size[0]), int(size[1]))
        index, arm = self._choose(rng)
        if arm is None:
            raise ValueError("no hand with a visible forearm among the hands given")
        photo, arm = self._develop(rng, read(str(self.hands[index][0])), arm)
        if rng.random() < .25:
            image, arm = self._into_room(rng, photo, arm, H, W)
        else:
            image, arm = self._crop(rng, photo, arm, H, W)
        boxes = []
        roll = rng.random()
        if rng.random() < .1:
            line(rng, image, arm)
        if roll < .66:
            boxes = self._bands(rng, image, arm)
        elif roll < .84:
            strip = self.pool.get(rng, "other")
            wrap(rng, image, arm, strip, self._at(rng, arm, strip))
        elif roll < .92:
            sleeve(rng, image, arm, arm.palm * uni(rng, .02, .8))
        image = camera(rng, image)
        return image, np.array(boxes, np.float32).reshape(-1, 4), np.full(len(boxes), LABEL, np.int64)

    @staticmethod
    def _develop(rng, photo, arm):
        """Light and skin vary more than the few people photographed: gamma, tint, warmth, no colour."""
        roll = rng.random()
        if roll < .06:
            photo = np.repeat(photo.mean(-1, keepdims=True), 3, -1).astype(np.uint8)
            arm = arm.moved(np.eye(2, 3))
            arm.grey = True
        elif roll < .6:
            ramp = (np.arange(256) / 255.) ** (uni(rng, .7, 1.9) if rng.random() < .7 else uni(rng, 1.5, 2.4)) * 255
            gains = np.ones(3) if arm.grey else rng.uniform(.86, 1.12, 3)
            table = np.clip(ramp[:, None] * gains, 0, 255).astype(np.uint8)
            photo = cv2.LUT(photo, table[:, None, :])
        if not arm.grey and rng.random() < .4:
            photo = _tan(rng, photo, arm)
        return photo, arm

    @staticmethod
    def _at(rng, arm, strip):
        """Where along the arm a strip may sit: within what was seen of the skin."""
        low, high = max(.1 * arm.palm, arm.near * .6), min((.95 if rng.random() < .8 else 1.5) * arm.palm, arm.far)
        breadth = strip.share * 2 * arm.half
        low, high = low + .3 * breadth, max(low + .35 * breadth, high - .2 * breadth)
        return uni(rng, low, high)

    def _bands(self, rng, image, arm):
        """Draws one hospital band, or two beside each other; their visible boxes."""
        strip = self.pool.get(rng, "hospital")
        at = self._at(rng, arm, strip)
        limit, masks = None, []
        if rng.random() < .14:
            limit = sleeve(rng, image, arm, at + strip.share * 2 * arm.half * uni(rng, -.25, .6))
        beside = rng.random()
        if beside < .14:
            more = self.pool.get(rng, "other" if beside < .06 else "hospital")
            gap = (strip.share + more.share + uni(rng, .1, .5)) * arm.half
            there = at - gap if at - gap > 0 else at + gap
            mask = wrap(rng, image, arm, more, there, limit)
            if more.banded:
                masks.append(mask > .4)
        masks.append(wrap(rng, image, arm, strip, at, limit) > .4)
        if len(masks) == 2:
            masks[0] &= ~masks[1]
        if rng.random() < .07:
            hidden = fingers(rng, image, arm, at + arm.half * uni(rng, -.6, .4))
            masks = [m & ~hidden for m in masks]
        boxes = []
        for mask in masks:
            ys, xs = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
            if len(xs) >= 5 and len(ys) >= 5 and np.count_nonzero(mask) >= 30:
                boxes.append((xs[0], ys[0], xs[-1] + 1, ys[-1] + 1))
        return boxes

    def _crop(self, rng, photo, arm, H, W):
        """Similarity of the photo so that the wrist lies in the picture; what is beyond the photo is a
        room or the photo's reflection."""
        h, w = photo.shape[:2]
        fit = min(H / h, W / w)
        palm = np.exp(uni(rng, np.log(.07), np.log(.5)) if rng.random() < .85 else uni(rng, np.log(.5), np.log(.95))) * min(H, W)
        scale = float(np.clip(palm / arm.palm, .5 * fit, 3.2 * fit))
        angle = float(rng.normal(0, 12)) if rng.random() < .5 else uni(rng, -180, 180)
        a = np.deg2rad(angle)
        linear = scale * np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
        if rng.random() < .5:
            linear = linear @ np.array([[-1., 0], [0, 1]])
        focus = linear @ (arm.wrist + arm.axis * arm.palm * uni(rng, -.3, .5))
        middle = linear @ np.array([w / 2, h / 2])
        # small photos are kept in the middle, large ones are moved so that the wrist is in view
        goal = np.array([W, H]) * rng.uniform(.22, .78, 2)
        weight = float(np.clip((scale / fit - .8) / .8, 0, 1))
        matrix = np.column_stack([linear, weight * (goal - focus) + (1 - weight) * (np.array([W, H]) / 2 - middle)])
        if scale < .7:
            photo = cv2.GaussianBlur(photo, (0, 0), .35 / scale)
        if rng.random() < .55:
            room = self._room(rng, H, W)
            image = cv2.warpAffine(photo, matrix, (W, H), dst=room, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT)
        else:
            image = cv2.warpAffine(photo, matrix, (W, H), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        return image, arm.moved(matrix)

    def _room(self, rng, H, W):
        room = self.background(rng)
        h, w = room.shape[:2]
        cover = max(H / h, W / w)
        room = cv2.resize(room, (int(np.ceil(w * cover)), int(np.ceil(h * cover))), interpolation=cv2.INTER_AREA if cover < 1 else cv2.INTER_LINEAR)
        oy, ox = int(rng.integers(room.shape[0] - H + 1)), int(rng.integers(room.shape[1] - W + 1))
        return np.ascontiguousarray(room[oy:oy + H, ox:ox + W])

    def _into_room(self, rng, photo, arm, H, W):
        """The whole photo, small, on a room picture with soft rims."""
        image = self._room(rng, H, W)
        ph, pw = photo.shape[:2]
        scale = min(H / ph, W / pw) * uni(rng, .35, .75)
        mirror = rng.random() < .5
        linear = scale * np.array([[-1. if mirror else 1., 0], [0, 1]])
        sw, sh = pw * scale, ph * scale
        shift = np.array([uni(rng, 0, W - sw) + (sw if mirror else 0), uni(rng, 0, H - sh)])
        matrix = np.column_stack([linear, shift])
        rim = max(2, int(.04 * min(ph, pw)))
        soft = np.zeros((ph, pw), np.float32)
        soft[rim:-rim, rim:-rim] = 1
        a = cv2.warpAffine(cv2.blur(soft, (rim, rim)), matrix, (W, H))[..., None]
        small = cv2.warpAffine(cv2.GaussianBlur(photo, (0, 0), .3 / scale) if scale < .8 else photo, matrix, (W, H))
        return (image * (1 - a) + small * a).astype(np.uint8), arm.moved(matrix)
