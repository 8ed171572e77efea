"""Markdown: the first heading is the headline, front matter between `---` lines gives the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from newsreel.core.item import Item
from newsreel.ingest import text as _text
from newsreel.ingest.documents._blocks import html_text, refuse_long
from newsreel.ingest.documents._draft import Draft
from newsreel.ingest.status import status_of

__all__ = ["read"]

MAX_MARKDOWN = 300_000
_FENCE = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(r"([A-Za-z][\w -]{0,40}?)\s*:(?:\s+(.*))?$")

# Nothing is rendered here. HTML is recognised so that it can be left out; were it not, its tags would be text.
_PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def read(text: str, uri: str) -> list[Item]:
    """The one story in a Markdown file."""
    refuse_long(text, MAX_MARKDOWN, "Markdown")
    fields, text = _front_matter(text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff\n"))
    given = _one(fields, "headline", "title")
    headline, blocks = _headline_and_blocks(_PARSER.parse(text), given)
    draft = Draft(
        uri=uri,
        status=status_of(_one(fields, "status", "pubstatus")),
        version=_one(fields, "version"),
        updated=_one(fields, "updated", "modified", "lastmod"),
        published=tuple(fields.get("date", []) + fields.get("published", [])),
        embargo=_embargo(fields),
        headline=headline,
        body=_text.paragraphs(blocks),
        byline=", ".join(fields.get("byline") or fields.get("author") or fields.get("authors") or []),
        place=_one(fields, "place", "dateline", "location"),
        keywords=tuple(fields.get("keywords", []) + fields.get("tags", [])),
        rights=(_one(fields, "copyright"), _one(fields, "credit"), _one(fields, "rights")),
        language=_one(fields, "language", "lang"),
    )
    return [draft.item()]


def _one(fields: dict[str, list[str]], *names: str) -> str:
    return next((value for name in names for value in fields.get(name, []) if value), "")


def _embargo(fields: dict[str, list[str]]) -> str | None:
    """An embargo that is named without a date is one until further notice."""
    values = fields.get("embargo", fields.get("embargoed"))
    return None if values is None else "".join(values[:1])


def _front_matter(text: str) -> tuple[dict[str, list[str]], str]:
    """`name: value` lines, `[a, b]` and `- a` lists. Not YAML: no nesting, no types, nothing is constructed."""
    found = _FENCE.match(text)
    if not found:
        return {}, text
    fields: dict[str, list[str]] = {}
    name = ""
    for line in found[1].split("\n"):
        field = _FIELD.match(line)
        if field:
            name = field[1].strip().lower()
            fields[name] = _values(field[2] or "")
        elif name and (line.startswith((" ", "\t")) or line.lstrip().startswith("- ")):
            fields[name] += _values(re.sub(r"^\s*-\s+", "", line))
    return fields, text[found.end() :]


def _values(text: str) -> list[str]:
    text = text.strip()
    parts = text[1:-1].split(",") if text[:1] == "[" and text[-1:] == "]" else [text]
    unquoted = (re.sub(r"""^(["'])(.*)\1$""", r"\2", part.strip()) for part in parts)
    return [part for part in unquoted if part and part not in ("|", ">", "|-", ">-")]


def _headline_and_blocks(tokens: list[Token], headline: str) -> tuple[str, list[str]]:
    """The headline, and the text of every other block.

    Without one given it is the first heading of the first level, or of any level where the text starts with it.
    """
    blocks: list[str] = []
    row: list[str] | None = None
    for i, token in enumerate(tokens):
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            blocks.append(" | ".join(filter(None, row)))
            row = None
        elif token.type in ("fence", "code_block"):
            blocks += _text.wrapped(token.content)
        elif token.type == "html_block":
            blocks += html_text(token.content).split("\n\n")
        elif token.type == "inline":
            text = "".join(_inline(token.children or ()))
            if row is not None:
                row.append(text)
            elif not headline and tokens[i - 1].type == "heading_open" and (i == 1 or tokens[i - 1].tag == "h1"):
                headline = text
            else:
                blocks.append(text)
    return headline, blocks


def _inline(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("text", "code_inline"):
            yield token.content
        elif token.type in ("softbreak", "hardbreak"):
            yield "\n"
