"""A retrieval set made of ECB+ (Cybulska and Vossen, 2014): find the other stories of the same event.

Each story is an item. Its query is its first sentence of prose; that sentence, everything before it (address, headline,
date line) and all addresses are taken out of the indexed text, so that no story is found by its own words. Relevant are
the other stories of the same event: topic N holds two, `N_*ecb.xml` and `N_*ecbplus.xml`. Stories that are nothing but
their first sentence, or have none, are left out: nothing of them could be indexed, or asked.

Odd topics are for development (weights and thresholds are chosen there), even topics are for reporting.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from newsreel.core.errors import SourceError

__all__ = ["RetrievalSet", "Topic", "read_ecbplus"]

_NAME = re.compile(r"(\d+)_\d+(ecb|ecbplus)\.xml")
_ADDRESS = re.compile(r"https?\s*:\s*/\s*/|www\s*\.")
_MIN_WORDS = 8


@dataclass(frozen=True, slots=True)
class Topic:
    """One query and what should be found for it."""

    qid: str
    text: str
    relevant: frozenset[str]
    development: bool


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """Documents to index (uri to body) and queries."""

    documents: dict[str, str]
    topics: tuple[Topic, ...]

    def write_manifest(self, path: Path) -> None:
        """The documents as a manifest."""
        lines = (json.dumps({"uri": uri, "body": body}) + "\n" for uri, body in self.documents.items())
        path.write_text("".join(lines), encoding="utf-8")


def read_ecbplus(folder: Path) -> RetrievalSet:
    """Make the set from a folder with ECB+'s topic folders. Raises SourceError when it holds none."""
    documents: dict[str, str] = {}
    queries: dict[str, str] = {}
    events: dict[str, set[str]] = defaultdict(set)
    for path in sorted(folder.glob("*/*_*.xml")):
        name = _NAME.fullmatch(path.name)
        split = _split(list(_sentences(path))) if name else None
        if name is None or split is None:
            continue
        uri = f"ecbplus:{path.stem}"
        queries[uri], documents[uri] = split
        events[f"{name[1]}_{name[2]}"].add(uri)
    if not documents:
        raise SourceError(f"{folder}: holds no ECB+ stories (folders 1 to 45 with N_Mecb.xml files)")
    topics = tuple(
        Topic(uri, queries[uri], frozenset(uris - {uri}), development=int(event.split("_")[0]) % 2 == 1)
        for event, uris in events.items()
        for uri in sorted(uris)
        if len(uris) > 1
    )
    return RetrievalSet(documents, topics)


def _sentences(path: Path) -> Iterator[str]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        tokens = etree.parse(str(path), parser).iter("token")
        sentences: dict[int, list[str]] = defaultdict(list)
        for token in tokens:
            sentences[int(token.get("sentence"))].append(token.text or "")
    except (etree.XMLSyntaxError, OSError, TypeError, ValueError) as error:
        raise SourceError(f"{path}: is not an ECB+ story: {error}") from error
    for number in sorted(sentences):
        yield _joined(sentences[number])


def _joined(tokens: list[str]) -> str:
    """Tokens as text, punctuation where it belongs."""
    text = " ".join(" ".join(tokens).split())
    text = text.replace("`` ", '"').replace(" ''", '"')
    text = re.sub(r" ([.,;:!?%)\]])", r"\1", text)
    text = re.sub(r"([(\[$]) ", r"\1", text)
    return re.sub(r" ('s|'re|'ve|'ll|'d|n't)\b", r"\1", text)


def _split(sentences: list[str]) -> tuple[str, str] | None:
    """The first sentence of prose, and the text after it without addresses; None where one of them is missing."""
    first = next((n for n, s in enumerate(sentences) if _is_prose(s)), None)
    if first is None:
        return None
    left_out = set(sentences[: first + 1])
    body = " ".join(s for s in sentences[first + 1 :] if s not in left_out and not _ADDRESS.search(s))
    return (sentences[first], body) if body else None


def _is_prose(sentence: str) -> bool:
    words = re.findall(r"[^\W\d_]+", sentence)
    ends = sentence.rstrip("\"')").endswith((".", "!", "?"))
    return ends and len(words) >= _MIN_WORDS and not _ADDRESS.search(sentence)
