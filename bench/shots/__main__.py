"""Shots beside their peers: inference alone, decoding alone, whole files at three sizes, several films at once.

Prints ratios of medians with their intervals as Markdown, and of each aim whether it was reached. Run it with
`make bench` or `python -m bench.shots`, on a machine that has nothing else to do.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from bench.encoders.telling import told
from bench.shots.contest import FULL, QUICK, hold
from bench.shots.report import lines, write_json

_ROOT = Path(__file__).parents[2]


def main() -> int:
    asked = _arguments().parse_args()
    report = told(lambda say: hold(asked.shared / "data" / "video", QUICK if asked.quick else FULL, say))
    print("\n\n".join(lines(report)))
    if asked.json:
        write_json(report, asked.json)
    return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.shots", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    shared = os.environ.get("NEWSREEL_SHARED") or _ROOT.parent / "shared"
    parser.add_argument("--quick", action="store_true", help="two minutes instead of more than ten, wider intervals")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was found")
    parser.add_argument("--shared", type=Path, default=Path(shared), help="films: `data/video`")
    return parser


if __name__ == "__main__":
    sys.exit(main())
