"""The same scenes in other containers. Each function returns (bytes, truth by frame or page)."""

import io
import struct
import zlib

import numpy as np
import pillow_heif
import pillow_jxl  # noqa: F401  (registers JPEG XL with Pillow)
from PIL import Image

from . import phone
from .canvas import box, gradient, region, rng
from .people import FACE, cut_out
from .rooms import curtain


# Text lower than this, in pixels, is not asked for: no letter of it can be told from another.
TEXT_PX_MIN = 7


def shrunk(image, truth, width):
    """The picture at `width` pixels with its truth scaled along."""
    k = width / image.width
    small = image.resize((width, round(image.height * k)), Image.LANCZOS)
    out = []
    for r in truth:
        r = dict(r, bbox=[round(v * k, 1) for v in r["bbox"]])
        if "polygon" in r:
            r["polygon"] = [[round(x * k, 1), round(y * k, 1)] for x, y in r["polygon"]]
        if r["label"] == "text" and min(r["bbox"][2:]) < TEXT_PX_MIN:
            r["ignore"] = True
        out.append(r)
    return small, out


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def png_chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_16(image):
    """RGB with 16 bits a channel, which Pillow does not write: the low byte carries a fine ramp of its own."""
    a = np.asarray(image.convert("RGB"), np.uint16)
    low = np.arange(a.shape[1], dtype=np.uint16)[None, :, None] % 256
    rows = (a * 256 + low).astype(">u2")
    raw = b"".join(b"\0" + row.tobytes() for row in rows)
    head = struct.pack(">IIBBBBB", image.width, image.height, 16, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", head) + png_chunk(b"IDAT", zlib.compress(raw, 9)) + png_chunk(b"IEND", b"")


def walk(count=12, size=(320, 240), side=150):
    """Frames of the person passing in front of a curtain, half out of the picture at both ends."""
    gen = rng("walk")
    w, h = size
    back = gradient(size, (220, 224, 218), (190, 198, 194))
    back.paste(curtain(gen, (120, h), (128, 172, 186)), (150, 0))
    person = cut_out().resize((side, side), Image.LANCZOS)
    frames, truth = [], []
    for i in range(count):
        left = round(-side * 0.3 + (w - side * 0.4) * i / (count - 1))
        top = h - side + round(3 * np.sin(i * 1.4))
        frame = back.copy()
        frame.paste(person, (left, top), person)
        x, y, fw, fh = (v * side / 512 for v in FACE)
        x0, x1 = max(0.0, left + x), min(float(w), left + x + fw)
        frames.append(frame)
        truth.append([region("face", box(x0, top + y, x1 - x0, fh))])
    return frames, truth


def animated_gif():
    frames, truth = walk()
    flat = [f.quantize(96, dither=Image.Dither.NONE) for f in frames]
    return saved(flat[0], "GIF", save_all=True, append_images=flat[1:], duration=120, loop=0, disposal=1), truth


def animated_webp():
    frames, truth = walk(16, (480, 320), 240)
    return saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=80, loop=0, quality=80, method=6), truth


def two_pages(first, second):
    """A TIFF with two pages; each argument is (image, truth)."""
    pages = [shrunk(*first, 760), shrunk(*second, 640)]
    data = saved(pages[0][0], "TIFF", save_all=True, append_images=[pages[1][0]], compression="jpeg", quality=88)
    return data, [truth for _, truth in pages]


def heic(image, truth):
    image, truth = shrunk(image, truth, 900)
    pillow_heif.options.ALLOW_INCORRECT_HEADERS = False
    out = io.BytesIO()
    pillow_heif.from_pillow(image).save(out, quality=70, exif=b"Exif\0\0" + phone.tiff_block(orientation=1))
    return out.getvalue(), [truth]


def avif(image, truth):
    image, truth = shrunk(image, truth, 1200)
    return saved(image, "AVIF", quality=72, speed=6, max_threads=1), [truth]


def jpeg_xl(image, truth):
    image, truth = shrunk(image, truth, 1200)
    return saved(image, "JXL", quality=84, num_threads=1), [truth]


def printer_jpeg(image, truth):
    """CMYK as a print shop sends it."""
    image, truth = shrunk(image, truth, 800)
    return saved(image.convert("CMYK"), "JPEG", quality=86), [truth]


def bitmap(image, truth):
    image, truth = shrunk(image, truth, 420)
    return saved(image, "BMP"), [truth]
