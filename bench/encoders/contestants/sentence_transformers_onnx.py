"""sentence-transformers on onnxruntime, int8 (dynamic) by its own export for this machine's instruction set."""

from __future__ import annotations

from pathlib import Path

from bench.encoders.contestants._child import Given, Loaded, instruction_set, made_once, serve
from bench.encoders.contestants._sentence_transformers import encoder


def load(given: Given) -> Loaded:
    from sentence_transformers import SentenceTransformer, export_dynamic_quantized_onnx_model

    preset = instruction_set()
    cpu = {"provider": "CPUExecutionProvider"}

    def make(folder: Path) -> None:
        source = str(given.model)
        exported = SentenceTransformer(
            source, device="cpu", backend="onnx", local_files_only=True, model_kwargs={**cpu, "export": True}
        )
        exported.save_pretrained(str(folder))
        export_dynamic_quantized_onnx_model(exported, preset, str(folder))

    folder = made_once(given.scratch / preset, make)
    quantised = next((folder / "onnx").glob("model_q*.onnx"))
    chosen = {**cpu, "file_name": f"onnx/{quantised.name}"}
    model = SentenceTransformer(str(folder), device="cpu", backend="onnx", model_kwargs=chosen)
    return Loaded(encoder(model), f"int8, dynamic, {preset}, onnxruntime")


if __name__ == "__main__":
    serve(load)
