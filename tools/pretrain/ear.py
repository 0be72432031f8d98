#!/usr/bin/python3
"""Trains the embedded audio net `ear` on the windows that teach.ts made, and writes ear.onnx.

Needs only Debian's python3-torch (1.13) and python3-numpy. Two runs: the first learns from the fit
windows and is judged on the held-back recordings of the training part, which fixes the temperature;
the second goes on from there with both, keeps that temperature, and is what is exported.
The validation part is never read here. Seeded; goes on from its last finished epoch when run again.
"""
import argparse
import json
import math
import os
import pathlib
import time

import numpy
import torch
from torch import nn
from torch.nn import functional

LABELS = 12
MEL_SCALE = 2048.0
SEED = 7


class Shards:
    """Windows of several shards: log-mel [n,96,64] as int16, teacher's features and scores, targets."""

    def __init__(self, cache, *names):
        folders = [f for name in names for f in sorted((cache / "windows").glob(f"{name}-[0-9]*")) if f.suffix != ".part"]
        read = lambda file, kind, width: numpy.concatenate([numpy.fromfile(f / file, kind).reshape(-1, width) for f in folders])
        self.mel = torch.from_numpy(read("mel.i16", numpy.int16, 96 * 64))
        self.features = torch.from_numpy(read("features.f32", numpy.float32, 1024))
        self.scores = torch.from_numpy(read("scores.f32", numpy.float32, 521))
        self.targets = torch.from_numpy(read("targets.f32", numpy.float32, LABELS))

    def __len__(self):
        return len(self.mel)

    def patches(self, index):
        return self.mel[index].float().div_(MEL_SCALE).view(-1, 96, 64)


def convolution(inputs, outputs, size, stride, padding, groups=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, padding, groups=groups, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
    )


class Ear(nn.Module):
    """MobileNetV1's shape, made small: a 5x5 convolution, six depthwise-separable ones, mean, one linear layer."""

    BLOCKS = [(32, 2), (64, 2), (96, 1), (128, 2), (192, 1), (256, 1)]

    def __init__(self, mean, deviation):
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean))
        self.register_buffer("deviation", torch.tensor(deviation))
        layers, width = [convolution(1, 16, 5, 2, 0)], 16
        for outputs, stride in self.BLOCKS:
            layers += [convolution(width, width, 3, stride, 1, width), convolution(width, outputs, 1, 1, 0)]
            width = outputs
        self.body = nn.Sequential(*layers)
        self.drop = nn.Dropout(0.2)
        self.head = nn.Linear(width, LABELS)
        # Only while learning: what the teacher thinks, from our features.
        self.as_features = nn.Linear(width, 1024)
        self.as_scores = nn.Linear(width, 521)

    def features(self, patches):
        return self.body(((patches - self.mean) / self.deviation).unsqueeze(1)).mean((2, 3))


class Product(nn.Module):
    """What is exported: the input's scaling folded into the first convolution, the temperature into the head."""

    def __init__(self, ear, temperature):
        super().__init__()
        ear.eval()
        first = nn.utils.fusion.fuse_conv_bn_eval(ear.body[0][0], ear.body[0][1])
        with torch.no_grad():
            first.bias -= first.weight.sum((1, 2, 3)) * ear.mean / ear.deviation
            first.weight /= ear.deviation
        rest = [nn.Sequential(nn.utils.fusion.fuse_conv_bn_eval(block[0], block[1]), nn.ReLU()) for block in ear.body[1:]]
        self.body = nn.Sequential(first, nn.ReLU(), *rest)
        self.head = nn.Linear(ear.head.in_features, LABELS)
        with torch.no_grad():
            self.head.weight.copy_(ear.head.weight / temperature)
            self.head.bias.copy_(ear.head.bias / temperature)

    def forward(self, patches):
        features = self.body(patches.unsqueeze(1)).mean((2, 3))
        return torch.sigmoid(self.head(features)), features


def masked(patches, generator):
    """SpecAugment (Park et al. 2019): in two of three windows up to 12 bands and up to 20 frames take the window's mean."""
    out = patches.clone()
    draws = torch.rand(len(out), 5, generator=generator)
    for i, (sure, band, bands, frame, frames) in enumerate(draws.tolist()):
        if sure < 0.67:
            mean = out[i].mean()
            b, n = int(band * 52), int(bands * 12)
            out[i, :, b:b + n] = mean
            f, n = int(frame * 76), int(frames * 20)
            out[i, f:f + n, :] = mean
    return out


def evaluate(ear, data, batch=500):
    ear.eval()
    with torch.no_grad():
        return torch.cat([ear.head(ear.features(data.patches(slice(i, i + batch)))) for i in range(0, len(data), batch)])


def bce(logits, targets):
    return functional.binary_cross_entropy_with_logits(logits, targets).item()


def accuracy(logits, targets):
    return (logits.argmax(1) == targets.argmax(1)).float().mean().item()


def learn(name, data, teacher, judge, epochs, rate, args, start=None, quiet_is_quiet=False):
    """
    Trains one net for a fixed number of steps (AdamW, one cosine); saves after every epoch. The targets are half
    the label, half what the teacher's own head says; where there is no label (-1), the teacher alone. With
    `quiet_is_quiet`, windows labelled as background take the label alone: the teacher hears rain in any noise.
    """
    path = args.cache / f"ear-{name}.pt"
    with torch.no_grad():
        said = torch.sigmoid(teacher(data.features))
    targets = torch.where(data.targets < 0, said, 0.5 * said + 0.5 * data.targets)
    if quiet_is_quiet:
        targets = torch.where(data.targets[:, -1:] == 1, data.targets, targets)
    torch.manual_seed(SEED)
    generator = torch.Generator().manual_seed(SEED)
    sample = data.mel[:4000].float() / MEL_SCALE
    # Channels last: half again as fast with MKL-DNN on a CPU.
    ear = Ear(sample.mean().item(), sample.std().item()).to(memory_format=torch.channels_last)
    centre, spread = data.features.mean(0), data.features.std(0) + 0.02
    if start is not None:
        ear.load_state_dict(start.state_dict())
    batch, epoch_steps = args.batch, len(data) // args.batch
    steps = epochs * epoch_steps
    optimiser = torch.optim.AdamW(ear.parameters(), lr=rate, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min(1.0, (s + 1) / 200) * (0.5 + 0.5 * math.cos(math.pi * min(1.0, s / steps)))
    )
    step = 0
    if path.exists():
        saved = torch.load(path)
        ear.load_state_dict(saved["ear"]); optimiser.load_state_dict(saved["optimiser"]); schedule.load_state_dict(saved["schedule"])
        generator.set_state(saved["generator"]); torch.set_rng_state(saved["torch"]); step = saved["step"]
    began = time.time()
    while step < steps:
        order = torch.randperm(len(data), generator=generator)
        ear.train()
        total = 0.0
        for at in range(0, min(epoch_steps, steps - step) * batch, batch):
            index = order[at:at + batch]
            features = ear.features(masked(data.patches(index), generator))
            hard = functional.binary_cross_entropy_with_logits(ear.head(ear.drop(features)), targets[index])
            alike = functional.mse_loss(ear.as_features(features), (data.features[index] - centre) / spread)
            soft = functional.binary_cross_entropy_with_logits(ear.as_scores(features), data.scores[index])
            loss = 3 * hard + alike + 20 * soft
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
            step += 1
            total += hard.item()
        torch.save({"ear": ear.state_dict(), "optimiser": optimiser.state_dict(), "schedule": schedule.state_dict(),
                    "generator": generator.get_state(), "torch": torch.get_rng_state(), "step": step}, path)
        said = "".join(f" {k} bce {bce(o, d.targets):.4f} acc {accuracy(o, d.targets):.4f}" for k, d in judge.items() for o in [evaluate(ear, d)])
        print(f"{name} step {step}/{steps} {time.time() - began:.0f} s: train bce {total / epoch_steps:.4f}{said}", flush=True)
    ear.eval()
    return ear


def temperature_of(logits, targets):
    """The temperature with the least cross-entropy, by trying (Guo et al. 2017)."""
    choices = [round(0.5 + 0.02 * i, 2) for i in range(126)]
    return min(choices, key=lambda t: bce(logits / t, targets))


def linear_head(features, targets, decay, steps=3000):
    """One linear layer with sigmoids on frozen features, the same loss: YAMNet's side of the comparison."""
    torch.manual_seed(SEED)
    head = nn.Linear(features.shape[1], LABELS)
    optimiser = torch.optim.AdamW(head.parameters(), lr=2e-3, weight_decay=decay)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(steps):
        index = torch.randint(len(features), (256,))
        loss = functional.binary_cross_entropy_with_logits(head(features[index]), targets[index])
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        schedule.step()
    return head


class TeacherHead(nn.Module):
    """The linear head with the features' scaling and the temperature folded in."""

    def __init__(self, head, centre, spread, temperature):
        super().__init__()
        self.weight = head.weight.detach() / spread / temperature
        self.bias = head.bias.detach() / temperature - self.weight @ centre

    def forward(self, features):
        return features @ self.weight.T + self.bias


def yamnet_head(fit, held, plain):
    """The same head on YAMNet's features: weight decay and temperature from the held-back part, then all of train."""
    centre, spread = fit.features.mean(0), fit.features.std(0) + 0.02
    normal = lambda data: (data.features - centre) / spread
    tried = {}
    for decay in (0.01, 0.1, 1.0, 3.0):
        head = linear_head(normal(fit), fit.targets, decay)
        with torch.no_grad():
            logits = torch.cat([head(normal(plain)), head(normal(held))])
        temperature = temperature_of(logits, torch.cat([plain.targets, held.targets]))
        tried[decay] = (bce(logits[:len(plain)] / temperature, plain.targets), temperature, accuracy(logits[:len(plain)], plain.targets), head)
        print(f"YAMNet head, decay {decay}: plain bce {tried[decay][0]:.4f} acc {tried[decay][2]:.4f} temperature {tried[decay][1]}", flush=True)
    decay = min(tried, key=lambda d: tried[d][0])
    _, temperature, right, first = tried[decay]
    final = linear_head(torch.cat([normal(fit), normal(held)]), torch.cat([fit.targets, held.targets]), decay)
    return (TeacherHead(first, centre, spread, temperature), TeacherHead(final, centre, spread, temperature),
            {"decay": decay, "temperature": temperature, "held_plain_accuracy": right})


def main():
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--cache", type=pathlib.Path, default=pathlib.Path(".cache/pretrain"))
    parse.add_argument("--epochs", type=int, default=8)
    parse.add_argument("--more-epochs", type=int, default=4, help="of the second run, which goes on from the first with all of train")
    parse.add_argument("--batch", type=int, default=128)
    parse.add_argument("--rate", type=float, default=4e-3)
    parse.add_argument("--threads", type=int, default=1)
    parse.add_argument("--head-only", action="store_true", help="only YAMNet's side")
    args = parse.parse_args()
    torch.set_num_threads(args.threads)
    torch.use_deterministic_algorithms(True)

    fit, held, plain = Shards(args.cache, "fit"), Shards(args.cache, "held"), Shards(args.cache, "plain")
    print(f"{len(fit)} fit, {len(held)} held back, {len(plain)} plain windows", flush=True)
    teacher, final_teacher, said = yamnet_head(fit, held, plain)
    numpy.concatenate([final_teacher.weight.numpy().ravel(), final_teacher.bias.numpy()]).astype(numpy.float32).tofile(args.cache / "yamnet-head.f32")
    ours = {"yamnet_head": said}
    if args.head_only:
        return
    data = Shards(args.cache, "fit", "wildfit")
    first = learn("fit", data, teacher, {"held": held, "plain": plain}, args.epochs, args.rate, args)
    logits = torch.cat([evaluate(first, plain), evaluate(first, held)])
    temperature = temperature_of(logits, torch.cat([plain.targets, held.targets]))
    ours["ear"] = {"temperature": temperature, "epochs": args.epochs, "more_epochs": args.more_epochs, "labelled_windows": len(fit) + len(held), "held_back_windows": len(held),
                   "unlabelled_windows": len(Shards(args.cache, "wildfit", "wildheld")),
                   "held_plain_accuracy": accuracy(logits[:len(plain)], plain.targets)}
    print(f"temperature {temperature}", flush=True)

    both = Shards(args.cache, "fit", "held", "wildfit", "wildheld")
    final = learn("all", both, final_teacher, {}, args.more_epochs, args.rate / 2, args, start=first, quiet_is_quiet=True)
    product = Product(final, temperature).eval().to(memory_format=torch.contiguous_format)
    patches = plain.patches(slice(0, 64))
    with torch.no_grad():
        worst = (torch.sigmoid(final.head(final.features(patches)) / temperature) - product(patches)[0]).abs().max().item()
    print(f"folding changed the scores by at most {worst:.2e}", flush=True)
    torch.onnx.export(product, torch.zeros(1, 96, 64), str(args.cache / "ear.onnx"), opset_version=13,
                      input_names=["input"], output_names=["scores", "features"])
    (args.cache / "ear-training.json").write_text(json.dumps(ours, indent=2) + "\n")


if __name__ == "__main__":
    main()
