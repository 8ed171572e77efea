"""One job, one process: what it holds, breaks or leaves running is its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from typing import Any

from newsreel.core.errors import NewsreelError

__all__ = ["JobError", "ask"]


class JobError(NewsreelError):
    """One job of a benchmark failed; the message is what its row says."""


def ask(job: Mapping[str, Any], deadline_s: float, threads: int = 0) -> dict[str, Any]:
    """Have a process of its own do a job (see `worker`) and answer. Raises JobError, also past the deadline.

    `threads` is how many the libraries that it loads may take for themselves; 0 leaves that to them.
    """
    environment = {**os.environ, **({"OMP_NUM_THREADS": str(threads)} if threads else {})}
    with tempfile.TemporaryFile() as complaints:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "newsreel.ops.bench.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=environment,
            start_new_session=True,  # Ctrl-C is for us to act on
        )
        try:
            answer, _ = child.communicate(json.dumps(job).encode(), timeout=deadline_s)
        except subprocess.TimeoutExpired:
            raise JobError(f"not done within {deadline_s:.0f} s") from None
        finally:
            _end(child)
        return _answer(answer, child.returncode, complaints)


def _end(child: subprocess.Popen[bytes]) -> None:
    """It and all that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            pipe.close()


def _answer(answer: bytes, code: int, complaints: Any) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(answer)
    except ValueError:
        raise JobError(_died(code, complaints)) from None
    if "error" in found:
        raise JobError(str(found["error"]))
    return found


def _died(code: int, complaints: Any) -> str:
    """`ended by SIGKILL, which is how a system takes memory back`."""
    if code < 0:
        name = signal.Signals(-code).name
        return f"ended by {name}{', which is how a system takes memory back' if name == 'SIGKILL' else ''}"
    complaints.seek(0)
    last = complaints.read()[-2000:].decode(errors="replace").strip().splitlines()
    return f"ended with exit code {code}: {last[-1] if last else 'it said nothing'}"
