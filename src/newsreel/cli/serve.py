"""`newsreel serve`: the page and the HTTP interface."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsreel.cli._options import ServedOption
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
    processes: Annotated[
        int, typer.Option(min=0, max=256, help="Processes that share the port; 0 is one for every core.")
    ] = 1,
) -> None:
    """Serve the search page and the HTTP interface (/v1/search, /v1/items, /metrics, /openapi.json).

    Example: newsreel serve --archive ./archive --port 8420
    """
    from newsreel.models.runtime import cpu
    from newsreel.service.clouds import address
    from newsreel.telemetry import configure_logging

    settings = Settings()
    configure_logging("info")
    host, port = address(settings, host, port)
    processes = processes or cpu.describe().cores
    if processes == 1:
        _serve_alone(archive, host, port, settings)
    else:
        _serve_together(archive, host, port, processes, settings)


def _serve_alone(archive: Path | None, host: str, port: int, settings: Settings) -> None:
    from newsreel.app import Serving, open_serving
    from newsreel.service.application import create_app
    from newsreel.service.clouds.artifacts import with_artifacts
    from newsreel.service.ports import listen
    from newsreel.service.serving import Server
    from newsreel.service.state import State

    state, listener = State(), listen(host, port)

    def opened() -> Serving:
        serving = open_serving(archive, with_artifacts(settings))
        _say(host, listener.getsockname()[1], settings)
        return serving

    state.load(opened)
    Server(create_app(state, settings), settings).run(sockets=[listener])
    if state.failed is not None:
        raise state.failed


def _serve_together(archive: Path | None, host: str, port: int, processes: int, settings: Settings) -> None:
    from newsreel.service.ports import share
    from newsreel.service.supervisor import Supervisor

    shared = share(host, port)
    Supervisor(shared, archive, processes, lambda: _say(host, shared.number, settings)).run()


def _say(host: str, port: int, settings: Settings) -> None:
    scheme = "https" if settings.tls_certificate else "http"
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"Newsreel is at {scheme}://{shown}:{port}/ (Ctrl-C stops it)", err=True)
