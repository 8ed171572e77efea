"""What every JSON answer is made of, and the shape of every error."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from newsreel.core.times import NS_PER_S, format_ns

__all__ = ["Answer", "ErrorAnswer", "Moment", "Seconds", "StatusAnswer", "errors_documented", "in_seconds", "moment"]

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


class ErrorDetail(Answer):
    """What went wrong."""

    type: str = Field(description="The error's class; stable.", examples=["NotFoundError"])
    message: str = Field(description="For a person to read; may change.")


class ErrorAnswer(Answer):
    """The shape of every error."""

    error: ErrorDetail


class StatusAnswer(Answer):
    """A probe's answer."""

    status: str = Field(examples=["ok"])


_SAID = {
    400: "The search makes no sense.",
    404: "No such item, also one under embargo, or killed; or nothing that a visible item names.",
    413: "The body is too large.",
    416: "Nothing of the file lies in the range that was asked for.",
    422: "A parameter is not of its type.",
    500: "A failure of the service.",
    503: "The archive cannot answer at the moment.",
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
