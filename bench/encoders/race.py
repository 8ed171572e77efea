"""Contestants in processes of their own, all alive together and run strictly in turns."""

from __future__ import annotations

import json
import os
import random
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer
from typing import Any, Self

from bench.encoders.environments import of_its_own

__all__ = ["Contestant", "FailedError", "Job", "Runner", "race"]

_ROOT = Path(__file__).parents[2]
_LIMIT_S = 900
"""For one command: the longest converts and calibrates a model."""

_REST_S = 0.1
"""Between turns, so that the threads of the last contestant have stopped spinning when the next begins."""


class FailedError(Exception):
    """A contestant cannot go on. The message names it and says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """One way to run a model."""

    name: str
    module: str
    """Below `contestants`."""

    environment: str | None
    """Of `requirements`; None is the one that this runs in."""

    default: int | None = None
    """The batch size it takes of itself; None where it has no such setting."""


class Runner:
    """A contestant's process."""

    def __init__(self, contestant: Contestant, python: Path | str, log: Path) -> None:
        """Start it. `log` gets whatever it prints."""
        self.contestant = contestant
        log.parent.mkdir(parents=True, exist_ok=True)
        self._log = log
        inherited = os.environ if contestant.environment is None else of_its_own()
        offline = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
        with log.open("w", encoding="utf-8") as errors:
            self._process = subprocess.Popen(
                [str(python), "-m", f"bench.encoders.contestants.{contestant.module}"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
                cwd=_ROOT,
                env={**inherited, **offline},
            )

    def ask(self, do: str, **details: Any) -> dict[str, Any]:
        """The answer to a command. Raises FailedError, also when there is none in a quarter of an hour."""
        to, back = self._process.stdin, self._process.stdout
        if to is None or back is None:
            raise FailedError("no pipes")
        late = Timer(_LIMIT_S, self._process.kill)
        late.start()
        try:
            to.write(json.dumps({"do": do, **details}) + "\n")
            to.flush()
            line = back.readline()
        except BrokenPipeError:  # it ended before it was asked
            line = ""
        except OSError as error:
            raise FailedError(f"{error}; see {self._log}") from error
        finally:
            late.cancel()
        if not line:
            raise FailedError(f"ended without an answer; see {self._log}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise FailedError(f"{answer['error']}; see {self._log}")
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


@dataclass(frozen=True, slots=True)
class Job:
    """Something to be timed once a round."""

    workload: str
    contestant: str
    do: str
    texts: tuple[str, ...] = field(repr=False)
    batch: int | None = None


def race(
    jobs: Sequence[Job], runners: Mapping[str, Runner], rounds: int, watch: Callable[[], None]
) -> tuple[dict[Job, list[list[float]]], dict[str, FailedError]]:
    """Each job's seconds, a list a round, and who failed on the way: of those no job is in the answer.

    The order is drawn anew each round. The first round, which warms up, is not kept. `watch` is called after each.
    """
    order, draw = list(jobs), random.Random(4)
    found: dict[Job, list[list[float]]] = {job: [] for job in jobs}
    failed: dict[str, FailedError] = {}
    for turn in range(rounds + 1):
        draw.shuffle(order)
        for job in order:
            if job.contestant in failed:
                continue
            time.sleep(_REST_S)
            try:
                answer = runners[job.contestant].ask(job.do, texts=job.texts, batch=job.batch)
            except FailedError as error:
                failed[job.contestant] = error
                continue
            if turn:
                found[job].append(answer["seconds"])
        watch()
    return {job: times for job, times in found.items() if job.contestant not in failed}, failed
