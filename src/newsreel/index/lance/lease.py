"""One writer at a time, by a lease that cannot outlive its holder.

The lease is a lock on a file (`flock`), which the kernel drops when the process ends, however it ends. So there is no
time-out to wait for after a crash, and no stale holder to fence off: a process either has the lock or is not running.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from newsreel.core.errors import ArchiveBusyError, ArchiveError
from newsreel.core.times import format_ns, now_ns

__all__ = ["writer_lease"]


@contextmanager
def writer_lease(archive: Path, *, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the archive's lease; wait up to `wait_s` seconds for it. Raises ArchiveBusyError naming the holder."""
    holder = archive / "writer.json"
    lock = FileLock(archive / "writer.lock")
    try:
        lock.acquire(timeout=wait_s)
    except Timeout:
        raise ArchiveBusyError(
            f"another process is writing to {archive} ({_describe(holder)}): wait for it to end, or use --wait SECONDS"
        ) from None
    except OSError as error:
        raise ArchiveError(f"the archive at {archive} cannot be locked for writing: {error.strerror}") from error
    try:
        _announce(holder)
        yield
    finally:
        lock.release()


def _announce(holder: Path) -> None:
    """Who writes, for the message to others only: without room on the disk, or rights, the lease holds all the same."""
    about = {"pid": os.getpid(), "host": socket.gethostname(), "since": format_ns(now_ns())}
    try:
        holder.write_text(json.dumps(about))
    except OSError:
        holder.unlink(missing_ok=True)


def _describe(holder: Path) -> str:
    try:
        about = json.loads(holder.read_text())
        return f"process {about['pid']} on {about['host']}, since {about['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "it did not say who it is"
