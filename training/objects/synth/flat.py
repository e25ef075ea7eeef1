"""The flat thing: what every renderer returns and every placer takes. Apart so that renderers and
placers need not know one another.
"""

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass
class Flat:
    """rgba: uint8 [H,W,4]; front: xyxy in its pixels, the part that the box must hold (a monitor
    without its stand); label: class index or -1 (hard negative); bends: may curl (paper);
    glows: gives its own light (a screen that is on); upright: is seldom seen rolled over."""

    rgba: np.ndarray
    front: tuple
    label: int
    bends: bool = False
    glows: bool = False
    upright: bool = False


def opaque(rgb, label, **more):
    h, w = rgb.shape[:2]
    alpha = np.full((h, w, 1), 255, np.uint8)
    return Flat(np.concatenate([rgb, alpha], 2), (0, 0, w, h), label, **more)


def rounded_alpha(h, w, radius):
    """Alpha [h,w] of a rectangle with round corners."""
    a = np.zeros((h, w), np.uint8)
    r = int(max(1, min(radius, h // 2 - 1, w // 2 - 1)))
    cv2.rectangle(a, (r, 0), (w - 1 - r, h - 1), 255, -1)
    cv2.rectangle(a, (0, r), (w - 1, h - 1 - r), 255, -1)
    for cx, cy in ((r, r), (w - 1 - r, r), (r, h - 1 - r), (w - 1 - r, h - 1 - r)):
        cv2.circle(a, (cx, cy), r, 255, -1, cv2.LINE_AA)
    return a


def smooth_noise(rng, h, w, cells, depth):
    """Soft brightness variation [h,w,1] about 0, +-depth."""
    small = rng.normal(0, 1, (max(2, int(cells)), max(2, int(cells)))).astype(np.float32)
    return cv2.resize(small, (w, h), interpolation=cv2.INTER_CUBIC)[..., None] * depth
