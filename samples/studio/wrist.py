"""The wrist with a band: an arm and a hand modelled as rounded cones, lit, with a printed band wrapped about it."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from scipy.ndimage import gaussian_filter

from .canvas import Sheet, from_array, noise, photograph, region, rng
from .codes import code128, qr

SIZE = (1600, 1200)
# Rounded cones as (x0, y0, r0, x1, y1, r1), in pixels of a 1600 x 1200 picture: forearm, wrist, palm, fingers, thumb.
ARM = [
    (-180, 760, 285, 620, 640, 205), (620, 640, 205, 760, 618, 192), (760, 618, 192, 960, 588, 205),
]
PALM = [
    (940, 590, 195, 1120, 505, 130), (940, 590, 195, 1130, 575, 130), (940, 610, 190, 1115, 650, 118),
    (940, 640, 175, 1080, 712, 92),
]
FINGERS = [
    [(1120, 480, 82, 1300, 420, 66), (1300, 420, 66, 1420, 400, 58), (1420, 400, 58, 1492, 398, 50)],
    [(1130, 570, 82, 1340, 545, 66), (1340, 545, 66, 1470, 545, 58), (1470, 545, 58, 1545, 552, 50)],
    [(1115, 655, 78, 1310, 668, 64), (1310, 668, 64, 1430, 684, 56), (1430, 684, 56, 1500, 698, 48)],
    [(1075, 730, 68, 1220, 782, 54), (1220, 782, 54, 1310, 818, 48), (1310, 818, 48, 1364, 840, 42)],
]
THUMB = [(900, 500, 130, 1030, 372, 96), (1030, 372, 96, 1150, 280, 70), (1150, 280, 70, 1236, 228, 56)]


def dome(x, y, cone):
    """Height in pixels of a rounded cone that lies on the sheet, 0 outside."""
    x0, y0, r0, x1, y1, r1 = cone
    dx, dy = x1 - x0, y1 - y0
    t = np.clip(((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy), 0, 1)
    r = r0 + (r1 - r0) * t
    d2 = (x - x0 - t * dx) ** 2 + (y - y0 - t * dy) ** 2
    return np.sqrt(np.clip(r * r - d2, 0, None))


def union(parts, soft):
    """The parts' common skin; `soft` pixels is how widely two of them flow into each other."""
    total = sum(np.expm1(np.clip(p / soft, 0, 60)) for p in parts)
    return soft * np.log1p(total)


def relief():
    y, x = np.mgrid[0:SIZE[1], 0:SIZE[0]].astype(np.float64)
    # A hand is flatter than an arm: the palm's domes are pressed to half their height.
    body = union([dome(x, y, c) for c in ARM] + [dome(x, y, c) * 0.5 for c in PALM], 30)
    fingers = [union([dome(x, y, c) for c in f], 10) for f in FINGERS]
    thumb = union([dome(x, y, c) for c in THUMB], 12)
    hand = np.maximum.reduce(fingers)
    skin = union([body, hand * 0.9, thumb * 0.8], 26)
    # Where the cones end on the back of the hand their rims would show: smoothed inside the outline, arm left alone.
    mask = (skin > 27).astype(np.float64)
    smooth = blur(skin * mask, 20) / np.maximum(blur(mask, 20), 1e-3)
    part = np.clip((x - 760) / 120, 0, 1) * np.clip((1480 - x) / 260, 0, 1) * mask * np.clip((skin - 40) / 40, 0, 1)
    return skin * (1 - part) + smooth * part


def light(height, gen, bumps):
    gy, gx = np.gradient(height + bumps)
    length = np.sqrt(gx**2 + gy**2 + 1)
    lx, ly, lz = -0.42, -0.52, 0.74
    return np.clip((-gx * lx - gy * ly + lz) / length, 0, 1)


def blur(a, sigma):
    return gaussian_filter(a.astype(np.float32), sigma, truncate=3)


def bed_sheet(gen):
    folds = noise(gen, SIZE, (5, 4)) * 40 + np.abs(noise(gen, SIZE, (6, 5))) * 36
    shade = light(blur(folds, 24), gen, noise(gen, SIZE, (500, 400)) * 0.12)
    base = np.array([198, 212, 226])[None, None] * (0.42 + 0.72 * shade[..., None])
    y, x = np.mgrid[0:SIZE[1], 0:SIZE[0]]
    stripe = (((x * 0.3 + y) % 150) < 12)[..., None]
    return np.where(stripe, base * np.array([0.80, 0.88, 0.96]), base)


def band_print(gen):
    """What is printed along the band: 760 x 250 pixels, the part that faces the camera."""
    s = Sheet((760, 250), (250, 251, 252), gen)
    s.text((26, 18), "EXAMPLE, JANE", "bold", 46, (16, 16, 20))
    s.text((26, 80), "DOB 01 Jan 1900   F", "sans", 34, (16, 16, 20))
    s.text((26, 126), "MRN 00000000", "bold", 36, (16, 16, 20))
    bars = code128("00000000", 4, 62)
    s.paste(bars, (6, 178))
    s.mark("barcode", 46, 178, bars.width - 80, 62)
    code = qr("MRN 00000000", 7)
    s.paste(code, (428, 22))
    s.mark("barcode", 442, 36, code.width - 28, code.height - 28)
    s.text((640, 60), "Ward", "sans", 34, (16, 16, 20))
    s.text((640, 104), "7 East", "sans", 34, (16, 16, 20))
    s.text((440, 202), "ALLERGY: NONE", "bold", 30, (180, 20, 30))
    return s


def wristband():
    gen = rng("wristband")
    height = relief()
    inside = blur(np.where(height > 2, 255.0, 0.0), 1.2)[..., None] / 255
    sheet = bed_sheet(gen)
    cast = blur(np.roll(np.where(height > 2, 1.0, 0.0), (46, 34), (0, 1)), 26)[..., None]
    sheet = sheet * (1 - 0.62 * cast * np.array([1.0, 0.95, 0.88]))

    bumps = noise(gen, SIZE, (260, 200)) * 0.26 + noise(gen, SIZE, (620, 480)) * 0.16 + noise(gen, SIZE, (14, 10)) * 2
    shade = light(height, gen, bumps)
    rim = np.exp(-height / 26)
    skin = np.array([208, 160, 134]) + np.array([5, -4, -5]) * noise(gen, SIZE, (16, 12))[..., None]
    lit = skin * (0.34 + 0.80 * shade[..., None]) * (1 - rim[..., None] * np.array([0.16, 0.32, 0.36]))
    gap = np.clip(blur(height, 7) - height, 0, 30)[..., None]
    lit = lit * (1 - gap / 46) + np.array([14, 6, 4]) * gap / 30

    layer = from_array(lit)
    draw = ImageDraw.Draw(layer, "RGBA")
    for i, finger in enumerate(FINGERS + [THUMB]):
        x0, y0, _, x1, y1, r1 = finger[-1]
        a = np.arctan2(y1 - y0, x1 - x0)
        nail(layer, x1 + 6 * np.cos(a), y1 + 6 * np.sin(a), a, r1)
        for cone in finger[1:]:
            jx, jy, jr = cone[0], cone[1], cone[2]
            b = np.arctan2(cone[4] - jy, cone[3] - jx) + np.pi / 2
            for k in (-7, 2, 10):
                px, py = jx + k * np.sin(b), jy - k * np.cos(b)
                draw.line([(px - jr * 0.5 * np.cos(b), py - jr * 0.5 * np.sin(b)),
                           (px + jr * 0.5 * np.cos(b), py + jr * 0.5 * np.sin(b))], fill=(120, 66, 50, 46), width=4)
    lit = np.asarray(layer.filter(ImageFilter.GaussianBlur(1.0)), np.float32)
    scene = sheet * (1 - inside) + lit * inside
    scene, truth = wrap(from_array(scene), gen)
    return photograph(scene, gen, 0.8, 2.6, 0.26, 1.02), truth


def nail(layer, x, y, a, r):
    tip = Image.new("RGBA", (int(r * 1.7), int(r * 1.3)), (0, 0, 0, 0))
    d = ImageDraw.Draw(tip)
    w, h = tip.size
    d.rounded_rectangle([4, 4, w - 6, h - 6], int(r * 0.6), fill=(224, 180, 162, 190), outline=(168, 118, 100, 150), width=3)
    d.pieslice([w - int(r * 0.5), 6, w - 7, h - 8], -90, 90, fill=(238, 220, 208, 190))
    d.ellipse([w * 0.25, h * 0.2, w * 0.62, h * 0.4], fill=(255, 240, 232, 90))
    tip = tip.filter(ImageFilter.GaussianBlur(1.6)).rotate(-np.degrees(a), Image.BICUBIC, expand=True)
    layer.paste(tip, (int(x - tip.width / 2), int(y - tip.height / 2)), tip)


# The band: centre on the arm's axis, direction of the axis, radius of the wrist there and half width, in pixels.
CENTRE, AXIS, RADIUS, HALF = (668.0, 632.0), (0.988, -0.156), 216.0, 136.0


def wrap(scene, gen):
    """Wraps the print about the wrist. Along the arm the picture shows it flat; across, as the sine of the angle."""
    a = np.asarray(scene, np.float32)
    y, x = np.mgrid[0:SIZE[1], 0:SIZE[0]].astype(np.float64)
    ax, ay = AXIS
    along = (x - CENTRE[0]) * ax + (y - CENTRE[1]) * ay
    across = -(x - CENTRE[0]) * ay + (y - CENTRE[1]) * ax
    along = along + 0.10 * across * across / RADIUS
    turn = np.arcsin(np.clip(across / RADIUS, -1, 1))
    on = (np.abs(across) < RADIUS) & (np.abs(along) < HALF)
    s = band_print(gen)
    art = np.asarray(s.image.convert("RGB").filter(ImageFilter.GaussianBlur(0.6)), np.float32)
    h, w = art.shape[:2]
    # The print runs around the wrist: its x is the angle, its y goes along the arm.
    scale = w / (RADIUS * 2.35)
    u = turn * RADIUS * scale + w / 2
    v = h / 2 - along * (h / (2 * HALF))
    inside = on & (u >= 0) & (u < w - 1) & (v >= 0) & (v < h - 1)
    white = np.full(a.shape, 246.0)
    ui, vi = np.clip(u, 0, w - 2), np.clip(v, 0, h - 2)
    i, j = ui.astype(int), vi.astype(int)
    fu, fv = (ui - i)[..., None], (vi - j)[..., None]
    sampled = (art[j, i] * (1 - fu) + art[j, i + 1] * fu) * (1 - fv) + (art[j + 1, i] * (1 - fu) + art[j + 1, i + 1] * fu) * fv
    band = np.where(inside[..., None], sampled, white)
    shade = 0.50 + 0.52 * np.cos(np.clip(turn + 0.42, -1.57, 1.57))
    gloss = np.exp(-((turn + 0.55) / 0.10) ** 2) * 26
    edge = np.clip((HALF - np.abs(along)) / 5, 0, 1)
    band = band * (shade * (0.82 + 0.18 * edge))[..., None] + gloss[..., None]
    cover = blur(np.where(on, 1.0, 0.0), 0.9)[..., None]
    under = blur(np.where((np.abs(along - 10) < HALF + 8) & (np.abs(across) < RADIUS), 1.0, 0.0), 9)[..., None]
    a = a * (1 - 0.5 * under)
    scene = from_array(a * (1 - cover) + band * cover)

    def seen(px, py):
        t = (px - w / 2) / (RADIUS * scale)
        q = RADIUS * np.sin(np.clip(t, -1.5, 1.5))
        p = (h / 2 - py) * (2 * HALF / h) - 0.10 * q * q / RADIUS
        return CENTRE[0] + p * ax - q * ay, CENTRE[1] + p * ay + q * ax

    def outline(points):
        ring = []
        for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1]):
            ring += [seen(x0 + (x1 - x0) * k / 6, y0 + (y1 - y0) * k / 6) for k in range(6)]
        return ring

    rim = RADIUS * 1.5708 * scale
    whole = [(w / 2 - rim, 0), (w / 2 + rim, 0), (w / 2 + rim, h), (w / 2 - rim, h)]
    return scene, [region("wristband", outline(whole))] + [region(m, outline(p), t) for m, p, t in s.marks]
