"""`newsreel embed`: texts to vectors, line by line."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from newsreel.cli._jsonl import Lines
from newsreel.core.errors import UsageError
from newsreel.settings import Settings

__all__ = ["embed"]


def embed(
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Read JSON lines from stdin, write JSON lines.")] = False,
) -> None:
    """Turn texts into vectors: {"id", "text"} a line in, {"id", "vector": [...]} a line out, in the same order.

    Of a model that normalises, as the default does, vectors have length 1, so that a dot product is a cosine. A text
    longer than the model reads (the default: 256 tokens) is cut, and how many were is said at the end. Bad lines are
    named on stderr, left out, and make the exit code 1.

    Example: echo '{"id": 1, "text": "flood in the old town"}' | newsreel embed --jsonl
    """
    from newsreel import app

    if not jsonl:
        raise UsageError("say how the texts come in: newsreel embed --jsonl < texts.jsonl")
    embedder = app.open_embedder(Settings())
    lines = Lines()
    cut = 0
    for batch in lines.batches():
        texts = [record["text"] for record in batch]
        cut += sum(n + 2 > embedder.max_tokens for n in embedder.count_tokens(texts))
        for record, vector in zip(batch, embedder.embed(texts), strict=True):
            sys.stdout.write(json.dumps({"id": record["id"], "vector": [round(float(v), 7) for v in vector]}) + "\n")
        sys.stdout.flush()
    if cut:
        typer.echo(f"newsreel: {cut} texts were longer than {embedder.max_tokens} tokens and cut", err=True)
    raise typer.Exit(1 if lines.bad else 0)
