"""A service started as the image starts it, asked what a deployment asks."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

__all__ = ["Service", "free_port", "started"]

_PATIENCE_S = 60
_INTERVAL_S = 0.1


@dataclass(frozen=True, slots=True)
class Service:
    """One that is ready."""

    process: subprocess.Popen[bytes]
    port: int
    ready_s: float

    def ask(self, path: str, body: Mapping[str, object] | None = None) -> tuple[int, Any]:
        """The status and the JSON that is answered, to a POST if there is a body."""
        return _ask(self.port, path, body)

    @property
    def resident_bytes(self) -> int:
        """What it takes of memory."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


def free_port() -> int:
    """One that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def started(command: Sequence[str], environment: Mapping[str, str], port: int, user: int | None) -> Iterator[Service]:
    """Start it as this user, and wait until it says that it is ready. Then SIGTERM, on which it must end in order.

    Raises RuntimeError if it does not do either.
    """
    start = time.monotonic()
    with TemporaryFile() as log:
        process = _start(command, environment, log, user)
        try:
            while not _ready(port):
                if process.poll() is not None or time.monotonic() - start > _PATIENCE_S:
                    raise _failure(f"{' '.join(command)} is not ready; exit code {process.poll()}", log)
                time.sleep(_INTERVAL_S)
            yield Service(process, port, time.monotonic() - start)
            process.terminate()
            if process.wait(_PATIENCE_S) != 0:
                raise _failure(f"after SIGTERM {' '.join(command)} ended with {process.returncode}", log)
        finally:
            process.kill()
            process.wait()


def _start(
    command: Sequence[str], environment: Mapping[str, str], log: IO[bytes], user: int | None
) -> subprocess.Popen[bytes]:
    groups: Sequence[int] | None = None if user is None else []
    return subprocess.Popen(  # noqa: S603
        command, env=environment, stderr=log, cwd="/", user=user, group=user, extra_groups=groups
    )


def _failure(what: str, log: IO[bytes]) -> RuntimeError:
    log.seek(0)
    return RuntimeError(f"{what}:\n{log.read().decode('utf-8', 'replace')[-4000:]}")


def _ready(port: int) -> bool:
    try:
        return _ask(port, "/readyz", None)[0] == 200
    except OSError:
        return False


def _ask(port: int, path: str, body: Mapping[str, object] | None) -> tuple[int, Any]:
    connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
    try:
        if body is None:
            connection.request("GET", path)
        else:
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
        return answer.status, json.loads(content) if content else None
    finally:
        connection.close()
