"""What collects traces: it takes OTLP over HTTP as a collector does, and decodes it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

__all__ = ["Collected", "attributes", "collecting"]


class Collected:
    """All that came."""

    def __init__(self) -> None:
        self.address = ""
        self.paths: set[str] = set()
        self.bodies: list[bytes] = []
        """As they came."""

    @property
    def spans(self) -> list[Any]:
        return [span for part in self._resources() for scope in part.scope_spans for span in scope.spans]

    @property
    def services(self) -> set[str]:
        return {attributes(part.resource.attributes)["service.name"] for part in self._resources()}

    def _resources(self) -> list[Any]:
        return [part for body in self.bodies for part in ExportTraceServiceRequest.FromString(body).resource_spans]


def attributes(pairs: Sequence[Any]) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in pairs}


@contextmanager
def collecting() -> Iterator[Collected]:
    """Listens meanwhile, at `address`."""
    collected = Collected()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collected.paths.add(self.path)
            collected.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    collected.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield collected
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
