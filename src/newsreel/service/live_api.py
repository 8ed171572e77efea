"""Live feeds as server-sent events: each shot as it comes to stand in the archive."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi import Query as Parameter
from fastapi.responses import Response, StreamingResponse
from fastapi.sse import format_sse_event

from newsreel.search.live import LiveShot
from newsreel.service.edge import asks_for_head
from newsreel.service.live_room import LiveEvent, LiveGone, LiveRoom, Watcher
from newsreel.service.schemas import GoneAnswer, LiveShotAnswer, LiveStateAnswer, errors_documented

__all__ = ["router"]

router = APIRouter(prefix="/v1/live", tags=["live"])

_RETRY_MS = 2_000

_UNBUFFERED = {"X-Accel-Buffering": "no"}
"""A proxy that waits for the end would wait for ever."""


class EventStream(StreamingResponse):
    """Not FastAPI's own, which fails, and is logged as a failure, when a reader leaves while an event is on its way."""

    media_type = "text/event-stream"


Feed = Annotated[str, Parameter(description="The name of one feed; all of them without.", max_length=1000)]


async def _watcher(
    request: Request,
    feed: Feed = "",
    after: Annotated[
        str | None,
        Parameter(
            description="The id of a shot: first it and those that came after it. Of one that is not among the newest "
            "all of these are sent. Without, what happens from now on."
        ),
    ] = None,
    last_event_id: Annotated[
        str | None, Header(description="As `after`, and before it: a browser that comes back sends it.")
    ] = None,
) -> AsyncIterator[Watcher]:
    room: LiveRoom = request.app.state.served.live
    async with room.watching(feed, last_event_id or after) as watcher:
        yield watcher


@router.get(
    "/events",
    summary="The shots of live feeds, as they end",
    response_class=EventStream,
    responses={
        200: {"description": "The data of each event.", "model": LiveShotAnswer | GoneAnswer | LiveStateAnswer},
        **errors_documented(422, 500, 503),
    },
)
async def events(request: Request, watcher: Annotated[Watcher, Depends(_watcher)]) -> Response:
    """Server-sent events, at most a second after the commit that makes a shot visible.

    `shot`: a shot has ended; the event's id is the shot's. `gone`: an item was killed, or withheld, and its shots with
    it. `state`: where things stand, at once and every ten seconds. An item's last shot has the transition `end`, and
    comes again, with the same id, once another follows and it is known how it ends. Others may come twice too; none is
    left out, unless more was missed than the newest 48 of a feed. Whoever reads too slowly is sent away, and comes back
    with `Last-Event-ID`.
    """
    if asks_for_head(request):
        return EventStream(())
    return EventStream(_sent(watcher), headers=_UNBUFFERED)


async def _sent(watcher: Watcher) -> AsyncIterator[bytes]:
    yield format_sse_event(retry=_RETRY_MS)
    async for event in watcher.events():
        yield _as_sent(event)


def _as_sent(event: LiveEvent) -> bytes:
    if isinstance(event, LiveShot):
        shot = LiveShotAnswer.of_live(event)
        return format_sse_event(event="shot", id=shot.id, data_str=shot.model_dump_json())
    if isinstance(event, LiveGone):
        return format_sse_event(event="gone", data_str=GoneAnswer(uri=event.uri).model_dump_json())
    return format_sse_event(event="state", data_str=LiveStateAnswer.of(event.now_ns, event.uris).model_dump_json())
