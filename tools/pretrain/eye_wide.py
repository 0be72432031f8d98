#!/usr/bin/python3
"""Trains `eye-wide`, the eye's own net at 320x256 for small things far away, from the eye as its second run left it and the airspace
frames (whole and close-up), and writes eye-wide.onnx.

Run after eye.py. Seeded; goes on where it was stopped. Neither the validation part of airspace nor the last fifth of
its training part is learned from; the latter says how it gets on.
"""
import argparse
import json

import torch
from torch import nn
from torch.nn import functional

from airspace import HEIGHT, WIDTH
from flights import FLYERS, Flights
from nets import FEATURES, Eye, folded
from school import CACHE, encoded, lit, snowed, train

SIZE = (256, 320)


class Product(nn.Module):
    """What is exported: 256 features, and a softmax over what flies and last nothing."""

    def __init__(self, net, head):
        super().__init__()
        self.net, self.head = folded(net), head

    def forward(self, pictures):
        features = self.net(pictures)
        return torch.softmax(self.head(features), 1), features


def probed(net, size, flights, later):
    """
    How far a linear layer on a net's features carries on whole frames of `size`: fitted on the one set, and of the other
    [frames right, frames] of each video.
    """
    def features(some):
        frames = (torch.stack([some.cut(i, 0, 0, WIDTH, HEIGHT, size) for i in range(at, min(at + 16, len(some)))]) for at in range(0, len(some), 16))
        with torch.no_grad():
            return torch.cat([net(batch.contiguous(memory_format=torch.channels_last)) for batch in frames])

    known, asked, truth = features(flights), features(later), torch.tensor(flights.flyer)
    centre, spread = known.mean(0), known.std(0) + 0.01
    known, asked = (known - centre) / spread, (asked - centre) / spread
    weights = 1 / torch.bincount(truth).float()
    torch.manual_seed(7)
    head = nn.Linear(FEATURES, len(FLYERS))
    optimiser = torch.optim.AdamW(head.parameters(), lr=2e-3, weight_decay=1.0)
    for _ in range(1200):
        some = torch.randint(len(truth), (256,))
        loss = functional.cross_entropy(head(known[some]), truth[some], weights / weights.mean(), label_smoothing=0.05)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
    right = (head(asked).argmax(1) == torch.tensor(later.flyer)).tolist()
    return by_video(later, right)


def by_video(flights, right):
    videos = {}
    for video, one in zip(flights.video, right):
        videos.setdefault(video, []).append(one)
    return [[sum(ones), len(ones)] for ones in videos.values()]


def main():
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--steps", type=int, default=220)
    parse.add_argument("--batch", type=int, default=16, help="of whole frames; as many close-ups come with them")
    parse.add_argument("--rate", type=float, default=2e-3)
    args = parse.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(7)

    flights, later = Flights(False), Flights(True)
    eye = torch.load(CACHE / "eye-more.pt")["nets"]
    nets = nn.ModuleDict({"net": Eye().to(memory_format=torch.channels_last), "head": nn.Linear(FEATURES, len(FLYERS) + 1)})
    nets["net"].load_state_dict({name[len("net."):]: value for name, value in eye.items() if name.startswith("net.")})
    nets["head"].load_state_dict({name[len("heads.flyer."):]: value for name, value in eye.items() if name.startswith("heads.flyer.")})

    def answers(pictures, generator):
        pictures = snowed(encoded(lit(pictures, generator), generator), generator).clamp(-1, 1)
        return nets["head"](functional.dropout(nets["net"](pictures.contiguous(memory_format=torch.channels_last)), 0.1))

    def batch_loss(generator, _):
        whole, of_whole = flights.whole(args.batch, SIZE, generator)
        close, of_close = flights.close_ups(args.batch, 128, generator)
        loss = lambda pictures, flyer: functional.cross_entropy(answers(pictures, generator), flyer, label_smoothing=0.05)
        return loss(whole, of_whole) + 0.5 * loss(close, of_close)

    frames = [later.cut(i, 0, 0, WIDTH, HEIGHT, SIZE).mul(127.5).add(127.5).to(torch.uint8) for i in later.chosen]
    truth = torch.tensor(later.flyer)

    def held():
        batches = (torch.stack(frames[i:i + 16]).float() / 127.5 - 1 for i in range(0, len(frames), 16))
        return torch.cat([nets["head"](nets["net"](batch.contiguous(memory_format=torch.channels_last))) for batch in batches])[:, :len(FLYERS)]

    def accuracy(logits):
        right = (logits.argmax(1) == truth).float()
        return right.mean().item(), torch.stack([right[truth == k].mean() for k in range(len(FLYERS))]).mean().item()

    def judge():
        frames_right, balanced = accuracy(held())
        return f"held back, whole frames: {frames_right:.4f}, by class {balanced:.4f}"

    train("eye-wide", nets, batch_loss, args.steps, args.rate, judge, halved=0, every=40)
    with torch.no_grad():
        logits = held()
        choices = [round(0.5 + 0.05 * i, 2) for i in range(80)]
        temperature = min(choices, key=lambda t: functional.cross_entropy(logits / t, truth).item())
        nets["head"].weight /= temperature
        nets["head"].bias /= temperature
    eye = Eye().to(memory_format=torch.channels_last).eval()
    last = torch.load(CACHE / "eye-last.pt")["nets"]
    eye.load_state_dict({name[len("net."):]: value for name, value in last.items() if name.startswith("net.")})
    probes = {"eye": probed(eye, (128, 128), flights, later), "eye-wide": probed(nets["net"], SIZE, flights, later)}
    product = Product(nets["net"], nets["head"]).eval().to(memory_format=torch.contiguous_format)
    torch.onnx.export(product, torch.zeros(1, 3, *SIZE), str(CACHE / "eye-wide.onnx"), opset_version=13,
                      input_names=["input"], output_names=["scores", "features"])
    said = {"steps": args.steps, "batch": args.batch, "airspace_frames": len(flights), "temperature": temperature,
            "held_back_frames_right_by_video": by_video(later, (logits.argmax(1) == truth).tolist()),
            "linear_layer_on_features_right_by_video": probes, "held_back_balanced": accuracy(logits)[1]}
    (CACHE / "eye-wide-training.json").write_text(json.dumps(said) + "\n")


if __name__ == "__main__":
    main()
