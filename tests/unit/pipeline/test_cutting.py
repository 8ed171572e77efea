"""A film to its shots and keyframes, and taking it up where it was left."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image, ImageFilter
from tests.film_builders import picture, shots, write_film

from newsreel.core.times import TimeRange
from newsreel.ingest.videos import Footage
from newsreel.models.shots.scoring import STRIDE
from newsreel.pipeline.cutting import AGAIN, FRAMES_A_TABLE, Cutting
from newsreel.pipeline.keyframes import sharpness
from newsreel.testing.fakes import FakeShotModel

LENGTHS = (40, 5, 203, 3, 247, 152, 150)
"""Of the shots, in frames; one is too short to be made. At the end of the second window the last is not sure yet."""
CUTS = [40, 45, 248, 498, 650]

MEMORY = """
import resource, sys
from pathlib import Path
from newsreel.ingest.videos import Footage
from newsreel.pipeline.cutting import Cutting
from newsreel.testing.fakes import FakeShotModel
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
before, frames = peak(), 0
with Footage(Path(sys.argv[1])) as footage:
    for table in Cutting(FakeShotModel(), "key", "uri", tuple).tables(footage):
        frames = table["end_frame"][-1].as_py()
print(frames, peak() - before)
"""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_film(tmp_path_factory.mktemp("film") / "long.mp4", frames=sum(LENGTHS), draw=shots(*LENGTHS), gop=60)


SILENT = (TimeRange(3 * 10**9, 12 * 10**9),)


def tables_of(path: Path, opened: dict[str, Any] | None = None, model: FakeShotModel | None = None) -> list[pa.Table]:
    with Footage(path) as footage:
        cutting = Cutting(model or FakeShotModel(), "key", "uri", lambda: () if opened else SILENT, opened)
        return list(cutting.tables(footage))


def closed(tables: list[pa.Table]) -> list[dict[str, Any]]:
    return [row for table in tables for row in table.to_pylist() if row["transition"]]


def colour(jpeg: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(jpeg)))[-1, -1]


def test_shots_tile_the_film_and_have_a_keyframe_of_their_own(film: Path) -> None:
    rows = closed(tables_of(film))
    assert [row["start_frame"] for row in rows] == [0, *CUTS]
    assert [row["end_frame"] for row in rows] == [*CUTS, sum(LENGTHS)]
    assert [row["start_ns"] for row in rows] == [n * 40_000_000 for n in (0, *CUTS)]
    assert [row["end_ns"] for row in rows] == [n * 40_000_000 for n in (*CUTS, sum(LENGTHS))]
    assert [row["transition"] for row in rows] == [*["cut"] * 5, "end"]
    draw = shots(*LENGTHS)
    for row in rows:
        middle = draw((row["start_frame"] + row["end_frame"]) // 2)
        assert colour(row["keyframe"]) == pytest.approx(middle[-1, -1], abs=12)


def test_a_film_taken_up_anywhere_gives_the_same_rows_and_looks_at_few_frames_again(film: Path) -> None:
    whole = tables_of(film)
    rows = closed(whole)
    assert {mark["kind"] for row in rows for mark in row["marks"]} == {"freeze", "silence"}
    assert len(whole) <= sum(LENGTHS) // FRAMES_A_TABLE + 1
    begun = [opened for table in whole if (opened := table.to_pylist()[-1])["progress"]]
    assert [opened["end_frame"] % STRIDE > 0 for opened in begun] == [True, False]
    assert any(json.loads(opened["progress"])["marking"]["tiles"] for opened in begun)
    for opened in begun:
        model = FakeShotModel()
        rest = closed(tables_of(film, opened, model))
        assert rest == [row for row in rows if row["position"] >= opened["position"]]
        assert model.windows <= (sum(LENGTHS) - opened["end_frame"]) // STRIDE + 3


def test_a_film_that_is_left_again_before_it_is_where_it_was_ends_there(film: Path) -> None:
    """The time was up meanwhile, say; 40 frames are more than the scorer's context, and fewer than are read again."""
    opened = tables_of(film)[1].to_pylist()[-1]
    places = ("start_frame", "end_frame", "start_ns", "end_ns")
    for frames in (0, 1, 40):
        with Footage(film) as footage:
            read = footage.frames
            footage.frames = lambda resume=None, read=read, n=frames: islice(read(resume), n)  # type: ignore[method-assign]
            (row,) = closed(list(Cutting(FakeShotModel(), "key", "uri", tuple, opened).tables(footage)))
        assert [row[place] for place in places] == [opened[place] for place in places]
        assert (row["transition"], row["progress"]) == ("end", AGAIN)


def test_a_picture_that_is_sharp_stands_for_the_shot(tmp_path: Path) -> None:
    def draw(number: int) -> np.ndarray:
        drawn = Image.fromarray(picture(5, 320, 240))
        drawn.putpixel((0, 239), (number * 3, 0, 0))
        return np.asarray(drawn if number == 15 else drawn.filter(ImageFilter.GaussianBlur(3)))

    path = write_film(tmp_path / "blurred.mp4", frames=40, size=(320, 240), draw=draw, options={"crf": "5"})
    (row,) = closed(tables_of(path))
    found = np.asarray(Image.open(io.BytesIO(row["keyframe"])))
    assert sharpness(found) > 4 * sharpness(draw(0))


def test_a_film_of_one_picture_and_one_of_less_than_a_window_are_one_shot(tmp_path: Path) -> None:
    for frames in (1, 3, 26):
        (row,) = closed(tables_of(write_film(tmp_path / f"{frames}.mp4", frames=frames, draw=shots(frames))))
        assert (row["start_frame"], row["end_frame"], row["transition"]) == (0, frames, "end")
        assert Image.open(io.BytesIO(row["keyframe"])).size == (64, 48)


def test_three_hours_take_no_more_memory_than_three_minutes(tmp_path: Path) -> None:
    """At a frame a second; `make torture` does it with the network and through the command."""
    path = write_film(tmp_path / "long.mkv", frames=3 * 3600, rate=1, draw=shots(4_500, 4_500, 1_800))
    out = subprocess.run([sys.executable, "-c", MEMORY, str(path)], capture_output=True, text=True, check=True).stdout
    frames, grown_mb = map(int, out.split())
    assert frames == 10_800
    assert grown_mb < 100
