"""Flat paper and boards with writing: forms, charts, reports, labels, ECG paper, notes, clipboards,
whiteboards, posters. Only what is on them and their outline; perspective, curl and light come later.
"""

import cv2
import numpy as np

from .flat import Flat, opaque, smooth_noise
from .ink import (Page, bright, date, face_for, ink, name, number, pick, place, title, uni, waveform, words)
from .fonts import Face

LABEL = 1


def _paper(rng):
    roll = rng.random()
    if roll < .62:
        v = uni(rng, 225, 255)
        return v, v - uni(rng, 0, 4), v - uni(rng, 0, 14)
    return pick(rng, ((255, 249, 200), (255, 225, 232), (220, 238, 255), (222, 248, 224), (250, 240, 215), (238, 230, 255), (255, 214, 160)))


def _sheet(rng, landscape=None, paper=None):
    long = int(rng.integers(400, 520))
    short = int(long / uni(rng, 1.25, 1.5))
    flip = rng.random() < .2 if landscape is None else landscape
    return Page(long if flip else short, short if flip else long, paper or _paper(rng))


def _header(rng, p, x, y, w, s, face, fill):
    """Letterhead, title and patient block; returns the y below."""
    colour = bright(rng) if rng.random() < .6 else fill
    top = y
    if rng.random() < .7:
        p.logo(rng, x, y, s * 2.4, colour)
        p.text(x + s * 3, y, place(rng), Face(rng, "bold")(s * 1.2), colour)
        p.text(x + s * 3, y + s * 1.4, f"{words(rng, 3)} {number(rng, 2, 4)}", face(s * .7), fill)
        y += s * 3
    if rng.random() < .3:
        p.box(x, y, x + w, y + s * 1.8, fill=colour)
        p.text(x + s * .4, y + s * .2, title(rng), Face(rng, "bold")(s * 1.3), (255, 255, 255))
    else:
        p.text(x + (w * uni(rng, 0, .3)), y, title(rng), Face(rng, "bold")(s * uni(rng, 1.2, 2)), colour if rng.random() < .4 else fill)
    y += s * 2.4
    if rng.random() < .35:
        bw, bh = w * uni(rng, .2, .35), s * 2.2
        p.bars(rng, x + w - bw, top, bw, bh)
        p.text(x + w - bw, top + bh, number(rng, 8, 10), face(s * .6), (0, 0, 0))
    if rng.random() < .3:
        p.matrix(rng, x + w - s * 3, y - s * 2.6, s * 2.6)
    return y


def _fields(rng, p, x, y, w, rows, s, face, hand, fill):
    """Label and answer lines with check boxes."""
    pen = ink(rng)
    boxed = rng.random() < .4
    for _ in range(rows):
        cols = int(rng.integers(1, 4))
        for c in range(cols):
            fx, fw = x + c * w / cols, w / cols - s
            label = pick(rng, ("Name", "Date of birth", "MRN", "Address", "Phone", "Ward", "Doctor", "Date", "Weight", "Allergies", "Insurance", "Signature")) + ":"
            p.text(fx, y, label, face(s * .75), fill)
            lx = fx + len(label) * s * .42
            if boxed:
                p.box(lx, y - s * .1, fx + fw, y + s * 1.15, outline=fill)
            else:
                p.line(((lx, y + s), (fx + fw, y + s)), fill)
            if rng.random() < .75:
                answer = pick(rng, (name(rng), date(rng), number(rng), words(rng, 2)))[:max(2, int((fx + fw - lx) / (s * .45)))]
                p.text(lx + 2, y - s * .25, answer, hand(s * 1.15) if hand else face(s * .9), pen if hand else fill)
        y += s * uni(rng, 1.5, 1.9)
    return y


def _checks(rng, p, x, y, w, rows, s, face, fill):
    pen = ink(rng)
    cols = int(rng.integers(1, 4))
    for _ in range(rows):
        for c in range(cols):
            cx = x + c * w / cols
            p.box(cx, y, cx + s * .8, y + s * .8, outline=fill)
            if rng.random() < .4:
                p.line(((cx, y + s * .3), (cx + s * .35, y + s * .8), (cx + s, y - s * .3)), pen, 2)
            p.text(cx + s * 1.2, y - s * .05, words(rng, max(1, int(w / cols / s / 3.4))), face(s * .75), fill)
        y += s * 1.4
    return y


def form(rng, paper=None, landscape=None):
    """Form, report, chart or letter: blocks in random order from the head to the foot of the sheet."""
    p = _sheet(rng, landscape, paper)
    m = p.w * uni(rng, .04, .1)
    x, w, s = m, p.w - 2 * m, uni(rng, 8, 15)
    face, fill = face_for(rng), pick(rng, ((15, 15, 18), (30, 30, 34), (20, 30, 80), (60, 60, 64)))
    hand = Face(rng, "hand") if rng.random() < .65 else None
    y = _header(rng, p, x, m, w, s, face, fill) if rng.random() < .88 else m
    favour = rng.dirichlet(np.ones(5) * .7)
    while y < p.h - m - s * 3:
        room = int((p.h - m - y) / (s * 1.5))
        n = int(rng.integers(1, max(2, min(room, 12)) + 1))
        block = int(rng.choice(5, p=favour))
        if block == 0:
            y = _fields(rng, p, x, y, w, min(n, 6), s, face, hand, fill)
        elif block == 1:
            row = s * uni(rng, 1.2, 1.9)
            head = tuple(int(255 - (255 - c) * .35) for c in bright(rng)) if rng.random() < .5 else None
            y = p.table(rng, x, y, w, max(2, min(n * 2, int((p.h - m - y) / row))), row, face, hand, fill, head=head)
        elif block == 2:
            y = p.paragraph(rng, x, y, w, min(n, room), s * .85, face, fill)
        elif block == 3:
            y = _checks(rng, p, x, y, w, min(n, room), s, face, fill)
        elif hand:
            pen = ink(rng)
            for _ in range(min(n, room, 5)):
                p.text(x, y, words(rng, max(2, int(w / s / 4))), hand(s * 1.4), pen)
                y += s * 1.7
        else:
            p.text(x, y, words(rng, 3).upper(), Face(rng, "bold")(s), fill)
            y += s * .4
        y += s * uni(rng, .6, 1.6)
    if rng.random() < .6:
        p.scribble(rng, p.w * uni(rng, .1, .55), p.h - m - s * 2, p.w * .28, s * 2, ink(rng), int(rng.integers(1, 3)))
    if rng.random() < .15:
        p.rounded(p.w * .55, p.h * .8, p.w * .9, p.h * .88, 4, outline=(190, 30, 40), width=3)
        p.text(p.w * .58, p.h * .81, pick(rng, ("COPY", "URGENT", "RECEIVED", "PAID")), Face(rng, "bold")(p.h * .045), (190, 30, 40))
    return p.array()


def ecg(rng):
    p = _sheet(rng, rng.random() < .75, (255, uni(rng, 232, 246), uni(rng, 228, 242)))
    rule = pick(rng, ((244, 170, 170), (240, 190, 170), (180, 205, 235), (170, 215, 180)))
    step = uni(rng, 4.5, 8)
    for k in range(int(max(p.w, p.h) / step) + 1):
        wide = 2 if k % 5 == 0 else 1
        soft = rule if k % 5 == 0 else tuple((c + 255) // 2 for c in rule)
        p.line(((k * step, 0), (k * step, p.h)), soft, wide)
        p.line(((0, k * step), (p.w, k * step)), soft, wide)
    rows, top = int(rng.integers(3, 7)), p.h * uni(rng, .08, .2)
    fill = pick(rng, ((10, 10, 14), (30, 30, 60)))
    for r in range(rows):
        y = top + r * (p.h - top) / rows
        p.trace(4, y, p.w - 8, (p.h - top) / rows * .9, waveform(rng, "ecg"), fill, int(rng.integers(1, 3)))
        p.text(8, y, pick(rng, ("I", "II", "III", "aVR", "aVL", "V1", "V2", "V5")), Face(rng, "sans")(11), fill)
    p.text(8, 4, f"{name(rng)}  {date(rng)}  {number(rng)}", Face(rng, "sans")(12), fill)
    return p.array()


def observation(rng):
    """Observation chart: columns of hours, rows of ranges shaded by alarm, dots joined by hand."""
    p = _sheet(rng)
    s, pen, face = uni(rng, 7, 10), ink(rng), face_for(rng, ("sans", "bold"))
    y = _header(rng, p, s, s, p.w - 2 * s, s * 1.1, face, (20, 20, 24))
    left, cols = p.w * uni(rng, .12, .22), int(rng.integers(10, 30))
    tints = ((250, 190, 190), (252, 225, 170), (250, 245, 190), (255, 255, 255), (215, 240, 215))
    while y < p.h - s * 7:
        rows = int(rng.integers(4, 12))
        rows = min(rows, int((p.h - s - y) / (s * 1.15)))
        p.text(s * .4, y, pick(rng, ("RESP", "SpO2", "TEMP", "BP", "PULSE", "PAIN")), Face(rng, "bold")(s), (20, 20, 24))
        for r in range(rows):
            top = y + r * s * 1.15
            if rng.random() < .8:
                p.box(left, top, p.w - s, top + s * 1.15, fill=tints[min(4, abs(r - rows // 2) and int(rng.integers(5)))])
            p.text(left - s * 2, top, number(rng, 2, 2), face(s * .75), (40, 40, 44))
            p.line(((left, top), (p.w - s, top)), (150, 150, 155))
        bottom, step = y + rows * s * 1.15, (p.w - s - left) / cols
        for c in range(cols + 1):
            p.line(((left + c * step, y), (left + c * step, bottom)), (150, 150, 155))
        used = int(cols * uni(rng, .2, 1))
        track = np.clip(.5 + np.cumsum(rng.normal(0, .09, max(2, used))), .03, .97)
        dots = [(left + (k + .5) * step, y + v * (bottom - y)) for k, v in enumerate(track)]
        p.line(dots, pen, 1)
        for x, v in dots:
            p.d.ellipse((x - 1.5, v - 1.5, x + 1.5, v + 1.5), fill=pen)
        y = bottom + s * uni(rng, .6, 1.5)
    return p.array()


def label_sheet(rng):
    p = _sheet(rng)
    cols, rows = int(rng.integers(1, 4)), int(rng.integers(1, 10))
    face, m = face_for(rng), 6
    if cols * rows <= 2:
        p = Page(360, int(360 * uni(rng, .35, .7)), _paper(rng))
    cw, ch = (p.w - m) / cols, (p.h - m) / rows
    who, born, num = name(rng), date(rng), number(rng, 7, 10)
    for r in range(rows):
        for c in range(cols):
            x, y, s = m + c * cw, m + r * ch, min(ch / 5.5, cw / 12)
            p.rounded(x, y, x + cw - m, y + ch - m, 4, outline=(205, 205, 205))
            p.text(x + s, y + s * .4, who, face(s * 1.2), (10, 10, 10))
            p.text(x + s, y + s * 1.8, f"{born} {num}", face(s), (10, 10, 10))
            if ch > 28:
                p.bars(rng, x + s, y + s * 3, (cw - m) * .7, max(4, ch - m - s * 3.5))
    return p.array()


def note(rng):
    side = int(rng.integers(180, 320))
    p = Page(side, int(side * uni(rng, .8, 1.2)), pick(rng, ((255, 240, 120), (255, 190, 210), (180, 230, 160), (160, 215, 250), (255, 200, 120), (248, 248, 242))))
    if rng.random() < .3:
        for k in range(1, 12):
            p.line(((0, k * p.h / 12), (p.w, k * p.h / 12)), (170, 190, 220))
    hand, pen, size = Face(rng, "hand"), ink(rng), uni(rng, 18, 40)
    y = size * .5
    while y < p.h - size * 1.2:
        p.text(size * .4, y, words(rng, int(rng.integers(1, 4))), hand(size), pen)
        y += size * uni(rng, 1, 1.3)
    return p.array()


def poster(rng):
    """Poster or notice: a heading, blocks of colour, drawings of people or organs as blobs, text."""
    base = _paper(rng) if rng.random() < .6 else bright(rng)
    p = _sheet(rng, rng.random() < .35, base)
    dark = sum(base) < 380
    fill, face, accent = (255, 255, 255) if dark else (25, 25, 30), face_for(rng, ("sans", "bold")), bright(rng)
    size = p.w * uni(rng, .06, .12)
    if rng.random() < .6:
        p.box(0, 0, p.w, size * 2, fill=accent)
        p.text(size * .5, size * .4, title(rng), Face(rng, "bold")(size), (255, 255, 255))
    else:
        p.text(size * .5, size * .4, title(rng), Face(rng, "bold")(size), fill)
    y = size * 2.4
    while y < p.h - size:
        kind = rng.integers(4)
        if kind == 0:
            for k in range(3):
                cx, r = p.w * (k + .5) / 3, p.w * .12
                p.d.ellipse((cx - r, y, cx + r, y + 2 * r), fill=bright(rng))
            y += p.w * .3
        elif kind == 1:
            hh = size * uni(rng, 1.5, 4)
            p.box(size * .5, y, p.w - size * .5, y + hh, fill=bright(rng))
            p.paragraph(rng, size, y + 4, p.w - size * 2, max(1, int(hh / size / .8)), size * .5, face, (255, 255, 255))
            y += hh + size * .4
        else:
            y = p.paragraph(rng, size * .5, y, p.w - size, int(rng.integers(1, 6)), size * uni(rng, .3, .6), face, fill) + size * .4
    return p.array()


def whiteboard(rng):
    v = uni(rng, 215, 250)
    p = _sheet(rng, rng.random() < .85, (v, v, v))
    hand, size = Face(rng, "hand"), uni(rng, 13, 26)
    pens = ((30, 60, 170), (20, 20, 24), (180, 30, 40), (20, 120, 60))
    if rng.random() < .7:
        rows = int((p.h - size * 3) / (size * 1.7))
        p.text(size, size * .3, pick(rng, ("WARD", "THEATRE", "PLAN", "BEDS", "TODAY", "TO DO")) + " " + number(rng, 1, 2), hand(size * 1.5), pick(rng, pens))
        p.table(rng, size, size * 2.4, p.w - 2 * size, max(2, rows), size * 1.7, hand, hand, pick(rng, pens), rule=pick(rng, ((60, 60, 70), (40, 70, 160), (190, 60, 60))))
    else:
        for _ in range(int(rng.integers(4, 14))):
            p.text(uni(rng, 0, p.w * .6), uni(rng, 0, p.h * .9), words(rng, int(rng.integers(1, 4))), hand(size * uni(rng, .7, 1.6)), pick(rng, pens))
        for _ in range(int(rng.integers(0, 4))):
            x, y = uni(rng, 0, p.w), uni(rng, 0, p.h)
            p.d.ellipse((x, y, x + size * 5, y + size * 3), outline=pick(rng, pens), width=2)
    rgb = p.array().astype(np.float32) + smooth_noise(rng, p.h, p.w, 5, 5)
    edge = int(rng.integers(4, 12))
    frame = pick(rng, ((170, 172, 175), (60, 60, 64), (150, 110, 70)))
    return cv2.copyMakeBorder(np.clip(rgb, 0, 255).astype(np.uint8), edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=frame)


def spread(rng):
    """An open record or book: two pages with a dark fold between them, sometimes in a coloured folder."""
    left = form(rng, landscape=False)
    right = cv2.resize(form(rng, landscape=False), (left.shape[1], left.shape[0]), interpolation=cv2.INTER_AREA)
    both = cv2.resize(np.hstack([left, right]), (520, int(520 * left.shape[0] / left.shape[1] / 2)), interpolation=cv2.INTER_AREA)
    x = np.abs(np.linspace(-1, 1, both.shape[1]))[None, :, None]
    both = np.clip(both * (1 - .45 * np.exp(-(x / .05) ** 2)), 0, 255).astype(np.uint8)
    if rng.random() < .5:
        e = int(rng.integers(6, 22))
        both = cv2.copyMakeBorder(both, e, e, e, e, cv2.BORDER_CONSTANT, value=pick(rng, ((200, 170, 110), (60, 90, 160), (170, 50, 50), (70, 130, 90), (40, 40, 46))))
    return both


def _clipboard(rng, sheet):
    h, w = sheet.shape[:2]
    m = int(w * uni(rng, .025, .08))
    top = int(h * uni(rng, .03, .12))
    board = pick(rng, ((139, 100, 62), (110, 75, 45), (30, 30, 34), (200, 210, 216), (60, 90, 150), (180, 180, 184), (120, 160, 120)))
    out = np.empty((h + m + top, w + 2 * m, 3), np.uint8)
    out[:] = np.array(board, np.uint8)
    out = np.clip(out + rng.normal(0, 5, out.shape[:2] + (1,)), 0, 255).astype(np.uint8)
    out[top:top + h, m:m + w] = sheet
    cw, ch, cx = int(w * uni(rng, .25, .5)), max(8, int(h * uni(rng, .04, .08))), out.shape[1] // 2
    metal = int(rng.integers(120, 215))
    y0 = max(0, top - ch // 2)
    for k in range(ch):
        v = int(np.clip(metal + 45 * np.sin(k / ch * 5), 0, 255))
        cv2.line(out, (cx - cw // 2, y0 + k), (cx + cw // 2, y0 + k), (v, v, v), 1)
    cv2.circle(out, (cx, max(4, y0)), ch // 2, (metal // 2,) * 3, 2)
    return out


def _stack(rng, sheet):
    """Corners of other sheets looking out from under the top one; alpha outside."""
    h, w = sheet.shape[:2]
    pad = int(w * uni(rng, .04, .12))
    rgba = np.zeros((h + 2 * pad, w + 2 * pad, 4), np.uint8)
    for _ in range(int(rng.integers(1, 4))):
        angle, v = uni(rng, -7, 7), int(rng.integers(190, 245))
        rect = cv2.boxPoints(((rgba.shape[1] / 2 + uni(rng, -pad, pad) / 2, rgba.shape[0] / 2 + uni(rng, -pad, pad) / 2), (w, h), angle))
        cv2.fillConvexPoly(rgba, np.int32(rect), (v, v, v - 6, 255), cv2.LINE_AA)
        cv2.polylines(rgba, [np.int32(rect)], True, (v - 60, v - 60, v - 60, 255), 1, cv2.LINE_AA)
    rgba[pad:pad + h, pad:pad + w, :3] = sheet
    rgba[pad:pad + h, pad:pad + w, 3] = 255
    return Flat(rgba, (pad // 2, pad // 2, rgba.shape[1] - pad // 2, rgba.shape[0] - pad // 2), LABEL)


def _fold(rng, flat):
    """One corner folded over: gone from the sheet, its back shown."""
    h, w = flat.rgba.shape[:2]
    a, b = w * uni(rng, .08, .3), h * uni(rng, .06, .25)
    cv2.fillConvexPoly(flat.rgba, np.int32([(w - a, 0), (w, 0), (w, b)]), (0, 0, 0, 0))
    v = int(rng.integers(170, 235))
    cv2.fillConvexPoly(flat.rgba, np.int32([(w - a, 0), (w, b), (w - a * .9, b * .9)]), (v, v, v - 5, 255), cv2.LINE_AA)
    turn = int(rng.integers(4))
    if turn == 1:
        flat.rgba = np.ascontiguousarray(flat.rgba[:, ::-1])
    return flat


def document(rng):
    """One document of a random kind as a Flat."""
    roll = rng.random()
    if roll < .39:
        sheet = form(rng)
    elif roll < .46:
        sheet = observation(rng)
    elif roll < .53:
        sheet = ecg(rng)
    elif roll < .61:
        sheet = label_sheet(rng)
    elif roll < .67:
        return opaque(note(rng), LABEL, bends=True)
    elif roll < .77:
        return opaque(poster(rng), LABEL, upright=True)
    elif roll < .87:
        return opaque(whiteboard(rng), LABEL, upright=True)
    else:
        return opaque(spread(rng), LABEL, bends=True)
    roll = rng.random()
    if roll < .25:
        return opaque(_clipboard(rng, sheet), LABEL)
    if roll < .4:
        return _stack(rng, sheet)
    flat = opaque(sheet, LABEL, bends=True)
    return _fold(rng, flat) if rng.random() < .15 else flat
