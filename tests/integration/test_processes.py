"""Several processes on one port, as `newsreel serve --processes` runs them, with the shipped entity model."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from newsreel.sample import texts_of_stories

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc, and each has a socket of its own")

PROCESSES = 2
ENVIRONMENT = {"NEWSREEL_EMBEDDER": "none", "NEWSREEL_QUEUE_TOKENS": "2000", "NEWSREEL_DRAIN_S": "0.1"}
STORY = "Angela Merkel met Emmanuel Macron in Brussels."
NOVEL = " ".join(text for story in texts_of_stories() for text in story)[:20_000] * 4


class Served:
    """The command, and whom it started."""

    def __init__(self, command: subprocess.Popen[str], port: int) -> None:
        self.command = command
        self.port = port
        self.asked = 0

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, str]:
        """Status and text, over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def entities(self, text: str = "") -> int:
        """The status; without a text, of one that no memory knows."""
        self.asked += 1
        return self.ask("POST", "/v1/entities", {"text": text or f"{STORY} {self.asked}"})[0]

    def figures(self) -> dict[str, float]:
        """All metrics, by what stands before their values."""
        lines = [line.rsplit(" ", 1) for line in self.ask("GET", "/metrics")[1].splitlines() if line[0] != "#"]
        return {name: float(value) for name, value in lines}

    def pids(self) -> list[int]:
        """Of those that serve, the youngest last."""
        pid = self.command.pid
        children = map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        return [child for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]

    def listeners(self) -> int:
        """Sockets that listen on the port."""
        return len(re.findall(rf"^ *\d+: 0100007F:{self.port:04X} \S+ 0A", Path("/proc/net/tcp").read_text(), re.M))


def eventually(holds: Callable[[], bool], within_s: float = 120) -> None:
    until = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.05)


@contextmanager
def serving(log: Path) -> Iterator[Served]:
    command = [sys.executable, "-m", "newsreel", "serve", "--port", "0", "--processes", str(PROCESSES)]
    with log.open("w") as errors:
        process = subprocess.Popen(command, stderr=errors, text=True, env=os.environ | ENVIRONMENT)
    try:
        eventually(lambda: process.poll() is not None or "Newsreel is at" in log.read_text())
        said = re.search(r"127\.0\.0\.1:(\d+)", log.read_text())
        assert said, log.read_text()
        served = Served(process, int(said[1]))
        eventually(lambda: served.listeners() == PROCESSES)
        yield served
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def test_they_count_and_bound_as_one_and_outlive_one_of_them(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with serving(log) as served, ThreadPoolExecutor(1) as aside:
        assert [served.entities() for _ in range(12)] == [200] * 12
        answered = 'newsreel_requests_total{route="/v1/entities",status="200"}'
        eventually(lambda: [served.figures().get(answered) for _ in range(6)] == [12] * 6)
        names = {name for name in served.figures() if name.startswith("process_resident_memory_bytes")}
        assert {re.sub(r".*\"(.*)\".*", r"\1", name) for name in names} == {"0", "1", "supervisor"}

        reading = aside.submit(served.entities, NOVEL)
        time.sleep(0.2)  # whatever comes before it would have it refused
        refused = [served.entities() for _ in range(12)]
        assert refused == [429] * 12, "more tokens wait in one of them than in both may"

        _kill_who_reads(served, reading)
        eventually(lambda: _answers(served), within_s=20)  # nothing is left of what waited there
        eventually(lambda: served.listeners() == PROCESSES and served.figures()["newsreel_restarts_total"] == 1)
        assert served.figures()[answered] >= 13, "what the dead one had counted stays"
        assert [served.entities() for _ in range(6)] == [200] * 6

        served.command.send_signal(signal.SIGTERM)
        assert served.command.wait(60) == 0
        assert served.listeners() == 0
    ended = [json.loads(line) for line in log.read_text().splitlines() if '"process_ended"' in line]
    assert [line["exit_code"] for line in ended] == [-signal.SIGKILL]


def _answers(served: Served) -> bool:
    """A connection to one that dies before it takes it is reset."""
    try:
        return served.entities() == 200
    except ConnectionError:
        return False


def _kill_who_reads(served: Served, reading: Future[int]) -> None:
    """The one that works: it is the one whose connection breaks."""
    before = {pid: _ticks(pid) for pid in served.pids()}
    time.sleep(0.5)
    os.kill(max(before, key=lambda pid: _ticks(pid) - before[pid]), signal.SIGKILL)
    assert isinstance(reading.exception(30), ConnectionError)


def _ticks(pid: int) -> int:
    """Of the processor, that a process has had."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11])


def test_none_is_begun_again_where_the_first_cannot_serve(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "newsreel", "serve", "--port", "0", "--processes", "2", "-a", tmp_path / "none"]
    environment = os.environ | ENVIRONMENT | {"NEWSREEL_ENTITIES": "none"}
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
    assert ended.returncode == 1
    assert "newsreel: there is no archive" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "process_ended" not in ended.stderr
