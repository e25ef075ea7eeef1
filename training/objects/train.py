"""Training: `python -m objects.train --data DIR --hands hands.json --start nanodet.onnx --out RUN [--hours 2]`.

Runs for a given time and not for a number of epochs, so that the same command gives the best that a machine can do in
it; the rate follows a cosine over that time. Weights are averaged (EMA), and the average is what is kept. Uses a GPU when
there is one. A run that was stopped goes on from its last checkpoint with --resume.
"""

import argparse
import math
import time
from pathlib import Path

import torch

from .dataset import Batches, train_hands
from .loss import loss
from .network import Detector, bring_in, centres
from .sources import read
from .synth import Synth

WARM_STEPS = 60


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, help="the folder with annotations.json")
    parser.add_argument("--hands", required=True, help="hands.json of objects.synth.palms")
    parser.add_argument("--start", required=True, help="the COCO weights of NanoDet, or a network that was exported before, to go on from (ONNX)")
    parser.add_argument("--guesses", help="guesses.json of objects.guess")
    parser.add_argument("--out", required=True, help="folder for checkpoints and the log")
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=5e-4, help="highest learning rate (default: 5e-4)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--threads", type=int, default=0, help="0: PyTorch's choice")
    parser.add_argument("--steps", type=int, default=0, help="stop after so many steps (0: by time alone)")
    parser.add_argument("--precision", choices=("bf16", "fp32"), default="bf16", help="bf16 halves the time where the processor has it")
    parser.add_argument("--resume", action="store_true")
    return parser.parse_args()


def synth_of(data, samples, hands, seed):
    rooms = [s.path for s in samples if s.source in ("neg_rooms", "nyu_v2_neg", "neg_clinic", "hands_gtea_unlabelled")]
    return Synth(rooms, hands, seed=seed, cutouts=Path(data) / "cutouts")


class Average:
    """A running mean of the weights, faster at first."""

    def __init__(self, net):
        self.steps = 0
        self.held = {k: v.detach().clone().float() for k, v in net.state_dict().items()}

    @torch.no_grad()
    def add(self, net):
        self.steps += 1
        keep = min(0.998, (1 + self.steps) / (10 + self.steps))
        for k, v in net.state_dict().items():
            self.held[k].lerp_(v.float(), 1 - keep)


def main():
    args = options()
    if args.threads:
        torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    samples, _ = read(args.data, args.guesses)
    synth = synth_of(args.data, samples, train_hands(args.hands, args.data), args.seed)
    net = bring_in(Detector(), args.start).to(device, memory_format=torch.channels_last)
    deep = [p for n, p in net.named_parameters() if n.startswith("new.stages")]
    neck = [p for n, p in net.named_parameters() if n.startswith("new.lateral")]
    head = [p for n, p in net.named_parameters() if n.startswith(("new.head", "new.scores", "new.sides"))]
    groups = [{"params": deep, "factor": 0.3}, {"params": neck, "factor": 0.5}, {"params": head, "factor": 1.0}]
    optimizer = torch.optim.AdamW(groups, lr=args.rate, weight_decay=0.02)
    average, step, spent = Average(net), 0, 0.0
    if args.resume and (out / "state.pt").exists():
        state = torch.load(out / "state.pt", map_location=device)
        net.load_state_dict(state["net"])
        optimizer.load_state_dict(state["optimizer"])
        average.held, average.steps = state["average"], state["step"]
        step, spent = state["step"], state["spent"]
    batches = torch.utils.data.DataLoader(
        Batches(samples, synth, args.batch, args.seed + step), batch_size=None, num_workers=args.workers, prefetch_factor=4
    )
    whole, began, saved, sums = args.hours * 3600, time.time() - spent, time.time(), torch.zeros(3)
    log = (out / "log.txt").open("a")
    for pictures, truths in batches:
        done = (time.time() - began) / whole
        if done >= 1 or (args.steps and step >= args.steps):
            break
        rate = args.rate * min(1, (step + 1) / WARM_STEPS) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(done, 1))))
        for group in optimizer.param_groups:
            group["lr"] = rate * group["factor"]
        pictures = pictures.to(device).float().to(memory_format=torch.channels_last)
        with torch.autocast(device.type, torch.bfloat16, enabled=args.precision == "bf16"):
            logits, sides = net(pictures)
        points, strides = centres(*pictures.shape[2:])
        parts = loss(logits.float().cpu(), sides.float().cpu(), points, strides, truths)
        optimizer.zero_grad(set_to_none=True)
        sum(parts).backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 10.0)
        optimizer.step()
        average.add(net)
        step += 1
        sums += torch.stack([p.detach() for p in parts])
        if step % 50 == 0:
            words = " ".join(f"{name} {value / 50:.3f}" for name, value in zip(("score", "box", "side"), sums.tolist()))
            print(f"step {step} {time.time() - began:.0f} s {words} rate {rate:.2e}", file=log, flush=True)
            sums.zero_()
        if time.time() - saved > 240:
            save(out, net, optimizer, average, step, time.time() - began)
            saved = time.time()
    save(out, net, optimizer, average, step, time.time() - began)


def save(out, net, optimizer, average, step, spent):
    state = {"net": net.state_dict(), "optimizer": optimizer.state_dict(), "average": average.held, "step": step, "spent": spent}
    torch.save(state, out / "state.part")
    (out / "state.part").rename(out / "state.pt")


if __name__ == "__main__":
    main()
