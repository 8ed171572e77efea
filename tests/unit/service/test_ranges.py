"""Which bytes are meant by a `Range` header, and what a file is offered under."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException

from newsreel.core.times import NS_PER_S
from newsreel.service.addresses import seconds
from newsreel.service.originals import attachment
from newsreel.service.playable import question
from newsreel.service.ranges import wanted


@pytest.mark.parametrize(
    ("header", "bounds"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=0-499", (0, 500)),
        ("bytes=500-", (500, 1000)),
        ("bytes=-300", (700, 1000)),
        ("bytes=-5000", (0, 1000)),
        ("bytes=990-5000", (990, 1000)),
        (" Bytes = 10 - 19 ", (10, 20)),
    ],
)
def test_one_range_is_cut_to_the_file(header: str, bounds: tuple[int, int]) -> None:
    assert wanted(header, 1000) == range(*bounds)


@pytest.mark.parametrize(
    "header", ["", "bytes=", "bytes=-", "bytes=9-3", "bytes=0-1,5-6", "lines=0-1", "bytes=a-b", "bytes=٣-٤", "0-1"]
)
def test_what_is_no_single_range_asks_for_the_whole(header: str) -> None:
    assert wanted(header, 1000) is None


@pytest.mark.parametrize(
    ("header", "size"), [("bytes=1000-", 1000), ("bytes=-0", 1000), ("bytes=0-", 0), ("bytes=-1", 0)]
)
def test_a_range_without_a_byte_is_refused_with_the_size(header: str, size: int) -> None:
    with pytest.raises(HTTPException) as refused:
        wanted(header, size)
    assert refused.value.status_code == 416
    assert refused.value.headers == {"Content-Range": f"bytes */{size}"}


@given(st.text(max_size=40) | st.from_regex(r"bytes=\d{0,30}-\d{0,30}"), st.integers(0, 10**13))
def test_whatever_is_sent_the_answer_lies_in_the_file(header: str, size: int) -> None:
    try:
        part = wanted(header, size)
    except HTTPException as refused:
        assert refused.status_code == 416
    else:
        assert part is None or (part and part.start >= 0 and part.stop <= size)


@pytest.mark.parametrize(
    ("name", "plain", "exact"),
    [
        ("floods.mp4", "floods.mp4", "floods.mp4"),
        ('a "b" c%41;.mov', "a _b_ c_41;.mov", "a%20%22b%22%20c%2541%3B.mov"),
        ("Überflutung.webm", "_berflutung.webm", "%C3%9Cberflutung.webm"),
        ("line\r\nSet-Cookie: x.mp4", "line__Set-Cookie: x.mp4", "line%0D%0ASet-Cookie%3A%20x.mp4"),
        ("bad\udcff.mp4", "bad_.mp4", "bad%3F.mp4"),
    ],
)
def test_a_file_is_saved_under_its_name(name: str, plain: str, exact: str) -> None:
    assert attachment(name) == f"attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}"


@given(st.integers(0, 10**15))
def test_a_moment_in_an_address_is_never_before_the_frame_that_is_meant(moment_ns: int) -> None:
    assert 0 <= round(float(seconds(moment_ns)) * NS_PER_S) - moment_ns < 1_000_001


def test_only_what_no_browser_plays_is_ruled_out() -> None:
    assert question("video/mp4", "h264")
    assert question("video/quicktime", "hevc")  # some do: they are asked
    assert question("video/webm", "vp9")
    assert question("video/quicktime", "prores") is None
    assert question("video/mp2t", "h264") is None
    assert question("application/mxf", "mpeg2video") is None
