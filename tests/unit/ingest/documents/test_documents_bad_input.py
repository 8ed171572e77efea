"""Whatever the bytes: items, or UnreadableError with a cause that does not quote them."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsreel.core.errors import UnreadableError
from newsreel.ingest.documents import read_document

BLANK = b" \n\t"


def refused(data: bytes, name: str = "a.txt") -> str:
    with pytest.raises(UnreadableError) as caught:
        read_document(data, name=name, uri=f"file:{name}")
    return str(caught.value)


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "an empty file"),
        (BLANK, "an empty file"),
        (codecs.BOM_UTF8 + BLANK, "an empty file"),
        (b"%PDF-1.7 x", "a PDF; export it as text or HTML"),
        (b"PK\x03\x04 word/", "Office or ZIP"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office or ZIP"),
        (b"{\\rtf1 x}", "RTF"),
        (b"\xff\xd8\xff\xe0", "a picture"),
        (b"\x00\x00\x00\x18ftypheic", "a picture"),
        (b"\x00\x00\x00\x18ftypmp42", "a video"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "a sound recording"),
        (b"\x1f\x8b\x08\x00", "unpack it"),
        (b"text with a \x00 in it", "binary data"),
        (bytes(range(1, 256)), "unknown encoding; save it as UTF-8"),
        (b"<?xml version='1.0' encoding='utf-8'?><nitf>\xff</nitf>", "not in the encoding it declares"),
        (b"<?xml version='1.0' encoding='klingon'?><nitf/>", "not in the encoding it declares"),
        (b"<?xml version='1.0' encoding='hex'?><nitf/>", "not in the encoding it declares"),
        (codecs.BOM_UTF16_LE + b"odd", "UTF-16 it starts as"),
        (b"x" * 50_000_001, "more than 50 MB"),
        (b"word " * 1_100_000, "longer than 5,000,000 characters"),
    ],
)
def test_what_is_no_text_is_refused_for_what_it_is(data: bytes, cause: str) -> None:
    assert cause in refused(data)


@pytest.mark.parametrize("name", ["a.py", "a.csv", "a.rst", "a.jsonl"])
def test_texts_that_are_no_stories_by_name_are_refused_with_the_remedy(name: str) -> None:
    assert "name a story .txt, .md or .html" in refused(b"some text", name)


@pytest.mark.parametrize("name", ["a.txt", "a.TEXT", "a.asc", "a", "St. Mary's reopens"])
def test_texts_by_name(name: str) -> None:
    assert read_document(b"Some text.", name=name, uri="file:a")[0].body == "Some text."


@pytest.mark.parametrize(
    ("data", "name", "body"),
    [
        (b'{"uri": "u", "body_text": "Body."}', "a.txt", "Body."),
        (b"<html><body><p>Body.</p></body></html>", "a.xml", "Body."),
        (b"<!doctype html><p>Body.", "a.md", "Body."),
        (b"<nitf><body><body.content><p>Body.</p></body.content></body></nitf>", "a.html", "Body."),
        (b"[Correction] Body.", "a.txt", "[Correction] Body."),
        (b"<Hello> he said", "a.txt", "<Hello> he said"),
    ],
)
def test_content_decides_before_the_name(data: bytes, name: str, body: str) -> None:
    assert read_document(data, name=name, uri="file:a")[0].body == body


def test_a_name_that_promises_what_is_not_there() -> None:
    assert refused(b"plain", "a.xml") == "named .xml, but it holds no XML; name a text .txt"
    assert "unknown kind" in refused(b"<a>x</a>", "a.txt")


BOMB = "<!DOCTYPE n [<!ENTITY a 'ha'>{}]><nitf>&z;</nitf>".format(
    "".join(f"<!ENTITY {chr(98 + i)} '&{chr(97 + i)};&{chr(97 + i)};'>" for i in range(25))
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        '<!DOCTYPE n [<!ENTITY x SYSTEM "file:///etc/hostname">]><nitf>&x;</nitf>',
        '<!DOCTYPE n [<!ENTITY % x SYSTEM "http://example.com/x.dtd">%x;]><nitf/>',
        "<!-- > --><!DOCTYPE n [<!-- ] --><!ENTITY x 'y'>]><nitf>&x;</nitf>",
        "<!DOCTYPE n [<!ATTLIST n a CDATA ']>'><!ENTITY x 'y'>]><nitf>&x;</nitf>",
    ],
)
@pytest.mark.parametrize("declaration", ["", '<?xml version="1.0"?>\n'])
def test_documents_that_declare_entities_are_refused(text: str, declaration: str) -> None:
    assert "declares entities" in refused((declaration + text).encode(), "a.xml")


def test_external_subsets_are_named_but_not_loaded() -> None:
    text = '<!DOCTYPE nitf SYSTEM "{}"><nitf><body><body.content>T&eacute;xt &nope;.</body.content></body></nitf>'
    for where in ("nitf-3-6.dtd", "file:///etc/hostname", "http://127.0.0.1:9/nitf.dtd"):
        (item,) = read_document(text.format(where).encode(), name="a.xml", uri="file:a")
        assert item.body == "Téxt ."


def test_broken_html_has_names_that_xml_would_not() -> None:
    (item,) = read_document(b"<p>One<di``` a=1>two</di```><x<y:z!>three</p>", name="a.html", uri="file:a")
    assert item.body.split() == ["Onetwothree"]


def test_depth_is_bounded() -> None:
    assert "nested too deeply" in refused(b"<?xml version='1.0'?>" + b"<a>" * 9999, "a.xml")
    page = b"<div>" * 200 + b"<p>deep</p>"
    assert read_document(page, name="a.html", uri="file:a")[0].body == "deep"


ENGLISH = "The minister said “no” — and left the café. Officials later said talks would go on for another week."
RUSSIAN = "Президент заявил вчера, что реформа будет принята летом."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (ENGLISH, "utf-8"),
        (ENGLISH, "utf-8-sig"),
        (ENGLISH, "utf-16"),
        (ENGLISH, "utf-16-be"),
        (ENGLISH, "utf-32"),
        (ENGLISH, "cp1252"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
    ],
)
def test_encodings_that_are_certain(text: str, encoding: str) -> None:
    assert read_document(text.encode(encoding), name="a.txt", uri="file:a")[0].body == text


@pytest.mark.parametrize("data", [ENGLISH.encode("mac_roman"), "Café déjà vu".encode("cp1252")], ids=["mac", "short"])
def test_encodings_that_would_be_a_guess_are_refused(data: bytes) -> None:
    assert refused(data) == "text in an unknown encoding; save it as UTF-8"


def test_xml_in_utf_16() -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?><nitf><body><body.content>Té</body.content></body></nitf>'
    assert read_document(text.encode("utf-16"), name="a.xml", uri="file:a")[0].body == "Té"


SECRET = "zebrafish"
EXAMPLES = [
    f"A headline\n\nThe {SECRET} swam.\n".encode(),
    f"---\ntitle: T\ndate: 2024-05-01 10:00 EST\ntags: [a]\n---\n# H\n\n* {SECRET}\n\n| a |\n|---|\n| b |\n".encode(),
    f"<html><head><meta charset=utf-8></head><body><h1>H</h1><p>{SECRET}</p><table><tr><td>1</table>".encode(),
    f"<nitf><head><docdata><date.issue norm='20240501'/></docdata></head><body><body.content><p>{SECRET}".encode()
    + b"</p></body.content></body></nitf>",
    b'<newsItem guid="u" version="1"><itemMeta><itemClass qcode="ninat:text"/><embargoed>2024-05-01</embargoed>'
    + f"</itemMeta><contentSet><inlineXML><p>{SECRET}</p></inlineXML></contentSet></newsItem>".encode(),
    b'{"uri": "u", "versioncreated": "2024-05-01", "headlines": [{"value": "H"}], "bodies": [{"role": "html", '
    + f'"value": "<p>{SECRET}</p>"}}]}}'.encode(),
]
PIECES = [b"<", b">", b"&", b'"', b"{", b"[", b"\x00", b"\xff", b"]]>", b"<!--", b"<?xml", b"&#xd800;", b"\\ud800",
          b"1e999", b"99999-99-99T", b"\r", b"<pre>", b"<svg>", b"encoding='hex'", b"---\n", b"`", b" XYZ"]  # fmt: skip
NAMES = ["a.txt", "a.md", "a.html", "a.xml", "a.json", "a"]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    data = bytearray(draw(st.sampled_from(EXAMPLES)))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 20)))
        data[start:end] = draw(st.sampled_from(PIECES) | st.binary(max_size=4) | st.just(bytes(data[start:end] * 3)))
    return bytes(data[: draw(st.integers(1, len(data)))] if draw(st.booleans()) and data else data)


def _read_or_refuse(data: bytes, name: str) -> None:
    try:
        items = read_document(data, name=name, uri=f"file:{name}")
    except UnreadableError as error:
        assert str(error)
        assert SECRET not in str(error)
        return
    assert items
    for item in items:
        "".join((item.uri, item.headline, item.body, item.caption, item.byline, *item.keywords)).encode()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(data=damaged(), name=st.sampled_from(NAMES))
def test_damaged_documents_are_read_or_refused(data: bytes, name: str) -> None:
    _read_or_refuse(data, name)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(
    data=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode()), name=st.sampled_from(NAMES)
)
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    _read_or_refuse(data, name)
