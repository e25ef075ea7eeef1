"""What a phone adds to a photograph of the bedside: every place where identity hides in a JPEG, filled with placeholders."""

import io
import struct

from PIL import Image

from . import exif
from .canvas import rng

# One token for each place, so that a leak names where it came from. None of them may be in any output.
CANARIES = [
    "CANARY-EXIF-OWNER-JANE-EXAMPLE", "CANARY-EXIF-ARTIST", "CANARY-EXIF-SERIAL-0000", "CANARY-EXIF-LENS-0000",
    "CANARY-EXIF-COMMENT-MRN-00000000", "CANARY-EXIF-DESCRIPTION", "CANARY-XMP-CREATOR", "CANARY-IPTC-CAPTION",
    "CANARY-JPEG-COMMENT", "CANARY-THUMBNAIL-COMMENT", "CANARY-MOTION-VIDEO",
]


def jpeg(image, quality, **more):
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True, **more)
    return out.getvalue()


def tiff_block(thumbnail=None, orientation=6):
    """A phone's Exif block; the place is in the open sea."""
    ascii_, short, rational = exif.ASCII, exif.SHORT, exif.RATIONAL
    main = [
        (0x010E, ascii_, CANARIES[5]), (0x010F, ascii_, "Placeholder Devices"), (0x0110, ascii_, "DemoPhone 1"),
        (0x0112, short, orientation), (0x011A, rational, (72, 1)), (0x011B, rational, (72, 1)), (0x0128, short, 2),
        (0x0131, ascii_, "DemoCam 1.0"), (0x0132, ascii_, "2000:01:01 09:41:00"), (0x013B, ascii_, CANARIES[1]),
        (0x8298, ascii_, "Nobody"),
    ]
    camera = [
        (0x829A, rational, (1, 60)), (0x829D, rational, (18, 10)), (0x9000, exif.UNDEFINED, b"0232"),
        (0x9003, ascii_, "2000:01:01 09:41:00"), (0x9011, ascii_, "+00:00"), (0x920A, rational, (57, 10)),
        (0x9286, exif.UNDEFINED, b"ASCII\0\0\0" + CANARIES[4].encode()), (0xA430, ascii_, CANARIES[0]),
        (0xA431, ascii_, CANARIES[2]), (0xA433, ascii_, "Placeholder Devices"), (0xA435, ascii_, CANARIES[3]),
    ]
    place = [
        (0x0000, exif.BYTE, b"\x02\x03\0\0"), (0x0001, ascii_, "N"), (0x0002, rational, [(12, 1), (34, 1), (5600, 100)]),
        (0x0003, ascii_, "W"), (0x0004, rational, [(65, 1), (43, 1), (2100, 100)]), (0x0005, exif.BYTE, b"\0"),
        (0x0006, rational, (7, 1)), (0x001D, ascii_, "2000:01:01"),
    ]
    return exif.block(main, camera, place, thumbnail)


def clip():
    """Bytes laid out like the short video that phones append: box sizes are right, the samples are noise."""
    box = lambda kind, body: struct.pack(">I", len(body) + 8) + kind + body  # noqa: E731
    body = rng("motion").integers(0, 256, 24_000, dtype="uint8").tobytes()
    return box(b"ftyp", b"mp42\0\0\0\0mp42isom") + box(b"free", CANARIES[10].encode()) + box(b"mdat", body)


def photo(upright):
    """The photograph as stored: on its side, Orientation 6, with everything else; the thumbnail shows the face."""
    stored = upright.transpose(Image.ROTATE_90)
    small = stored.resize((160, 120), Image.LANCZOS)
    thumbnail = exif.with_segments(jpeg(small, 80), [exif.segment(0xFE, CANARIES[9].encode())])
    trailer = clip()
    xmp = (
        f"<dc:creator><rdf:Seq><rdf:li>{CANARIES[6]}</rdf:li></rdf:Seq></dc:creator>"
        '<GCamera:MotionPhoto xmlns:GCamera="http://ns.google.com/photos/1.0/camera/">1</GCamera:MotionPhoto>'
        f'<GCamera:MicroVideoOffset xmlns:GCamera="http://ns.google.com/photos/1.0/camera/">{len(trailer)}'
        "</GCamera:MicroVideoOffset>"
    )
    segments = [
        exif.exif_segment(tiff_block(thumbnail)), exif.xmp_segment(xmp), exif.iptc_segment({120: CANARIES[7], 80: "Nobody"}),
        exif.segment(0xFE, CANARIES[8].encode()),
    ]
    return exif.with_segments(jpeg(stored, 88), segments) + trailer
