#!/usr/bin/python3
"""Trains the embedded motion net `stride` on the clips that draw.ts drew, and writes stride.onnx.

Needs only Debian's python3-torch (1.13) and python3-numpy. Seeded; goes on where it was stopped.
Clips reversed in time and mirrored clips are clips too: their labels follow from the actions themselves.
"""
import argparse
import json

import torch
from torch import nn
from torch.nn import functional

from nets import FEATURES, Stride, folded
from school import CACHE, Drawn, grained, lit, names, snowed, train

# What a mirror, left for right or top for bottom, does to an action: it turns the direction of these round.
TURNED_BY_MIRROR = {3: ("spin", "orbit", "slide", "tilt"), 2: ("spin", "orbit", "climb", "tilt")}


def opposite(label):
    return label[:-1] + ("-" if label.endswith("+") else "+") if label[-1] in "+-" else label


class Product(nn.Module):
    """What is exported: 256 features and a softmax over the motions."""

    def __init__(self, net, head):
        super().__init__()
        self.net, self.head = folded(net), head

    def forward(self, clips):
        features = self.net(clips)
        return torch.softmax(self.head(features), 1), features


def scaled(pixels):
    """`[n, 8, 64, 64, 3]` bytes to `[n, 3, 8, 64, 64]`, −1…1."""
    return pixels.permute(0, 4, 1, 2, 3).float().div_(127.5).sub_(1)


def augmented(clips, motion, reversal, turns, generator):
    """Half of the clips backwards, half mirrored each way; then other light, textures and noise."""
    clips, motion = clips.clone(), motion.clone()
    for axis, swap in ((1, reversal), (3, turns[3]), (2, turns[2])):
        chosen = torch.rand(len(clips), generator=generator) < 0.5
        clips[chosen] = clips[chosen].flip(axis + 1)
        motion[chosen] = swap[motion[chosen]]
    n, _, t, height, width = clips.shape
    clips = lit(clips, generator)
    # One texture for all frames of a clip: it stands still.
    gain = grained(torch.ones(n, 1, height, width), generator).unsqueeze(2)
    soft = torch.rand(n, generator=generator) < 0.3
    clips = clips * gain
    clips[soft] = functional.avg_pool3d(clips[soft], (1, 3, 3), 1, (0, 1, 1), count_include_pad=False)
    return snowed(clips, generator).clamp(-1, 1), motion


def main():
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--steps", type=int, default=600)
    parse.add_argument("--more-steps", type=int, default=1150, help="of a second run that goes on from the first")
    parse.add_argument("--last-steps", type=int, default=300, help="of a third run, all at full size")
    parse.add_argument("--batch", type=int, default=32)
    parse.add_argument("--rate", type=float, default=3e-3)
    args = parse.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(7)

    labels = names()["motion"]
    index = {label: i for i, label in enumerate(labels)}
    reversal = torch.tensor([index[opposite(label)] for label in labels])
    turns = {axis: torch.tensor([index[opposite(label)] if label[:-1] in families else i for i, label in enumerate(labels)])
             for axis, families in TURNED_BY_MIRROR.items()}
    fit, held = Drawn("clips", (8, 64, 64, 3), False), Drawn("clips", (8, 64, 64, 3), True)
    print(f"{len(fit)} clips, {len(held)} held back", flush=True)
    nets = nn.ModuleDict({"net": Stride().to(memory_format=torch.channels_last_3d), "head": nn.Linear(FEATURES, len(labels))})

    def batch_loss(generator, small):
        chosen = torch.randint(len(fit), (args.batch,), generator=generator).tolist()
        clips = scaled(fit.pixels(chosen))
        if small:
            clips = functional.avg_pool3d(clips, (1, 2, 2))
        clips, motion = augmented(clips, torch.from_numpy(fit.labels[chosen, 0]), reversal, turns, generator)
        features = nets["net"](clips.contiguous(memory_format=torch.channels_last_3d))
        return functional.cross_entropy(nets["head"](functional.dropout(features, 0.1)), motion, label_smoothing=0.03)

    def answers(change=lambda clips: clips):
        return torch.cat([nets["head"](nets["net"](change(scaled(held.pixels(range(i, i + 50)))))) for i in range(0, 500, 50)])

    truth = torch.from_numpy(held.labels[:500, 0])

    def judge():
        right = (answers().argmax(1) == truth).float().mean().item()
        return f"held {right:.4f}"

    train("stride", nets, batch_loss, args.steps, args.rate, judge, halved=2 / 3)
    train("stride-more", nets, batch_loss, args.more_steps, args.rate * 2 / 3, judge, halved=0.78, seed=8)
    train("stride-last", nets, batch_loss, args.last_steps, args.rate / 2, judge, halved=0, seed=9)
    with torch.no_grad():
        logits, backwards = answers(), answers(lambda clips: clips.flip(2))
        choices = [round(0.5 + 0.02 * i, 2) for i in range(126)]
        temperature = min(choices, key=lambda t: functional.cross_entropy(logits / t, truth).item())
        nets["head"].weight /= temperature
        nets["head"].bias /= temperature
        print(f"temperature {temperature}; backwards, and asked for the opposite: {(backwards.argmax(1) == reversal[truth]).float().mean().item():.4f}", flush=True)
    product = Product(nets["net"], nets["head"]).eval().to(memory_format=torch.contiguous_format)
    torch.onnx.export(product, torch.zeros(1, 3, 8, 64, 64), str(CACHE / "stride.onnx"), opset_version=13,
                      input_names=["input"], output_names=["scores", "features"])
    (CACHE / "stride-training.json").write_text(json.dumps({"steps": args.steps, "more_steps": args.more_steps, "last_steps": args.last_steps, "batch": args.batch, "clips": len(fit), "temperature": temperature}) + "\n")


if __name__ == "__main__":
    main()
