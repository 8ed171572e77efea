"""What every JSON answer is made of, and the shape of every error."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from newsreel.core.times import NS_PER_S, format_ns

__all__ = [
    "Answer",
    "ErrorAnswer",
    "Moment",
    "Seconds",
    "StatusAnswer",
    "errors_documented",
    "in_seconds",
    "moment",
    "one_of",
]

Moment = Annotated[
    str,
    Field(
        description="ISO 8601, UTC, to the second.",
        examples=["2026-01-31T10:15:00Z"],
        json_schema_extra={"format": "date-time"},
    ),
]

Seconds = Annotated[float, Field(description="Seconds from the film's beginning.", examples=[12.48])]


class Answer(BaseModel):
    """An answer, or a part of one."""

    model_config = ConfigDict(frozen=True)


def one_of(**types: str) -> ConfigDict:
    """For a body in which just one of these fields is given, of this JSON type: what a schema says of it."""
    ways: list[JsonValue] = [
        {"required": [name], "properties": {each: {"type": types[each] if each == name else "null"} for each in types}}
        for name in types
    ]
    return ConfigDict(json_schema_extra={"oneOf": ways})


class ErrorDetail(Answer):
    """What went wrong."""

    type: str = Field(description="The error's class; stable.", examples=["NotFoundError"])
    code: str = Field(description="The same as OpenAI says it, where it does; stable.", examples=["model_not_found"])
    message: str = Field(description="For a person to read; may change.")


class ErrorAnswer(Answer):
    """The shape of every error."""

    error: ErrorDetail


class StatusAnswer(Answer):
    """A probe's answer."""

    status: str = Field(examples=["ok"])


_SAID = {
    400: "What is asked for makes no sense, or does not fit the model.",
    404: "No such item, also one under embargo, or killed; or nothing that a visible item names; "
    "or no such model is served.",
    413: "The body is too large.",
    415: "The body does not call itself JSON.",
    416: "Nothing of the file lies in the range that was asked for.",
    422: "A parameter is not of its type.",
    429: "Too much waits already: `Retry-After` says when to come again.",
    500: "A failure of the service.",
    503: "The archive or the models cannot answer at the moment.",
    504: "There was no answer by when the request wants it.",
}


def errors_documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route says of its errors in `/openapi.json`."""
    return {status: {"model": ErrorAnswer, "description": _SAID[status]} for status in statuses}


def moment(moment_ns: int | None) -> str | None:
    """A moment of the calendar, as an answer says it."""
    return None if moment_ns is None else format_ns(moment_ns)


def in_seconds(moment_ns: int) -> float:
    """A moment of a film, as an answer says it."""
    return moment_ns / NS_PER_S
