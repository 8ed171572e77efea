"""SageMaker's hosting and batch transform: `/ping`, `/invocations` and `/execution-parameters`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from newsreel.core.errors import UsageError
from newsreel.service.clouds.bodies import answer_json
from newsreel.service.clouds.formats import line_of, read_csv, read_lines, row_of
from newsreel.service.clouds.health import health
from newsreel.service.clouds.records import Asking
from newsreel.service.clouds.tasks import task_named
from newsreel.service.deadlines import within
from newsreel.service.encoding import encoded
from newsreel.settings import Settings

__all__ = ["routes"]

_ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"
_MOST_ATTRIBUTES = 1024
"""Characters of visible ASCII, as InvokeEndpoint lets them through."""

_JSON, _LINES, _CSV = "application/json", "application/jsonlines", "text/csv"
_PAYLOAD_MB = 1
"""That suits batch transform: short lines, of which this many bytes hold tens of thousands."""


def routes(settings: Settings) -> list[Route]:
    """Those."""

    async def invocations(request: Request) -> Response:
        given = request.headers.get(_ATTRIBUTES, "")
        parameters = _parameters(given)
        asking = Asking(
            state=request.app.state.served,
            task=task_named(parameters.pop("task", settings.cloud_task)),
            parameters=parameters,
            at_once=settings.queue_tokens,
        )
        body = await request.body()
        response = await within(request, _answered(asking, request.headers, body))
        if given:
            response.headers[_ATTRIBUTES] = given
        return response

    async def execution_parameters(_: Request) -> Response:
        """What suits where a job does not say: one mini-batch at a time, for its lines share batches."""
        said = {"MaxConcurrentTransforms": 1, "BatchStrategy": "MULTI_RECORD", "MaxPayloadInMB": _PAYLOAD_MB}
        return Response(encoded(said), media_type=_JSON)

    return [
        Route("/ping", health, methods=["GET"], include_in_schema=False),
        Route("/execution-parameters", execution_parameters, methods=["GET"], include_in_schema=False),
        Route("/invocations", invocations, methods=["POST"], include_in_schema=False),
    ]


async def _answered(asking: Asking, headers: Mapping[str, str], body: bytes) -> Response:
    """In the format that is asked for. Raises NewsreelError, RequestValidationError, HTTPException."""
    kind = headers.get("Content-Type", _JSON).partition(";")[0].strip().lower()
    if not body:
        raise UsageError("the body is empty: there is nothing to answer")
    if kind == _JSON:
        _accepted(headers, _JSON)
        return Response(encoded(await answer_json(asking, body)), media_type=_JSON)
    if kind == _LINES:
        _accepted(headers, _LINES)
        return _listed(await asking.each(read_lines(body), line_of), _LINES)
    if kind == _CSV:
        wanted = _accepted(headers, *((_LINES, _CSV) if asking.task.cells else (_LINES,)))
        write = line_of if wanted == _LINES else row_of(asking.task)
        return _listed(await asking.each(read_csv(body), write), wanted)
    raise HTTPException(415, f"'Content-Type' is {kind!r}: send {_JSON}, {_LINES} or {_CSV}")


def _listed(written: Iterable[bytes], kind: str) -> Response:
    """Without an end of line behind the last: `AssembleWith: Line` puts it there."""
    return Response(b"\n".join(written), headers={"Content-Type": kind})


def _accepted(headers: Mapping[str, str], *formats: str) -> str:
    """The first that the caller takes, or ours where it takes anything. Raises HTTPException where it takes none."""
    wanted = [each.partition(";")[0].strip().lower() for each in headers.get("Accept", "").split(",")]
    for each in wanted:
        if each in formats:
            return each
        if each in ("", "*/*", "application/*"):
            return formats[0]
    raise HTTPException(406, f"'Accept' is to be {' or '.join(formats)} here, or left out")


def _parameters(given: str) -> dict[str, object]:
    """Those of ours among a request's custom attributes, as `task=classify,over_length=error`. Raises UsageError."""
    if len(given) > _MOST_ATTRIBUTES or not (given.isascii() and given.isprintable()):
        raise UsageError(f"'{_ATTRIBUTES}' is to be at most {_MOST_ATTRIBUTES:,} visible characters of ASCII")
    pairs = (each.partition("=") for each in given.split(","))
    return {name.strip(): said.strip() for name, _, said in pairs if name.strip() in ("task", "over_length")}
