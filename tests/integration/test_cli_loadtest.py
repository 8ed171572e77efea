"""`newsreel loadtest`: the command, its files, and what it says when it is interrupted or asked wrongly."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.commands import run
from tests.queue_server import Behaviour, serving

BRIEFLY = ("--rate", 100, "--seconds", 0.3, "--warm-up", 0.1, "--seed", 1)


@pytest.fixture(scope="module")
def server() -> Iterator[Behaviour]:
    with serving(Behaviour(service_s=0.002)) as server:
        yield server


def test_a_rate_is_held_and_told_in_each_form(server: Behaviour, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="needs the bench extra")
    done = run(
        "loadtest", server.url, *BRIEFLY, "--header", "Authorization: Bearer secret", "--long-every", 0.2,
        "--field", "model=m", "--json", tmp_path / "found.json", "--plot", tmp_path / "found.png",
    )  # fmt: skip
    assert done.code == 0
    assert f"{server.url}/v1/embeddings: embed, queries, as newsreel, 10,000 words every 0.2 s (seed 1)" in done.out
    assert "100 requests a second are" in done.out
    assert "100 a second: p95" in done.err
    written = (tmp_path / "found.json").read_text()
    assert "secret" not in written + done.out + done.err
    found = json.loads(written)
    assert found["seed"] == 1 and found["knee"] is None and found["traffic"]["fields"] == {"model": "m"}
    assert sum(count for _, count in found["steps"][0]["histogram"]) == found["steps"][0]["answers"] == 30
    assert (tmp_path / "found.png").read_bytes().startswith(b"\x89PNG")


def test_json_in_place_of_the_table(server: Behaviour, tmp_path: Path) -> None:
    texts = tmp_path / "texts.txt"
    texts.write_text("harbour\nbell\n")
    arguments = ("--mix", texts, "--task", "rerank", "--texts", 2, "--json", "-", "--cpu", min(os.sched_getaffinity(0)))
    before = os.sched_getaffinity(0)
    try:
        found = json.loads(run("loadtest", server.url, *BRIEFLY, *arguments).out)
        assert len(os.sched_getaffinity(0)) == 1
    finally:
        os.sched_setaffinity(0, before)
    assert found["traffic"]["own"] == 2
    assert found["address"].endswith("/v1/rerank")


def test_an_interrupted_test_prints_what_is_known() -> None:
    def interrupt(number: int, _: bytes) -> None:
        if number == 25:
            os.kill(os.getpid(), signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests may have it ignored
    try:
        with serving(Behaviour(on_request=interrupt)) as server:
            done = run("loadtest", server.url, "--rate", 100, "--seconds", 60, "--warm-up", 0)
    finally:
        signal.signal(signal.SIGINT, before)
    assert done.code == 130
    assert "Interrupted: this is what was known by then." in done.out
    assert "100 requests a second are" in done.out
    assert "closed" not in done.out, "what was on its way is no failure"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--mix", "poems"], "poems is no file"),
        (["--field", "model"], "a name, = and a value"),
        (["--header", "secret"], "a name, a colon and a value"),
        (["--plot", "knee.doc"], "no picture that can be drawn"),
        (["--cpu", "4000"], "no core 4000"),
        (["--shape", "openai", "--task", "rerank"], "openai has no request for rerank"),
    ],
)
def test_what_cannot_be_done_is_bad_usage(arguments: list[str], said: str) -> None:
    done = run("loadtest", "http://127.0.0.1:9", *arguments)
    assert done.code == 2
    assert said in done.err
    assert "--header secret" not in done.err
