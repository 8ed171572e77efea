"""sentence-transformers on OpenVINO, int8 (static) by its own export, calibrated on our sample stories.

Its default calibration text comes from a hub; the export is the same with a folder in its place.
"""

from __future__ import annotations

import json
from pathlib import Path

from bench.encoders.contestants._child import Given, Loaded, made_once, serve
from bench.encoders.contestants._sentence_transformers import encoder


def load(given: Given) -> Loaded:
    from sentence_transformers import SentenceTransformer, export_static_quantized_openvino_model

    def make(folder: Path) -> None:
        texts = folder / "calibration"
        texts.mkdir()
        rows = "".join(json.dumps({"text": text}) + "\n" for text in given.calibration)
        (texts / "train.jsonl").write_text(rows, encoding="utf-8")
        exported = SentenceTransformer(
            str(given.model), device="cpu", backend="openvino", local_files_only=True, model_kwargs={"export": True}
        )
        exported.save_pretrained(str(folder))
        export_static_quantized_openvino_model(
            exported,
            None,
            str(folder),
            dataset_name=str(texts),
            dataset_config_name="default",
            dataset_split="train",
            column_name="text",
        )

    folder = made_once(given.scratch / "static", make)
    chosen = {"file_name": "openvino/openvino_model_qint8_quantized.xml"}
    model = SentenceTransformer(str(folder), device="cpu", backend="openvino", model_kwargs=chosen)
    return Loaded(encoder(model), "int8, static, OpenVINO")


if __name__ == "__main__":
    serve(load)
