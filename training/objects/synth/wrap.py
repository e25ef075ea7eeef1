"""Lays a strip about an arm: the strip's length runs with the angle about the arm's axis, so print is
squeezed toward the silhouettes; edges are elliptic arcs, light falls off to both sides, the band
shadows the skin and may stand off it on one side, so that its inner face shows behind the arm. Apart
because it is geometry and light alone and knows nothing of print.
"""

import cv2
import numpy as np

from .flat import smooth_noise
from .ink import pick, uni

F = np.float32


def _field(image, centre, reach):
    """The window about `centre` and the pixel coordinates in it relative to the centre, or None."""
    H, W = image.shape[:2]
    x0, y0 = (int(max(0, v)) for v in np.floor(centre - reach))
    x1, y1 = int(min(W, np.ceil(centre[0] + reach))), int(min(H, np.ceil(centre[1] + reach)))
    if x1 - x0 < 4 or y1 - y0 < 4:
        return None
    dx = (np.arange(x0, x1, dtype=F) - F(centre[0]))[None, :]
    dy = (np.arange(y0, y1, dtype=F) - F(centre[1]))[:, None]
    return (slice(y0, y1), slice(x0, x1)), dx, dy


def wrap(rng, image, arm, strip, at, limit=None):
    """Draws `strip` on `image` (RGB uint8, changed in place) about `arm` (see `arms.Arm`), its centre
    `at` pixels from the wrist; returns the mask of its visible pixels, float32 [H,W] in 0..1.

    limit: bool [H,W] of pixels where nothing may be drawn (a sleeve), or None."""
    mask = np.zeros(image.shape[:2], F)
    axis, normal = arm.axis, np.array([-arm.axis[1], arm.axis[0]])
    radius = max(4., arm.half + arm.taper * at)
    breadth = strip.share * 2 * radius
    slack = uni(rng, .0, .06) if rng.random() < .5 else uni(rng, .06, .26)
    lean = uni(rng, -1, 1) * slack * radius
    centre = arm.wrist + axis * at + normal * lean
    wide = radius * (1 + slack)
    tilt = float(np.clip(rng.normal(0, .2), -.5, .5))
    skew = float(rng.normal(0, .07)) + slack * uni(rng, -1, 1)
    window = _field(image, centre, wide * 1.1 + breadth * (1.2 + strip.tail) + abs(tilt) * wide)
    if window is None:
        return mask
    view, dx, dy = window
    along = dx * F(axis[0]) + dy * F(axis[1])
    spread = 1 + np.clip(along * F(arm.taper / radius), -.2, .2)
    across = (dx * F(normal[0]) + dy * F(normal[1])) / (F(wide) * spread)
    bulge = np.sqrt(np.clip(1 - across * across, 0, 1))
    theta = np.arcsin(np.clip(across, -1, 1))
    ripple = F(uni(rng, 0, .03) * breadth) * np.sin(theta * F(uni(rng, 2, 7)) + F(uni(rng, 0, 6)))
    lie = along - F(skew * wide) * across + (ripple if rng.random() < .6 else 0)
    v = (lie - F(tilt * wide) * (bulge - F(.6))) / F(breadth) + F(.5)
    edge = F(1.1 / breadth)
    sides = np.clip((1 - np.abs(across)) * F(wide / 1.1) + F(.3), 0, 1)
    between = lambda q: np.clip((q + edge / 2) / edge, 0, 1) * np.clip((1 - q + edge / 2) / edge, 0, 1) * sides
    cover = between(v)

    rgba = strip.rgba
    shrink = min(1., breadth * 1.3 / rgba.shape[0])
    if shrink < .9:
        rgba = cv2.resize(rgba, (max(16, int(rgba.shape[1] * shrink)), max(2, int(rgba.shape[0] * shrink))), interpolation=cv2.INTER_AREA)
    th, tw = rgba.shape[:2]
    turn = F((-1 if rng.random() < .5 else 1) * wide / breadth * th)
    u = (turn * theta + F(uni(rng, 0, tw))) % F(tw - 1)
    vv = (v if rng.random() < .5 else 1 - v) * F(th) - F(.5)
    taken = cv2.remap(rgba, u, vv, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(F)
    alpha, colour = cover * taken[..., 3] / 255, taken[..., :3]
    base = np.median(strip.rgba[::6, ::24, :3].reshape(-1, 3), 0).astype(F)

    region = image[view]
    lit = cv2.blur(region.mean(-1, dtype=F), (2 * int(radius * .3) + 3,) * 2)
    on_arm = (np.abs(across) < .8) & (np.abs(v - .5) < 1.5)
    level = float(lit[on_arm].mean()) if on_arm.any() else 120.
    deep = uni(rng, .3, .6)
    shade = (1 - deep + F(deep) * np.clip(np.cos(theta - F(uni(rng, -.7, .7))), 0, 1)) * (F(.55) + F(.45) * np.clip(bulge * F(2.2), 0, 1))
    shade *= np.clip(1 + F(uni(rng, .2, .7)) * (lit / F(max(level, 8)) - 1), .5, 1.4)
    exposure = F(np.clip(level / 150, .22, 1.15) ** uni(rng, .6, 1) * uni(rng, .85, 1.2))
    if rng.random() < .5:
        shade *= 1 + smooth_noise(rng, *region.shape[:2], int(rng.integers(6, 16)), F(uni(rng, .02, .08)))[..., 0]
    colour = colour * (shade * exposure)[..., None]
    if strip.gloss > .3:
        for _ in range(int(rng.integers(1, 3))):
            glare = F(strip.gloss * uni(rng, 20, 140) * min(1., exposure)) * np.exp(-((theta - F(uni(rng, -1.1, 1.1))) / F(uni(rng, .04, .25))) ** 2)
            colour = colour + glare[..., None]
    # a rim of light and dark along the edges shows the thickness
    rim = np.exp(-((v - F(.02)) / (F(1.2) * edge)) ** 2) - np.exp(-((v - F(.98)) / (F(1.2) * edge)) ** 2)
    colour = colour * (1 + F(uni(rng, -.2, .2)) * rim)[..., None]

    # where the band stands off the arm, the inner face of its far side is seen
    off_arm = np.clip((np.abs(across * F(wide) * spread + F(lean)) / (F(radius) * spread) - 1) * F(radius), 0, 1)
    behind = between((lie + F(tilt * wide) * (bulge - F(.6))) / F(breadth) + F(.5)) * off_arm * (1 - alpha)
    total = alpha + behind
    inner = base * exposure * F(uni(rng, .35, .7))
    colour = (colour * alpha[..., None] + inner * behind[..., None]) / np.maximum(total, F(.01))[..., None]
    alpha = np.minimum(total, 1)

    if strip.tail:
        colour, alpha = _tail(rng, colour, alpha, across * F(wide), lie, strip, breadth, wide, base * exposure)
    if strip.face:
        _watch(rng, colour, alpha, along, across, wide, strip.face * breadth, arm.grey, exposure)
    cast = region[on_arm].mean(0) if on_arm.any() else np.array((128., 128, 128))
    colour = colour * (1 + (cast / max(cast.mean(), 8) - 1) * uni(rng, 0, .3)).astype(F)
    if arm.grey:
        colour = np.repeat(colour.mean(-1, keepdims=True), 3, -1)
    if limit is not None:
        alpha = alpha * ~limit[view]
        cover = cover * ~limit[view]
    fuzz = uni(rng, .3, .8)
    colour, alpha = cv2.GaussianBlur(colour, (0, 0), fuzz), cv2.GaussianBlur(alpha, (0, 0), min(fuzz, .6))
    dark = cv2.GaussianBlur(cover, (0, 0), max(1., breadth * uni(rng, .04, .15))) * (np.abs(across) < 1.02)
    if limit is not None:
        dark = dark * ~limit[view]
    body = region * (1 - F(uni(rng, .1, .45)) * dark)[..., None]
    grain = rng.standard_normal(colour.shape[:2] + (1,), dtype=F) * F(uni(rng, 0, 5))
    region[:] = np.clip(body * (1 - alpha[..., None]) + (colour + grain) * alpha[..., None], 0, 255).astype(np.uint8)
    # clear vinyl is thin in alpha, but all of it is the band
    mask[view] = np.maximum(alpha, cover * F(.6)) if strip.banded else alpha
    return mask


def _tail(rng, colour, alpha, px, py, strip, breadth, wide, base):
    """The loose end beyond the closure: a straight piece that leaves the band at an angle."""
    way = -1 if rng.random() < .5 else 1
    lean = float(np.clip(rng.normal(0, .3), -.8, .8))
    start = uni(rng, -.4, .9) * wide * way
    q = ((px - F(start)) * F(way * np.cos(lean)) + py * F(np.sin(lean)))
    r = py * F(np.cos(lean)) - (px - F(start)) * F(way * np.sin(lean))
    half, length = F(breadth * uni(rng, .3, .48)), F(strip.tail * breadth)
    d = np.maximum(np.abs(r) - half, np.maximum(-q, q - length))
    on = np.clip(F(.5) - d, 0, 1)
    light = F(uni(rng, .75, 1.1)) * (1 + F(uni(rng, -.2, .2)) * q / length)
    if rng.random() < .6:
        hole = (np.abs(q % F(breadth * .4) - F(breadth * .2)) < breadth * .06) & (np.abs(r) < breadth * .07)
        light = np.where(hole, light * F(.55), light)
    light = light * np.where(d > -1.2, F(.8), F(1))
    on3 = on[..., None]
    return colour * (1 - on3) + base * light[..., None] * on3, np.maximum(alpha, on)


def _watch(rng, colour, alpha, along, across, wide, size, grey, exposure):
    """A watch face on the side that looks at us, round or square, with hands or digits."""
    px, py = (across - F(uni(rng, -.35, .35))) * F(wide), along
    if rng.random() < .5:
        d = np.sqrt(px ** 2 + py ** 2) / F(size)
    else:
        d = ((np.abs(px) / F(size)) ** 6 + (np.abs(py) / F(size)) ** 6) ** F(1 / 6)
    rim, dial = pick(rng, ((30, 30, 32), (190, 190, 195), (200, 170, 90))), pick(rng, ((12, 12, 14), (240, 240, 240), (20, 40, 90), (10, 10, 12)))
    for limit, c in ((1., rim), (.86, dial)):
        inside = np.clip((F(limit) - d) * F(size), 0, 1)
        for k in range(3):
            value = F((sum(c) / 3 if grey else c[k]) * exposure)
            colour[..., k] = colour[..., k] * (1 - inside) + value * inside
        np.maximum(alpha, inside, out=alpha)
    mark = 230 if sum(dial) < 300 else 30
    for angle in rng.uniform(0, 6.28, 2):
        on = (np.abs(px * F(np.cos(angle)) + py * F(np.sin(angle))) < max(.6, size * .04)) & (d < .7) & (px * F(-np.sin(angle)) + py * F(np.cos(angle)) > 0)
        colour[on] = mark * exposure
