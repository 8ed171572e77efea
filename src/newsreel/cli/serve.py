"""`newsreel serve`: the page and the HTTP interface."""

from __future__ import annotations

import socket
from typing import Annotated

import typer

from newsreel.cli._options import ArchiveOption
from newsreel.core.errors import UsageError
from newsreel.settings import Settings

__all__ = ["serve"]


def serve(
    archive: ArchiveOption,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 lets other machines in.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8420,
) -> None:
    """Serve the search page and the HTTP interface (/v1/search, /v1/items, /metrics, /openapi.json).

    Example: newsreel serve --archive ./archive --port 8420
    """
    from newsreel.app import Newsreel
    from newsreel.service import create_app
    from newsreel.service.serving import Server
    from newsreel.telemetry import configure_logging

    newsreel = Newsreel(archive, Settings())
    configure_logging("info")
    listener = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"Newsreel is at http://{shown}:{listener.getsockname()[1]}/ (Ctrl-C stops it)", err=True)
    Server(create_app(newsreel)).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise UsageError(f"cannot listen on {host} port {port} ({error.strerror}): choose another --port") from error
