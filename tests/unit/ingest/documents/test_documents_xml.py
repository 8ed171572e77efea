"""NITF and NewsML-G2."""

from __future__ import annotations

import pytest

from newsreel.core.errors import UnreadableError
from newsreel.core.item import Item, Kind, Status
from newsreel.core.times import FOREVER_NS
from newsreel.ingest.dates import parse_ns
from newsreel.ingest.documents import read_document

NITF = """<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE nitf PUBLIC "-//IPTC//DTD NITF 3.4//EN" "nitf-3-4.dtd">
<nitf xml:lang="en"><head><title>Mill</title>
<tobject><tobject.subject tobject.subject.type="Industry" tobject.subject.matter="Mills"/></tobject>
<docdata management-status="usable"><doc-id id-string="{doc_id}"/><du-key version="3"/>
<date.issue norm="20240501T101500+0200"/><date.release norm="20240502T000000Z"/>
<doc.copyright holder="Odde News" year="2024"/><key-list><keyword key="mill"/><keyword key="Mills"/></key-list>
</docdata></head><body><body.head><hedline><hl1>Mill&#8217;s <em>end</em></hl1><hl2>Forty jobs</hl2></hedline>
<byline>By <person>Ann Lee</person>, <byttl>Staff</byttl></byline>
<dateline><location><city>Odde</city><country>Norway</country></location>
<story.date norm="20240430">April 30</story.date></dateline></body.head>
<body.content><p>The caf&eacute; closed,<br/> <a href="http://example.com">it</a> \x93said\x94.</p>
<table><tr><th>Year</th><th>Jobs</th></tr><tr><td>2023</td><td>40</td></tr></table>
<ul><li>one</li><li>two</li></ul><media><media-caption>The mill.</media-caption></media><pre>a
  b</pre></body.content><body.end><tagline>End</tagline></body.end></body></nitf>"""


def read_all(text: str | bytes) -> list[Item]:
    return read_document(text.encode() if isinstance(text, str) else text, name="a.xml", uri="file:a.xml")


def nitf(doc_id: str = "12345") -> Item:
    (item,) = read_all(NITF.replace("{doc_id}", doc_id).encode("latin-1"))
    return item


def test_nitf() -> None:
    item = nitf()
    assert item == Item(
        uri="file:a.xml",
        kind=Kind.STORY,
        version="3",
        updated_ns=parse_ns("2024-05-01T08:15:00Z"),
        published_ns=parse_ns("2024-05-01T08:15:00Z"),
        embargo_ns=parse_ns("2024-05-02T00:00:00Z"),
        headline="Mill’s end",
        body="The café closed, it “said”.\n\nYear | Jobs\n\n2023 | 40\n\none\n\ntwo\n\na b",
        byline="Ann Lee, Staff",
        place="Odde, Norway",
        keywords=("mill", "Mills", "Industry"),
        rights="Copyright 2024 Odde News",
        language="en",
    )


@pytest.mark.parametrize("own", ["urn:newsml:odde:1", "tag:odde.no,2024:1", "https://odde.no/1"])
def test_a_doc_id_that_is_a_uri_is_the_items(own: str) -> None:
    assert nitf(own).uri == own
    assert nitf("AP:1234").uri == "file:a.xml"


def test_nitf_embargoed_without_a_release_date_is_embargoed_without_end() -> None:
    text = NITF.replace('status="usable"', 'status="embargoed"').replace('<date.release norm="20240502T000000Z"/>', "")
    (item,) = read_all(text.encode("latin-1"))
    assert (item.status, item.embargo_ns) == (Status.USABLE, FOREVER_NS)


def news_item(meta: str = "", content_meta: str = "", content: str = "", guid: str = "urn:a", cls: str = "text") -> str:
    return (
        f'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="{guid}" version="2" xml:lang="en"><itemMeta>'
        f'<itemClass qcode="ninat:{cls}"/><versionCreated>2024-05-01T10:00:00Z</versionCreated>{meta}</itemMeta>'
        f"<contentMeta>{content_meta}</contentMeta><contentSet>{content}</contentSet></newsItem>"
    )


XHTML = '<inlineXML><html xmlns="http://www.w3.org/1999/xhtml"><head><title>T</title></head><body><p>{}</p></body></html></inlineXML>'


def test_a_news_item_with_xhtml() -> None:
    (item,) = read_all(
        news_item(
            "<firstCreated>2024-04-30T10:00:00Z</firstCreated>",
            '<headline xml:lang="de">Mühle</headline><headline xml:lang="en">Mill</headline><by>by Ann Lee</by>'
            "<located><name>Odde</name><broader><name>Norway</name></broader></located><creditline>ON</creditline>"
            '<subject qcode="s:1"><name xml:lang="de">Arbeit</name><name xml:lang="en">work</name></subject>'
            '<subject qcode="s:2"/><keyword>mill</keyword><keyword>Work</keyword>',
            XHTML.format("A &amp; B"),
        ).replace("<contentSet>", '<assert qcode="s:2"><name>jobs</name></assert><contentSet>')
    )
    assert (item.uri, item.version, item.headline, item.body) == ("urn:a", "2", "Mill", "A & B")
    assert (item.byline, item.place, item.rights) == ("Ann Lee", "Odde, Norway", "ON")
    assert item.keywords == ("work", "jobs", "mill")
    assert item.published_ns == parse_ns("2024-04-30T10:00:00Z")
    assert item.updated_ns == parse_ns("2024-05-01T10:00:00Z")


def test_inline_data_is_text_or_html_but_never_encoded() -> None:
    (plain,) = read_all(news_item(content='<inlineData contenttype="text/plain">One.\n\nTwo.</inlineData>'))
    (html,) = read_all(news_item(content='<inlineData contenttype="text/html">&lt;p>One.&lt;/p>Two.</inlineData>'))
    assert plain.body == html.body == "One.\n\nTwo."
    with pytest.raises(UnreadableError, match="no text"):
        read_all(news_item(content='<inlineData encoding="e:base64" contenttype="text/plain">T25l</inlineData>'))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ('qcode="stat:usable"', Status.USABLE),
        ('qcode="stat:withheld"', Status.WITHHELD),
        ('qcode="stat:canceled"', Status.CANCELED),
        ('uri="http://cv.iptc.org/newscodes/pubstatusg2/canceled"', Status.CANCELED),
    ],
)
def test_publishing_status(status: str, expected: Status) -> None:
    (item,) = read_all(news_item(f"<pubStatus {status}/>", "<headline>H</headline>", XHTML.format("Text")))
    assert item.status is expected
    assert item.body == ("Text" if expected is Status.USABLE else "")


def test_a_kill_needs_nothing_but_its_guid() -> None:
    (item,) = read_all(news_item('<pubStatus qcode="stat:canceled"/><embargoed>never</embargoed>'))
    assert (item.uri, item.status, item.embargo_ns) == ("urn:a", Status.CANCELED, None)


def test_an_unknown_status_is_refused_rather_than_shown() -> None:
    with pytest.raises(UnreadableError, match="publishing status"):
        read_all(news_item('<pubStatus qcode="stat:perhaps"/>', content=XHTML.format("Text")))


def test_embargoes() -> None:
    (until,) = read_all(news_item("<embargoed>2030-01-01T00:00:00-05:00</embargoed>", content=XHTML.format("T")))
    (forever,) = read_all(news_item("<embargoed/>", content=XHTML.format("T")))
    assert until.embargo_ns == parse_ns("2030-01-01T05:00:00Z")
    assert forever.embargo_ns == FOREVER_NS
    with pytest.raises(UnreadableError, match="embargo"):
        read_all(news_item("<embargoed>soon</embargoed>", content=XHTML.format("T")))


def test_a_picture_is_a_photo_with_its_caption() -> None:
    described = '<description role="drol:summary">S</description><description role="drol:caption">C</description>'
    (item,) = read_all(news_item(content_meta=described, cls="picture"))
    assert (item.kind, item.caption, item.body, item.media_path) == (Kind.PHOTO, "C", "", None)


def test_a_message_gives_its_readable_items() -> None:
    parts = [
        news_item(guid="", content=XHTML.format("One")),
        news_item(guid="urn:v", cls="video"),
        news_item(guid="", content=XHTML.format("Three")),
        "<packageItem/>",
    ]
    one, video, three, package = read_all(f"<newsMessage><itemSet>{''.join(parts)}</itemSet></newsMessage>")
    assert (one.uri, one.body) == ("file:a.xml", "One")
    assert (three.uri, three.body) == ("file:a.xml#3", "Three")
    assert (video.uri, "a video" in video.cause) == ("urn:v", True)
    assert (package.uri, "a package" in package.cause) == ("file:a.xml#packageItem1", True)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (news_item(cls="video"), "a video"),
        (news_item(cls="audio"), "a sound recording"),
        (news_item(cls="picture"), "neither headline nor description"),
        (news_item(content='<remoteContent href="http://example.com"/>'), "only linked"),
        (news_item(content="<inlineXML><sports-content/></inlineXML>"), "SportsML"),
        ("<packageItem/>", "package"),
        ("<planningItem/>", "planning item"),
        ("<newsMessage><itemSet><conceptItem/></itemSet></newsMessage>", "concept item"),
        ("<newsMessage/>", "without a news item"),
        ("<contentSet><inlineXML/></contentSet>", "a part of NewsML-G2"),
        ("<NewsML/>", "NewsML 1"),
        ("<rss/>", "RSS"),
        ("<other/>", "unknown kind"),
        ("<nitf><body/></nitf>", "neither body.content nor an abstract"),
    ],
)
def test_what_is_no_story_is_refused_with_its_cause(text: str, cause: str) -> None:
    with pytest.raises(UnreadableError, match=cause):
        read_all(text)
