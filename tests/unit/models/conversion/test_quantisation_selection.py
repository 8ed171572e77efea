"""Which layers stay float: the costliest, and no more than the gate asks for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.graph_builders import LAYERS, dense_graph, rows

from newsreel.core.errors import ArtifactError
from newsreel.models.runtime.sessions import Execution
from newsreel.models.runtime.sessions.onnx import OnnxSession

onnx = pytest.importorskip("onnx", reason="needs the build extra")

from newsreel.models.runtime.conversion.calibration import Range, Ranges, calibrate  # noqa: E402
from newsreel.models.runtime.conversion.layers import find_layers  # noqa: E402
from newsreel.models.runtime.conversion.selection import choose_layers  # noqa: E402

WORST = "block.1.outer"
PROBE = rows(9, 9, 9, seed=40)


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dense_graph(tmp_path_factory.mktemp("graphs") / "model.onnx")


@pytest.fixture(scope="module")
def ranges(graph: Path) -> Ranges:
    """What one layer reads was once three hundred times as large: whatever rounds it is far off."""
    seen = dict(calibrate(graph, [rows(n, seed=n) for n in range(2, 24)]))
    (worst,) = (layer.reads for layer in find_layers(onnx.load(str(graph)), graph) if layer.name == WORST)
    seen[worst] = Range(seen[worst].low * 300, seen[worst].high * 300)
    return seen


def embedded(graph: Path) -> np.ndarray:
    return OnnxSession(graph, Execution(threads=1)).run(PROBE)


def closeness(graph: Path, other: Path) -> float:
    return -float(np.abs(embedded(graph) - embedded(other)).mean())


def test_the_costliest_layer_is_put_back_and_no_other(graph: Path, ranges: Ranges, tmp_path: Path) -> None:
    out = tmp_path / "model.int8.onnx"
    seen: list[tuple[int, int]] = []
    free = choose_layers(graph, out, ranges, lambda path: closeness(graph, path), -np.inf)
    assert (free.kept, free.costs, free.evaluations) == ((), (), 1)
    choice = choose_layers(
        graph, out, ranges, lambda path: closeness(graph, path), free.quality / 2, progress=lambda *at: seen.append(at)
    )
    assert choice.kept == (WORST,)
    assert choice.all_int8 == free.quality < free.quality / 2 <= choice.quality == closeness(graph, out)
    assert choice.costs[0].layers == (WORST,)
    assert [cost.quality for cost in choice.costs] == sorted((cost.quality for cost in choice.costs), reverse=True)
    assert {name for cost in choice.costs for name in cost.layers} == set(LAYERS)
    assert [done for done, _ in seen] == list(range(1, choice.evaluations + 1))
    assert choice.evaluations <= seen[0][1]
    inputs = {
        name for node in onnx.load(str(out)).graph.node if node.op_type == "QuantizeLinear" for name in node.input
    }
    assert not any(
        name.startswith(layer.reads)
        for layer in find_layers(onnx.load(str(graph)), graph)
        for name in inputs
        if layer.name == WORST
    )


def test_a_gate_that_half_of_the_layers_cannot_hold_is_an_error_with_the_figures(
    graph: Path, ranges: Ranges, tmp_path: Path
) -> None:
    out = tmp_path / "model.int8.onnx"
    with pytest.raises(ArtifactError, match=r"missed by 0\.4000 with every layer .* by 0\.4000 with those of 2 of 4"):
        choose_layers(graph, out, ranges, lambda path: 0.5, 0.9)
    with pytest.raises(ArtifactError, match="missed by nan"):
        choose_layers(graph, out, ranges, lambda path: np.nan, 0.9)
    assert not out.exists()


def test_an_interrupted_choice_leaves_nothing(graph: Path, ranges: Ranges, tmp_path: Path) -> None:
    def interrupted(path: Path) -> float:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        choose_layers(graph, tmp_path / "out.onnx", ranges, interrupted, 0.9)
    assert list(tmp_path.iterdir()) == []
