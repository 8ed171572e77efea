"""What a benchmark reads unless it is told otherwise: paragraphs of the sample's stories, frames of its films."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from newsreel.core.errors import UsageError
from newsreel.models.runtime.artifact import Artifact
from newsreel.models.shots.config import FRAME, REFERENCE
from newsreel.ops.bench.workload import Workload, of_pairs, of_texts, of_windows

__all__ = ["in_words", "texts_of", "workload"]

_DOCUMENTS = 96
_WINDOWS = 2
"""One, and one to run beside it: a window takes seconds where a passage takes milliseconds."""
_WORDS = (20, 250)
"""Of a document: from a caption to a long passage."""


def workload(made: Artifact, texts: Path | None) -> Workload:
    """For an artifact's task; `texts` is a file with one text a line. Raises UsageError, ArtifactError."""
    task = made.card["task"]
    if task == "shots":
        if texts is not None:
            raise UsageError("the shots model reads film, not text: leave --texts out")
        return of_windows(_windows(_WINDOWS))
    found = (texts_of(texts) if texts else _sample())[:_DOCUMENTS]
    make = of_pairs if task == "rerank" else of_texts
    return make(found, made.file("tokenizer.json"), int(made.card["max_tokens"]))


def in_words(made: Workload) -> str:
    """`64 documents of 24 to 231 tokens, queries of 8`."""
    documents, queries = ([next(iter(row.values())) for row in rows] for rows in (made.documents, made.queries))
    if documents[0].ndim > 2:
        return f"{len(documents)} windows of {documents[0].shape[1]} frames"
    return f"{len(documents)} documents of {_span(documents)} tokens, queries of {_span(queries)}"


def texts_of(path: Path) -> list[str]:
    """The lines of a file that are not empty. Raises UsageError."""
    try:
        found = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the texts in {path} cannot be read ({error}): one a line is expected, in UTF-8") from error
    if not found:
        raise UsageError(f"{path} has no text in it: one a line is expected")
    return found


def _span(rows: Sequence[npt.NDArray[Any]]) -> str:
    lengths = sorted({row.shape[1] for row in rows})
    return str(lengths[0]) if len(lengths) == 1 else f"{lengths[0]} to {lengths[-1]}"


def _sample() -> list[str]:
    """Passages of the sample's stories, of lengths spread evenly over `_WORDS`; the same ones every time."""
    from newsreel.sample.stories import load_stories

    words = [word for story in load_stories() for paragraph in story.body for word in paragraph.split()]
    draw = random.Random(1)  # noqa: S311 repeatable, not secret
    starts = [draw.randrange(len(words) - _WORDS[1]) for _ in range(_DOCUMENTS)]
    return [" ".join(words[start : start + draw.randint(*_WORDS)]) for start in starts]


def _windows(count: int) -> npt.NDArray[np.uint8]:
    """The first windows of a film of the sample, as the reference has them: those that any form of it can be given."""
    from newsreel.sample import FILMS

    rows, columns, _ = FRAME
    pictures = islice(next(iter(FILMS.values())).pictures(), REFERENCE.length + (count - 1) * REFERENCE.kept)
    planes = ([plane.resize((columns, rows)) for plane in (p.luma, p.blue, p.red)] for p in pictures)
    frames = np.stack([np.asarray(Image.merge("YCbCr", three).convert("RGB")) for three in planes])
    starts = range(0, count * REFERENCE.kept, REFERENCE.kept)
    return np.stack([frames[start : start + REFERENCE.length] for start in starts])
