"""Name badges and the things that are taken for them. Lanyard, clip and reel belong to the box, as in the
photos with labels: a lanyard names an employer as often as the card does.
"""

import cv2
import numpy as np

from .flat import Flat, rounded_alpha, smooth_noise
from .ink import Page, bright, date, face_for, name, number, pick, place, role, uni
from .fonts import Face

LABEL = 3


def _silhouette(rng, p, x, y, w, h):
    """A portrait photo without a face: background, shoulders, head, hair."""
    back = pick(rng, ((205, 215, 225), (235, 235, 235), (150, 180, 210), (190, 190, 180), (90, 110, 140)))
    skin = pick(rng, ((240, 205, 180), (224, 180, 150), (190, 140, 105), (140, 95, 70), (95, 65, 50)))
    shirt, hair = bright(rng) if rng.random() < .5 else (240, 240, 245), pick(rng, ((30, 25, 22), (80, 55, 35), (150, 120, 80), (170, 170, 172)))
    p.box(x, y, x + w, y + h, fill=back)
    tile = Page(w + 1, h + 1, back)
    cx, r = w / 2, w * .24
    tile.d.ellipse((cx - w * .45, h * .68, cx + w * .45, h * 1.5), fill=shirt)
    tile.d.ellipse((cx - r * 1.15, h * .12, cx + r * 1.15, h * (.55 if rng.random() < .6 else .8)), fill=hair)
    tile.d.ellipse((cx - r, h * .2, cx + r, h * .2 + r * 2.7), fill=skin)
    p.im.paste(tile.im, (int(x), int(y)))


def card(rng):
    """RGB of a card's face, portrait or landscape."""
    portrait = rng.random() < .62
    long, short = 320, int(320 / uni(rng, 1.35, 1.62))
    w, h = (short, long) if portrait else (long, short)
    base = (255, 255, 255) if rng.random() < .7 else pick(rng, ((225, 238, 250), (250, 240, 200), (235, 250, 235), (40, 60, 110), (200, 30, 45)))
    p = Page(w, h, base)
    fill = (250, 250, 250) if sum(base) < 350 else (20, 20, 26)
    accent, bold, face = bright(rng), Face(rng, "bold"), face_for(rng)
    band = h * uni(rng, .1, .24)
    if rng.random() < .75:
        p.box(0, 0, w, band, fill=accent)
        p.logo(rng, w * .04, band * .15, band * .7, (255, 255, 255))
        p.text(w * .06 + band * .8, band * .25, place(rng), bold(band * .38), (255, 255, 255))
    else:
        p.logo(rng, w * .06, h * .04, band * .8, accent)
        p.text(w * .08 + band, band * .3, place(rng), bold(band * .4), fill)
    y = band + h * .04
    photo = rng.random() < .72
    who = name(rng)
    if portrait:
        if photo:
            pw = w * uni(rng, .38, .6)
            ph = min(pw * 1.25, h * .45)
            _silhouette(rng, p, (w - pw) / 2, y, pw, ph)
            y += ph + h * .03
        tx, size = w * .08, w * uni(rng, .09, .13)
    else:
        tx, size = w * .06, h * uni(rng, .1, .15)
        if photo:
            ph = (h - y) * .75
            _silhouette(rng, p, w * .05, y, ph * .78, ph)
            tx = w * .09 + ph * .78
    p.text(tx, y, who, bold(size), fill)
    p.text(tx, y + size * 1.3, role(rng), face(size * .8), accent if rng.random() < .5 else fill)
    p.text(tx, y + size * 2.3, f"ID {number(rng)}  {date(rng)}", face(size * .5), fill)
    if rng.random() < .4:
        p.box(0, h * .88, w, h, fill=bright(rng))
        p.text(w * .2, h * .885, role(rng).upper(), bold(h * .09), (255, 255, 255))
    elif rng.random() < .55:
        p.bars(rng, tx, h * .86, w * .5, h * .09)
    if rng.random() < .2:
        p.matrix(rng, w * .72, h * .7, w * .2)
    return p.array()


def badge(rng):
    """A card, bare or in a clear holder, with slot, clip, reel or a lanyard's lower end, as a Flat."""
    face = card(rng)
    h, w = face.shape[:2]
    hang = int(h * .3 * 11 ** rng.random()) if rng.random() < .7 else int(h * .12)
    rim = int(w * uni(rng, .03, .1)) if rng.random() < .5 else 0
    spread = int(w * uni(rng, .1, .7)) if hang > h else 0
    H, W = h + 2 * rim + hang, w + 2 * rim + 2 * spread
    rgba = np.zeros((H, W, 4), np.uint8)
    lanyard = bright(rng) if rng.random() < .6 else pick(rng, ((25, 25, 30), (30, 50, 110), (225, 225, 228)))
    if hang > h * .13:
        thick = max(5, int(w * uni(rng, .05, .13)))
        ends = ((int(W * uni(rng, -.1, .45)), 0), (int(W * uni(rng, .55, 1.1)), 0)) if rng.random() < .75 else ((int(W * uni(rng, .3, .7)), 0),)
        for k, end in enumerate(ends):
            shade = tuple(int(c * (.75 if k else 1)) for c in lanyard)
            cv2.line(rgba, end, (W // 2, hang - thick), shade + (255,), thick, cv2.LINE_AA)
    clip = max(4, int(w * .05))
    cv2.rectangle(rgba, (W // 2 - clip, max(0, hang - clip * 4)), (W // 2 + clip, hang + clip), (165, 168, 172, 255), -1)
    cv2.rectangle(rgba, (W // 2 - clip // 2, max(0, hang - clip * 3)), (W // 2 + clip // 2, hang - clip), (225, 226, 228, 255), -1)
    if rng.random() < .2:
        cv2.circle(rgba, (W // 2, max(clip * 3, hang - clip * 3)), clip * 3, (30, 30, 34, 255), -1, cv2.LINE_AA)
    if rim:
        tint = int(rng.integers(190, 245))
        rgba[hang:, spread:W - spread, :3] = tint
        rgba[hang:, spread:W - spread, 3] = (rounded_alpha(h + 2 * rim, w + 2 * rim, rim * 1.5) * uni(rng, .35, .95)).astype(np.uint8)
    body = rgba[hang + rim:hang + rim + h, spread + rim:spread + rim + w]
    mask = rounded_alpha(h, w, w * .05)
    body[..., :3] = np.where(mask[..., None] > 128, face, body[..., :3])
    body[..., 3] = np.maximum(body[..., 3], mask)
    slot = max(2, int(w * .09))
    cv2.ellipse(rgba, (W // 2, hang + max(3, rim // 2 + 2)), (slot, 3), 0, 0, 360, (120, 120, 124, 255), -1)
    return Flat(rgba, (0, 0, W, H), LABEL, upright=True)


def worn(rng):
    """A badge as it hangs from a neck, as a Flat: a lanyard from both sides of the neck down to a card that is small
    beside it. `badge` shows cards near to us; of the boxes of cards that people wear most of the height is lanyard."""
    face = card(rng)
    W = 300
    H = int(W * uni(rng, 1, 2.3))
    cw = int(W * uni(rng, .3, .62))
    ch = int(cw * face.shape[0] / face.shape[1])
    if ch > .55 * H:
        cw, ch = max(40, int(cw * .55 * H / ch)), int(.55 * H)
    rgba = np.zeros((H, W, 4), np.uint8)
    cx = int(np.clip(W * rng.normal(.5, .09), cw / 2 + 2, W - cw / 2 - 2))
    top, thick = H - ch - 4, max(4, int(W * uni(rng, .025, .075)))
    colour = bright(rng) if rng.random() < .5 else pick(rng, ((25, 25, 30), (30, 60, 150), (30, 50, 110), (150, 30, 40), (225, 225, 228)))
    meets = top - int(uni(rng, .02, .3) * top)
    neck = uni(rng, .5, 1)
    print_every = int(rng.integers(18, 50)) if rng.random() < .5 else 0
    for k, side in enumerate((-1, 1)):
        # from behind the neck outward over the collar, then straight to the clip
        start = np.array((W / 2 + side * neck * (W - thick) / 2, 0.))
        mid = start * .5 + np.array((cx, meets)) * .5 + np.array((side * W * uni(rng, -.02, .07), 0))
        t = np.linspace(0, 1, 30)[:, None]
        path = np.int32((1 - t) ** 2 * start + 2 * t * (1 - t) * mid + t ** 2 * np.array((cx, meets)))
        shade = tuple(int(c * (.78 if k else 1)) for c in colour)
        cv2.polylines(rgba, [path], False, shade + (255,), thick, cv2.LINE_AA)
        if print_every:
            for x, y in path[::max(1, print_every // 8)]:
                cv2.circle(rgba, (int(x), int(y)), max(1, thick // 4), (245, 245, 245, 255), -1)
    cv2.line(rgba, (cx, meets), (cx, top), colour + (255,), thick, cv2.LINE_AA)
    clip = max(2, thick // 2)
    cv2.rectangle(rgba, (cx - clip, max(0, top - clip * 4)), (cx + clip, top + clip), (165, 168, 172, 255), -1)
    x0 = cx - cw // 2
    part, mask = rgba[top:top + ch, x0:x0 + cw], rounded_alpha(ch, cw, cw * .06)
    small = cv2.resize(face, (cw, ch), interpolation=cv2.INTER_AREA)
    if rng.random() < .3:
        # its back, or lit so that nothing on it can be told
        small = np.clip(small * .1 + uni(rng, 195, 235), 0, 255).astype(np.uint8)
    if rng.random() < .4:
        yy, xx = np.mgrid[0:ch, 0:cw].astype(np.float32)
        shine = np.exp(-(((xx - yy * uni(rng, .2, .8)) / cw - uni(rng, 0, .7)) / uni(rng, .05, .2)) ** 2)[..., None]
        small = (small + (255 - small) * shine * uni(rng, .2, .8)).astype(np.uint8)
    part[..., :3] = np.where(mask[..., None] > 128, small, part[..., :3])
    part[..., 3] = np.maximum(part[..., 3], mask)
    return Flat(rgba, (0, 0, W, H), LABEL, upright=True)


def torso(rng):
    """A badge worn: clothed chest and shoulders without a head, the card hanging on it, as a Flat."""
    side = 420
    yy, xx = np.mgrid[0:side, 0:side].astype(np.float32) / side
    cloth = np.array(pick(rng, (bright(rng), (240, 242, 245), (240, 242, 245), (40, 90, 150), (20, 120, 130), (60, 64, 74), (30, 50, 90), (120, 170, 200))), np.float32)
    folds = 1 + .1 * np.sin(xx * uni(rng, 8, 25) + np.sin(yy * uni(rng, 4, 12)) * uni(rng, .5, 3)) + smooth_noise(rng, side, side, 7, .06)[..., 0]
    rgb = cloth * (folds * (.75 + .25 * np.cos((xx - .5) * 2.6)))[..., None]
    skin = np.array(pick(rng, ((235, 195, 170), (220, 170, 140), (185, 130, 95), (130, 85, 60), (90, 60, 45))), np.float32)
    neck = yy < uni(rng, .12, .3) - np.abs(xx - .5) * uni(rng, 1.2, 2.5)
    rgb = np.where(neck[..., None], skin * .85, rgb)
    coat = rng.random() < .4
    if coat:
        lapel = (np.abs(xx - .5) < .05 + .16 * np.clip(.75 - yy, 0, 1)) & ~neck
        rgb = np.where(lapel[..., None], rgb * np.array((.55, .7, .8), np.float32), rgb)
    outline = np.zeros((side, side), np.uint8)
    cv2.fillPoly(outline, [np.int32(np.array([(.36, .0), (.64, .0), (.66, .08), (.9, .17), (1, .35), (1, 1), (0, 1), (0, .35), (.1, .17), (.34, .08)]) * side)], 255, cv2.LINE_AA)
    rgba = np.dstack([np.clip(rgb, 0, 255).astype(np.uint8), outline])
    if rng.random() < .5:
        x, y, s = int(side * uni(rng, .55, .68)), int(side * uni(rng, .5, .65)), int(side * .22)
        cv2.rectangle(rgba, (x, y), (x + s, y + s), tuple(int(c * .75) for c in cloth) + (255,), 2)
    looped = rng.random() < .65
    hung = worn(rng) if looped else badge(rng)
    # a loop over the neck is 1.5 faces wide, and the neck here, three quarters of a face, is .28 of the side
    scale = side * (uni(rng, .3, .52) if looped else uni(rng, .2, .5)) / max(hung.front[2] - hung.front[0], 1)
    small = cv2.resize(hung.rgba, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    h, w = small.shape[:2]
    if h >= side or w >= side:
        return hung
    x = int(np.clip(side * (rng.normal(.5, .03) if looped else uni(rng, .25, .72)) - w / 2, 0, side - w))
    y = int(np.clip(side * (uni(rng, .03, .16) if looped else uni(rng, .2, .5)), 0, side - h))
    part = rgba[y:y + h, x:x + w]
    a = small[..., 3:].astype(np.float32) / 255
    shadow = cv2.GaussianBlur(a[..., 0], (0, 0), 4)[..., None]
    under = part[..., :3] * (1 - .35 * shadow)
    part[..., :3] = (under * (1 - a) + small[..., :3] * a).astype(np.uint8)
    front = tuple(int(v * scale) for v in hung.front)
    return Flat(rgba, (x + front[0], y + front[1], x + front[2], y + front[3]), LABEL, upright=True)


def tag(rng):
    """A hard negative that hangs like a badge but names nobody: a plain tag, a pocket, a tie."""
    kind = rng.integers(3)
    h, w = int(rng.integers(140, 260)), int(rng.integers(60, 160))
    rgba = np.zeros((h, w, 4), np.uint8)
    colour = bright(rng) if rng.random() < .6 else (int(rng.integers(30, 250)),) * 3
    if kind == 0:
        rgba[..., :3] = colour
        rgba[..., 3] = rounded_alpha(h, w, w * .12)
        cv2.circle(rgba, (w // 2, h // 12), max(3, w // 14), (60, 60, 60, 255), -1)
    elif kind == 1:
        rgba[..., :3], rgba[..., 3] = colour, 255
        stitch = tuple(int(c * .7) for c in colour)
        cv2.rectangle(rgba, (5, 5), (w - 6, h - 6), stitch + (255,), 2)
        cv2.line(rgba, (0, h // 7), (w, h // 7), stitch + (255,), 2)
    else:
        cv2.fillConvexPoly(rgba, np.int32([(w * .35, 0), (w * .65, 0), (w * .9, h * .85), (w * .5, h - 1), (w * .1, h * .85)]), colour + (255,), cv2.LINE_AA)
        if rng.random() < .6:
            other = tuple(int(c * .6 + 60) for c in colour)
            for k in range(0, h + w, 22):
                cv2.line(rgba, (0, k), (w, k - w), other + (255,), 6)
            outline = np.zeros((h, w), np.uint8)
            cv2.fillConvexPoly(outline, np.int32([(w * .35, 0), (w * .65, 0), (w * .9, h * .85), (w * .5, h - 1), (w * .1, h * .85)]), 255)
            rgba[..., 3] = outline
    return Flat(rgba, (0, 0, w, h), -1, upright=True)
