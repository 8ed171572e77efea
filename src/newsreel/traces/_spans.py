"""Spans, as OpenTelemetry has them, sent by OTLP over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from opentelemetry import propagate
from opentelemetry.context import get_current
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode, get_current_span

from newsreel import __version__
from newsreel.traces._asked import Asked

__all__ = ["Request", "Spans"]

LAST_S = 3.0
"""How long a service that stops tries to send the last of its spans."""


class Spans:
    """Makes spans of what goes on, and sends them in the background. Thread-safe.

    Of its own, beside whatever else in the process makes some: two of them do not know each other.
    """

    def __init__(self, endpoint: str) -> None:
        """See `exported`."""
        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces" if endpoint else None)
        self._provider = TracerProvider(resource=_resource(), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("newsreel", __version__)

    def close(self) -> None:
        """Send what is left, if it can be sent soon: by itself it would try for half a minute."""
        last = threading.Thread(target=self._provider.shutdown, name="newsreel-last-traces", daemon=True)
        last.start()
        last.join(LAST_S)

    @contextmanager
    def request(self, method: str, headers: Iterable[tuple[bytes, bytes]]) -> Iterator[Request]:
        """See `newsreel.traces.request`."""
        sent = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}
        with self._tracer.start_as_current_span(
            method,
            context=propagate.extract(sent),
            kind=SpanKind.SERVER,
            record_exception=False,  # its message may quote what was sent
            set_status_on_exception=False,
        ) as span:
            told = Request(span, method)
            try:
                yield told
            except Exception as error:
                told.failed(type(error).__name__)
                raise

    @contextmanager
    def span(self, name: str) -> Iterator[None]:
        """See `newsreel.traces.span`."""
        if not get_current_span().is_recording():
            yield
            return
        with self._tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False):
            yield

    @contextmanager
    def asked(self, task: str) -> Iterator[Asked | None]:
        """See `newsreel.traces.asked`."""
        if not get_current_span().is_recording():
            yield None
            return
        asked = Asked(task)
        try:
            yield asked
        finally:
            asked.tell(self._tracer, get_current())


class Request:
    """The span of a request."""

    def __init__(self, span: Span, method: str) -> None:
        """Its route is not known yet."""
        self._span = span
        self._method = method

    def answered(self, route: str | None, status: int) -> None:
        """`route` is the template, None where there is none."""
        self._span.set_attribute("http.request.method", self._method)
        self._span.set_attribute("http.response.status_code", status)
        if route is not None:
            self._span.update_name(f"{self._method} {route}")
            self._span.set_attribute("http.route", route)
        if status >= 500:
            self.failed(str(status))

    def failed(self, cause: str) -> None:
        """The class of an error, or a status."""
        self._span.set_attribute("error.type", cause)
        self._span.set_status(StatusCode.ERROR)


def _resource() -> Resource:
    """What the spans are of, as OpenTelemetry's variables have it; called newsreel unless they call it otherwise."""
    resource = Resource.create({SERVICE_VERSION: __version__})
    if str(resource.attributes[SERVICE_NAME]).startswith("unknown_service"):
        return resource.merge(Resource({SERVICE_NAME: "newsreel"}))
    return resource
