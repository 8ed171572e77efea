"""One of several processes that serve on a port together."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, MutableSequence
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path

from newsreel import telemetry
from newsreel.core.errors import NewsreelError
from newsreel.settings import Settings

__all__ = ["Replica", "run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """What one process is told. Can be handed to it as it is spawned."""

    place: int
    """Among the others, from 0."""
    of: int
    """How many there are."""
    archive: Path | None
    opened: Callable[[], socket.socket]
    """What it listens on."""
    waiting: MutableSequence[int]
    """Tokens that wait in each of them, in shared memory."""
    news: Connection
    """What it says: None once it has loaded, or the error that keeps it from serving. Then it is let to the port."""
    answers_at_once: bool
    """Whether it listens while it loads, to say so. Otherwise nobody is sent to it before it can answer."""
    anew: bool
    """Whether it takes the place of one that died."""


def run(replica: Replica) -> None:
    """Serve until told to stop, or until whoever started this process is gone."""
    os.setpgid(0, 0)  # Ctrl-C reaches the supervisor alone, which passes it on
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_stop_with_parent, name="newsreel-parent", daemon=True).start()
    telemetry.configure_logging("info")
    if replica.anew:
        telemetry.restarted()
    try:
        _serve(replica)
    except Exception as error:  # noqa: BLE001  # whatever it is, the supervisor is told
        telemetry.failed(error, unforeseen=not isinstance(error, NewsreelError))
        replica.news.send(error if isinstance(error, NewsreelError) else RuntimeError(f"{type(error)}: {error}"))
        sys.exit(1)


def _serve(replica: Replica) -> None:
    """Until it is over. Raises what keeps it from serving."""
    from newsreel.app import Serving, open_serving
    from newsreel.inference import Slot
    from newsreel.service.application import create_app
    from newsreel.service.clouds.artifacts import with_artifacts
    from newsreel.service.serving import Server
    from newsreel.service.state import State

    settings, state = _share_of_cores(Settings(), replica.of), State()

    def opened() -> Serving:
        serving = open_serving(
            replica.archive, with_artifacts(settings), Slot(replica.waiting, replica.place), replica.of
        )
        replica.news.send(None)
        return serving

    loading = state.load(opened)
    if not replica.answers_at_once:
        loading.join()
        if state.failed is None:
            wait([replica.news])
    if state.failed is None:
        Server(create_app(state, settings), settings).run(sockets=[replica.opened()])
    if state.failed is not None:
        raise state.failed


def _share_of_cores(settings: Settings, processes: int) -> Settings:
    from newsreel.models.runtime import cpu

    threads = settings.threads or max(1, cpu.describe().cores // processes)
    return settings.model_copy(update={"threads": threads})


def _stop_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)
