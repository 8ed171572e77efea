"""Opening by name, what an execution may be, where time goes, and what is not converted."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from newsreel.core.errors import ArtifactError, UsageError
from newsreel.models.runtime import cpu
from newsreel.models.runtime.sessions import RUNTIMES, Arrays, Execution, Output, available, open_session, opening
from newsreel.models.runtime.sessions.streams import Input, StreamSession


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"threads": -1}, "-1 threads"),
        ({"streams": 0}, "0 streams"),
        ({"threads": 2, "streams": 3}, "3 streams cannot share 2 threads"),
    ],
)
def test_an_execution_that_cannot_be_is_refused(how: dict[str, int], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        Execution(**how)  # type: ignore[arg-type]


def test_streams_share_the_threads_evenly() -> None:
    assert Execution(threads=8, streams=4).threads_a_stream == 2
    assert Execution(threads=7, streams=2).threads_a_stream == 3
    assert Execution().threads_a_stream == cpu.describe().cores
    assert Execution(streams=10_000).threads_a_stream == 1


def test_an_unknown_runtime_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    for ask in (lambda: available("abacus"), lambda: open_session("abacus", tmp_path, Execution())):
        with pytest.raises(UsageError, match="no runtime 'abacus': they are onnxruntime, openvino"):
            ask()


@pytest.mark.parametrize("runtime", [name for name in RUNTIMES if name != "onnxruntime"])
def test_a_runtime_that_is_not_installed_says_what_to_install(
    runtime: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(opening.importlib.util, "find_spec", lambda name: None)
    assert "pip install 'newsreel[" in (available(runtime) or "")
    with pytest.raises(ArtifactError, match=f"{runtime} is not installed: .pip install"):
        open_session(runtime, tmp_path / "graph", Execution())


@pytest.mark.parametrize("runtime", ["onnxruntime", "openvino"])
def test_what_a_runtime_cannot_do_is_refused_before_loading(runtime: str, tmp_path: Path) -> None:
    if available(runtime):
        pytest.skip(str(available(runtime)))
    with pytest.raises(UsageError, match="CPU"):
        open_session(runtime, tmp_path / "none.onnx", Execution(device="cuda"))


def test_a_file_is_no_module_and_a_module_no_file(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="needs the build extra")
    with pytest.raises(UsageError, match="torch runs a torch module"):
        open_session("torch", tmp_path, Execution())
    with pytest.raises(UsageError, match="onnxruntime runs a file"):
        open_session("onnxruntime", torch.nn.Identity(), Execution())


class _Counting:
    """Runners that note how many run at once."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self.lock = threading.Lock()

    def __call__(self, inputs: Arrays) -> Output:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.02)
        with self.lock:
            self.now -= 1
        return inputs["x"]


def test_as_many_batches_run_at_once_as_there_are_streams() -> None:
    counting = _Counting()
    session = StreamSession("graph", {"x": Input()}, [counting] * 3)
    batches = [{"x": np.full(1, n, np.float32)} for n in range(12)]
    outputs: list[list[Output]] = []
    threads = [threading.Thread(target=lambda: outputs.append(session.run_all(batches))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert counting.most == 3
    assert [[float(one[0]) for one in found] for found in outputs] == [list(range(12))] * 2


_IMPORTS = """
import json, sys
sent = []
import socket
socket.getaddrinfo = lambda *a, **k: sent.append(a) or []
socket.socket.connect = lambda self, address: sent.append(address)
from pathlib import Path
from newsreel.models.runtime.sessions import Execution, open_session
open_session("openvino", Path(sys.argv[1]), Execution(threads=1))
loaded = sorted({name.split(".")[0] for name in sys.modules})
print(json.dumps({"sent": sent, "loaded": loaded}))
"""


@pytest.mark.skipif(available("openvino") is not None, reason=str(available("openvino")))
def test_openvino_tells_nobody_and_brings_no_torch(square: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _IMPORTS, str(square)], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["sent"] == []
    assert "openvino" in told["loaded"]
    assert not {"openvino_telemetry", "torch", "tensorflow", "onnx"} & set(told["loaded"])


@pytest.fixture(scope="module")
def square(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graph of one product, a GELU written out as exporters did, and a normalisation."""
    helper = pytest.importorskip("onnx", reason="needs the build extra").helper
    onnx = sys.modules["onnx"]
    weights = np.random.default_rng(0).standard_normal((16, 16)).astype(np.float32)
    constants = {
        "w": weights,
        "root": np.float32(2**0.5),
        "one": np.float32(1),
        "half": np.float32(0.5),
        "scale": np.full(16, 2, np.float32),
    }
    nodes = [
        ("MatMul", ["x", "w"], "p"),
        ("Div", ["p", "root"], "d"),
        ("Erf", ["d"], "e"),
        ("Add", ["e", "one"], "a"),
        ("Mul", ["p", "a"], "m"),
        ("Mul", ["m", "half"], "g"),
        ("LayerNormalization", ["g", "scale"], "y"),
    ]
    graph = helper.make_graph(
        [helper.make_node(kind, read, [made], name=made) for kind, read, made in nodes],
        "square",
        [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, ["rows", 16])],
        [helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, ["rows", 16])],
        [onnx.numpy_helper.from_array(np.asarray(array), name) for name, array in constants.items()],
    )
    path = tmp_path_factory.mktemp("square") / "square.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10), path)
    return path


BATCH = {"x": np.random.default_rng(1).standard_normal((8, 16)).astype(np.float32)}


@pytest.mark.parametrize("runtime", ["onnxruntime", "openvino"])
def test_a_profile_says_where_the_time_goes(runtime: str, square: Path) -> None:
    if available(runtime):
        pytest.skip(str(available(runtime)))
    from newsreel.models.runtime.sessions.profiles import profile

    before = {path.name for path in Path.cwd().iterdir()}
    shares = profile(runtime, square, Execution(threads=2, streams=2), [BATCH] * 3)
    assert sum(one.share for one in shares) == pytest.approx(1)
    assert [one.seconds for one in shares] == sorted((one.seconds for one in shares), reverse=True)
    product = next(one for one in shares if "MatMul" in one.operator or "FullyConnected" in one.operator)
    assert product.calls == 3, "each batch once: what warms up is not counted"
    assert {path.name for path in Path.cwd().iterdir()} == before, "no file is left of it"


def test_a_profile_of_a_torch_module() -> None:
    torch = pytest.importorskip("torch", reason="needs the build extra")
    from newsreel.models.runtime.sessions.profiles import profile

    class Product(torch.nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, x: Any) -> Any:
            return x @ x.T

    shares = profile("torch", Product(), Execution(threads=1), [BATCH] * 3)
    assert {one.operator: one.calls for one in shares}["aten::mm"] == 3


def test_what_was_fused_is_told(square: Path) -> None:
    from newsreel.models.runtime.sessions.profiles import fused

    assert fused("onnxruntime", square) == {"MatMul": 1, "Gelu": 1, "LayerNormalization": 1}


@pytest.mark.skipif(available("openvino") is not None, reason=str(available("openvino")))
def test_what_openvino_runs_is_told_with_its_kernels(square: Path) -> None:
    from newsreel.models.runtime.sessions.profiles import fused

    found = fused("openvino", square)
    assert any(operator.startswith("FullyConnected ") for operator in found)
    assert not any(operator.startswith(("Const", "Erf", "Gelu")) for operator in found), "GELU is in the product"


@pytest.mark.parametrize("ask", ["profile", "fused"])
def test_runtimes_that_tell_nothing_are_refused(ask: str, square: Path) -> None:
    from newsreel.models.runtime.sessions import profiles

    with pytest.raises(UsageError, match=r"litert .* onnxruntime"):
        {
            "profile": lambda: profiles.profile("litert", square, Execution(), [BATCH]),
            "fused": lambda: profiles.fused("litert", square),
        }[ask]()
