"""Vertex AI's hosting of a custom container: its health route and its route for requests."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from newsreel.service.clouds.bodies import answer_json
from newsreel.service.clouds.health import health
from newsreel.service.clouds.hosting import vertex_routes
from newsreel.service.clouds.records import Asking
from newsreel.service.clouds.tasks import task_named
from newsreel.service.deadlines import within
from newsreel.service.encoding import encoded
from newsreel.settings import Settings

__all__ = ["routes"]


def routes(settings: Settings) -> list[Route]:
    """Those, where Vertex AI says. Raises UsageError for a route that is none."""
    said = vertex_routes()

    async def predict(request: Request) -> Response:
        """Vertex AI adds `deployedModelId` itself."""
        asking = Asking(
            state=request.app.state.served,
            task=task_named(settings.cloud_task),
            parameters={},
            at_once=settings.queue_tokens,
        )
        found = await within(request, answer_json(asking, await request.body()))
        return Response(encoded(found), media_type="application/json")

    return [
        Route(said.health, health, methods=["GET"], include_in_schema=False),
        Route(said.requests, predict, methods=["POST"], include_in_schema=False),
    ]
