"""The Hugging Face pipeline for token classification on torch, float32; words merged to spans by their first piece."""

from __future__ import annotations

from bench.encoders.contestants._child import Given, Loaded, serve


def load(given: Given) -> Loaded:
    from transformers import pipeline

    model = str(given.model)
    run = pipeline("token-classification", model, tokenizer=model, aggregation_strategy="first", device="cpu")

    def encode(texts: list[str], batch: int | None) -> object:
        return run(texts, batch_size=batch or 1)

    return Loaded(encode, "fp32, torch")


if __name__ == "__main__":
    serve(load)
