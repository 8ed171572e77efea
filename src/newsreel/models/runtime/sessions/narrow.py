"""One graph in two runtimes: one is quicker with queries, the other with everything longer."""

from __future__ import annotations

from collections.abc import Sequence

from newsreel.models.runtime.sessions.seam import Arrays, Output, Session

__all__ = ["MOST_TOKENS", "ByWidth"]

MOST_TOKENS = 16
"""Of a narrow batch's rows. It is of their width alone, so that a row's answer does not depend on its company."""


class ByWidth:
    """Runs batches of narrow rows in one session and all others in another; see `sessions.seam.Session`.

    OpenVINO prepares itself anew whenever a batch is of another shape than the one before it, which takes as long as to
    read a query; ONNX Runtime does not, and takes two fifths longer for documents.
    """

    def __init__(self, narrow: Session, wide: Session) -> None:
        """Both opened with the same graph."""
        self._narrow = narrow
        self._wide = wide

    @property
    def inputs(self) -> tuple[str, ...]:
        """See `sessions.seam.Session`."""
        return self._wide.inputs

    def run(self, inputs: Arrays) -> Output:
        """See `sessions.seam.Session`."""
        is_narrow = inputs["input_ids"].shape[-1] <= MOST_TOKENS
        return (self._narrow if is_narrow else self._wide).run(inputs)

    def run_all(self, batches: Sequence[Arrays]) -> list[Output]:
        """See `sessions.seam.Session`."""
        return [self.run(batch) for batch in batches]
