"""What serving must never import (design decision 5), and what the package shows of itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

HEAVY = ("torch", "tensorflow", "transformers", "sentence_transformers", "onnx", "sklearn", "scipy")

_PROGRAM = """
import json, sys
from pathlib import Path
from newsreel import app
from newsreel.search.results import Query
from newsreel.service import create_app
from newsreel.settings import Settings

folder, archive = Path(sys.argv[1]), Path(sys.argv[2])
app.index([str(folder)], archive, Settings(), lambda progress: None)
newsreel = app.Newsreel(archive, Settings())
newsreel.search(Query(text="ferry"))
create_app(app.Serving(newsreel))
app.audit_archive(archive)
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


def test_indexing_searching_and_serving_never_import_torch(tmp_path: Path, embedder: object) -> None:
    desk = tmp_path / "desk"
    desk.mkdir()
    (desk / "a.txt").write_text("Ferry late\n\nThe ferry was late.")
    command = [sys.executable, "-c", _PROGRAM, str(desk), str(tmp_path / "archive")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert loaded & {"onnxruntime", "openvino"}, "the program did run a model"
    assert not loaded & set(HEAVY)


def test_help_imports_neither_the_store_nor_a_model() -> None:
    program = "import sys, newsreel.cli.main; print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    for name in ("'lance'", "'onnxruntime'", "'trafilatura'", "'fastapi'"):
        assert name not in done.stdout


def test_the_shapes_of_answers_need_no_web_framework() -> None:
    program = "import sys, newsreel.service.schemas; print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    for name in ("'fastapi'", "'starlette'", "'lance'", "'jinja2'"):
        assert name not in done.stdout
