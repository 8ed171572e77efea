"""Routes on which every tenth of a millisecond counts: JSON in, JSON out, documented as all others are.

FastAPI's own way costs ten times as much as these: it parses a body into objects before it validates them, looks for
dependencies, validates the answer and makes objects of it before it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from newsreel.service.deadlines import within
from newsreel.service.encoding import encoded
from newsreel.service.errors import FORESEEN, answer_foreseen

__all__ = ["QuickRoute", "Shortcut"]

Endpoint = Callable[[Request, Any], Coroutine[Any, Any, object]]
"""A request and its body to an answer."""


class QuickRoute(APIRoute):
    """`POST` with a body of JSON; its endpoint's annotations say of what models, and document it.

    To be put among an application's routes as it is: what includes it in a router makes another route of it.
    """

    def __init__(self, path: str, endpoint: Endpoint, body: type[BaseModel], **documented: Any) -> None:
        """`body` is what the endpoint takes; `documented` as for any route."""
        super().__init__(path, endpoint, methods=["POST"], **documented)
        self.app = _answering(endpoint, body)


class Shortcut:
    """Leads to quick routes directly; FastAPI's own layers are a fifth of what a short answer costs."""

    def __init__(self, app: ASGIApp, routes: Iterable[BaseRoute]) -> None:
        """Stand before this application, whose routes these are. Of two for one path the first answers."""
        self._app = app
        self._quick = {route.path: route for route in reversed(list(routes)) if isinstance(route, QuickRoute)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        route = self._quick.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        if route is None:
            await self._app(scope, receive, send)
            return
        scope["route"] = route
        try:
            await route.app(scope, receive, send)
        except FORESEEN as error:  # all before the answer is begun
            answer = await answer_foreseen(Request(scope, receive, send), error)
            await answer(scope, receive, send)


def _answering(endpoint: Endpoint, body: type[BaseModel]) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        asked = _validated(body, await _json(request))
        found = await within(request, endpoint(request, asked))
        await Response(encoded(found), media_type="application/json")(scope, receive, send)

    return answer


async def _json(request: Request) -> bytes:
    """The body. What calls itself otherwise is refused: a page of any site can have a browser send a form, or text."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise HTTPException(415, "send JSON, with the header 'Content-Type: application/json'")
    return await request.body()


def _validated(model: type[BaseModel], body: bytes) -> BaseModel:
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in wrong]) from None
