"""Scenes of things held close: the paper chart on its clipboard and the id badge on a lanyard."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from .canvas import Sheet, from_array, noise, photograph, place, rng
from .codes import code128, qr
from .people import FACE, cut_out

SIZE = (1600, 1200)
BLUE = (24, 38, 130)


def wood(gen, tone):
    """A table top: long fibres with rings that wander."""
    y, x = np.mgrid[0:SIZE[1], 0:SIZE[0]]
    bend = noise(gen, SIZE, (4, 3)) * 60
    rings = np.sin((y + bend) / 19.0 + 2.2 * noise(gen, SIZE, (3, 14)))
    fibre = noise(gen, SIZE, (14, 700)) * 0.6 + noise(gen, SIZE, (40, 1100)) * 0.4
    board = np.where((y // 300) % 2, 1.0, 0.93) - 0.25 * np.exp(-((y % 300) / 3.0) ** 2)
    return from_array(np.array(tone) * ((1 + 0.06 * rings + 0.09 * fibre) * board)[..., None])


def chart_page(gen):
    s = Sheet((1000, 1340), (252, 251, 246), gen)
    s.text((60, 46), "TEST HOSPITAL", "bold", 44, (30, 70, 120))
    s.text((60, 100), "Ward 7 East   tel 555-0100   example.org", "sans", 24, (70, 80, 90))
    bars = code128("00000000", 3, 74)
    s.paste(bars, (620, 44))
    s.mark("barcode", 650, 44, bars.width - 60, 74)
    s.text((690, 122), "MRN 00000000", "mono", 24, (30, 30, 30))
    s.draw.line([(50, 164), (950, 164)], fill=(30, 70, 120), width=4)
    s.text((60, 182), "OBSERVATION CHART", "bold", 34, (30, 30, 30))
    fields = [("Name", "Jane Example", 60, 244), ("Born", "01 Jan 1900", 620, 244), ("Address", "1 Placeholder Street, Nowhere", 60, 318),
              ("Next of kin", "Joe Example  555-0123", 60, 392), ("Bed", "7-01", 740, 392)]
    for head, words, x, y in fields:
        s.text((x, y + 14), head, "sans", 22, (90, 96, 104))
        start = x + 24 + len(head) * 12
        s.text((start, y - 8), words, "pen", 50, BLUE)
        s.draw.line([(start - 6, y + 48), (min(940, start + 60 + len(words) * 22), y + 48)], fill=(150, 156, 164), width=2)
    s.draw.rectangle([60, 476, 940, 860], outline=(110, 120, 130), width=3)
    for i in range(1, 12):
        s.draw.line([(60 + i * 73.3, 476), (60 + i * 73.3, 860)], fill=(204, 210, 216), width=2)
    for i in range(1, 8):
        s.draw.line([(60, 476 + i * 48), (940, 476 + i * 48)], fill=(204, 210, 216), width=2)
    for i, hour in enumerate(["06", "08", "10", "12", "14", "16", "18", "20", "22"]):
        s.text((122 + i * 92, 866), hour, "sans", 20, (90, 96, 104))
    for base, swing, ink in ((600, 40, (190, 30, 40)), (760, 26, BLUE)):
        line = [(134 + i * 92 + gen.integers(-4, 5), base + gen.integers(-swing, swing)) for i in range(9)]
        s.draw.line(line, fill=ink, width=4)
        for x, y in line:
            s.draw.line([(x - 8, y - 8), (x + 8, y + 8)], fill=ink, width=4)
            s.draw.line([(x - 8, y + 8), (x + 8, y - 8)], fill=ink, width=4)
    s.text((70, 482), "Temp / Pulse", "bold", 22, (90, 96, 104))
    s.text((60, 912), "Notes", "bold", 28, (30, 30, 30))
    notes = ["Seen by Dr. Sample on 01 Jan 2000, 09:10", "pain 3/10, walks with one stick", "plan: X-ray, then home with sister",
             "call 555-0123 before discharge"]
    for i, words in enumerate(notes):
        y = 956 + i * 66
        s.draw.line([(60, y + 56), (940, y + 56)], fill=(196, 202, 210), width=2)
        s.text((72, y), words, "pen", 46, BLUE)
    s.text((60, 1262), "Signature", "sans", 22, (90, 96, 104))
    s.text((190, 1230), "D. Sample", "pen", 64, BLUE)
    s.text((700, 1268), "Form DEMO-1   page 1 of 2", "sans", 20, (120, 126, 134))
    paper = np.asarray(s.image.convert("RGB"), np.float32) * (1 + 0.012 * noise(gen, s.image.size, (9, 12)))[..., None]
    s.image = from_array(paper).convert("RGBA")
    return s


def chart():
    gen = rng("chart")
    scene = wood(gen, (150, 104, 66))
    board = Sheet((1120, 1520), (96, 66, 40), gen)
    grain = np.asarray(board.image.convert("RGB"), np.float32) * (1 + 0.12 * noise(gen, board.image.size, (300, 420)))[..., None]
    board.image = from_array(grain).convert("RGBA")
    page = chart_page(gen)
    under = Sheet((1000, 1340), (240, 238, 230), gen)
    flat, _ = place(board.image.convert("RGB"), under, [(76, 136), (1076, 122), (1092, 1462), (92, 1476)], None, (6, 8, 6, 0.4), 1)
    flat, regions = place(flat, page, [(60, 120), (1060, 126), (1054, 1466), (54, 1460)], "document", (8, 10, 7, 0.45), 1)
    draw = ImageDraw.Draw(flat)
    draw.rounded_rectangle([380, 18, 740, 120], 16, fill=(150, 154, 160))
    draw.rounded_rectangle([380, 18, 740, 74], 16, fill=(192, 196, 202))
    draw.rounded_rectangle([400, 86, 720, 128], 10, fill=(120, 124, 130))
    draw.ellipse([530, 26, 590, 84], fill=(70, 52, 36), outline=(110, 114, 120), width=6)
    board.image = flat.convert("RGBA")
    board.marks = [(r["label"], r.get("polygon") or square(r["bbox"]), r.get("text")) for r in regions]
    scene, truth = place(scene, board, [(452, -30), (1250, 66), (1130, 1228), (206, 1092)], None, (18, 22, 18, 0.5))
    scene, _ = place(scene, pen_object(gen), [(1278, 420), (1316, 408), (1486, 952), (1448, 964)], None, (12, 16, 8, 0.5))
    scope(scene)
    return photograph(scene, gen, 0.6, 2.6, 0.34, 1.02), clipped(truth)


def square(bbox):
    x, y, w, h = bbox
    return [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]


def clipped(truth):
    """Boxes end at the picture's edge, as a person would label them."""
    for r in truth:
        x, y, w, h = r["bbox"]
        x0, y0, x1, y1 = max(0, x), max(0, y), min(SIZE[0], x + w), min(SIZE[1], y + h)
        r["bbox"] = [round(v, 1) for v in (x0, y0, x1 - x0, y1 - y0)]
    return truth


def pen_object(gen):
    s = Sheet((40, 560), (0, 0, 0, 0), gen)
    for x in range(40):
        k = 0.55 + 0.6 * np.sin(np.pi * (x + 3) / 44)
        s.draw.line([(x, 30), (x, 470)], fill=tuple(int(v * k) for v in (30, 60, 150)) + (255,))
        s.draw.line([(x, 190), (x, 204)], fill=tuple(int(v * k) for v in (210, 212, 216)) + (255,))
    s.draw.polygon([(2, 470), (38, 470), (24, 544), (16, 544)], fill=(196, 198, 204, 255))
    s.draw.polygon([(16, 544), (24, 544), (20, 559)], fill=(60, 60, 64, 255))
    s.draw.rounded_rectangle([14, 4, 26, 36], 5, fill=(190, 194, 200, 255))
    return s


def scope(scene):
    """A stethoscope's tube and bell at the picture's left."""
    layer = Image.new("RGBA", scene.size, (0, 0, 0, 0))
    d = ImageDraw.Draw(layer)
    for shift, ink, width in ((16, (10, 8, 6, 120), 34), (0, (34, 58, 66, 255), 30), (-6, (78, 112, 122, 255), 7)):
        d.arc([-260 + shift, 300 + shift, 210 + shift, 940 + shift], 250, 100, fill=ink, width=width)
    d.ellipse([30, 902, 190, 1062], fill=(10, 8, 6, 110))
    d.ellipse([14, 880, 174, 1040], fill=(150, 156, 162, 255))
    d.ellipse([26, 890, 162, 1028], fill=(206, 210, 214, 255))
    d.ellipse([44, 908, 144, 1010], fill=(232, 234, 236, 255))
    scene.paste(layer.filter(ImageFilter.GaussianBlur(1.4)), (0, 0), layer.filter(ImageFilter.GaussianBlur(1.4)))


def fabric(gen, tone):
    """Scrubs on a chest: soft folds and a weave."""
    folds = noise(gen, SIZE, (5, 3)) * 0.10 + np.abs(noise(gen, SIZE, (9, 2))) * 0.12 + noise(gen, SIZE, (3, 3)) * 0.08
    y, x = np.mgrid[0:SIZE[1], 0:SIZE[0]]
    weave = 0.02 * np.sin(x * 1.9 + y * 0.3) + 0.02 * np.sin(y * 1.9 - x * 0.3) + noise(gen, SIZE, (800, 600)) * 0.02
    round_off = 1.06 - 0.34 * np.abs(x / SIZE[0] - 0.46) ** 1.5
    return np.array(tone) * ((1 + folds + weave) * round_off)[..., None]


def badge():
    gen = rng("badge")
    scene = from_array(fabric(gen, (54, 138, 142)))
    neck = Image.new("L", SIZE, 0)
    ImageDraw.Draw(neck).polygon([(430, -20), (1130, -20), (800, 430)], fill=255)
    skin = from_array(np.array([206, 160, 134]) * (1 + 0.03 * noise(gen, SIZE, (12, 9))
                                                    - 0.22 * np.linspace(1, 0, SIZE[1])[:, None])[..., None])
    scene = Image.composite(skin, scene, neck.filter(ImageFilter.GaussianBlur(2)))
    draw = ImageDraw.Draw(scene)
    for off, ink in ((0, (40, 116, 120)), (26, (70, 156, 160)), (34, (44, 120, 124))):
        draw.line([(424 - off, -20), (800, 436 + off * 1.25), (1136 + off, -20)], fill=ink, width=24 if off == 0 else 4, joint="curve")
    pocket = ImageDraw.Draw(scene)
    pocket.line([(1120, 640), (1560, 612)], fill=(40, 112, 116), width=9)
    pocket.line([(1120, 652), (1560, 624)], fill=(74, 160, 164), width=3)
    pocket.line([(1120, 640), (1136, 1210)], fill=(42, 114, 118), width=6)

    straps = []
    for start, end in (((470, -20), (772, 452)), ((1096, -20), (812, 452))):
        (x0, y0), (x1, y1) = start, end
        strap = Sheet((600, 48), (34, 52, 120), gen)
        strap.draw.line([(0, 5), (600, 5)], fill=(80, 100, 170), width=3)
        strap.draw.line([(0, 42), (600, 42)], fill=(20, 32, 84), width=3)
        n = np.array([-(y1 - y0), x1 - x0], float)
        n = n / np.hypot(*n) * 24
        strap.text((60, 9), "TEST HOSPITAL   TEST HOSPITAL", "bold", 25, (226, 232, 246))
        quad = [(x0 - n[0], y0 - n[1]), (x1 - n[0], y1 - n[1]), (x1 + n[0], y1 + n[1]), (x0 + n[0], y0 + n[1])]
        if x0 > x1:
            quad = quad[2:] + quad[:2]
        scene, more = place(scene, strap, quad, None, (8, 12, 8, 0.4))
        straps += more

    card = Sheet((640, 900), (250, 251, 252), gen)
    card.draw.rectangle([0, 0, 640, 150], fill=(22, 72, 110))
    card.text((36, 30), "TEST HOSPITAL", "bold", 56, (245, 250, 255))
    card.text((36, 98), "staff identity card", "sans", 30, (196, 216, 230))
    card.draw.rectangle([166, 186, 474, 536], fill=(198, 210, 218))
    head = cut_out().crop((100, 0, 372, 309)).resize((308, 350), Image.LANCZOS)
    card.paste(head, (166, 186))
    k = 308 / 272
    card.mark("face", 166 + (FACE[0] - 100) * k, 186 + FACE[1] * 350 / 309, FACE[2] * k, FACE[3] * 350 / 309)
    card.text((60, 556), "EVA EXAMPLE", "bold", 66, (20, 26, 36))
    card.text((60, 636), "Registered Nurse", "sans", 42, (60, 70, 82))
    card.text((60, 692), "No. 0000-0000   Ward 7 East", "sans", 34, (60, 70, 82))
    bars = code128("STAFF-0000", 3, 84)
    card.paste(bars, (26, 780))
    card.mark("barcode", 56, 780, bars.width - 60, 84)
    code = qr("https://example.org/staff/0000", 4)
    card.paste(code, (506, 752))
    card.mark("barcode", 514, 760, code.width - 16, code.height - 16)
    holder = Sheet((720, 1060), (0, 0, 0, 0), gen)
    holder.draw.rounded_rectangle([0, 40, 719, 1059], 40, fill=(226, 232, 236, 150), outline=(190, 198, 204, 255), width=6)
    holder.draw.rounded_rectangle([270, 60, 450, 100], 20, fill=(120, 170, 172, 255), outline=(180, 188, 194, 255), width=4)
    holder.paste(card.image, (40, 126))
    holder.marks = [(a, [(x + 40, y + 126) for x, y in p], t) for a, p, t in card.marks]
    quad = [(540, 520), (1012, 496), (1052, 1170), (566, 1200)]
    holder.mark("id_badge", 0, 40, 720, 1020)
    scene, truth = place(scene, holder, quad, None, (14, 20, 16, 0.5))
    glare = Image.new("L", SIZE, 0)
    ImageDraw.Draw(glare).polygon([(900, 510), (1000, 505), (700, 1185), (620, 1190)], fill=34)
    scene = Image.composite(Image.new("RGB", SIZE, (255, 255, 255)), scene, glare.filter(ImageFilter.GaussianBlur(18)))
    draw = ImageDraw.Draw(scene)
    draw.rounded_rectangle([752, 430, 832, 500], 12, fill=(150, 154, 160), outline=(96, 100, 106), width=4)
    draw.rounded_rectangle([776, 492, 806, 566], 10, fill=(186, 190, 196), outline=(110, 114, 120), width=3)
    for r in truth:
        if r["label"] == "face":
            r.pop("polygon", None)
    return photograph(scene, gen, 0.7, 2.4, 0.28), clipped(truth + straps)
