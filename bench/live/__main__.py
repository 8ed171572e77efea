"""Live shots: F1 by lag, and how many feeds this machine carries at a lag of 1.5, 3 and 5 s.

F1 is of the generated half on which choices are made; so few films as fit a benchmark tell little of it, and
`--part lag --films 22` takes all of them, in half an hour. Run it with `python -m bench.live`, on a machine that has
nothing else to do.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from bench.encoders.telling import told
from bench.live.contest import FULL, PARTS, QUICK, hold
from bench.live.plot import draw
from bench.live.report import lines, write_json

from newsreel.evaluate.shots.generated import FILMS

_ROOT = Path(__file__).parents[2]


def main() -> int:
    asked = _arguments().parse_args()
    scale = QUICK if asked.quick else FULL
    parts = (asked.part,) if asked.part else PARTS
    videos = asked.shared / "data" / "video"
    report = told(lambda say: hold(videos, scale, asked.films or scale.films, parts, say))
    print("\n\n".join(lines(report)))
    if asked.json:
        write_json(report, asked.json)
    if asked.plot:
        try:
            draw(report, asked.plot)
        except ImportError:
            print("no plots: matplotlib is not installed", file=sys.stderr)
    return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.live", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    shared = os.environ.get("NEWSREEL_SHARED") or _ROOT.parent / "shared"
    parser.add_argument("--quick", action="store_true", help="a minute instead of eight: few windows, one lag")
    parser.add_argument("--part", choices=PARTS, help="only this")
    parser.add_argument("--films", type=int, choices=range(1, FILMS + 1), metavar="N", help=f"of {FILMS}, for F1")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was found")
    parser.add_argument("--plot", type=Path, metavar="FOLDER", help="draw lag.png and feeds.png (needs matplotlib)")
    parser.add_argument("--shared", type=Path, default=Path(shared), help="films: `data/video`")
    return parser


if __name__ == "__main__":
    sys.exit(main())
