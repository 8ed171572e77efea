"""The contestants that are loaded and alive, and why others are not."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from bench.encoders import texts
from bench.encoders.environments import NotInstalledError, environment, versions
from bench.encoders.race import Contestant, FailedError, Job, Runner, race

__all__ = ["Lineup"]


class Lineup:
    """Contestants by name. A context: at its end every process ends."""

    def __init__(self, cache: Path, say: Callable[[str], None]) -> None:
        """`cache` keeps environments, converted models and logs; `say` is told each step."""
        self.runners: dict[str, Runner] = {}
        self.about: dict[str, str] = {}
        self.versions: dict[str, dict[str, str]] = {}
        self.left_out: list[str] = []
        self._cache, self._say = cache, say
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def load(self, contestant: Contestant, model: Path) -> None:
        """Start a contestant with the weights of `model`; one that cannot start is left out, and that is said."""
        try:
            python = self._python(contestant)
            self._say(f"loading {contestant.name}")
            runner = Runner(contestant, python, self._cache / "logs" / f"{contestant.name.replace(' ', '-')}.log")
            self._stack.enter_context(runner)
            scratch = self._scratch(contestant)
            answer = runner.ask("load", model=str(model), scratch=str(scratch), calibration=texts.calibration())
            self.about[contestant.name] = answer["about"]
            self.versions[contestant.name] = versions(python)
        except (FailedError, NotInstalledError) as error:
            self.lose(contestant.name, error)
            return
        self.runners[contestant.name] = runner

    def need(self, name: str) -> None:
        """Raises FailedError, with the reason, where the contestant does not take part."""
        if name not in self.runners:
            raise FailedError(next((line for line in self.left_out if line.startswith(f"{name}: ")), f"no {name}"))

    def race(self, jobs: Sequence[Job], rounds: int, what: str) -> dict[Job, list[list[float]]]:
        """`race.race` among those alive."""
        turns = iter(range(rounds + 1))
        present = [job for job in jobs if job.contestant in self.runners]
        times, failed = race(present, self.runners, rounds, lambda: self._say(f"{what}: {next(turns)} of {rounds}"))
        for name, error in failed.items():
            self.lose(name, error)
        return times

    def alive(self, contestants: Sequence[Contestant]) -> list[Contestant]:
        """Those of `contestants` that still take part."""
        return [contestant for contestant in contestants if contestant.name in self.runners]

    def _python(self, contestant: Contestant) -> str:
        if contestant.environment is None:
            return sys.executable
        return str(environment(contestant.environment, self._cache, self._say))

    def _scratch(self, contestant: Contestant) -> Path:
        """In the contestant's environment, and gone with it: another version converts anew. Ours always does."""
        if contestant.environment is not None:
            return self._cache / contestant.environment / "models"
        scratch = self._cache / "models" / contestant.module
        shutil.rmtree(scratch, ignore_errors=True)
        return scratch

    def lose(self, name: str, error: Exception) -> None:
        """Take a contestant out, and say why."""
        self.runners.pop(name, None)
        self.left_out.append(f"{name}: {error}")
        self._say(f"left out: {self.left_out[-1]}")
