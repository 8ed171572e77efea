"""Every example the IPTC publishes has the outcome we looked at: the facts of an item, or the cause of a refusal.

The outcomes are in `tests/golden/iptc_outcomes.json`. After a change that is meant, write them again and read the
difference: `NEWSREEL_WRITE_GOLDEN=1 pytest tests/unit/ingest/documents/test_documents_iptc_examples.py`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from newsreel.core.errors import UnreadableError
from newsreel.core.item import Item
from newsreel.core.times import FOREVER_NS, format_ns
from newsreel.ingest.documents import read_document

REPOSITORY = Path(__file__).resolve().parents[4]
GOLDEN = REPOSITORY / "tests" / "golden" / "iptc_outcomes.json"
EXAMPLES = Path(os.environ.get("NEWSREEL_SHARED", REPOSITORY.parent / "shared")) / "data" / "iptc"


def time_of(moment_ns: int | None) -> str | None:
    return "forever" if moment_ns == FOREVER_NS else None if moment_ns is None else format_ns(moment_ns)


def facts(item: Item) -> dict[str, Any]:
    return {
        "kind": item.kind.value,
        "uri": item.uri,
        "version": item.version,
        "status": item.status.value,
        "headline": item.headline,
        "byline": item.byline,
        "place": item.place,
        "language": item.language,
        "published": time_of(item.published_ns),
        "updated": time_of(item.updated_ns),
        "embargo": time_of(item.embargo_ns),
        "keywords": len(item.keywords),
        "rights_characters": len(item.rights),
        "body_paragraphs": len(item.body.split("\n\n")) if item.body else 0,
        "body_characters": len(item.body),
        "caption_characters": len(item.caption),
    }


def outcome(path: Path) -> Any:
    relative = path.relative_to(EXAMPLES).as_posix()
    try:
        items = read_document(path.read_bytes(), name=path.name, uri="file:" + relative.replace(" ", "%20"))
    except UnreadableError as error:
        return str(error)
    return [facts(item) if isinstance(item, Item) else f"{item.uri}: {item.cause}" for item in items]


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason=f"the IPTC examples are not at {EXAMPLES} (set NEWSREEL_SHARED)")
def test_every_example_has_the_outcome_we_looked_at() -> None:
    paths = sorted(path for path in EXAMPLES.rglob("*") if path.is_file())
    outcomes = {path.relative_to(EXAMPLES).as_posix(): outcome(path) for path in paths}
    if os.environ.get("NEWSREEL_WRITE_GOLDEN"):
        GOLDEN.write_text(json.dumps(outcomes, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert outcomes == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_the_outcomes_we_looked_at_are_many_and_of_both_kinds() -> None:
    outcomes = json.loads(GOLDEN.read_text(encoding="utf-8"))
    refused = [value for value in outcomes.values() if isinstance(value, str)]
    assert len(outcomes) > 100
    assert 40 < len(refused) < len(outcomes) - 40
