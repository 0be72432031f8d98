#!/usr/bin/python3
"""Trains the embedded appearance net `eye` on the pictures that look.ts made, and writes eye.onnx.

As ear.py: first without the held-back recordings, which fix the temperature, then on with all of the
training part. The validation part is never read here. Seeded; a run that was stopped begins again.
"""
import argparse
import json
import math
import pathlib
import time

import numpy
import torch
from torch import nn
from torch.nn import functional

CLASSES, WIDTH, HEIGHT = 5, 160, 128
SEED = 7


def load(cache, *names):
    pixels = numpy.concatenate([numpy.fromfile(cache / "pictures" / f"{n}.u8", numpy.uint8).reshape(-1, HEIGHT, WIDTH, 3) for n in names])
    targets = numpy.concatenate([numpy.fromfile(cache / "pictures" / f"{n}.targets.u8", numpy.uint8) for n in names])
    return torch.from_numpy(pixels), torch.from_numpy(targets.astype(numpy.int64))


def scaled(pixels):
    return pixels.permute(0, 3, 1, 2).float().div_(127.5).sub_(1)


def convolution(inputs, outputs, size, stride, padding, groups=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, padding, groups=groups, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
    )


class Eye(nn.Module):
    """A small MobileNetV1; the greatest value over the picture is kept, since what flies is small."""

    BLOCKS = [(24, 2), (48, 1), (64, 2), (96, 1), (128, 2), (192, 1)]

    def __init__(self):
        super().__init__()
        layers, width = [convolution(3, 12, 3, 2, 1)], 12
        for outputs, stride in self.BLOCKS:
            layers += [convolution(width, width, 3, stride, 1, width), convolution(width, outputs, 1, 1, 0)]
            width = outputs
        self.body = nn.Sequential(*layers)
        self.drop = nn.Dropout(0.2)
        self.head = nn.Linear(width, CLASSES)

    def features(self, pictures):
        return torch.amax(self.body(pictures), (2, 3))


class Product(nn.Module):
    """What is exported: normalisation folded into the convolutions, the temperature into the head."""

    def __init__(self, eye, temperature):
        super().__init__()
        eye.eval()
        self.body = nn.Sequential(*[nn.Sequential(nn.utils.fusion.fuse_conv_bn_eval(b[0], b[1]), nn.ReLU()) for b in eye.body])
        self.pool = nn.AdaptiveMaxPool2d(1)
        self.head = nn.Linear(eye.head.in_features, CLASSES)
        with torch.no_grad():
            self.head.weight.copy_(eye.head.weight / temperature)
            self.head.bias.copy_(eye.head.bias / temperature)

    def forward(self, pictures):
        features = self.pool(self.body(pictures)).flatten(1)
        return torch.softmax(self.head(features), 1), features


def jittered(pictures, generator):
    """Other light, other cameras: gain and offset for all and per channel, noise, softness, left for right."""
    n = len(pictures)
    draw = lambda *shape: torch.rand(*shape, generator=generator)
    out = pictures * (0.75 + 0.5 * draw(n, 1, 1, 1)) * (0.9 + 0.2 * draw(n, 3, 1, 1)) + 0.4 * (draw(n, 1, 1, 1) - 0.5)
    soft = draw(n) < 0.25
    out[soft] = functional.avg_pool2d(out[soft], 3, 1, 1)
    out = out + torch.randn(out.shape, generator=generator) * 0.04 * draw(n, 1, 1, 1)
    mirrored = draw(n) < 0.5
    out[mirrored] = out[mirrored].flip(3)
    return out.clamp_(-1, 1)


def evaluate(eye, pixels, batch=200):
    eye.eval()
    with torch.no_grad():
        return torch.cat([eye.head(eye.features(scaled(pixels[i:i + batch]))) for i in range(0, len(pixels), batch)])


def balanced(logits, targets):
    """Mean over the classes of the share that is right."""
    right = (logits.argmax(1) == targets).float()
    return torch.stack([right[targets == k].mean() for k in targets.unique()]).mean().item()


def learn(name, eye, made, real, judge, epochs, rate, args):
    generator = torch.Generator().manual_seed(SEED)
    pixels, targets = torch.cat([made[0], real[0]]), torch.cat([made[1], real[1]])
    weights = 1 / torch.bincount(targets, minlength=CLASSES).float().sqrt()
    weights = weights / weights.mean()
    per_epoch = len(pixels) // args.batch
    optimiser = torch.optim.AdamW(eye.parameters(), lr=rate, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min(1.0, (s + 1) / 100) * (0.5 + 0.5 * math.cos(math.pi * min(1.0, s / (epochs * per_epoch))))
    )
    began = time.time()
    for epoch in range(epochs):
        order, total = torch.randperm(len(pixels), generator=generator), 0.0
        eye.train()
        for at in range(0, per_epoch * args.batch, args.batch):
            index = order[at:at + args.batch]
            pictures = jittered(scaled(pixels[index]), generator).contiguous(memory_format=torch.channels_last)
            loss = functional.cross_entropy(eye.head(eye.drop(eye.features(pictures))), targets[index], weights, label_smoothing=0.05)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        said = "".join(f" {k} {balanced(evaluate(eye, p), t):.3f}" for k, (p, t) in judge.items())
        print(f"{name} epoch {epoch + 1}/{epochs} {time.time() - began:.0f} s: loss {total / per_epoch:.4f}{said}", flush=True)


def main():
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--cache", type=pathlib.Path, default=pathlib.Path(".cache/pretrain"))
    parse.add_argument("--epochs", type=int, default=9)
    parse.add_argument("--more-epochs", type=int, default=3)
    parse.add_argument("--batch", type=int, default=64)
    parse.add_argument("--rate", type=float, default=4e-3)
    args = parse.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    torch.use_deterministic_algorithms(True)

    made, real = load(args.cache, "made-fit"), load(args.cache, "real-fit")
    judge = {"made": load(args.cache, "made-held"), "real": load(args.cache, "real-held")}
    print(f"{len(made[0])} made and {len(real[0])} real pictures", flush=True)
    eye = Eye().to(memory_format=torch.channels_last)
    learn("fit", eye, made, real, judge, args.epochs, args.rate, args)
    logits = torch.cat([evaluate(eye, p) for p, _ in judge.values()])
    targets = torch.cat([t for _, t in judge.values()])
    choices = [round(0.5 + 0.02 * i, 2) for i in range(126)]
    temperature = min(choices, key=lambda t: functional.cross_entropy(logits / t, targets).item())
    print(f"temperature {temperature}", flush=True)
    learn("all", eye, load(args.cache, "made-fit", "made-held"), load(args.cache, "real-fit", "real-held"), {}, args.more_epochs, args.rate / 2, args)
    product = Product(eye, temperature).eval().to(memory_format=torch.contiguous_format)
    torch.onnx.export(product, torch.zeros(1, 3, HEIGHT, WIDTH), str(args.cache / "eye.onnx"), opset_version=13,
                      input_names=["input"], output_names=["scores", "features"])
    ours = {"temperature": temperature, "epochs": args.epochs, "more_epochs": args.more_epochs,
            "made_pictures": len(made[0]) + len(judge["made"][0]), "real_pictures": len(real[0]) + len(judge["real"][0])}
    (args.cache / "eye-training.json").write_text(json.dumps(ours, indent=2) + "\n")


if __name__ == "__main__":
    main()
