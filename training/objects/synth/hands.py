"""Scenes of hands: chooses a photo, crops, turns and scales it, and dresses the wrist. Apart from
`wrap` because it decides what happens and `wrap` only draws.
"""

import cv2
import numpy as np

from .arms import measure
from .ink import pick, uni
from .place import camera
from .pool import Pool, read
from .strips import hospital, other
from .wrap import sleeve, wrap

LABEL = 2


class HandScenes:
    def __init__(self, hands, background, seed, cutouts=None):
        """hands: list of (path, box xyxy, keypoints [7,2] or None); background: rng -> RGB picture."""
        self.hands = [h for h in hands if h[2] is not None]
        self.background, self.arms = background, {}
        self.pool = Pool(seed, {"hospital": (hospital, 260), "other": (other, 80)})

    def arm(self, index):
        """The measured arm of hand `index`, or None; measured once."""
        if index not in self.arms:
            path, _, points = self.hands[index]
            self.arms[index] = measure(read(str(path)), points)
        return self.arms[index]

    def _choose(self, rng):
        for _ in range(60):
            index = int(rng.integers(len(self.hands)))
            arm = self.arm(index)
            if arm is not None and (arm.sure or rng.random() < .35):
                return index, arm
        return None, None

    def scene(self, rng, size):
        """See `Synth.hand_scene`. Raises ValueError when no hand has a visible forearm."""
        H, W = (size, size) if np.isscalar(size) else (int(size[0]), int(size[1]))
        index, arm = self._choose(rng)
        if arm is None:
            raise ValueError("no hand with a visible forearm among the hands given")
        photo = read(str(self.hands[index][0]))
        if rng.random() < .25:
            image, arm = self._into_room(rng, photo, arm, H, W)
        else:
            image, arm = self._crop(rng, photo, arm, H, W)
        boxes, labels = [], []
        roll = rng.random()
        if roll < .66:
            box = self._band(rng, image, arm)
            if box is not None:
                boxes.append(box)
                labels.append(LABEL)
        elif roll < .84:
            strip = self.pool.get(rng, "other")
            wrap(rng, image, arm, strip, self._at(rng, arm, strip))
        elif roll < .92:
            sleeve(rng, image, arm, arm.palm * uni(rng, .02, .8))
        image = camera(rng, image)
        return image, np.array(boxes, np.float32).reshape(-1, 4), np.array(labels, np.int64)

    @staticmethod
    def _at(rng, arm, strip):
        """Where along the arm a strip may sit: within what was seen of the skin."""
        low, high = max(.1 * arm.palm, arm.near * .6), min(.95 * arm.palm, arm.far)
        breadth = strip.share * 2 * arm.half
        low, high = low + .3 * breadth, max(low + .35 * breadth, high - .2 * breadth)
        return uni(rng, low, high)

    def _band(self, rng, image, arm):
        strip = self.pool.get(rng, "hospital")
        at = self._at(rng, arm, strip)
        limit = None
        if rng.random() < .14:
            limit = sleeve(rng, image, arm, at + strip.share * 2 * arm.half * uni(rng, -.25, .6))
        if rng.random() < .06:
            extra = self.pool.get(rng, "other")
            wrap(rng, image, arm, extra, at - (strip.share + extra.share + .15) * arm.half, limit)
        mask = wrap(rng, image, arm, strip, at, limit) > .4
        ys, xs = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        if len(xs) < 5 or len(ys) < 5 or np.count_nonzero(mask) < 30:
            return None
        return xs[0], ys[0], xs[-1] + 1, ys[-1] + 1

    @staticmethod
    def _crop(rng, photo, arm, H, W):
        """Similarity of the photo so that the wrist lies in the picture, filled by reflection."""
        h, w = photo.shape[:2]
        fit = min(H / h, W / w)
        palm = np.exp(uni(rng, np.log(.08), np.log(.5))) * min(H, W)
        scale = float(np.clip(palm / arm.palm, .55 * fit, 2.6 * fit))
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
        shift = weight * (goal - focus) + (1 - weight) * (np.array([W, H]) / 2 - middle)
        matrix = np.column_stack([linear, shift])
        if scale < .7:
            photo = cv2.GaussianBlur(photo, (0, 0), .35 / scale)
        image = cv2.warpAffine(photo, matrix, (W, H), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        return image, arm.moved(matrix)

    def _into_room(self, rng, photo, arm, H, W):
        """The whole photo, small, on a room picture with soft rims."""
        room = self.background(rng)
        h, w = room.shape[:2]
        cover = max(H / h, W / w)
        room = cv2.resize(room, (int(np.ceil(w * cover)), int(np.ceil(h * cover))), interpolation=cv2.INTER_AREA if cover < 1 else cv2.INTER_LINEAR)
        oy, ox = int(rng.integers(room.shape[0] - H + 1)), int(rng.integers(room.shape[1] - W + 1))
        image = np.ascontiguousarray(room[oy:oy + H, ox:ox + W])
        ph, pw = photo.shape[:2]
        scale = min(H / ph, W / pw) * uni(rng, .35, .75)
        mirror = rng.random() < .5
        linear = scale * np.array([[-1. if mirror else 1., 0], [0, 1]])
        sw, sh = pw * scale, ph * scale
        shift = np.array([uni(rng, 0, W - sw) + (sw if mirror else 0), uni(rng, 0, H - sh)])
        matrix = np.column_stack([linear, shift])
        soft = np.zeros((ph, pw), np.float32)
        rim = max(2, int(.04 * min(ph, pw)))
        soft[rim:-rim, rim:-rim] = 1
        soft = cv2.GaussianBlur(soft, (0, 0), rim / 2)
        a = cv2.warpAffine(soft, matrix, (W, H))[..., None]
        small = cv2.warpAffine(cv2.GaussianBlur(photo, (0, 0), .3 / scale) if scale < .8 else photo, matrix, (W, H))
        return np.clip(image * (1 - a) + small * a, 0, 255).astype(np.uint8), arm.moved(matrix)
