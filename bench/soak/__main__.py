"""Ten minutes at 80 % of the knee, with clients of every kind, and SIGTERM in the middle.

Clients of good will ask for all that is served, with texts of random lengths; schemathesis makes requests of the
OpenAPI document, right ones and wrong ones; others send what is no HTTP, send or read a byte a second, or hang up
half-way. Run it with `python -m bench.soak`; NEWSREEL_RERANKER and NEWSREEL_CLASSIFIER name further models to serve.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.encoders.telling import Say, told
from bench.soak.contest import Plan, Soaked, soak
from bench.soak.plot import draw
from bench.soak.report import lines, verdicts, write_json
from bench.soak.served import serving

from newsreel import app
from newsreel.ops.loadtest import exact_loop
from newsreel.sample import write_sample
from newsreel.settings import Settings

_ENVIRONMENT: Mapping[str, str] = {"NEWSREEL_MEMORY_BYTES": str(4 << 20)}
"""Of the service: a memory of answers that is full before the warm-up ends, so that what still grows is a leak."""

_PATIENCE_S = 15.0
"""After it has drained: answers that were begun have ten seconds, ending has five."""


def main() -> int:
    asked = _arguments().parse_args()
    plan = Plan(seconds=asked.minutes * 60, rate=asked.rate, seed=asked.seed)
    settings = Settings()
    limit_s = settings.drain_s + _PATIENCE_S
    with TemporaryDirectory(prefix="newsreel-soak-") as folder:
        archive = asked.archive or Path(folder) / "archive"
        try:
            found = told(lambda say: _run(plan, archive, Path(folder), asked.processes, limit_s, say))
        finally:
            if asked.log:
                asked.log.write_bytes((Path(folder) / "service.log").read_bytes())
    said = verdicts(found, limit_s=limit_s, request_s=settings.request_s)
    print("\n\n".join(lines(found, said)))
    if asked.json:
        write_json(found, said, asked.json)
    if asked.plot:
        draw(found, asked.plot)
    return int(any(each.holds is False for each in said))


def _run(plan: Plan, archive: Path, folder: Path, processes: int, limit_s: float, say: Say) -> Soaked:
    if not archive.exists():
        say("indexing the sample")
        write_sample(folder / "sample")
        app.index([str(folder / "sample")], archive, Settings(), lambda _: None)
    say("starting the service")
    with (
        serving(archive, folder, _ENVIRONMENT, processes=processes) as served,
        asyncio.Runner(loop_factory=exact_loop) as runner,
    ):
        return runner.run(soak(served, plan, limit_s, say))


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.soak", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10, help="of load (10)")
    parser.add_argument("--rate", type=float, metavar="R", help="requests a second, else 80 %% of the knee")
    parser.add_argument("--archive", type=Path, metavar="A", help="of the sample; else it is made")
    parser.add_argument("--processes", type=int, default=1, help="of the service (1)")
    parser.add_argument("--seed", type=int, default=1, help="of texts and moments (1)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was found")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw memory and latency over time")
    parser.add_argument("--log", type=Path, metavar="FILE", help="keep the service's log")
    return parser


if __name__ == "__main__":
    sys.exit(main())
