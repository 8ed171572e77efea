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

from newsreel.models.runtime.conversion.calibration import Ranges, calibrate  # noqa: E402
from newsreel.models.runtime.conversion.selection import choose_layers  # noqa: E402

WORST = "block.1.outer"
PROBE = rows(9, 9, 9, seed=40)


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One layer's weights have an outlier in each column: whatever rounds them is far off."""
    path = dense_graph(tmp_path_factory.mktemp("graphs") / "model.onnx")
    model = onnx.load(str(path))
    weight = next(c for c in model.graph.initializer if c.name == f"{WORST}.weight")
    values = onnx.numpy_helper.to_array(weight).copy()
    values[3] *= 300
    weight.CopyFrom(onnx.numpy_helper.from_array(values, weight.name))
    onnx.save(model, str(path))
    return path


@pytest.fixture(scope="module")
def ranges(graph: Path) -> Ranges:
    return calibrate(graph, [rows(n, seed=n) for n in range(2, 24)])


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
    assert f"{WORST}.weight" in {constant.name for constant in onnx.load(str(out)).graph.initializer}


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
