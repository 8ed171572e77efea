"""What memory is left, so that a model too large is refused before it is loaded, not killed while it is."""

from __future__ import annotations

from pathlib import Path

__all__ = ["available_bytes"]

_MEMORY = Path("/proc/meminfo")
_GROUP = Path("/sys/fs/cgroup")


def available_bytes() -> int | None:
    """Bytes that this process could take now, the bounds of its container minded; None where nothing tells."""
    told = [found for found in (_of_machine(), _of_group()) if found is not None]
    return min(told, default=None)


def _of_machine() -> int | None:
    try:
        fields = dict(line.split(":", 1) for line in _MEMORY.read_text(encoding="ascii").splitlines() if ":" in line)
        return int(fields["MemAvailable"].removesuffix("kB")) * 1024
    except (OSError, KeyError, ValueError):
        return None


def _of_group() -> int | None:
    """Of the control group (version 2) that a container sees as its own; the page cache it holds can be had back."""
    try:
        bound = int((_GROUP / "memory.max").read_text(encoding="ascii"))
        used = int((_GROUP / "memory.current").read_text(encoding="ascii"))
        kept = dict(line.split() for line in (_GROUP / "memory.stat").read_text(encoding="ascii").splitlines())
        return max(bound - used + int(kept["inactive_file"]), 0)
    except (OSError, KeyError, ValueError):  # "max" is no bound
        return None
