"""The README's commands run as they stand, and its manifest is one."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
from tests.commands import run

from newsreel.ingest.manifest import parse_line

ROOT = Path(__file__).parents[2]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)


def test_the_readmes_commands_run(sample_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    two_films = shutil.ignore_patterns("brackwater-old-bridge.*", "millford-station-clock.*")  # one is enough here
    shutil.copytree(sample_folder, tmp_path / "stories", ignore=two_films)
    commands = [line for block in blocks(ROOT / "README.md", "sh") for line in block.splitlines() if line.strip()]
    assert len(commands) > 5
    monkeypatch.chdir(tmp_path)
    for line in commands:
        words = shlex.split(line, comments=True)
        assert words[0] == "newsreel"
        if words[1] == "serve":  # would not end; the browser tests serve
            words = ["newsreel", "serve", "--help"]
        done = run(*words[1:])
        assert done.code == 0, f"{line}\n{done.err}"


def test_the_manifest_in_the_guide_is_one() -> None:
    lines = [line for block in blocks(ROOT / "docs/howto/your-own-folder.md", "json") for line in block.splitlines()]
    assert len(lines) == 2
    for line in lines:
        assert parse_line(line.encode()) == json.loads(line)


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_make_targets_that_the_docs_name_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for path in DOCS:
        assert set(re.findall(r"`make ([a-z]+)", path.read_text(encoding="utf-8"))) <= targets
