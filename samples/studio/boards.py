"""Scenes of a flat thing in a room: the ward whiteboard, the monitor at the desk and the staff photo board."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from .canvas import Sheet, from_array, gradient, noise, photograph, place, rng
from .people import FACE, portrait

SIZE = (1600, 1200)
BEDS = [
    ("7-01", "JANE EXAMPLE", "K. Placeholder", "NBM from 06:00", (30, 60, 150)),
    ("7-02", "JOHN SAMPLE", "K. Placeholder", "home today?", (30, 60, 150)),
    ("7-03", "ADA NOBODY", "T. Dummy", "falls risk!", (180, 30, 40)),
    ("7-04", "- closed -", "", "", (60, 60, 60)),
    ("7-05", "PAT SPECIMEN", "T. Dummy", "CT 14:30", (30, 60, 150)),
    ("7-06", "MAX FICTION", "R. Mockup", "allergy: penicillin", (180, 30, 40)),
    ("7-07", "IDA TESTCASE", "R. Mockup", "physio 10:15", (20, 110, 60)),
]


def wall(gen, top, bottom):
    plain = np.asarray(gradient(SIZE, top, bottom), np.float32)
    return from_array(plain + noise(gen, SIZE, (9, 7))[..., None] * 5 + noise(gen, SIZE, (400, 300))[..., None] * 1.6)


def whiteboard():
    gen = rng("whiteboard")
    s = Sheet((1500, 1000), (246, 248, 249), gen)
    s.text((60, 34), "WARD 7 EAST", "caps", 74, (25, 45, 120))
    s.text((640, 50), "Sat 1 Jan 2000", "marker", 46, (40, 40, 40))
    s.text((1090, 50), "Charge: R. Mockup", "marker", 40, (20, 110, 60))
    columns = [50, 200, 580, 960]
    for x, head in zip(columns, ["BED", "PATIENT", "NURSE", "PLAN"]):
        s.text((x, 146), head, "caps", 40, (60, 60, 60))
    for i in range(len(BEDS) + 1):
        y = 204 + i * 88 + gen.integers(-2, 3)
        s.draw.line([(40, y), (1440, y + gen.integers(-3, 4))], fill=(120, 125, 135), width=3)
    for x in columns[1:]:
        s.draw.line([(x - 22, 150), (x - 22 + gen.integers(-3, 4), 818)], fill=(120, 125, 135), width=3)
    for i, (bed, name, nurse, plan, ink) in enumerate(BEDS):
        y = 216 + i * 88
        for x, words in zip(columns, (bed, name, nurse, plan)):
            if words:
                s.text((x, y + gen.integers(-3, 4)), words, "marker", 48, ink if x != columns[2] else (40, 40, 40))
    s.text((60, 862), "Bleep Dr. Sample 555-0142", "marker", 50, (180, 30, 40))
    s.text((60, 928), "family of 7-03 visiting 15:00", "marker", 40, (20, 110, 60))
    ghost = Image.new("RGBA", s.image.size, (0, 0, 0, 0))
    smear = ImageDraw.Draw(ghost)
    for _ in range(26):
        x, y = gen.integers(60, 1400), gen.integers(200, 940)
        smear.ellipse([x, y, x + gen.integers(60, 240), y + gen.integers(14, 46)], fill=(110, 120, 150, 16))
    s.paste(ghost.filter(ImageFilter.GaussianBlur(14)), (0, 0))
    s.draw.rectangle([0, 0, 1499, 999], outline=(165, 170, 176), width=22)
    s.draw.rectangle([4, 4, 1495, 995], outline=(205, 208, 212), width=6)

    note = Sheet((300, 300), (252, 226, 94), gen)
    note.text((24, 40), "call Example", "pen", 50, (40, 40, 60))
    note.text((24, 110), "daughter", "pen", 50, (40, 40, 60))
    note.text((24, 180), "555-0199", "pen", 56, (40, 40, 60))

    scene = wall(gen, (196, 208, 206), (168, 182, 182))
    scene, truth = place(scene, s, [(118, 168), (1478, 98), (1496, 1010), (104, 962)], "document", (16, 22, 18, 0.4))
    scene, more = place(scene, note, [(1236, 748), (1418, 758), (1408, 944), (1226, 930)], "document", (5, 9, 7, 0.35))
    draw = ImageDraw.Draw(scene)
    draw.polygon([(420, 984), (1180, 1008), (1180, 1030), (420, 1004)], fill=(176, 180, 184))
    draw.polygon([(420, 1004), (1180, 1030), (1180, 1040), (420, 1013)], fill=(120, 124, 128))
    for x, ink in ((520, (25, 45, 120)), (690, (180, 30, 40)), (850, (20, 110, 60))):
        y = 974 + (x - 420) * 0.031
        draw.line([(x, y), (x + 104, y + 3)], fill=(238, 238, 238), width=17)
        draw.line([(x + 70, y + 2), (x + 112, y + 3)], fill=ink, width=18)
    draw.rounded_rectangle([1010, 956, 1130, 1002], 8, fill=(58, 62, 72))
    draw.rectangle([1010, 990, 1130, 1002], fill=(160, 160, 150))
    glare = Image.new("L", SIZE, 0)
    ImageDraw.Draw(glare).polygon([(560, 130), (800, 118), (520, 1000), (250, 985)], fill=46)
    scene = Image.composite(Image.new("RGB", SIZE, (255, 255, 255)), scene, glare.filter(ImageFilter.GaussianBlur(60)))
    return photograph(scene, gen), truth + more


PATIENTS = [
    ("7-01", "EXAMPLE, Jane", "00000001", "01 Jan 1900", "MOCKUP", "Hip fracture"),
    ("7-02", "SAMPLE, John", "00000002", "02 Jan 1900", "MOCKUP", "Discharge planned"),
    ("7-03", "NOBODY, Ada", "00000003", "03 Jan 1900", "DUMMY", "Falls risk"),
    ("7-05", "SPECIMEN, Pat", "00000005", "05 Jan 1900", "DUMMY", "CT abdomen 14:30"),
    ("7-06", "FICTION, Max", "00000006", "06 Jan 1900", "SAMPLE", "Penicillin allergy"),
    ("7-07", "TESTCASE, Ida", "00000007", "07 Jan 1900", "SAMPLE", "Physiotherapy"),
    ("7-08", "MUSTER, Erika", "00000008", "08 Jan 1900", "SAMPLE", "Observation"),
    ("7-09", "DOE, Jon", "00000009", "09 Jan 1900", "DUMMY", "Awaiting bed"),
]


def patient_list(gen):
    s = Sheet((1280, 800), (236, 241, 245), gen)
    s.draw.rectangle([0, 0, 1280, 58], fill=(22, 72, 110))
    s.text((22, 15), "DemoCare  |  Ward 7 East", "bold", 26, (240, 248, 255))
    s.text((1258, 17), "nurse: r.mockup   01 Jan 2000 09:41", "sans", 21, (210, 228, 240), right=True)
    s.draw.rectangle([0, 58, 196, 800], fill=(44, 56, 70))
    for i, item in enumerate(["Patients", "Observations", "Results", "Medication", "Letters", "Handover"]):
        if i == 0:
            s.draw.rectangle([0, 80, 196, 126], fill=(32, 120, 170))
        s.text((24, 90 + i * 54), item, "sans", 22, (225, 232, 238))
    s.text((222, 78), "Inpatients (8)", "bold", 28, (30, 40, 52))
    s.draw.rounded_rectangle([930, 74, 1254, 116], 8, fill=(255, 255, 255), outline=(170, 180, 190), width=2)
    s.text((946, 82), "Search name or MRN", "sans", 20, (150, 158, 166))
    columns = [224, 304, 498, 632, 776, 920]
    s.draw.rectangle([212, 134, 1264, 176], fill=(206, 217, 226))
    for x, head in zip(columns, ["Bed", "Name", "MRN", "Born", "Nurse", "Note"]):
        s.text((x, 143), head, "bold", 21, (50, 62, 76))
    for i, row in enumerate(PATIENTS):
        y = 182 + i * 60
        shade = (255, 238, 196) if i == 2 else ((255, 255, 255) if i % 2 else (246, 249, 251))
        s.draw.rectangle([212, y, 1264, y + 55], fill=shade)
        for k, (x, words) in enumerate(zip(columns, row)):
            s.text((x, y + 15), words, "bold" if k == 1 else ("mono" if k == 2 else "sans"), 20, (28, 34, 42))
        s.draw.ellipse([1230, y + 18, 1250, y + 38], fill=((70, 170, 90), (230, 160, 40), (210, 60, 60))[(i * 2) % 3])
    s.text((222, 686), "Selected: NOBODY, Ada   next of kin 555-0103   bed 7-03", "sans", 22, (40, 50, 60))
    s.draw.rounded_rectangle([222, 728, 400, 774], 8, fill=(32, 120, 170))
    s.text((252, 738), "Open chart", "bold", 22, (255, 255, 255))
    return s


def monitor():
    gen = rng("monitor")
    scene = wall(gen, (122, 132, 140), (94, 102, 110))
    draw = ImageDraw.Draw(scene)
    grain = 1 + 0.10 * noise(gen, (1600, 420), (6, 90)) + 0.05 * noise(gen, (1600, 420), (40, 260))
    desk = np.array([172, 142, 108])[None, None] * grain[..., None] * np.linspace(0.72, 1.05, 420)[:, None, None]
    scene.paste(from_array(desk), (0, 800))
    shade = Image.new("L", SIZE, 0)
    ImageDraw.Draw(shade).ellipse([330, 930, 1330, 1080], fill=150)
    ImageDraw.Draw(shade).rectangle([0, 796, 1600, 806], fill=90)
    scene = Image.composite(Image.new("RGB", SIZE, (24, 20, 18)), scene, shade.filter(ImageFilter.GaussianBlur(26)))
    draw = ImageDraw.Draw(scene)
    draw.polygon([(760, 830), (900, 842), (912, 990), (750, 975)], fill=(46, 48, 52))
    draw.polygon([(760, 830), (800, 833), (794, 980), (750, 975)], fill=(66, 68, 73))
    draw.ellipse([590, 950, 1080, 1040], fill=(40, 42, 46))
    draw.ellipse([590, 942, 1080, 1028], fill=(60, 62, 67))

    shell = Sheet((1360, 890), (26, 27, 30), gen)
    shell.draw.rounded_rectangle([3, 3, 1356, 886], 14, outline=(70, 72, 78), width=5)
    shell.text((628, 848), "DemoView", "sans", 22, (150, 152, 158))
    shell.draw.ellipse([1300, 854, 1312, 866], fill=(90, 210, 120))
    screen = patient_list(gen)
    glow = np.asarray(screen.image.convert("RGB"), np.float32)
    yy, xx = np.mgrid[0:800, 0:1280]
    glow *= (1.03 - 0.10 * (xx / 1280) - 0.06 * (yy / 800))[..., None]
    screen.image = from_array(glow + 4 * np.sin(yy * 0.9)[..., None]).convert("RGBA")
    shell.paste(screen.image, (40, 36))
    shell.marks += [(a, [(x + 40, y + 36) for x, y in p], t) for a, p, t in screen.marks]
    shell.mark("screen", 40, 36, 1280, 800)
    scene, truth = place(scene, shell, [(252, 128), (1392, 190), (1366, 872), (236, 906)], None, (26, 30, 30, 0.55))
    truth = sorted(truth, key=lambda r: r["label"])

    note = Sheet((220, 200), (250, 214, 86), gen)
    note.text((16, 26), "login:", "pen", 40, (40, 40, 60))
    note.text((16, 76), "r.mockup", "pen", 40, (40, 40, 60))
    note.text((16, 128), "Demo1234", "pen", 38, (40, 40, 60))
    scene, more = place(scene, note, [(1302, 700), (1452, 712), (1440, 850), (1292, 834)], "document", (6, 9, 6, 0.4))
    keys = Sheet((900, 250), (58, 60, 66), gen)
    for r in range(5):
        for c in range(15):
            x, y = 18 + c * 58, 16 + r * 45
            keys.draw.rounded_rectangle([x, y, x + 50, y + 37], 6, fill=(36, 37, 41), outline=(26, 27, 30), width=2)
    scene, _ = place(scene, keys, [(430, 1052), (1160, 1060), (1230, 1206), (352, 1196)], None, (8, 14, 12, 0.5))
    mug = ImageDraw.Draw(scene)
    mug.ellipse([120, 1000, 300, 1070], fill=(40, 60, 90))
    mug.rectangle([120, 870, 300, 1034], fill=(58, 84, 124))
    mug.rectangle([120, 870, 160, 1034], fill=(80, 108, 150))
    mug.ellipse([120, 838, 300, 902], fill=(210, 216, 224))
    mug.ellipse([134, 846, 286, 896], fill=(58, 38, 26))
    mug.arc([60, 900, 150, 1006], 80, 290, fill=(58, 84, 124), width=22)
    return photograph(scene, gen, 0.7, 3.0, 0.3), truth + more


STAFF = ["Ann Example", "Bea Sample", "Cat Mockup", "Dee Dummy", "Eva Nobody", "Fay Fiction", "Gil Testcase", "Hal Specimen"]


def staff_board():
    """One portrait stands in for eight people, so that faces come small, mirrored, tilted and in other tones."""
    gen = rng("staff_board")
    s = Sheet((1500, 1060), (188, 148, 104), gen)
    cork = np.asarray(s.image.convert("RGB"), np.float32) + noise(gen, (1500, 1060), (500, 360))[..., None] * 22
    s.image = from_array(cork).convert("RGBA")
    s.draw = ImageDraw.Draw(s.image)
    s.draw.rectangle([0, 0, 1499, 1059], outline=(112, 78, 48), width=26)
    s.draw.rectangle([420, 46, 1080, 136], fill=(252, 252, 248))
    s.text((452, 60), "Meet the ward team", "bold", 62, (24, 84, 120))
    for i, name in enumerate(STAFF):
        card = Sheet((290, 370), (252, 251, 247), gen)
        person = portrait(250 if i % 3 else 200, mirrored=i % 2 == 1, tone=i)
        w = person.size[0]
        card.draw.rectangle([18, 18, 271, 271], fill=(206, 214, 220))
        left = 20 + (250 - w) // 2
        card.paste(person, (left, 20 + (250 - w)))
        x, y, fw, fh = (v * w / 512 for v in FACE)
        if i % 2 == 1:
            x = w - x - fw
        card.mark("face", left + x, 20 + (250 - w) + y, fw, fh)
        card.text((24, 284), name, "bold", 32, (30, 36, 46))
        card.text((24, 326), f"ext. 555-01{10 + i}", "sans", 26, (80, 88, 98))
        angle, cx, cy = gen.normal(0, 2.4), 220 + (i % 4) * 352, 350 + (i // 4) * 442
        c, n = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        quad = [(cx + px * c - py * n, cy + px * n + py * c) for px, py in ((-145, -185), (145, -185), (145, 185), (-145, 185))]
        flat, regions = place(s.image.convert("RGB"), card, quad, None, (5, 8, 6, 0.45), 1)
        s.image = flat.convert("RGBA")
        s.draw = ImageDraw.Draw(s.image)
        s.marks += [(r["label"], r.get("polygon") or corners(r["bbox"]), r.get("text")) for r in regions]
        s.draw.ellipse([cx - 9, cy - 180, cx + 9, cy - 162], fill=((200, 40, 40), (40, 90, 180), (230, 190, 40))[i % 3])
    scene = wall(gen, (206, 200, 188), (180, 174, 164))
    scene, truth = place(scene, s, [(96, 120), (1490, 66), (1520, 1120), (80, 1062)], None, (18, 24, 20, 0.45))
    for r in truth:
        if r["label"] == "face":
            r.pop("polygon", None)
    return photograph(scene, gen, 0.6, 2.4), truth


def corners(bbox):
    x, y, w, h = bbox
    return [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
