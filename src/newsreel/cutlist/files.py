"""Writing a file whole or not at all, and finding out before a long cut whether it can be written."""

from __future__ import annotations

import os
from pathlib import Path

from newsreel.core.errors import UsageError

__all__ = ["check_file", "check_folder", "write_whole"]


def check_file(path: Path, film: Path) -> None:
    """Raises UsageError, with the remedy, where a file cannot be written at `path`, or is the film itself."""
    if path.is_dir():
        raise UsageError(f"{path}: a folder; name a file")
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}: make it first")
    if path.exists() and path.samefile(film):
        raise UsageError(f"{path}: the film itself, which is never written to; name another file")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise UsageError(f"{path}: no permission to write it: choose another folder")


def check_folder(folder: Path) -> None:
    """Raises UsageError, with the remedy, where files cannot be written into `folder`, which may have to be made."""
    if not folder.exists() and not folder.parent.is_dir():
        raise UsageError(f"{folder}: there is no folder {folder.parent}: make it first")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: a file; name a folder")
    if not os.access(folder if folder.exists() else folder.parent, os.W_OK):
        raise UsageError(f"{folder}: no permission to write there: choose another folder")


def write_whole(path: Path, data: bytes) -> None:
    """The file takes the old one's place once all of it is on the disk. Raises OSError, which leaves the old one."""
    if path.exists() and not path.is_file():
        path.write_bytes(data)  # a pipe, a terminal
        return
    target = path.resolve()  # a link stays a link
    part = target.with_name(f".newsreel-{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OSError(error.errno, f"{error.strerror}; nothing was written there", str(path)) from None
    except BaseException:
        part.unlink(missing_ok=True)
        raise
