"""What a request took its time for, told to whoever collects traces of it and of the callers it came through.

Nothing here is done, and OpenTelemetry is not imported, unless `exported` says so. Spans carry names of routes and
phases, numbers and classes of errors: never a text, an address or a message.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

from newsreel.core.errors import UsageError
from newsreel.traces._asked import Asked

if TYPE_CHECKING:
    from newsreel.traces._spans import Request, Spans

__all__ = ["Asked", "asked", "exported", "request", "span", "wanted"]

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")

_sent: Spans | None = None
_NOTHING = nullcontext()


def wanted(endpoint: str) -> bool:
    """Whether traces are to be sent anywhere: to this endpoint, or as OpenTelemetry's own variables have it."""
    if os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    return bool(endpoint or any(os.environ.get(variable) for variable in _ENDPOINTS))


@contextmanager
def exported(endpoint: str) -> Iterator[None]:
    """Send traces meanwhile, where they are wanted; what is left of them is sent at the end. Raises UsageError.

    `endpoint`: the collector's address without `/v1/traces`, or nothing for what OpenTelemetry's variables say.
    """
    global _sent
    if not wanted(endpoint):
        yield
        return
    spans = _open(endpoint)
    _sent = spans
    try:
        yield
    finally:
        _sent = None
        spans.close()


def request(method: str, headers: Iterable[tuple[bytes, bytes]]) -> AbstractContextManager[Request | None]:
    """A request that is being answered: a child of its caller's span, where the headers name one."""
    spans = _sent
    return _NOTHING if spans is None else spans.request(method, headers)


def span(name: str) -> AbstractContextManager[None]:
    """A part of it, of whatever is going on in this thread or task."""
    spans = _sent
    return _NOTHING if spans is None else spans.span(name)


def asked(task: str) -> AbstractContextManager[Asked | None]:
    """What it asks of a model meanwhile, whichever thread does the work; None where nobody wants to know."""
    spans = _sent
    return _NOTHING if spans is None else spans.asked(task)


def _open(endpoint: str) -> Spans:
    try:
        from newsreel.traces._spans import Spans
    except ModuleNotFoundError as error:
        raise UsageError(
            f"traces need {error.name}: pip install 'newsreel[otel]', or turn them off (OTEL_SDK_DISABLED=true)"
        ) from error
    return Spans(endpoint)
