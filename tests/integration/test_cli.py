"""The command as people script it: shapes, exit codes, stdout and stderr apart."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.commands import Ran, run

from newsreel.models.embedder import TextEmbedder


def newsreel(*args: object, stdin: str = "", code: int = 0) -> Ran:
    done = run(*args, stdin=stdin.encode())
    assert done.code == code, done.err
    return done


def test_audit_as_json(sample_archive: Path) -> None:
    report = json.loads(newsreel("audit", "--archive", sample_archive, "--json").out)
    assert list(report)[:7] == ["inputs", "pending", "done", "duplicate", "failed", "removed", "balanced"]
    assert report["inputs"] == sum(report[s] for s in ("pending", "done", "duplicate", "failed", "removed"))
    assert report["balanced"] is True


def test_audit_exits_1_when_something_is_off(sample_copy: Path) -> None:
    import lance

    lance.dataset(str(sample_copy / "items.lance")).delete("uri = 'file:photos/DSC_4417.jpg'")
    report = json.loads(newsreel("audit", "--archive", sample_copy, "--json", code=1).out)
    assert report["balanced"] is False
    assert report["faults"] == {
        "done or duplicate, but no item": ["file:photos/DSC_4417.jpg"],
        "segments without an item": ["file:photos/DSC_4417.jpg"],
    }


def test_search_as_json_and_as_a_table(sample_archive: Path) -> None:
    done = newsreel(
        "search", "ship aground", "--archive", sample_archive, "--json", "--explain", "-k", 3, "--kind", "photo"
    )
    answer = json.loads(done.out)
    assert [r["kind"] for r in answer["results"]] == ["photo"] * len(answer["results"])
    assert answer["results"][0]["uri"] == "file:photos/tarnby-halcyon-aground.jpg"
    assert answer["results"][0]["score"] == pytest.approx(
        sum(p["share"] for p in answer["results"][0]["parts"]), abs=1e-6
    )
    table = newsreel(
        "search", "ship aground", "--archive", sample_archive, "--from", "2026-03-09", "--to", "2026-03-09"
    )
    assert "file:photos/tarnby-halcyon-aground.jpg" in table.out
    assert "refloated" not in table.out


def test_a_query_file_becomes_a_run(sample_archive: Path, tmp_path: Path) -> None:
    (tmp_path / "q.tsv").write_text("q1\tship aground\nq2\tinterest rate cut\n")
    newsreel(
        "search", "--queries", tmp_path / "q.tsv", "--run", tmp_path / "r.trec", "--archive", sample_archive, "-k", 5
    )
    lines = [line.split() for line in (tmp_path / "r.trec").read_text().splitlines()]
    assert {len(line) for line in lines} == {6}
    assert [line[3] for line in lines if line[0] == "q1"] == ["1", "2", "3", "4", "5"]


def test_embed_keeps_ids_and_order_and_names_bad_lines(embedder: TextEmbedder) -> None:
    lines = ['{"id": "b", "text": "flood"}', "nonsense", '{"id": 1, "text": ""}', '{"id": 2}']
    done = newsreel("embed", "--jsonl", stdin="\n".join(lines), code=1)
    records = [json.loads(line) for line in done.out.splitlines()]
    assert [r["id"] for r in records] == ["b", 1]
    assert "line 2" in done.err
    assert "line 4" in done.err
    np.testing.assert_allclose(records[0]["vector"], embedder.embed(["flood"])[0], atol=1e-6)


def test_kill_says_what_it_did(sample_copy: Path) -> None:
    done = newsreel("kill", "file:photos/DSC_4417.jpg", "x:404", "--archive", sample_copy, code=1)
    assert "killed file:photos/DSC_4417.jpg" in done.out
    assert "x:404" in done.err
    newsreel("kill", "file:photos/DSC_4417.jpg", "--archive", sample_copy)
    assert json.loads(newsreel("audit", "--archive", sample_copy, "--json").out)["removed"] == 2


def test_a_second_index_says_that_there_is_nothing_to_do(sample_folder: Path, sample_copy: Path) -> None:
    done = newsreel("index", sample_folder, "--archive", sample_copy)
    assert "Nothing to do" in done.err
    assert done.out == ""


@pytest.mark.parametrize(
    "args",
    [
        ("search", "x"),
        ("search", "--archive", "a", "--queries", "q.tsv"),
        ("index", "--archive", "a"),
        ("index", "x", "--archive", "a", "--engine", "ray"),
        ("search", "x", "--archive", "a", "-k", "0"),
        ("search", "x", "--archive", "a", "--kind", "painting"),
        ("nonsense",),
        ("embed",),
    ],
)
def test_bad_usage_exits_2(args: tuple[str, ...]) -> None:
    assert newsreel(*args, code=2).err


def test_every_command_has_help_with_an_example() -> None:
    for command in ("demo", "index", "kill", "audit", "search", "serve", "embed", "models build", "evaluate retrieval"):
        assert "xample" in newsreel(*command.split(), "--help").out, command
