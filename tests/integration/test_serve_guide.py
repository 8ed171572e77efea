"""What the guide to the models over HTTP says is done, as it stands there."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.loopback import listening

from newsreel import app
from newsreel.inference import Inference, Load, Memory
from newsreel.settings import Settings

pytest.importorskip("onnx", reason="needs the build extra")
from tests.model_builders import tiny_models

GUIDE = (Path(__file__).parents[2] / "docs/howto/serve.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Iterator[str]:
    """The default models, and a reranker and a classifier, which there are no default ones of."""
    ours = {"embedder": app.open_embedder(settings), "entities": app.open_entity_model(settings)}
    models = replace(tiny_models(tmp_path_factory.mktemp("tiny")), **ours)
    with listening(app.Serving(None, Inference(models, Load(10_000), Memory(0)))) as served:
        yield served


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def test_python(address: str) -> None:
    found = "\n".join(blocks("python"))
    assert found.count("client.embeddings.create") > 1
    done: dict[str, object] = {}
    exec(found.replace("http://127.0.0.1:8420", address), done)  # our own documentation
    done["client"].close()  # type: ignore[attr-defined]


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_commands(address: str) -> None:
    for block in blocks("sh"):
        script = block.replace("http://127.0.0.1:8420", address)
        ran = subprocess.run(["sh", "-ec", script], capture_output=True, text=True, check=False)
        assert ran.returncode == 0, f"{block}\n{ran.stderr}"
        assert '"results":[' in ran.stdout
