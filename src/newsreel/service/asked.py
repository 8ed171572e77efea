"""What a request asks for: the search in its address, and an item's uri in its path."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, TypeVar
from urllib.parse import unquote

from anyio.to_thread import current_default_thread_limiter
from fastapi import Depends, Request
from fastapi import Path as PathParameter
from fastapi import Query as Parameter

from newsreel.app import Newsreel
from newsreel.core.errors import NotFoundError, OverloadedError
from newsreel.core.item import Kind
from newsreel.inference import Inference
from newsreel.service.state import State
from newsreel.service.wording import Asked

__all__ = ["MAX_OFFSET", "Asking", "Search", "Served", "Uri", "find"]

MAX_OFFSET = 1_000_000

T = TypeVar("T")


MOST_WAITING, BACK_S = 80, 2
"""Requests that wait for one of the threads in which archives are read, at most: two for each. Who comes then is told
to come back so many seconds later; they would wait for longer than anybody waits for a page."""


async def _newsreel(request: Request) -> Newsreel:
    waiting = current_default_thread_limiter().statistics().tasks_waiting
    if waiting >= MOST_WAITING:
        raise OverloadedError(f"{waiting} requests of an archive", BACK_S)
    state: State = request.app.state.served
    return state.newsreel


async def _inference(request: Request) -> Inference:
    state: State = request.app.state.served
    return state.inference


Served = Annotated[Newsreel, Depends(_newsreel)]
"""The archive that this application serves."""

Asking = Annotated[Inference, Depends(_inference)]
"""The models that it serves."""

Uri = Annotated[
    str, PathParameter(description="The item's uri, percent-encoded whole.", examples=["file%3Adesk%2Ffloods.txt"])
]


async def _asked(
    q: Annotated[
        str,
        Parameter(
            description='Words, or nothing for the newest items. `person:"Angela Merkel"`, `org:`, `place:` and '
            "`misc:` ask for items that name her, by any name she goes by."
        ),
    ] = "",
    entity: Annotated[
        list[str] | None,
        Parameter(
            description="Only items that name this: a key, as facets have it; may be repeated.",
            examples=[["PER:angela merkel"]],
        ),
    ] = None,
    kind: Annotated[list[Kind] | None, Parameter(description="Only these kinds; may be repeated.")] = None,
    from_day: Annotated[
        str, Parameter(alias="from", description="Published then or later: 2026, 2026-01, 2026-01-31 or ISO time.")
    ] = "",
    to_day: Annotated[str, Parameter(alias="to", description="Published then or earlier; the day itself counts.")] = "",
    offset: Annotated[int, Parameter(ge=0, le=MAX_OFFSET, description="How many results to leave out.")] = 0,
    explain: Annotated[bool, Parameter(description="Say what each score is made of.")] = False,
) -> Asked:
    return Asked(
        text=q.strip(),
        entities=tuple(dict.fromkeys(key for key in entity or () if key.strip())),
        kinds=tuple(dict.fromkeys(kind or ())),
        from_day=from_day.strip(),
        to_day=to_day.strip(),
        offset=offset,
        explain=explain,
    )


Search = Annotated[Asked, Depends(_asked)]
"""The search in a request's address."""


def find(lookup: Callable[[str], T], uri: str, request: Request) -> T:
    """Look up the uri that ends the path: decoded once, or else as it was sent.

    The second is for a uri pasted as it is: `file:desk/a%20b.txt` carries percent signs of its own.
    """
    prefix = request.scope["path"].removesuffix(uri)
    sent = request.scope["raw_path"].decode("ascii", "replace")
    if not sent.startswith(prefix):  # the route itself was percent-encoded
        return lookup(uri)
    sent = sent.removeprefix(prefix)
    try:
        return lookup(unquote(sent))
    except NotFoundError:
        if "%" in sent:
            with suppress(NotFoundError):
                return lookup(sent)
        raise
