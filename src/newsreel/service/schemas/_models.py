"""What models are asked, and what they answer, as JSON: as the clients of OpenAI, Cohere, Jina and TEI know it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, WithJsonSchema, model_validator

from newsreel.core.protocols import OverLength, Unsplit
from newsreel.service.schemas._base import Answer, one_of

__all__ = [
    "SPLIT",
    "ClassifiedAnswer",
    "ClassifyAnswer",
    "ClassifyAsked",
    "Document",
    "EmbeddingAnswer",
    "EmbeddingsAnswer",
    "EmbeddingsAsked",
    "LabelAnswer",
    "ModelAnswer",
    "ModelName",
    "ModelsAnswer",
    "RankAnswer",
    "RerankAnswer",
    "RerankAsked",
    "ScoreAnswer",
    "Task",
    "UsageAnswer",
]

MOST_INPUTS = 2_048
MOST_CHARACTERS = 1_000_000

_NUMBERS = {"type": "array", "items": {"type": "number"}}
_Vector = Annotated[Any, WithJsonSchema({"anyOf": [_NUMBERS, {"type": "string", "contentEncoding": "base64"}]})]
"""An array of float32, or a text: a list of numbers would be made and checked one by one."""

_BOUNDS = f"At most {MOST_INPUTS:,}, together at most {MOST_CHARACTERS:,} characters."


def _listed(given: object) -> object:
    """One text as several; token ids are told apart from what is merely wrong."""
    if isinstance(given, str):
        return [given]
    if isinstance(given, list) and given and isinstance(given[0], int | list):
        raise ValueError(
            "token ids are another model's, this one reads text: send strings "
            "(with LangChain's OpenAIEmbeddings, check_embedding_ctx_length=False)"
        )
    return given


def _within_bounds(texts: list[str]) -> list[str]:
    if sum(map(len, texts)) > MOST_CHARACTERS:
        raise ValueError(f"the texts have more than {MOST_CHARACTERS:,} characters together: send fewer at once")
    return texts


_Texts = Annotated[
    list[str],
    BeforeValidator(_listed, json_schema_input_type=str | list[str]),
    Field(min_length=1, max_length=MOST_INPUTS),
    AfterValidator(_within_bounds),
]
"""One text or several; always several once it is read."""

Task = Literal["embed", "entities", "rerank", "classify"]

ModelName = Annotated[
    str | None,
    Field(max_length=200, description="The model that is served, or nothing; any other answers 404.", examples=[None]),
]

SPLIT = (
    "What becomes of a text that is longer than the model reads: only its beginning counts (`truncate`), the request "
    "is refused (`error`), or it is read in parts whose results are put together (`split`)."
)
_UNSPLIT = (
    "What becomes of a text that is longer than the model reads: only its beginning counts (`truncate`), or the "
    "request is refused (`error`)."
)


class UsageAnswer(Answer):
    """What was read."""

    prompt_tokens: int = Field(
        description="About how many tokens, one for every four characters: what may wait is counted like that."
    )
    total_tokens: int = Field(description="The same.")

    @classmethod
    def of(cls, tokens: int) -> UsageAnswer:
        """So many tokens as this answer."""
        return cls(prompt_tokens=tokens, total_tokens=tokens)


class EmbeddingsAsked(Answer):
    """Texts to embed, as OpenAI's clients ask; what else they send (`user`) is ignored."""

    input: _Texts = Field(description=f"A text, or several. {_BOUNDS} No token ids.", examples=["rail strike"])
    model: ModelName = None
    encoding_format: Literal["float", "base64"] = Field(
        default="float", description="How a vector is written: as numbers, or the base64 of its little-endian float32."
    )
    dimensions: int | None = Field(
        default=None,
        ge=1,
        description="So many of a vector's first numbers, scaled to length 1 again where the model's vectors have it. "
        "Little is lost where the model was trained for it (Matryoshka).",
    )
    over_length: OverLength = Field(default="truncate", description=SPLIT)


class EmbeddingAnswer(Answer):
    """A text's vector."""

    object: Literal["embedding"] = "embedding"
    index: int = Field(description="Of the text in `input`, from 0.")
    embedding: _Vector = Field(description="As `encoding_format` has it.")


class EmbeddingsAnswer(Answer):
    """The vector of each text, in the order given."""

    object: Literal["list"] = "list"
    data: list[EmbeddingAnswer]
    model: str = Field(examples=["all-MiniLM-L6-v2"])
    usage: UsageAnswer


class Document(Answer):
    """A document that has a text."""

    text: str


class RerankAsked(Answer):
    """A query, and what it puts in order: as Cohere's and Jina's clients ask (`documents`), or TEI's (`texts`)."""

    model_config = one_of(documents="array", texts="array")

    query: str = Field(examples=["who was rescued from the ship"])
    documents: list[str | Document] | None = Field(
        default=None,
        min_length=1,
        max_length=MOST_INPUTS,
        description=f"Texts, or objects with a `text`. {_BOUNDS[:-1]}, where the query counts with each.",
    )
    texts: list[str] | None = Field(
        default=None,
        min_length=1,
        max_length=MOST_INPUTS,
        description="The same, and the answer is TEI's: a list of `index` and `score`. Give one of the two.",
    )
    top_n: int | None = Field(default=None, ge=1, description="Only the best so many.")
    return_documents: bool = Field(
        default=False,
        validation_alias=AliasChoices("return_documents", "return_text"),
        description="Whether the answer has the texts, too. `return_text` is TEI's word for it.",
    )
    raw_scores: bool = Field(
        default=False, description="TEI's: scores before they become probabilities; refused where the model has none."
    )
    model: ModelName = None
    over_length: Unsplit = Field(default="truncate", description=f"{_UNSPLIT} Of the longer one of query and text.")

    @model_validator(mode="after")
    def _one_of_them(self) -> RerankAsked:
        if (self.documents is None) == (self.texts is None):
            raise ValueError("give 'documents' or 'texts'")
        passages = self.passages
        if len(self.query) * len(passages) + sum(map(len, passages)) > MOST_CHARACTERS:
            raise ValueError(
                f"query and text have more than {MOST_CHARACTERS:,} characters, over all texts: send fewer at once"
            )
        return self

    @property
    def passages(self) -> list[str]:
        """The texts, however they were given."""
        return [each if isinstance(each, str) else each.text for each in self.texts or self.documents or ()]


class RankAnswer(Answer):
    """How well a document answers the query."""

    index: int = Field(description="Of the document in `documents`, from 0.")
    relevance_score: float = Field(description="Higher is better.")
    document: Document | None = Field(default=None, description="Null unless `return_documents` asks for it.")


class RerankAnswer(Answer):
    """Documents, the best first."""

    results: list[RankAnswer]
    model: str
    usage: UsageAnswer


class ScoreAnswer(Answer):
    """How well a text answers the query, as TEI says it."""

    index: int = Field(description="Of the text in `texts`, from 0.")
    score: float = Field(description="Higher is better.")
    text: str | None = Field(default=None, description="Null unless `return_text` asks for it.")


class ClassifyAsked(Answer):
    """Texts to sort."""

    inputs: _Texts = Field(description=f"A text, or several. {_BOUNDS}", examples=["the match ended in a draw"])
    model: ModelName = None
    over_length: Unsplit = Field(default="truncate", description=_UNSPLIT)


class LabelAnswer(Answer):
    """How well a label fits."""

    label: str = Field(examples=["sport"])
    score: float = Field(description="A probability: of all labels 1 together, or each by itself, as the model has it.")


class ClassifiedAnswer(Answer):
    """A text's labels, the likeliest first."""

    labels: list[LabelAnswer]


class ClassifyAnswer(Answer):
    """The labels of each text, in the order given."""

    results: list[ClassifiedAnswer]
    model: str
    usage: UsageAnswer


class ModelAnswer(Answer):
    """A model that is served."""

    id: str = Field(description="What `model` of a request may say.", examples=["all-MiniLM-L6-v2"])
    object: Literal["model"] = "model"
    created: int = Field(default=0, description="Always 0: `fingerprint` tells one build from another.")
    owned_by: Literal["newsreel"] = "newsreel"
    task: Task
    fingerprint: str = Field(description="Another one whenever an answer could be.")
    max_tokens: int = Field(description="What is read at once, special tokens included.")
    dimension: int | None = Field(default=None, description="Of a vector.")
    labels: list[str] | None = Field(default=None, description="Of entities as the model tags words, or of texts.")


class ModelsAnswer(Answer):
    """All models that are served."""

    object: Literal["list"] = "list"
    data: list[ModelAnswer]
