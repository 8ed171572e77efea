"""The shot model beside the reference implementation on torch: same weights, same windows, same machine, in turns.

Prints ratios of medians (above 1: Newsreel is faster), then the time of a window among several beside that of one run
singly. Run it with `make bench` or `python bench/shots.py`.
"""

from __future__ import annotations

import statistics
import time

import numpy as np

from newsreel.models.runtime import artifact
from newsreel.models.shots import DEFAULT, TransNetModel
from newsreel.models.shots.build import reference
from newsreel.models.shots.config import FRAME, WINDOW
from newsreel.settings import Settings

ROUNDS = 7
TOGETHER = 4


def main() -> None:
    settings = Settings()
    ours = TransNetModel(artifact.load(settings.artifacts, DEFAULT, task="shots"), threads=settings.threads)
    windows = np.random.default_rng(1).integers(0, 256, (TOGETHER, WINDOW, *FRAME), np.uint8)
    calls = {
        "reference": (reference(), windows[:1]),
        "ours": (ours.probabilities, windows[:1]),
        "together": (ours.probabilities, windows),
    }
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(ROUNDS + 1):
        for name, (call, batch) in calls.items():
            start = time.perf_counter()
            call(batch)
            if turn:  # the first warms up
                taken[name].append((time.perf_counter() - start) / len(batch))
    found = {name: statistics.median(times) for name, times in taken.items()}
    print(f"one window: {found['reference'] / found['ours']:.2f} x the reference implementation on torch")
    print(f"{TOGETHER} windows at once: {found['together'] / found['ours']:.2f} x the time of one, each")


if __name__ == "__main__":
    main()
