"""Bar codes that scan: Code 128 and QR, as pictures of whole modules."""

import segno
from barcode.codex import Code128
from PIL import Image


def code128(words, module, height):
    """Black bars on white with the quiet zones of ten modules at either side."""
    bits = "0" * 10 + Code128(words).build()[0] + "0" * 10
    row = Image.new("L", (len(bits), 1))
    row.putdata([255 if b == "0" else 0 for b in bits])
    return row.resize((len(bits) * module, height), Image.NEAREST)


def qr(words, module):
    """Error correction M, with a quiet zone of two modules."""
    rows = list(segno.make(words, error="m", micro=False).matrix_iter(border=2))
    code = Image.new("L", (len(rows[0]), len(rows)))
    code.putdata([0 if v else 255 for row in rows for v in row])
    return code.resize((code.width * module, code.height * module), Image.NEAREST)
