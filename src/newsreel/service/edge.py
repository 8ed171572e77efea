"""What every answer has in common: security headers, HEAD, metrics, a bound on what is sent, a last line of defence."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, MutableMapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsreel import telemetry
from newsreel.core.errors import DrainingError
from newsreel.service.errors import answer_error
from newsreel.service.guard import owner_of

__all__ = ["HEADERS", "Edge", "asks_for_head"]

_POLICY = (
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'self'; script-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Sent with everything, errors included. No page needs an inline style or script."""

_ALWAYS = {name.lower().encode(): value.encode() for name, value in HEADERS.items()}

_CACHE_CONTROL = (b"cache-control", b"private, no-cache")
"""Unless a route says otherwise: a killed item must not live on in a cache."""

GONE = 499
"""What is counted where the client left before it was answered; nginx calls it that, too."""

_HEAD = "newsreel.head"


def asks_for_head(request: Request) -> bool:
    """Whether the body will not be sent. Routes see a GET; one whose body is costly to make need not make it."""
    return bool(request.scope.get(_HEAD))


class Edge:
    """The outermost layer of ours: an exception that gets this far becomes a plain 500."""

    def __init__(self, app: ASGIApp, max_body_bytes: int) -> None:
        """Stand before this application, and take bodies of so many bytes."""
        self._app = app
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start, answer = time.perf_counter(), _Answer(send, head=scope["method"] == "HEAD")
        inner: MutableMapping[str, Any] = {**scope, "method": "GET", _HEAD: True} if answer.head else scope
        try:
            await self._app(inner, _bounded(receive, self._max_body_bytes), answer.send)
        except ClientDisconnect as error:
            telemetry.failed(error)
            answer.status = answer.status or GONE
        except asyncio.CancelledError:  # the service stops, and has waited for long
            if answer.status:
                raise
            draining = DrainingError()
            telemetry.failed(draining)
            await answer_error(Request(inner), draining)(inner, receive, answer.send)
        except Exception as error:
            telemetry.failed(error, unforeseen=True)
            if answer.status:  # too late for another answer
                raise
            await answer_error(Request(inner), error)(inner, receive, answer.send)
        finally:
            route = getattr(inner.get("route"), "path", "unmatched")
            telemetry.request(route, answer.status or 500, time.perf_counter() - start, owner_of(inner))


def _bounded(receive: Receive, max_bytes: int) -> Receive:
    """A `receive` that refuses a body that is too large, whatever it says of its length."""
    received = 0

    async def within_bounds() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > max_bytes:
            raise HTTPException(413, f"the body has more than {max_bytes:,} bytes: send it in several")
        return message

    return within_bounds


class _Answer:
    """A `send` that adds the headers, and leaves the body out of the answer to HEAD."""

    def __init__(self, send: Send, *, head: bool) -> None:
        self._send = send
        self.head = head
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": _with_ours(message.get("headers", ()))}
        elif self.head:
            message = {**message, "body": b""}
        await self._send(message)


def _with_ours(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Names are lower-case, as ASGI has them."""
    theirs = [header for header in headers if header[0] not in _ALWAYS]
    cached = any(name == b"cache-control" for name, _ in theirs)
    return [*theirs, *_ALWAYS.items()] if cached else [*theirs, _CACHE_CONTROL, *_ALWAYS.items()]
