"""Encoders beside their peers: ratios with intervals, the share of this machine's peak, quality, verdicts.

Each peer gets an environment of its own below the cache folder, made on the first run (minutes, with pip and your own
index settings). Run it with `make bench` or `python -m bench.encoders`.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from bench.encoders.contest import FULL, QUICK, hold
from bench.encoders.field import EMBEDDERS, LABELLERS, OURS, PEAKS, random_distilbert
from bench.encoders.lineup import Lineup
from bench.encoders.plot import draw
from bench.encoders.report import Report, show, write_json
from bench.encoders.telling import Say, figures_console, told

from newsreel.models.embedder.build import weights_folder

_ROOT = Path(__file__).parents[2]


def main() -> int:
    asked = _arguments().parse_args()
    report = told(lambda say: _run(asked, say))
    show(report, figures_console())
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
        prog="python -m bench.encoders", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    shared = os.environ.get("NEWSREEL_SHARED") or _ROOT.parent / "shared"
    parser.add_argument("--quick", action="store_true", help="three minutes instead of fifteen, wider intervals")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was found")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw the ratios as a PNG (needs matplotlib)")
    parser.add_argument("--cache", type=Path, default=_ROOT / "build" / "peers", help="environments, models, logs")
    parser.add_argument("--shared", type=Path, default=Path(shared), help="quality sets: `data/sts` and `data/news`")
    return parser


def _run(asked: argparse.Namespace, say: Say) -> Report:
    encoder, cache = weights_folder(), asked.cache.absolute()
    labeller = random_distilbert(cache / "models" / "distilbert-random", encoder)
    with Lineup(cache, say) as lineup:
        for contestant in (*EMBEDDERS, PEAKS):
            lineup.load(contestant, encoder)
            lineup.need(OURS)  # it comes first: without it no peer is installed in vain
        for contestant in LABELLERS:
            lineup.load(contestant, labeller)
        return hold(lineup, encoder, asked.shared, QUICK if asked.quick else FULL)


if __name__ == "__main__":
    sys.exit(main())
