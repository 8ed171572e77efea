"""The JSON answers, as documented in `/openapi.json`. A server's own paths are not among their fields."""

from newsreel.service.schemas._base import ErrorAnswer, StatusAnswer, errors_documented
from newsreel.service.schemas._entities import NamesAnswer, ProfileAnswer, TextsAnswer, TextsAsked
from newsreel.service.schemas._film import FilmAnswer, ShotAnswer
from newsreel.service.schemas._item import ItemAnswer
from newsreel.service.schemas._live import GoneAnswer, LiveShotAnswer, LiveStateAnswer
from newsreel.service.schemas._models import (
    ClassifiedAnswer,
    ClassifyAnswer,
    ClassifyAsked,
    Document,
    EmbeddingAnswer,
    EmbeddingsAnswer,
    EmbeddingsAsked,
    LabelAnswer,
    ModelAnswer,
    ModelsAnswer,
    RankAnswer,
    RerankAnswer,
    RerankAsked,
    ScoreAnswer,
    Task,
    UsageAnswer,
)
from newsreel.service.schemas._search import SearchAnswer

__all__ = [
    "ClassifiedAnswer",
    "ClassifyAnswer",
    "ClassifyAsked",
    "Document",
    "EmbeddingAnswer",
    "EmbeddingsAnswer",
    "EmbeddingsAsked",
    "ErrorAnswer",
    "FilmAnswer",
    "GoneAnswer",
    "ItemAnswer",
    "LabelAnswer",
    "LiveShotAnswer",
    "LiveStateAnswer",
    "ModelAnswer",
    "ModelsAnswer",
    "NamesAnswer",
    "ProfileAnswer",
    "RankAnswer",
    "RerankAnswer",
    "RerankAsked",
    "ScoreAnswer",
    "SearchAnswer",
    "ShotAnswer",
    "StatusAnswer",
    "Task",
    "TextsAnswer",
    "TextsAsked",
    "UsageAnswer",
    "errors_documented",
]
