#!/usr/bin/python3
"""Trains the embedded appearance net `eye` on the pictures that draw.ts drew and on close-ups of the airspace videos
(airspace.py), and writes eye.onnx.

Needs only Debian's python3-torch (1.13) and python3-numpy. Seeded; goes on where it was stopped. The validation part of
airspace is never read, nor the last fifth of its training part.
"""
import argparse
import json
from functools import partial

import torch
from torch import nn
from torch.nn import functional

from flights import FLYERS, Flights
from nets import FEATURES, Eye, folded
from school import CACHE, Drawn, encoded, grained, lit, names, snowed, train

SIZE = 128


class Heads(nn.Module):
    """Three questions, each with an answer for nothing: which shape, which colour, what flies."""

    def __init__(self, shapes, hues):
        super().__init__()
        self.shape, self.hue, self.flyer = (nn.Linear(FEATURES, n) for n in (shapes, hues, len(FLYERS) + 1))


class Product(nn.Module):
    """What is exported: 256 features, and the probability of each answer; last that there is neither a shape nor a flyer."""

    def __init__(self, net, heads):
        super().__init__()
        self.net, self.heads = folded(net), heads

    def forward(self, pictures):
        features = self.net(pictures)
        shape, hue, flyer = (torch.softmax(head(features), 1) for head in (self.heads.shape, self.heads.hue, self.heads.flyer))
        nothing = shape[:, -1:] * flyer[:, -1:]
        return torch.cat([shape[:, :-1], hue[:, :-1], flyer[:, :-1], nothing], 1), features


def scaled(pixels):
    """`[n, height, width, 3]` bytes to `[n, 3, height, width]`, −1…1."""
    return pixels.permute(0, 3, 1, 2).float().div_(127.5).sub_(1)


def moved(pictures, generator):
    """Each turned a little, nearer or farther, shifted, half of them mirrored; what comes in at the edges is mirrored too."""
    n = len(pictures)
    draw = lambda low, high: low + (high - low) * torch.rand(n, generator=generator)
    angle, zoom, mirror = draw(-0.5, 0.5), draw(0.8, 1.25), torch.sign(draw(-1, 1))
    cos, sin = torch.cos(angle) / zoom, torch.sin(angle) / zoom
    theta = torch.stack([torch.stack([cos * mirror, -sin, draw(-0.15, 0.15)], 1), torch.stack([sin * mirror, cos, draw(-0.15, 0.15)], 1)], 1)
    grid = functional.affine_grid(theta, list(pictures.shape), align_corners=False)
    return functional.grid_sample(pictures, grid, mode="bilinear", padding_mode="reflection", align_corners=False)


def main():
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--steps", type=int, default=750)
    parse.add_argument("--more-steps", type=int, default=1400, help="of a second run that goes on from the first")
    parse.add_argument("--last-steps", type=int, default=500, help="of a third run, all at full size")
    parse.add_argument("--batch", type=int, default=32, help="of drawn pictures; a quarter as many close-ups come with them")
    parse.add_argument("--rate", type=float, default=3e-3)
    args = parse.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(7)

    labels = names()
    fit, held = (Drawn("looks", (SIZE, SIZE, 3), held) for held in (False, True))
    flights, later = Flights(False), Flights(True)
    print(f"{len(fit)} drawn pictures, {len(held)} held back; {len(flights)} frames of airspace, {len(later)} held back", flush=True)
    nets = nn.ModuleDict({"net": Eye().to(memory_format=torch.channels_last), "heads": Heads(len(labels["shape"]), len(labels["hue"]))})
    heads = nets["heads"]

    def batch_loss(flyer_weight, generator, small):
        chosen = torch.randint(len(fit), (args.batch,), generator=generator).tolist()
        truth = torch.from_numpy(fit.labels[chosen])
        size = SIZE // 2 if small else SIZE
        drawn = scaled(fit.pixels(chosen))
        if small:
            drawn = functional.avg_pool2d(drawn, 2)
        drawn = moved(grained(drawn, generator), generator)
        flown, flyer = flights.close_ups(args.batch // 4, size, generator)
        pictures = encoded(lit(torch.cat([drawn, flown]), generator), generator)
        pictures = snowed(pictures, generator).clamp(-1, 1).contiguous(memory_format=torch.channels_last)
        features = functional.dropout(nets["net"](pictures), 0.1)
        n, none = len(drawn), len(flown)
        shape = torch.cat([truth[:, 1], torch.full((none,), len(labels["shape"]) - 1)])
        hue = torch.cat([truth[:, 2], torch.full((none,), len(labels["hue"]) - 1)])
        flyer = torch.cat([torch.full((n,), len(FLYERS)), flyer])
        loss = lambda head, target: functional.cross_entropy(head(features), target, label_smoothing=0.03)
        return loss(heads.shape, shape) + loss(heads.hue, hue) + flyer_weight * loss(heads.flyer, flyer)

    def drawn_answers():
        features = torch.cat([nets["net"](scaled(held.pixels(range(i, i + 50)))) for i in range(0, 500, 50)])
        return heads.shape(features), heads.hue(features)

    shapes, hues = torch.from_numpy(held.labels[:500, 1]), torch.from_numpy(held.labels[:500, 2])
    close, flyers = later.close_ups(240, SIZE, torch.Generator().manual_seed(1))

    def flown_answers():
        return torch.cat([heads.flyer(nets["net"](close[i:i + 40])) for i in range(0, len(close), 40)])

    right = lambda logits, truth: (logits.argmax(1) == truth).float().mean().item()

    def judge():
        shape, hue = drawn_answers()
        return f"held: shape {right(shape, shapes):.4f} colour {right(hue, hues):.4f} flyer {right(flown_answers(), flyers):.4f}"

    train("eye", nets, partial(batch_loss, 1), args.steps, args.rate, judge, halved=2 / 3)
    train("eye-more", nets, partial(batch_loss, 0.5), args.more_steps, args.rate * 2 / 3, judge, halved=0.75, seed=8)
    train("eye-last", nets, partial(batch_loss, 0.5), args.last_steps, args.rate / 2, judge, halved=0, seed=9)
    choices = [round(0.5 + 0.02 * i, 2) for i in range(126)]
    with torch.no_grad():
        shape, hue = drawn_answers()
        temperatures = {}
        for name, logits, truth in (("shape", shape, shapes), ("hue", hue, hues), ("flyer", flown_answers(), flyers)):
            temperatures[name] = min(choices, key=lambda t: functional.cross_entropy(logits / t, truth).item())
            head = getattr(heads, name)
            head.weight /= temperatures[name]
            head.bias /= temperatures[name]
    print(f"temperatures {temperatures}", flush=True)
    product = Product(nets["net"], heads).eval().to(memory_format=torch.contiguous_format)
    torch.onnx.export(product, torch.zeros(1, 3, SIZE, SIZE), str(CACHE / "eye.onnx"), opset_version=13,
                      input_names=["input"], output_names=["scores", "features"])
    with torch.no_grad():
        sure = int((flown_answers().argmax(1) == flyers).sum())
    said = {"held_close_ups": {"right": sure, "n": len(flyers)}, "steps": args.steps, "more_steps": args.more_steps, "last_steps": args.last_steps, "batch": args.batch, "drawn_pictures": len(fit), "airspace_frames": len(flights), "temperatures": temperatures}
    (CACHE / "eye-training.json").write_text(json.dumps(said) + "\n")


if __name__ == "__main__":
    main()
