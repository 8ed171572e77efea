"""Frames read ahead in a thread: the same ones, few of them, and nothing left behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from tests.film_builders import write_film

from newsreel.ingest.videos import Footage, Frame, reading_ahead


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_film(tmp_path_factory.mktemp("ahead") / "clip.mp4", frames=40, gop=10)


def readers() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == "newsreel-decode"]


def test_the_frames_are_those_of_the_footage_and_can_be_looked_at_meanwhile(film: Path) -> None:
    with Footage(film) as footage:
        alone = [(one.number, one.small, one.picture(64), one.position) for one in footage.frames()]
    with Footage(film) as footage, closing(reading_ahead(footage.frames(), 4)) as frames:
        for frame, (number, small, picture, position) in zip(frames, alone, strict=True):
            assert (frame.number, frame.position) == (number, position)
            assert np.array_equal(frame.small, small)
            assert np.array_equal(frame.picture(64), picture)
    assert not readers()


def test_it_reads_no_further_ahead_than_it_may(film: Path) -> None:
    read, waits = 0, threading.Event()

    def counted(footage: Footage) -> Iterator[Frame]:
        nonlocal read
        for frame in footage.frames():
            read += 1
            if read == 5:  # one was given, three wait, one has no place
                waits.set()
            yield frame

    with Footage(film) as footage, closing(reading_ahead(counted(footage), 3)) as frames:
        next(frames)
        assert waits.wait(10)
        readers()[0].join(0.2)
        assert read == 5


def test_closed_in_the_middle_it_leaves_no_thread_and_the_footage_can_be_read_again(film: Path) -> None:
    with Footage(film) as footage:
        with closing(reading_ahead(footage.frames(), 2)) as frames:
            assert [frame.number for frame in islice(frames, 3)] == [0, 1, 2]
        assert not readers()
        assert next(footage.frames()).number == 0


def test_what_reading_raises_is_raised_behind_the_frames_before_it(film: Path) -> None:
    def failing(footage: Footage) -> Iterator[Frame]:
        yield from islice(footage.frames(), 3)
        raise OSError("the disk is gone")

    with Footage(film) as footage:
        got = []
        with pytest.raises(OSError, match="the disk is gone"):
            for frame in reading_ahead(failing(footage), 8):
                got.append(frame.number)
        assert got == [0, 1, 2]
    assert not readers()
