"""Our server with an answer that is always the same, in place of the model's: what serving costs by itself.

`python -m bench.serving.constant PORT`
"""

from __future__ import annotations

import sys

import numpy as np
from starlette.requests import Request

from newsreel.app import Serving
from newsreel.service.application import create_app
from newsreel.service.ports import listen
from newsreel.service.quick import QuickRoute
from newsreel.service.schemas import EmbeddingAnswer, EmbeddingsAnswer, EmbeddingsAsked, UsageAnswer
from newsreel.service.serving import Server
from newsreel.service.state import State
from newsreel.settings import Settings
from newsreel.telemetry import configure_logging

_DIMENSION = 384
_VECTOR = np.random.default_rng(0).standard_normal(_DIMENSION).astype(np.float32) / np.float32(_DIMENSION**0.5)
"""Its numbers are as long as a model's: they are written for each answer anew."""


async def constant(_request: Request, _asked: EmbeddingsAsked) -> EmbeddingsAnswer:
    answer = EmbeddingAnswer(index=0, embedding=_VECTOR)
    return EmbeddingsAnswer(data=[answer], model="constant", usage=UsageAnswer.of(8))


def main(port: int) -> None:
    configure_logging("info")  # as `newsreel serve` does
    settings = Settings()
    app = create_app(State(Serving(newsreel=None)), settings)
    app.router.routes.insert(0, QuickRoute("/v1/embeddings", constant, EmbeddingsAsked))
    Server(app, settings).run(sockets=[listen("127.0.0.1", port)])


if __name__ == "__main__":
    main(int(sys.argv[1]))
