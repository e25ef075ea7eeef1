"""What is on screens: record systems, waveforms, X-ray-like pictures, chats, logins, desktops, and the
dark of a screen that is off. Housings are in `devices`, because each content shows in many of them.
"""

import cv2
import numpy as np
from PIL import Image

from .flat import smooth_noise
from .fonts import Face
from .ink import Page, bright, date, face_for, name, number, pick, place, title, uni, waveform, words

_VIVID = ((0, 255, 90), (255, 240, 40), (60, 220, 255), (255, 60, 60), (255, 255, 255), (255, 140, 220), (120, 170, 255))


def record(rng, w, h):
    """A record system: title bar, menu, patient banner, side list, tables, fields."""
    dark = rng.random() < .12
    base = (40, 44, 52) if dark else pick(rng, ((240, 240, 240), (255, 255, 255), (225, 232, 240), (214, 222, 230)))
    fill = (220, 222, 226) if dark else (30, 32, 38)
    p, accent, face = Page(w, h, base), bright(rng), face_for(rng, ("sans", "sans", "bold"))
    s = uni(rng, 7, 12)
    p.box(0, 0, w, s * 1.6, fill=accent)
    p.text(s, s * .2, f"{place(rng)} - {title(rng).title()}", face(s), (255, 255, 255))
    p.box(0, s * 1.6, w, s * 3, fill=tuple(int(c * .92) for c in base))
    for k in range(int(rng.integers(4, 10))):
        p.text(s + k * s * 4.5, s * 1.8, words(rng, 1), face(s * .9), fill)
    y = s * 3.2
    if rng.random() < .75:
        p.box(0, y, w, y + s * 2.6, fill=tuple(int(255 - (255 - c) * .3) for c in bright(rng)))
        p.text(s, y + s * .2, f"{name(rng)}   DOB {date(rng)}   MRN {number(rng)}", Face(rng, "bold")(s * 1.2), (20, 20, 26))
        y += s * 3
    left = 0
    if rng.random() < .65:
        left = w * uni(rng, .12, .24)
        p.box(0, y, left, h, fill=tuple(int(c * .9) for c in base) if rng.random() < .6 else accent)
        for k in range(int((h - y) / (s * 1.9))):
            p.text(s * .6, y + k * s * 1.9 + 3, words(rng, 2)[:int(left / s / .55)], face(s * .9), fill)
    x, width = left + s, w - left - 2 * s
    while y < h - s * 4:
        kind, room = rng.integers(5), h - y - s
        if kind <= 1:
            rows = max(2, int(rng.integers(3, 14)))
            rows = max(2, min(rows, int(room / (s * 1.5))))
            y = p.table(rng, x, y, width, rows, s * 1.5, face, fill=fill, rule=(190, 194, 200), head=pick(rng, (accent, (205, 212, 222), None)))
        elif kind == 2:
            for c in range(3):
                fx = x + c * width / 3
                p.text(fx, y, words(rng, 1) + ":", face(s * .9), fill)
                p.box(fx + s * 4, y, fx + width / 3 - s, y + s * 1.4, fill=(255, 255, 255), outline=(150, 155, 160))
            y += s * 2
        elif kind == 3:
            hh = min(room, s * uni(rng, 4, 10))
            p.box(x, y, x + width, y + hh, fill=(255, 255, 255), outline=(170, 174, 180))
            for _ in range(int(rng.integers(1, 4))):
                n = int(rng.integers(6, 25))
                p.trace(x, y, width, hh, np.clip(.5 + np.cumsum(rng.normal(0, .07, n)), .05, .95), bright(rng), 2)
            y += hh
        else:
            y = p.paragraph(rng, x, y, width, max(1, min(5, int(room / s / 1.5))), s * .9, face, fill)
        y += s * .8
    if rng.random() < .4:
        dw, dh = w * uni(rng, .3, .5), h * uni(rng, .25, .45)
        dx, dy = uni(rng, 0, w - dw), uni(rng, h * .2, h - dh)
        p.box(dx, dy, dx + dw, dy + dh, fill=(245, 245, 247), outline=(90, 95, 110), width=2)
        p.box(dx, dy, dx + dw, dy + s * 1.7, fill=bright(rng))
        p.paragraph(rng, dx + s, dy + s * 2.4, dw - 2 * s, max(1, int(dh / s / 2.5)), s, face, (30, 30, 34))
    return p.array()


def vitals(rng, w, h):
    """Waveforms on black with large numerals."""
    p = Page(w, h, pick(rng, ((0, 0, 0), (6, 8, 14), (10, 14, 30), (0, 20, 40))))
    face, rows = Face(rng, "bold"), int(rng.integers(2, 7))
    s = h * .035 + 4
    p.text(4, 2, f"{name(rng)}  BED {number(rng, 1, 2)}  {number(rng, 2, 2)}:{number(rng, 2, 2)}", face(s), (220, 220, 225))
    side, top = w * uni(rng, .2, .35), s * 1.8
    rh = (h - top) / rows
    for r in range(rows):
        c = pick(rng, _VIVID)
        y = top + r * rh
        p.trace(0, y + rh * .1, w - side - 6, rh * .8, waveform(rng, pick(rng, ("ecg", "ecg", "pulse", "breath")), 180), c, int(rng.integers(1, 4)))
        p.text(4, y, pick(rng, ("ECG II", "SpO2", "ABP", "RESP", "CVP", "CO2", "PLETH", "ART")), face(max(7, s * .8)), c)
        big = pick(rng, (str(int(rng.integers(40, 140))), f"{int(rng.integers(90, 180))}/{int(rng.integers(40, 99))}", str(int(rng.integers(88, 101)))))
        p.text(w - side, y + rh * .1, big, face(min(rh * .75, side / (len(big) * .58))), c)
    if rng.random() < .4:
        for r in range(1, rows):
            p.line(((0, top + r * rh), (w, top + r * rh)), (60, 64, 72))
    return p.array()


def scan(rng, w, h):
    """X-ray, CT or ultrasound-like grey shapes in one to four panes with small print in the corners."""
    cols, rows = pick(rng, ((1, 1), (2, 1), (2, 2), (3, 2), (1, 1)))
    out = np.zeros((h, w, 3), np.float32)
    pw, ph = w // cols, h // rows
    yy, xx = np.mgrid[0:ph, 0:pw].astype(np.float32)
    xx, yy = xx / pw * 2 - 1, yy / ph * 2 - 1
    for c in range(cols):
        for r in range(rows):
            kind = rng.integers(3)
            if kind == 0:
                field = .75 * np.exp(-(xx ** 4 * 1.5 + yy ** 4 * .6))
                for sx in (-.4, .4):
                    field -= .55 * np.exp(-(((xx - sx) / .24) ** 2 + ((yy + .05) / .55) ** 2) ** 1.5)
                field += .08 * np.sin(yy * 22 + xx * xx * 6) * np.exp(-xx * xx * 2)
            elif kind == 1:
                d = (xx / uni(rng, .6, .8)) ** 2 + (yy / uni(rng, .6, .8)) ** 2
                field = .5 * (d < 1) + .4 * np.exp(-((d - 1) / .1) ** 2)
                for _ in range(5):
                    field += uni(rng, -.35, .35) * (d < .8) * np.exp(-(((xx - uni(rng, -.4, .4)) / .2) ** 2 + ((yy - uni(rng, -.4, .4)) / .2) ** 2))
            else:
                fan = (np.abs(xx) < (yy + 1) * .55) & (xx ** 2 + (yy + 1) ** 2 < 3.4)
                field = fan * (.35 + smooth_noise(rng, ph, pw, 12, .18)[..., 0] + rng.normal(0, .06, (ph, pw)))
            out[r * ph:(r + 1) * ph, c * pw:(c + 1) * pw] = np.clip(field, 0, 1)[..., None] * 255
    if rng.random() < .2:
        out *= np.array(pick(rng, ((.7, .85, 1), (1, .85, .6))), np.float32)
    p = Page(w, h, (0, 0, 0))
    p.im.paste(Image.fromarray(np.clip(out, 0, 255).astype(np.uint8)))
    face, s = face_for(rng, ("sans", "mono")), max(7, h * .028)
    for c in range(cols):
        for r in range(rows):
            for k, t in enumerate((name(rng), date(rng), number(rng))):
                p.text(c * pw + 4, r * ph + 3 + k * s * 1.2, t, face(s), (230, 230, 200))
    if rng.random() < .5:
        bar = w * uni(rng, .08, .18)
        p.box(0, 0, bar, h, fill=pick(rng, ((50, 54, 60), (220, 224, 228), (30, 40, 60))))
        for k in range(8):
            p.box(4, 6 + k * h / 8, bar - 4, (k + .7) * h / 8, fill=tuple(int(v) for v in rng.integers(60, 180, 3)))
    return p.array()


def chat(rng, w, h):
    p = Page(w, h, pick(rng, ((236, 229, 221), (255, 255, 255), (20, 24, 28), (240, 244, 250))))
    accent, face, s = bright(rng), face_for(rng, ("sans",)), max(7, min(w, h) * uni(rng, .04, .06))
    p.box(0, 0, w, s * 3.2, fill=accent)
    p.text(s, s, name(rng), face(s * 1.2), (255, 255, 255))
    y = s * 4
    while y < h - s * 4:
        lines, mine = int(rng.integers(1, 4)), rng.random() < .5
        bw = w * uni(rng, .4, .75)
        x = w - bw - s if mine else s
        p.rounded(x, y, x + bw, y + s * (1.4 * lines + .9), s * .5, fill=(220, 248, 198) if mine else (255, 255, 255))
        p.paragraph(rng, x + s * .5, y + s * .4, bw - s, lines, s, face, (20, 20, 24))
        y += s * (1.4 * lines + 1.6)
    p.box(0, h - s * 2.6, w, h, fill=(245, 245, 245))
    return p.array()


def desktop(rng, w, h):
    """Wallpaper with windows, icons or a login panel; or a home screen of icons."""
    a, b = np.array(bright(rng), np.float32), np.array(bright(rng), np.float32)
    t = np.linspace(0, 1, h)[:, None, None]
    wall = (a * (1 - t) + b * t) * np.ones((1, w, 1)) + smooth_noise(rng, h, w, 4, 18)
    p = Page(w, h, (0, 0, 0))
    p.im.paste(Image.fromarray(np.clip(wall, 0, 255).astype(np.uint8)))
    face, s = face_for(rng, ("sans",)), max(8, min(w, h) * .05)
    if rng.random() < .35:
        p.rounded(w * .3, h * .3, w * .7, h * .75, 6, fill=(250, 250, 252))
        p.text(w * .34, h * .34, "Sign in", face(s * 1.3), (40, 40, 46))
        for k in range(2):
            p.box(w * .34, h * (.46 + k * .1), w * .66, h * (.53 + k * .1), outline=(150, 150, 156))
        p.box(w * .34, h * .66, w * .5, h * .72, fill=bright(rng))
    elif rng.random() < .5:
        n = max(3, int(w / (s * 3.2)))
        for c in range(n):
            for r in range(int(rng.integers(1, max(2, int(h / s / 3.5))))):
                x, y = s + c * (w - s) / n, s + r * s * 3.4
                p.rounded(x, y, x + s * 1.8, y + s * 1.8, s * .4, fill=bright(rng))
                p.text(x, y + s * 1.9, words(rng, 1), face(s * .55), (255, 255, 255))
    else:
        for _ in range(int(rng.integers(1, 4))):
            ww, hh = int(w * uni(rng, .35, .75)), int(h * uni(rng, .35, .8))
            tile = Image.fromarray(pick(rng, (record, record, scan, vitals))(rng, max(ww, 60), max(hh, 60)))
            p.im.paste(tile, (int(uni(rng, 0, w - ww)), int(uni(rng, 0, h - hh))))
    p.box(0, h - s * 1.3, w, h, fill=(28, 30, 36))
    for k in range(6):
        p.box(s * (.5 + k * 1.6), h - s * 1.1, s * (1.4 + k * 1.6), h - s * .2, fill=bright(rng))
    return p.array()


def picture(rng, w, h):
    """Moving-picture content: a scene of sky, ground, buildings and figures without faces, with a
    banner or player's bar at times."""
    sky, ground = (np.array(rng.integers(30, 255, 3), np.float32) for _ in range(2))
    t = np.linspace(0, 1, h, dtype=np.float32)[:, None, None]
    level = uni(rng, .3, .8)
    out = np.where(t < level, sky * (1 - .5 * t), ground * (.5 + .5 * t)) + smooth_noise(rng, h, w, 8, 14)
    out = np.clip(np.broadcast_to(out, (h, w, 3)), 0, 255).astype(np.uint8)
    for _ in range(int(rng.integers(1, 7))):
        x, c = uni(rng, 0, w), tuple(int(v) for v in rng.integers(10, 245, 3))
        if rng.random() < .5:
            bw, top = w * uni(rng, .05, .3), h * uni(rng, .1, .7)
            cv2.rectangle(out, (int(x), int(top)), (int(x + bw), int(h * uni(rng, level, 1))), c, -1)
        else:
            tall, foot = h * uni(rng, .2, .8), h * uni(rng, .7, 1.2)
            r = max(2, int(tall * .09))
            cv2.ellipse(out, (int(x), int(foot - tall * .45)), (int(r * 1.8), int(tall * .36)), 0, 0, 360, c, -1, cv2.LINE_AA)
            cv2.circle(out, (int(x), int(foot - tall * .9)), r, pick(rng, ((225, 185, 160), (150, 105, 80), (95, 65, 50))), -1, cv2.LINE_AA)
    p = Page(w, h, (0, 0, 0))
    p.im.paste(Image.fromarray(out))
    if rng.random() < .5:
        p.box(0, h * .82, w, h * .94, fill=bright(rng))
        p.text(w * .04, h * .835, words(rng, 5).upper(), Face(rng, "bold")(h * .07), (255, 255, 255))
    elif rng.random() < .5:
        p.box(0, h * .95, w, h * .97, fill=(120, 120, 124))
        p.box(0, h * .95, w * uni(rng, .1, .9), h * .97, fill=(230, 40, 40))
    return p.array()


def off(rng, w, h):
    """Dark glass with soft reflections."""
    base = uni(rng, 4, 40)
    out = base + np.clip(smooth_noise(rng, h, w, int(rng.integers(2, 7)), uni(rng, 3, 22)), -base, 120) + np.zeros((h, w, 3), np.float32)
    if rng.random() < .5:
        x, y = uni(rng, 0, w), uni(rng, 0, h)
        rect = cv2.boxPoints(((x, y), (w * uni(rng, .1, .4), h * uni(rng, .1, .5)), uni(rng, -15, 15)))
        glow = np.zeros((h, w), np.float32)
        cv2.fillConvexPoly(glow, np.int32(rect), uni(rng, 20, 110))
        out += cv2.GaussianBlur(glow, (0, 0), uni(rng, 1, 8))[..., None]
    return np.clip(out * np.array((1, 1, uni(rng, .95, 1.15))), 0, 255).astype(np.uint8)


def display(rng, w, h, kinds=None):
    """(RGB [h,w,3], whether it glows) of a random content, with moire, glare and wash at times."""
    table = {"record": record, "vitals": vitals, "scan": scan, "chat": chat, "desktop": desktop, "picture": picture, "off": off}
    kind = pick(rng, kinds or ("record",) * 6 + ("vitals",) * 3 + ("scan",) * 3 + ("desktop",) * 3 + ("picture",) * 2 + ("off",) * 3 + ("chat",))
    out = table[kind](rng, int(w), int(h))[:int(h), :int(w)].astype(np.float32)
    if kind != "off":
        if rng.random() < .2:
            yy, xx = np.mgrid[0:out.shape[0], 0:out.shape[1]].astype(np.float32)
            out *= 1 + uni(rng, .05, .16) * np.sin(xx * uni(rng, .1, .9) + yy * uni(rng, -.9, .9) + 2 * np.sin(yy * uni(rng, .01, .05)))[..., None]
        roll = rng.random()
        if roll < .18:
            out = 255 - (255 - out) * uni(rng, .35, .8)
        elif roll < .35:
            out *= uni(rng, .45, .85)
        out *= np.array((uni(rng, .85, 1), 1, uni(rng, .95, 1.12)), np.float32)
    if rng.random() < .3:
        x = np.linspace(-1, 1, out.shape[1])[None, :] + np.linspace(-1, 1, out.shape[0])[:, None] * uni(rng, -1, 1)
        out += (uni(rng, 25, 120) * np.exp(-((x - uni(rng, -.8, .8)) / uni(rng, .05, .4)) ** 2))[..., None]
    return np.clip(out, 0, 255).astype(np.uint8), kind != "off"
