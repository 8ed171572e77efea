"""XML from strangers: no entities, no DTD, no network, bounded depth; and the few questions we ask of elements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import name2codepoint
from typing import Any

from lxml import etree

from newsreel.core.errors import UnreadableError

__all__ = [
    "XML_LANG",
    "all_text",
    "attribute",
    "children",
    "find",
    "find_all",
    "iterate",
    "local_name",
    "namespace",
    "parse",
    "root_name",
    "text_at",
]

_XML_OWN = {"amp", "lt", "gt", "quot", "apos"}
_REFERENCE = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_SPACE = re.compile("[\ufeff \t\r\n]*")
_NAME = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)")
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def _prolog(text: str) -> tuple[int, int]:
    """Where the DOCTYPE is (-1 if there is none) and where the root element may start."""
    at, doctype = 0, -1
    while True:
        at = _SPACE.match(text, at).end()  # type: ignore[union-attr]  # it matches the empty string too
        if text.startswith("<?", at):
            end = text.find("?>", at) + 2
        elif text.startswith("<!--", at):
            end = text.find("-->", at) + 3
        elif text[at : at + 9].upper() == "<!DOCTYPE":
            doctype = at
            subset, end = text.find("[", at), text.find(">", at) + 1
            if 0 <= subset < end:
                end = text.find("]", subset) + 1
                end = text.find(">", end) + 1 if end else 0
        else:
            return doctype, at
        if end <= at:
            return doctype, len(text)
        at = end


def root_name(text: str) -> str:
    """The local name of the first element in lower case, or nothing where there is none."""
    _, at = _prolog(text)
    found = _NAME.match(text, at)
    return found[1].lower() if found else ""


def parse(text: str) -> Any:
    """The root element. Raises UnreadableError, also for any document that declares entities."""
    doctype, root = _prolog(text)
    if doctype >= 0 and "<!ENTITY" in text[doctype : max(root, doctype + 10_000)].upper():
        raise UnreadableError("XML that declares entities, which are not read; send it with the text written out")
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        attribute_defaults=False, huge_tree=False, recover=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        element = etree.fromstring(_written_out(text).encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableError(_cause(error)) from None
    dtd = element.getroottree().docinfo.internalDTD
    if dtd is not None and next(iter(dtd.iterentities()), None) is not None:
        raise UnreadableError("XML that declares entities, which are not read; send it with the text written out")
    return element


def _written_out(text: str) -> str:
    """`&eacute;` and its like as characters: NITF feeds use them, though only HTML declares them."""

    def character(match: re.Match[str]) -> str:
        name = match[1]
        return match[0] if name in _XML_OWN or name not in name2codepoint else chr(name2codepoint[name])

    return _REFERENCE.sub(character, text)


def _cause(error: Exception) -> str:
    row = getattr(error, "lineno", None)
    where = f" (line {row})" if row else ""
    if "depth" in str(error).lower():
        return f"XML nested too deeply{where}; export it again with a simpler structure"
    return f"not well-formed XML{where}: cut off or damaged; get a complete copy"


def local_name(element: Any) -> str:
    """The name without its namespace; nothing for what is no element (an unresolved entity)."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def find(element: Any, path: str) -> Any:
    """The first element at a path of local names (`itemMeta/pubStatus`), or None."""
    return element.find(_any_namespace(path))


def find_all(element: Any, path: str) -> list[Any]:
    """All elements at a path of local names, in document order."""
    found: list[Any] = element.findall(_any_namespace(path))
    return found


def _any_namespace(path: str) -> str:
    return "/".join(part if part in (".", "", "*") else "{*}" + part for part in path.split("/"))


def children(element: Any) -> Iterator[Any]:
    """The child elements."""
    return (child for child in element if isinstance(child.tag, str))


def attribute(element: Any, *names: str) -> str:
    """The first of these attributes that says something; nothing if none does, or there is no element."""
    if element is None:
        return ""
    return next((value for name in names if (value := element.get(name, "").strip())), "")


def all_text(element: Any) -> str:
    """All text in an element with white space collapsed; nothing for None."""
    return "" if element is None else " ".join("".join(element.itertext("*", with_tail=True)).split())


def text_at(element: Any, path: str) -> str:
    """The text of the first element at a path that has any."""
    return next((text for found in find_all(element, path) if (text := all_text(found))), "")


def iterate(element: Any, name: str) -> Iterator[Any]:
    """All elements of that local name inside, at any depth, in document order."""
    found: Iterator[Any] = element.iter("{*}" + name)
    return found


def namespace(element: Any) -> str:
    """The element's namespace, or nothing."""
    return element.tag.rpartition("}")[0].lstrip("{") if isinstance(element.tag, str) else ""
