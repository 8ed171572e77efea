"""Subtitle files as they come."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.core.errors import UnreadableError
from newsreel.core.times import TimeRange
from newsreel.ingest.videos.cues import MAX_CUES, read_cues

MS = 1_000_000

VTT = """\ufeffWEBVTT - a title
X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000

STYLE
::cue { color: lime }

NOTE A comment with an arrow that is none: -> and
two lines

intro
00:01.500 --> 00:04.000 align:start position:10%
<v.loud Freya Lund>For <i>nine</i> days <00:00:02.000>nothing moved.
And then?

2
00:00:00.000 --> 00:00:01.500
Tom &amp; Ann&nbsp;say 5 &lt; 6, really &#8212; yes
"""

SRT = """1\r
00:00:01,000 --> 00:00:02,500  X1:10 X2:20\r
{\\an8}<font color="#fff"><b>Flood</b></font>\r
in the valley\r
\r
2\r
01:00:00,5 --> 01:00:02\r
- No blank line below.\r
3\r
01:00:03,000 --> 01:00:04,000\r
- Right.\r
"""


def spoken(data: str | bytes) -> list[tuple[int, int, str]]:
    cues = read_cues(data if isinstance(data, bytes) else data.encode()).cues
    return [(cue.time.start_ns // MS, cue.time.end_ns // MS, cue.text) for cue in cues]


def test_webvtt() -> None:
    assert spoken(VTT) == [
        (0, 1500, "Tom & Ann say 5 < 6, really — yes"),
        (1500, 4000, "Freya Lund: For nine days nothing moved. And then?"),
    ]


def test_subrip() -> None:
    assert spoken(SRT) == [
        (1000, 2500, "Flood in the valley"),
        (3_600_500, 3_602_000, "- No blank line below."),
        (3_603_000, 3_604_000, "- Right."),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_those_of_stories(encoding: str) -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nÜber die Brücke führt heute kein Weg, sagte der Bürgermeister.\n"
    assert spoken(text.encode(encoding))[0][2].startswith("Über die Brücke führt")


def test_old_macintosh_line_ends() -> None:
    assert spoken(SRT.replace("\r\n", "\r")) == spoken(SRT)


@pytest.mark.parametrize(
    "times",
    [
        "00:00:05,000 --> 00:00:04,000",
        "00:00:05,000 --> 00:00:05,000",
        "00:99:05,000 --> 00:99:06,000",
        "5 --> 6",
        "--> 00:00:01,000",
        "00:00:01,000 -->",
        "99999:00:00,000 --> 99999:00:01,000",
    ],
)
def test_cues_that_make_no_sense_are_skipped_and_counted(times: str) -> None:
    read = read_cues(f"{times}\nLost.\n\n00:00:01,000 --> 00:00:02,000\nKept.\n".encode())
    assert (read.skipped, [cue.text for cue in read.cues]) == (1, ["Kept."])


def test_a_cue_without_words_is_no_cue() -> None:
    assert spoken("00:01.000 --> 00:02.000\n<i></i>\n\n00:03.000 --> 00:04.000\nWords") == [(3000, 4000, "Words")]


def test_there_are_only_so_many() -> None:
    many = "".join(f"00:00:{n % 60:02}.000 --> 00:01:00.000\nx\n\n" for n in range(MAX_CUES + 5))
    read = read_cues(many.encode())
    assert (len(read.cues), read.skipped) == (MAX_CUES, 5)


@pytest.mark.parametrize("data", [b"", b"WEBVTT\n\n", b"A story about nothing.\n", b"\x00\x01\x02\x03" * 9])
def test_a_file_without_a_cue_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_cues(data)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(["00:01.000 --> 00:02.000", "1", "", "<v A", "x<y>z", "-->", "{\\b", "&#x;", "\x85"])))
def test_whatever_the_lines_cues_are_sorted_and_clean(lines: list[str]) -> None:
    try:
        cues = read_cues("\n".join(lines).encode()).cues
    except UnreadableError:
        return
    assert list(cues) == sorted(cues, key=lambda cue: cue.time)
    assert all(cue.text.strip() == cue.text and cue.text for cue in cues)
    assert all(cue.time == TimeRange(1_000 * MS, 2_000 * MS) for cue in cues)
