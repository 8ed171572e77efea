"""One item, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from newsreel.core.item import Item, Kind
from newsreel.core.shots import Shot
from newsreel.service.schemas._base import Answer, Moment, moment
from newsreel.service.schemas._film import FilmAnswer, ShotAnswer

__all__ = ["ItemAnswer", "ItemSummary", "summary"]


class ItemSummary(Answer):
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
    caption: str = Field(description="A photo's or video's description.")


class ItemAnswer(ItemSummary):
    """One item."""

    updated: Moment | None = Field(description="When this version was made.")
    body: str = Field(description="A story's text, plain; paragraphs are separated by a blank line.")
    language: str = Field(description="BCP 47, as the provider gave it.", examples=["en"])
    media_type: str | None = Field(description="Of the original.", examples=["image/jpeg"])
    loss: str = Field(description="What of the original could not be read, though the item could.")
    film: FilmAnswer | None = Field(description="Of a video whose file was there.")
    shots: list[ShotAnswer] = Field(description="A video's; they tile it.")

    @classmethod
    def of(cls, item: Item, shots: Sequence[Shot]) -> ItemAnswer:
        """The item as this answer."""
        return cls(
            **summary(item),
            updated=moment(item.updated_ns),
            body=item.body,
            language=item.language,
            media_type=item.media_type,
            loss=item.loss,
            film=FilmAnswer.of(item.film) if item.film else None,
            shots=ShotAnswer.of_film(shots),
        )


def summary(item: Item) -> dict[str, Any]:
    """The fields that every item has."""
    return {
        "uri": item.uri,
        "kind": item.kind,
        "version": item.version,
        "headline": item.headline,
        "byline": item.byline,
        "place": item.place,
        "published": moment(item.published_ns),
        "embargo": moment(item.embargo_ns),
        "keywords": list(item.keywords),
        "rights": item.rights,
        "caption": item.caption,
    }
