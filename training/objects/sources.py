"""Reads the labelled pictures: one COCO-style file over folders of several sources, which label different classes.

A class that a source does not label throughout must not be learnt as absent there: every sample carries which classes
it knows. Whole sources, or whole runs of neighbouring frames, are held out for validation, never single frames.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from . import CLASSES

# Which of our classes each source labels so fully that their absence means something; the README of the data says why.
KNOWN = {
    "coco_mini": ("screen", "wristband", "id_badge"),
    "office_objects": ("screen", "wristband", "id_badge"),
    "ewaste_uts": ("screen", "wristband", "id_badge"),
    "ewaste_eco": ("screen", "document", "wristband", "id_badge"),
    "nyu_v2": ("document", "wristband", "id_badge"),
    "nyu_v2_neg": CLASSES,
    "id_badge_srinath": ("screen", "wristband", "id_badge"),
    "hands_ragadag": ("wristband", "id_badge"),
    "hands_linto": ("wristband", "id_badge"),
    "hands_dwivedi": ("wristband", "id_badge"),
    "hands_gtea_unlabelled": ("screen", "wristband", "id_badge"),
    "receipts_kosanj": CLASSES,
    "neg_clinic": CLASSES,
    "neg_rooms": ("screen", "wristband", "id_badge"),
}
# Held out: every sample of this source...
HELD_OUT = ("hands_dwivedi",)
# ...of this repository of those that a source was put together from...
HELD_ORIGIN = {"coco_mini": "zzcoco"}
# ...and the last part of this one, whose pictures are in the order of the rooms in which they were taken.
HELD_TAIL = {"nyu_v2": 0.15}
# How often a source is drawn: its fisheye frames and near-duplicates would drown the rest.
WEIGHT = {"coco_mini": 2.5, "office_objects": 0.5, "nyu_v2": 0.8, "ewaste_uts": 0.8, "ewaste_eco": 0.3, "id_badge_srinath": 4.0, "neg_clinic": 3.0}
HANDS = ("hands_ragadag", "hands_linto", "hands_dwivedi", "hands_gtea_unlabelled")
ALIASES = {"phone": "screen"}
# COCO's network is believed where a source has no labels: from the first score on that a thing is there, below the second
# everywhere in a picture that there is none.
GUESS_SURE, GUESS_NONE = 0.4, 0.12


@dataclass
class Sample:
    """A picture and what is known of it: boxes [N, 4] (x0, y0, x1, y1 in pixels), labels [N], known [classes]."""

    path: Path
    source: str
    boxes: np.ndarray
    labels: np.ndarray
    known: np.ndarray
    persons: np.ndarray = field(default_factory=lambda: np.zeros((0, 4), np.float32))


def known_of(source):
    return np.array([c in KNOWN[source] for c in CLASSES], bool)


def guessed(sample, guesses):
    """The sample with what COCO's network says of the classes that its source does not label. `guesses` are
    (box, label, score)."""
    boxes, labels, known = list(sample.boxes), list(sample.labels), sample.known.copy()
    for c in np.flatnonzero(~sample.known):
        own = [g for g in guesses if g[1] == c]
        known[c] = all(score < GUESS_NONE for _, _, score in own) and CLASSES[c] in ("screen", "document")
        for box, label, score in own:
            if score >= GUESS_SURE:
                boxes.append(np.float32(box))
                labels.append(label)
    sample.boxes, sample.labels = np.float32(boxes).reshape(-1, 4), np.int64(labels)
    sample.known = known
    return sample


def read(data, guesses=None):
    """All samples under `data`, as (training, held out); `guesses` of `objects.guess` are added to the first."""
    data = Path(data)
    guesses = json.loads(Path(guesses).read_text()) if guesses else {}
    table = json.loads((data / "annotations.json").read_text())
    by_image = {}
    for a in table["annotations"]:
        by_image.setdefault(a["image_id"], []).append(a)
    by_source = {}
    for image in sorted(table["images"], key=lambda i: i["file_name"]):
        boxes, labels, persons = [], [], []
        for a in by_image.get(image["id"], []):
            x, y, w, h = a["bbox"]
            box = (x, y, x + w, y + h)
            name = ALIASES.get(a["category"], a["category"])
            if name in CLASSES:
                boxes.append(box)
                labels.append(CLASSES.index(name))
            elif name == "person" and not a["iscrowd"]:
                persons.append(box)
        sample = Sample(
            data / image["file_name"],
            image["source"],
            np.array(boxes, np.float32).reshape(-1, 4),
            np.array(labels, np.int64),
            known_of(image["source"]),
            np.array(persons, np.float32).reshape(-1, 4),
        )
        origin = image["origin"].split("/")[0]
        held_origin = HELD_ORIGIN.get(sample.source) == origin
        by_source.setdefault((sample.source, held_origin), []).append(sample)
    training, held = [], []
    for (source, held_origin), samples in by_source.items():
        if held_origin or source in HELD_OUT:
            held += samples
        else:
            cut = len(samples) - round(len(samples) * HELD_TAIL.get(source, 0.0))
            training += samples[:cut]
            held += samples[cut:]
    training = [guessed(s, guesses.get(str(s.path.relative_to(data)), [])) if guesses else s for s in training]
    return training, held
