"""A soak from its first request to the service's end."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from bench.soak.books import Books, settled
from bench.soak.crowd import Crowd
from bench.soak.hostile import HostileClients
from bench.soak.leaving import LeavingClients
from bench.soak.load import LOST, Asked, Load
from bench.soak.malformed import Found
from bench.soak.memory import Memory, watch
from bench.soak.served import Served
from bench.soak.slow import SlowClients

from newsreel.core.errors import ArtifactError
from newsreel.ops.loadtest import Ladder
from newsreel.ops.loadtest.knee import Unclear, search
from newsreel.ops.loadtest.shapes import Task

__all__ = ["Drained", "Plan", "Soaked", "soak"]

_ROOT = Path(__file__).parents[2]
_SHARE = 0.8
"""Of the knee."""
_P95_S, _MOST_FAILED = 0.05, 0.01
"""What the knee is the highest rate of."""
_FIRST, _FACTOR = 16.0, 2.0
"""Requests a second that the search for it begins with, and the step from one to the next."""
_LOOK_S = 0.2
"""How often whoever sends requests here asks whether it is ready: a load balancer's way, if more often than most."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long, and how much."""

    seconds: float
    rate: float | None = None
    """Requests a second of clients of good will; None is 80 % of the knee."""
    step_s: float = 5.0
    """That each rate is held while the knee is looked for."""
    hostile_every_s: float = 0.25
    leaving_every_s: float = 0.1
    slow: int = 4
    """Of each kind, all the time."""
    examples: int = 10
    """Of schemathesis, for each operation and mode at a time."""
    last_s: float = 10.0
    """Of load that goes on before SIGTERM."""
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Drained:
    """How the service came to its end."""

    noticed_s: float
    """From SIGTERM to when it says that it is not ready."""
    answered: int
    """Of the load, from SIGTERM on."""
    lost: int
    """Of those that were on their way then or came later."""
    ended_s: float | None
    """From SIGTERM to its end; None where it had to be killed."""
    exit_code: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Soaked:
    """Everything that was seen."""

    rate: float
    began_s: float
    """By the clock of what was asked."""
    asked: list[Asked]
    memory: Memory
    malformed: Found
    hostile: HostileClients
    leaving: LeavingClients
    slow: SlowClients
    quiet: Books
    """After the load, before SIGTERM."""
    books: Books
    """After the end."""
    drained: Drained


async def soak(served: Served, plan: Plan, limit_s: float, say: Say) -> Soaked:
    """Load it, and stop it under load. It has `limit_s` to end. Raises ArtifactError."""
    tasks = _tasks(served)
    rate = plan.rate or await _rate(served, tasks, plan, say)
    async with Load(served, "load", tasks, plan.seed) as load:
        crowd = Crowd(
            load=load,
            rate=rate,
            hostile=HostileClients(served),
            hostile_every_s=plan.hostile_every_s,
            leaving=LeavingClients(served, plan.seed),
            leaving_every_s=plan.leaving_every_s,
            slow=SlowClients(served),
            slow_of_each=plan.slow,
        )
        say(f"{rate:,.4g} requests a second for {plan.seconds:,.0f} s")
        began_s = asyncio.get_running_loop().time()
        memory, malformed = await _hold(served, plan, crowd, began_s)
        say("reading the books")
        quiet = await settled(served)
        say("SIGTERM under load")
        drained = await _drain(served, crowd, plan.last_s, limit_s)
        return Soaked(
            rate=rate,
            began_s=began_s,
            asked=load.asked,
            memory=memory,
            malformed=malformed,
            hostile=crowd.hostile,
            leaving=crowd.leaving,
            slow=crowd.slow,
            quiet=quiet,
            books=Books.of(served, quiet.measured),
            drained=drained,
        )


async def _hold(served: Served, plan: Plan, crowd: Crowd, began_s: float) -> tuple[Memory, Found]:
    """Everybody at once."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(watch(served, began_s, stop))
        probing = group.create_task(_malformed(served, plan))
        crowd.begin(group, stop, stop)
        await asyncio.sleep(plan.seconds)
        stop.set()
    return watching.result(), probing.result()


async def _drain(served: Served, crowd: Crowd, before_s: float, limit_s: float) -> Drained:
    """Slow clients stay to the end; all others go when it says that it is not ready, as a load balancer sends them."""
    loop, load = asyncio.get_running_loop(), crowd.load
    stop, ended = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        crowd.begin(group, stop, ended)
        await asyncio.sleep(before_s)
        before = len(load.asked)
        served.terminate()
        terminated_s = loop.time()
        while await asyncio.to_thread(served.ready):
            await asyncio.sleep(_LOOK_S)
        noticed_s = loop.time() - terminated_s
        stop.set()
        while served.process.poll() is None and loop.time() - terminated_s < limit_s:
            await asyncio.sleep(0.02)
        ended_s = loop.time() - terminated_s if served.process.poll() is not None else None
        if ended_s is None:
            served.abort()
        ended.set()
    since = Counter(each.outcome in LOST for each in load.asked[before:])
    return Drained(
        noticed_s=noticed_s,
        answered=since[False],
        lost=since[True],
        ended_s=ended_s,
        exit_code=served.process.wait(),
    )


def _tasks(served: Served) -> list[Task]:
    models: list[dict[str, Any]] = json.loads(served.get("/v1/models"))["data"]
    return [task for task in get_args(Task) if task == "search" or any(model["task"] == task for model in models)]


async def _rate(served: Served, tasks: Sequence[Task], plan: Plan, say: Say) -> float:
    """A share of the knee of this very load. Raises ArtifactError where there is none."""
    async with Load(served, "knee", tasks, plan.seed + 1) as load:

        async def sustains(rate: float) -> bool:
            stop = asyncio.Event()
            asyncio.get_running_loop().call_later(plan.step_s, stop.set)
            asked = await load.hold(rate, stop)
            late = sum(each.latency_s > _P95_S for each in asked) / max(1, len(asked))
            failed = sum(each.outcome != 200 for each in asked) / max(1, len(asked))
            say(f"{rate:,.4g} a second: {late:.1%} later than {_P95_S * 1000:g} ms, {failed:.1%} failed")
            return late <= 0.05 and failed <= _MOST_FAILED

        try:
            knee = await search(sustains, Ladder(first=_FIRST, factor=_FACTOR, searches=1), [])
        except Unclear as error:
            raise ArtifactError(f"this load has no knee here ({error}): give a --rate") from error
    return _SHARE * knee.rate


async def _malformed(served: Served, plan: Plan) -> Found:
    """In a process of its own."""
    asked = (served.address, plan.examples, plan.seconds, plan.seed)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.soak.malformed", *map(str, asked)),
        cwd=_ROOT,
        env={**os.environ, "SOAK_KEY": served.keys["malformed"]},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    if process.returncode:
        raise ArtifactError(f"no requests could be made of the OpenAPI document: {err.decode()[-2000:]}")
    found = json.loads(out)
    return Found(**{**found, "statuses": Counter(found["statuses"])})
