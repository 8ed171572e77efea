"""Entities counted as seqeval counts them, intervals, calibration and confusion, against values by hand."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

import numpy as np
import pytest

from newsreel.core.entities import Entity
from newsreel.evaluate.entities import report, scores
from newsreel.evaluate.entities.answers import CASES, Answer, ask
from newsreel.evaluate.entities.calibration import calibration_error, reliability
from newsreel.evaluate.entities.confusion import BOUNDARY, INVENTED, MISSED, confusion, outcomes, worst
from newsreel.evaluate.entities.labelled import LABELS, Labelled, labelled_words, parse_marked
from newsreel.evaluate.entities.report import ALL, CORE_LABELS, figures, unexpected
from newsreel.evaluate.entities.scores import CORE, average, compare, counts, resampled, score

OURS = {label: label for label in LABELS}


def answer(gold: str, found: str, score: float = 1.0) -> Answer:
    """From tags of words that are one letter each."""
    texts = [labelled_words("abcdefgh"[: len(t)], t, OURS, "d", frozenset()) for t in (gold.split(), found.split())]
    return Answer.of(texts[0], [Entity(*span, score) for span in texts[1].spans])


SEQEVAL = (
    # gold tags, found tags, what seqeval 1.2.2 gives in its default mode: precision, recall, F1, micro-averaged
    ("O O B-PER I-PER O", "O O B-PER I-PER O", (1.0, 1.0, 1.0)),
    ("O O B-PER I-PER O", "O O B-PER O O", (0.0, 0.0, 0.0)),
    ("O O B-PER I-PER O", "O O B-ORG I-ORG O", (0.0, 0.0, 0.0)),
    ("B-PER B-PER O B-LOC", "B-PER I-PER O B-LOC", (1 / 2, 1 / 3, 2 / 5)),
    ("B-PER I-PER O B-LOC", "I-PER I-PER O I-LOC", (1.0, 1.0, 1.0)),
    ("B-PER O B-ORG I-ORG B-LOC", "B-PER I-LOC B-ORG I-PER I-LOC", (2 / 5, 2 / 3, 1 / 2)),
    ("O O O", "O B-PER O", (0.0, 0.0, 0.0)),
    ("O O O", "O O O", (0.0, 0.0, 0.0)),
    ("B-MISC B-PER O O B-ORG", "B-MISC O O B-PER B-ORG", (2 / 3, 2 / 3, 2 / 3)),
)


@pytest.mark.parametrize(("gold", "found", "expected"), SEQEVAL)
def test_an_entity_is_right_as_seqeval_has_it(gold: str, found: str, expected: tuple[float, float, float]) -> None:
    of = score([answer(gold, found)], LABELS, "x")
    assert (of.precision, of.recall, of.f1.value) == pytest.approx(expected)


def test_figures_are_of_all_entities_together_and_by_label() -> None:
    given = [answer(gold, found) for gold, found, _ in SEQEVAL]
    of = score(given, LABELS, "x")
    assert (of.gold, of.found) == (14, 16)
    assert (of.precision, of.recall, of.f1.value) == pytest.approx((8 / 16, 8 / 14, 16 / 30))
    right, found, gold = counts(given).sum(axis=0)[LABELS.index("PER")]
    assert (right, found, gold) == (3, 8, 8)
    assert score(given, ["PER"], "x").f1.value == pytest.approx(3 / 8)
    assert score(given, CORE, "x").gold == 13


def test_what_a_set_does_not_mark_is_not_counted_on_either_side() -> None:
    text = Labelled("a b c", ((0, 1, "MISC"), (2, 3, "PER")), "d", frozenset({"MISC"}))
    found = [Entity(0, 1, "PER", 0.9), Entity(2, 3, "MISC", 0.9), Entity(4, 5, "DATE", 0.9)]
    assert Answer.of(text, found) == Answer("a b c", ((2, 3, "PER"),), (found[0],))


def mixed(chance: random.Random, texts: int, right: float) -> list[Answer]:
    tags = ("B-PER", "O")
    return [
        answer(f"B-PER O {chance.choice(tags)}", f"{tags[chance.random() > right]} {tags[chance.random() < 0.9]} O")
        for _ in range(texts)
    ]


def test_resamples_are_what_drawing_sentence_by_sentence_gives() -> None:
    counted = counts(mixed(random.Random(1), 200, 0.7))
    draw = np.random.default_rng(1)
    plain = np.stack([counted[draw.integers(0, 200, 200)].sum(axis=0) for _ in range(3000)])
    quick = resampled(counted, "x")
    assert quick.shape == (scores.RESAMPLES, len(LABELS), 3)
    assert quick[:, 0].mean(axis=0) == pytest.approx(plain[:, 0].mean(axis=0), rel=0.01)
    assert quick[:, 0].std(axis=0) == pytest.approx(plain[:, 0].std(axis=0), rel=0.06)
    assert (quick == resampled(counted, "x")).all()
    assert not (quick == resampled(counted, "y")).all()


def test_the_average_is_of_sets_and_narrower_than_one_of_them() -> None:
    chance = random.Random(2)
    sets = {name: mixed(chance, 150, right) for name, right in (("x", 0.9), ("y", 0.5), ("z", 0.7))}
    alone = {name: score(answers, CORE, name).f1 for name, answers in sets.items()}
    found = average(sets)
    assert found.value == pytest.approx(np.mean([f1.value for f1 in alone.values()]))
    assert found.low < found.value < found.high
    assert found.high - found.low < min(f1.high - f1.low for f1 in alone.values())


def test_a_difference_is_paired() -> None:
    """Two models that are right and wrong together differ surely, however widely each of them spreads."""
    chance = random.Random(3)
    theirs = {"x": mixed(chance, 100, 0.6), "y": mixed(chance, 100, 0.6)}
    mended = [answer("B-PER O O", "B-PER O O") if n < 8 else a for n, a in enumerate(theirs["x"])]
    found = compare({"x": mended, "y": theirs["y"]}, theirs)
    spread = score(theirs["x"], CORE, "x").f1
    assert found["x"].f1.high - found["x"].f1.low < (spread.high - spread.low) / 1.5
    assert found["x"].f1.low > 0
    assert found["x"].p < 0.01
    assert (found["y"].f1.value, found["y"].f1.high, found["y"].p) == (0, 0, 1)
    assert found["average"].f1.value == pytest.approx(found["x"].f1.value / 2)


def test_calibration_is_how_far_scores_are_from_shares() -> None:
    given = [answer("B-PER O", "B-PER O", 0.98), answer("O O", "B-PER B-ORG", 0.97), answer("B-PER", "B-PER", 0.1)]
    low, high = reliability(given)
    assert (low.entities, low.score, low.right) == (1, 0.1, 1.0)
    assert (low.low, low.high) == (pytest.approx(1 / 15), pytest.approx(2 / 15))
    assert (high.entities, high.score, high.right) == (3, pytest.approx(0.97 + 0.01 / 3), pytest.approx(1 / 3))
    assert calibration_error([low, high]) == pytest.approx((0.9 + 3 * (0.97 + 0.01 / 3 - 1 / 3)) / 4)
    assert calibration_error(reliability([answer("B-PER", "O")])) == 0


def test_a_score_of_one_and_of_nothing_has_a_bin() -> None:
    found = reliability([answer("B-PER", "B-PER", 1.0), answer("B-PER", "B-PER", 0.0)])
    assert [(b.low, b.high) for b in found] == [(0, pytest.approx(1 / 15)), (pytest.approx(14 / 15), 1)]


def test_every_error_has_its_kind() -> None:
    given = [
        answer("B-PER I-PER O B-LOC O B-ORG", "B-PER O O B-ORG B-MISC O"),
        answer("B-PER I-PER O", "B-PER I-PER O"),
        answer("B-PER I-PER B-LOC", "B-ORG I-ORG I-ORG"),
    ]
    assert confusion(outcomes(given)) == {
        "PER": {BOUNDARY: 2, "PER": 1},
        "LOC": {"ORG": 1, BOUNDARY: 1},
        "ORG": {MISSED: 1},
        INVENTED: {"MISC": 1},
    }
    assert worst({"x": given}, 1) == {
        "LOC as ORG": ["x: a b c »d« e f"],
        "LOC as boundary": ["x: a b »c« (found: a b c ORG)"],
        "ORG as missed": ["x: a b c d e »f«"],
        "PER as boundary": ["x: »a b« c d e f (found: a PER)"],
        "invented as MISC": ["x: a b c d »e« f"],
    }
    assert len(worst({"x": given}, 2)["PER as boundary"]) == 2
    assert worst({"x": given}, 0) == {}


class Capitals:
    """A model to which each word with a capital is a person, and of which each call is remembered."""

    fingerprint = "capitals"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def entities(self, texts: Sequence[str], over_length: str = "split") -> list[list[Entity]]:
        self.asked += texts
        words = re.compile(r"[A-Z][a-z]+")
        return [[Entity(*word.span(), "PER", 0.9) for word in words.finditer(text)] for text in texts]


def test_a_model_is_asked_as_written_and_in_lower_case() -> None:
    sets = {
        "x": [parse_marked("[Ada](PER) met [Rome](LOC)", "d"), parse_marked("nobody", "d")],
        "y": [parse_marked("[Bob](PER)", "d")],
    }
    model, told = Capitals(), list[tuple[str, int, int]]()
    answers = ask(model, sets, lambda *step: told.append(step))
    assert model.asked == ["Ada met Rome", "nobody", "Bob", "ada met rome", "nobody", "bob"]
    assert told == [("x, cased", 2, 6), ("y, cased", 3, 6), ("x, lower", 5, 6), ("y, lower", 6, 6)]
    found = figures(answers, answers)
    cased, lower = found["cased"], found["lower"]
    assert list(cased.sets["x"]) == [CORE_LABELS, ALL, "PER", "LOC"]
    assert (cased.sets["x"]["PER"].precision, cased.sets["x"]["PER"].recall) == (0.5, 1)
    assert cased.average.value == pytest.approx((0.5 + 1) / 2)
    assert lower.average.value == 0
    assert cased.calibration == {"x": pytest.approx(0.4), "y": pytest.approx(0.1), ALL: pytest.approx(0.9 - 2 / 3)}
    assert cased.against["average"].p == 1
    assert figures(answers)["cased"].against == {}


def test_a_figure_that_is_not_expected_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        report,
        "_expected",
        lambda: {"tolerance": 0.01, "ours": {"report": {"cased": {"x": 0.5, "average": 0.7}, "lower": {"x": 0.0}}}},
    )
    found = figures(ask(Capitals(), {"x": [parse_marked("[Ada](PER) met [Rome](LOC)", "d")]}, lambda *_: None))
    assert unexpected("ours", "report", found) == ["average, cased: F1 0.5000, expected 0.7000"]
    assert unexpected("ours", "tune", found) == unexpected("another", "report", found) == []


def test_expected_figures_are_of_sets_that_there_are() -> None:
    expected = report._expected()
    assert 0 < expected.pop("tolerance") < 0.02
    for splits in expected.values():
        for cases in splits.values():
            assert set(cases) <= set(CASES)
            for values in cases.values():
                assert all(0 < value < 1 for value in values.values())
