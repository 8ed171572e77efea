"""Several processes that serve on one port: begun together, begun anew where one dies, and stopped together."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, MutableSequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from newsreel import _processes, telemetry
from newsreel.service import replica
from newsreel.service.ports import SharedPort

__all__ = ["Supervisor"]

_SOONEST_S, _LATEST_S = 0.5, 30.0
"""After which one that died is begun anew: each time twice as long, until it serves again."""

_TICK_S = 0.25
"""How often is looked whether it is time for that."""

_OWN = "supervisor"
"""What this process is called among the others."""

_SPAWN = get_context("spawn")
"""Whatever threads and graphs there are here, a new process has none of them."""


@dataclass(slots=True)
class _Place:
    """Where one process runs after the other."""

    number: int
    process: SpawnProcess | None = None
    news: Connection | None = None
    wait_s: float = _SOONEST_S
    due_s: float = 0.0
    """When the next is to begin, on the monotonic clock."""
    anew: bool = False
    loaded: bool = False
    """Whether it has its models, and waits to be let to the port."""


class Supervisor:
    """Sees to it that so many processes serve. Every signal to stop that it gets, each of them gets."""

    def __init__(self, port: SharedPort, archive: Path | None, processes: int, serving: Callable[[], None]) -> None:
        """`serving` is called once, when the first can answer."""
        self._port = port
        self._archive = archive
        self._told = serving
        self._places = [_Place(number) for number in range(processes)]
        self._waiting: MutableSequence[int] = _SPAWN.RawArray("q", processes)
        self._first: _Place | None = self._places[0]
        """It answers while all of them load, to say so, and the others wait for it; None from then on."""
        self._served = False
        self._stopping = False
        self._failed: Exception | None = None

    def run(self) -> None:
        """Until all have stopped. Raises what keeps the first of them from serving."""
        with TemporaryDirectory(prefix="newsreel-metrics-") as folder, self._passing_signals_on():
            self._folder = Path(folder)
            _processes.begun(self._folder, _OWN)
            while not self._stopping or any(place.process for place in self._places):
                self._begin_those_due()
                self._look()
        if self._failed is not None:
            raise self._failed

    def _begin_those_due(self) -> None:
        for place in self._places:
            if not self._stopping and place.process is None and time.monotonic() >= place.due_s:
                self._begin(place)

    def _begin(self, place: _Place) -> None:
        place.news, told = _SPAWN.Pipe()
        given = replica.Replica(
            place=place.number,
            of=len(self._places),
            archive=self._archive,
            opened=self._port.opened,
            waiting=self._waiting,
            news=told,
            answers_at_once=place is self._first,
            anew=place.anew,
        )
        process = _SPAWN.Process(target=replica.run, args=[given], name=f"newsreel-{place.number}", daemon=True)
        with _environment({_processes.FOLDER: str(self._folder), _processes.PLACE: str(place.number)}):
            process.start()
        told.close()
        place.process = process
        if self._stopping:  # the signal came too early to be passed on to it
            process.terminate()

    def _look(self) -> None:
        """What the processes have to say, and which of them have ended."""
        of = {place.news: place for place in self._places if place.news}
        ended = {place.process.sentinel: place for place in self._places if place.process}
        for ready in wait([*of, *ended], _TICK_S):
            if isinstance(ready, Connection):
                self._hear(of[ready])
        for place in self._places:
            if place.process is not None and place.process.exitcode is not None:
                self._ended(place, place.process.exitcode)

    def _hear(self, place: _Place) -> None:
        try:
            failed: Exception | None = place.news.recv() if place.news else None
        except (EOFError, OSError):  # it is gone
            place.news = None
            return
        if failed is None:
            place.wait_s, place.loaded = _SOONEST_S, True
            self._open(place)
        elif not self._served:  # nor would another
            self._failed = failed
            self._stop(signal.SIGTERM)
        else:
            telemetry.log("process_failed", level="error", process=place.number, cause=type(failed).__name__)

    def _open(self, heard_of: _Place) -> None:
        """Let those to the port who can answer, unless the first is still loading."""
        if heard_of is self._first:
            self._first = None
        if self._first is not None:
            return
        for place in self._places:
            if place.loaded and place.news is not None:
                place.loaded = False
                with suppress(OSError):  # it has just died
                    place.news.send(None)
                    self._say_so()

    def _say_so(self) -> None:
        if not self._served:
            self._served = True
            self._told()

    def _ended(self, place: _Place, exit_code: int) -> None:
        while place.news is not None and place.news.poll():  # its last words
            self._hear(place)
        place.process, place.news, place.loaded = None, None, False
        self._open(place)
        self._waiting[place.number] = 0
        _processes.ended(self._folder, str(place.number))
        if not self._stopping:
            telemetry.log(
                "process_ended", level="error", process=place.number, exit_code=exit_code, again_in_s=place.wait_s
            )
            place.anew, place.due_s = True, time.monotonic() + place.wait_s
            place.wait_s = min(2 * place.wait_s, _LATEST_S)

    def _stop(self, sig: int, _frame: FrameType | None = None) -> None:
        self._stopping = True
        for place in self._places:
            if place.process is not None and place.process.pid is not None:
                with suppress(ProcessLookupError):
                    os.kill(place.process.pid, sig)

    @contextmanager
    def _passing_signals_on(self) -> Iterator[None]:
        before = {sig: signal.signal(sig, self._stop) for sig in (signal.SIGTERM, signal.SIGINT)}
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # it neither stops it nor reads anew
        try:
            yield
        finally:
            for sig, handler in before.items():
                signal.signal(sig, handler)


@contextmanager
def _environment(added: Mapping[str, str]) -> Iterator[None]:
    """A process that is spawned meanwhile finds these: it needs them before it runs any line of ours."""
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]
