"""What the network is taught: which points answer for a thing, and how wrong they are.

Points are assigned by cost with a number that depends on how many fit (SimOTA of YOLOX, Ge et al. 2021). Scores learn the
IoU of their box (quality focal loss) and sides their distribution (distribution focal loss, both Li et al. 2020), boxes
their generalised IoU (Rezatofighi et al. 2019).
"""

import torch
from torch.nn import functional as F

from .network import REG_BINS

CENTRE_RADIUS = 2.0
MOST_POINTS = 10


def pair_iou(a, b):
    """IoU [A, B] of boxes [A, 4] and [B, 4]."""
    low = torch.maximum(a[:, None, :2], b[None, :, :2])
    high = torch.minimum(a[:, None, 2:], b[None, :, 2:])
    inter = (high - low).clamp(min=0).prod(2)
    area = lambda t: (t[:, 2:] - t[:, :2]).clamp(min=0).prod(1)
    return inter / (area(a)[:, None] + area(b)[None] - inter).clamp(min=1e-6)


def giou(a, b):
    """Generalised IoU [N] of boxes [N, 4] one by one, and their plain IoU."""
    low, high = torch.maximum(a[:, :2], b[:, :2]), torch.minimum(a[:, 2:], b[:, 2:])
    inter = (high - low).clamp(min=0).prod(1)
    area = lambda t: (t[:, 2:] - t[:, :2]).clamp(min=0).prod(1)
    union = (area(a) + area(b) - inter).clamp(min=1e-6)
    hull = (torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2])).clamp(min=0).prod(1).clamp(min=1e-6)
    iou = inter / union
    return iou - (hull - union) / hull, iou


def boxes_of(sides, points, strides):
    """Boxes [N, 4] in pixels from side distributions [N, 4, REG_BINS]."""
    bins = torch.arange(REG_BINS, dtype=sides.dtype, device=sides.device)
    away = (sides.softmax(-1) * bins).sum(-1) * strides[:, None]
    return torch.cat([points - away[:, :2], points + away[:, 2:]], 1)


@torch.no_grad()
def assign(logits, boxes, points, strides, truth, labels):
    """For every point the index of the thing that it answers for, or -1."""
    answer = torch.full((len(points),), -1, dtype=torch.long)
    if not len(truth):
        return answer
    centre = (truth[:, :2] + truth[:, 2:]) / 2
    inside = ((points[:, None] > truth[None, :, :2]) & (points[:, None] < truth[None, :, 2:])).all(2)
    near = ((points[:, None] - centre[None]).abs() < CENTRE_RADIUS * strides[:, None, None]).all(2)
    candidate = inside | near
    reach = (truth[None, :, 2:] - points[:, None]).maximum(points[:, None] - truth[None, :, :2]).amax(2)
    # A side that is further away than the bins reach cannot be told.
    candidate &= reach < (REG_BINS - 1.01) * strides[:, None] * 1.25
    iou = pair_iou(boxes, truth)
    score = logits.sigmoid()[:, labels]
    cost = F.binary_cross_entropy(score.clamp(1e-6, 1 - 1e-6).sqrt(), torch.ones_like(score), reduction="none")
    cost = cost - 3.0 * torch.log(iou.clamp(min=1e-6)) + 1e5 * ~(inside & near) + 1e9 * ~candidate
    best = torch.full((len(points),), float("inf"))
    for j in range(len(truth)):
        fits = iou[:, j].masked_fill(~candidate[:, j], 0)
        number = int(fits.topk(min(MOST_POINTS, len(fits))).values.sum().clamp(min=1, max=MOST_POINTS))
        costs, picked = cost[:, j].topk(number, largest=False)
        better = (costs < best[picked]) & (costs < 1e9)
        best[picked[better]] = costs[better]
        answer[picked[better]] = j
    return answer


def loss(logits, sides, points, strides, batch):
    """The loss of a batch; `batch` holds for every picture (truth [M, 4], labels [M], known [classes])."""
    quality, shape, spread, found, weight_sum = 0.0, 0.0, 0.0, 0, 0.0
    for b, (truth, labels, known) in enumerate(batch):
        boxes = boxes_of(sides[b], points, strides)
        answer = assign(logits[b], boxes, points, strides, truth, labels)
        positive = answer >= 0
        target = torch.zeros_like(logits[b])
        if positive.any():
            want = truth[answer[positive]]
            gain, iou = giou(boxes[positive], want)
            target[positive.nonzero()[:, 0], labels[answer[positive]]] = iou.detach().clamp(min=0.05)
            weight = iou.detach().clamp(min=0.1)
            shape = shape + ((1 - gain) * weight).sum()
            p, s = points[positive], strides[positive, None]
            away = torch.cat([p - want[:, :2], want[:, 2:] - p], 1) / s
            away = away.clamp(0, REG_BINS - 1.01)
            low = away.long()
            rest = away - low
            logp = sides[b][positive].log_softmax(-1)
            at = lambda i: logp.gather(2, i[..., None])[..., 0]
            nll = -(at(low) * (1 - rest) + at(low + 1) * rest)
            spread = spread + (nll.mean(1) * weight).sum()
            found += int(positive.sum())
            weight_sum += float(weight.sum())
        score = logits[b].sigmoid()
        each = F.binary_cross_entropy_with_logits(logits[b], target, reduction="none") * (score - target).abs() ** 2
        # What a source does not label is no evidence of absence; what was pasted is known all the same.
        counted = known[None].float().expand_as(each).clone()
        counted[target > 0] = 1.0
        quality = quality + (each * counted).sum()
    n = max(found, 1)
    w = max(weight_sum, 1.0)
    return quality / n, 2.0 * shape / w, 0.25 * spread / w
