"""Who is let in: requests with a key that is known."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from newsreel.core.errors import AuthenticationError
from newsreel.service.errors import answer_error
from newsreel.service.keys import Keys

__all__ = ["Guard", "document_keys", "owner_of"]

_CHALLENGES = ('Bearer realm="newsreel"', 'Basic realm="newsreel", charset="UTF-8"')
"""Programs send a key, and browsers know only how to ask for a password, of which they send nothing but that."""

_OWNER = "newsreel.key"


_SCHEMES: dict[str, dict[str, str]] = {
    "Bearer": {"type": "http", "scheme": "bearer"},
    "Header": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
    "Password": {"type": "http", "scheme": "basic", "description": "For browsers: the key is the password."},
}

_REFUSED = {
    "description": "There is no key, or one that is not known.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorAnswer"}}},
}


def document_keys(app: FastAPI, open_paths: Collection[str]) -> None:
    """Say in `/openapi.json` how a key is sent, and where none is needed."""
    described = app.openapi

    def with_keys() -> dict[str, Any]:
        document = described()
        document["components"]["securitySchemes"] = _SCHEMES
        document["security"] = [{scheme: []} for scheme in _SCHEMES]
        for path, operations in document["paths"].items():
            for operation in operations.values():
                if path in open_paths:
                    operation["security"] = []
                else:
                    operation["responses"]["401"] = _REFUSED
        return document

    app.openapi = with_keys  # type: ignore[method-assign]  # as FastAPI would have it extended


def owner_of(scope: Scope) -> str | None:
    """The name of the key that a request came with, None where none was asked for."""
    name: str | None = scope.get(_OWNER)
    return name


class Guard:
    """Lets requests through that come with a key, as `Authorization: Bearer KEY`, `X-Api-Key: KEY`, or a password.

    Everything else is answered 401, of paths that lead nowhere too.
    """

    def __init__(self, app: ASGIApp, keys: Keys, open_paths: Collection[str]) -> None:
        """Stand before this application; these paths need no key."""
        self._app = app
        self._keys = keys
        self._open_paths = frozenset(open_paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http" and scope["path"] not in self._open_paths:
            keys = list(_presented(scope["headers"]))
            owner = next((name for name in map(self._keys.owner, keys) if name), None)
            if owner is None:
                await _refuse(Request(scope), presented=bool(keys))(scope, receive, send)
                return
            scope[_OWNER] = owner
        await self._app(scope, receive, send)


def _refuse(request: Request, *, presented: bool) -> ASGIApp:
    answer = answer_error(request, AuthenticationError(presented=presented))
    for challenge in _CHALLENGES:
        answer.headers.append("WWW-Authenticate", challenge)
    return answer


def _presented(headers: Iterable[tuple[bytes, bytes]]) -> Iterator[bytes]:
    for name, value in headers:
        if name == b"x-api-key":
            yield value.strip()
        elif name == b"authorization":
            scheme, _, credentials = value.strip().partition(b" ")
            if scheme.lower() == b"bearer":
                yield credentials.strip()
            elif scheme.lower() == b"basic":
                yield _password(credentials.strip())


def _password(credentials: bytes) -> bytes:
    try:
        return base64.b64decode(credentials, validate=True).partition(b":")[2]
    except binascii.Error:
        return b""
