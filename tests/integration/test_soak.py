"""A short soak of the service as users run it: everybody at once, and SIGTERM in the middle."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bench.soak.contest import Plan, soak
from bench.soak.hostile import hostile
from bench.soak.report import lines, verdicts, write_json
from bench.soak.served import serving

from newsreel.ops.loadtest import exact_loop

DRAIN_S, REQUEST_S, LIMIT_S = 0.5, 1.5, 10.0
SECONDS, HOSTILE_EVERY_S = 2.0, 0.02


def test_nothing_is_lost_nothing_fails_and_it_drains(sample_archive: Path, tmp_path: Path) -> None:
    environment = {
        "NEWSREEL_DRAIN_S": str(DRAIN_S),
        "NEWSREEL_REQUEST_S": str(REQUEST_S),
        "NEWSREEL_QUEUE_TOKENS": str(10**9),  # this machine may be busy with other tests
    }
    plan = Plan(
        seconds=SECONDS,
        rate=5,
        hostile_every_s=HOSTILE_EVERY_S,
        leaving_every_s=0.1,
        slow=0,  # they hold up the end on purpose
        examples=1,
        last_s=0.5,
    )
    with (
        serving(sample_archive, tmp_path, environment) as served,
        asyncio.Runner(loop_factory=exact_loop) as runner,
    ):
        found = runner.run(soak(served, plan, LIMIT_S, lambda _: None))
        everything = len(hostile(""))
    said = verdicts(found, limit_s=LIMIT_S, request_s=REQUEST_S)
    assert [str(each) for each in said if each.holds is False] == []
    assert found.hostile.sent >= everything
    assert min(found.malformed.sent, len(found.asked), len(found.leaving.left)) > 3
    assert {each.task for each in found.asked} == {"embed", "entities", "search"}
    write_json(found, said, tmp_path / "found" / "soak.json")
    assert "no response is lost: holds" in "\n".join(lines(found, said))
