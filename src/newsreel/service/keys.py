"""Who may ask the service: their names and hashes of their keys in a file, which is read anew when it changes.

Keys are made here, of 256 random bits. That is why one pass of SHA-256 keeps them as well as a slow hash keeps a
password: nothing about them can be guessed, however fast guesses are tried.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from pathlib import Path

from newsreel import telemetry
from newsreel.core.errors import UsageError

__all__ = ["Keys", "line_of", "new_key"]

_PREFIX = "newsreel_"
"""So that who finds a key knows what it opens: programs that look for secrets in code, too."""

_NAME = re.compile(r"[\w.@-]{1,64}")
_HASH = re.compile(r"sha256:([0-9a-f]{64})")
_REMEDY = "write NAME sha256:HASH, as `newsreel keys new NAME` prints it"

_LOOK_EVERY_S = 1.0


def new_key() -> str:
    """A key that nobody has yet, of letters, digits, `_` and `-`."""
    return _PREFIX + secrets.token_urlsafe(32)


def line_of(name: str, key: str) -> str:
    """What a file says of this key. Raises UsageError for a name that no line can have."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot be a key's name: use up to 64 letters, digits, and any of . _ - @")
    return f"{name} sha256:{_digest(key.encode()).hex()}"


class Keys:
    """The keys that a file has at the moment. For one thread.

    Of a file that cannot be read any more, or has a line that is none, what it said before still counts; the log says
    so. To shut everybody out empty it.
    """

    def __init__(self, path: Path) -> None:
        """Read it. Raises UsageError."""
        self._path = path
        self._looked_s = time.monotonic()
        self._seen = _look(path)
        self._owners = _read(path)
        self._met: dict[bytes, str] = {}
        """Of keys that were found to be right."""

    @property
    def names(self) -> list[str]:
        """One for each line; a name may have several keys, while its owner moves from one to another."""
        return [name for name, _ in self._owners]

    def owner(self, key: bytes) -> str | None:
        """The name that this key has, None where it is not known."""
        if time.monotonic() - self._looked_s >= _LOOK_EVERY_S:
            self._look_again()
        digest = _digest(key)
        met = self._met.get(digest)
        if met is None:
            met = self._find(digest)
        return met

    def _find(self, digest: bytes) -> str | None:
        """Compare with every line, each in the time that any other takes: it tells nothing of how near one was."""
        found = None
        for name, known in self._owners:
            if hmac.compare_digest(known, digest):
                found = name
        if found is not None:
            self._met[digest] = found
        return found

    def _look_again(self) -> None:
        self._looked_s = time.monotonic()
        seen = _look(self._path)
        if seen == self._seen:
            return
        self._seen = seen
        try:
            self._owners = _read(self._path)
        except UsageError as error:
            telemetry.failed(error)
            telemetry.log("keys_unreadable", level="error", message=str(error))
            return
        self._met.clear()
        telemetry.log("keys_read", keys=len(self._owners))


def _digest(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()


def _look(path: Path) -> tuple[int, ...] | None:
    """Another value once the file is another."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _read(path: Path) -> list[tuple[str, bytes]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        said = (error.strerror if isinstance(error, OSError) else None) or "it is no text"
        raise UsageError(f"the keys in {path} cannot be read ({said}): NEWSREEL_API_KEYS names their file") from error
    return [_parse(line, f"{path}, line {number}") for number, line in enumerate(lines, 1) if _without_comment(line)]


def _parse(line: str, where: str) -> tuple[str, bytes]:
    """The line itself is not said: somebody may have put a key there."""
    words = _without_comment(line).split()
    if len(words) != 2 or not _NAME.fullmatch(words[0]):
        raise UsageError(f"{where} is not a name and a hash: {_REMEDY}")
    written = _HASH.fullmatch(words[1])
    if written is None:
        raise UsageError(f"{where} has no hash after its name: {_REMEDY}")
    return words[0], bytes.fromhex(written[1])


def _without_comment(line: str) -> str:
    return line.partition("#")[0].strip()
