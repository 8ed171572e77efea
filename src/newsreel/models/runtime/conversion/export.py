"""From torch to an ONNX graph. Imports torch, so only building artifacts imports this."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
from transformers import AutoModel

__all__ = ["export", "export_sentence_encoder"]

OPSET = 18


class _SentenceEncoder(torch.nn.Module):
    """Encoder, mean over the tokens that are there, length 1: one graph, so that no caller can pool otherwise."""

    def __init__(self, encoder: torch.nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        types = torch.zeros_like(input_ids)
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=types)[0]
        weights = attention_mask.unsqueeze(-1).to(states.dtype)
        mean = (states * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
        return torch.nn.functional.normalize(mean, dim=1)


def export_sentence_encoder(source: Path, graph: Path) -> None:
    """Write the encoder in `source` with mean pooling and normalisation as an ONNX graph (fp32).

    Inputs `input_ids` and `attention_mask`, int64 `[batch, tokens]`; output `sentence_embedding`, float32
    `[batch, dimension]`. Weights are read as safetensors only.
    """
    with _quiet():
        encoder = AutoModel.from_pretrained(
            source, local_files_only=True, use_safetensors=True, attn_implementation="eager"
        )
        model = _SentenceEncoder(encoder).eval()
        ids = torch.ones((2, 16), dtype=torch.int64)
        mask = torch.ones_like(ids)
        mask[1, 9:] = 0
        axes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("tokens", max=encoder.config.max_position_embeddings)}
    export(model, {"input_ids": (ids, axes), "attention_mask": (mask, axes)}, "sentence_embedding", graph)


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
