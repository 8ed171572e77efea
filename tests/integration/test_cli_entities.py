"""`newsreel entities`: people script against its shapes and exit codes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest
from tests.integration.test_cli import newsreel

from newsreel.cli.entities import entities
from newsreel.core.errors import UsageError

TEXT = "🌍 Café\u0301 — Angela Merkel\r\nmet Emmanuel Macron in Paris."


def test_a_text_becomes_names_at_their_places() -> None:
    found = json.loads(newsreel("entities", TEXT, "--json").out)["entities"]
    assert [list(each) for each in found] == [["text", "label", "start", "end", "score"]] * len(found)
    assert all(TEXT[each["start"] : each["end"]] == each["text"] and 0 < each["score"] <= 1 for each in found)
    assert ("Angela Merkel", "PER") in {(each["text"], each["label"]) for each in found}


def test_a_text_becomes_a_table() -> None:
    first, *rows = newsreel("entities", f"{TEXT} [bold]", "--min-score", 0.2).out.splitlines()
    assert first.split() == ["name", "label", "start", "end", "score"]
    assert any("Angela Merkel" in row and "PER" in row for row in rows)


def test_lines_keep_ids_and_order_and_bad_ones_are_named() -> None:
    lines = [
        {"id": "b", "text": TEXT},
        "nonsense",
        {"id": [1], "text": ""},
        {"id": 2},
        {"id": 3, "text": "the flood rose " * 400 + "as Angela Merkel spoke"},
    ]
    given = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    done = newsreel("entities", "--jsonl", stdin=given, code=1)
    records = [json.loads(line) for line in done.out.splitlines()]
    assert [record["id"] for record in records] == ["b", [1], 3]
    assert records[1] == {"id": [1], "entities": []}
    assert records[2]["entities"][-1]["end"] > 5_000, "a text of any length is read to its end"
    assert "line 2" in done.err
    assert "line 4" in done.err


@pytest.mark.parametrize(("args", "why"), [((), "say what to read"), (("x", "--model", "nobody"), "no model 'nobody'")])
def test_bad_usage(args: tuple[str, ...], why: str) -> None:
    assert why in newsreel("entities", *args, code=2).err


def test_none_is_a_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSREEL_ENTITIES", "none")
    with pytest.raises(UsageError, match="NEWSREEL_ENTITIES is none"):
        entities("a text")


def test_endless_input_is_answered_as_it_comes_and_can_be_interrupted() -> None:
    # What is started in the background of a shell without job control inherits that it ignores Ctrl-C.
    heard = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
    command = [sys.executable, "-c", heard, sys.executable, "-m", "newsreel", "entities", "--jsonl"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(b'{"id": 1, "text": "flood"}\n' * 256)
        process.stdin.flush()
        assert [process.stdout.readline() for _ in range(256)][-1] == b'{"id": 1, "entities": []}\n'
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert b"Traceback" not in process.stderr.read()
