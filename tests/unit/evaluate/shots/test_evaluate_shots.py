"""`newsreel evaluate shots`, as a user runs it: a tiny film, the fake model; and the peers as they come."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.film_builders import shots, write_film
from typer.testing import CliRunner

from newsreel import app as wiring
from newsreel.cli.main import app
from newsreel.core.errors import SourceError
from newsreel.evaluate.shots import real, report
from newsreel.evaluate.shots.films import CUT, Edit, Film, squeezed
from newsreel.evaluate.shots.matching import Found
from newsreel.evaluate.shots.systems import scenedetect_peers, score
from newsreel.models.shots.scoring import Windows
from newsreel.testing.fakes import FakeShotModel

TRUTH = {"tiny.mp4": {"frames": 30, "cuts": [10], "gradual": [{"frames": [18, 24], "kind": "dissolve"}]}}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_film(tmp_path / "tiny.mp4", frames=30, draw=shots(10, 20))
    monkeypatch.setattr(real, "truth", lambda: TRUTH | {"unseen.mp4": {"frames": 1, "counts": False}})
    monkeypatch.setattr(report, "truth", real.truth)
    monkeypatch.setattr(wiring, "open_shot_model", lambda settings: FakeShotModel())
    return tmp_path


def evaluate(folder: Path, *options: str) -> tuple[int, str, str]:
    arguments = ["evaluate", "shots", str(folder), "--no-generated", "--no-peers", *options]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


def test_what_is_found_in_a_film(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "_expected", lambda: {"tolerance": 0})
    code, out, _ = evaluate(folder, "--json")
    assert code == 0
    figures = json.loads(out)["sets"]["shared"]["newsreel"]
    right = {kind: (score["right"], score["found"], score["there"]) for kind, score in figures["scores"].items()}
    assert right == {"both": (1, 1, 2), "cut": (1, 1, 1), "gradual": (0, 0, 1)}
    assert figures["cut_errors"] == {"0": 1}


def test_what_is_not_expected_ends_in_failure(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "_expected", lambda: {"tolerance": 0.1, "shared": {"newsreel": {"cut": 0.5}}})
    code, out, err = evaluate(folder, "--examples", "3")
    assert code == 1
    assert "newsreel: shared, newsreel, cut: F1 1.0000, expected 0.5000" in err
    assert "shared, newsreel: tiny.mp4: dissolve at 18 to 24 is missed" in out


def test_another_film_and_a_missing_one_are_named(folder: Path) -> None:
    write_film(folder / "tiny.mp4", frames=29)
    with pytest.raises(SourceError, match="29 frames, not 30"):
        evaluate(folder)
    (folder / "tiny.mp4").unlink()
    with pytest.raises(SourceError, match=r"no tiny\.mp4"):
        evaluate(folder)


def test_programs_find_a_cut_where_it_is() -> None:
    pytest.importorskip("scenedetect", reason="needs the evaluate extra")
    chance = np.random.default_rng(4)
    old, new = (np.kron(chance.integers(0, 255, (9, 16, 3)), np.ones((10, 10, 1))) for _ in range(2))
    pictures = np.stack([old] * 25 + [new] * 25).astype(np.uint8)
    film = Film("a cut", squeezed(pictures), pictures, (Edit(CUT, 25, 25),))
    found = {name: find(film) for name, find in scenedetect_peers().items()}
    assert found == {name: [Found(25, 25, None)] for name in ("PySceneDetect Adaptive", "PySceneDetect Content")}
    assert score(FakeShotModel(), film.small, Windows(20, 25, 5)) == [Found(25, 25, "cut")]
