"""From errors to HTTP: one table, one JSON shape, one page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from newsreel import telemetry
from newsreel.core.errors import (
    ArchiveBusyError,
    ArchiveError,
    ArtifactError,
    AuthenticationError,
    BusyError,
    DeadlineError,
    NewsreelError,
    NotFoundError,
    OverloadedError,
    UnknownModelError,
    UsageError,
)
from newsreel.service.rendering import render

__all__ = ["FORESEEN", "STATUS", "answer_error", "answer_foreseen", "described", "install", "status_of"]

STATUS: dict[type[NewsreelError], int] = {
    UsageError: 400,
    AuthenticationError: 401,
    NotFoundError: 404,
    ArchiveBusyError: 503,
    ArchiveError: 503,
    OverloadedError: 429,
    BusyError: 503,
    ArtifactError: 503,
    DeadlineError: 504,
}
"""Subclasses follow their nearest base here; everything else is a 500 without details."""

_CODES = {
    401: "invalid_api_key",
    404: "not_found",
    405: "method_not_allowed",
    413: "request_too_large",
    415: "unsupported_media_type",
    429: "rate_limit_exceeded",
    500: "server_error",
    503: "unavailable",
    504: "timeout",
}
"""What clients of OpenAI's compare; of other statuses `invalid_request`."""

_MOST_SAID = 3
"""Of what is wrong with a request: a list can be wrong at each of its places."""

_OWN_MESSAGE = {
    503: "the archive cannot answer at the moment; its operator finds the cause in the log",
    500: "something went wrong here, not with the request; it has been logged",
}
"""Said in place of the error's message, which may name files of the server."""

_TITLES = {
    400: "This search cannot be run",
    422: "This search cannot be run",
    401: "This needs a key",
    404: "Nothing at this address",
    405: "This page can only be read",
    413: "This is too much at once",
    429: "This is too much at once",
    503: "The archive is not answering",
}
_MACHINE_PATHS = ("/v1/", "/static/", "/healthz", "/readyz", "/metrics", "/openapi.json")


FORESEEN = (NewsreelError, RequestValidationError, HTTPException)
"""What is answered where it happens; everything else reaches `edge.Edge`."""


def install(app: FastAPI) -> None:
    """Answer the foreseen errors of a route."""
    for kind in FORESEEN:
        app.add_exception_handler(kind, answer_foreseen)


def status_of(error: Exception) -> int:
    """The status an error is answered with."""
    if isinstance(error, HTTPException):
        return error.status_code
    if isinstance(error, RequestValidationError):
        return 422
    return next((STATUS[base] for base in type(error).__mro__ if base in STATUS), 500)


async def answer_foreseen(request: Request, error: Exception) -> Response:
    """The answer to an error of a kind that was installed; a failure of ours is counted.

    Not in a thread: under too much load all of them are taken, and just then it is to be said soon.
    """
    if status_of(error) >= 500 and not isinstance(error, BusyError):
        telemetry.failed(error)
    return answer_error(request, error)


def answer_error(request: Request, error: Exception) -> Response:
    """JSON for a program, a page for a person."""
    status = status_of(error)
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    if isinstance(error, BusyError):
        headers["Retry-After"] = str(error.retry_after_s)
    if request.url.path.startswith(_MACHINE_PATHS) or request.method == "POST":  # pages send nothing
        return JSONResponse(described(error), status_code=status, headers=headers)
    message = _said(error, status)
    page = render(
        "error.html",
        status=status,
        title=_TITLES.get(status, "Something went wrong"),
        message=message[:1].upper() + message[1:],
        text=request.query_params.get("q", ""),
    )
    page.status_code = status
    page.headers.update(headers)
    return page


def described(error: Exception) -> dict[str, dict[str, str | None]]:
    """An error as JSON tells of it."""
    status = status_of(error)
    return {"error": {"type": _type(error, status), "code": _code(error, status), "message": _said(error, status)}}


def _said(error: Exception, status: int) -> str:
    return (None if isinstance(error, BusyError) else _OWN_MESSAGE.get(status)) or _message(error)


def _type(error: Exception, status: int) -> str:
    if isinstance(error, HTTPException):
        return NotFoundError.__name__ if status == 404 else UsageError.__name__
    if isinstance(error, RequestValidationError):
        return UsageError.__name__
    return type(error).__name__ if status != 500 else "InternalError"


def _code(error: Exception, status: int) -> str:
    return "model_not_found" if isinstance(error, UnknownModelError) else _CODES.get(status, "invalid_request")


def _message(error: Exception) -> str:
    if isinstance(error, RequestValidationError):
        said = (
            f"'{_place(each['loc'][1:] or each['loc'])}': {_lower(each['msg'].removeprefix('Value error, '))}"
            for each in error.errors()
        )
        return "; ".join(islice(dict.fromkeys(said), _MOST_SAID))
    if isinstance(error, HTTPException):
        return "there is nothing at this address" if error.status_code == 404 else error.detail
    return str(error)


def _place(location: Sequence[str | int]) -> str:
    """A parameter, or a field, and which of a list it is."""
    name, *within = location
    return f"{name}[{within[0]}]" if within and isinstance(within[0], int) else str(name)


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]
