"""Artifacts that a cloud brings: SageMaker unpacks them into a folder, Vertex AI says in what bucket they lie.

They go before those that the image has. Where a cloud brings none the image's are served.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyarrow import fs

from newsreel import telemetry
from newsreel.core.errors import ArtifactError
from newsreel.models.runtime.artifact import names
from newsreel.models.runtime.sources.mirror import Remote, mirror
from newsreel.settings import Settings

__all__ = ["with_artifacts"]

_UNPACKED = "/opt/ml/model"
_RETRY_S = 60
_CHUNK_BYTES = 8_000_000
_LAYOUT = "a folder for each artifact, named as it is, as in NEWSREEL_ARTIFACTS"


def with_artifacts(settings: Settings) -> Settings:
    """The settings, with the artifacts that the cloud brings; it may have to fetch them. Raises ArtifactError."""
    folder = {"none": _nothing, "sagemaker": _unpacked, "vertex": _fetched}[settings.cloud]()
    return settings if folder is None else settings.model_copy(update={"artifacts": folder})


def _nothing() -> None:
    return None


def _unpacked() -> Path | None:
    folder = Path(os.environ.get("SM_MODEL_DIR") or _UNPACKED)
    if not folder.is_dir() or not any(folder.iterdir()):
        return None
    return _holding(folder, f"the model data in {folder}", "tar --directory ARTIFACTS -czf model.tar.gz .")


def _fetched() -> Path | None:
    address = os.environ.get("AIP_STORAGE_URI")
    if not address:
        return None
    if not address.startswith("gs://"):
        raise ArtifactError(f"AIP_STORAGE_URI is {address!r}, and begins with gs:// where Vertex AI sets it")
    try:
        return _holding(_mirrored(address), address, "gcloud storage cp --recursive ARTIFACTS/* gs://BUCKET/FOLDER/")
    except OSError as error:
        raise ArtifactError(f"{address} cannot be fetched ({error}): may the container's account read it?") from error


def _mirrored(address: str) -> Path:
    """What lies there never changes, so that it is fetched once, whichever process comes first."""
    limited = address if "?" in address else f"{address}?retry_limit_seconds={_RETRY_S}"
    files, folder = fs.FileSystem.from_uri(limited)
    folder = folder.rstrip("/")
    found = files.get_file_info(fs.FileSelector(folder, recursive=True))
    named = [(each.path[len(folder) + 1 :], each) for each in found if each.type == fs.FileType.File]
    remote = [Remote(name, each.size) for name, each in named if name.count("/") == 1]

    def copy(file: Remote, scratch: Path, arrived: Callable[[int], None]) -> Path:
        return _copied(files, f"{folder}/{file.name}", scratch / "file", arrived)

    place = _own_folder() / hashlib.sha256(address.encode()).hexdigest()[:16]
    telemetry.log("fetching", files=len(remote), bytes=sum(file.size for file in remote))
    return mirror(address, place, remote, copy, lambda _: None)


def _copied(files: Any, name: str, path: Path, arrived: Callable[[int], None]) -> Path:
    with files.open_input_stream(name) as stream, path.open("wb") as file:
        while chunk := stream.read(_CHUNK_BYTES):
            file.write(chunk)
            arrived(len(chunk))
    return path


def _own_folder() -> Path:
    """A folder that nobody else has had a hand in; an image's own may be all that can be written to besides."""
    folder = Path(tempfile.gettempdir()) / f"newsreel-artifacts-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    there = folder.lstat()
    if there.st_uid != os.getuid() or there.st_mode & 0o077:
        raise ArtifactError(f"{folder} is open to others: remove it, or set TMPDIR")
    return folder


def _holding(folder: Path, told: str, how: str) -> Path:
    if not names(folder):
        raise ArtifactError(f"{told} holds no artifact: it is to have {_LAYOUT} ({how})")
    return folder
