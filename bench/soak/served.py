"""The service that is soaked: a process of its own, as users run it, with a key for each kind of client."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import psutil

from newsreel.core.errors import ArtifactError
from newsreel.service.keys import line_of, new_key

__all__ = ["Client", "Served", "serving"]

Client = Literal["knee", "load", "malformed", "hostile", "dropped", "slow", "operator"]
"""Who asks. The log says it of each request, so that both sides can be held against each other."""

_PLACE = re.compile(r"Newsreel is at (http://\S+)/")
_START_S = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A service that has begun."""

    process: subprocess.Popen[bytes]
    log: Path
    keys: Mapping[Client, str]
    address: str
    """`http://127.0.0.1:8420`."""

    @property
    def port(self) -> int:
        """On the loopback address."""
        return int(self.address.rpartition(":")[2])

    def headers(self, client: Client) -> dict[str, str]:
        """What a client of this kind sends with each request."""
        return {"Authorization": f"Bearer {self.keys[client]}"}

    def get(self, path: str) -> bytes:
        """What it answers the operator. Raises OSError."""
        asked = urllib.request.Request(self.address + path, headers=self.headers("operator"))
        with urllib.request.urlopen(asked, timeout=10) as answer:
            body: bytes = answer.read()
        return body

    def ready(self) -> bool:
        """As a load balancer asks."""
        try:
            return bool(self.get("/readyz"))
        except OSError:
            return False

    def resident_bytes(self) -> int:
        """Of its memory, those that are in RAM; of all its processes."""
        root = psutil.Process(self.process.pid)
        return sum(each.memory_info().rss for each in (root, *root.children(recursive=True)))

    def terminate(self) -> None:
        """As an orchestrator stops it."""
        self.process.send_signal(signal.SIGTERM)

    def abort(self) -> None:
        """Where it hangs is in its log then, thread by thread."""
        self.process.send_signal(signal.SIGABRT)

    def entries(self) -> Iterator[dict[str, Any]]:
        """Lines of its log that are JSON."""
        with self.log.open(encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("{"):
                    yield json.loads(line)


@contextmanager
def serving(
    archive: Path, folder: Path, environment: Mapping[str, str] | None = None, *, processes: int = 1
) -> Iterator[Served]:
    """A service of this archive, once it is ready. Its log and its keys go to the folder. Raises ArtifactError."""
    keys: dict[Client, str] = {client: new_key() for client in get_args(Client)}
    (folder / "keys.txt").write_text("".join(f"{line_of(name, key)}\n" for name, key in keys.items()), encoding="utf-8")
    command = [sys.executable, "-m", "newsreel", "serve", "--archive", archive, "--port", "0"]
    log = folder / "service.log"
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            [*command, "--processes", str(processes)],
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            env={
                **os.environ,
                "NEWSREEL_API_KEYS": str(folder / "keys.txt"),
                "PYTHONFAULTHANDLER": "1",
                **(environment or {}),
            },
        )
    try:
        served = Served(process=process, log=log, keys=keys, address=_address(process, log))
        while not served.ready():
            time.sleep(0.05)
        yield served
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    """Which it says once it can answer."""
    began_s = time.monotonic()
    while (said := _PLACE.search(log.read_text(encoding="utf-8", errors="replace"))) is None:
        if process.poll() is not None or time.monotonic() - began_s > _START_S:
            raise ArtifactError(f"the service does not start: its last words are\n{log.read_text()[-2000:]}")
        time.sleep(0.05)
    return said[1]
