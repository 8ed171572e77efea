"""A server's process: started on cores of its own, awaited until it answers, weighed, ended."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import psutil
from bench.encoders.race import FailedError
from bench.serving.cores import kept_to

__all__ = ["Running", "free_port"]

_ROOT = Path(__file__).parents[2]
_READY_LIMIT_S = 180.0
_LOOK_S = 0.05
_END_LIMIT_S = 15.0


def free_port() -> int:
    """Of the loopback address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


class Running:
    """A server and the processes that it starts. A context: at its end all of them have ended."""

    def __init__(self, command: Sequence[str], variables: Mapping[str, str], cores: frozenset[int], log: Path) -> None:
        """Start it on these cores. `log` gets whatever it prints."""
        log.parent.mkdir(parents=True, exist_ok=True)
        self._log = log
        self._began_s = time.perf_counter()
        with log.open("w", encoding="utf-8") as printed, kept_to(cores):
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=printed,
                cwd=_ROOT,
                env=dict(variables),
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Of the process that was started."""
        return self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_END_LIMIT_S)
        with suppress(ProcessLookupError):  # what it started and did not end
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def ready_s(self, port: int, path: str, body: Mapping[str, object] | None) -> float:
        """From its start to its first right answer: of a POST with this body, or a GET. Raises FailedError."""
        while (waited_s := time.perf_counter() - self._began_s) < _READY_LIMIT_S:
            self.check()
            if _answers(port, path, body):
                return time.perf_counter() - self._began_s
            time.sleep(_LOOK_S)
        raise FailedError(f"no right answer in {waited_s:.0f} s; see {self._log}")

    def check(self) -> None:
        """Raises FailedError where it has ended."""
        if self._process.poll() is not None:
            raise FailedError(f"ended with {self._process.returncode}; see {self._log}")

    def end(self, limit_s: float) -> None:
        """Return when it has done what it was started for. Raises FailedError where it fails, or takes longer."""
        try:
            failed = self._process.wait(limit_s)
        except subprocess.TimeoutExpired as error:
            raise FailedError(f"not done in {limit_s:.0f} s; see {self._log}") from error
        if failed:
            self.check()

    def memory_bytes(self) -> int:
        """Resident, of all its processes: what two of them share counts twice."""
        return sum(process.memory_info().rss for process in self._tree())

    def cpu_s(self) -> float:
        """Processor time until now of all its processes."""
        times = [process.cpu_times() for process in self._tree()]
        return float(sum(each.user + each.system for each in times))

    def _tree(self) -> list[psutil.Process]:
        process = psutil.Process(self.pid)
        return [process, *process.children(recursive=True)]


def _answers(port: int, path: str, body: Mapping[str, object] | None) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        if body is None:
            connection.request("GET", path)
        else:
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return False
    else:
        return answer.status == 200
    finally:
        connection.close()
