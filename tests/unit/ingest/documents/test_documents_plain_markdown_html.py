"""Plain text, Markdown and HTML: what becomes the headline, what the body, and what is left out."""

from __future__ import annotations

import pytest

from newsreel.core.errors import UnreadableError
from newsreel.core.item import Item, Kind, Status
from newsreel.ingest.dates import parse_ns
from newsreel.ingest.documents import read_document


def read(text: str | bytes, name: str = "story.txt") -> Item:
    data = text.encode() if isinstance(text, str) else text
    (item,) = read_document(data, name=name, uri=f"file:{name}")
    return item


def test_a_short_first_line_with_a_blank_line_after_it_is_the_headline() -> None:
    item = read("Harbour reopens\r\n\r\nThe harbour of Odde\r\nreopened on Monday.\r\n\r\nFerries run again.\r\n")
    assert item == Item(
        uri="file:story.txt",
        kind=Kind.STORY,
        headline="Harbour reopens",
        body="The harbour of Odde reopened on Monday.\n\nFerries run again.",
    )


@pytest.mark.parametrize(
    "text",
    ["One paragraph alone.", "A line\nthat goes on.\n\nAnother.", "x" * 201 + "\n\nA body."],
    ids=["alone", "wrapped", "long"],
)
def test_any_other_first_line_belongs_to_the_body(text: str) -> None:
    item = read(text)
    assert item.headline == ""
    assert item.body.split()[0] == text.split()[0]


def test_indented_lines_and_long_lines_start_paragraphs() -> None:
    assert read("   First para\ngoes on.\n   Second para.").body == "First para goes on.\n\nSecond para."
    long = "word " * 30
    assert read(f"{long}\n{long}").body.count("\n\n") == 1


def test_text_is_composed_and_has_no_controls() -> None:
    item = read("Cafe\u0301\x07 \u202eopens\u200b\n\nA\xa0b\u2028c\x0cd\x00"[:-1])
    assert item.headline == "Café opens"
    assert item.body == "A b c d"


def test_markdown_with_front_matter() -> None:
    item = read(
        '---\ntitle: "Mill: the end"\nauthor: [Ann Lee, By Bo Ek]\ndate: 2024-05-01 10:00 EST\nversion: 1.10\n'
        "tags:\n  - Mills\n  - Work\nembargo: 2024-05-02T00:00:00Z\nrights: © Newsreel\nlanguage: en\n---\n"
        "# Another heading\n\nThe *mill* closed `at noon`, <b>it</b> said. 1 < 2\n\n- one\n- two\n\n"
        "| Year | Jobs |\n|---|---|\n| 2023 | 40 |\n\n<div>Loose <i>html</i></div>\n\n![alt](http://example.com/a.jpg)\n",
        "a.md",
    )
    assert item.headline == "Mill: the end"
    assert item.byline == "Ann Lee, By Bo Ek"
    assert item.version == "1.10"
    assert item.published_ns == parse_ns("2024-05-01T15:00:00Z")
    assert item.embargo_ns == parse_ns("2024-05-02T00:00:00Z")
    assert item.keywords == ("Mills", "Work")
    assert item.rights == "© Newsreel"
    assert item.body.split("\n\n") == [
        "Another heading",
        "The mill closed at noon, it said. 1 < 2",
        "one",
        "two",
        "Year | Jobs",
        "2023 | 40",
        "Loose html",
    ]


def test_markdown_without_front_matter_takes_the_first_heading() -> None:
    item = read("# Mill closes\n\nThe mill closed.\n\n## Later\n\nIt reopened.", "a.markdown")
    assert (item.headline, item.body) == ("Mill closes", "The mill closed.\n\nLater\n\nIt reopened.")
    assert read("## Smaller\n\nText.", "a.md").headline == "Smaller"
    assert read("Text first.\n\n## Later\n\nMore.", "a.md").headline == ""


def test_an_embargo_that_names_no_date_has_no_end_and_a_guess_is_refused() -> None:
    assert read("---\nembargo:\n---\nText.", "a.md").embargo_ns == 2**63 - 1
    for doubtful in ("01/02/2024", "Monday noon", "2024-05-01 10:00 XYZ"):
        with pytest.raises(UnreadableError, match="embargo is not a date"):
            read(f"---\nembargo: {doubtful}\n---\nText.", "a.md")


def test_a_canceled_story_has_no_text_and_needs_no_good_embargo() -> None:
    item = read("---\nstatus: canceled\nembargo: soon\n---\n# H\n\nText.", "a.md")
    assert (item.status, item.body, item.embargo_ns) == (Status.CANCELED, "", None)


PAGE = """<!DOCTYPE html><html lang="en-GB"><head><title>Fire at mill | The Daily</title>
<meta name="author" content="By Ann Lee"><meta name="keywords" content="fire, mill, Fire">
<script type="application/ld+json">{"datePublished": "2024-05-01T10:00:00+02:00"}</script></head><body>
<nav><a href="/">Home</a><a href="/sport">Sport</a></nav><article><h1>Fire at the mill &ndash; again</h1>
<p>A fire broke out at the old mill on Wednesday &amp; was put out within the hour, the fire service said.</p>
<script>track()</script><p>Nobody was hurt, said the chief, who has led the service in Odde for eleven years.</p>
<ul><li>Three engines came from the next town.</li></ul></article><footer>Terms of use</footer></body></html>"""


def test_html_gives_main_text_and_what_the_page_says_of_itself() -> None:
    item = read(PAGE, "page.html")
    assert item.headline == "Fire at the mill – again"
    assert item.body.split("\n\n") == [
        "A fire broke out at the old mill on Wednesday & was put out within the hour, the fire service said.",
        "Nobody was hurt, said the chief, who has led the service in Odde for eleven years.",
        "Three engines came from the next town.",
    ]
    assert (item.byline, item.keywords, item.language) == ("Ann Lee", ("fire", "mill"), "en-GB")
    assert item.published_ns == parse_ns("2024-05-01T08:00:00Z")


def test_a_fragment_without_navigation_gives_its_visible_text() -> None:
    item = read("<div>One<br>two</div><p hidden>No</p><style>p {}</style><table><tr><td>1<td>2</table>", "a.html")
    assert item.body == "One two\n\n1 | 2"


def test_a_page_in_which_no_main_text_is_found_gives_its_visible_text() -> None:
    assert read("<nav>Home</nav><footer>Terms</footer>", "a.html").body == "Home\n\nTerms"


def test_a_page_without_text_is_refused() -> None:
    with pytest.raises(UnreadableError, match="shows none"):
        read("<html><body><script>draw()</script></body></html>", "a.html")


def test_html_that_declares_the_wrong_encoding_is_still_read() -> None:
    page = PAGE.replace("<head>", '<head><meta charset="iso-8859-1">').replace("chief", "chéf")
    assert "chéf" in read(page.encode(), "a.html").body
    assert "chéf" in read(page.encode("cp1252", "replace"), "a.html").body
