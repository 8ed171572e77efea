"""`newsreel serve`: the page and the HTTP interface."""

from __future__ import annotations

import socket
from typing import Annotated

import typer

from newsreel.cli._options import ServedOption
from newsreel.core.errors import UsageError
from newsreel.settings import Settings

__all__ = ["serve"]


def serve(
    archive: ServedOption = None,
    host: Annotated[
        str | None,
        typer.Option(
            help="Address to listen on; 0.0.0.0 lets other machines in.", show_default="127.0.0.1, or what a cloud says"
        ),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port; 0 takes a free one.", show_default="8420, or what a cloud says"),
    ] = None,
) -> None:
    """Serve the search page and the HTTP interface (/v1/search, /v1/items, /metrics, /openapi.json).

    Example: newsreel serve --archive ./archive --port 8420
    """
    from newsreel.app import Serving, open_serving
    from newsreel.service.application import create_app
    from newsreel.service.clouds import address
    from newsreel.service.serving import Server
    from newsreel.service.state import State
    from newsreel.telemetry import configure_logging

    settings, state = Settings(), State()
    configure_logging("info")
    host, port = address(settings, host, port)
    listener = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    scheme = "https" if settings.tls_certificate else "http"

    def opened() -> Serving:
        serving = open_serving(archive, settings)
        typer.echo(f"Newsreel is at {scheme}://{shown}:{listener.getsockname()[1]}/ (Ctrl-C stops it)", err=True)
        return serving

    server = Server(create_app(state, settings), settings)
    state.load(opened)
    server.run(sockets=[listener])
    if state.failed is not None:
        raise state.failed


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise UsageError(f"cannot listen on {host} port {port} ({error.strerror}): choose another --port") from error
