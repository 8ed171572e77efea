"""A model on a Hugging Face hub, pinned to a commit. Needs the build extra."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsreel.core.errors import ArtifactError, UsageError
from newsreel.models.runtime.files import folder_name
from newsreel.models.runtime.sources.mirror import Remote, mirror, unreachable, useful
from newsreel.models.runtime.sources.source import Report, Source
from newsreel.models.runtime.weights import REMEDY

if TYPE_CHECKING:
    from huggingface_hub import HfApi

__all__ = ["from_hub"]

_SOURCE = re.compile(r"hf:(\w[\w.-]*(?:/\w[\w.-]*)?)(?:@([\w./+-]+))?", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}")
_ANSWER_S = 10


def from_hub(source: str, cache: Path, report: Report) -> Source:
    """A copy of `hf:owner/name@revision`; without a revision, of what main is now. HF_ENDPOINT and HF_TOKEN count.

    A whole commit that was fetched before is not asked for again. Raises ArtifactError.
    """
    asked = _SOURCE.fullmatch(source)
    if asked is None:
        raise UsageError(f"'{source}' names no model on a hub: write hf:owner/name or hf:owner/name@revision")
    repository, revision = asked[1], asked[2]
    home = cache / folder_name(repository)
    if revision and _COMMIT.fullmatch(revision) and (home / revision).is_dir():
        return Source(home / revision, source, revision)
    try:
        from huggingface_hub import HfApi, errors
        from huggingface_hub.errors import HTTPError  # type: ignore[attr-defined] # of whichever client the hub's is
    except ImportError as error:
        raise ArtifactError(f"{error.name} is not installed: {REMEDY}") from error
    hub = HfApi(endpoint=os.environ.get("HF_ENDPOINT") or None)
    try:
        commit, files = _listed(hub, source, repository, revision)
        folder = mirror(source, home / commit, files, _copier(hub, repository, commit), report)
    except (HTTPError, errors.EntryNotFoundError, errors.OfflineModeIsEnabled) as error:
        raise _explained(source, revision, error, home, hub.endpoint) from error
    return Source(folder, f"hf:{repository}@{commit}", commit)


def _listed(hub: HfApi, source: str, repository: str, revision: str | None) -> tuple[str, list[Remote]]:
    """The commit that `revision` is now, and its useful files."""
    try:
        told = hub.model_info(repository, revision=revision, files_metadata=True, timeout=_ANSWER_S)
        found = {sibling.rfilename: sibling for sibling in told.siblings or ()}
        names = useful(source, list(found))
        files = [Remote(n, int(found[n].size or 0), lfs.sha256 if (lfs := found[n].lfs) else None) for n in names]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ArtifactError(f"{hub.endpoint} does not answer as a hub does for {source}: check HF_ENDPOINT") from error
    if not _COMMIT.fullmatch(told.sha or ""):
        raise ArtifactError(f"{hub.endpoint} names no commit for {source}: check HF_ENDPOINT")
    return str(told.sha), files


def _copier(hub: HfApi, repository: str, commit: str) -> Callable[[Remote, Path, Callable[[int], None]], Path]:
    from huggingface_hub.utils import tqdm  # type: ignore[attr-defined] # the package makes it when it is asked for

    def copy(file: Remote, scratch: Path, arrived: Callable[[int], None]) -> Path:
        class Arrived(tqdm):  # the hub's own bar, unseen, which hears of every chunk
            def __init__(self, *args: Any, **options: Any) -> None:
                super().__init__(*args, **{**options, "disable": True})  # type: ignore[no-untyped-call]

            def update(self, n: float | None = 1) -> None:
                arrived(int(n or 0))

        path = hub.hf_hub_download(repository, file.name, revision=commit, local_dir=scratch, tqdm_class=Arrived)
        return Path(path)

    return copy


def _explained(source: str, revision: str | None, error: Exception, home: Path, endpoint: str) -> ArtifactError:
    from huggingface_hub import errors

    if isinstance(error, errors.GatedRepoError):
        return ArtifactError(f"{source} asks that its terms be accepted: do so on its page, then set HF_TOKEN")
    if isinstance(error, errors.RevisionNotFoundError):
        return ArtifactError(f"{source} does not exist: the model has no revision '{revision}'")
    if isinstance(error, errors.RepositoryNotFoundError):
        return ArtifactError(f"{source} does not exist at {endpoint}, or is private: check the name, or set HF_TOKEN")
    return unreachable(source, f"{endpoint}: {str(error).splitlines()[0]}", home)
