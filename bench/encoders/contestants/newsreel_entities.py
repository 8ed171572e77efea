"""Newsreel's token classifier, from the same folder as its peer's, in static int8.

Put together here and not by `newsreel models build`, whose gate refuses random weights: their labels say nothing, so
nothing can be measured of what rounding does to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from bench.encoders.contestants._child import Given, Loaded, made_once, serve
from bench.encoders.contestants._newsreel import runtime

from newsreel.models.entities import TokenClassifier
from newsreel.models.runtime.artifact import Artifact, listing
from newsreel.models.runtime.conversion.calibration import calibrate
from newsreel.models.runtime.conversion.export import export_encoder
from newsreel.models.runtime.conversion.pretrained import Pretrained, read_pretrained
from newsreel.models.runtime.conversion.quantisation import quantise_static
from newsreel.models.runtime.sessions import Arrays
from newsreel.models.runtime.tokens import Tokens

_FLOATS, _INTEGERS = "model.onnx", "model.int8.onnx"
_CALIBRATED_ON = 64
"""Texts: more would not make it any faster."""


def load(given: Given) -> Loaded:
    model = read_pretrained(given.model, "entities")

    def make(folder: Path) -> None:
        graph = folder / _FLOATS
        export_encoder(model, graph)
        (folder / "tokenizer.json").write_bytes(model.tokenizer.read_bytes())
        texts = given.calibration[:_CALIBRATED_ON]
        quantise_static(graph, folder / _INTEGERS, calibrate(graph, _batches(model, texts)))

    folder = made_once(given.scratch / "int8", make)
    classifier = TokenClassifier.open(Artifact(folder, _card(model, folder)))
    return Loaded(lambda texts, _batch: classifier.entities(texts), f"int8, static, {runtime()}")


def _batches(model: Pretrained, texts: Sequence[str]) -> Iterator[Arrays]:
    tokens = Tokens(model.tokenizer, model.max_tokens)
    for parts in tokens.chunks(list(texts), "truncate"):
        for part in parts:
            ids = np.array([part.ids], np.int64)
            yield {"input_ids": ids, "attention_mask": np.ones_like(ids)}


def _card(model: Pretrained, folder: Path) -> dict[str, object]:
    return {
        "name": "random weights",
        "task": "entities",
        "fingerprint": "",
        "labels": list(model.labels),
        "max_tokens": model.max_tokens,
        "precision": "int8",
        "graphs": {"fp32": _FLOATS, "int8": _INTEGERS},
        "files": listing(folder),
    }


if __name__ == "__main__":
    serve(load)
