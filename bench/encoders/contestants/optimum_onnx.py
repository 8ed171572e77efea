"""optimum on onnxruntime, int8 (dynamic), pooled by hand: as lean as that stack gets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from bench.encoders.contestants._child import Given, Loaded, by_length, instruction_set, made_once, mean_pooled, serve

_DEFAULT_BATCH = 32
_MAX_TOKENS = 256
"""What the model's own configuration says, which plain optimum does not read."""


def load(given: Given) -> Loaded:
    from optimum.onnxruntime import AutoQuantizationConfig, ORTModelForFeatureExtraction, ORTQuantizer
    from transformers import AutoTokenizer

    preset = instruction_set()
    tokenizer = AutoTokenizer.from_pretrained(given.model)

    def make(folder: Path) -> None:
        exported = ORTModelForFeatureExtraction.from_pretrained(given.model, export=True)
        how = getattr(AutoQuantizationConfig, preset)(is_static=False)
        ORTQuantizer.from_pretrained(exported).quantize(quantization_config=how, save_dir=folder)

    folder = made_once(given.scratch / preset, make)
    model = ORTModelForFeatureExtraction.from_pretrained(folder, file_name="model_quantized.onnx")

    def encode(texts: list[str], batch: int | None) -> object:
        order, size = by_length(texts), batch or _DEFAULT_BATCH
        vectors = np.empty((len(texts), model.config.hidden_size), np.float32)
        for start in range(0, len(order), size):
            rows = order[start : start + size]
            chosen = [texts[row] for row in rows]
            read = tokenizer(chosen, padding=True, truncation=True, max_length=_MAX_TOKENS, return_tensors="np")
            vectors[rows] = mean_pooled(model(**read).last_hidden_state, read["attention_mask"])
        return vectors

    return Loaded(encode, f"int8, dynamic, {preset}, onnxruntime")


if __name__ == "__main__":
    serve(load)
