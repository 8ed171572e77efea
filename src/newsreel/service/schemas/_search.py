"""What was found, as JSON."""

from __future__ import annotations

from pydantic import Field

from newsreel.search.language import understand
from newsreel.search.results import NameFilter, Result, Results, ScorePart
from newsreel.service.schemas._base import Answer, in_seconds
from newsreel.service.schemas._entities import KnownAnswer
from newsreel.service.schemas._item import ItemSummary, summary

__all__ = ["SearchAnswer"]


class ScorePartAnswer(Answer):
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

    text: str = Field(description="The best segment: a story's passage, a photo's caption, what is said in a shot.")
    start: int = Field(description="Where the segment begins in the story's body, in characters.")
    end: int = Field(description="Where it ends, exclusive.")
    start_s: float | None = Field(description="Where the segment begins in a video, in seconds; null for others.")
    end_s: float | None = Field(description="Where it ends, exclusive.")
    shot: int | None = Field(description="Which of the video's shots it is, from 0.")
    highlights: list[tuple[int, int]] = Field(
        description="Half-open character ranges of `text` that match the query.", examples=[[[4, 9], [31, 36]]]
    )
    more_segments: int = Field(description="How many other segments of the item matched.")
    alike: int = Field(description="How many other shots of the video look nearly the same; 0 for others.")
    score: float
    parts: list[ScorePartAnswer] | None = Field(description="What the score is made of; only with `explain=true`.")

    @classmethod
    def of(cls, result: Result, *, explain: bool) -> ResultAnswer:
        """The result as this answer."""
        time = result.segment.time
        return cls(
            **summary(result.item),
            text=result.segment.text,
            start=result.segment.start,
            end=result.segment.end,
            start_s=None if time is None else in_seconds(time.start_ns),
            end_s=None if time is None else in_seconds(time.end_ns),
            shot=result.segment.shot,
            highlights=list(result.highlights),
            more_segments=result.more_segments,
            alike=result.segment.alike,
            score=result.score,
            parts=[ScorePartAnswer.of(part) for part in result.parts] if explain else None,
        )


class FacetAnswer(Answer):
    """One value of a facet."""

    value: str = Field(examples=["story", "2026", "undated", "Angela Merkel"])
    count: int = Field(description="How many of the found items have it.")
    entity: str | None = Field(description="Of a name: its key, for `entity=`.", examples=["PER:angela merkel"])


class NameFilterAnswer(Answer):
    """A name that the items must have."""

    label: str = Field(examples=["PER"])
    name: str = Field(description="As it was asked for.")
    known: list[KnownAnswer] = Field(description="Those that go by it; without any, nothing is found.")
    near: list[KnownAnswer] = Field(description="Where nobody goes by it: those spelt much like it.")

    @classmethod
    def of(cls, asked: NameFilter) -> NameFilterAnswer:
        """The filter as this answer."""
        known, near = KnownAnswer.all_of(asked.known), KnownAnswer.all_of(asked.near)
        return cls(label=asked.label, name=asked.name, known=known, near=near)


class SearchAnswer(Answer):
    """One page of what was found, best first."""

    query: str
    words: str = Field(description="What of the query was searched for: the text without the names.")
    names: list[NameFilterAnswer] = Field(description="The names that the items must have, of query and `entity=`.")
    meant: list[KnownAnswer] = Field(description="Whom or what the words seem to name: a filter to offer.")
    total: int = Field(description="How many items were found; `offset` can go up to here.")
    limit: int
    offset: int
    results: list[ResultAnswer]
    facets: dict[str, list[FacetAnswer]] = Field(
        description="By `kind` and by `year`; of names by `person`, `organisation`, `place` and `misc`."
    )
    notes: list[str] = Field(description="What the reader should know: a missing part, a list that was cut.")

    @classmethod
    def of(cls, results: Results, *, explain: bool) -> SearchAnswer:
        """The results as this answer."""
        return cls(
            query=results.query.text,
            words=understand(results.query.text).words,
            names=[NameFilterAnswer.of(name) for name in results.names],
            meant=KnownAnswer.all_of(results.meant),
            total=results.total,
            limit=results.query.limit,
            offset=results.query.offset,
            results=[ResultAnswer.of(result, explain=explain) for result in results.results],
            facets={
                name: [FacetAnswer(value=value.value, count=value.count, entity=value.entity) for value in values]
                for name, values in results.facets.items()
            },
            notes=list(results.notes),
        )
