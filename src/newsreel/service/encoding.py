"""Answers as bytes of JSON."""

from __future__ import annotations

import orjson

from newsreel import telemetry

__all__ = ["encoded"]


def encoded(answer: object) -> bytes:
    """An answer, or a list of them. Arrays are written as lists of numbers, a float32 as briefly as it can be told."""
    with telemetry.phase("encode"):
        return orjson.dumps(answer, default=vars, option=orjson.OPT_SERIALIZE_NUMPY)
