"""Flat strips that go around a wrist: hospital bands (labelled) and the watch straps, silicone bands,
beads and rubbers that must not be taken for one. Only the print; `wrap` lays them about the arm.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from .flat import Flat, rounded_alpha, smooth_noise
from .fonts import Face
from .ink import Page, bright, date, face_for, name, number, pick, place, uni, words

HEIGHT = 72
LABEL = 2


@dataclass
class Strip:
    """rgba uint8 [h,w,4], the width runs around the arm; share: its breadth as a share of the arm's
    width; gloss: 0 matt to 1 shiny vinyl; banded: a hospital band (labelled); tail: length of a loose
    end in breadths, 0 for none; face: radius of a watch face in breadths, 0 for none."""

    rgba: np.ndarray
    share: float
    gloss: float
    banded: bool
    tail: float = 0.
    face: float = 0.


def _print(rng, p, x0, x1, h, fill):
    """Name, dates, numbers and codes in a field between x0 and x1."""
    face = face_for(rng, ("sans", "sans", "bold", "mono"))
    lines = int(rng.integers(1, 5))
    pad = h * uni(rng, .06, .16)
    size = (h - 2 * pad) / lines
    x = x0 + pad
    order = rng.permutation(3)
    for block in order:
        if x > x1 - h:
            break
        if block == 0:
            width = 0
            for k in range(lines):
                text = pick(rng, (name(rng), f"{name(rng)} {date(rng)}", f"DOB {date(rng)}", f"MRN {number(rng)}", f"{number(rng, 8, 12)} {pick(rng, 'MF')}", words(rng, 3).upper(), place(rng)))
                font = face(size * .86)
                p.text(x, pad + k * size, text, font, fill)
                width = max(width, font.getlength(text))
            x += width + pad * 2
        elif block == 1 and rng.random() < .75:
            upright = rng.random() < .75
            w = h * uni(rng, 1.2, 2.8) if upright else h * uni(rng, .5, .9)
            p.bars(rng, x, pad, w, h - 2 * pad - (h * .16 if upright and rng.random() < .5 else 0), fill, upright)
            x += w + pad * 2
        elif block == 2 and rng.random() < .5:
            p.matrix(rng, x, pad, h - 2 * pad, fill)
            x += h
    return x


def hospital(rng):
    """A hospital band: thermal print, write-on insert, clear vinyl, coloured or infant."""
    h, w = HEIGHT, HEIGHT * 14
    kind = rng.random()
    pale = pick(rng, ((255, 255, 255),) * 8 + ((252, 250, 244), (240, 246, 252), (255, 250, 225), (250, 225, 232), (222, 240, 250), (225, 245, 228)))
    strong = pick(rng, ((250, 220, 40), (225, 40, 45), (245, 120, 170), (20, 160, 165), (90, 60, 150), (40, 110, 200), (250, 140, 30), (60, 170, 80)))
    colour = pale if rng.random() < .72 else strong
    fill = pick(rng, ((10, 10, 14), (20, 20, 30), (30, 40, 110), (70, 70, 76)))
    p = Page(w, h, colour)
    alpha = np.full((h, w), 255, np.uint8)
    if kind < .6:
        at = 0.
        while at < w - h:
            at = _print(rng, p, at, w, h, fill) + h * (uni(rng, .1, 1.5) if rng.random() < .7 else uni(rng, 1.5, 5))
        if rng.random() < .35:
            rim = pick(rng, (strong, (200, 210, 220)))
            p.box(0, 0, w, h * .09, fill=rim)
            p.box(0, h * .91, w, h, fill=rim)
    elif kind < .8:
        # clear or tinted vinyl with a paper insert in a part of its length
        tint = pick(rng, ((235, 240, 245), (215, 235, 250), (250, 225, 235), (225, 245, 225)))
        p.box(0, 0, w, h, fill=tint)
        alpha[:] = int(rng.integers(70, 190))
        start, length = uni(rng, 0, h * 3), h * uni(rng, 5, 10)
        top = int(h * uni(rng, .08, .2))
        p.box(start, top, start + length, h - top, fill=pick(rng, ((255, 255, 255), (255, 255, 255), pale, strong)))
        alpha[top:h - top, int(start):int(start + length)] = 255
        if rng.random() < .55:
            hand, pen = Face(rng, "hand"), pick(rng, ((20, 30, 120), (15, 15, 20)))
            for k in range(2):
                p.text(start + h * .2, top + k * h * .34, f"{name(rng)}  {date(rng)}", hand(h * .42), pen)
        else:
            _print(rng, p, start, start + length, h, fill)
        alpha[:3], alpha[-3:] = np.maximum(alpha[:3], 170), np.maximum(alpha[-3:], 170)
    else:
        # event-like or alert band: one colour, a logo or a word here and there
        p.box(0, 0, w, h, fill=strong if rng.random() < .6 else pale)
        at = uni(rng, 0, h * 3)
        ink_colour = (255, 255, 255) if rng.random() < .4 else fill
        while at < w - h:
            if rng.random() < .4:
                p.logo(rng, at, h * .2, h * .6, ink_colour)
                at += h
            text = pick(rng, ("FALL RISK", "ALLERGY", "LATEX", "DNR", "VISITOR", place(rng), number(rng, 5, 8), name(rng)))
            font = Face(rng, "bold")(h * uni(rng, .35, .6))
            p.text(at, h * .22, text, font, ink_colour)
            at += font.getlength(text) + h * uni(rng, .3, 4)
    if rng.random() < .75:
        # snap closure, with a row of holes
        x = uni(rng, 0, w - 3 * h)
        snap = pick(rng, ((255, 255, 255), (235, 240, 245), strong))
        p.rounded(x, 0, x + h * uni(rng, .7, 1.2), h - 1, h * .2, fill=tuple(int(c * .93) for c in snap), outline=(170, 175, 180))
        p.d.ellipse((x + h * .2, h * .25, x + h * .7, h * .75), fill=snap, outline=(140, 145, 150), width=2)
        alpha[:, int(x):int(x + h)] = 255
        if rng.random() < .6:
            for k in range(int(rng.integers(3, 10))):
                hx = x + h * 1.3 + k * h * .35
                p.d.ellipse((hx, h * .43, hx + h * .13, h * .57), fill=(150, 140, 135))
    rgb = p.array().astype(np.float32) * (1 + smooth_noise(rng, h, w, 6, .02))
    infant = rng.random() < .18
    share = uni(rng, .42, .75) if infant else float(np.clip(rng.normal(.33, .1), .16, .62))
    return Strip(np.dstack([np.clip(rgb, 0, 255).astype(np.uint8), alpha]), share, uni(rng, 0, 1), True, uni(rng, .6, 2.5) if rng.random() < .22 else 0.)


def other(rng):
    """What is worn there instead: watch, silicone band, beads, rubber, leather, metal."""
    h, w = HEIGHT, HEIGHT * 14
    kind = int(pick(rng, (0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 6)))
    rgb = np.empty((h, w, 3), np.float32)
    alpha = np.full((h, w), 255, np.uint8)
    rgb[:] = np.array(pick(rng, (bright(rng), (25, 25, 28), (90, 60, 40), (200, 200, 205), (230, 225, 215))), np.float32)
    share, gloss, face = uni(rng, .2, .4), uni(rng, 0, 1), 0.
    if kind <= 1:
        face = uni(rng, .7, 1.05)
        if rng.random() < .4:
            rgb *= (.75 + .25 * (np.sin(np.arange(w) / 5.) > 0))[None, :, None]
    elif kind == 2:
        share = uni(rng, .1, .32)
        if rng.random() < .15:
            mark = np.zeros((h, w), np.uint8)
            cv2.putText(mark, "STRONG TOGETHER", (40, 52), cv2.FONT_HERSHEY_DUPLEX, 1.4, 255, 3)
            rgb = np.where(mark[..., None] > 0, rgb * .8, rgb)
    elif kind == 3:
        share = uni(rng, .08, .22)
        colours = [bright(rng) for _ in range(int(rng.integers(1, 4)))]
        alpha[:] = 0
        beads = np.zeros((h, w, 3), np.uint8)
        for k, x in enumerate(range(h // 2, w, h)):
            c = colours[k % len(colours)]
            cv2.circle(beads, (x, h // 2), h // 2 - 2, c, -1, cv2.LINE_AA)
            cv2.circle(beads, (x - h // 7, h // 3), h // 9, tuple(min(255, v + 110) for v in c), -1, cv2.LINE_AA)
            cv2.circle(alpha, (x, h // 2), h // 2 - 2, 255, -1, cv2.LINE_AA)
        rgb = beads.astype(np.float32)
        alpha[h // 2 - 3:h // 2 + 3] = 255
    elif kind == 4:
        share = uni(rng, .03, .09)
    elif kind == 5:
        # gauze: off-white, woven, wider than bands are, no print
        share = uni(rng, .6, 1.1)
        rgb[:] = np.array((236, 230, 220), np.float32) * uni(rng, .8, 1)
        y = np.arange(h)[:, None, None]
        rgb *= 1 + .06 * np.sin(y * 1.3) * np.sin(np.arange(w)[None, :, None] * 1.3)
        rgb *= 1 + smooth_noise(rng, h, w, 30, .06)
        gloss = 0.
    else:
        share = uni(rng, .06, .25)
        y = np.arange(h)[:, None, None]
        rgb *= 1 + .25 * np.sin(y / uni(rng, 2, 6) + np.arange(w)[None, :, None] / uni(rng, 2, 9))
    rgb *= 1 + smooth_noise(rng, h, w, 8, .03)
    return Strip(np.dstack([np.clip(rgb, 0, 255).astype(np.uint8), alpha]), share, gloss, False, 0., face)


def loose(rng):
    """A hospital band off the arm, unrolled, as a Flat."""
    strip = hospital(rng)
    length = int(HEIGHT * uni(rng, 5, 11))
    start = int(rng.integers(strip.rgba.shape[1] - length))
    rgba = strip.rgba[:, start:start + length].copy()
    rgba[..., 3] = np.minimum(np.maximum(rgba[..., 3], 150), rounded_alpha(HEIGHT, length, HEIGHT * uni(rng, .1, .5)))
    return Flat(rgba, (0, 0, length, HEIGHT), LABEL, bends=True)
