"""Lays a strip about an arm: the strip's length runs with the angle about the arm's axis, so print is
squeezed toward the silhouettes; edges are elliptic arcs, light falls off to both sides, the band
shadows the skin. Apart because it is geometry and light alone and knows nothing of print.
"""

import cv2
import numpy as np

from .flat import smooth_noise
from .ink import bright, pick, uni


def wrap(rng, image, arm, strip, at, limit=None):
    """Draws `strip` on `image` (RGB uint8, changed in place) about `arm` (see `arms.Arm`), its centre
    `at` pixels from the wrist; returns the mask of its visible pixels, float [H,W] in 0..1.

    limit: bool [H,W] of pixels where nothing may be drawn (a sleeve), or None."""
    H, W = image.shape[:2]
    axis, normal = arm.axis, np.array([-arm.axis[1], arm.axis[0]])
    radius = max(4., arm.half + arm.taper * at)
    breadth = strip.share * 2 * radius
    slack = uni(rng, .0, .05) if rng.random() < .6 else uni(rng, .05, .2)
    lean = uni(rng, -1, 1) * slack * radius
    centre = arm.wrist + axis * at + normal * lean
    wide = radius * (1 + slack)
    tilt = float(np.clip(rng.normal(0, .2), -.5, .5))
    skew = float(rng.normal(0, .07)) + (slack * uni(rng, -.8, .8))
    reach = wide * 1.1 + breadth * (1.2 + strip.tail) + abs(tilt) * wide
    x0, y0 = (int(max(0, v)) for v in np.floor(centre - reach))
    x1, y1 = int(min(W, np.ceil(centre[0] + reach))), int(min(H, np.ceil(centre[1] + reach)))
    if x1 - x0 < 4 or y1 - y0 < 4:
        return np.zeros((H, W), np.float32)
    yy, xx = np.mgrid[y0:y1, x0:x1].astype(np.float32)
    dx, dy = xx - np.float32(centre[0]), yy - np.float32(centre[1])
    along = dx * np.float32(axis[0]) + dy * np.float32(axis[1])
    # the arm's taper widens the band's far edge
    across = (dx * np.float32(normal[0]) + dy * np.float32(normal[1])) / (wide * (1 + np.clip(arm.taper * along / radius, -.2, .2)))
    inside = np.clip(1 - across * across, 0, 1)
    bulge = np.sqrt(inside)
    theta = np.arcsin(np.clip(across, -1, 1))
    ripple = uni(rng, 0, .03) * breadth * np.sin(theta * uni(rng, 2, 7) + uni(rng, 0, 6)) if rng.random() < .6 else 0.
    local = along - tilt * wide * (bulge - .6) - skew * across * wide + ripple
    v = local / breadth + .5
    rgba = strip.rgba
    th, tw = rgba.shape[:2]
    shrink = min(1., breadth * 1.3 / th)
    if shrink < .9:
        rgba = cv2.resize(rgba, (max(16, int(tw * shrink)), max(2, int(th * shrink))), interpolation=cv2.INTER_AREA)
        th, tw = rgba.shape[:2]
    flip = -1 if rng.random() < .5 else 1
    offset = uni(rng, 0, tw)
    u = (flip * theta * wide / breadth * th + offset) % (tw - 1)
    vv = (v if rng.random() < .5 else 1 - v) * th - .5
    taken = cv2.remap(rgba, u.astype(np.float32), vv.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    edge = 1.1 / breadth
    cover = np.clip((v + edge / 2) / edge, 0, 1) * np.clip((1 - v + edge / 2) / edge, 0, 1)
    cover *= np.clip((1 - np.abs(across)) * wide / 1.1 + .3, 0, 1)
    alpha = cover * taken[..., 3] / 255
    colour = taken[..., :3]

    region = image[y0:y1, x0:x1]
    skin_light = cv2.GaussianBlur(region.astype(np.float32).mean(-1), (0, 0), max(1.5, radius * .25))
    on_arm = (np.abs(across) < .8) & (np.abs(v - .5) < 1.5)
    level = float(skin_light[on_arm].mean()) if on_arm.any() else 120.
    sun = uni(rng, -.7, .7)
    lambert = np.clip(np.cos(theta - sun), 0, 1)
    shade = uni(rng, .45, .75) + (1 - uni(rng, .45, .75)) * lambert
    shade = shade * (.55 + .45 * np.clip(bulge * 2.2, 0, 1))
    follow = uni(rng, .2, .7)
    shade = shade * np.clip(1 + follow * (skin_light / max(level, 8) - 1), .5, 1.4)
    exposure = np.clip(level / 150, .22, 1.15) ** uni(rng, .6, 1) * uni(rng, .85, 1.2)
    if rng.random() < .5:
        wrinkle = smooth_noise(rng, region.shape[0], region.shape[1], int(rng.integers(6, 16)), uni(rng, .02, .08))[..., 0]
        shade = shade * (1 + wrinkle)
    colour = colour * (shade * exposure)[..., None]
    if strip.gloss > .3:
        for _ in range(int(rng.integers(1, 3))):
            where, width = uni(rng, -1.1, 1.1), uni(rng, .04, .25)
            colour = colour + (strip.gloss * uni(rng, 20, 140) * min(1., exposure) * np.exp(-((theta - where) / width) ** 2))[..., None]
    # a rim of light and dark along the edges shows the thickness
    rim = np.exp(-((v - .02) / (1.2 * edge)) ** 2) - np.exp(-((v - .98) / (1.2 * edge)) ** 2)
    colour = colour * (1 + uni(rng, -.2, .2) * rim)[..., None]
    cast = region[on_arm].mean(0) if on_arm.any() else np.array((128, 128, 128.))
    warm = 1 + (cast / max(cast.mean(), 8) - 1) * uni(rng, 0, .3)
    colour = colour * warm
    if arm.grey:
        colour = np.repeat(colour.mean(-1, keepdims=True), 3, -1)

    if strip.face:
        _watch(rng, colour, alpha, along, across, wide, strip.face * breadth, arm.grey, exposure)
    if strip.tail:
        tail = (np.abs(across - uni(rng, -.5, .5)) * wide < breadth * .35) & (v > .9) & (v < 1 + strip.tail * .5)
        alpha = np.maximum(alpha, cv2.GaussianBlur(tail.astype(np.float32), (3, 3), 0))
    if limit is not None:
        alpha = alpha * ~limit[y0:y1, x0:x1]
    fuzz = uni(rng, .3, .8)
    colour, alpha = cv2.GaussianBlur(colour.astype(np.float32), (0, 0), fuzz), cv2.GaussianBlur(alpha.astype(np.float32), (0, 0), min(fuzz, .6))
    dark = cv2.GaussianBlur(cover.astype(np.float32), (0, 0), max(1., breadth * uni(rng, .04, .15)))
    body = region * (1 - uni(rng, .1, .45) * dark[..., None] * (np.abs(across) < 1.02)[..., None]) if limit is None else region
    grain = rng.normal(0, uni(rng, 0, 5), colour.shape[:2] + (1,)).astype(np.float32)
    region[:] = np.clip(body * (1 - alpha[..., None]) + (colour + grain) * alpha[..., None], 0, 255).astype(np.uint8)
    mask = np.zeros((H, W), np.float32)
    mask[y0:y1, x0:x1] = np.maximum(alpha, cover * .6 * (strip.banded and alpha.max() > .1)) if limit is None else alpha
    return mask


def _watch(rng, colour, alpha, along, across, wide, size, grey, exposure):
    """A watch face on the side that looks at us, round or square, with hands or digits."""
    cx = uni(rng, -.35, .35)
    px, py = (across - cx) * wide, along
    if rng.random() < .5:
        d = np.sqrt(px ** 2 + py ** 2) / size
    else:
        d = ((np.abs(px) / size) ** 6 + (np.abs(py) / size) ** 6) ** (1 / 6)
    rim, dial = pick(rng, ((30, 30, 32), (190, 190, 195), (200, 170, 90))), pick(rng, ((12, 12, 14), (240, 240, 240), (20, 40, 90), (10, 10, 12)))
    for limit, c in ((1., rim), (.86, dial)):
        inside = np.clip((limit - d) * size, 0, 1)
        for k in range(3):
            value = (sum(c) / 3 if grey else c[k]) * exposure
            colour[..., k] = colour[..., k] * (1 - inside) + value * inside
        np.maximum(alpha, inside, out=alpha)
    mark = 230 if sum(dial) < 300 else 30
    for angle in rng.uniform(0, 6.28, 2):
        on = (np.abs(px * np.cos(angle) + py * np.sin(angle)) < max(.6, size * .04)) & (d < .7) & (px * -np.sin(angle) + py * np.cos(angle) > 0)
        colour[on] = mark * exposure


def sleeve(rng, image, arm, start):
    """Cloth over the forearm from `start` pixels beyond the wrist outward (RGB uint8, changed in
    place); returns the bool mask [H,W] of the cloth."""
    H, W = image.shape[:2]
    axis, normal = arm.axis, np.array([-arm.axis[1], arm.axis[0]])
    yy, xx = np.mgrid[0:H, 0:W].astype(np.float32)
    dx, dy = xx - np.float32(arm.wrist[0]), yy - np.float32(arm.wrist[1])
    along, across = dx * np.float32(axis[0]) + dy * np.float32(axis[1]), dx * np.float32(normal[0]) + dy * np.float32(normal[1])
    half = (arm.half + arm.taper * start) * uni(rng, 1.08, 1.4)
    wide = half * (1 + uni(rng, 0, .35) * np.clip((along - start) / (4 * half), 0, 1))
    x = across / wide
    curve = uni(rng, -.35, .35) * half * (np.sqrt(np.clip(1 - x * x, 0, 1)) - .5)
    inside = np.clip(along - start - curve + .5, 0, 1) * np.clip((1 - np.abs(x)) * half, 0, 1)
    base = np.array(pick(rng, (bright(rng), (30, 34, 44), (235, 238, 242), (70, 130, 150), (60, 80, 120), (150, 150, 155))), np.float32)
    level = image[max(0, int(arm.wrist[1]) - 8):int(arm.wrist[1]) + 9, max(0, int(arm.wrist[0]) - 8):int(arm.wrist[0]) + 9]
    gain = np.clip((level.mean() if level.size else 120) / 150, .25, 1.15)
    folds = 1 + .12 * np.sin(along / half * uni(rng, 2, 6) + x * uni(rng, -4, 4) + uni(rng, 0, 6)) + smooth_noise(rng, H, W, 14, .06)[..., 0]
    cuff = 1 - .25 * np.exp(-((along - start - curve - half * .25) / (half * .04 + .5)) ** 2)
    cloth = base * (gain * folds * cuff * (.6 + .4 * np.sqrt(np.clip(1 - x * x * .9, 0, 1))))[..., None]
    if arm.grey:
        cloth = np.repeat(cloth.mean(-1, keepdims=True), 3, -1)
    cloth += rng.standard_normal((H, W, 1), dtype=np.float32) * 3
    dim = cv2.GaussianBlur(inside, (0, 0), max(1., half * .08))[..., None]
    out = image * (1 - .35 * dim) * (1 - inside[..., None]) + cloth * inside[..., None]
    image[:] = np.clip(out, 0, 255).astype(np.uint8)
    return inside > .5
