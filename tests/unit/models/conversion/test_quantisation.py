"""Int8 graphs: what is rounded and by how much, what runtimes make of it, and rows beside neighbours."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as some
from tests.graph_builders import LAYERS, bare_graph, dense_graph, rows

from newsreel.core.errors import ArtifactError
from newsreel.models.runtime.sessions import Execution
from newsreel.models.runtime.sessions.onnx import OnnxSession

onnx = pytest.importorskip("onnx", reason="needs the build extra")

import onnxruntime as ort  # noqa: E402

from newsreel.models.runtime.conversion import integers  # noqa: E402
from newsreel.models.runtime.conversion.calibration import Range, Ranges, calibrate  # noqa: E402
from newsreel.models.runtime.conversion.quantisation import (  # noqa: E402
    quantise_dynamic,
    quantise_static,
    quantise_weights,
)

BATCHES = [rows(n, seed=n) for n in range(2, 24)]
ONE_THREAD = Execution(threads=1)


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dense_graph(tmp_path_factory.mktemp("graphs") / "model.onnx")


@pytest.fixture(scope="module")
def ranges(graph: Path) -> Ranges:
    return calibrate(graph, BATCHES)


@pytest.fixture(scope="module")
def static(graph: Path, ranges: Ranges) -> Path:
    out = graph.with_name("model.int8.onnx")
    quantise_static(graph, out, ranges)
    return out


def run(graph: Path, inputs: Any) -> Any:
    return OnnxSession(graph, ONE_THREAD).run(inputs)


def cosine(a: Any, b: Any) -> float:
    return float(((a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)).min())


def optimised(graph: Path, folder: Path) -> Counter[str]:
    """The operators that ONNX Runtime really runs."""
    options = ort.SessionOptions()
    options.log_severity_level = 3
    options.optimized_model_filepath = str(folder / "optimised.onnx")
    ort.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    return Counter(node.op_type for node in onnx.load(options.optimized_model_filepath).graph.node)


def test_ranges_hold_what_was_seen(graph: Path, ranges: Ranges) -> None:
    model = onnx.load(str(graph))
    name = "block.1.gelu"
    model.graph.output.insert(0, onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    seen = np.concatenate([session.run([name], batch)[0].reshape(-1, 64) for batch in BATCHES])
    np.testing.assert_allclose(ranges[name].low, seen.min(0), atol=1e-5)
    np.testing.assert_allclose(ranges[name].high, seen.max(0), atol=1e-5)
    assert set(ranges) == {"first", "block.0.gelu", "block.0.norm", "block.1.gelu"}


def test_static_int8_is_near_the_floats_and_runs_on_integers(graph: Path, static: Path, tmp_path: Path) -> None:
    batch = rows(9, 9, 9, seed=40)
    assert 0.999 < cosine(run(graph, batch), run(static, batch)) < 1
    kinds = optimised(static, tmp_path)
    assert (kinds["MatMulIntegerToFloat"], kinds["MatMul"]) == (len(LAYERS), 0)
    assert kinds["DequantizeLinear"] == 0  # nothing is given back as floats
    sizes = {c.name: np.prod(c.dims, dtype=int) for c in onnx.load(str(static)).graph.initializer if c.data_type == 1}
    assert {name for name, size in sizes.items() if size > 64} == {"dense.weight", "head.weight"}  # a row a text


def test_evening_wide_channels_is_what_makes_it_near(
    graph: Path, static: Path, ranges: Ranges, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    batch = rows(9, 9, 9, seed=40)
    expected, evened = run(graph, batch), run(static, batch)
    monkeypatch.setattr(integers, "UNEVEN", np.inf)
    quantise_static(graph, tmp_path / "uneven.onnx", ranges)
    uneven = run(tmp_path / "uneven.onnx", batch)
    assert 1 - cosine(expected, evened) < (1 - cosine(expected, uneven)) / 2


def test_layers_kept_float_compute_in_floats_with_rounded_weights(graph: Path, ranges: Ranges, tmp_path: Path) -> None:
    out = tmp_path / "kept.onnx"
    quantise_static(graph, out, ranges, keep_float=("block.0.outer", "block.1.inner"))
    whole = tmp_path / "whole.onnx"
    quantise_static(graph, whole, ranges)
    rounded = Counter(node.op_type for node in onnx.load(str(out)).graph.node)
    assert rounded["QuantizeLinear"] == len(LAYERS) - 2
    assert rounded["DequantizeLinear"] - rounded["QuantizeLinear"] == len(LAYERS)  # every weight is bytes
    assert out.stat().st_size <= whole.stat().st_size
    assert optimised(out, tmp_path)["MatMulIntegerToFloat"] == len(LAYERS) - 2
    with pytest.raises(ArtifactError, match=r"no layer 'nowhere' to keep float; its layers are called block\.0\.inner"):
        quantise_static(graph, out, ranges, keep_float=("nowhere",))


def test_reduced_weights_leave_room_for_sums_of_16_bits(graph: Path, ranges: Ranges, tmp_path: Path) -> None:
    quantise_static(graph, tmp_path / "reduced.onnx", ranges, reduced=True)
    for constant in onnx.load(str(tmp_path / "reduced.onnx")).graph.initializer:
        if constant.name.endswith("weight/int8"):
            assert np.abs(onnx.numpy_helper.to_array(constant).astype(int)).max() * 255 * 2 < 2**15
    batch = rows(9, 9, seed=40)
    assert cosine(run(graph, batch), run(tmp_path / "reduced.onnx", batch)) > 0.998


@pytest.mark.parametrize("precision", ["int8", "int8-weights"])
def test_openvino_gives_what_onnxruntime_gives(graph: Path, static: Path, tmp_path: Path, precision: str) -> None:
    """Where a value lies between two steps they may round it apart: one step of 255, not the same bits."""
    pytest.importorskip("openvino", reason="needs the openvino extra")
    from newsreel.models.runtime.sessions.openvino import OpenVinoSession

    out = static
    if precision == "int8-weights":
        out = tmp_path / "weights.onnx"
        quantise_weights(graph, out)
    batch = rows(9, 5, 7, seed=41)
    theirs = OpenVinoSession(out, ONE_THREAD).run(batch)
    np.testing.assert_allclose(theirs, run(out, batch), atol=0.02 * np.abs(theirs).max(), rtol=0)


def test_a_row_is_the_same_beside_neighbours_unless_scales_are_of_the_batch(
    graph: Path, static: Path, tmp_path: Path
) -> None:
    dynamic, weights = tmp_path / "dynamic.onnx", tmp_path / "weights.onnx"
    quantise_dynamic(graph, dynamic)
    quantise_weights(graph, weights)
    assert optimised(dynamic, tmp_path)["DynamicQuantizeMatMul"] == len(LAYERS)
    batch = rows(5, 23, 17, seed=42)
    alone = {name: values[:1, :5] for name, values in batch.items()}
    apart = {
        out: np.abs(run(out, batch)[:1] - run(out, alone)).max() / np.abs(run(graph, alone)).max()
        for out in (static, weights, dynamic)
    }
    assert max(apart[static], apart[weights]) < 1e-5
    assert apart[dynamic] > 1e-4


def test_weight_only_int8_is_near_the_floats_and_runs_on_integers(graph: Path, tmp_path: Path) -> None:
    quantise_weights(graph, tmp_path / "weights.onnx")
    batch = rows(9, 9, 9, seed=40)
    assert 0.999 < cosine(run(graph, batch), run(tmp_path / "weights.onnx", batch)) < 1
    assert optimised(tmp_path / "weights.onnx", tmp_path)["MatMulNBits"] == len(LAYERS)


def test_what_cannot_be_quantised_is_said(graph: Path, static: Path, ranges: Ranges, tmp_path: Path) -> None:
    bare, out = bare_graph(tmp_path / "bare.onnx"), tmp_path / "out.onnx"
    for quantise in (quantise_dynamic, quantise_weights, lambda graph, out: quantise_static(graph, out, ranges)):
        with pytest.raises(ArtifactError, match="nothing to quantise"):
            quantise(bare, out)
    with pytest.raises(ArtifactError, match="nothing to quantise"):
        calibrate(bare, BATCHES)
    with pytest.raises(ArtifactError, match="no text was given to calibrate"):
        calibrate(graph, [])
    with pytest.raises(ArtifactError, match="the ranges do not know 'first'"):
        quantise_static(graph, out, {})
    (tmp_path / "noise.onnx").write_bytes(b"no graph")
    with pytest.raises(ArtifactError, match="cannot be read"):
        quantise_static(tmp_path / "noise.onnx", out, ranges)
    old = onnx.load(str(graph))
    old.opset_import[0].version = 13
    onnx.save(old, str(tmp_path / "old.onnx"))
    with pytest.raises(ArtifactError, match="operator set 13"):
        quantise_weights(tmp_path / "old.onnx", out)
    assert not out.exists()


def test_values_that_are_not_finite_are_refused(graph: Path, tmp_path: Path) -> None:
    broken = onnx.load(str(graph))
    bias = next(c for c in broken.graph.initializer if c.name == "block.0.inner.bias")
    bias.CopyFrom(onnx.numpy_helper.from_array(np.full(64, np.nan, np.float32), bias.name))
    onnx.save(broken, str(tmp_path / "broken.onnx"))
    with pytest.raises(ArtifactError, match="not finite"):
        calibrate(tmp_path / "broken.onnx", BATCHES[:1])


weights = some.arrays(
    np.float32, st.tuples(st.sampled_from([32, 64]), st.integers(1, 5)), elements=st.floats(-9, 9, width=32)
)


@settings(deadline=None)
@given(weights, st.sampled_from([integers.WIDEST, integers.REDUCED]))
def test_a_weight_comes_back_within_half_a_step(weight: Any, largest: int) -> None:
    scaled = integers.by_channel(weight, 1, largest)
    assert np.abs(scaled.values.astype(int)).max() <= largest
    assert (np.abs(scaled.values * scaled.scales - weight) <= 0.501 * scaled.scales).all()
    blocks = integers.by_block(weight, 32)
    steps = blocks.scales.repeat(32, axis=0)
    assert (np.abs(blocks.values * steps - weight) <= 0.501 * steps).all()


@settings(deadline=None)
@given(some.arrays(np.float32, (2, 8), elements=st.floats(-1e4, 1e4, width=32)))
def test_what_was_seen_comes_back_within_a_step_and_zero_exactly(values: Any) -> None:
    seen = Range(values.min(0), values.max(0))
    scale, zero = integers.activation_scale(seen)
    rounded = np.clip(np.round(values / scale) + float(zero), 0, 255)
    assert (np.abs((rounded - float(zero)) * scale - values) <= 1.01 * scale).all()
    if (scales := integers.evened(seen)) is not None:
        assert scales.min() == 1
        even = seen.divided(scales)
        assert np.maximum(-even.low, even.high).max() <= np.quantile(np.abs(values).max(0), 0.9) * 1.001
