"""Housings: monitors, TVs, laptops, phones, tablets, bedside monitors and infusion pumps around a
display. The labelled front is the housing that frames the display, without stand or keyboard.
"""

import cv2
import numpy as np

from .flat import Flat, rounded_alpha
from .fonts import Face
from .ink import Page, bright, number, pick, uni
from .screens import display

LABEL = 0


def _canvas(h, w):
    return np.zeros((int(h), int(w), 4), np.uint8)


def _fill(rgba, x0, y0, x1, y1, colour, radius=0):
    x0, y0, x1, y1 = (int(v) for v in (x0, y0, x1, y1))
    part = rgba[y0:y1, x0:x1]
    mask = rounded_alpha(y1 - y0, x1 - x0, radius) if radius else np.full((y1 - y0, x1 - x0), 255, np.uint8)
    part[..., :3] = np.where(mask[..., None] > 100, np.array(colour, np.uint8), part[..., :3])
    part[..., 3] = np.maximum(part[..., 3], mask)


def _show(rgba, x0, y0, x1, y1, content):
    x0, y0, x1, y1 = (int(v) for v in (x0, y0, x1, y1))
    rgba[y0:y1, x0:x1, :3] = cv2.resize(content, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA)


def _grey(rng, low, high):
    v = int(rng.integers(low, high))
    return v, v, v


def monitor(rng):
    """Desk monitor or wall TV, sometimes with its stand."""
    w = 480
    h = int(w / pick(rng, (16 / 9, 16 / 10, 4 / 3, 5 / 4, 21 / 9, 3 / 4)))
    if h > 600:
        w, h = int(w * 600 / h), 600
    thin = max(3, int(w * uni(rng, .008, .045)))
    chin = int(thin * uni(rng, 1, 3.2))
    body = pick(rng, (_grey(rng, 10, 40), _grey(rng, 10, 40), _grey(rng, 150, 215), (225, 222, 210), _grey(rng, 225, 250)))
    W, H = w + 2 * thin, h + thin + chin
    stand = int(h * uni(rng, .12, .35)) if rng.random() < .5 else 0
    rgba = _canvas(H + stand, W)
    if stand:
        metal = _grey(rng, 20, 200)
        half = W * uni(rng, .04, .12)
        _fill(rgba, W / 2 - half, H - 2, W / 2 + half, H + stand * .85, metal)
        cv2.ellipse(rgba, (W // 2, int(H + stand * .82)), (int(W * uni(rng, .15, .25)), max(3, int(stand * .17))), 0, 0, 360, metal + (255,), -1, cv2.LINE_AA)
    _fill(rgba, 0, 0, W, H, body, 4)
    content, glows = display(rng, w, h)
    _show(rgba, thin, thin, thin + w, thin + h, content)
    if rng.random() < .5 and chin > 6:
        cv2.putText(rgba, pick(rng, ("VISTA", "ORBIT", "Helio", "NORD")), (W // 2 - 18, H - chin // 3), cv2.FONT_HERSHEY_SIMPLEX, .35, (150, 150, 155, 255), 1, cv2.LINE_AA)
    return Flat(rgba, (0, 0, W, H), LABEL, glows=glows, upright=True)


def laptop(rng):
    """Open laptop seen from the front: display above, the keyboard foreshortened below."""
    w = 460
    h = int(w / uni(rng, 1.45, 1.8))
    thin = int(w * uni(rng, .012, .05))
    W, H = w + 2 * thin, h + int(2.2 * thin)
    depth = int(H * uni(rng, .2, .65))
    flare = int(W * uni(rng, .0, .16))
    rgba = _canvas(H + depth, W + 2 * flare)
    base = pick(rng, (_grey(rng, 20, 60), _grey(rng, 150, 215)))
    body = _grey(rng, 10, 40) if rng.random() < .7 else base
    quad = np.float32([(flare, H), (flare + W, H), (W + 2 * flare, H + depth - 1), (0, H + depth - 1)])
    deck = np.zeros((120, 300, 3), np.uint8)
    deck[:] = np.array(base, np.uint8)
    key = _grey(rng, 10, 70)
    for r in range(5):
        for c in range(13):
            cv2.rectangle(deck, (14 + c * 21, 8 + r * 12), (31 + c * 21, 17 + r * 12), key, -1)
    cv2.rectangle(deck, (110, 78), (190, 114), tuple(max(0, v - 15) for v in base), -1)
    turn = cv2.getPerspectiveTransform(np.float32([(0, 0), (300, 0), (300, 120), (0, 120)]), quad)
    size = (rgba.shape[1], rgba.shape[0])
    rgba[..., :3] = cv2.warpPerspective(deck, turn, size)
    cv2.fillConvexPoly(alpha := np.zeros(size[::-1], np.uint8), np.int32(quad), 255)
    rgba[..., 3] = alpha
    _fill(rgba, flare, 0, flare + W, H, body, 6)
    content, glows = display(rng, w, h)
    _show(rgba, flare + thin, thin, flare + thin + w, thin + h, content)
    return Flat(rgba, (flare, 0, flare + W, H), LABEL, glows=glows, upright=True)


def handheld(rng):
    """Phone or tablet face."""
    tablet = rng.random() < .4
    short = 300 if tablet else 230
    long = int(short * (uni(rng, 1.3, 1.5) if tablet else uni(rng, 1.75, 2.2)))
    wide = rng.random() < (.5 if tablet else .2)
    w, h = (long, short) if wide else (short, long)
    thin = int(short * uni(rng, .015, .06))
    ends = int(short * uni(rng, .05, .2)) if rng.random() < .4 else thin
    ex, ey = (ends, thin) if wide else (thin, ends)
    rgba = _canvas(h + 2 * ey, w + 2 * ex)
    body = _grey(rng, 5, 35) if rng.random() < .7 else pick(rng, (_grey(rng, 200, 250), bright(rng)))
    _fill(rgba, 0, 0, rgba.shape[1], rgba.shape[0], body, short * (.06 if tablet else .12))
    content, glows = display(rng, w, h, ("chat",) * 4 + ("desktop",) * 3 + ("record",) * 3 + ("picture",) * 2 + ("off",) * 5)
    _show(rgba, ex, ey, ex + w, ey + h, content)
    if rng.random() < .3 and not wide:
        cv2.circle(rgba, (rgba.shape[1] // 2, ey + 8), 5, (10, 10, 12, 255), -1, cv2.LINE_AA)
    return Flat(rgba, (0, 0, rgba.shape[1], rgba.shape[0]), LABEL, glows=glows)


def bedside(rng):
    """Patient monitor: a light housing with buttons below or beside a display of waveforms."""
    w, h = 380, int(380 / uni(rng, 1.15, 1.65))
    m = int(w * uni(rng, .04, .1))
    below, beside = (int(h * uni(rng, .1, .25)), 0) if rng.random() < .65 else (0, int(w * uni(rng, .1, .22)))
    W, H = w + 2 * m + beside, h + 2 * m + below
    handle = int(H * .12) if rng.random() < .35 else 0
    stand = int(H * uni(rng, .2, .5)) if rng.random() < .3 else 0
    rgba = _canvas(H + handle + stand, W)
    body = pick(rng, ((224, 220, 206), (232, 233, 235), (196, 202, 208), (168, 174, 180), (70, 76, 86), (238, 238, 232)))
    if handle:
        _fill(rgba, W * .25, 0, W * .75, handle + 8, tuple(int(c * .85) for c in body), 12)
    if stand:
        _fill(rgba, W * .46, handle + H - 4, W * .54, handle + H + stand, _grey(rng, 120, 210))
    _fill(rgba, 0, handle, W, handle + H, body, int(m * .8))
    trim = tuple(int(c * .55) for c in body)
    _fill(rgba, m - 5, handle + m - 5, m + w + 5, handle + m + h + 5, trim, 4)
    content, glows = display(rng, w, h, ("vitals",) * 14 + ("off",) * 2 + ("record",))
    _show(rgba, m, handle + m, m + w, handle + m + h, content)
    n = int(rng.integers(3, 9))
    for k in range(n):
        colour = pick(rng, (bright(rng), (240, 240, 240), (90, 94, 100)))
        if below:
            cx, cy = m + (k + .5) * w / n, handle + m + h + m * .5 + below * .5
        else:
            cx, cy = m + w + m * .5 + beside * .5, handle + m + (k + .5) * h / n
        r = max(4, min(below or beside, w / n) * .28)
        _fill(rgba, max(0, cx - r), max(0, cy - r * .7), min(W, cx + r), cy + r * .7, colour, 3)
    if rng.random() < .6:
        r = max(8, int((below or beside) * .35))
        cv2.circle(rgba, (W - m - r, handle + H - m // 2 - r), r, tuple(int(c * .7) for c in body) + (255,), -1, cv2.LINE_AA)
    if rng.random() < .3:
        _fill(rgba, W * .3, handle + 2, W * .7, handle + m * .4 + 3, (230, 40, 40))
    return Flat(rgba, (0, handle, W, handle + H), LABEL, glows=glows, upright=True)


def pump(rng):
    """Infusion pump or other small apparatus: an upright or lying box with a small display and keys."""
    W, H = (int(rng.integers(170, 260)), int(rng.integers(260, 420))) if rng.random() < .6 else (int(rng.integers(320, 460)), int(rng.integers(130, 220)))
    rgba = _canvas(H, W)
    body = pick(rng, ((226, 224, 214), (235, 236, 238), (190, 200, 210), (90, 110, 140), (205, 215, 205), (240, 205, 120)))
    _fill(rgba, 0, 0, W, H, body, 12)
    upright = H > W
    sw, sh = (W * uni(rng, .6, .85), H * uni(rng, .2, .4)) if upright else (W * uni(rng, .35, .55), H * uni(rng, .45, .75))
    x, y = W * .08, H * uni(rng, .07, .18)
    _fill(rgba, x - 4, y - 4, x + sw + 4, y + sh + 4, (40, 44, 50), 3)
    if rng.random() < .5:
        content, _ = display(rng, int(sw), int(sh), ("vitals", "record", "off"))
    else:
        content = np.zeros((int(sh), int(sw), 3), np.uint8)
        content[:] = np.array(pick(rng, ((150, 170, 130), (20, 30, 90), (10, 10, 12), (90, 200, 220))), np.uint8)
        p = Page(int(sw), int(sh), content[0, 0])
        dark = int(content[0, 0].sum()) < 300
        colour = pick(rng, ((255, 60, 40), (80, 255, 120), (255, 255, 255))) if dark else (10, 20, 10)
        p.text(sw * .08, sh * .1, number(rng, 2, 3) + "." + number(rng, 1, 1), Face(rng, "bold")(sh * .5), colour)
        p.text(sw * .08, sh * .65, "ml/h  " + number(rng, 3, 4), Face(rng, "sans")(sh * .2), colour)
        content = p.array()
    _show(rgba, x, y, x + sw, y + sh, content)
    kx0, ky0, kx1, ky1 = (W * .1, y + sh + H * .06, W * .9, H * .92) if upright else (x + sw + W * .05, H * .12, W * .95, H * .88)
    cols, rows = int(rng.integers(2, 5)), int(rng.integers(2, 5))
    for c in range(cols):
        for r in range(rows):
            bw, bh = (kx1 - kx0) / cols, (ky1 - ky0) / rows
            if bw > 8 and bh > 8:
                _fill(rgba, kx0 + c * bw + 2, ky0 + r * bh + 2, kx0 + (c + 1) * bw - 2, ky0 + (r + 1) * bh - 2, pick(rng, ((250, 250, 250), (70, 74, 80), (70, 74, 80), bright(rng))), 3)
    return Flat(rgba, (0, 0, W, H), LABEL, glows=False, upright=True)


def screen(rng):
    """One device of a random kind as a Flat."""
    return pick(rng, (monitor,) * 7 + (laptop,) * 4 + (handheld,) * 5 + (bedside,) * 4 + (pump,) * 2)(rng)
