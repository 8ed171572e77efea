"""Texts to tokens: in a pool of their own, chunk by chunk, and never longer than the model reads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from tokenizers import Encoding, Tokenizer

from newsreel import telemetry
from newsreel.core.errors import ArtifactError, TextError, UsageError
from newsreel.core.protocols import OverLength, Unsplit

__all__ = ["Input", "Part", "TokenTypes", "Tokens"]

Input = str | tuple[str, str]
"""A text, or a pair that is read as one."""

TokenTypes = Callable[[str, Sequence[tuple[int, int]]], list[int]]
"""A text, and where tokens lie in it, to a whole number for each of them."""

CHUNK_TEXTS, CHUNK_CHARACTERS = 256, 65_536
"""Enough for rows of like length to meet, and little enough for the graph not to wait long for the first of them."""

_AHEAD = 2
"""Chunks tokenised before they are asked for."""


@dataclass(frozen=True, slots=True)
class Part:
    """What the graph reads as one row: a text, or a part of one that was split."""

    text: int
    """Which of the texts given it is of."""

    ids: list[int]
    """Special tokens included."""

    encoding: Encoding
    """Where its tokens lie in the text, if the `Tokens` were opened with `offsets`."""

    types: list[int] | None = None
    """Of its tokens, if the `Tokens` were opened with `types`."""

    @property
    def type_ids(self) -> list[int]:
        """What a model that reads token types is told: `types`, else which text of a pair each token is of."""
        return self.encoding.type_ids if self.types is None else self.types


class Tokens:
    """A tokenizer and how much its model reads. Thread-safe."""

    def __init__(
        self,
        file: Path,
        max_tokens: int,
        *,
        pairs: bool = False,
        overlap: int = 0,
        offsets: bool = False,
        types: TokenTypes | None = None,
        splits: bool = True,
    ) -> None:
        """Open a `tokenizer.json`. Raises ArtifactError.

        `overlap`: tokens that the parts of a split text have in common. `pairs`: that inputs may be pairs. `types`:
        what the model reads as its token types, if those do not tell the texts of a pair apart; inputs are texts then.
        `splits`: whether what is made of a text's parts can be put together again.
        """
        try:
            self._whole = Tokenizer.from_file(str(file))
            self._whole.no_padding()
            self._whole.no_truncation()
            self._bounded = Tokenizer.from_str(self._whole.to_str())
        except Exception as error:
            raise ArtifactError(f"the tokenizer {file} cannot be read: build the model anew") from error
        self.max_tokens = max_tokens
        self.special_tokens = self._whole.num_special_tokens_to_add(is_pair=pairs)
        if max_tokens <= self.special_tokens + overlap:
            raise ArtifactError(
                f"the model of {file} reads {max_tokens} tokens, {self.special_tokens} of them special ones, which "
                f"leaves no room for a text{f' beside an overlap of {overlap}' if overlap else ''}: build it anew"
            )
        self._bounded.enable_truncation(max_tokens, stride=overlap)
        self._offsets = offsets or types is not None
        self._types = types
        self._policies: tuple[str, ...] = get_args(OverLength if splits else Unsplit)
        self._pool = ThreadPoolExecutor(_AHEAD, "newsreel-tokens")

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without special ones and without cutting."""
        encode = self._whole.encode_batch_fast
        return [len(encoding) for encoding in _encoded(lambda given: encode(given, add_special_tokens=False), texts, 0)]

    def chunks(self, inputs: Sequence[Input], over_length: OverLength) -> Iterator[list[Part]]:
        """The parts of all inputs, in order, some hundred at a time; the next ones are made while these are used.

        An input that fits is one part, also at exactly `max_tokens`. Of a longer one the rest is left out and the log
        says so (`truncate`), UsageError says which it is (`error`), or more parts follow (`split`).
        """
        if over_length not in self._policies:
            raise UsageError(f"'{over_length}' is nothing to do with a long text: it is {' or '.join(self._policies)}")
        spans = list(_spans(inputs))
        if len(spans) < 2:  # the caller would only wait: to wait for another thread costs what a query costs
            for start, stop in spans:
                yield self._parts(inputs[start:stop], start, over_length)
            return
        waiting: deque[Future[list[Part]]] = deque()
        try:
            for start, stop in spans:
                waiting.append(self._pool.submit(self._parts, inputs[start:stop], start, over_length))
                if len(waiting) > _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:  # nobody wants the rest: an error, or a caller who went away
            for future in waiting:
                future.cancel()

    def _parts(self, inputs: Sequence[Input], start: int, over_length: OverLength) -> list[Part]:
        encode = self._bounded.encode_batch if self._offsets else self._bounded.encode_batch_fast
        with telemetry.phase("tokenise"):
            encodings = _encoded(encode, inputs, start)
            over = [row for row, encoding in enumerate(encodings) if encoding.overflowing]
            if over and over_length == "error":
                raise self._too_long(inputs[over[0]], start + over[0])
            if over and over_length == "truncate":
                telemetry.truncated(len(over), self.max_tokens)
            return [
                Part(start + row, part.ids, part, self._types and self._types(str(inputs[row]), part.offsets))
                for row, encoding in enumerate(encodings)
                for part in (encoding, *(encoding.overflowing if over_length == "split" else ()))
            ]

    def _too_long(self, text: Input, row: int) -> UsageError:
        found = len(self._whole.encode_batch_fast([text])[0])
        return TextError(
            row,
            f"has {found} tokens, special ones included, and the model reads {self.max_tokens}: "
            "shorten it, or say that it may be truncated",
        )


def _encoded(encode: Callable[[list[Input]], list[Encoding]], inputs: Sequence[Input], start: int) -> list[Encoding]:
    try:
        return encode(list(inputs))
    except TypeError as error:  # the tokenizer's word for what is not Unicode; it does not say which
        for row, given in enumerate(inputs):
            if not _is_unicode(given):
                raise TextError(
                    start + row, "is not Unicode text: decode it with errors='replace', or leave it out"
                ) from error
        raise


def _is_unicode(given: Input) -> bool:
    try:
        for text in (given,) if isinstance(given, str) else given:
            text.encode()
    except (AttributeError, UnicodeEncodeError):
        return False
    return True


def _spans(inputs: Sequence[Input]) -> Iterator[tuple[int, int]]:
    """Half-open ranges of the inputs, each within the bounds of a chunk, or one input that is longer by itself."""
    start = characters = 0
    for row, given in enumerate(inputs):
        length = len(given) if isinstance(given, str) else sum(map(len, given))
        if row > start and (row - start == CHUNK_TEXTS or characters + length > CHUNK_CHARACTERS):
            yield start, row
            start, characters = row, 0
        characters += length
    if len(inputs) > start:
        yield start, len(inputs)
