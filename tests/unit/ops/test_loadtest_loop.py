"""The open loop over real sockets, in its own time: queues that are known, stalls, failures, a client that is late."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from tests.queue_server import Behaviour, served
from tests.virtual_time import VirtualLoop

from newsreel.core.errors import UsageError
from newsreel.ops.loadtest import Ladder, LoadTest, Plan, Progress, Report, Target, Traffic
from newsreel.ops.loadtest.address import Address
from newsreel.ops.loadtest.arrivals import Arrivals, arrivals
from newsreel.ops.loadtest.connection import Request
from newsreel.ops.loadtest.pool import Pool
from newsreel.ops.loadtest.window import Window

REQUEST = b"GET / HTTP/1.1\r\nhost: here\r\n\r\n"


def waits(due_s: npt.NDArray[np.float64], service_s: float) -> npt.NDArray[np.float64]:
    """In a queue with one server, by Lindley's recursion."""
    found, free_s = [], 0.0
    for at in due_s.tolist():
        found.append(max(0.0, free_s - at))
        free_s = max(free_s, at) + service_s
    return np.array(found)


def plan(url: str, **changes: object) -> Plan:
    given = Plan(
        target=Target(url=url, timeout_s=5.0), traffic=Traffic(), rate=200.0, seconds=0.5, warm_up_s=0.1, seed=3
    )
    changed = replace(given, **changes)  # type: ignore[arg-type]
    return replace(changed, target=replace(changed.target, url=url))


def loaded(server: Behaviour, watch: Callable[[Progress], None] = lambda _: None, **changes: object) -> Report:
    async def load() -> Report:
        async with served(server):
            return await LoadTest(plan(server.url, **changes), watch).run()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(load())


def held(due: Arrivals, server: Behaviour) -> Window:
    async def hold() -> Window:
        async with served(server), Pool(Address.of(server.url), 100, 5.0) as pool:
            window = Window(due, iter(lambda: REQUEST, b""), iter(lambda: REQUEST, b""), pool)
            await window.run()
            return window

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(hold())


def test_arrivals_are_those_of_a_poisson_process() -> None:
    rate, service_s = 80.0, 0.01
    due_s = arrivals(rate, 0, 2000, None, (1,)).due_s
    busy = rate * service_s
    mean_s = busy * service_s / (2 * (1 - busy))  # of M/D/1, by Pollaczek and Khinchine
    assert waits(due_s, service_s).mean() == pytest.approx(mean_s, rel=0.03)
    assert len(due_s) == 160_000


def test_long_texts_come_between_the_others() -> None:
    due = arrivals(50, 1, 3, 1.0, (1,))
    assert due.due_s[due.long].tolist() == [0.5, 1.5, 2.5, 3.5]
    assert (due.due_s[~due.long] < 1).sum() == 50
    assert (np.diff(due.due_s) >= 0).all()


def test_requests_wait_in_the_servers_queue_as_theory_says() -> None:
    due, service_s = arrivals(40, 0, 3, None, (5,)), 0.02
    window = held(due, Behaviour(service_s=service_s))
    expected = waits(due.due_s, service_s) + service_s
    assert window.outcomes == [200] * 120
    off = np.median(np.abs(np.array(window.latency_s) - expected))
    assert off < 0.0005
    assert np.median(np.abs(service_s - expected)) > 20 * off, "as a closed loop would have it: nobody waits"


def test_a_stall_is_felt_by_all_that_were_due_meanwhile() -> None:
    step = loaded(Behaviour(stall=(60, 0.2))).steps[0]
    assert step.latencies.max > 190
    assert step.latencies.percentile(75) > 50, "a closed loop would have sent one request into it, of a hundred"
    assert step.latencies.percentile(50) < 50
    assert not step.sustained


def test_failures_are_counted_by_what_came_instead() -> None:
    server = Behaviour(faults={3: "503", 5: "close", 6: "hang", 7: "garbage"})
    report = loaded(server, target=Target(url="", timeout_s=0.2), rate=400.0)
    step = report.steps[0]
    assert step.sent == 200
    assert set(step.errors) == {"503", "closed", "timeout", "no HTTP"}
    assert all(19 <= count <= 21 for count in step.errors.values())
    assert step.said["503"] == "too much!"
    assert len(step.latencies.ms) == step.sent - sum(step.errors.values())
    assert step.failed_share == pytest.approx(0.4, abs=0.02)
    assert not step.sustained
    assert any(sentence.startswith("503 at 400 a second") and "too much!" in sentence for sentence in report.verdict())


def test_connections_are_kept_and_those_that_end_are_made_anew() -> None:
    server = Behaviour(service_s=0.002)
    assert not loaded(server, seconds=0.2).steps[0].errors
    assert server.connections < server.requests == 61
    server = Behaviour(closing=True)
    assert not loaded(server, seconds=0.1).steps[0].errors
    assert server.connections == server.requests == 41


def test_without_a_free_connection_waiting_counts() -> None:
    server = Behaviour(service_s=0.01)
    step = loaded(server, target=Target(url="", connections=1), rate=400.0, seconds=0.1).steps[0]
    assert server.connections == 1
    assert step.latencies.percentile(50) > 200
    assert step.late_p95_ms < 5, "it came to send them in time: there was nothing to send them on"


def test_a_late_client_says_so_and_reports_no_knee() -> None:
    async def hampered() -> Report:
        def hamper() -> None:
            loop.now_s += 0.05
            loop.call_later(0.03, hamper)

        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        async with served(Behaviour()) as server:
            loop.call_later(0.02, hamper)
            asked = plan(server.url, rate=None, ladder=Ladder(first=100.0), p95_ms=20.0, warm_up_s=0.0)
            return await LoadTest(asked).run()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        report = runner.run(hampered())
    assert len(report.steps) == 3
    assert all(step.client_late for step in report.steps)
    assert report.knee is None
    assert "it is the client that is late" in report.verdict()[0]


def test_the_knee_is_where_more_than_the_server_can_do_begins() -> None:
    told: list[Progress] = []
    ladder = Ladder(first=100.0, factor=1.5, searches=1)
    report = loaded(Behaviour(service_s=0.0075), told.append, rate=None, ladder=ladder, p95_ms=120.0, seconds=4.0)
    assert report.knee is not None
    assert 110 < report.knee.rate < 134, "133 a second is all that it can do"
    assert report.best is not None and report.best.rate == report.knee.rate
    assert max(report.steps, key=lambda step: step.rate).sustained is False
    assert [each.step for each in told if each.step] == list(report.steps)


def test_a_server_that_stops_answering_has_no_knee() -> None:
    def stop(number: int, _: bytes) -> None:
        server.faults = dict.fromkeys(range(10), "close" if number > 1 else "")

    server = Behaviour(on_request=stop)
    report = loaded(server, rate=None, seconds=0.2)
    assert report.knee is None
    assert report.verdict()[0] == "The server's knee is not known: the server has stopped answering (closed)."


def test_a_server_that_is_not_there_is_said_at_once() -> None:
    with pytest.raises(UsageError, match="503: too much!"):
        loaded(gone := Behaviour(faults={1: "503"}))
    with asyncio.Runner() as runner, pytest.raises(UsageError, match="not connected"):
        runner.run(LoadTest(plan(gone.url)).run())


def test_a_test_that_ends_early_leaves_nothing_open() -> None:
    async def hasty() -> None:
        async with served(Behaviour(service_s=0.01)) as server:
            async with Pool(Address.of(server.url), 50, 5.0) as pool:
                for number in range(100):
                    pool.send(Request(number, 0.0, REQUEST, lambda _: None))
            assert asyncio.all_tasks() == {asyncio.current_task()}

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(hasty())
