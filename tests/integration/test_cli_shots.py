"""`newsreel shots`: lists, files beside them, and what is refused before the film is cut."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image
from tests.film_builders import shots, write_film
from typer.testing import CliRunner

from newsreel import app
from newsreel.cli.main import app as command
from newsreel.core.errors import UsageError
from newsreel.cutlist import read_edl, read_otio
from newsreel.testing.fakes import FakeShotModel


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three shots in two seconds."""
    return write_film(tmp_path_factory.mktemp("film") / "desk.mp4", frames=50, draw=shots(20, 15, 15))


@pytest.fixture
def _cut_by_a_fake(monkeypatch: pytest.MonkeyPatch) -> None:
    """The README's commands run the real model."""
    monkeypatch.setattr(app, "open_shot_model", lambda _: FakeShotModel())


def listed(*args: object) -> str:
    """What it prints."""
    done = CliRunner().invoke(command, ["shots", *map(str, args)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.usefixtures("_cut_by_a_fake")
def test_every_format_has_the_same_cuts_and_the_pictures_are_drawn_beside(film: Path, tmp_path: Path) -> None:
    said = json.loads(listed(film))
    assert (said["video"], said["frame_rate"], said["frames"]) == (str(film), 25.0, 50)
    assert (said["size"], said["constant_frame_rate"]) == ([64, 48], True)
    starts = [shot["start_frame"] for shot in said["shots"]]
    assert starts == [0, 20, 35]
    assert [shot["transition"] for shot in said["shots"]] == ["cut", "cut", "end"]
    assert all(shot["start_s"] <= shot["keyframe_s"] < shot["end_s"] for shot in said["shots"])
    assert ["confidence" in shot for shot in said["shots"]] == [True, True, False]

    lines = list(csv.DictReader(io.StringIO(listed(film, "--format", "csv"))))
    assert [int(line["start_frame"]) for line in lines] == starts
    assert list(lines[0])[:7] == [
        *("start_frame", "end_frame", "start_s", "end_s", "transition", "transition_start", "transition_end"),
    ]

    edl, sheet, stills = tmp_path / "desk.edl", tmp_path / "desk.png", tmp_path / "stills"
    assert listed(film, "--format", "edl", "-o", edl, "--sheet", sheet, "--stills", stills) == ""
    assert read_edl(edl.read_text(), Fraction(25)) == (*starts, 50)
    with Image.open(sheet) as page:
        assert page.format == "PNG"
    assert [path.name[:9] for path in sorted(stills.iterdir())] == ["shot-0001", "shot-0002", "shot-0003"]

    stamps = [n * 40 + n % 3 * 9 for n in range(20)]
    varying = write_film(tmp_path / "phone.mp4", frames=20, stamps=stamps, draw=shots(8, 12))
    assert read_otio(listed(varying, "--format", "otio"))[1] == stamps[8] * 1_000_000
    with pytest.raises(UsageError, match=r"phone\.mp4: its frames do not all last the same"):
        listed(varying, "--format", "edl", "--output", edl)
    assert read_edl(edl.read_text(), Fraction(25)) == (*starts, 50), "the old list stays"


@pytest.mark.parametrize(
    ("args", "remedy"),
    [
        (("--output", "{film}"), "the film itself"),
        (("--sheet", "{folder}/none/sheet.png"), "make it first"),
        (("--stills", "{film}"), "name a folder"),
        (("--output", "{folder}/x", "--sheet", "{folder}/x"), "cannot be one file"),
    ],
)
def test_what_cannot_be_written_is_refused_at_once(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...], remedy: str
) -> None:
    monkeypatch.setenv("NEWSREEL_ARTIFACTS", str(tmp_path))  # where there is no model: nothing was cut
    with pytest.raises(UsageError, match=remedy):
        listed(film, *(each.format(film=film, folder=tmp_path) for each in args))
    assert film.stat().st_size > 1000
