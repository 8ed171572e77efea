"""`newsreel evaluate entities`, as a user runs it: made-up corpora, the queries, the model that comes along."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from newsreel.cli.main import app
from newsreel.core.errors import SourceError, UsageError
from newsreel.evaluate.entities import report

PLAIN = {
    "wnut17/CONLL-format/data/test/emerging.test.annotated": "Angela\tB-person\nMerkel\tI-person\nspoke\tO\n\n",
    "btc/CONLL-format/data/h.conll": "in\tO\nLondon\tB-LOC\n\n",
    "wikigold/CONLL-format/data/wikigold.conll.txt": "Paris I-LOC\n\n-DOCSTART- O\n" * 116 + "Berlin I-LOC\nburns O\n",
    "crossner/politics/dev.txt": "Germany\tB-country\nvotes\tO\n\n",
    "gum/dev/GUM_interview_x.conllu": "1\tHi\thi\tINTJ\t_\t_\t_\t_\t_\t_\n\n",
    "gum/dev/GUM_news_x.conllu": "1\tRome\tRome\tPROPN\t_\t_\t_\t_\t_\tEntity=(1-place-new-nnnnn-cf1-1-sgl)\n\n",
}
REPORTED = ["wnut17", "btc", "wikigold", "crossner-politics", "gum", "queries"]


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ner")
    for name, content in PLAIN.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


def evaluate(corpora: Path, *options: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["evaluate", "entities", str(corpora), *options], catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


def test_a_model_beside_itself_is_the_same(corpora: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "_expected", lambda: {"tolerance": 1})
    code, out, _ = evaluate(corpora, "--against", "newsreel-entities", "--examples", "2", "--json")
    assert code == 0
    told = json.loads(out)
    assert (told["model"], told["against"], told["split"]) == ("newsreel-entities", "newsreel-entities", "report")
    assert list(told["cases"]) == ["cased", "lower"]
    for case in told["cases"].values():
        assert list(case["sets"]) == REPORTED
        assert case["sets"]["queries"]["all"]["gold"] == 156
        assert case["sets"]["wikigold"]["PER/ORG/LOC"]["gold"] == 1
        assert case["against"]["average"] == {"f1": {"value": 0, "low": 0, "high": 0}, "p": 1}
        assert case["examples"]
        assert max(map(len, case["examples"].values())) <= 2
        confused = case["confusion"]
        missed = sum(n for gold, row in confused.items() for found, n in row.items() if found == "missed")
        assert missed <= sum(scores["all"]["gold"] for scores in case["sets"].values())


def test_what_is_not_expected_ends_in_failure(corpora: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = {"newsreel-entities": {"report": {"lower": {"queries": 2.0}}}}
    monkeypatch.setattr(report, "_expected", lambda: {"tolerance": 0.01, **expected})
    code, out, err = evaluate(corpora, "--examples", "1")
    assert code == 1
    assert "newsreel: queries, lower: F1" in err
    for shown in (*REPORTED, "average of F1", "95 % of resamples", "expected calibration error", "What became of what"):
        assert shown in out
    assert "queries: " in out, "errors in their context"


def test_a_missing_corpus_and_an_unknown_model_are_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="wnut17"):
        evaluate(tmp_path)
    with pytest.raises(UsageError, match="nobody"):
        evaluate(tmp_path, "--model", "nobody")
