"""Real pictures for the eye: close-ups and whole frames of the airspace frames that airspace.py read."""
import csv

import numpy
import torch
from torch.nn import functional

from airspace import HEIGHT, WIDTH
from school import CACHE

FLYERS = ("airplane", "bird", "drone", "helicopter")


def _growing(moving, x, y):
    """The box of what moves around a place, grown while something moves within three pixels of it; None when it grows too large."""
    height, width = moving.shape
    box = (x, y, x, y)
    while True:
        left, top = max(0, box[0] - 3), max(0, box[1] - 3)
        rows, columns = numpy.where(moving[top:min(height, box[3] + 4), left:min(width, box[2] + 4)])
        grown = (min(box[0], left + columns.min()), min(box[1], top + rows.min()), max(box[2], left + columns.max()), max(box[3], top + rows.max()))
        if max(grown[2] - grown[0], grown[3] - grown[1]) > 60:
            return None
        if grown == box:
            return box
        box = grown


def _boxes(frames):
    """Where something moves before a still camera: left, top, right, bottom [px], or −1. At half the size, against the median."""
    small = frames[:, ::2, ::2].astype(numpy.int16)
    difference = numpy.abs(small - numpy.median(small, 0)).max(-1)
    boxes = numpy.full((len(frames), 4), -1)
    if difference.mean() >= 4:
        return boxes
    for i, one in enumerate(difference):
        y, x = numpy.unravel_index(one.argmax(), one.shape)
        box = _growing(one > 18, x, y) if one[y, x] >= 30 else None
        if box is not None:
            boxes[i] = (2 * box[0], 2 * box[1], 2 * box[2] + 2, 2 * box[3] + 2)
    return boxes


class Flights:
    """The frames of the fit or of the held-back videos, with where something moves in them. Draws classes evenly."""

    def __init__(self, held):
        folder = CACHE / "airspace"
        with open(folder / "index.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        rows_here = [i for i, row in enumerate(rows) if (row["held"] == "1") == held]
        self.frames = numpy.memmap(folder / "frames.u8", numpy.uint8, "r", shape=(len(rows), HEIGHT, WIDTH, 3))[rows_here]
        self.chosen = range(len(rows_here))
        self.flyer = [FLYERS.index(rows[i]["label"]) for i in rows_here]
        self.video = [rows[i]["video"] for i in rows_here]
        self.box = {}
        for video in dict.fromkeys(self.video):
            mine = [i for i in self.chosen if self.video[i] == video]
            self.box.update(zip(mine, _boxes(self.frames[mine])))
        self.by_flyer = [[i for i in self.chosen if self.flyer[i] == k] for k in range(len(FLYERS))]
        self.boxed = [[i for i in mine if self.box[i][0] >= 0] for mine in self.by_flyer]

    def __len__(self):
        return len(self.chosen)

    def cut(self, i, left, top, width, height, size):
        """A piece of a frame `[3, *size]`, −1…1."""
        piece = torch.from_numpy(self.frames[i, top:top + height, left:left + width].copy()).permute(2, 0, 1)[None].float()
        return functional.interpolate(piece, size, mode="bilinear", antialias=True, align_corners=False)[0] / 127.5 - 1

    def _around(self, i, width, height, size, draw):
        """A cut of a size that holds the frame's box, at a random place."""
        left, top, right, bottom = self.box[i]
        place = lambda low, high: int(low + draw() * max(0, high - low))
        x = place(max(0, right - width), min(left, WIDTH - width))
        y = place(max(0, bottom - height), min(top, HEIGHT - height))
        return self.cut(i, min(max(0, x), WIDTH - width), min(max(0, y), HEIGHT - height), width, height, size)

    def close_ups(self, n, size, generator):
        """`n` square close-ups `[n, 3, size, size]`, −1…1, and what flies in each; one in five shows only what is behind."""
        draw = lambda: torch.rand(1, generator=generator).item()
        pictures, flyers = [], []
        while len(pictures) < n:
            kind = int(draw() * len(FLYERS))
            i = self.boxed[kind][int(draw() * len(self.boxed[kind]))]
            box = self.box[i]
            if draw() < 0.2:
                side = int(64 + draw() * 128)
                x, y = int(draw() * (WIDTH - side)), int(draw() * (HEIGHT - side))
                if x < box[2] + 8 and x + side > box[0] - 8 and y < box[3] + 8 and y + side > box[1] - 8:
                    continue
                pictures.append(self.cut(i, x, y, side, side, (size, size)))
                flyers.append(len(FLYERS))
            else:
                least = max(box[2] - box[0], box[3] - box[1], 20)
                side = int(min(HEIGHT, least * (1.6 + 6 * draw())))
                pictures.append(self._around(i, side, side, (size, size), draw))
                flyers.append(kind)
        return torch.stack(pictures), torch.tensor(flyers)

    def whole(self, n, size, generator, least=0.7):
        """`n` frames, whole or a part that holds the flyer, at `size` (height, width), and what flies in each."""
        draw = lambda: torch.rand(1, generator=generator).item()
        pictures, flyers = [], []
        for _ in range(n):
            kind = int(draw() * len(FLYERS))
            i = self.by_flyer[kind][int(draw() * len(self.by_flyer[kind]))]
            share = least + (1 - least) * draw()
            if self.box[i][0] < 0:
                share = max(share, 0.9)
            width, height = int(WIDTH * share), int(HEIGHT * share)
            if self.box[i][0] >= 0:
                picture = self._around(i, width, height, size, draw)
            else:
                picture = self.cut(i, int(draw() * (WIDTH - width)), int(draw() * (HEIGHT - height)), width, height, size)
            pictures.append(picture.flip(2) if draw() < 0.5 else picture)
            flyers.append(kind)
        return torch.stack(pictures), torch.tensor(flyers)
