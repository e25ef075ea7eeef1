"""Pools of rendered textures: drawing a form takes tens of milliseconds, warping it one, so each
texture is drawn once and used often. Texture number n of a kind is always drawn from its own seed,
so a picture depends on the caller's generator alone and not on what was drawn before.
"""

import zlib

import cv2
import numpy as np


class Pool:
    def __init__(self, seed, kinds):
        """kinds: name -> (renderer taking a numpy Generator, how many textures)."""
        self.seed, self.kinds, self.kept = int(seed), dict(kinds), {}

    def get(self, rng, kind):
        """One of the textures of a kind, chosen by the generator; drawn now if it is wanted first. One
        in eight is drawn for this use alone, so that a long training does not see the pool only."""
        render, size = self.kinds[kind]
        if rng.random() < .125:
            return _bleed(render(np.random.default_rng((self.seed, zlib.crc32(kind.encode()), size + int(rng.integers(2**31))))))
        index = int(rng.integers(size))
        key = (kind, index)
        if key not in self.kept:
            self.kept[key] = _bleed(render(np.random.default_rng((self.seed, zlib.crc32(kind.encode()), index))))
        return self.kept[key]


def _bleed(thing):
    """Carries colours past the outline, so that scaling and warping mix no black into the rim."""
    rgba = thing.rgba
    empty = rgba[..., 3] < 8
    if empty.any():
        spread = cv2.dilate(rgba[..., :3] * (~empty)[..., None].astype(np.uint8), np.ones((9, 9), np.uint8))
        rgba[..., :3] = np.where(empty[..., None], spread, rgba[..., :3])
    return thing


def read(path):
    """RGB uint8 picture of a file. Raises FileNotFoundError where it cannot be read."""
    bgr = cv2.imread(path, cv2.IMREAD_COLOR)
    if bgr is None:
        raise FileNotFoundError(path)
    return cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
