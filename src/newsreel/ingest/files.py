"""Opening a file that somebody else wrote."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

__all__ = ["open_regular"]


def open_regular(path: Path) -> BinaryIO:
    """A file opened for reading. Raises OSError also for a pipe, a device or a folder: opening one may wait for ever.

    It is asked before and after: what is opened may be something else by then.
    """
    _refuse_special(path.stat())
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    try:
        _refuse_special(os.fstat(file.fileno()))
    except OSError:
        file.close()
        raise
    return file


def _refuse_special(about: os.stat_result) -> None:
    if stat.S_ISDIR(about.st_mode):
        raise IsADirectoryError(errno.EISDIR, "a folder")
    if not stat.S_ISREG(about.st_mode):
        raise OSError(errno.EINVAL, "not a regular file (a pipe, a device or a socket)")
