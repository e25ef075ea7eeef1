"""What lies over an arm besides bands: sleeves, fingers of another hand, tubes and plasters. Drawn to
hide parts of bands and to be hard negatives by themselves.
"""

import cv2
import numpy as np

from .flat import smooth_noise
from .ink import bright, pick, uni

F = np.float32


def sleeve(rng, image, arm, start):
    """Cloth over the forearm from `start` pixels beyond the wrist outward, three to five palms long
    (RGB uint8, changed in place); returns the bool mask [H,W] of the cloth."""
    mask = np.zeros(image.shape[:2], bool)
    H, W = mask.shape
    axis, normal = arm.axis, np.array([-arm.axis[1], arm.axis[0]])
    half = (arm.half + arm.taper * start) * uni(rng, 1.08, 1.4)
    length = arm.palm * uni(rng, 3, 5)
    ends = arm.wrist + axis * np.array([[start - half], [start - half], [start + length], [start + length]]) + normal * np.array([[-1], [1], [-1], [1]]) * half * 1.4
    x0, y0 = np.clip(np.floor(ends.min(0)), 0, (W, H)).astype(int)
    x1, y1 = np.clip(np.ceil(ends.max(0)), 0, (W, H)).astype(int)
    if x1 - x0 < 4 or y1 - y0 < 4:
        return mask
    dx = (np.arange(x0, x1, dtype=F) - F(arm.wrist[0]))[None, :]
    dy = (np.arange(y0, y1, dtype=F) - F(arm.wrist[1]))[:, None]
    along = dx * F(axis[0]) + dy * F(axis[1]) - F(start)
    x = (dx * F(normal[0]) + dy * F(normal[1])) / (F(half) * (1 + F(uni(rng, 0, .35)) * np.clip(along / F(4 * half), 0, 1)))
    round_ = np.sqrt(np.clip(1 - x * x, 0, 1))
    along = along - F(uni(rng, -.35, .35) * half) * (round_ - F(.5))
    inside = np.clip(along + F(.5), 0, 1) * np.clip((1 - np.abs(x)) * F(half), 0, 1) * (along < length)
    base = np.array(pick(rng, (bright(rng), (30, 34, 44), (235, 238, 242), (70, 130, 150), (60, 80, 120), (150, 150, 155))), F)
    wx, wy = int(np.clip(arm.wrist[0], 8, W - 9)), int(np.clip(arm.wrist[1], 8, H - 9))
    gain = np.clip(image[wy - 8:wy + 9, wx - 8:wx + 9].mean() / 150, .25, 1.15)
    folds = 1 + F(.12) * np.sin(along / F(half) * F(uni(rng, 2, 6)) + x * F(uni(rng, -4, 4)) + F(uni(rng, 0, 6))) + smooth_noise(rng, y1 - y0, x1 - x0, 14, F(.06))[..., 0]
    if rng.random() < .25:
        folds = folds * np.where(np.sin(along / F(half) * F(uni(rng, 6, 20))) > 0, F(uni(rng, .4, .85)), F(1))
    cuff = 1 - F(.25) * np.exp(-((along - F(half * .25)) / F(half * .04 + .5)) ** 2)
    cloth = base * (F(gain) * folds * cuff * (F(.6) + F(.4) * round_))[..., None]
    if arm.grey:
        cloth = np.repeat(cloth.mean(-1, keepdims=True), 3, -1)
    cloth = cloth + rng.standard_normal(inside.shape + (1,), dtype=F) * 3
    dim = cv2.blur(inside, (2 * int(half * .1) + 3,) * 2)[..., None]
    region = image[y0:y1, x0:x1]
    region[:] = np.clip(region * (1 - F(.35) * dim) * (1 - inside[..., None]) + cloth * inside[..., None], 0, 255).astype(np.uint8)
    mask[y0:y1, x0:x1] = inside > .5
    return mask


def fingers(rng, image, arm, at):
    """One to three fingers of another hand, in the arm's own skin colour, laid over the arm about `at`
    pixels from the wrist; returns their bool mask [H,W]."""
    mask = np.zeros(image.shape[:2], np.uint8)
    axis, normal = arm.axis, np.array([-arm.axis[1], arm.axis[0]])
    spot = arm.wrist - arm.axis * .2 * arm.palm
    H, W = mask.shape
    sx, sy = int(np.clip(spot[0], 4, W - 5)), int(np.clip(spot[1], 4, H - 5))
    skin = np.median(image[sy - 4:sy + 5, sx - 4:sx + 5].reshape(-1, 3), 0).astype(F) * F(uni(rng, .75, 1.2))
    side = -1 if rng.random() < .5 else 1
    size = arm.half * uni(rng, .22, .34)
    tone = np.zeros(mask.shape, F)
    for k in range(int(rng.integers(1, 4))):
        root = arm.wrist + axis * (at + k * size * 2.05) + normal * side * arm.half * 2.5
        tip = arm.wrist + axis * (at + k * size * 2.05 + uni(rng, -1, 1) * size) + normal * side * arm.half * uni(rng, -.3, .8)
        a, b = tuple(int(v) for v in root), tuple(int(v) for v in tip)
        for part, value in ((1, .72), (.75, .9), (.4, 1.)):
            cv2.line(tone, a, b, value, max(1, int(2 * size * part)), cv2.LINE_AA)
        cv2.line(mask, a, b, 255, max(1, int(2 * size)), cv2.LINE_AA)
    ys, xs = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if len(xs) and len(ys):
        part = (slice(ys[0], ys[-1] + 1), slice(xs[0], xs[-1] + 1))
        a = mask[part].astype(F)[..., None] / 255
        fill = cv2.GaussianBlur(tone[part], (0, 0), max(.6, size * .25))[..., None] * skin
        image[part] = np.clip(image[part] * (1 - a) + fill * a, 0, 255).astype(np.uint8)
    return mask > 127


def line(rng, image, arm):
    """A drip's tube or a cable across the arm, or a plaster on the back of the hand; bool mask [H,W]."""
    mask = np.zeros(image.shape[:2], np.uint8)
    axis, normal = arm.axis, np.array([-arm.axis[1], arm.axis[0]])
    level = 1.0 if arm.grey else uni(rng, .6, 1)
    if rng.random() < .6:
        points = [arm.wrist + axis * arm.palm * uni(rng, -.8, 1.4) + normal * arm.half * s * uni(rng, .8, 2.5) for s in (-1.2, 0, 1.2)]
        t = np.linspace(0, 1, 16)[:, None]
        curve = (1 - t) ** 2 * points[0] + 2 * t * (1 - t) * points[1] + t * t * points[2]
        cv2.polylines(mask, [np.int32(curve)], False, 255, max(1, int(arm.half * uni(rng, .04, .12))), cv2.LINE_AA)
        colour = np.array(pick(rng, ((225, 230, 232), (235, 235, 225), (40, 40, 44), (190, 200, 205))), F) * level
    else:
        middle = arm.wrist - axis * arm.palm * uni(rng, .3, .7) + normal * arm.half * uni(rng, -.4, .4)
        rect = cv2.boxPoints((middle.tolist(), (arm.half * uni(rng, .5, 1.1), arm.half * uni(rng, .3, .8)), uni(rng, 0, 180)))
        cv2.fillConvexPoly(mask, np.int32(rect), 255, cv2.LINE_AA)
        colour = np.array(pick(rng, ((240, 238, 232), (225, 190, 160), (230, 240, 245))), F) * level
    if arm.grey:
        colour = np.repeat(colour.mean(), 3).astype(F)
    a = mask.astype(F)[..., None] / 255 * F(uni(rng, .6, 1))
    image[:] = (image * (1 - a) + colour * a).astype(np.uint8)
    return mask > 127
