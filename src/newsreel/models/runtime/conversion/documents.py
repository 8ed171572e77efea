"""The JSON files of a published model, read with suspicion."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from newsreel.core.errors import ArtifactError

__all__ = ["read_list", "read_object", "whole_number"]

MAX_BYTES = 32 << 20
"""The index of a model in hundreds of shards has a few hundred kilobytes."""


def read_object(path: Path) -> Mapping[str, Any]:
    """A file that holds one JSON object. Raises ArtifactError."""
    found = _read(path)
    if not isinstance(found, dict):
        raise ArtifactError(f"{path} holds no JSON object: fetch the model anew")
    return found


def read_list(path: Path) -> list[Mapping[str, Any]]:
    """A file that holds a JSON list of objects. Raises ArtifactError."""
    found = _read(path)
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise ArtifactError(f"{path} holds no JSON list of objects: fetch the model anew")
    return found


def whole_number(path: Path, content: Mapping[str, Any], key: str, bounds: tuple[int, int], default: int | None) -> int:
    """`content[key]` of the file `path`, a whole number within `bounds`, both included. Raises ArtifactError."""
    found = content.get(key)
    found = default if found is None else found
    low, high = bounds
    if found is None:
        raise ArtifactError(f"{path} says no '{key}': it is not the configuration of an encoder, or is not whole")
    if not isinstance(found, int) or isinstance(found, bool) or not low <= found <= high:
        raise ArtifactError(
            f"{path} says '{key}' is {str(found)[:40]}: a whole number from {low} to {high} is expected"
        )
    return found


def _read(path: Path) -> Any:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ArtifactError(f"{path} has more than {MAX_BYTES >> 20} MiB, which no such file has")
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ArtifactError(f"{path} cannot be read ({error.strerror}): fetch the model anew") from error
    except (ValueError, RecursionError) as error:
        raise ArtifactError(f"{path} is not JSON ({str(error)[:80]}): fetch the model anew") from error
