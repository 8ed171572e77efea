"""Artifacts on disk: whole or refused, checked, one builder at a time, and never half-written."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import tomli_w

from newsreel.core.errors import ArtifactError
from newsreel.models.runtime import artifact, memory


def make(folder: Path, **card: object) -> None:
    """Fill a folder as a build does; the graph has a file beside it, as large ones have."""
    for name, content in {"model.onnx": b"graph", "model.onnx.data": b"weights", "tokenizer.json": b"{}"}.items():
        (folder / name).write_bytes(content)
    about = {
        "format": artifact.FORMAT,
        "name": "m",
        "task": "embed",
        "fingerprint": "f",
        "precision": "fp32",
        "graphs": {"fp32": "model.onnx"},
        "files": artifact.listing(folder),
    }
    (folder / "card.toml").write_text(tomli_w.dumps(about | card))


def changed(**card: object) -> Callable[[Path], None]:
    return lambda folder: make(folder, **card)


def fingerprint(root: Path) -> str:
    return str(artifact.load(root, "m", task="embed").card["fingerprint"])


def models(root: Path) -> list[str]:
    return [path.name for path in root.iterdir() if not path.name.startswith(".")]


def scraps(root: Path) -> list[str]:
    """What builds left behind, their locks aside."""
    return [path.name for path in (root / ".building").glob("*/*") if path.name != "lock"]


def test_an_artifact_is_installed_whole_and_loaded(tmp_path: Path) -> None:
    made = artifact.install(tmp_path, "m", make)
    assert artifact.load(tmp_path, "m", task="embed") == made
    assert made.precision == "fp32"
    assert made.graph() == made.graph("fp32") == tmp_path / "m" / "model.onnx"
    assert made.file("tokenizer.json").read_bytes() == b"{}"
    assert (models(tmp_path), scraps(tmp_path)) == (["m"], [])


def test_what_is_there_is_taken_unless_it_is_to_be_built_again(tmp_path: Path) -> None:
    artifact.install(tmp_path, "m", make)
    assert artifact.install(tmp_path, "m", changed(fingerprint="g")).card["fingerprint"] == "f"
    assert artifact.install(tmp_path, "m", changed(fingerprint="g"), again=True).card["fingerprint"] == "g"
    (tmp_path / "m" / "model.onnx").unlink()
    assert artifact.install(tmp_path, "m", changed(fingerprint="h")).card["fingerprint"] == "h", "it was not whole"


def test_what_is_there_is_taken_only_if_it_suits(tmp_path: Path) -> None:
    artifact.install(tmp_path, "m", make)

    def suits(standing: artifact.Artifact) -> bool:
        return standing.card["fingerprint"] == "g"

    for build in (changed(fingerprint="g"), changed(fingerprint="h")):
        assert artifact.install(tmp_path, "m", build, suits=suits).card["fingerprint"] == "g"


@pytest.mark.parametrize(
    ("name", "folder"), [("sentence-transformers/all-MiniLM-L6-v2", "sentence-transformers--all-MiniLM-L6-v2")]
)
def test_a_name_is_one_part_of_a_path(tmp_path: Path, name: str, folder: str) -> None:
    artifact.install(tmp_path, name, make)
    assert models(tmp_path) == [folder]
    assert artifact.load(tmp_path, name, task="embed").folder == tmp_path / folder


@pytest.mark.parametrize("name", ["", ".", "..", ".building", "../m", "a\\b", "a b", "a\0b", "m" * 300])
def test_a_name_that_is_no_safe_path_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ArtifactError, match="cannot name a model"):
        artifact.install(tmp_path / "root", name, make)
    with pytest.raises(ArtifactError, match="cannot name a model"):
        artifact.load(tmp_path / "root", name, task="embed")
    assert list(tmp_path.iterdir()) == []


def without_room(folder: Path) -> None:
    make(folder, fingerprint="g")
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def without_a_card(folder: Path) -> None:
    make(folder)
    (folder / "card.toml").unlink()


@pytest.mark.parametrize(
    ("build", "why"),
    [
        (without_room, "No space left on device.*make room.*NEWSREEL_ARTIFACTS"),
        (without_a_card, "has not been made"),
    ],
)
def test_a_build_that_fails_leaves_the_old_one(tmp_path: Path, build: Callable[[Path], None], why: str) -> None:
    artifact.install(tmp_path, "m", make)
    with pytest.raises(ArtifactError, match=why):
        artifact.install(tmp_path, "m", build, again=True)
    assert fingerprint(tmp_path) == "f"
    assert scraps(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "root").write_text("a file")
    with pytest.raises(ArtifactError, match=r"building the model 'm' in .*root failed"):
        artifact.install(tmp_path / "root", "m", make)


@pytest.mark.parametrize(("again", "builds"), [(False, 1), (True, 2)])
def test_of_two_builds_at_once_the_second_waits(tmp_path: Path, again: bool, builds: int) -> None:
    begun, waiting, built = threading.Event(), threading.Event(), []

    def first(folder: Path) -> None:
        begun.set()
        assert waiting.wait(10), "the second was told that it waits"
        make(folder)
        built.append("first")

    def second(folder: Path) -> None:
        make(folder)
        built.append("second")

    thread = threading.Thread(target=artifact.install, args=(tmp_path, "m", first))
    thread.start()
    assert begun.wait(10)
    artifact.install(tmp_path, "m", second, again=again, report=lambda step: waiting.set())
    thread.join()
    assert built == ["first", "second"][:builds]
    assert fingerprint(tmp_path) == "f"


_BUILDER = """
import sys, time
from pathlib import Path
from newsreel.models.runtime import artifact

def build(folder):
    (folder / "model.onnx").write_bytes(b"half")
    print("building", flush=True)
    time.sleep(60)

artifact.install(Path(sys.argv[1]), sys.argv[2], build, again=True)
"""


def test_what_a_killed_build_left_is_cleared_away_by_the_next_of_any_model(tmp_path: Path) -> None:
    artifact.install(tmp_path, "m", make)
    with subprocess.Popen([sys.executable, "-c", _BUILDER, tmp_path, "m"], stdout=subprocess.PIPE) as builder:
        assert builder.stdout is not None
        assert builder.stdout.readline() == b"building\n"
        artifact.install(tmp_path, "other", make)
        assert scraps(tmp_path) == ["artifact"], "of a builder that lives nothing is touched"
        builder.send_signal(signal.SIGKILL)
    assert fingerprint(tmp_path) == "f"
    assert scraps(tmp_path) == ["artifact"]
    artifact.install(tmp_path, "another", make)
    assert scraps(tmp_path) == []
    assert sorted(models(tmp_path)) == ["another", "m", "other"]


def test_killed_while_the_new_one_took_the_place_of_the_old_the_old_one_comes_back(tmp_path: Path) -> None:
    artifact.install(tmp_path, "m", make)
    (tmp_path / "m").rename(tmp_path / ".building" / "m" / "replaced")
    artifact.install(tmp_path, "other", make)
    assert fingerprint(tmp_path) == "f"


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (lambda f: (f / "card.toml").unlink(), "has not been made yet"),
        (lambda f: (f / "card.toml").write_text("= nonsense"), "cannot be read"),
        (lambda f: (f / "card.toml").write_bytes(b"\xff\xfe"), "cannot be read"),
        (changed(format=1), "format 1, made by an older"),
        (changed(format="2"), "format 2, made by an older"),
        (changed(format=99), "format 99, made by a newer Newsreel.*upgrade"),
        (changed(task="entities"), "is for the task entities, not for embed"),
        (changed(fingerprint=7), "it has no fingerprint"),
        (changed(files=["model.onnx"]), "it has no table of files"),
        (changed(files={"model.onnx": 5}), "does not say the bytes and the sha256 of model.onnx"),
        (changed(files={"../m/model.onnx": {"bytes": 5, "sha256": "0"}}), "may not lead out of its folder"),
        (changed(files={"/etc/passwd": {"bytes": 5, "sha256": "0"}}), "may not lead out of its folder"),
        (changed(graphs={"fp32": "../other.onnx"}), "its fp32 graph is not among its files"),
        (changed(precision="int8"), "its int8 graph is not among its files"),
        (lambda f: (f / "model.onnx").write_bytes(b"gra"), "has 3 bytes where its card says 5"),
        (lambda f: (f / "model.onnx").unlink(), "has None bytes"),
    ],
)
def test_a_damaged_artifact_is_refused_with_the_remedy(tmp_path: Path, harm: Callable[[Path], None], why: str) -> None:
    artifact.install(tmp_path, "m", make)
    harm(tmp_path / "m")
    with pytest.raises(ArtifactError, match=f"{why}.*newsreel models build embed"):
        artifact.load(tmp_path, "m", task="embed")


def test_the_remedy_names_the_source_it_was_built_from(tmp_path: Path) -> None:
    artifact.install(tmp_path, "m", changed(source="hf:owner/name@0abc"))
    (tmp_path / "m" / "model.onnx").unlink()
    with pytest.raises(ArtifactError, match="`newsreel models build embed hf:owner/name@0abc --name m --again`"):
        artifact.load(tmp_path, "m", task="embed")


def test_what_a_newer_version_made_is_not_replaced_unasked(tmp_path: Path) -> None:
    artifact.install(tmp_path, "m", make)
    make(tmp_path / "m", format=99)
    with pytest.raises(ArtifactError, match="upgrade Newsreel"):
        artifact.install(tmp_path, "m", make)
    artifact.install(tmp_path, "m", make, again=True)
    assert fingerprint(tmp_path) == "f"


@pytest.mark.parametrize("name", ["model.onnx", "model.onnx.data", "tokenizer.json"])
def test_a_file_with_another_checksum_is_refused_though_its_size_is_right(tmp_path: Path, name: str) -> None:
    made = artifact.install(tmp_path, "m", make)
    path = made.folder / name
    path.write_bytes(bytes(path.stat().st_size))
    zeros = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(
        ArtifactError, match=f"{name} has sha256 {zeros}, its card says .*models build embed SOURCE --name m --again"
    ):
        made.graph() if name.startswith("model") else made.file(name)


def test_what_an_artifact_does_not_have_is_said(tmp_path: Path) -> None:
    made = artifact.install(tmp_path, "m", make)
    with pytest.raises(ArtifactError, match="has no int8 graph, it has fp32"):
        made.graph("int8")
    with pytest.raises(ArtifactError, match=r"has no vocab\.txt.*models build embed"):
        made.file("vocab.txt")


def test_free_memory_is_the_less_of_the_machines_and_the_containers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (memory.available_bytes() or 0) > 1_000_000, "this machine says how much it has"
    monkeypatch.setattr(memory, "_MEMORY", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "_GROUP", tmp_path)
    assert memory.available_bytes() is None, "nothing tells"
    (tmp_path / "meminfo").write_text("MemTotal: 99 kB\nMemAvailable:    1 kB\nHugePages_Total: 0\n")
    for name, said in {"max": "100\n", "current": "95\n", "stat": "anon 90\ninactive_file 40\n"}.items():
        (tmp_path / f"memory.{name}").write_text(said)
    assert memory.available_bytes() == 45
    (tmp_path / "memory.max").write_text("max\n")
    assert memory.available_bytes() == 1024


def test_a_graph_larger_than_memory_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = artifact.install(tmp_path, "m", make)
    size = len(b"graph") + len(b"weights")
    monkeypatch.setattr(artifact, "available_bytes", lambda: 2 * size - 1)
    with pytest.raises(ArtifactError, match=r"the graph .*model\.onnx has .* of memory are free"):
        made.graph()
    for enough in (2 * size, None):
        monkeypatch.setattr(artifact, "available_bytes", lambda enough=enough: enough)
        assert made.graph().is_file()
