"""Who can take part here, and servers started one after the other."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bench.encoders.environments import NotInstalledError, environment, of_its_own, versions
from bench.encoders.race import FailedError
from bench.serving.cores import Cores
from bench.serving.field import Contestant
from bench.serving.loads import P95_MS, SEARCH_P95_MS, Asking
from bench.serving.running import Running, free_port

from newsreel.core.errors import NewsreelError

__all__ = ["Lineup", "Started"]

_REQUIREMENTS = Path(__file__).parent / "requirements"
_FIRST_TEXT = "rail strike"

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A server that answers."""

    process: Running
    asking: Asking
    ready_s: float


@dataclass(kw_only=True)
class Lineup:
    """Contestants that take part, and why others do not."""

    cache: Path
    """Environments and logs."""

    cores: Cores
    weights: Mapping[str, Path]
    """What stands for `{weights}`, `{graphs}` and `{pipeline}` in a command."""

    say: Callable[[str], None]
    versions: dict[str, dict[str, str]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    _pythons: dict[str, Path] = field(default_factory=dict)

    def enter(self, contestant: Contestant) -> None:
        """Make its environment, if need be; one that cannot be made is left out, and that is said."""
        try:
            python = self._python(contestant)
        except NotInstalledError as error:
            self.lose(contestant, error)
            return
        self._pythons[contestant.name] = python
        self.versions[contestant.name] = versions(python)

    def alive(self, contestants: Sequence[Contestant]) -> list[Contestant]:
        """Those that still take part."""
        return [contestant for contestant in contestants if contestant.name in self._pythons]

    def need(self, contestant: Contestant) -> None:
        """Raises FailedError, with the reason, where it does not take part."""
        if contestant.name not in self._pythons:
            raise FailedError(next((line for line in self.left_out if line.startswith(contestant.name)), "not there"))

    def each(
        self, contestants: Sequence[Contestant], draw: random.Random, do: Callable[[Contestant, Started], None]
    ) -> None:
        """Start each in turn, in random order, and do this with it; one that fails is left out from then on."""
        order = self.alive(contestants)
        draw.shuffle(order)
        for contestant in order:
            try:
                with self.started(contestant) as server:
                    do(contestant, server)
                    server.process.check()
            except (FailedError, NewsreelError) as error:
                self.lose(contestant, error)

    def tried(self, what: str, measure: Callable[[], _Found]) -> _Found | None:
        """What is found; None where it fails, and that is said. What was found before is not lost with it."""
        self.say(what)
        try:
            return measure()
        except (FailedError, NewsreelError) as error:
            self._leave_out(what, error)
            return None

    @contextmanager
    def started(self, contestant: Contestant) -> Iterator[Started]:
        """Start one, alone. Raises FailedError."""
        port, python = free_port(), self._pythons[contestant.name]
        given = {"bin": python.parent, "port": port, **self.weights}
        command = [part.format(**given) for part in contestant.command]
        inherited = os.environ if contestant.environment is None else of_its_own()
        log = self.cache / "logs" / f"serving-{contestant.name.replace(' ', '-').replace(',', '')}.log"
        with Running(command, {**inherited, **contestant.variables}, self.cores.server, log) as process:
            ready_s = process.ready_s(port, contestant.path, _first(contestant))
            url = f"http://127.0.0.1:{port}{contestant.path}"
            yield Started(
                process=process,
                asking=Asking(
                    url=url,
                    task=contestant.task,
                    fields=contestant.fields,
                    p95_ms=SEARCH_P95_MS if contestant.task == "search" else P95_MS,
                ),
                ready_s=ready_s,
            )

    def lose(self, contestant: Contestant, error: Exception) -> None:
        """Take it out, and say why."""
        self._pythons.pop(contestant.name, None)
        self._leave_out(contestant.name, error)

    def _leave_out(self, what: str, error: Exception) -> None:
        self.left_out.append(f"{what}: {error}")
        self.say(f"left out: {self.left_out[-1]}")

    def _python(self, contestant: Contestant) -> Path:
        if contestant.environment is None:
            return Path(sys.executable)
        return environment(contestant.environment, self.cache, self.say, _REQUIREMENTS)


def _first(contestant: Contestant) -> dict[str, object] | None:
    """What is asked until it is answered; a search is in its address."""
    bodies: dict[str, dict[str, object]] = {"embed": {"input": _FIRST_TEXT}, "entities": {"texts": [_FIRST_TEXT]}}
    body = bodies.get(contestant.task)
    return None if body is None else {**body, **contestant.fields}
