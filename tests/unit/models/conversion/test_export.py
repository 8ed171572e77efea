"""Graphs of encoders: equal to the network at every size, in both runtimes, and fused where they are run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnxruntime as ort
import pytest
from tests.encoder_builders import tiny_folder

torch = pytest.importorskip("torch", reason="needs the build extra")
onnx = pytest.importorskip("onnx", reason="needs the build extra")

from newsreel.models.runtime.conversion.encoder import Encoder, load_encoder  # noqa: E402
from newsreel.models.runtime.conversion.export import export_encoder  # noqa: E402
from newsreel.models.runtime.conversion.pretrained import Pretrained, read_pretrained  # noqa: E402
from newsreel.models.runtime.conversion.quantisation import quantise_dynamic, quantise_weights  # noqa: E402
from newsreel.models.runtime.sessions import Execution  # noqa: E402
from newsreel.models.runtime.sessions.onnx import OnnxSession  # noqa: E402

CASES = (("bert", "rerank"), ("roberta", "entities"), ("mpnet", "embed"))
"""Every head, and every way in which graphs of architectures differ."""


class Exported(NamedTuple):
    model: Pretrained
    encoder: Encoder
    graph: Path


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Exported]:
    root = tmp_path_factory.mktemp("graphs")

    def export(architecture: str, task: str) -> Exported:
        model = read_pretrained(tiny_folder(root / architecture, architecture, task, layers=1), task)
        graph = root / f"{architecture}.onnx"
        export_encoder(model, graph)
        return Exported(model, load_encoder(model), graph)

    return cache(export)


def batch(model: Pretrained, rows: int, tokens: int) -> dict[str, np.ndarray]:
    """Rows of random tokens, the first of them padded."""
    ids = np.random.default_rng(rows * 1000 + tokens).integers(5, 100, (rows, tokens))
    mask = np.ones_like(ids)
    mask[0, tokens // 2 + 1 :] = 0
    made = {"input_ids": ids, "attention_mask": mask}
    if model.reads_types:
        made["token_type_ids"] = (np.arange(tokens) > tokens // 3).astype(np.int64) * mask
    return made


@pytest.mark.parametrize(("architecture", "task"), CASES)
def test_a_graph_gives_what_the_network_gives(exported: Any, architecture: str, task: str) -> None:
    model, encoder, graph = exported(architecture, task)
    session = OnnxSession(graph, Execution(threads=1))
    assert sorted(session.inputs) == sorted(batch(model, 1, 1))
    longest = model.positions
    for rows, tokens in ((1, 1), (1, 2), (1, longest), (3, longest), (4, longest - 1), (5, 7)):
        given = batch(model, rows, tokens)
        expected = encoder(*(torch.from_numpy(values) for values in given.values())).numpy()
        np.testing.assert_allclose(session.run(given), expected, atol=1e-5, err_msg=f"{rows} x {tokens}")


@pytest.mark.parametrize(("architecture", "task"), CASES)
def test_a_graph_says_what_it_reads_and_gives(exported: Any, architecture: str, task: str) -> None:
    model, _, graph = exported(architecture, task)
    made = onnx.load(graph).graph
    sizes = {
        value.name: [axis.dim_param or axis.dim_value for axis in value.type.tensor_type.shape.dim]
        for value in (*made.input, *made.output)
    }
    name, axes = {
        "embed": ("sentence_embedding", ["batch", 32]),
        "entities": ("logits", ["batch", "tokens", 7]),
        "rerank": ("logits", ["batch", 1]),
    }[task]
    assert sizes == {**{read: ["batch", "tokens"] for read in batch(model, 1, 1)}, name: axes}


def test_onnx_runtime_fuses_what_it_can(exported: Any, tmp_path: Path) -> None:
    model, _, graph = exported("roberta", "entities")
    options = ort.SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "fused.onnx")
    options.log_severity_level = 3
    ort.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    kinds = Counter(node.op_type for node in onnx.load(tmp_path / "fused.onnx").graph.node)
    assert kinds["BiasGelu"] == model.layers
    assert kinds["SkipLayerNormalization"] == 2 * model.layers
    assert not {"Erf", "Pow", "Sqrt"} & set(kinds), "no GELU or norm is left in its parts"


def test_openvino_fuses_what_it_can_and_gives_the_same(exported: Any) -> None:
    openvino = pytest.importorskip("openvino", reason="needs the openvino extra")
    model, encoder, graph = exported("mpnet", "embed")
    compiled = openvino.compile_model(str(graph), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    given = batch(model, 3, model.positions)
    expected = encoder(*(torch.from_numpy(values) for values in given.values())).numpy()
    np.testing.assert_allclose(compiled(given)[0], expected, atol=1e-5)
    kinds = Counter(op.get_rt_info()["layerType"].astype(str) for op in compiled.get_runtime_model().get_ops())
    assert kinds["FullyConnected"] == 6 * model.layers
    assert not {"Gelu", "Softmax"} & set(kinds), "GELU is part of a product; attention is one node"


@pytest.mark.parametrize(("architecture", "task"), CASES)
@pytest.mark.parametrize("quantise", [quantise_dynamic, quantise_weights])
def test_a_graph_is_quantised_whatever_its_head(
    exported: Any, architecture: str, task: str, quantise: Callable[[Path, Path], None], tmp_path: Path
) -> None:
    model, _, graph = exported(architecture, task)
    quantise(graph, tmp_path / "out.onnx")
    given = batch(model, 2, 8)
    floats, integers = (OnnxSession(path, Execution(threads=1)).run(given) for path in (graph, tmp_path / "out.onnx"))
    assert floats.shape == integers.shape
    np.testing.assert_allclose(integers, floats, atol=0.2 * np.abs(floats).max())
    assert not np.array_equal(integers, floats)
