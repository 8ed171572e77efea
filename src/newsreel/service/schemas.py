"""The JSON answers, as documented in `/openapi.json`. A server's own paths are not among their fields."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from newsreel.core.item import Item, Kind
from newsreel.core.times import format_ns
from newsreel.search.results import Result, Results, ScorePart

__all__ = ["ErrorAnswer", "ItemAnswer", "SearchAnswer", "StatusAnswer"]

Moment = Annotated[
    str,
    Field(
        description="ISO 8601, UTC, to the second.",
        examples=["2026-01-31T10:15:00Z"],
        json_schema_extra={"format": "date-time"},
    ),
]


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class ErrorDetail(_Answer):
    """What went wrong."""

    type: str = Field(description="The error's class; stable.", examples=["NotFoundError"])
    message: str = Field(description="For a person to read; may change.")


class ErrorAnswer(_Answer):
    """The shape of every error."""

    error: ErrorDetail


class StatusAnswer(_Answer):
    """A probe's answer."""

    status: str = Field(examples=["ok"])


class ItemSummary(_Answer):
    """What every item has."""

    uri: str = Field(description="The item's identity. Percent-encode it whole to put it into a path.")
    kind: Kind
    version: str | None = Field(description="The provider's own.")
    headline: str
    byline: str
    place: str
    published: Moment | None
    embargo: Moment | None = Field(description="When it was released, if it had been under embargo: always past.")
    keywords: list[str]
    rights: str = Field(description="Copyright notice, credit and usage terms.")
    caption: str = Field(description="A photo's description.")


class ItemAnswer(ItemSummary):
    """One item."""

    updated: Moment | None = Field(description="When this version was made.")
    body: str = Field(description="A story's text, plain; paragraphs are separated by a blank line.")
    language: str = Field(description="BCP 47, as the provider gave it.", examples=["en"])
    media_type: str | None = Field(description="Of the original.", examples=["image/jpeg"])

    @classmethod
    def of(cls, item: Item) -> ItemAnswer:
        """The item as this answer."""
        return cls(
            **_summary(item),
            updated=_moment(item.updated_ns),
            body=item.body,
            language=item.language,
            media_type=item.media_type,
        )


class ScorePartAnswer(_Answer):
    """One retriever's part of a score: `share = weight * normalised`."""

    name: str = Field(examples=["bm25"])
    raw: float | None = Field(description="As the retriever gave it; null where it did not find the segment.")
    normalised: float
    weight: float
    share: float

    @classmethod
    def of(cls, part: ScorePart) -> ScorePartAnswer:
        """The part as this answer."""
        return cls(name=part.name, raw=part.raw, normalised=part.normalised, weight=part.weight, share=part.share)


class ResultAnswer(ItemSummary):
    """An item that was found, with its best segment."""

    text: str = Field(description="The best segment: a story's passage, a photo's caption.")
    start: int = Field(description="Where the segment begins in the story's body, in characters.")
    end: int = Field(description="Where it ends, exclusive.")
    highlights: list[tuple[int, int]] = Field(
        description="Half-open character ranges of `text` that match the query.", examples=[[[4, 9], [31, 36]]]
    )
    more_segments: int = Field(description="How many other segments of the item matched.")
    score: float
    parts: list[ScorePartAnswer] | None = Field(description="What the score is made of; only with `explain=true`.")

    @classmethod
    def of(cls, result: Result, *, explain: bool) -> ResultAnswer:
        """The result as this answer."""
        return cls(
            **_summary(result.item),
            text=result.segment.text,
            start=result.segment.start,
            end=result.segment.end,
            highlights=list(result.highlights),
            more_segments=result.more_segments,
            score=result.score,
            parts=[ScorePartAnswer.of(part) for part in result.parts] if explain else None,
        )


class FacetAnswer(_Answer):
    """One value of a facet."""

    value: str = Field(examples=["story", "2026", "undated"])
    count: int = Field(description="How many of the found items have it.")


class SearchAnswer(_Answer):
    """One page of what was found, best first."""

    query: str
    total: int = Field(description="How many items were found; `offset` can go up to here.")
    limit: int
    offset: int
    results: list[ResultAnswer]
    facets: dict[str, list[FacetAnswer]] = Field(description="By `kind` and by `year`.")
    notes: list[str] = Field(description="What the reader should know: a missing part, a list that was cut.")

    @classmethod
    def of(cls, results: Results, *, explain: bool) -> SearchAnswer:
        """The results as this answer."""
        return cls(
            query=results.query.text,
            total=results.total,
            limit=results.query.limit,
            offset=results.query.offset,
            results=[ResultAnswer.of(result, explain=explain) for result in results.results],
            facets={
                name: [FacetAnswer(value=value.value, count=value.count) for value in values]
                for name, values in results.facets.items()
            },
            notes=list(results.notes),
        )


def _moment(moment_ns: int | None) -> str | None:
    return None if moment_ns is None else format_ns(moment_ns)


def _summary(item: Item) -> dict[str, Any]:
    return {
        "uri": item.uri,
        "kind": item.kind,
        "version": item.version,
        "headline": item.headline,
        "byline": item.byline,
        "place": item.place,
        "published": _moment(item.published_ns),
        "embargo": _moment(item.embargo_ns),
        "keywords": list(item.keywords),
        "rights": item.rights,
        "caption": item.caption,
    }
