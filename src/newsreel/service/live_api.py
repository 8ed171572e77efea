"""Live feeds as server-sent events: each shot as it comes to stand in the archive."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi import Query as Parameter
from fastapi.sse import EventSourceResponse, ServerSentEvent

from newsreel.search.live import LiveShot
from newsreel.service.edge import asks_for_head
from newsreel.service.live_room import LiveEvent, LiveGone, LiveRoom, Watcher
from newsreel.service.schemas import GoneAnswer, LiveShotAnswer, LiveStateAnswer, errors_documented

__all__ = ["router"]

router = APIRouter(prefix="/v1/live", tags=["live"])

_RETRY_MS = 2_000

Feed = Annotated[str, Parameter(description="The name of one feed; all of them without.", max_length=1000)]


async def _watcher(
    request: Request,
    feed: Feed = "",
    after: Annotated[
        str | None,
        Parameter(
            description="The id of a shot: first those that came after it. Of one that is not among the newest all of "
            "these are sent. Without, what happens from now on."
        ),
    ] = None,
    last_event_id: Annotated[
        str | None, Header(description="As `after`, and before it: a browser that comes back sends it.")
    ] = None,
) -> AsyncIterator[Watcher]:
    room: LiveRoom = request.app.state.live
    async with room.watching(feed, last_event_id or after) as watcher:
        yield watcher


@router.get(
    "/events",
    summary="The shots of live feeds, as they end",
    response_class=EventSourceResponse,
    responses={
        200: {"description": "The data of each event.", "model": LiveShotAnswer | GoneAnswer | LiveStateAnswer},
        **errors_documented(422, 500, 503),
    },
)
async def events(request: Request, watcher: Annotated[Watcher, Depends(_watcher)]) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events, at most a second after the commit that makes a shot visible.

    `shot`: a shot has ended; the event's id is the shot's. `gone`: an item was killed, or withheld, and its shots with
    it. `state`: where things stand, at once and every ten seconds. A shot may come twice, with the same id; none is
    left out, unless more was missed than the newest 48 of a feed. Whoever reads too slowly is sent away, and comes back
    with `Last-Event-ID`.
    """
    if asks_for_head(request):
        return
    yield ServerSentEvent(retry=_RETRY_MS)
    async for event in watcher.events():
        yield _sent(event)


def _sent(event: LiveEvent) -> ServerSentEvent:
    if isinstance(event, LiveShot):
        return ServerSentEvent(event="shot", id=event.id, data=LiveShotAnswer.of_live(event))
    if isinstance(event, LiveGone):
        return ServerSentEvent(event="gone", data=GoneAnswer(uri=event.uri))
    return ServerSentEvent(event="state", data=LiveStateAnswer.of(event.now_ns, event.uris))
