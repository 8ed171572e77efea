"""From torch to an ONNX graph. Imports torch, so only building artifacts imports this."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path

import torch

from newsreel.models.runtime.conversion.encoder import load_encoder
from newsreel.models.runtime.conversion.pretrained import Pretrained

__all__ = ["export", "export_encoder"]

OPSET = 20
"""The first with GELU as one node, which runtimes then fuse; its parts at 18 were left apart by ONNX Runtime."""


def export_encoder(model: Pretrained, graph: Path) -> None:
    """Write a pretrained encoder with the head of its task as an ONNX graph (fp32). Raises ArtifactError.

    Inputs `input_ids`, `attention_mask` and, where the model reads them, `token_type_ids`: int64 `[batch, tokens]`, of
    1 to `model.positions` tokens. Output, float32: `sentence_embedding` `[batch, hidden]` of an embedder; `logits`,
    `[batch, tokens, labels]` for entities and `[batch, labels]` for whole texts.
    """
    ids = torch.full((2, min(16, model.positions)), model.pad_id, dtype=torch.int64)
    mask = torch.ones_like(ids)
    axes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("tokens", max=model.positions)}
    inputs = {"input_ids": (ids, axes), "attention_mask": (mask, axes)}
    if model.reads_types:
        inputs["token_type_ids"] = (torch.zeros_like(ids), axes)
    output = "sentence_embedding" if model.task == "embed" else "logits"
    export(load_encoder(model), inputs, output, graph)


def export(
    model: torch.nn.Module,
    inputs: Mapping[str, tuple[torch.Tensor, Mapping[int, torch.export.Dim]]],
    output: str,
    graph: Path,
) -> None:
    """Write a model as an ONNX graph. Each input is an example and those of its axes whose length may be another."""
    with _quiet():
        torch.onnx.export(
            model,
            tuple(example for example, _ in inputs.values()),
            str(graph),
            dynamo=True,
            opset_version=OPSET,
            input_names=list(inputs),
            output_names=[output],
            dynamic_shapes=tuple(dict(axes) for _, axes in inputs.values()),
            external_data=False,
            verbose=False,
        )


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The exporter reports its progress and its own deprecations on every stream there is."""
    logging.disable(logging.WARNING)
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)
