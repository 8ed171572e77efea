"""Servers of models beside their peers: what each sustains, how long it takes, what it weighs; what ours adds.

Each peer gets an environment of its own below the cache folder, made on the first run (minutes, with pip and your own
index settings). Server and client are kept to cores of their own, so this takes two at least, and a machine that has
nothing else to do. Run it with `make bench` or `python -m bench.serving`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench.encoders.field import random_distilbert
from bench.encoders.telling import Say, told
from bench.serving.contest import FULL, QUICK, hold
from bench.serving.cores import Cores, kept_to
from bench.serving.lineup import Lineup
from bench.serving.plot import draw
from bench.serving.report import Report, lines, write_json

from newsreel.models.embedder import DEFAULT
from newsreel.models.embedder.build import weights_folder
from newsreel.models.runtime import artifact
from newsreel.settings import Settings

_ROOT = Path(__file__).parents[2]


def main() -> int:
    asked = _arguments().parse_args()
    report = told(lambda say: _run(asked, say))
    print("\n\n".join(lines(report)))
    if asked.json:
        write_json(report, asked.json)
    if asked.plot:
        try:
            draw(report, asked.plot)
        except ImportError:
            print("no plot: matplotlib is not installed", file=sys.stderr)
    return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.serving", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="minutes instead of more than an hour, no intervals")
    parser.add_argument("--weights", type=Path, metavar="FOLDER", help="of the pipeline's model; else random ones")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was found")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw what is sustained as a PNG (needs matplotlib)")
    parser.add_argument("--cache", type=Path, default=_ROOT / "build" / "peers", help="environments, models, logs")
    return parser


def _run(asked: argparse.Namespace, say: Say) -> Report:
    cache, weights, cores = asked.cache.absolute(), weights_folder(), Cores.divided()
    graphs = artifact.load(Settings().artifacts, DEFAULT, task="embed").file("tokenizer.json").parent
    pipeline = asked.weights or random_distilbert(cache / "models" / "distilbert-random", weights)
    given = {"weights": weights, "graphs": graphs, "pipeline": pipeline.absolute()}
    with kept_to(cores.client):
        return hold(Lineup(cache=cache, cores=cores, weights=given, say=say), QUICK if asked.quick else FULL)


if __name__ == "__main__":
    sys.exit(main())
