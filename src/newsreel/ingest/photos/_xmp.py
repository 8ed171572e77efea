"""XMP: RDF in XML. Parsed without entities, document types or the network."""

from __future__ import annotations

from lxml import etree

from newsreel.ingest.photos._fields import Fields, clean, created_ns, line, place_of, unique

__all__ = ["parse"]

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
_RIGHTS = "{http://ns.adobe.com/xap/1.0/rights/}"
_CORE = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def _descriptions(packet: bytes) -> list[etree._Element]:
    """The packet's top-level descriptions, or none when it is broken or brings a document type."""
    packet = packet.strip(b"\0 \t\r\n")
    if not packet or b"<!DOCTYPE" in packet:
        return []
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(packet, parser)
    except etree.XMLSyntaxError:
        return []
    if root.getroottree().docinfo.internalDTD is not None:  # one that hid from the search above, in UTF-16 say
        return []
    rdf = next(root.iter(f"{_RDF}RDF"), None)
    return [] if rdf is None else rdf.findall(f"{_RDF}Description")


def _values(descriptions: list[etree._Element], name: str) -> list[str]:
    """A property's values, `x-default` first: written as an attribute, as text, or as a Bag, Seq or Alt."""
    for description in descriptions:
        if description.get(name):
            return [description.get(name)]
        element = description.find(name)
        if element is None:
            continue
        items = [i for i in element.iter(f"{_RDF}li") if i.text]
        items.sort(key=lambda i: i.get(_LANG) != "x-default")
        values = [str(i.text) for i in items] or [element.text or ""]
        if any(v.strip() for v in values):
            return values
    return []


def parse(packet: bytes) -> Fields:
    """What an XMP packet says; an empty or broken one says nothing."""
    descriptions = _descriptions(packet)

    def first(name: str) -> str:
        return next(iter(_values(descriptions, name)), "")

    return Fields(
        headline=line(first(f"{_PHOTOSHOP}Headline")),
        title=line(first(f"{_DC}title")),
        caption=clean(first(f"{_DC}description")),
        byline=", ".join(unique(_values(descriptions, f"{_DC}creator"))),
        place=place_of(
            first(f"{_CORE}Location"),
            first(f"{_PHOTOSHOP}City"),
            first(f"{_PHOTOSHOP}State"),
            first(f"{_PHOTOSHOP}Country"),
        ),
        created_ns=created_ns(first(f"{_PHOTOSHOP}DateCreated")),
        keywords=unique(_values(descriptions, f"{_DC}subject")),
        copyright=line(first(f"{_DC}rights")),
        credit=line(first(f"{_PHOTOSHOP}Credit")),
        source=line(first(f"{_PHOTOSHOP}Source")),
        usage=line(first(f"{_RIGHTS}UsageTerms")),
    )
