"""A model in a bucket that speaks S3, found as its tools find it: by the usual AWS_ variables and files."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyarrow import fs

from newsreel.core.errors import ArtifactError, UsageError
from newsreel.models.runtime.sources.mirror import MODULE, Remote, mirror, unreachable, useful
from newsreel.models.runtime.sources.source import Report, Source

__all__ = ["from_bucket"]

_SOURCE = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:/[^/]+)+)/?")
_CHUNK_BYTES = 8_000_000
_CONNECT_S, _REQUEST_S = 5, 60
_SECOND_NS = 1_000_000_000
"""Some servers tell fractions of a second of a file in a listing that they do not tell of the file alone."""

_TROUBLE = {
    "ACCESS_DENIED": "may not be read: check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the bucket's policy",
    "INVALID_ACCESS_KEY_ID": "may not be read: AWS_ACCESS_KEY_ID is not known there",
    "SIGNATURE_DOES_NOT_MATCH": "may not be read: AWS_SECRET_ACCESS_KEY is not that of AWS_ACCESS_KEY_ID",
    "NO_SUCH_BUCKET": "is in a bucket that does not exist: check its name and AWS_ENDPOINT_URL",
    "HTTP status 301": "is in another region: set AWS_REGION",
    "HTTP status 416": "changed while it was fetched: run the same command again",
}


def from_bucket(source: str, cache: Path, report: Report) -> Source:
    """A copy of the folder `s3://bucket/prefix`; another one when a file there has changed. Raises ArtifactError."""
    asked = _SOURCE.fullmatch(source)
    if asked is None or {".", ".."} & set(source.split("/")):
        raise UsageError(f"'{source}' names no folder in a bucket: write s3://bucket/prefix")
    home = cache / f"{asked[1]}-{hashlib.sha256(source.encode()).hexdigest()[:12]}"
    bucket = _Bucket(asked[1] + asked[2])
    try:
        found = bucket.files()
        files = [Remote(name, found[name].size) for name in useful(source, list(found))]
        seen = repr([(file, found[file.name].mtime_ns) for file in files])
        place = home / hashlib.sha256(seen.encode()).hexdigest()[:16]

        def copy(file: Remote, scratch: Path, arrived: Callable[[int], None]) -> Path:
            return bucket.copy(found[file.name], scratch / "file", arrived)

        return Source(mirror(source, place, files, copy, report), source)
    except FileNotFoundError as error:
        raise ArtifactError(f"there is no folder {source}: check the prefix") from error
    except OSError as error:
        raise _explained(source, error, home) from error


def _explained(source: str, error: OSError, home: Path) -> ArtifactError | OSError:
    text = str(error)
    if "AWS Error" not in text:  # this machine's own: the disk
        return error
    for mark, trouble in _TROUBLE.items():
        if mark in text:
            return ArtifactError(f"{source} {trouble}")
    return unreachable(source, text.partition("AWS Error ")[2], home)


class _Bucket:
    def __init__(self, folder: str) -> None:
        endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
        self._files = fs.S3FileSystem(
            endpoint_override=endpoint or None, connect_timeout=_CONNECT_S, request_timeout=_REQUEST_S
        )
        self._folder = folder

    def files(self) -> dict[str, Any]:
        """What lies in the folder and in its modules, by name. Other folders in it are not looked into."""
        found = self._listed(self._folder)
        for folder in [info for info in found if info.type == fs.FileType.Directory]:
            if MODULE.fullmatch(folder.base_name):
                found += self._listed(folder.path)
        return {info.path[len(self._folder) + 1 :]: info for info in found if info.type == fs.FileType.File}

    def _listed(self, folder: str) -> list[Any]:
        return list(self._files.get_file_info(fs.FileSelector(folder)))

    def copy(self, seen: Any, path: Path, arrived: Callable[[int], None]) -> Path:
        with self._files.open_input_stream(seen.path) as stream, path.open("wb") as file:
            while chunk := stream.read(_CHUNK_BYTES):
                file.write(chunk)
                arrived(len(chunk))
        now = self._files.get_file_info(seen.path)
        if (now.size, now.mtime_ns // _SECOND_NS) != (seen.size, seen.mtime_ns // _SECOND_NS):
            raise ArtifactError(f"s3://{seen.path} changed while it was fetched: run the same command again")
        return path
