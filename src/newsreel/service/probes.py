"""For those who run it: is it alive, can it answer, what does it measure."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from newsreel import telemetry
from newsreel.core.errors import NewsreelError
from newsreel.service.schemas import ErrorAnswer, StatusAnswer
from newsreel.service.state import State

__all__ = ["router"]

router = APIRouter(tags=["operation"])


@router.get("/healthz", summary="Is the process alive")
async def healthz() -> StatusAnswer:
    """Always `ok`: it does not look at the archive, and does not wait for a thread."""
    return StatusAnswer(status="ok")


@router.get("/readyz", summary="Can it answer", responses={503: {"model": ErrorAnswer, "description": "It cannot."}})
def readyz(request: Request) -> StatusAnswer:
    """Whether the archive and the models can be read: not while they load, nor once the service is told to stop.

    The log says why not.
    """
    state: State = request.app.state.served
    try:
        state.ready()
    except NewsreelError as error:
        telemetry.log("not_ready", level="warning", cause=type(error).__name__, message=str(error))
        raise
    return StatusAnswer(status="ok")


@router.get("/metrics", summary="Prometheus metrics", response_class=Response)
def metrics() -> Response:
    """Requests, phases and failures. Never what was searched for."""
    return Response(telemetry.metrics(), media_type=telemetry.METRICS_TYPE)
