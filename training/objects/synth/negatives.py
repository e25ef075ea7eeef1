"""Hard negatives: rectangles and things that look like the wanted ones and are not. Apart, because
what is drawn here must never carry writing, a display or a name.
"""

import cv2
import numpy as np

from .badges import tag
from .flat import Flat, opaque, rounded_alpha, smooth_noise
from .ink import bright, pick, uni


def _colour(rng):
    """Never near black, which a screen that is off has, nor near white, which blank paper has."""
    return pick(rng, (bright(rng), (int(rng.integers(75, 195)),) * 3, tuple(int(v) for v in rng.integers(60, 220, 3))))


def frame(rng):
    """Picture frame with a painting-like blur."""
    h, w = int(rng.integers(160, 320)), int(rng.integers(160, 320))
    small = rng.uniform(20, 240, (int(rng.integers(2, 6)), int(rng.integers(2, 6)), 3)).astype(np.float32)
    # muted, as paint and print are; vivid gradients are kept for screens
    small = small.mean(-1, keepdims=True) * .75 + small * .25
    inner = cv2.resize(small, (w, h), interpolation=cv2.INTER_CUBIC) * np.array(pick(rng, ((1, .92, .8), (.85, .95, 1), (1, 1, 1))))
    inner = np.clip(inner + smooth_noise(rng, h, w, int(rng.integers(12, 40)), uni(rng, 4, 20)), 0, 255).astype(np.uint8)
    if rng.random() < .5:
        e = int(rng.integers(10, 50))
        inner = cv2.copyMakeBorder(inner, e, e, e, e, cv2.BORDER_CONSTANT, value=(240, 238, 232))
    e = int(rng.integers(6, 24))
    return opaque(cv2.copyMakeBorder(inner, e, e, e, e, cv2.BORDER_CONSTANT, value=pick(rng, ((90, 60, 35), (30, 30, 30), (200, 170, 90), (235, 235, 235)))), -1)


def plain(rng):
    """Plain rectangle, soft or hard: a cushion, a box side, a tile, a mat, a towel."""
    h, w = int(rng.integers(80, 300)), int(rng.integers(80, 300))
    out = np.array(_colour(rng), np.float32) + smooth_noise(rng, h, w, int(rng.integers(2, 12)), uni(rng, 1, 14)) + rng.normal(0, uni(rng, 0, 4), (h, w, 1))
    rgba = np.zeros((h, w, 4), np.uint8)
    rgba[..., :3] = np.clip(out, 0, 255)
    rgba[..., 3] = rounded_alpha(h, w, min(h, w) * uni(rng, .01, .3))
    return Flat(rgba, (0, 0, w, h), -1)


def panes(rng):
    """Window, door panels, tiles or shelves: a grid of plain fields."""
    h, w = int(rng.integers(200, 360)), int(rng.integers(160, 360))
    out = np.empty((h, w, 3), np.uint8)
    out[:] = np.array(_colour(rng), np.uint8)
    rows, cols, gap = int(rng.integers(1, 5)), int(rng.integers(1, 4)), int(rng.integers(3, 22))
    base = np.array(pick(rng, ((225, 238, 250), (250, 250, 245), _colour(rng))), np.float32)
    for r in range(rows):
        for c in range(cols):
            y0, x0 = gap + r * (h - gap) // rows, gap + c * (w - gap) // cols
            y1, x1 = (r + 1) * (h - gap) // rows, (c + 1) * (w - gap) // cols
            if y1 > y0 and x1 > x0:
                out[y0:y1, x0:x1] = np.clip(base + rng.normal(0, 6) + np.linspace(0, uni(rng, -40, 40), y1 - y0)[:, None, None], 0, 255).astype(np.uint8)
    return opaque(out, -1, upright=True)


def keyboard(rng):
    w, h = 360, int(360 / uni(rng, 2.4, 3.6))
    out = np.empty((h, w, 3), np.uint8)
    base = int(pick(rng, (25, 40, 200, 235)))
    out[:] = base
    key = int(np.clip(base + rng.integers(-40, 40), 5, 250))
    rows, cols = 6, int(rng.integers(15, 22))
    for r in range(rows):
        for c in range(cols):
            cv2.rectangle(out, (6 + c * (w - 12) // cols, 6 + r * (h - 12) // rows), (3 + (c + 1) * (w - 12) // cols, 3 + (r + 1) * (h - 12) // rows), (key,) * 3, -1)
    return opaque(out, -1)


def stripes(rng):
    """Cloth, blind or radiator: stripes that are not bars."""
    h, w = int(rng.integers(120, 300)), int(rng.integers(120, 300))
    x = np.arange(w)[None, :] * np.ones((h, 1))
    wave = (np.sin(x / uni(rng, 2.5, 18)) > uni(rng, -.5, .5)) if rng.random() < .5 else .5 + .5 * np.sin(x / uni(rng, 3, 14))
    a, b = (np.array(_colour(rng), np.float32) for _ in range(2))
    out = a + (b - a) * cv2.GaussianBlur(wave.astype(np.float32), (0, 0), 1)[..., None] * uni(rng, .2, 1)
    if rng.random() < .5:
        out = out.transpose(1, 0, 2)
    return opaque(np.ascontiguousarray(np.clip(out, 0, 255).astype(np.uint8)), -1)


def negative(rng):
    """One hard negative as a Flat with label -1."""
    return pick(rng, (frame, frame, plain, plain, plain, panes, panes, keyboard, stripes, tag, tag))(rng)
