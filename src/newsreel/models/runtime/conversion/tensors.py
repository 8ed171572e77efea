"""The file or files that hold a published model's weights: what is in them, found without reading the numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError, safe_open

from newsreel.core.errors import ArtifactError
from newsreel.models.runtime.conversion.documents import read_object
from newsreel.models.runtime.files import inside, sha256_of

__all__ = ["Stored", "Weights", "find_weights"]

SINGLE, INDEX, PICKLE = "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin"
MAX_SHARDS = 1_000
MAX_TENSORS = 100_000

_FLOATS = {"F16", "F32", "F64", "BF16"}
_REMEDY = "fetch it anew"


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a tensor lies, and its shape."""

    file: Path
    shape: tuple[int, ...]
    is_float: bool


@dataclass(frozen=True, slots=True)
class Weights:
    """Files of weights, and their tensors by published name."""

    files: tuple[Path, ...]
    tensors: Mapping[str, Stored]

    @property
    def is_pickle(self) -> bool:
        """Whether it takes torch to read them."""
        return self.files[0].name == PICKLE

    def sha256(self) -> str:
        """The file's; of several, that of their names and checksums, a line each. Raises ArtifactError."""
        try:
            sums = [(file.name, sha256_of(file)) for file in self.files]
        except OSError as error:
            raise ArtifactError(f"the weights {error.filename} cannot be read ({error.strerror}): {_REMEDY}") from error
        if len(sums) == 1:
            return sums[0][1]
        return hashlib.sha256("".join(f"{found}  {name}\n" for name, found in sums).encode()).hexdigest()


def find_weights(folder: Path, pickle_sha256: str | None = None) -> Weights:
    """The weights in `folder`: safetensors, in one file or in shards.

    A pickle is read only where its checksum is the one that the caller trusts, and then as tensors only: reading one
    can run what its maker wrote into it. Raises ArtifactError.
    """
    if (folder / SINGLE).is_file():
        return Weights((folder / SINGLE,), _in_safetensors(folder / SINGLE))
    if (folder / INDEX).is_file():
        return _sharded(folder)
    if (folder / PICKLE).is_file():
        return _pickled(folder / PICKLE, pickle_sha256)
    raise ArtifactError(
        f"{folder} holds no weights: {SINGLE}, or {INDEX} with its shards, is expected. Weights for other frameworks "
        "are not read: convert them with transformers' save_pretrained"
    )


def _sharded(folder: Path) -> Weights:
    named = read_object(folder / INDEX).get("weight_map")
    if not isinstance(named, dict) or not named or not all(isinstance(file, str) for file in named.values()):
        raise ArtifactError(f"{folder / INDEX} does not say which shard holds what ('weight_map'): {_REMEDY}")
    shards = sorted(set(named.values()))
    if len(shards) > MAX_SHARDS:
        raise ArtifactError(f"{folder / INDEX} names {len(shards)} shards, at most {MAX_SHARDS} are read")
    tensors: dict[str, Stored] = {}
    for shard in shards:
        held = _in_safetensors(inside(folder, shard))
        wanted = {name for name, file in named.items() if file == shard}
        if lost := sorted(wanted - held.keys()):
            raise ArtifactError(f"{folder / shard} holds no '{lost[0]}', which {INDEX} says it does: {_REMEDY}")
        tensors |= {name: held[name] for name in wanted}
    return Weights(tuple(inside(folder, shard) for shard in shards), tensors)


def _in_safetensors(file: Path) -> dict[str, Stored]:
    try:
        with safe_open(file, framework="numpy") as opened:
            names = list(opened.keys())
            if len(names) > MAX_TENSORS:
                raise ArtifactError(f"{file} holds {len(names)} tensors, at most {MAX_TENSORS} are read")
            slices = {name: opened.get_slice(name) for name in names}
            return {n: Stored(file, tuple(s.get_shape()), s.get_dtype() in _FLOATS) for n, s in slices.items()}
    except FileNotFoundError as error:
        raise ArtifactError(f"the weights {file} are not there: {_REMEDY}") from error
    except (OSError, SafetensorError) as error:
        raise ArtifactError(f"the weights {file} are damaged ({str(error)[:80]}): {_REMEDY}") from error


def _pickled(file: Path, trusted: str | None) -> Weights:
    weights = Weights((file,), {})
    if trusted is None:
        raise ArtifactError(
            f"the weights {file} are a pickle, which can run code when it is read: convert to safetensors "
            "(transformers' save_pretrained), or give the sha256 that its publisher names"
        )
    if (found := weights.sha256()) != trusted.lower():
        raise ArtifactError(f"{file} has sha256 {found}, the one to be trusted is {trusted}: {_REMEDY}")
    from newsreel.models.runtime.conversion.pickles import load_pickle  # torch, which safetensors do without

    held = load_pickle(file, "meta")
    return Weights((file,), {n: Stored(file, tuple(t.shape), t.is_floating_point()) for n, t in held.items()})
