"""Reading the newest shots of live feeds out of an archive, again and again."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.live_builders import Air

from newsreel.core.protocols import VectorSpace
from newsreel.core.times import NS_PER_S, now_ns
from newsreel.index.lance import LanceArchive
from newsreel.search.live import KEPT, LiveNews, LiveReader, LiveShot, feed_of


@pytest.fixture
def archive(tmp_path: Path) -> LanceArchive:
    return LanceArchive.create(tmp_path / "archive", VectorSpace("fake", "fake", 64), None)


def ids(shots: tuple[LiveShot, ...]) -> list[str]:
    return [f"{shot.feed} {shot.number}" for shot in shots]


def read(reader: LiveReader) -> LiveNews:
    return reader.read(now_ns())


def test_first_the_newest_then_only_what_came(archive: LanceArchive) -> None:
    reader = LiveReader(archive.index)
    assert read(reader) == LiveNews((), (), ())
    studio, street = Air(archive, "studio%202", ago_s=90), Air(archive, "street", ago_s=60)
    studio.show(1, 2)
    assert ids(read(reader).shots) == ["studio 2 0", "studio 2 1"]
    street.show(3)
    studio.show(4)
    news = read(reader)
    assert ids(news.shots) == ["studio 2 2", "street 0"]  # by when they ended, not by when they were written
    assert ids(news.known) == ["studio 2 0", "studio 2 1", "studio 2 2", "street 0"]
    assert read(reader) == LiveNews((), (), news.known)
    (last,) = [shot for shot in news.shots if shot.feed == "studio 2"]
    assert (last.ended_ns - last.began_ns, feed_of(last.uri)) == (NS_PER_S, "studio 2")
    assert last.id == f"{studio.uri}#2"


def test_what_was_seen_before_is_told(archive: LanceArchive) -> None:
    reader = LiveReader(archive.index)
    desk, near, street = 0, 0b1011, -1
    studio = Air(archive, "studio")
    studio.show(desk, street, None, near, said=("Good evening.", "", "", "Back to you."))
    Air(archive, "other").show(desk, None, marks=("freeze",))
    shots = {f"{shot.feed} {shot.number}": shot for shot in read(reader).shots}
    assert {name: shot.like and shot.like.number for name, shot in shots.items()} == {
        "studio 0": None, "studio 1": None, "studio 2": None, "studio 3": 0, "other 0": None, "other 1": None,
    }  # fmt: skip
    assert [shots[f"studio {n}"].said for n in range(4)] == ["Good evening.", "", "", "Back to you."]
    assert (shots["studio 0"].is_dull, shots["other 0"].is_dull) == (False, True)


def test_how_a_shot_ends_is_told_once_another_follows(archive: LanceArchive) -> None:
    reader = LiveReader(archive.index)
    studio = Air(archive, "studio")
    studio.show(0, -1, 0)
    studio.end()
    read(reader)
    assert read(reader).shots == ()
    studio.show(5)
    told = read(reader)
    assert [(s.number, s.shot.transition.value, s.like and s.like.number) for s in told.shots] == [
        (2, "cut", 0), (3, "cut", 0),
    ]  # fmt: skip
    assert ids(told.known) == [f"studio {n}" for n in range(4)]
    assert read(reader).shots == ()


def test_a_shot_is_told_with_what_is_said_in_it(archive: LanceArchive) -> None:
    reader = LiveReader(archive.index)
    studio = Air(archive, "studio")
    studio.show(0)
    read(reader)
    studio.begin()
    assert read(reader).shots == ()
    studio.show(0, said=("", "At once."))
    assert [shot.said for shot in read(reader).shots] == ["At once."]


def test_silence_is_not_dull(archive: LanceArchive) -> None:
    Air(archive, "studio").show(1, marks=("silence",))
    assert [shot.is_dull for shot in read(LiveReader(archive.index)).shots] == [False]


def test_what_may_not_be_seen_is_never_told_and_goes_where_it_was(archive: LanceArchive) -> None:
    reader = LiveReader(archive.index)
    first, second = Air(archive, "studio", ago_s=90), Air(archive, "studio", ago_s=30)
    first.show(7)
    second.show(7)
    held = Air(archive, "held")
    held.show(8, embargo_ns=now_ns() + 3600 * NS_PER_S)
    known = read(reader).known
    assert ids(known) == ["studio 0", "studio 0"]
    assert known[1].like == known[0]
    archive.remove([first.uri])
    news = read(reader)
    assert (news.gone, [shot.like for shot in news.known]) == ((first.uri,), [None])  # and nothing leads there
    second.show(9, embargo_ns=now_ns() + 3600 * NS_PER_S)
    assert read(reader) == LiveNews((), (second.uri,), ())
    second.show(9)
    held.show(9)
    assert ids(read(reader).shots) == ["held 0", "held 1", "studio 0", "studio 1", "studio 2"]


def test_memory_is_bounded_and_nothing_comes_twice(archive: LanceArchive) -> None:
    reader = LiveReader(archive.index)
    stretches = [Air(archive, "studio", ago_s=3000 - 300 * n) for n in range(3)]
    for stretch in stretches:
        stretch.show(*range(0, 40 << 40, 1 << 40))
    assert len(read(reader).known) == KEPT
    stretches[0].show(5)  # late, for a stretch of which nothing is kept any more
    assert ids(read(reader).shots) == ["studio 40"]
    assert read(reader).shots == ()


def test_what_is_long_past_is_left_to_search(archive: LanceArchive) -> None:
    Air(archive, "studio", ago_s=8 * 86_400).show(1)
    assert not LiveReader.has_any(archive.index, now_ns())
    Air(archive, "studio", ago_s=6 * 86_400).show(1)
    assert LiveReader.has_any(archive.index, now_ns())
    assert ids(read(LiveReader(archive.index)).shots) == ["studio 0"]
