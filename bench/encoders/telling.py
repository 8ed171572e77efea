"""What a benchmark says while it runs, and where its figures go."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

from bench.encoders.race import FailedError
from rich.console import Console

from newsreel.core.errors import NewsreelError

__all__ = ["Say", "figures_console", "told"]

Say = Callable[[str], None]

_WIDTH = 140
"""Of a file or a pipe, in characters: rich takes 80, which cuts figures off."""

_INTERRUPTED = 130
"""What shells give for Ctrl-C."""

_Found = TypeVar("_Found")


def told(run: Callable[[Say], _Found]) -> _Found:
    """What `run` finds; each step that it says is shown on stderr. Ends the process, with a reason, where it fails."""
    progress = Console(stderr=True, highlight=False, soft_wrap=True)
    with progress.status("starting") as status:

        def say(step: str) -> None:
            status.update(step)
            if not progress.is_terminal or step.startswith("left out"):
                progress.print(step)

        try:
            return run(say)
        except (FailedError, NewsreelError) as error:
            progress.print(f"error: {error}")
            sys.exit(1)
        except KeyboardInterrupt:
            progress.print("interrupted: every contestant has ended, and nothing is shown of half a race")
            sys.exit(_INTERRUPTED)


def figures_console() -> Console:
    """Stdout, wide enough for tables."""
    return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _WIDTH)
