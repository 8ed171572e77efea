"""Whether the service is ready, as clouds ask: by a status alone."""

from __future__ import annotations

from fastapi import Request, Response

from newsreel.core.errors import NewsreelError
from newsreel.service.errors import status_of
from newsreel.service.probes import readyz

__all__ = ["health"]


async def health(request: Request) -> Response:
    """200 and nothing else where `/readyz` says so, too."""
    try:
        await readyz(request)
    except NewsreelError as error:
        return Response(status_code=status_of(error))
    return Response()
