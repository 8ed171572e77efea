"""A query by the embedder alone, in process: as often, and as far apart, as a server is asked.

`python -m bench.serving.bare RATE SECONDS SEED` prints each query's milliseconds as JSON.
"""

from __future__ import annotations

import json
import sys
import time

from newsreel.app import open_embedder
from newsreel.ops.loadtest import Traffic
from newsreel.ops.loadtest.texts import Writer
from newsreel.settings import Settings

_WARM_UP = 20


def main(rate: float, seconds: float, seed: int) -> list[float]:
    """A query is due when the one before it was, and 1 / `rate` s: between them the caches get cold."""
    embedder, texts = open_embedder(Settings()), Writer(Traffic(mix="queries"), seed).texts(1)
    for _ in range(_WARM_UP):
        embedder.embed([next(texts)])
    found_ms, due_s = [], time.perf_counter()
    for _ in range(round(rate * seconds)):
        due_s += 1 / rate
        time.sleep(max(0.0, due_s - time.perf_counter()))
        began_s = time.perf_counter()
        embedder.embed([next(texts)])
        found_ms.append((time.perf_counter() - began_s) * 1000)
    return found_ms


if __name__ == "__main__":
    print(json.dumps(main(float(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))))
