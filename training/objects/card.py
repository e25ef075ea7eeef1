"""Writes the model card from measurements: `python -m objects.card --report report.json --thresholds screen=0.25,... --out objects.md`.

Figures come from `objects.evaluate`, at the thresholds that the program ships; what they mean is written here.
"""

import argparse
import json
from pathlib import Path

from . import CLASSES

HEAD = """# objects: screens, documents, wristbands, badges

A detector without anchors: NanoDet's first generation (CSP backbone, 3.8 million parameters) with COCO's eighty classes
replaced by four. Trained by `training/`, from NanoDet's COCO weights. Input: RGB, 0 to 255, any sides that are multiples of
32. Outputs: a score for each class (the overlap with the true box that it expects) and the distances to the four sides,
for every cell of 8, 16 and 32 pixels.

| class | is | is not |
|---|---|---|
| screen | monitors, televisions, laptops, telephones, tablets, bedside monitors and pumps, lit or dark, with their frames | picture frames, windows |
| document | sheets, forms, charts, clipboards, labels, books, whiteboards and posters with writing | blank walls, packages |
| wristband | identification bands on wrists and forearms | watches, bracelets, sleeves |
| id_badge | identification cards on clothes and lanyards | the lanyard, name tags sewn on |

## Data

Pictures of public repositories, for training only; none is in this project. Scenes are rendered anew for every step:
documents, screens and badges in perspective on rooms, desks and people, bands about the wrists of real hands (found by
MediaPipe's palm detector), with watches, bracelets and sleeves as counter-examples. **No photo of a hospital wristband
was used, because none with a known licence was found**: what the network knows of bands is rendered.

| source | pictures | labels |
|---|---|---|
| coco_mini (COCO annotations, CC BY 4.0) | 415 | screens, telephones, books; the 155 of one repository held out |
| office_objects (CC BY 4.0) | 187 | screens, telephones |
| e-waste sets (Roboflow exports) | 511 | laptops, monitors, telephones |
| NYU Depth v2 (research use) | 675 and 206 without | books, paper, whiteboards; the last 15 % of rooms held out |
| student badges (CC BY 4.0) | 36 | badges |
| hand sets | 995 and 139 without labels | hands, for rendered bands; one set of 391 held out |
| receipts | 62 | receipts |
| rooms and clinics without things | 144 | none |
"""


def row_at(part, threshold):
    return min(part["rows"], key=lambda row: abs(row["threshold"] - threshold))


def table(name, report, thresholds):
    lines = [f"\n### {name}\n", "| class | things | AP at IoU .5 | threshold | recall | under 32 / 32 to 96 / over 96 px | over-redaction |", "|---|---|---|---|---|---|---|"]
    for label in CLASSES:
        part = report[label]
        if part["things"]:
            row = row_at(part, thresholds[label])
            sizes = " / ".join("-" if v is None else f"{v:.2f}" for v in row["by_size"])
            lines.append(
                f"| {label} | {part['things']} | {part['ap50']:.3f} | {row['threshold']:.2f} | {row['recall']:.3f} | {sizes} | {row['over']:.2%} |"
            )
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", required=True, help="the JSON of objects.evaluate")
    parser.add_argument("--thresholds", required=True, help="class=value, separated by commas, as shipped")
    parser.add_argument("--notes", help="a file with what is to be said of this training run and its errors")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    thresholds = {name: float(value) for name, value in (pair.split("=") for pair in args.thresholds.split(","))}
    text = [HEAD, "\n## Measured\n\nOne look at the whole picture; the program looks more than once, and its own figures are in the README. Sizes are"]
    text.append(" the square root of the box's area when the picture's long side is 512 pixels. Found means that at least 80 % of the\nbox is covered.\n")
    for name, report in json.loads(Path(args.report).read_text()).items():
        text.append(table(name, report, thresholds) + "\n")
    if args.notes:
        text.append("\n" + Path(args.notes).read_text())
    Path(args.out).write_text("".join(text))


if __name__ == "__main__":
    main()
