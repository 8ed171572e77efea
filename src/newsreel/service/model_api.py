"""The JSON routes of models: embeddings, reranking, classification, entities, and which models there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi import Path as PathParameter
from pydantic import BaseModel

from newsreel.core.errors import NotFoundError
from newsreel.inference import Models
from newsreel.models.classifier import SequenceClassifier
from newsreel.models.embedder import TextEmbedder
from newsreel.models.entities import TokenClassifier
from newsreel.models.reranker import CrossEncoder
from newsreel.service import answering
from newsreel.service.asked import Asking
from newsreel.service.deadlines import documented
from newsreel.service.quick import Endpoint, QuickRoute
from newsreel.service.schemas import (
    ClassifyAnswer,
    ClassifyAsked,
    EmbeddingsAnswer,
    EmbeddingsAsked,
    ModelAnswer,
    ModelsAnswer,
    RerankAnswer,
    RerankAsked,
    ScoreAnswer,
    Task,
    TextsAnswer,
    TextsAsked,
    errors_documented,
)
from newsreel.service.state import State

__all__ = ["quick_routes", "router"]

router = APIRouter(prefix="/v1/models", tags=["models"])

_ERRORS = errors_documented(400, 404, 413, 415, 422, 429, 500, 503, 504)


@router.get("", summary="Which models are served", responses=errors_documented(404, 500, 503))
def models(inference: Asking) -> ModelsAnswer:
    """One a task at most. None is loaded because somebody asks for it."""
    return ModelsAnswer(data=list(_listed(inference.models)))


@router.get("/{name:path}", summary="One of them", responses=errors_documented(404, 500, 503))
def model(inference: Asking, name: Annotated[str, PathParameter(examples=["all-MiniLM-L6-v2"])]) -> ModelAnswer:
    """A model by its name."""
    served = {each.id: each for each in _listed(inference.models)}
    if name not in served:
        raise NotFoundError(f"no model '{name}' is served here, only {', '.join(served)}")
    return served[name]


async def embeddings(request: Request, asked: EmbeddingsAsked) -> EmbeddingsAnswer:
    """A vector of each text, as OpenAI's clients ask for them. It does not depend on the texts beside it.

    Texts that were asked before are answered from memory.
    """
    return await answering.embeddings(_state(request), asked)


async def rerank(request: Request, asked: RerankAsked) -> RerankAnswer | list[ScoreAnswer]:
    """How well each document answers the query, the best first, as clients of Cohere, Jina and TEI ask for it."""
    return await answering.rerank(_state(request), asked)


async def classify(request: Request, asked: ClassifyAsked) -> ClassifyAnswer:
    """How well each label fits each text, the likeliest first."""
    return await answering.classify(_state(request), asked)


async def entities(request: Request, asked: TextsAsked) -> TextsAnswer:
    """People, organisations, places and other names; where an archive is served, by the model it was indexed with."""
    return await answering.entities(_state(request), asked)


def quick_routes() -> list[QuickRoute]:
    """The routes that models answer, for one application."""
    return [
        _route("/v1/embeddings", embeddings, EmbeddingsAsked, "Embed texts"),
        _route("/v1/rerank", rerank, RerankAsked, "Put documents in order by a query"),
        _route("/v1/classify", classify, ClassifyAsked, "Sort texts"),
        _route("/v1/entities", entities, TextsAsked, "Find entities in texts"),
    ]


def _route(path: str, endpoint: Endpoint, body: type[BaseModel], summary: str) -> QuickRoute:
    return QuickRoute(
        path,
        endpoint,
        body,
        summary=summary,
        tags=["models"],
        responses=_ERRORS,
        openapi_extra={"parameters": documented()},
    )


def _state(request: Request) -> State:
    state: State = request.app.state.served
    return state


def _listed(models: Models) -> Iterator[ModelAnswer]:
    if models.embedder:
        yield _told("embed", models.embedder, dimension=models.embedder.dimension)
    if models.entities:
        yield _told("entities", models.entities, labels=list(models.entities.card.labels))
    if models.reranker:
        yield _told("rerank", models.reranker)
    if models.classifier:
        yield _told("classify", models.classifier, labels=list(models.classifier.labels))


def _told(
    task: Task, model: TextEmbedder | TokenClassifier | CrossEncoder | SequenceClassifier, **more: Any
) -> ModelAnswer:
    return ModelAnswer(
        id=model.card.name, task=task, fingerprint=model.fingerprint, max_tokens=model.max_tokens, **more
    )
