"""A span of each request, joined to its caller's."""

from __future__ import annotations

from collections.abc import Collection

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsreel import traces

__all__ = ["Traced"]


class Traced:
    """Traces requests, but for those of probes: nobody asks where their time went."""

    def __init__(self, app: ASGIApp, except_for: Collection[str]) -> None:
        """Stand before this application; requests for these paths are not traced."""
        self._app = app
        self._except_for = frozenset(except_for)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http" or scope["path"] in self._except_for:
            await self._app(scope, receive, send)
            return
        with traces.request(scope["method"], scope["headers"]) as span:

            async def noting(message: Message) -> None:
                if span and message["type"] == "http.response.start":
                    span.answered(getattr(scope.get("route"), "path", None), message["status"])
                await send(message)

            await self._app(scope, receive, noting)
