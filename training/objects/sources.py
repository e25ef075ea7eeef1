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
# Held out: every sample of these sources...
HELD_OUT = ("coco_mini", "hands_dwivedi")
# ...and the last part of this one, whose pictures are in the order of the rooms in which they were taken.
HELD_TAIL = {"nyu_v2": 0.15}
# How often a source is drawn: its fisheye frames and near-duplicates would drown the rest.
WEIGHT = {"office_objects": 0.7, "nyu_v2": 0.8, "ewaste_uts": 0.8, "ewaste_eco": 0.3, "id_badge_srinath": 4.0, "neg_clinic": 3.0}
HANDS = ("hands_ragadag", "hands_linto", "hands_dwivedi", "hands_gtea_unlabelled")
ALIASES = {"phone": "screen"}


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


def read(data):
    """All samples under `data`, as (training, held out)."""
    data = Path(data)
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
        by_source.setdefault(sample.source, []).append(sample)
    training, held = [], []
    for source, samples in by_source.items():
        if source in HELD_OUT:
            held += samples
        else:
            cut = len(samples) - round(len(samples) * HELD_TAIL.get(source, 0.0))
            training += samples[:cut]
            held += samples[cut:]
    return training, held
