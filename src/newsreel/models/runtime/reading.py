"""Texts through a graph: tokenised, batched, run, and back in the order they came."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Generic, TypeVar

import numpy as np

from newsreel import telemetry
from newsreel.core.errors import ArtifactError
from newsreel.core.protocols import OverLength
from newsreel.models.runtime import cpu
from newsreel.models.runtime.artifact import Artifact
from newsreel.models.runtime.batching import padded_width, token_batches
from newsreel.models.runtime.sessions import Arrays, ByWidth, Execution, Output, Session, available, open_session
from newsreel.models.runtime.tokens import Input, Part, Tokens

__all__ = ["MAX_BATCH_TOKENS", "Reader", "ReadingModel", "Sessions", "open_sessions"]

Made = TypeVar("Made")

MAX_BATCH_TOKENS = 512
"""Of rows x width. Beyond it nothing was faster, and much was slower: see docs/design."""

_WARM_WIDTHS = range(8, 40, 8)
"""Of the rows that are run once on opening, those of queries: OpenVINO takes four times as long for the first one."""


class Sessions:
    """A graph, opened twice where that pays: for a lone batch and for many. Thread-safe."""

    def __init__(self, one: Session, open_many: Callable[[], Session] | None = None, streams: int = 1) -> None:
        """`one` puts all threads on one batch; what `open_many` gives runs `streams` at once, a thread or so on each.

        The second is opened when it is first needed: who asks one query pays neither its time nor its memory.
        """
        self._one = one
        self._open_many = open_many
        self._streams = streams
        self._many: Session | None = None
        self._opening = threading.Lock()

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of what the graph reads."""
        return self._one.inputs

    def run(self, batches: Sequence[Arrays]) -> list[Output]:
        """The output of each batch, in their order.

        A few, which would leave half of the threads or more without work, run one after the other on all of them.
        """
        if self._open_many is None or len(batches) <= self._streams // 2:
            return self._one.run_all(batches)
        with self._opening:
            if self._many is None:
                self._many = self._open_many()
        return self._many.run_all(batches)


def open_sessions(artifact: Artifact, runtime: str = "auto", *, threads: int = 0) -> Sessions:
    """The graph that an artifact's card chooses, with this many threads (0: one a core). Raises ArtifactError.

    `auto` is OpenVINO where it is installed, else ONNX Runtime; on one thread queries are ONNX Runtime's in any case.
    """
    streams, how = threads or cpu.describe().cores, Execution(threads=threads)
    shared = runtime == "auto" and not available("openvino") and streams == 1
    if runtime == "auto":
        runtime = "onnxruntime" if available("openvino") else "openvino"
    graph = artifact.graph()
    one = open_session(runtime, graph, how)
    if shared:
        one = ByWidth(open_session("onnxruntime", graph, how), one)
    if streams == 1:
        return Sessions(one)

    def open_many() -> Session:  # asked for the graph again: a model built anew in the meantime is not mixed in
        return open_session(runtime, artifact.graph(), Execution(threads=streams, streams=streams))

    return Sessions(one, open_many, streams)


class Reader:
    """What a graph makes of texts. Thread-safe."""

    def __init__(self, tokens: Tokens, sessions: Sessions, outputs: int) -> None:
        """Runs the graph a few times, so that no query pays for what a runtime does once for each shape.

        `outputs`: how many numbers the card lets the graph give of each text, or of each token. Raises ArtifactError
        where it gives others.
        """
        self._tokens = tokens
        self._sessions = sessions
        self._typed = "token_type_ids" in sessions.inputs
        for width in _WARM_WIDTHS:
            ids = np.zeros((1, min(width, tokens.max_tokens)), np.int64)
            (found,) = sessions.run([{"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": ids}])
            if found.shape[-1] != outputs:
                raise ArtifactError(
                    f"the graph gives {found.shape[-1]} numbers where its card says {outputs}: build the model anew"
                )

    def read(self, inputs: Sequence[Input], over_length: OverLength) -> Iterator[tuple[Part, Output]]:
        """Each part of each input, in order, and the graph's row for it; see `Tokens.chunks` for what a part is.

        A row with something for each token may have more, of padding, behind the part's own. Raises UsageError.
        """
        for parts in self._tokens.chunks(inputs, over_length):
            yield from zip(parts, self.rows(parts), strict=True)

    @property
    def max_tokens(self) -> int:
        """Of a row at most, special ones included."""
        return self._tokens.max_tokens

    def parts(self, inputs: Sequence[Input], over_length: OverLength) -> list[Part]:
        """All parts of a few inputs, in order. Raises UsageError."""
        return list(chain.from_iterable(self._tokens.chunks(inputs, over_length)))

    def width(self, part: Part) -> int:
        """How many tokens wide a part's row is, with its padding."""
        return padded_width(len(part.ids), self._tokens.max_tokens)

    def rows(self, parts: Sequence[Part]) -> list[Output]:
        """The graph's row for each of these parts, which may be of several inputs."""
        widths = list(map(self.width, parts))
        batches = list(token_batches(widths, MAX_BATCH_TOKENS))
        with telemetry.phase("infer"):
            outputs = self._sessions.run(
                [self._batch([parts[row] for row in rows], widths[rows[0]]) for rows in batches]
            )
        rows = chain.from_iterable(batches)
        of_row = dict(zip(rows, chain.from_iterable(outputs), strict=True))
        return [of_row[row] for row in range(len(parts))]

    def _batch(self, parts: Sequence[Part], width: int) -> Arrays:
        """Lists of ids into one array each, once: no row is copied twice."""
        ids = np.zeros((len(parts), width), np.int64)
        mask = np.zeros_like(ids)
        for row, part in enumerate(parts):
            ids[row, : len(part.ids)] = part.ids
            mask[row, : len(part.ids)] = 1
        if not self._typed:
            return {"input_ids": ids, "attention_mask": mask}
        types = np.zeros_like(ids)
        for row, part in enumerate(parts):
            types[row, : len(part.ids)] = part.type_ids
        return {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}


class ReadingModel(ABC, Generic[Made]):
    """A model in its three steps, for who puts texts of several callers into one batch. Thread-safe."""

    _reader: Reader

    @property
    @abstractmethod
    def fingerprint(self) -> str:
        """Changes whenever an answer could, by more than the rounding of whatever runs the graph."""

    @property
    def max_tokens(self) -> int:
        """Of a row at most, special ones included."""
        return self._reader.max_tokens

    def tokenise(self, inputs: Sequence[Input], over_length: OverLength) -> list[Part]:
        """What the graph is to read of each input. Raises UsageError."""
        return self._reader.parts(inputs, over_length)

    def width(self, part: Part) -> int:
        """How many tokens wide a part's row is; rows of one width go together."""
        return self._reader.width(part)

    def infer(self, parts: Sequence[Part]) -> list[Output]:
        """The graph's row for each part."""
        return self._reader.rows(parts)

    @abstractmethod
    def finish(self, inputs: Sequence[Input], read: Iterable[tuple[Part, Output]]) -> list[Made]:
        """What is made of each input, of all its parts in order and their rows."""
