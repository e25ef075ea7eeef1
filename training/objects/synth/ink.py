"""What is written on things: invented names, numbers and sentences, and the marks that documents,
screens, bands and badges share (bars, matrix codes, tables, signatures). One place, so that no
renderer invents its own, and so that nobody's real name is ever in a training picture.
"""

import numpy as np
from PIL import Image, ImageDraw

from .fonts import Face

_HEAD = "ba be bo bra ca da de el fa fi ga gri ha he jo ka ke la le li ma me mo na ne no o pa pe ra ri ro sa se so ta te ti va vi wa we ya za".split()
_TAIL = "na la ra n s th rt ll ck mann son ova ski elli ez ard ett y ia io ner ler ström nen ton ham ley wood sen vic".split()
_WORDS = ("patient date dose ward name time left right blood pressure normal signed nurse doctor history result plan "
          "daily allergy none chest pain heart rate lung clear follow up review test sample lab value high low range "
          "oral tablet mg ml before after surgery consent risk discharge admission diagnosis and of the for with no "
          "to is was in on at stable reported medication treatment care record visit room bed unit report urine "
          "glucose sodium potassium white cell count imaging scan findings impression").split()
_TITLES = ("MEDICATION CHART", "CONSENT FORM", "LABORATORY REPORT", "DISCHARGE SUMMARY", "PATIENT RECORD", "REFERRAL",
           "OBSERVATION CHART", "PRESCRIPTION", "ADMISSION FORM", "FLUID BALANCE", "INVOICE", "CARE PLAN", "NOTICE",
           "RADIOLOGY REPORT", "APPOINTMENT", "TIME TABLE", "PROTOCOL", "CHECKLIST", "INFORMATION", "HAND HYGIENE")
_PLACES = ("General Hospital", "Medical Center", "Health Clinic", "University Hospital", "Dental Care", "Klinik",
           "Diagnostics", "Family Practice", "Care Home", "Laboratories")
_ROLES = ("NURSE", "DOCTOR", "PHYSICIAN", "STAFF", "VISITOR", "STUDENT", "RN", "TECHNICIAN", "Security", "Volunteer",
          "Registered Nurse", "Cardiology", "Pharmacist", "Engineer", "Manager", "EMPLOYEE")


def pick(rng, things):
    return things[int(rng.integers(len(things)))]


def uni(rng, low, high):
    return float(rng.uniform(low, high))


def name(rng):
    part = lambda: (pick(rng, _HEAD) + (pick(rng, _HEAD) if rng.random() < 0.35 else "") + pick(rng, _TAIL)).capitalize()
    first, last = part(), part()
    style = rng.integers(4)
    return (f"{first} {last}", f"{last.upper()}, {first}", f"{last}, {first}", f"{first.upper()} {last.upper()}")[style]


def date(rng):
    d, m, y = int(rng.integers(1, 29)), int(rng.integers(1, 13)), int(rng.integers(1930, 2027))
    return (f"{d:02}/{m:02}/{y}", f"{d:02}.{m:02}.{y}", f"{y}-{m:02}-{d:02}", f"{d:02} {'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split()[m - 1]} {y}")[rng.integers(4)]


def number(rng, low=4, high=10):
    return "".join(str(v) for v in rng.integers(0, 10, int(rng.integers(low, high + 1))))


def words(rng, count):
    text = " ".join(pick(rng, _WORDS) for _ in range(count))
    return text.capitalize() if rng.random() < 0.4 else text


def title(rng):
    return pick(rng, _TITLES)


def place(rng):
    return f"{pick(rng, _HEAD).capitalize()}{pick(rng, _TAIL)} {pick(rng, _PLACES)}"


def role(rng):
    return pick(rng, _ROLES)


def ink(rng):
    return pick(rng, ((10, 10, 14), (20, 24, 60), (16, 30, 130), (35, 35, 40), (30, 40, 90)))


def bright(rng):
    """A saturated colour for logos, headings and the like."""
    return pick(rng, ((200, 30, 40), (20, 80, 170), (0, 130, 120), (30, 140, 60), (230, 120, 10), (110, 40, 140),
                      (0, 60, 110), (220, 60, 120), (80, 80, 90), (0, 150, 200)))


class Page:
    """A flat RGB picture to draw on, width x height pixels."""

    def __init__(self, width, height, colour):
        self.w, self.h = int(width), int(height)
        self.im = Image.new("RGB", (self.w, self.h), tuple(int(c) for c in colour))
        self.d = ImageDraw.Draw(self.im)

    def array(self):
        return np.array(self.im)

    def text(self, x, y, string, font, fill):
        self.d.text((x, y), string, font=font, fill=fill)

    def box(self, x0, y0, x1, y1, fill=None, outline=None, width=1):
        if x1 > x0 and y1 > y0:
            self.d.rectangle((x0, y0, x1, y1), fill=fill, outline=outline, width=width)

    def rounded(self, x0, y0, x1, y1, radius, fill=None, outline=None, width=1):
        if x1 > x0 and y1 > y0:
            self.d.rounded_rectangle((x0, y0, x1, y1), radius, fill=fill, outline=outline, width=width)

    def line(self, points, fill, width=1):
        self.d.line(points, fill=fill, width=int(width))

    def bars(self, rng, x, y, w, h, fill=(0, 0, 0), upright=True):
        """Bars in the manner of Code 128: runs of one to four modules. upright=False: a ladder."""
        module = max(1.0, (w if upright else h) / uni(rng, 60, 130))
        at, end, on = 0.0, (w if upright else h), True
        while at < end:
            run = module * int(rng.integers(1, 5 if not on else 4))
            stop = min(at + run, end)
            if on:
                a, b = int(at), max(int(at) + 1, int(stop))
                self.box(*((x + a, y, x + b - 1, y + h) if upright else (x, y + a, x + w, y + b - 1)), fill=fill)
            at, on = stop, not on

    def matrix(self, rng, x, y, side, fill=(0, 0, 0)):
        """A square of modules in the manner of QR or Data Matrix."""
        n = int(pick(rng, (12, 16, 21, 25)))
        bits = rng.random((n, n)) < 0.5
        if n >= 21:
            for r, c in ((0, 0), (0, n - 7), (n - 7, 0)):
                bits[r:r + 7, c:c + 7] = True
                bits[r + 1:r + 6, c + 1:c + 6] = False
                bits[r + 2:r + 5, c + 2:c + 5] = True
        else:
            bits[:, 0] = bits[-1] = True
            bits[0] = np.arange(n) % 2 == 0
            bits[:, -1] = np.arange(n) % 2 == 1
        side = int(max(side, 6))
        patch = Image.fromarray(np.where(bits, 255, 0).astype(np.uint8)).resize((side, side), Image.NEAREST)
        self.im.paste(tuple(fill), (int(x), int(y)), patch)

    def logo(self, rng, x, y, s, fill):
        kind = rng.integers(5)
        if kind == 0:
            self.d.ellipse((x, y, x + s, y + s), fill=fill)
            self.d.ellipse((x + s * .25, y + s * .25, x + s * .75, y + s * .75), fill=(255, 255, 255))
        elif kind == 1:
            self.box(x + s * .35, y, x + s * .65, y + s, fill)
            self.box(x, y + s * .35, x + s, y + s * .65, fill)
        elif kind == 2:
            self.d.polygon(((x, y + s), (x + s / 2, y), (x + s, y + s)), fill=fill)
        elif kind == 3:
            self.rounded(x, y, x + s, y + s, s * .2, fill)
            self.box(x + s * .4, y + s * .2, x + s * .6, y + s * .8, (255, 255, 255))
            self.box(x + s * .2, y + s * .4, x + s * .8, y + s * .6, (255, 255, 255))
        else:
            for i in range(3):
                self.d.arc((x + i * s * .12, y + i * s * .12, x + s - i * s * .12, y + s - i * s * .12), 0, 270, fill, max(1, int(s * .06)))

    def paragraph(self, rng, x, y, w, lines, size, face, fill, spacing=1.35):
        """Lines of invented text; returns the y below. The last line is shorter."""
        font = face(size)
        per = max(2, int(w / (size * 2.9)))
        for i in range(lines):
            self.text(x, y, words(rng, per if i < lines - 1 else max(1, per // 2)), font, fill)
            y += size * spacing
        return y

    def table(self, rng, x, y, w, rows, row_h, face, hand=None, fill=(20, 20, 24), rule=(90, 90, 95), head=None):
        """A ruled table with texts in its cells (in handwriting where `hand` is given); returns the y below."""
        cols = int(rng.integers(2, 8))
        edges = np.concatenate([[0], np.sort(rng.uniform(0.12, 0.95, cols - 1)), [1]]) * w + x
        vertical = rng.random() < 0.7
        if head is not None:
            self.box(x, y, x + w, y + row_h, fill=head)
        font, script = face(row_h * .62), hand(row_h * .85) if hand else None
        fill_rate = uni(rng, .3, 1)
        pen = ink(rng)
        for r in range(rows):
            top = y + r * row_h
            self.line(((x, top), (x + w, top)), rule)
            for c in range(cols):
                room = edges[c + 1] - edges[c]
                if room < row_h * 1.3 or (r and c and rng.random() > fill_rate):
                    continue
                content = words(rng, max(1, int(room / row_h / 2.4))) if rng.random() < .55 else pick(rng, (number(rng, 1, 5), date(rng), number(rng, 1, 2) + "." + number(rng, 1, 1)))
                content = content[:max(1, int(room / (row_h * .36)))]
                by_hand = script is not None and r > 0 and c > 0
                self.text(edges[c] + 2, top + row_h * (.02 if by_hand else .12), content, script if by_hand else font, pen if by_hand else fill)
        bottom = y + rows * row_h
        self.line(((x, bottom), (x + w, bottom)), rule)
        if vertical:
            for e in edges:
                self.line(((e, y), (e, bottom)), rule)
        return bottom

    def scribble(self, rng, x, y, w, h, fill, width=1):
        """A signature: a smooth run of loops."""
        n = int(rng.integers(25, 50))
        t = np.linspace(0, 1, n)
        px = x + w * t + h * .5 * np.sin(t * uni(rng, 25, 55)) * uni(rng, .2, .8)
        py = y + h * (.5 + .45 * np.sin(t * uni(rng, 20, 50) + uni(rng, 0, 6)) * (1 - .6 * t) * rng.uniform(.7, 1.1, n))
        self.line([(float(a), float(b)) for a, b in zip(px, py)], fill, width)

    def trace(self, x, y, w, h, wave, fill, width=1):
        """A curve of samples in 0..1 (1 is up) across a field."""
        px = np.linspace(x, x + w, len(wave))
        self.line([(float(a), float(b)) for a, b in zip(px, y + h * (1 - wave))], fill, width)


def waveform(rng, kind, n=240):
    """ECG, pulse, pressure or breath samples in 0..1."""
    beats = uni(rng, 3, 9)
    phase = (np.linspace(0, beats, n) + uni(rng, 0, 1)) % 1
    if kind == "ecg":
        bump = lambda at, width, tall: tall * np.exp(-((phase - at) / width) ** 2)
        y = bump(.2, .035, .14) - bump(.36, .012, .15) + bump(.4, .014, .9) - bump(.44, .014, .25) + bump(.65, .05, .22)
    elif kind == "breath":
        y = .5 + .5 * np.sin(phase * 2 * np.pi)
    else:
        y = np.exp(-((phase - .25) / .12) ** 2) + .35 * np.exp(-((phase - .55) / .1) ** 2)
    y = y + rng.normal(0, .01, n)
    return np.clip((y + .2) / 1.3, 0, 1)


def face_for(rng, kinds=("sans", "sans", "bold", "serif", "mono")):
    return Face(rng, pick(rng, kinds))
