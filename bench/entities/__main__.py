"""Entities beside the Hugging Face pipeline: one query at a time and documents a second, as ratios with intervals.

Ours is the model that comes with Newsreel, as `newsreel entities` runs it. Theirs are a DistilBERT-base of random
weights, whose speed is a trained one's, and our own weights as training leaves them (--weights). The pipeline gets an
environment of its own below the cache folder, made on the first run. Run it with `make bench` or
`python -m bench.entities`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench.encoders.field import random_distilbert
from bench.encoders.lineup import Lineup
from bench.encoders.race import FailedError
from bench.encoders.telling import Say, figures_console, told
from bench.entities.contest import DISTILBERT, FULL, OUR_WEIGHTS, OURS, QUICK, Findings, hold

from newsreel.models.embedder.build import weights_folder

_ROOT = Path(__file__).parents[2]


def main() -> int:
    asked = _arguments().parse_args()
    found = told(lambda say: _run(asked, say))
    found.show(figures_console())
    if asked.json:
        found.write(asked.json)
    return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.entities", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="two minutes instead of ten, wider intervals")
    parser.add_argument("--weights", type=Path, metavar="FOLDER", help="config.json, model.safetensors, tokenizer.json")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was found")
    parser.add_argument("--cache", type=Path, default=_ROOT / "build" / "peers", help="environments, models, logs")
    return parser


def _run(asked: argparse.Namespace, say: Say) -> Findings:
    vocabulary, cache = weights_folder(), asked.cache.absolute()
    with Lineup(cache, say) as lineup:
        lineup.load(OURS, vocabulary)
        lineup.need(OURS.name)  # it comes first: without it no peer is installed in vain
        lineup.load(DISTILBERT, random_distilbert(cache / "models" / "distilbert-random", vocabulary))
        if asked.weights:
            lineup.load(OUR_WEIGHTS, asked.weights.absolute())
        else:
            lineup.lose(OUR_WEIGHTS.name, FailedError("--weights names the folder that training/entities wrote"))
        return hold(lineup, vocabulary, QUICK if asked.quick else FULL)


if __name__ == "__main__":
    sys.exit(main())
