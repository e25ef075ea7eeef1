"""Exif blocks with everything a phone writes, down to a second directory with a thumbnail; Pillow writes no such thing."""

import struct

ASCII, SHORT, LONG, RATIONAL, UNDEFINED, BYTE = 2, 3, 4, 5, 7, 1
WIDTH = {ASCII: 1, SHORT: 2, LONG: 4, RATIONAL: 8, UNDEFINED: 1, BYTE: 1}


def encode(kind, value):
    if kind in (ASCII, UNDEFINED, BYTE):
        raw = value.encode() + b"\0" if kind == ASCII else bytes(value)
        return raw, len(raw)
    values = value if isinstance(value, list) else [value]
    if kind == RATIONAL:
        return b"".join(struct.pack("<II", *v) for v in values), len(values)
    return struct.pack(f"<{len(values)}{'H' if kind == SHORT else 'I'}", *values), len(values)


def directory(entries, start, following):
    """One image file directory at offset `start`; `following(end)` is the offset of the next one, or 0."""
    size = 2 + 12 * len(entries) + 4
    rows, extra = b"", b""
    for tag, kind, value in sorted(entries):
        raw, count = encode(kind, value)
        if len(raw) <= 4:
            rows += struct.pack("<HHI", tag, kind, count) + raw.ljust(4, b"\0")
        else:
            rows += struct.pack("<HHII", tag, kind, count, start + size + len(extra))
            extra += raw + b"\0" * (len(raw) % 2)
    return struct.pack("<H", len(entries)) + rows + struct.pack("<I", following(start + size + len(extra))) + extra


def block(main, exif=(), gps=(), thumbnail=None):
    """A TIFF stream (little endian): the main directory, Exif and GPS directories, and a JPEG thumbnail in the second.

    Each of the first three is a list of (tag, type, value).
    """
    main = list(main)
    size = lambda entries: len(directory(entries, 0, lambda _: 0))  # noqa: E731
    pointers = ([(0x8769, LONG, 0)] if exif else []) + ([(0x8825, LONG, 0)] if gps else [])
    at_exif = 8 + size(main + pointers)
    at_gps = at_exif + (size(list(exif)) if exif else 0)
    at_second = at_gps + (size(list(gps)) if gps else 0)
    links = ([(0x8769, LONG, at_exif)] if exif else []) + ([(0x8825, LONG, at_gps)] if gps else [])
    out = b"II*\0" + struct.pack("<I", 8)
    out += directory(main + links, 8, lambda _: at_second if thumbnail else 0)
    out += directory(list(exif), at_exif, lambda _: 0) if exif else b""
    out += directory(list(gps), at_gps, lambda _: 0) if gps else b""
    if thumbnail:
        second = lambda at: [(0x0103, SHORT, 6), (0x0201, LONG, at), (0x0202, LONG, len(thumbnail))]  # noqa: E731
        at_jpeg = at_second + size(second(0))
        out += directory(second(at_jpeg), at_second, lambda _: 0) + thumbnail
    return out


def segment(marker, payload):
    """A JPEG marker segment."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(payload) + 2) + payload


def with_segments(jpeg, segments):
    """The JPEG with `segments` placed right after its start-of-image marker."""
    assert jpeg[:2] == b"\xff\xd8"
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def exif_segment(tiff):
    return segment(0xE1, b"Exif\0\0" + tiff)


def xmp_packet(body):
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/">'
        f"{body}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"w\"?>"
    ).encode()


def xmp_segment(body):
    return segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp_packet(body))


def iptc_segment(records):
    """Photoshop image resources with one IPTC block; `records` maps dataset numbers of record 2 to text."""
    data = b"".join(b"\x1c\x02" + bytes([k]) + struct.pack(">H", len(v.encode())) + v.encode() for k, v in records.items())
    data += b"\0" * (len(data) % 2)
    return segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(data)) + data)
