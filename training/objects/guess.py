"""What COCO's network says of pictures whose source does not label screens or books: `python -m objects.guess`.

Its surest boxes are taken for labels, and where it sees nothing at all nothing is taken to be there; everything between
is left out of the lesson. See `sources.guessed`.
"""

import argparse
import json
from pathlib import Path

import torch

from .evaluate import Finder
from .network import Detector, Exported, bring_in
from .dataset import load
from .sources import read


class Kept(Finder):
    """Only the kept branch of a network that has learnt nothing yet."""

    def __init__(self, start, side):
        self.net = Exported(bring_in(Detector(), start)).eval()
        self.session, self.sides = self, [side]

    def run(self, _, given):
        with torch.no_grad():
            scores, away = self.net(torch.from_numpy(given["picture"]))
        scores[:, : scores.shape[1] // 2] = 0
        return scores.numpy(), away.numpy()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--start", required=True, help="the COCO weights of NanoDet (ONNX)")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    finder, guesses = Kept(args.start, 416), {}
    samples, _ = read(args.data)
    for sample in samples:
        if not sample.known[:2].all():
            boxes, scores, labels = finder.find(load(sample.path), low=0.1)
            found = [(box.tolist(), int(label), float(score)) for box, label, score in zip(boxes, labels, scores)]
            guesses[str(sample.path.relative_to(args.data))] = found
    Path(args.out).write_text(json.dumps(guesses))


if __name__ == "__main__":
    main()
