"""Names as JSON: in a text, and in an archive."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from newsreel.core.entities import Entity
from newsreel.core.protocols import OverLength
from newsreel.search.directory import Listing
from newsreel.search.known import Known
from newsreel.search.profile import Likely, Profile
from newsreel.search.timeline import Bar, Unit
from newsreel.service.schemas._base import Answer, one_of
from newsreel.service.schemas._models import SPLIT, ModelName

__all__ = ["MOST_CHARACTERS", "MOST_TEXTS", "KnownAnswer", "NamesAnswer", "ProfileAnswer", "TextsAnswer", "TextsAsked"]

MOST_TEXTS = 100
MOST_CHARACTERS = 100_000

_Text = Annotated[str, StringConstraints(max_length=MOST_CHARACTERS)]


class TextsAsked(Answer):
    """Texts to find entities in: `text` or `texts`, not both."""

    model_config = one_of(text="string", texts="array")

    text: _Text | None = Field(default=None, description="One text.", examples=["merkel macron summit 2019"])
    texts: list[_Text] | None = Field(
        default=None, max_length=MOST_TEXTS, description=f"Several; together at most {MOST_CHARACTERS:,} characters."
    )
    model: ModelName = None
    over_length: OverLength = Field(default="split", description=SPLIT)

    @model_validator(mode="after")
    def _one_of_them(self) -> TextsAsked:
        if (self.text is None) == (self.texts is None):
            raise ValueError("give 'text' or 'texts'")
        if sum(map(len, self.all)) > MOST_CHARACTERS:
            raise ValueError(f"the texts have more than {MOST_CHARACTERS:,} characters together")
        return self

    @property
    def all(self) -> list[str]:
        """The texts, one or several."""
        return [self.text] if self.text is not None else list(self.texts or ())


class EntityAnswer(Answer):
    """A name in a text."""

    text: str = Field(description="As written; or as the service is set to write names.")
    label: str = Field(examples=["PER", "ORG", "LOC", "MISC"])
    start: int = Field(description="In characters (Unicode code points) of the text.")
    end: int = Field(description="Exclusive.")
    score: float = Field(description="How sure the model is, from 0 to 1.")


class TextAnswer(Answer):
    """A text's entities, by place."""

    entities: list[EntityAnswer]


class TextsAnswer(Answer):
    """The entities of each text, in the order given; of a single text, one."""

    results: list[TextAnswer]

    @classmethod
    def of(
        cls, texts: Sequence[str], found: Sequence[Sequence[Entity]], said: Callable[[str, str], str]
    ) -> TextsAnswer:
        """What was found in each text, as this answer; `said` is how a name with a label may be written."""
        return cls(
            results=[
                TextAnswer(entities=[_entity(text, each, said) for each in entities])
                for text, entities in zip(texts, found, strict=True)
            ]
        )


class KnownAnswer(Answer):
    """Somebody or something that items name."""

    key: str = Field(description="For `entity=` of a search, and for `/v1/entities/`.", examples=["PER:angela merkel"])
    label: str = Field(examples=["PER"])
    name: str
    items: int = Field(description="In how many items it is named.")

    @classmethod
    def of(cls, known: Known) -> KnownAnswer:
        """The same as this answer."""
        return cls(key=known.key, label=known.label, name=known.name, items=known.items)

    @classmethod
    def all_of(cls, known: Iterable[Known]) -> list[KnownAnswer]:
        """Several."""
        return [cls.of(each) for each in known]


class NamesAnswer(Answer):
    """A page of those that items name, the most frequent first."""

    total: int
    limit: int
    offset: int
    names: list[KnownAnswer]

    @classmethod
    def of(cls, listing: Listing, limit: int, offset: int) -> NamesAnswer:
        """The listing as this answer."""
        return cls(total=listing.total, limit=limit, offset=offset, names=KnownAnswer.all_of(listing.known))


class AliasAnswer(Answer):
    """A name as it is written."""

    name: str
    mentions: int
    rule: str = Field(description="Why it is taken for one with the fullest name.")


class BarAnswer(Answer):
    """A stretch of the timeline."""

    first: str = Field(description="Its first day, month or year.", examples=["2026-03"])
    last: str = Field(description="Its last, included.")
    items: int
    mentions: int

    @classmethod
    def of(cls, bar: Bar) -> BarAnswer:
        """The bar as this answer."""
        return cls(first=bar.first, last=bar.last, items=bar.items, mentions=bar.mentions)


class TimelineAnswer(Answer):
    """When it was named."""

    unit: Unit
    bars: list[BarAnswer] = Field(description="Without a gap; those in which nothing was published are there too.")
    undated: int = Field(description="Items without a date.")


class LikelyAnswer(KnownAnswer):
    """Somebody who may be the same: only an editor can say."""

    reason: str = Field(examples=["family name of"])

    @classmethod
    def of_likely(cls, likely: Likely) -> LikelyAnswer:
        """The same as this answer."""
        return cls(**KnownAnswer.of(likely.known).model_dump(), reason=likely.reason)


class ProfileAnswer(KnownAnswer):
    """All that is known of somebody or something that items name."""

    mentions: int
    aliases: list[AliasAnswer] = Field(description="The most frequent, at most 20.")
    merged: list[str] = Field(description="Keys that the editor's file puts here.")
    tags: list[str] = Field(description="The editor's.")
    timeline: TimelineAnswer
    together: list[KnownAnswer] = Field(description="Named in the same items; `items` counts those of `among`.")
    among: int = Field(description="How many of the items, the newest, were looked through for that.")
    likely: LikelyAnswer | None

    @classmethod
    def of_profile(cls, profile: Profile) -> ProfileAnswer:
        """The profile as this answer."""
        line = profile.timeline
        return cls(
            **KnownAnswer.of(profile.known).model_dump(),
            mentions=profile.mentions,
            aliases=[AliasAnswer(name=a.name, mentions=a.mentions, rule=a.rule) for a in profile.aliases],
            merged=list(profile.merged),
            tags=list(profile.tags),
            timeline=TimelineAnswer(
                unit=line.unit, bars=[BarAnswer.of(bar) for bar in line.bars], undated=line.undated
            ),
            together=KnownAnswer.all_of(profile.together),
            among=profile.among,
            likely=LikelyAnswer.of_likely(profile.likely) if profile.likely else None,
        )


def _entity(text: str, entity: Entity, said: Callable[[str, str], str]) -> EntityAnswer:
    return EntityAnswer(
        text=said(entity.label, text[entity.start : entity.end]),
        label=entity.label,
        start=entity.start,
        end=entity.end,
        score=round(entity.score, 4),
    )
