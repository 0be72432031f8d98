#!/usr/bin/python3
"""Frames of the airspace videos' training part, one a second, as the eye's real pictures.

Writes .cache/pretrain/airspace/frames.u8 `[n, 512, 640, 3]` (RGB) and index.csv (label, video, second, held), needs
Debian's ffmpeg and python3-numpy. Of each label's numbered videos the last fifth is held back: neighbours may be cut
from one recording. The validation part is never read.
"""
import csv
import math
import os
import pathlib
import subprocess
import sys

import numpy

WIDTH, HEIGHT = 640, 512
HELD_SHARE = 0.2


def videos(shared):
    """(label, path, held) of each video of the training part, in order."""
    with open(shared / "data" / "splits.csv", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["set"] == "airspace-video" and row["part"] == "train"]
    for label in sorted({row["label"] for row in rows}):
        paths = sorted(row["path"] for row in rows if row["label"] == label)
        first_held = len(paths) - math.ceil(len(paths) * HELD_SHARE)
        for rank, path in enumerate(paths):
            yield label, path, rank >= first_held


def frames(path):
    """The frames at 0.5 s, 1.5 s, …: `[n, 512, 640, 3]`."""
    command = ["ffmpeg", "-v", "error", "-threads", "1", "-i", str(path), "-an", "-vf", f"fps=1:round=down,scale={WIDTH}:{HEIGHT}",
               "-pix_fmt", "rgb24", "-f", "rawvideo", "-"]
    raw = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    return numpy.frombuffer(raw, numpy.uint8).reshape(-1, HEIGHT, WIDTH, 3)


def main():
    shared = pathlib.Path(os.environ.get("HEARKEN_SHARED", "../shared"))
    folder = pathlib.Path(os.environ.get("HEARKEN_CACHE", ".cache/pretrain")) / "airspace"
    if (folder / "index.csv").exists():
        print(f"{folder} is there already")
        return
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    with open(folder / "frames.u8", "wb") as out:
        for label, path, held in videos(shared):
            taken = frames(shared / "data" / path)
            out.write(taken.tobytes())
            rows += [[label, path, second, int(held)] for second in range(len(taken))]
            print(f"\r{len(rows)} frames", end="", file=sys.stderr, flush=True)
    # The index last: it says that the frames are complete.
    with open(folder / "index.csv", "w", newline="") as file:
        csv.writer(file).writerows([["label", "video", "second", "held"], *rows])
    print(file=sys.stderr)


if __name__ == "__main__":
    main()
