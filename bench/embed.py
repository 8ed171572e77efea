"""Embedding beside sentence-transformers on torch: same weights, same texts, same machine, taken in turns.

Prints ratios of medians (above 1: Newsreel is faster) and, for our own choice of batch size, the time of each budget
relative to the one in use. Run it with `make bench` or `python bench/embed.py`.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable

from sentence_transformers import SentenceTransformer

from newsreel.app import open_embedder
from newsreel.models.embedder import build, model
from newsreel.settings import Settings

ROUNDS = 7
WORDS = "the river rose over night and took a bridge while council members met to vote on new rail works".split()


def texts(count: int, shortest: int, longest: int) -> list[str]:
    draw = random.Random(1)
    return [" ".join(draw.choices(WORDS, k=draw.randint(shortest, longest))) for _ in range(count)]


def medians(calls: dict[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        call()
    for _ in range(rounds):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(times) for name, times in taken.items()}


def main() -> None:
    ours = open_embedder(Settings())
    reference = SentenceTransformer(str(build.weights_folder()), device="cpu", local_files_only=True)

    def encode(batch: list[str]) -> object:
        return reference.encode(batch, normalize_embeddings=True, show_progress_bar=False)

    for what, batch, rounds in (
        ("one query of 8 words", texts(1, 8, 8), 41),
        ("128 captions of 5-30 words", texts(128, 5, 30), ROUNDS),
        ("128 passages of 20-250 words", texts(128, 20, 250), ROUNDS),
    ):
        found = medians({"reference": lambda b=batch: encode(b), "ours": lambda b=batch: ours.embed(b)}, rounds)
        print(f"{what}: {found['reference'] / found['ours']:.2f} x sentence-transformers on torch")
    passages, in_use = texts(128, 20, 250), model.MAX_BATCH_TOKENS
    found = {}
    for budget in (1, 256, 512, 1_024, 2_048, 4_096, 16_384):
        model.MAX_BATCH_TOKENS = budget
        found[budget] = medians({"ours": lambda: ours.embed(passages)}, 3)["ours"]
    for budget, seconds in found.items():
        print(f"batches of at most {budget:>6} tokens: {seconds / found[in_use]:.2f} x the time of {in_use}")


if __name__ == "__main__":
    main()
