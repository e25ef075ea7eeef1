"""Flat sheets with text whose place is known, and the perspective that lays them into a scene.

Truth comes from here: whoever draws text on a sheet gets its quadrilateral recorded, and laying the sheet into a scene
maps it with the same homography as the pixels. Colours are RGB 0-255; coordinates are pixels, x right and y down.
"""

import zlib
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

SEED = 1927
# Debian packages: fonts-dejavu-core (Bitstream Vera licence), fonts-liberation2, fonts-bwht (OFL 1.1), fonts-breip (OFL 1.0).
FONTS = {
    "sans": "/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf",
    "bold": "/usr/share/fonts/truetype/liberation2/LiberationSans-Bold.ttf",
    "mono": "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
    "marker": "/usr/share/fonts/opentype/bwht/BecauseWeOrganize-Regular.otf",
    "caps": "/usr/share/fonts/opentype/bwht/BecauseWeConnect-Regular.otf",
    "pen": "/usr/share/fonts/truetype/breip/Breip.ttf",
}
HAND = {"marker", "caps", "pen"}


def rng(name):
    """A generator that depends on the scene's name only, so that adding a scene changes no other."""
    return np.random.default_rng([SEED, zlib.crc32(name.encode())])


@lru_cache(maxsize=None)
def font(name, size):
    return ImageFont.truetype(FONTS[name], size)


def noise(gen, size, cells):
    """Smooth noise in [-1, 1] of (width, height), with about `cells` (x, y) bumps."""
    w, h = size
    grid = gen.uniform(-1, 1, (max(2, cells[1]), max(2, cells[0]))).astype(np.float32)
    return np.asarray(Image.fromarray(grid).resize((w, h), Image.BICUBIC))


def from_array(a):
    return Image.fromarray(np.clip(np.rint(a), 0, 255).astype(np.uint8))


def gradient(size, top, bottom):
    w, h = size
    t = np.linspace(0, 1, h)[:, None, None]
    return from_array(np.broadcast_to(np.array(top) * (1 - t) + np.array(bottom) * t, (h, w, 3)))


def region(label, points, text=None):
    """One truth region from a polygon; an upright rectangle needs no polygon."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    x, y = min(xs), min(ys)
    out = {"label": label, "bbox": [round(v, 1) for v in (x, y, max(xs) - x, max(ys) - y)], "ignore": False}
    upright = len(points) == 4 and all(
        min(abs(px - x), abs(px - max(xs))) < 0.6 and min(abs(py - y), abs(py - max(ys))) < 0.6 for px, py in points
    )
    if not upright:
        out["polygon"] = [[round(float(px), 1), round(float(py), 1)] for px, py in points]
    if text is not None:
        out["text"] = text
    return out


def box(x, y, w, h):
    return [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]


class Sheet:
    """A flat drawing and the polygons of what is on it: `marks` holds (label, points, text)."""

    def __init__(self, size, fill=(255, 255, 255), gen=None):
        self.image = Image.new("RGBA", size, (*fill, 255) if len(fill) == 3 else fill)
        self.draw = ImageDraw.Draw(self.image)
        self.marks = []
        self.gen = gen or rng("sheet")

    def text(self, at, words, face="sans", size=24, fill=(20, 20, 20), right=False, truth=True):
        """Writes one line with its top left corner at `at`; handwriting wobbles. Returns the x where it ends."""
        f = font(face, size)
        hand = face in HAND
        pad = size
        width = int(f.getlength(words) * 1.12) + 2 * pad
        layer = Image.new("RGBA", (width, size * 2 + 2 * pad), (*fill, 0))
        pen, x = ImageDraw.Draw(layer), float(pad)
        for c in words:
            dy = self.gen.normal(0, size * 0.018) if hand else 0.0
            pen.text((x, pad + dy), c, font=f, fill=(*fill, 255))
            x += f.getlength(c) * (1 + (self.gen.normal(0, 0.03) if hand else 0.0))
        ink = layer.getchannel("A").getbbox()
        if ink is None:
            return at[0]
        turn = self.gen.normal(0, 0.7) if hand else 0.0
        ox, oy = (at[0] - (x - pad) if right else at[0]) - pad, at[1] - pad
        cx, cy = layer.width / 2, layer.height / 2
        layer = layer.rotate(-turn, Image.BICUBIC)
        self.image.paste(layer, (int(ox), int(oy)), layer)
        c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
        corners = [(ink[0] - 1, ink[1] - 1), (ink[2] + 1, ink[1] - 1), (ink[2] + 1, ink[3] + 1), (ink[0] - 1, ink[3] + 1)]
        quad = [
            (int(ox) + cx + (px - cx) * c - (py - cy) * s, int(oy) + cy + (px - cx) * s + (py - cy) * c)
            for px, py in corners
        ]
        if truth:
            self.marks.append(("text", quad, words))
        return at[0] + (x - pad)

    def mark(self, label, x, y, w, h, text=None):
        self.marks.append((label, box(x, y, w, h), text))

    def paste(self, image, at):
        image = image.convert("RGBA")
        self.image.alpha_composite(image, at)


def homography(src, dst):
    """The 3x3 matrix that takes four source points to four destination points."""
    rows, rhs = [], []
    for (x, y), (u, v) in zip(src, dst):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        rhs += [u, v]
    return np.append(np.linalg.solve(np.array(rows, float), np.array(rhs, float)), 1).reshape(3, 3)


def project(matrix, points):
    p = np.array([[x, y, 1.0] for x, y in points]) @ matrix.T
    return [(float(a), float(b)) for a, b in p[:, :2] / p[:, 2:]]


def place(scene, sheet, quad, label=None, shadow=None, over=2):
    """Lays `sheet` on `scene` (RGB) so that its corners fall on `quad`; returns the scene and the truth regions.

    `shadow` is (dx, dy, blur, strength 0-1). `over` is the supersampling that keeps small print from aliasing.
    """
    w, h = sheet.image.size
    matrix = homography(box(0, 0, w, h), quad)
    big = (scene.width * over, scene.height * over)
    inverse = np.linalg.inv(np.diag([over, over, 1]) @ matrix)
    inverse /= inverse[2, 2]
    warped = sheet.image.transform(big, Image.PERSPECTIVE, tuple(inverse.ravel()[:8]), Image.BICUBIC)
    warped = warped.resize(scene.size, Image.BOX)
    out = scene.convert("RGBA")
    if shadow:
        dx, dy, blur, strength = shadow
        dark = Image.new("L", scene.size, 0)
        dark.paste(warped.getchannel("A"), (dx, dy))
        dark = dark.filter(ImageFilter.GaussianBlur(blur)).point(lambda v: int(v * strength))
        out = Image.composite(Image.new("RGBA", scene.size, (10, 10, 14, 255)), out, dark)
    out.alpha_composite(warped)
    regions = [region(mark, project(matrix, points), text) for mark, points, text in sheet.marks]
    if label:
        regions.insert(0, region(label, list(quad)))
    return out.convert("RGB"), regions


def photograph(scene, gen, blur=0.6, grain=2.6, vignette=0.22, warmth=1.0):
    """What a small camera adds: a little softness, darker corners and grain."""
    a = np.asarray(scene.filter(ImageFilter.GaussianBlur(blur)), np.float32)
    h, w = a.shape[:2]
    y, x = np.mgrid[-1:1:h * 1j, -1:1:w * 1j]
    a = a * (1 - vignette * np.clip((x**2 + y**2) / 2, 0, 1) ** 1.3)[..., None]
    a *= np.array([warmth, 1.0, 2 - warmth])
    return from_array(a + gen.normal(0, grain, a.shape[:2])[..., None] + gen.normal(0, grain / 2, a.shape))
