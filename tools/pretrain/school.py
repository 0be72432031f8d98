"""What eye.py and stride.py share: drawn examples, other light and other cameras, and training that goes on where it was stopped."""
import json
import math
import os
import pathlib
import time

import numpy
import torch
from torch.nn import functional

CACHE = pathlib.Path(os.environ.get("HEARKEN_CACHE", ".cache/pretrain"))
LABELS = ("motion", "shape", "hue")


class Drawn:
    """Shards that draw.ts wrote: pixels `[n, …]` uint8, labels `[n, 3]` (motion, shape, hue)."""

    def __init__(self, name, shape, held):
        paths = sorted((CACHE / "drawn").glob(f"{name}-[0-9]*[0-9].u8"))
        paths = paths[:1] if held else paths[1:]
        self.parts = [numpy.fromfile(path, numpy.uint8).reshape(-1, *shape) for path in paths]
        self.each = len(self.parts[0])
        self.labels = numpy.concatenate([numpy.fromfile(path.with_suffix(".labels.u8"), numpy.uint8).reshape(-1, 3) for path in paths]).astype(numpy.int64)

    def __len__(self):
        return len(self.labels)

    def pixels(self, index):
        return torch.from_numpy(numpy.stack([self.parts[i // self.each][i % self.each] for i in index]))


def names():
    """The labels of each attribute."""
    return json.loads((CACHE / "drawn" / "labels.json").read_text())


def _cosines():
    """The 64 basis pictures of the 8x8 discrete cosine transform, `[64, 1, 8, 8]`."""
    k, n = torch.meshgrid(torch.arange(8.0), torch.arange(8.0), indexing="ij")
    basis = torch.cos(math.pi * (2 * n + 1) * k / 16) * torch.where(k == 0, math.sqrt(1 / 8), 0.5)
    return torch.einsum("ux,vy->uvxy", basis, basis).reshape(64, 1, 8, 8)


_BASIS = _cosines()
# Coarser for fine detail, as any quantisation matrix is.
_COARSE = (1 + torch.arange(8.0)[:, None] + torch.arange(8.0)[None, :]).reshape(1, 64, 1, 1)
_TO_YUV = torch.tensor([[0.299, 0.587, 0.114], [-0.169, -0.331, 0.5], [0.5, -0.419, -0.081]])


def encoded(pictures, generator):
    """As a camera's encoder leaves them: half the colour resolution, 8x8 blocks of cosines, coarsely quantised. Sides must be multiples of 16."""
    step = 0.02 * torch.rand(len(pictures), 1, 1, 1, generator=generator) ** 2
    yuv = torch.einsum("ij,njhw->nihw", _TO_YUV, pictures)
    planes = [yuv[:, :1], *(functional.avg_pool2d(yuv[:, i:i + 1], 2) for i in (1, 2))]
    for i, plane in enumerate(planes):
        cosines = functional.conv2d(plane, _BASIS, stride=8)
        width = step * _COARSE
        planes[i] = functional.conv_transpose2d(torch.round(cosines / width.clamp_min(1e-4)) * width.clamp_min(1e-4), _BASIS, stride=8)
    chroma = [functional.interpolate(plane, scale_factor=2.0, mode="bilinear", align_corners=False) for plane in planes[1:]]
    return torch.einsum("ij,njhw->nihw", torch.linalg.inv(_TO_YUV), torch.cat([planes[0], *chroma], 1))


def lit(pictures, generator):
    """Other light: gain and offset for all, a little of its own for each channel. `[n, 3, …]`, −1…1."""
    shape = [len(pictures), 1] + [1] * (pictures.dim() - 2)
    coloured = [len(pictures), 3] + shape[2:]
    draw = lambda of: torch.rand(of, generator=generator)
    return pictures * (0.8 + 0.4 * draw(shape)) * (0.94 + 0.12 * draw(coloured)) + 0.3 * (draw(shape) - 0.5)


def grained(pictures, generator):
    """A texture of smooth noise over a third of the pictures, sharp-edged in half of these: surfaces no renderer has."""
    n, _, height, width = pictures.shape
    noise = torch.zeros(n, 1, height, width)
    for i in range(n):
        if torch.rand(1, generator=generator).item() < 0.33:
            cells = int(torch.randint(6, 40, (1,), generator=generator))
            field = torch.randn(1, 1, cells, cells, generator=generator)
            noise[i] = functional.interpolate(field, (height, width), mode="bicubic", align_corners=False)[0]
            if torch.rand(1, generator=generator).item() < 0.5:
                noise[i] = noise[i].sign()
    return pictures * (1 + 0.16 * torch.rand(n, 1, 1, 1, generator=generator) * noise)


def snowed(pictures, generator):
    """Noise of a sensor, of a strength of its own in each picture."""
    shape = [len(pictures)] + [1] * (pictures.dim() - 1)
    return pictures + torch.randn(pictures.shape, generator=generator) * 0.05 * torch.rand(shape, generator=generator)


def train(name, nets, batch_loss, steps, rate, judge, halved, seed=7, every=100):
    """
    AdamW, one cosine over a fixed number of steps. Saves every `every` steps to `<name>.pt` in the cache and goes on
    from there. `nets` is a ModuleDict; `batch_loss(generator, small)` draws a batch and gives its loss, at half the size
    of the picture while `small`, which the first `halved` (0…1) of the steps are: they cost a quarter (progressive
    learning, Tan & Le 2021); `judge()` gives a line of figures.
    """
    path = CACHE / f"{name}.pt"
    optimiser = torch.optim.AdamW(nets.parameters(), lr=rate, weight_decay=0.02)
    generator, step = torch.Generator().manual_seed(seed), 0
    if path.exists():
        saved = torch.load(path)
        nets.load_state_dict(saved["nets"]); optimiser.load_state_dict(saved["optimiser"]); generator.set_state(saved["generator"])
        torch.set_rng_state(saved["torch"]); step = saved["step"]
    began, total = time.time(), 0.0
    nets.train()
    while step < steps:
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / 100) * (0.5 + 0.5 * math.cos(math.pi * step / steps))
        loss = batch_loss(generator, step < halved * steps)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        step += 1
        total += loss.item()
        if step % every == 0 or step == steps:
            nets.eval()
            with torch.no_grad():
                said = judge()
            nets.train()
            torch.save({"nets": nets.state_dict(), "optimiser": optimiser.state_dict(), "generator": generator.get_state(),
                        "torch": torch.get_rng_state(), "step": step}, path)
            print(f"{name} step {step}/{steps} {time.time() - began:.0f} s: loss {total / every:.4f} {said}", flush=True)
            total = 0.0
    nets.eval()
