"""Who takes part, and with which model."""

from __future__ import annotations

import shutil
from pathlib import Path

from bench.encoders.race import Contestant

__all__ = [
    "EMBEDDERS",
    "LABELLERS",
    "OURS",
    "OURS_ENTITIES",
    "PEAKS",
    "REFERENCE",
    "random_distilbert",
]

OURS = "Newsreel"
OURS_ENTITIES = "Newsreel entities"
REFERENCE = "sentence-transformers torch"

EMBEDDERS = (
    Contestant(
        name=OURS,
        module="newsreel_embedder",
        environment=None,
    ),
    Contestant(
        name=REFERENCE,
        module="sentence_transformers_torch",
        environment="sentence-transformers",
        default=32,
    ),
    Contestant(
        name="sentence-transformers ONNX int8",
        module="sentence_transformers_onnx",
        environment="sentence-transformers-onnx",
        default=32,
    ),
    Contestant(
        name="sentence-transformers OpenVINO int8",
        module="sentence_transformers_openvino",
        environment="sentence-transformers-openvino",
        default=32,
    ),
    Contestant(name="optimum onnxruntime int8", module="optimum_onnx", environment="optimum", default=32),
)

LABELLERS = (
    Contestant(
        name=OURS_ENTITIES,
        module="newsreel_entities",
        environment=None,
    ),
    Contestant(
        name="transformers pipeline",
        module="transformers_pipeline",
        environment="transformers",
    ),
)

PEAKS = Contestant(
    name="large matrix products",
    module="peaks",
    environment=None,
)

_SEED = 0


def random_distilbert(folder: Path, vocabulary: Path) -> Path:
    """A DistilBERT-base token classifier of nine labels, with random weights and the tokenizer of `vocabulary`.

    Random weights are as fast as trained ones. They say nothing of quality, and none is shown.
    """
    if folder.is_dir():
        return folder
    import torch
    from transformers import DistilBertConfig, DistilBertForTokenClassification
    from transformers.utils.logging import disable_progress_bar

    labels = ["O", *(f"{part}-{kind}" for kind in ("PER", "ORG", "LOC", "MISC") for part in "BI")]
    numbered = dict(enumerate(labels))
    disable_progress_bar()
    torch.manual_seed(_SEED)
    config = DistilBertConfig(id2label=numbered, label2id={label: n for n, label in numbered.items()})
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    DistilBertForTokenClassification(config).save_pretrained(part)
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt"):
        shutil.copyfile(vocabulary / name, part / name)
    part.rename(folder)
    return folder
