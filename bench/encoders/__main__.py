"""Encoders beside their peers: ratios with intervals, the share of this machine's peak, quality, verdicts.

Each peer gets an environment of its own below the cache folder, made on the first run (minutes, with pip and your own
index settings). Run it with `make bench` or `python -m bench.encoders`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from bench.encoders.contest import FULL, QUICK, hold
from bench.encoders.field import EMBEDDERS, LABELLERS, OURS, PEAKS, random_distilbert
from bench.encoders.lineup import Lineup
from bench.encoders.plot import draw
from bench.encoders.race import FailedError
from bench.encoders.report import Report, show, write_json
from rich.console import Console

from newsreel.core.errors import NewsreelError
from newsreel.models.embedder.build import weights_folder

_ROOT = Path(__file__).parents[2]
_WIDTH = 140
"""Of a file or a pipe, in characters: rich takes 80, which cuts figures off."""


_INTERRUPTED = 130
"""What shells give for Ctrl-C."""


def main() -> int:
    asked = _arguments().parse_args()
    progress = Console(stderr=True, highlight=False, soft_wrap=True)
    with progress.status("starting") as status:

        def say(step: str) -> None:
            status.update(step)
            if not progress.is_terminal or step.startswith("left out"):
                progress.print(step)

        try:
            report = _run(asked, say)
        except (FailedError, NewsreelError) as error:
            progress.print(f"error: {error}")
            return 1
        except KeyboardInterrupt:
            progress.print("interrupted: every contestant has ended, and nothing is shown of half a race")
            return _INTERRUPTED
    show(report, Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _WIDTH))
    if asked.json:
        write_json(report, asked.json)
    if asked.plot:
        try:
            draw(report, asked.plot)
        except ImportError:
            progress.print("no plot: matplotlib is not installed")
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


def _run(asked: argparse.Namespace, say: Callable[[str], None]) -> Report:
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
