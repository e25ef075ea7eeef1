"""Scenes of a person in a room: by the bed, and lying in it. The room is drawn, the person is the portrait's cut-out."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from .canvas import Sheet, from_array, gradient, noise, photograph, place, region, rng
from .people import FACE, cut_out, suit_print


def curtain(gen, size, tone):
    """Hanging cloth: folds that run down and widen."""
    w, h = size
    y, x = np.mgrid[0:h, 0:w]
    wave = x + 16 * np.sin(y / 260.0) + noise(gen, size, (5, 4)) * 18
    fold = 0.5 + 0.5 * np.sin(wave / 17.0 + 1.6 * np.sin(wave / 71.0))
    return from_array(np.array(tone) * (0.66 + 0.42 * fold)[..., None] * (1 + 0.02 * noise(gen, size, (w // 2, h // 2)))[..., None])


def ward(gen, size):
    """An upright room of `size`: wall with rail, window, curtain, drip stand, bed head, floor; and its text regions."""
    w, h = size
    room = gradient(size, (222, 226, 220), (196, 204, 200))
    room = from_array(np.asarray(room, np.float32) + noise(gen, size, (9, 9))[..., None] * 4)
    draw = ImageDraw.Draw(room)
    floor = int(h * 0.80)
    tiles = gradient((w, h - floor), (150, 156, 158), (176, 180, 180))
    room.paste(tiles, (0, floor))
    draw.rectangle([0, floor - 26, w, floor], fill=(120, 132, 138))
    x0, y0, x1, y1 = int(w * 0.50), int(h * 0.07), int(w * 0.94), int(h * 0.40)
    view = gradient((x1 - x0, y1 - y0), (176, 208, 236), (226, 238, 244))
    for i in range(7):
        tx = int(view.width * (0.15 * i - 0.03))
        top = view.height - 150 - int(gen.integers(0, 60))
        ImageDraw.Draw(view).ellipse([tx, top, tx + 130, view.height + 40], fill=(116, 150, 108))
    room.paste(view, (x0, y0))
    draw.rectangle([x0 - 40, y1, x1 + 40, y1 + 60], fill=(212, 218, 214))
    draw.rectangle([x0 - 14, y0 - 14, x1 + 14, y1 + 4], outline=(246, 246, 244), width=16)
    draw.line([((x0 + x1) // 2, y0), ((x0 + x1) // 2, y1)], fill=(246, 246, 244), width=14)
    room = room.filter(ImageFilter.GaussianBlur(5))
    draw = ImageDraw.Draw(room)
    rail = int(h * 0.46)
    draw.rectangle([0, rail, w, rail + 60], fill=(186, 176, 160))
    draw.line([(0, rail + 2), (w, rail + 2)], fill=(222, 214, 200), width=5)
    for k, ink in enumerate(((60, 130, 190), (230, 230, 226), (210, 190, 60))):
        draw.ellipse([int(w * 0.60) + k * 74, rail + 10, int(w * 0.60) + k * 74 + 44, rail + 54], fill=ink, outline=(90, 90, 90), width=3)
    cloth = curtain(gen, (int(w * 0.27), int(h * 0.78)), (128, 172, 186))
    room.paste(cloth.filter(ImageFilter.GaussianBlur(2)), (0, 0))
    draw.rectangle([0, 0, w, 16], fill=(170, 174, 178))
    sx = int(w * 0.90)
    draw.line([(sx, int(h * 0.14)), (sx, int(h * 0.92))], fill=(150, 156, 162), width=14)
    draw.line([(sx - 3, int(h * 0.14)), (sx - 3, int(h * 0.92))], fill=(214, 218, 222), width=4)
    draw.line([(sx - 70, int(h * 0.14)), (sx + 70, int(h * 0.14))], fill=(170, 176, 182), width=10)
    draw.rounded_rectangle([sx - 112, int(h * 0.15), sx - 22, int(h * 0.15) + 190], 20, fill=(226, 234, 238), outline=(176, 186, 192), width=4)
    draw.line([(sx - 66, int(h * 0.15) + 190), (sx - 60, int(h * 0.5)), (sx - 150, int(h * 0.72))], fill=(216, 224, 228), width=5)
    sign = Sheet((380, 200), (252, 252, 250), gen)
    sign.draw.rectangle([0, 0, 379, 56], fill=(28, 96, 150))
    sign.text((18, 8), "BED 7-01", "bold", 36, (250, 250, 250))
    sign.text((20, 72), "Jane Example", "marker", 48, (30, 40, 90))
    sign.text((20, 136), "Dr. Sample", "marker", 40, (30, 40, 90))
    left, top = int(w * 0.255), int(h * 0.075)
    return place(room, sign, [(left, top), (left + 230, top + 6), (left + 228, top + 130), (left - 2, top + 124)], "document", (4, 7, 5, 0.35))


def stand(scene, side, at, turn=0):
    """Puts the person into the scene with the portrait `side` pixels wide, its corner at `at`; returns truth regions.

    `turn` is a whole number of quarter turns anticlockwise.
    """
    person = cut_out().resize((side, side), Image.LANCZOS)
    a = np.asarray(person, np.float32).copy()
    a[..., :3] = a[..., :3] * np.array([0.97, 0.98, 0.96]) + 4
    person = Image.fromarray(np.clip(a, 0, 255).astype(np.uint8), "RGBA")

    def turned(x, y):
        for _ in range(turn % 4):
            x, y = y, 512 - x
        return at[0] + x * side / 512, at[1] + y * side / 512

    person = person.rotate(90 * turn, expand=True)
    dark = Image.new("L", scene.size, 0)
    dark.paste(person.getchannel("A"), (at[0] + 22, at[1] + 18))
    dark = dark.filter(ImageFilter.GaussianBlur(26)).point(lambda v: int(v * 0.34))
    scene = Image.composite(Image.new("RGB", scene.size, (14, 14, 18)), scene, dark)
    scene.paste(person, at, person)
    x, y, w, h = FACE
    face = [turned(px, py) for px, py in ((x, y), (x + w, y), (x + w, y + h), (x, y + h))]
    return scene, [region("face", face), *suit_print(side / 512, turned)]


def bedside():
    """Upright, 1200 x 1600: what a phone held upright shows."""
    gen = rng("bedside")
    size = (1200, 1600)
    scene, truth = ward(gen, size)
    scene, people = stand(scene, 1060, (90, 540))
    return photograph(scene, gen, 0.7, 3.0, 0.24, 1.01), people + truth


def lying():
    """A person in bed seen from above, turned by a quarter: 1600 x 1000."""
    gen = rng("lying")
    w, h = 1600, 1000
    wallpaper = np.asarray(gradient((w, h), (206, 212, 208), (186, 194, 192)), np.float32)
    scene = from_array(wallpaper + noise(gen, (w, h), (8, 6))[..., None] * 5)
    scene.paste(curtain(gen, (420, 560), (196, 178, 140)).filter(ImageFilter.GaussianBlur(3)), (1180, 0))
    draw = ImageDraw.Draw(scene)
    draw.rounded_rectangle([20, 120, 92, 1040], 26, fill=(146, 112, 80))
    draw.rounded_rectangle([30, 130, 60, 1040], 16, fill=(172, 136, 98))
    creases = 0.05 * noise(gen, (w, h), (8, 6)) + 0.03 * noise(gen, (w, h), (30, 24))
    linen = np.array([216, 224, 232]) * (1 + creases)[..., None]
    mattress = Image.new("L", (w, h), 0)
    ImageDraw.Draw(mattress).rounded_rectangle([80, 150, 1700, 1100], 40, fill=255)
    scene = Image.composite(from_array(linen), scene, mattress.filter(ImageFilter.GaussianBlur(2)))
    pillow = Image.new("L", (w, h), 0)
    d = ImageDraw.Draw(pillow)
    d.rounded_rectangle([70, 240, 360, 900], 110, fill=255)
    tone = np.array([246, 248, 250]) * (0.95 + 0.07 * noise(gen, (w, h), (14, 9)) - 0.10 * np.abs(np.mgrid[0:h, 0:w][1] - 210) / 300)[..., None]
    dark = Image.new("L", (w, h), 0)
    dark.paste(pillow, (20, 22))
    scene = Image.composite(Image.new("RGB", (w, h), (60, 64, 72)), scene, dark.filter(ImageFilter.GaussianBlur(22)).point(lambda v: v // 3))
    scene = Image.composite(from_array(tone), scene, pillow.filter(ImageFilter.GaussianBlur(3)))
    scene, people = stand(scene, 700, (150, 190), 1)
    x = np.mgrid[0:h, 0:w][1]
    folds = noise(gen, (w, h), (7, 9)) * 0.10 + np.abs(noise(gen, (w, h), (6, 12))) * 0.14
    cover = np.array([112, 150, 186]) * (0.92 + folds + 0.02 * noise(gen, (w, h), (700, 500)) - 0.10 * (x / w))[..., None]
    shape = Image.new("L", (w, h), 0)
    ImageDraw.Draw(shape).polygon([(690, 300), (760, 208), (1040, 190), (1620, 250), (1620, 1010), (640, 1010), (660, 640)], fill=255)
    shape = shape.filter(ImageFilter.GaussianBlur(10)).point(lambda v: min(255, max(0, (v - 96) * 4)))
    shadow = Image.new("L", (w, h), 0)
    shadow.paste(shape, (-16, 6))
    scene = Image.composite(Image.new("RGB", (w, h), (24, 22, 28)), scene, shadow.filter(ImageFilter.GaussianBlur(14)).point(lambda v: int(v * 0.5)))
    scene = Image.composite(from_array(cover), scene, shape)
    label = Sheet((300, 150), (250, 250, 246), gen)
    label.text((18, 14), "J. EXAMPLE", "bold", 40, (30, 30, 40))
    label.text((18, 66), "MRN 00000000", "mono", 28, (30, 30, 40))
    label.text((18, 104), "left side only", "pen", 34, (24, 38, 130))
    scene, more = place(scene, label, [(1090, 640), (1352, 652), (1346, 786), (1084, 772)], "document", (5, 7, 5, 0.4))
    return photograph(scene, gen, 0.7, 2.8, 0.26, 1.01), people + more
