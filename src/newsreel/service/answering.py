"""What is asked of the models, answered: names are checked, answers are put into shape. Nothing here knows of HTTP."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from typing import cast

import numpy as np
from starlette.concurrency import run_in_threadpool

from newsreel.core.errors import NotFoundError, UnknownModelError, UsageError
from newsreel.inference.load import about_tokens
from newsreel.models.classifier import SequenceClassifier
from newsreel.models.embedder import TextEmbedder
from newsreel.models.entities import TokenClassifier
from newsreel.models.reranker import CrossEncoder
from newsreel.models.runtime.sessions import Output
from newsreel.models.runtime.tokens import Input
from newsreel.service.schemas import (
    ClassifiedAnswer,
    ClassifyAnswer,
    ClassifyAsked,
    Document,
    EmbeddingAnswer,
    EmbeddingsAnswer,
    EmbeddingsAsked,
    LabelAnswer,
    RankAnswer,
    RerankAnswer,
    RerankAsked,
    ScoreAnswer,
    TextsAnswer,
    TextsAsked,
    UsageAnswer,
)
from newsreel.service.state import State

__all__ = ["classify", "embeddings", "entities", "rerank"]


async def embeddings(state: State, asked: EmbeddingsAsked) -> EmbeddingsAnswer:
    """A vector of each text. Raises NewsreelError, as all of these do."""
    answers = state.inference.embed
    card = cast(TextEmbedder, answers.model).card
    _check_name(asked.model, card.name)
    if asked.dimensions is not None and asked.dimensions > card.dimension:
        raise UsageError(f"'dimensions' is {asked.dimensions}, and a vector of {card.name} has only {card.dimension}")
    found: Iterable[Output] = await answers.ask(asked.input, asked.over_length)
    if asked.dimensions is not None:
        found = [_cut(vector, asked.dimensions, scaled=card.normalise) for vector in found]
    written: Iterable[Output | str] = map(_in_base64, found) if asked.encoding_format == "base64" else found
    return EmbeddingsAnswer(
        data=[EmbeddingAnswer(index=index, embedding=vector) for index, vector in enumerate(written)],
        model=card.name,
        usage=_usage(asked.input),
    )


async def rerank(state: State, asked: RerankAsked) -> RerankAnswer | list[ScoreAnswer]:
    """Passages by how well they answer the query, the best first; those that do alike in the order given.

    In TEI's shape where `texts` were given, as its clients do.
    """
    answers = state.inference.rerank
    card = cast(CrossEncoder, answers.model).card
    _check_name(asked.model, card.name)
    if asked.raw_scores and card.scores != "identity":
        raise UsageError(f"{card.name} gives probabilities alone: leave 'raw_scores' out, the order is the same")
    passages = asked.passages
    pairs = [(asked.query, passage) for passage in passages]
    scores = await answers.ask(pairs, asked.over_length)
    best = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)[: asked.top_n]
    shown = {index: passages[index] for index in best} if asked.return_documents else {}
    if asked.texts is not None:
        return [ScoreAnswer(index=index, score=scores[index], text=shown.get(index)) for index in best]
    return RerankAnswer(
        results=[
            RankAnswer(
                index=index,
                relevance_score=scores[index],
                document=Document(text=shown[index]) if shown else None,
            )
            for index in best
        ],
        model=card.name,
        usage=_usage(pairs),
    )


async def classify(state: State, asked: ClassifyAsked) -> ClassifyAnswer:
    """How well each label fits each text, the likeliest first."""
    answers = state.inference.classify
    card = cast(SequenceClassifier, answers.model).card
    _check_name(asked.model, card.name)
    found = await answers.ask(asked.inputs, asked.over_length)
    results = [ClassifiedAnswer(labels=_labels(card.labels, row)) for row in found]
    return ClassifyAnswer(results=results, model=card.name, usage=_usage(asked.inputs))


async def entities(state: State, asked: TextsAsked) -> TextsAnswer:
    """The names in each text, written as they may be told."""
    answers = state.inference.entities
    _check_name(asked.model, cast(TokenClassifier, answers.model).card.name)
    texts = asked.all
    found = await answers.ask(texts, asked.over_length)
    return TextsAnswer.of(texts, found, await _namer(state))


async def _namer(state: State) -> Callable[[str, str], str]:
    """How a name with a label is written: where there is an archive, as its editor wants it, too."""
    try:
        exports = state.newsreel.exports
    except NotFoundError:
        return state.personal_data.said
    return await run_in_threadpool(exports.namer)  # it may read the editor's file and the archive


def _check_name(asked: str | None, served: str) -> None:
    if asked is not None and asked != served:
        raise UnknownModelError(asked, served)


def _cut(vector: Output, dimensions: int, *, scaled: bool) -> Output:
    """The beginning of a vector, of length 1 again where the whole is."""
    begun = vector[:dimensions]
    length = float(np.linalg.norm(begun)) if scaled else 1.0
    return begun / np.float32(length) if length else begun


def _in_base64(vector: Output) -> str:
    return b64encode(vector.astype("<f4", copy=False).tobytes()).decode("ascii")


def _labels(names: Sequence[str], probabilities: Output) -> list[LabelAnswer]:
    labels = [LabelAnswer(label=name, score=p) for name, p in zip(names, probabilities.tolist(), strict=True)]
    return sorted(labels, key=lambda label: label.score, reverse=True)


def _usage(inputs: Sequence[Input]) -> UsageAnswer:
    return UsageAnswer.of(sum(map(about_tokens, inputs)))
