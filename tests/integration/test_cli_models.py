"""`newsreel models`: every default model is listed, shown and known by its task."""

from __future__ import annotations

import json

import pytest
from tests.integration.test_cli import newsreel

from newsreel.models.shots import TransNetModel


def test_every_model_is_listed_and_shown(shot_model: TransNetModel, embedder: object) -> None:
    listed = json.loads(newsreel("models", "list", "--json").out)
    assert [(model["task"], model["name"], model["built"]) for model in listed] == [
        ("embed", "all-MiniLM-L6-v2", True),
        ("entities", "newsreel-entities", True),
        ("shots", "TransNetV2", True),
    ]
    assert all(model["precision"] and model["trouble"] is None for model in listed)
    card = json.loads(newsreel("models", "show", "TransNetV2").out)
    assert f"{card['fingerprint']}-{card['precision']}" == shot_model.fingerprint
    assert card["published"]["source"]


def test_building_what_is_built_does_nothing(shot_model: TransNetModel, embedder: object) -> None:
    done = newsreel("models", "build")
    assert done.err.splitlines() == [
        "all-MiniLM-L6-v2 is built already.",
        "TransNetV2 is built already.",
        "newsreel-entities comes with Newsreel, ready to run.",
    ]


@pytest.mark.parametrize("args", [("build", "captions"), ("show", "captions")])
def test_another_model_is_bad_usage(args: tuple[str, str]) -> None:
    assert "captions" in newsreel("models", *args, code=2).err
