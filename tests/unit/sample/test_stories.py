"""The sample archive's stories: many forms, one world, the same bytes each time."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from lxml import etree

from newsreel.core.item import Status
from newsreel.sample.formats import FORMATS, RIGHTS, Story
from newsreel.sample.stories import DESKS, SHOWCASE, load_golden, load_stories, write_stories

STORIES = load_stories()
LATEST = {story.slug: story for story in STORIES}
NAMESPACES = {"g2": "http://iptc.org/std/nar/2006-10-01/", "nitf": "http://iptc.org/std/NITF/2006-10-18/"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stories")
    write_stories(folder)
    return folder


def _of(*formats: str) -> list[Any]:
    return [pytest.param(story, id=story.path) for story in STORIES if story.format in formats]


def _xml(folder: Path, story: Story) -> Any:
    parser = etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False)
    return etree.parse(str(folder / story.path), parser).getroot()


def _said(slug: str) -> str:
    return " ".join((LATEST[slug].headline, *LATEST[slug].body))


# What there is


def test_about_forty_stories_over_all_desks_and_formats() -> None:
    assert 40 <= len(LATEST) <= 46
    assert {story.desk for story in STORIES} == set(DESKS)
    assert {story.format for story in STORIES} == set(FORMATS)
    assert min(Counter(story.format for story in STORIES).values()) >= 3


def test_writing_returns_every_file_once_in_order(tmp_path: Path) -> None:
    written = write_stories(tmp_path)
    assert written == sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert len(written) == len(STORIES) + sum(bool(story.also) for story in STORIES)


def test_the_same_bytes_and_times_are_written_each_time(folder: Path, tmp_path: Path) -> None:
    for path in write_stories(tmp_path):
        twin = folder / path.relative_to(tmp_path)
        assert path.read_bytes() == twin.read_bytes()
        assert path.stat().st_mtime_ns == twin.stat().st_mtime_ns


def test_uris_are_unique_but_for_the_correction_and_the_kill() -> None:
    count = Counter(uri for story in STORIES for uri in story.uris)
    assert {uri.rsplit(":", 1)[1]: n for uri, n in count.items() if n > 1} == {
        "lenne-insured-losses": 2,
        "oduya-transfer": 2,
    }


def test_file_uris_name_the_files(folder: Path) -> None:
    for uri in (uri for story in STORIES for uri in story.uris if uri.startswith("file:")):
        assert (folder / unquote(uri.removeprefix("file:"))).is_file()
        assert " " not in uri


@pytest.mark.parametrize("story", [pytest.param(story, id=story.path) for story in STORIES])
def test_a_story_reads_like_one(story: Story) -> None:
    assert datetime(2026, 2, 1, tzinfo=UTC) <= story.published <= story.changed < datetime(2026, 3, 21, tzinfo=UTC)
    assert 20 <= len(story.headline) <= 90
    words = len(" ".join(story.body).split())
    assert 120 <= words <= 500 or (story.status is Status.CANCELED and words == 0)
    assert all("  " not in text and text[-1] in '.!?")' for text in story.body)
    assert not story.body or sum(text.count('"') for text in story.body) >= 2, "a wire story quotes somebody"
    assert all(text.count('"') % 2 == 0 for text in story.body)


# The documents


@pytest.mark.parametrize("story", _of("nitf"))
def test_nitf(folder: Path, story: Story) -> None:
    root = _xml(folder, story)
    assert root.tag == f"{{{NAMESPACES['nitf']}}}nitf"
    assert root.findtext(".//nitf:hl1", namespaces=NAMESPACES) == story.headline
    assert tuple(root.xpath("//nitf:body.content/nitf:p/text()", namespaces=NAMESPACES)) == story.body
    assert root.findtext(".//nitf:rights", namespaces=NAMESPACES) == RIGHTS


@pytest.mark.parametrize("story", _of("newsml-nitf", "newsml-xhtml"))
def test_newsml(folder: Path, story: Story) -> None:
    root = _xml(folder, story)
    assert (root.get("guid"), root.get("version")) == (story.uris[0], str(story.version))
    assert root.findtext(".//g2:headline", namespaces=NAMESPACES) == story.headline
    paragraphs = root.xpath("//g2:inlineXML//*[local-name()='p']/text()", namespaces=NAMESPACES)
    assert tuple(paragraphs) == (story.body if story.format == "newsml-nitf" else story.paragraphs)
    embargo = root.findtext(".//g2:embargoed", namespaces=NAMESPACES)
    assert (embargo is None) is (story.embargo is None)


@pytest.mark.parametrize("story", _of("ninjs-1.4", "ninjs-2.1", "ninjs-3.0"))
def test_ninjs(folder: Path, story: Story) -> None:
    fields = json.loads((folder / story.path).read_bytes())
    camel = story.format == "ninjs-3.0"
    assert (fields["uri"], fields["version"]) == (story.uris[0], str(story.version))
    assert fields["pubStatus" if camel else "pubstatus"] == story.status.value
    assert fields["copyrightNotice" if camel else "copyrightnotice"] == RIGHTS
    assert camel or not any(name != name.lower() for name in fields)
    text = fields.get("body_text") or "".join(body["value"] for body in fields.get("bodies", ())[:1])
    assert text == "\n\n".join(story.paragraphs)


@pytest.mark.parametrize("story", _of("html"))
def test_html_has_the_story_and_a_real_page_around_it(folder: Path, story: Story) -> None:
    root = etree.HTML((folder / story.path).read_text(encoding="utf-8"))
    assert tuple(root.xpath("//article/p[not(@class)]/text()")) == story.paragraphs
    assert all(root.xpath(f"//{part}") for part in ("nav", "header", "aside", "footer"))
    assert root.xpath("string(//meta[@name='author']/@content)") == story.byline


@pytest.mark.parametrize("story", _of("text", "markdown"))
def test_plain_forms(folder: Path, story: Story) -> None:
    text = (folder / story.path).read_text(encoding="utf-8")
    title, author = (f"{story.headline}\n\nBy ", "") if story.format == "text" else ("---\nauthor: ", "\n# ")
    assert text.startswith(f"{title}{story.byline}\n")
    assert author in text
    assert text.endswith("\n\n".join(story.paragraphs) + "\n")


def test_markup_in_a_text_stays_text() -> None:
    story = _story(headline="Profits & <losses>", body=('A "quote" & a <tag>, {braces}.',), byline='A "B" <c>')
    for form in ("html", "nitf", "newsml-nitf", "newsml-xhtml"):
        content = FORMATS[form].render(_story(format=form, headline=story.headline, body=story.body))
        root = etree.HTML(content.decode()) if form == "html" else etree.fromstring(content)
        assert 'A "quote" & a <tag>, {braces}.' in "".join(root.itertext())
        assert not list(root.iter("{*}tag", "{*}losses"))


# The special cases


def test_the_correction_changes_one_figure() -> None:
    first, second = (story for story in STORIES if story.slug == "lenne-insured-losses")
    assert (first.version, second.version) == (1, 2)
    assert first.changed < second.changed
    assert "1.8 billion" in first.headline + first.body[0]
    assert "1.3 billion" in second.headline + second.body[0]
    assert "1.8 billion" not in " ".join((second.headline, *second.body))
    assert first.body[1:] == second.body[1:-1]


def test_the_kill_comes_after_its_story_and_says_nothing_of_it() -> None:
    story, kill = (story for story in STORIES if story.slug == "oduya-transfer")
    assert (story.status, kill.status) == (Status.USABLE, Status.CANCELED)
    assert story.uris == kill.uris
    assert (story.version, story.changed) < (kill.version, kill.changed)
    assert "Oduya" not in FORMATS[kill.format].render(kill).decode()


def test_one_embargo_is_over_and_one_is_not() -> None:
    embargoes = {story.slug: story.embargo for story in STORIES if story.embargo}
    assert embargoes == {
        "marchetti-climate-speech": datetime(2026, 3, 10, 17, tzinfo=UTC),
        "jobless-rate-release": datetime(2099, 1, 1, 6, tzinfo=UTC),
    }


def test_two_files_have_the_same_bytes(folder: Path) -> None:
    digests = Counter(hashlib.sha256(path.read_bytes()).digest() for path in folder.rglob("*") if path.is_file())
    assert sorted(digests.values())[-2:] == [1, 2]
    (story,) = (story for story in STORIES if story.also)
    assert (folder / story.path).read_bytes() == (folder / story.also).read_bytes()
    assert len(story.uris) == 2


# One world


@pytest.mark.parametrize(
    ("figure", "slugs"),
    [
        ("1,900 (homes|dwellings)", ("lenne-flood-breach", "lenne-insured-losses", "lenne-inquiry")),
        ("6,200", ("lenne-flood-evacuation", "lenne-river-falls")),
        ("6.4 metres", ("lenne-flood-warning", "lenne-flood-breach")),
        ("60.met", ("lenne-flood-breach", "lenne-river-falls")),
        ("38 million", ("lenne-inquiry", "budget-vote")),
        ("412 billion", ("budget-eve", "budget-vote")),
        ("2.1 billion", ("budget-eve", "budget-vote")),
        ("40 cents", ("budget-eve", "budget-vote")),
        ("140 tonnes", ("halcyon-oil-spill", "halcyon-refloated", "halcyon-captain")),
        ("1,840 containers", ("halcyon-aground", "halcyon-refloated")),
        ("2-1", ("cup-final", "cup-parade")),
        ("41,206", ("cup-final-eve", "cup-final")),
        ("1987", ("cup-final-eve", "cup-final", "cup-parade")),
        (r"\b38\b", ("millford-derailment", "millford-trackbed")),
        ("11 March", ("millford-derailment", "millford-trackbed")),
        ("340 operations", ("hospital-cyber-attack", "hospital-hackers-charged")),
        ("12 million crowns", ("hospital-cyber-attack", "hospital-hackers-charged")),
        ("60 firefighters", ("ferrin-wildfire", "ferrin-contained")),
        (r"\b900\b", ("ferrin-wildfire", "ferrin-contained")),
    ],
)
def test_follow_ups_agree(figure: str, slugs: tuple[str, ...]) -> None:
    for slug in slugs:
        assert re.search(figure, _said(slug)), slug


def test_the_arithmetic_holds() -> None:
    assert 150 - 78 - 71 == 1, "one member was absent from the budget vote"
    assert "41,206" in _said("cup-final") and f"{41_206 * 10:,}" in _said("cup-final")
    assert f"{round(100 * (1 - 118 / 200))} percent" in _said("nasal-flu-vaccine")
    assert f"{2_000_000 * (375 - 350) // 10_000:,} crowns" in _said("borrowing-costs-cut")


def test_two_pairs_share_a_surname() -> None:
    text = " ".join(text for story in STORIES for text in story.body)
    for name in ("Ada Lindqvist", "Karin Lindqvist", "Helene Marchetti", "Luca Marchetti"):
        assert name in text


# The queries


def test_golden_queries_name_stories_that_exist() -> None:
    golden = load_golden()
    known = {uri for story in STORIES for uri in story.uris}
    hidden = {*LATEST["oduya-transfer"].uris, *LATEST["jobless-rate-release"].uris}
    assert len(golden) >= 15
    assert len({query.text for query in golden}) == len(golden)
    assert {query.by for query in golden} == {"words", "meaning"}
    for query in golden:
        assert known >= {*query.uris, *query.absent}
        assert not hidden & set(query.uris)
        assert hidden >= set(query.absent)
        assert query.uris or query.absent


def test_showcase_is_short_and_explained() -> None:
    assert 6 <= len(SHOWCASE) <= 10
    assert all(query and shows.endswith(".") for query, shows in SHOWCASE)


# What a story may be


def _story(**changes: Any) -> Story:
    values: dict[str, Any] = {
        "desk": "economy",
        "slug": "slug",
        "format": "ninjs-3.0",
        "headline": "Headline",
        "body": ("Text.",),
        "byline": "A. Writer",
        "place": "Tarnby",
        "published": datetime(2026, 3, 1, tzinfo=UTC),
    }
    return Story(**values | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"desk": "gardening"},
        {"format": "docx"},
        {"topic": "99000000"},
        {"published": datetime(2026, 3, 1)},
        {"embargo": datetime(2026, 3, 1)},
        {"headline": ""},
        {"body": ()},
        {"status": Status.CANCELED},
        {"format": "text", "embargo": datetime(2026, 3, 1, tzinfo=UTC)},
    ],
)
def test_a_story_that_cannot_be_written_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="slug"):
        _story(**changes)


def test_an_embargo_in_nitf_is_its_release() -> None:
    embargo = datetime(2026, 4, 1, 6, tzinfo=UTC)
    content = FORMATS["nitf"].render(_story(format="nitf", embargo=embargo, note="For editors"))
    root = etree.fromstring(content)
    assert root.find(".//nitf:date.release", NAMESPACES).get("norm") == "20260401T060000Z"
    assert root.find(".//nitf:ed-msg", NAMESPACES).get("info") == "For editors"
