"""ninjs 1.x, 2.x and 3.x, and JSON that is something else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from newsreel.core.errors import UnreadableError
from newsreel.core.item import Item, Kind, Status
from newsreel.ingest.dates import parse_ns
from newsreel.ingest.documents import Refusal, read_document


def read_all(value: Any, name: str = "a.json") -> list[Item]:
    text = value if isinstance(value, str) else json.dumps(value)
    return read_document(text.encode(), name=name, uri="file:a.json")


def read(**fields: Any) -> Item:
    (item,) = read_all({"uri": "urn:a", **fields})
    return item


V1 = {
    "type": "text", "version": "2", "versioncreated": "2024-05-01T10:00:00Z", "firstcreated": "2024-04-30T10:00:00Z",
    "pubstatus": "usable", "headline": "Mill &amp; <b>end</b>", "byline": "By Ann Lee", "located": "Odde",
    "body_text": "One. Two.", "body_xhtml": "<p>One.</p><p>Two.</p>", "copyrightnotice": "© ON", "usageterms": "Free",
    "subject": [{"name": "work"}], "person": [{"name": "Bo Ek"}], "language": "en", "embargoed": "2024-05-02T00:00:00Z",
    "associations": {"main": {"uri": "urn:p", "type": "picture", "headline": "P"}},
}  # fmt: skip
V2 = {
    "type": "text", "version": "2", "versioncreated": "2024-05-01T10:00:00Z", "firstcreated": "2024-04-30T10:00:00Z",
    "pubstatus": "usable", "headlines": [{"role": "sub", "value": "No"}, {"role": "main", "value": "Mill & end"}],
    "by": "Ann Lee", "located": "Odde", "copyrightnotice": "© ON", "usageterms": "Free", "subjects": [{"name": "work"}],
    "bodies": [{"role": "text", "contenttype": "text/plain", "value": "One. Two."},
               {"role": "html", "contenttype": "text/html", "value": "<p>One.</p><p>Two.</p>"}],
    "people": [{"name": "Bo Ek"}], "language": "en", "embargoed": "2024-05-02T00:00:00Z",
    "associations": [{"name": "main", "uri": "urn:p", "type": "picture"}],
}  # fmt: skip
_CAMEL = {"versioncreated": "versionCreated", "firstcreated": "firstCreated", "pubstatus": "pubStatus",
          "copyrightnotice": "copyrightNotice", "usageterms": "usageTerms"}  # fmt: skip
V3 = {_CAMEL.get(name, name): value for name, value in V2.items()}


@pytest.mark.parametrize("fields", [V1, V2, V3], ids=["1.x", "2.x", "3.x"])
def test_every_generation_says_the_same(fields: dict[str, Any]) -> None:
    assert read(**fields) == Item(
        uri="urn:a",
        kind=Kind.STORY,
        version="2",
        updated_ns=parse_ns("2024-05-01T10:00:00Z"),
        published_ns=parse_ns("2024-04-30T10:00:00Z"),
        embargo_ns=parse_ns("2024-05-02T00:00:00Z"),
        headline="Mill & end",
        body="One.\n\nTwo.",
        byline="Ann Lee",
        place="Odde",
        keywords=("work", "Bo Ek"),
        rights="© ON · Free",
        language="en",
    )


def test_a_version_written_as_a_number_stays_as_written() -> None:
    (item,) = read_all('{"uri": "urn:a", "body_text": "T", "version": 1.10}')
    assert item.version == "1.10"
    (item,) = read_all('{"uri": "urn:a", "body_text": "T", "version": ' + "9" * 5000 + "}")
    assert item.version is not None


def test_a_brief_is_its_description_and_a_body_does_not_repeat_the_headline() -> None:
    assert read(descriptions=[{"role": "writer", "value": "W"}, {"role": "text", "value": "Brief."}]).body == "Brief."
    assert read(headline="H", body_html="<h1>H</h1><p>Text.</p>").body == "Text."


def test_a_nitf_body_is_read_and_a_damaged_one_passed_over() -> None:
    nitf = "<nitf><body><body.content><p>From NITF.</p></body.content></body></nitf>"
    plain = {"role": "text", "contentType": "text/plain", "value": "Plain."}
    forms = [plain, {"role": "nitf", "contentType": "text/vnd.IPTC.NITF", "value": nitf}]
    assert read(bodies=forms).body == "From NITF."
    forms[1]["value"] = nitf[:40]
    assert read(bodies=forms).body == "Plain."


def test_pictures_are_photos_and_are_not_fetched() -> None:
    item = read(
        type="picture",
        descriptions=[{"role": "creditline", "value": "ON/Lee"}, {"role": "caption", "value": "The mill."}],
        renditions=[{"href": "http://example.com/a.jpg"}],
        rightsinfo={"langid": "urn:odrl", "encodedrights": "{}"},
    )
    assert (item.kind, item.caption, item.body, item.media_path) == (Kind.PHOTO, "The mill.", "", None)
    assert item.rights == "ON/Lee · Rights encoded in urn:odrl; see the original"


def test_composites_are_stories_if_they_have_text() -> None:
    assert read(type="composite", body_text="T").kind is Kind.STORY
    with pytest.raises(UnreadableError, match="package of other items"):
        read(type="composite", headline="H")


@pytest.mark.parametrize(("status", "expected"), [("canceled", Status.CANCELED), ("withheld", Status.WITHHELD)])
def test_a_kill_needs_nothing_but_its_uri(status: str, expected: Status) -> None:
    item = read(pubstatus=status, embargoed="never", body_text="Text.")
    assert (item.uri, item.status, item.body, item.embargo_ns) == ("urn:a", expected, "", None)


@pytest.mark.parametrize("absent", ["", None, False])
def test_an_embargo_left_empty_is_none_but_a_wrong_one_is_refused(absent: Any) -> None:
    assert read(body_text="T", embargoed=absent).embargo_ns is None
    with pytest.raises(UnreadableError, match="embargo"):
        read(body_text="T", embargoed="next week")


@pytest.mark.parametrize("wrong", [["canceled"], {"value": "canceled"}, True, 7])
def test_a_status_or_an_embargo_of_the_wrong_type_is_not_passed_over(wrong: Any) -> None:
    with pytest.raises(UnreadableError, match="publishing status"):
        read(body_text="T", pubstatus=wrong)
    with pytest.raises(UnreadableError, match="embargo"):
        read(body_text="T", embargoed=wrong)


def test_half_a_surrogate_pair_becomes_the_replacement_character() -> None:
    (item,) = read_all('{"uri": "urn:\\ud800a", "headline": "H\\udc00", "body_text": "T\\ud800", "version": "\\ud83d"}')
    assert (item.uri, item.headline, item.body, item.version) == ("urn:a", "H\ufffd", "T\ufffd", "\ufffd")


def test_wrong_types_are_as_good_as_absent() -> None:
    item = read(headline=["x"], body_text="T", subject=[None, 3, "a"], version={}, by=True, places="b, c", bodies=7)
    assert (item.headline, item.body, item.version, item.byline) == ("", "T", None, "")
    assert item.keywords == ("3", "a", "b", "c")


def test_a_list_gives_its_readable_items_numbered_by_place() -> None:
    text, event = {"body_text": "T"}, {"uri": "urn:e", "type": "event", "headline": "E"}
    items = read_all([text, event, text, {"uri": "urn:own", "body_text": "T"}])
    assert [item.uri for item in items] == ["file:a.json", "urn:e", "file:a.json#3", "urn:own"]
    assert isinstance(items[1], Refusal)
    assert "an event" in items[1].cause


def test_a_list_of_numbers_is_json_only_if_it_is_called_so() -> None:
    with pytest.raises(UnreadableError, match="not an object"):
        read_all("[1, 2]")
    assert read_all("[1, 2]", "a.txt")[0].body == "[1, 2]"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ('{"uri": "a", "headline": "Secret', "not valid JSON"),
        ('{"uri": "a"}\n{"uri": "b"}', r"more than one JSON document.*\.jsonl"),
        ('{"a": ' * 100_000, "nested too deeply"),
        ("[" * 100_000, "nested too deeply"),
        ("[]", "empty JSON list"),
        ('{"name": "x"}', "not a ninjs item"),
        ('{"$schema": "https://json-schema.org/draft/2020-12/schema", "description": "d"}', "JSON Schema"),
        ('{"uri": "a", "type": "video", "pubstatus": "usable"}', "a video with neither"),
        ('{"uri": "a", "type": "audio", "headline": "x"}', "a sound recording"),
        ('{"uri": "a", "type": "planning", "headline": "x"}', "a planning item"),
        ('{"uri": "a", "eventDetails": {}, "title": "x"}', "an event"),
        ('{"uri": "a", "type": "hologram", "headline": "x"}', "unknown type"),
        ('{"uri": "a", "headline": "x"}', "no text"),
        ('{"uri": "a", "pubstatus": "odd", "body_text": "x"}', "publishing status"),
    ],
)
@pytest.mark.parametrize("name", ["a.json", "a.txt", "a.md"])
def test_json_that_is_no_story_is_refused_whatever_it_is_called(text: str, cause: str, name: str) -> None:
    with pytest.raises(UnreadableError, match=cause) as refused:
        read_all(text, name)
    assert "Secret" not in str(refused.value)
