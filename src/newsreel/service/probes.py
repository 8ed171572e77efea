"""For those who run it: is it alive, can it answer, what does it measure.

They have threads of their own (the loop's): searches may have taken all others, and just then it is asked.
"""

from __future__ import annotations

import asyncio

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
async def readyz(request: Request) -> StatusAnswer:
    """Whether the archive and the models can be read: not while they load, nor once the service is told to stop.

    The log says why not.
    """
    state: State = request.app.state.served
    try:
        await asyncio.to_thread(state.ready)
    except NewsreelError as error:
        telemetry.log("not_ready", level="warning", cause=type(error).__name__, message=str(error))
        raise
    return StatusAnswer(status="ok")


@router.get("/metrics", summary="Prometheus metrics", response_class=Response)
async def metrics() -> Response:
    """Requests, phases and failures. Never what was searched for."""
    return Response(await asyncio.to_thread(telemetry.metrics), media_type=telemetry.METRICS_TYPE)
