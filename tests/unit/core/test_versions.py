"""Which of two versions is newer."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from newsreel.core.item import compare_versions


@dataclass(frozen=True)
class Version:
    version: str | None = None
    updated_ns: int | None = None


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        (Version("9"), Version("10")),
        (Version("1.9"), Version("1.10")),
        (Version("1"), Version("1.0.1")),
        (Version("1", 5), Version("1.0", 6)),
        (Version("draft", 5), Version("final", 6)),
        (Version(None, 5), Version(None, 6)),
        (Version("3", 9), Version("4", 5)),
    ],
)
def test_numbers_decide_then_times(older: Version, newer: Version) -> None:
    assert compare_versions(older, newer) == -1
    assert compare_versions(newer, older) == 1


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (Version(), Version()),
        (Version("1"), Version("1.0")),
        (Version("b"), Version("a")),
        (Version("1"), Version(None, 5)),
        (Version("²"), Version("1")),
    ],
)
def test_where_nothing_says_arrival_decides(a: Version, b: Version) -> None:
    assert compare_versions(a, b) == compare_versions(b, a) == 0
