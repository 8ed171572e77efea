"""What happens on live feeds, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from pydantic import Field

from newsreel.core.times import format_ns
from newsreel.search.live import LiveShot
from newsreel.service.addresses import keyframe_address, moment_address
from newsreel.service.schemas._base import Answer, Moment
from newsreel.service.schemas._film import ShotAnswer
from newsreel.service.wording import Asked

__all__ = ["GoneAnswer", "LiveShotAnswer", "LiveStateAnswer"]


class RepeatAnswer(Answer):
    """The first of several shots that look nearly the same."""

    id: str
    uri: str
    started_at: Moment
    page: str

    @classmethod
    def of(cls, live: LiveShot) -> Self:
        """The shot as this answer."""
        page = moment_address(live.uri, Asked(), live.shot.time.start_ns)
        return cls(id=live.id, uri=live.uri, started_at=format_ns(live.began_ns), page=page)


class LiveShotAnswer(ShotAnswer):
    """A shot of a live feed that has ended. Frames and seconds are counted from where its item begins."""

    id: str = Field(description="Its own: of a shot that comes twice it is the same.")
    feed: str
    uri: str = Field(description="Of the item that holds it: a stretch of the feed.")
    shot: int = Field(description="Which of the item's shots, from 0.")
    headline: str
    started_at: Moment
    ended_at: Moment
    said: str = Field(description="What is said in it; empty where that is not known.")
    dull: bool = Field(description="Whether at least half of it is black, colour bars or a picture that stands still.")
    page: str = Field(description="The address of the moment on the item's page.")
    keyframe: str = Field(description="The address of its picture.")
    again: RepeatAnswer | None = Field(description="The earlier shot of the feed that it looks like.")

    @classmethod
    def of_live(cls, live: LiveShot) -> Self:
        """The shot as this answer."""
        like = live.like.number if live.like and live.like.uri == live.uri else None
        return cls(
            **ShotAnswer.of_film([live.shot])[0].model_dump() | {"like": like},
            id=live.id,
            feed=live.feed,
            uri=live.uri,
            shot=live.number,
            headline=live.headline,
            started_at=format_ns(live.began_ns),
            ended_at=format_ns(live.ended_ns),
            said=live.said,
            dull=live.is_dull,
            page=moment_address(live.uri, Asked(), live.shot.time.start_ns),
            keyframe=keyframe_address(live.uri, live.number),
            again=RepeatAnswer.of(live.like) if live.like else None,
        )


class GoneAnswer(Answer):
    """An item that may no longer be seen, and none of its shots."""

    uri: str


class LiveStateAnswer(Answer):
    """Where things stand: sent first, and every ten seconds."""

    now: Moment
    uris: list[str] = Field(description="The items of the newest shots; of others nothing may be seen any more.")

    @classmethod
    def of(cls, now_ns: int, uris: Sequence[str]) -> Self:
        """The state as this answer."""
        return cls(now=format_ns(now_ns), uris=list(uris))
