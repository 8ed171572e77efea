"""What a soak says of services that are not as they should be."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bench.soak.books import Books, Kept
from bench.soak.contest import Drained, Soaked
from bench.soak.hostile import Hostile, HostileClients
from bench.soak.leaving import LeavingClients
from bench.soak.load import Asked
from bench.soak.malformed import Found
from bench.soak.memory import Memory
from bench.soak.plot import draw
from bench.soak.report import verdicts
from bench.soak.served import Served
from bench.soak.slow import SlowClients

CLIENTS = ("load", "malformed", "hostile", "dropped", "slow", "operator")


def served(port: int) -> Served:
    return Served(
        process=None,  # type: ignore[arg-type]  # nobody is stopped here
        log=Path("none"),
        keys=dict.fromkeys(CLIENTS, "key"),  # type: ignore[arg-type]
        address=f"http://127.0.0.1:{port}",
    )


def soaked() -> Soaked:
    """A service without blemish, that was asked three times."""
    here = served(1)
    leaving = LeavingClients(here, 1)
    leaving.to_be_counted = 2
    books = Books(
        {"load": Counter({"200": 3}), "malformed": Counter({"422": 1}), "dropped": Counter({"499": 2})}, 6, 6, ()
    )
    at_s = tuple(range(180))
    return Soaked(
        rate=5,
        began_s=0,
        asked=[Asked("embed", due_s, 0.01, 200) for due_s in (0.1, 7.0, 150.0)],
        memory=Memory(at_s, tuple(700 + 0.001 * second for second in at_s)),
        malformed=Found(sent=1, statuses=Counter({"422": 1})),
        hostile=HostileClients(here),
        leaving=leaving,
        slow=SlowClients(here),
        quiet=books,
        books=books,
        drained=Drained(noticed_s=0.1, answered=1, lost=0, ended_s=6.0, exit_code=0),
    )


def broken(found: Soaked) -> list[str]:
    return [each.asked for each in verdicts(found, limit_s=10, request_s=30) if each.holds is False]


def test_a_service_as_it_should_be() -> None:
    said = verdicts(soaked(), limit_s=10, request_s=30)
    assert all(each.holds for each in said), [str(each) for each in said]


def test_each_fault_is_told() -> None:
    well = soaked()
    assert broken(replace(well, asked=[*well.asked, Asked("embed", 8.0, 20.0, "timeout")])) == [
        "no response is lost",
        "both sides count the same",
    ]
    assert broken(replace(well, quiet=replace(well.quiet, measured=7))) == ["both sides count the same"]
    failed = {**well.books.by_client, "hostile": Counter({"500": 1})}
    assert broken(replace(well, books=replace(well.books, by_client=failed))) == ["nothing fails"]
    assert broken(replace(well, books=replace(well.books, errors=("failed KeyError",)))) == [
        "nothing in the log is an error"
    ]
    growing = Memory(well.memory.at_s, tuple(700 + 0.05 * second for second in well.memory.at_s))
    assert broken(replace(well, memory=growing)) == ["memory is flat after the warm-up"]
    for end in (
        {"lost": 1},
        {"exit_code": 1},
        {"ended_s": None},
    ):
        assert broken(replace(well, drained=replace(well.drained, **end))) == ["it drains"]
    assert broken(replace(well, malformed=replace(well.malformed, problems={"GET /": "500"}))) != []
    well.slow.longest_s = 40
    assert broken(well) == ["who sends too slowly is sent away"]


def test_memory_is_judged_after_the_warm_up_and_not_in_a_moment() -> None:
    at_s = np.arange(300.0)
    steep = np.minimum(at_s, 100) * 5
    assert Memory(tuple(at_s), tuple(steep)).slope == pytest.approx(0, abs=1e-6)
    assert Memory(tuple(at_s), tuple(at_s / 60)).slope == pytest.approx(1)
    assert Memory(tuple(at_s[:60]), tuple(steep[:60])).slope is None


def test_books_agree_by_status_and_by_number_where_a_client_left() -> None:
    assert Kept("load", {"200": 3}, {"200": 3, "429": 0}).agree
    assert not Kept("load", {"200": 3}, {"200": 2, "499": 1}).agree
    assert Kept("dropped", {"any": 3}, {"200": 2, "499": 1}).agree
    assert not Kept("dropped", {"any": 3}, {"200": 2}).agree


def test_a_hostile_request_that_is_answered_otherwise_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.soak.hostile._PATIENCE_S", 0.1)
    said = {b"fails": b"HTTP/1.1 500 Internal Server Error\r\n\r\n", b"right": b"HTTP/1.1 400 Bad Request\r\n\r\n"}

    async def asked() -> HostileClients:
        async with answering(said) as port:
            clients = HostileClients(served(port))
            for name in ("fails", "right", "leaves", "hangs"):
                await clients.send(Hostile(name, name.encode(), [(400,)]))
            await clients.send(Hostile("leaves as it may", b"leaves", [(400,), ()]))
        return clients

    found = asyncio.run(asked())
    assert set(found.problems) == {"fails", "leaves", "hangs"}
    assert found.outcomes == {"500": 1, "400": 1, "hung up": 2, "hangs": 1}


@asynccontextmanager
async def answering(said: dict[bytes, bytes]) -> AsyncIterator[int]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.read(100)
        writer.write(said.get(asked, b""))
        if asked == b"hangs":
            await reader.read()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def test_the_picture_is_drawn(tmp_path: Path) -> None:
    draw(soaked(), tmp_path / "plots" / "soak.png")
    assert (tmp_path / "plots" / "soak.png").stat().st_size > 10_000
