"""Answers as bytes that another process, or another machine, can read; and what they are found under."""

from __future__ import annotations

import struct
from hashlib import blake2b
from typing import Any

import numpy as np
import orjson

from newsreel.core.entities import Entity
from newsreel.inference.memory import Key

__all__ = ["address", "pack", "unpack"]

_FORMAT = 1
"""One higher whenever bytes of before would be read wrongly."""

_NUMBERS, _NUMBER, _ENTITIES = b"n", b"1", b"e"
_KINDS = {"embed": _NUMBERS, "classify": _NUMBERS, "rerank": _NUMBER, "entities": _ENTITIES}


def address(key: Key) -> bytes:
    """What the answer to a key is found under: nothing of the text can be read off it."""
    task, fingerprint, over_length, text = key
    texts = text if isinstance(text, tuple) else (text,)
    digest = blake2b(digest_size=24)
    for part in (fingerprint, over_length, len(texts), *texts):
        written = str(part).encode("utf-8", "surrogatepass")
        digest.update(len(written).to_bytes(8, "big") + written)
    return f"newsreel:{_FORMAT}:{task}:{digest.hexdigest()}".encode()


def pack(answer: Any) -> bytes:
    """An array of float32, a number, or entities: of these their places, not their names."""
    if isinstance(answer, np.ndarray):
        return _NUMBERS + answer.astype("<f4").tobytes()
    if isinstance(answer, list):
        return _ENTITIES + orjson.dumps([[each.start, each.end, each.label, each.score] for each in answer])
    return _NUMBER + struct.pack("<d", answer)


def unpack(key: Key, packed: bytes) -> Any:
    """The answer to this key. Raises ValueError for what cannot be one."""
    kind, rest = packed[:1], packed[1:]
    if kind != _KINDS.get(str(key[0])):
        raise ValueError(f"an answer to {key[0]} is not packed as {kind!r}")
    if kind == _NUMBERS:
        return _finite(np.frombuffer(rest, "<f4").astype(np.float32))
    if kind == _NUMBER:
        (number,) = struct.unpack("<d", rest) if len(rest) == 8 else (np.nan,)
        return float(_finite(np.float64(number)))
    return _entities(orjson.loads(rest), str(key[3]))


def _finite(numbers: Any) -> Any:
    if not numbers.size or not np.isfinite(numbers).all():
        raise ValueError("there are no numbers, or such that are none")
    return numbers


def _entities(found: Any, text: str) -> list[Entity]:
    entities = []
    for each in found if isinstance(found, list) else [None]:
        match each:
            case [int(start), int(end), str(label), float(score)] if end <= len(text):
                entities.append(Entity(start, end, label, score))
            case _:
                raise ValueError("these are no entities of this text")
    return entities
