"""A trained network to the artifact that ships: quantised against gold, measured on every set, with its card."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import tomli_w

from newsreel.evaluate.entities.answers import CASES, ask
from newsreel.evaluate.entities.labelled import Labelled, lowered
from newsreel.evaluate.entities.report import ALL, CORE_LABELS, Figures, figures
from newsreel.evaluate.entities.sets import read_sets
from newsreel.models.entities import TokenClassifier
from newsreel.models.entities.build import build, ship
from newsreel.models.runtime.artifact import Artifact
from newsreel.models.runtime.gold import Gold
from newsreel.models.runtime.order import Order
from training.entities.examples import Examples, Mix

__all__ = ["SHIPPED", "ship_network"]

SHIPPED = Path(str(files("newsreel.models.entities"))) / "shipped"

CALIBRATION_TEXTS, CALIBRATION_SEED = 300, 2
"""Of seven draws tried on the tuning sets the one with which int8 lost nothing on any; 1,500 texts lost more, since
the widest activation among them sets the scale of all. The sets' own names move by that much."""

_CARD: Mapping[str, Any] = {
    "summary": "people, organisations, places and other names in English news and search queries; 6 layers, 384 wide",
    "source": "training/entities",
    "licence": "Apache-2.0, as the project reads it: weights are no copy of the share-alike texts in training_data",
    "start": "all-MiniLM-L6-v2 (Apache-2.0)",
    "training_data": [
        "WNUT 2017 emerging entities, train (CC BY 4.0)",
        "Broad Twitter Corpus, sections a, b, e, f, g but for their last tweets (CC BY 4.0)",
        "Wikigold, articles 1-101 (CC BY 4.0)",
        "Universal NER English EWT, test and most of dev (CC BY-SA 4.0)",
        "CrossNER politics and science and literature (MIT)",
        "GUM train: news, interview (texts CC BY 2.5), bio, voyage (CC BY-SA 3.0), court, academic (CC BY 4.0)",
        "sentences, queries, transcripts and names written for Newsreel by a language model (Apache-2.0)",
    ],
    "known_failures": [
        "two people side by side in a query may be found as one: xi modi",
        "user names in tweets cut into words are found as the tweets' annotators marked them, at sign and all",
        "English only; titles of works and products are found half as well as people",
        "tuned on tweets, encyclopaedia and queries: edited newswire was not at hand to measure on",
    ],
}


def ship_network(corpora: Path, network: Path, shipped: Path, report: Callable[[str], None]) -> None:
    """Build the int8 artifact of a saved network into `shipped`. Raises ArtifactError where int8 costs too much."""
    tuned = read_sets(corpora, "tune")
    held_out = [(name, text) for name, texts in tuned.items() for text in (*texts, *map(lowered, texts))]
    order = Order(
        task="entities",
        source=str(network),
        precision="int8",
        calibration=_calibration(corpora),
        held_out=[text.text for _, text in held_out],
        gold=[Gold(name, text.spans, text.unmarked) for name, text in held_out],
    )
    with TemporaryDirectory(prefix="newsreel-floats-") as scratch:
        floats = build(Path(scratch), replace(order, precision="fp32", name="floats"), report).artifact
        before = _table(_measured(floats, corpora))
    made = ship(order, shipped, _CARD, report)
    report("measuring every set")
    after = _measured(made, corpora)
    card = {**made.card, "figures": {"fp32": before, "int8": _table(after)}, "ece": _errors(after)}
    (shipped / "card.toml").write_text(tomli_w.dumps(card), encoding="utf-8")


def _calibration(corpora: Path) -> Sequence[str]:
    """Some of what an epoch reads."""
    texts: list[Labelled] = Examples(corpora, Mix(), seed=0).epoch(0)
    return [text.text for text in random.Random(CALIBRATION_SEED).sample(texts, CALIBRATION_TEXTS)]


def _measured(artifact: Artifact, corpora: Path) -> Mapping[Any, Figures]:
    model = TokenClassifier.open(artifact)
    return figures(ask(model, read_sets(corpora, "report"), lambda *_: None))


def _table(found: Mapping[Any, Figures]) -> dict[str, Any]:
    """F1 by case, set and label, in points of 100."""
    return {
        case: {
            name: {label: round(100 * score.f1.value, 1) for label, score in scores.items() if score.gold}
            for name, scores in found[case].sets.items()
        }
        | {"average": {CORE_LABELS: round(100 * found[case].average.value, 1)}}
        for case in CASES
    }


def _errors(found: Mapping[Any, Figures]) -> dict[str, float]:
    return {case: round(found[case].calibration[ALL], 4) for case in CASES}
