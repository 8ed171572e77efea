"""A benchmark of a tiny model, for real: inputs, processes of their own, the command, going on where it was."""

from __future__ import annotations

import io
import json
import os
import signal
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from filelock import FileLock
from tests.encoder_builders import WORDS, tiny_folder, tiny_tokenizer
from typer.testing import CliRunner

from newsreel.cli.bench import _terminable
from newsreel.cli.bench import bench as command
from newsreel.core.errors import UsageError
from newsreel.ops.bench.children import JobError, _died, ask
from newsreel.ops.bench.grid import Configuration, Wanted
from newsreel.ops.bench.material import in_words, texts_of
from newsreel.ops.bench.models import Model
from newsreel.ops.bench.quality import compare
from newsreel.ops.bench.run import Benchmark, Step, bench
from newsreel.ops.bench.workload import Workload, of_pairs, of_texts, of_windows

pytest.importorskip("torch", reason="needs the build extra")

TEXTS = [" ".join(WORDS[n : n + 3 * n + 1]) for n in range(12)]
FP32 = Configuration(runtime="onnxruntime", precision="fp32", threads=1, streams=1, batch_tokens=64)


@pytest.fixture(scope="session")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    tiny_tokenizer("bert").save(str(path))
    return path


@pytest.fixture(scope="session")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of artifacts with one, `tiny`, made of a folder that is still there."""
    import tomli_w

    from newsreel.models.runtime import artifact
    from newsreel.models.runtime.conversion.export import export_encoder
    from newsreel.models.runtime.conversion.pretrained import read_pretrained

    root = tmp_path_factory.mktemp("artifacts")
    model = read_pretrained(tiny_folder(root.parent / "tiny-source", "bert", "embed"), "embed")

    def build(folder: Path) -> None:
        export_encoder(model, folder / "model.onnx")
        (folder / "tokenizer.json").write_bytes(model.tokenizer.read_bytes())
        card = {
            "format": artifact.FORMAT,
            "name": "tiny",
            "task": "embed",
            "fingerprint": "f",
            "precision": "fp32",
            "source": str(model.folder),
            "max_tokens": model.max_tokens,
            "dimension": model.hidden,
            "graphs": {"fp32": "model.onnx"},
            "files": artifact.listing(folder),
            "weights": {"sha256": model.weights_sha256},
        }
        (folder / "card.toml").write_text(tomli_w.dumps(card))

    artifact.install(root, "tiny", build)
    return root


class TestWorkload:
    def test_queries_are_short_and_documents_whole(self, tokenizer: Path) -> None:
        made = of_texts(TEXTS, tokenizer, 16)
        assert {query["input_ids"].shape[1] for query in made.queries[2:]} == {8}
        assert max(document["input_ids"].shape[1] for document in made.documents) == 16
        assert in_words(made) == "12 documents of 3 to 16 tokens, queries of 3 to 8"

    def test_batches_hold_every_document_once_its_padding_masked(self, tokenizer: Path) -> None:
        made = of_texts(TEXTS, tokenizer, 32)
        batches = made.batches(64)
        assert sorted(row for rows, _ in batches for row in rows) == list(range(len(TEXTS)))
        for rows, inputs in batches:
            assert inputs["input_ids"].size <= 64 or len(rows) == 1
            for row, ids, mask in zip(rows, inputs["input_ids"], inputs["attention_mask"], strict=True):
                alone = made.documents[row]["input_ids"][0]
                np.testing.assert_array_equal(ids[mask == 1], alone)
                assert (ids[mask == 0] == made.padding_id).all()

    def test_wider_steps_make_fewer_shapes_within_what_the_model_reads(self, tokenizer: Path) -> None:
        made = of_texts(TEXTS, tokenizer, 30)
        widths = {inputs["input_ids"].shape[1] for _, inputs in made.batches(64, step=24)}
        assert widths == {24, 30}

    def test_company_is_of_a_rows_own_width(self, tokenizer: Path) -> None:
        made = of_texts(TEXTS, tokenizer, 32)
        row = made.documents[2]
        assert {other["input_ids"].shape[1] for other in made.company(row)} == {16}
        assert made.batch([row, *made.company(row)])["input_ids"].shape == (4, 16)

    def test_it_is_the_same_read_back(self, tokenizer: Path, tmp_path: Path) -> None:
        made = of_pairs(TEXTS, tokenizer, 32)
        made.save(tmp_path / "w.npz")
        again = Workload.load(tmp_path / "w.npz")
        assert (again.identity, again.padding_id, again.most) == (made.identity, made.padding_id, 32)
        assert any(pair["token_type_ids"].any() for pair in again.documents), "pairs are told apart"
        assert of_texts(TEXTS[:-1], tokenizer, 32).identity != of_texts(TEXTS, tokenizer, 32).identity

    def test_of_film_a_window_is_one(self) -> None:
        made = of_windows(np.zeros((3, 100, 27, 48, 3), np.uint8))
        assert [inputs["frames"].shape[0] for _, inputs in made.batches(2)] == [2, 1]
        assert in_words(made) == "3 windows of 100 frames"

    def test_texts_of_a_file_are_its_lines(self, tmp_path: Path) -> None:
        (tmp_path / "t.txt").write_text("one\n\n two \n")
        assert texts_of(tmp_path / "t.txt") == ["one", "two"]
        (tmp_path / "b.txt").write_bytes(b"\xff")
        (tmp_path / "e.txt").write_text("\n")
        for name in ("b.txt", "e.txt", "none.txt"):
            with pytest.raises(UsageError, match=name):
                texts_of(tmp_path / name)


class TestQuality:
    @pytest.mark.parametrize(
        ("task", "shape"),
        [("embed", (8,)), ("entities", (5, 3)), ("classify", (4,)), ("rerank", (1,)), ("shots", (9, 2))],
    )
    def test_equal_outputs_lose_nothing_and_others_are_below_the_gate(self, task: str, shape: tuple[int, ...]) -> None:
        draw = np.random.default_rng(0)
        reference, others = ([draw.normal(size=shape).astype(np.float32) for _ in range(9)] for _ in range(2))
        names = ("O", "B-PER", "I-PER")
        same = compare(task, reference, reference, neighbours=0.0, padding=0.0, labels=names)
        assert same.loss == pytest.approx(0, abs=1e-9)
        assert same.below == ""
        other = compare(task, others, reference, neighbours=0.0, padding=0.0, labels=names)
        assert other.loss > 0.1
        assert "gate" in other.below

    def test_tokens_outside_every_entity_count_for_nothing(self) -> None:
        outside, person = np.eye(2, dtype=np.float32)
        reference = [np.stack([outside] * 99 + [person])] * 2
        found = [reference[0], np.stack([outside] * 100)]
        lost = compare("entities", found, reference, neighbours=0.0, padding=0.0, labels=("O", "B-PER"))
        assert lost.value == pytest.approx(2 / 3)
        assert lost.worst == 0
        assert "span F1" in lost.below

    def test_the_order_is_that_of_each_querys_passages(self) -> None:
        reference = [np.array([score], np.float32) for score in range(17)]
        shifted = [*reference[8:16], *reference[:8], reference[16]]
        assert compare("rerank", shifted, reference, neighbours=0.0, padding=0.0).value == 1
        turned = [*reference[:8], *reference[15:7:-1], reference[16]]
        lost = compare("rerank", turned, reference, neighbours=0.0, padding=0.0)
        assert (lost.value, lost.worst) == (0, -1)

    def test_an_output_that_is_no_number_is_refused(self) -> None:
        broken = [np.full(4, np.nan, np.float32)] * 2
        found = compare("embed", broken, [np.ones(4, np.float32)] * 2, neighbours=float("nan"), padding=0.0)
        assert found.below == "an output is no number"
        json.dumps(asdict(found), allow_nan=False)


class TestChildren:
    def test_a_job_past_its_deadline_is_ended(self) -> None:
        with pytest.raises(JobError, match="not done within 0 s"):
            ask({"job": "measure"}, 0.01)

    def test_what_a_job_raises_is_its_cause(self, tmp_path: Path) -> None:
        job = {"job": "reference", "workload": str(tmp_path / "none.npz")}
        with pytest.raises(JobError, match="FileNotFoundError"):
            ask(job, 60)

    def test_how_a_process_died_is_told(self) -> None:
        assert _died(-9, io.BytesIO()) == "ended by SIGKILL, which is how a system takes memory back"
        assert _died(-11, io.BytesIO()) == "ended by SIGSEGV"
        assert _died(3, io.BytesIO(b"noise\nlast words\n")) == "ended with exit code 3: last words"
        assert _died(3, io.BytesIO()) == "ended with exit code 3: it said nothing"


class TestForms:
    def test_what_the_artifact_lacks_is_made_and_opened(self, artifacts: Path, tmp_path: Path, tokenizer: Path) -> None:
        model = Model.of(artifacts, "tiny", tmp_path)
        (inputs,) = of_texts(TEXTS[2:3], tokenizer, 32).documents
        expected = model.open(FP32).run(inputs)
        for runtime, precision, tolerance in (
            ("onnxruntime", "int8-weights", 0.05),
            ("torch", "fp32", 1e-5),
            ("torch", "bf16", 0.05),
            ("torchscript", "fp32", 1e-5),
        ):
            one = Configuration(runtime=runtime, precision=precision, threads=1, streams=1, batch_tokens=64)
            form = model.form(one)
            if form is not None:
                model.prepare(form)
            np.testing.assert_allclose(model.open(one).run(inputs), expected, atol=tolerance)
        assert sorted(path.name for path in (tmp_path / "graphs").iterdir()) == [
            "model.int8-weights.onnx",
            "model.torchscript.pt",
        ]

    def test_a_form_of_the_artifact_is_not_made(self, artifacts: Path, tmp_path: Path) -> None:
        assert Model.of(artifacts, "tiny", tmp_path).form(FP32) is None


def newsreel(*args: str) -> Any:
    """`newsreel models bench tiny`, in this process; the exception, if it ends with one, or what it printed."""
    app = typer.Typer()
    app.command()(command)
    done = CliRunner().invoke(app, ["tiny", *args])
    return done.exception if done.exit_code else done.stdout


def test_the_command_measures_goes_on_and_refuses_another_models_folder(
    artifacts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSREEL_ARTIFACTS", str(artifacts))
    texts, out = tmp_path / "t.txt", tmp_path / "out"
    texts.write_text("\n".join(TEXTS))
    options = ("--runtime", "onnxruntime", "--precision", "fp32", "--threads", "1", "--quick", "--p95-ms", "1000")
    options += ("--texts", str(texts), "--out", str(out), "--batch-tokens", "64")

    first = json.loads(newsreel(*options, "--json"))
    (row,) = first["rows"]
    assert row["key"] == first["chosen"] == "onnxruntime fp32 1 64"
    assert row["quality"]["value"] == pytest.approx(1, abs=1e-5)
    assert row["quality"]["storable"] is True
    assert 0 < row["measured"]["query_p50_ms"] <= row["measured"]["query_p95_ms"]
    assert row["measured"]["memory_mb"] > 1
    assert {path.name for path in out.iterdir()} >= {"results.json", "table.txt", "profile.json", "plot.png"}
    assert any(one["operator"] for one in json.loads((out / "profile.json").read_text())[row["key"]])

    assert "onnxruntime" in newsreel(*options, "--batch-tokens", "128")
    again = json.loads((out / "results.json").read_text())["rows"]
    assert again[0]["measured"] == row["measured"], "it was not measured again"
    assert [one["configuration"]["batch_tokens"] for one in again] == [64, 128]
    with FileLock(out / "lock", timeout=0):
        pass  # it was let go

    texts.write_text("\n".join(TEXTS[1:]))
    refused = newsreel(*options)
    assert isinstance(refused, UsageError)
    assert "another text" in str(refused)


def test_one_text_is_measured(artifacts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSREEL_ARTIFACTS", str(artifacts))
    (tmp_path / "t.txt").write_text("one text\n")
    options = ("--runtime", "onnxruntime", "--precision", "fp32", "--threads", "1", "--quick", "--batch-tokens", "64")
    found = json.loads(newsreel(*options, "--texts", str(tmp_path / "t.txt"), "--out", str(tmp_path / "out"), "--json"))
    (row,) = found["rows"]
    assert row["failed"] == ""
    assert row["quality"]["neighbours"] == 0
    assert found["chosen"] == row["key"]


def test_the_command_that_builds_a_model_is_known(artifacts: Path, tmp_path: Path) -> None:
    made = Model.of(artifacts, "tiny", tmp_path)
    assert made.order.startswith("newsreel models build embed ")
    assert made.order.endswith("tiny-source --name tiny")


def test_a_model_that_there_is_not_is_bad_usage(artifacts: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no model 'none'"):
        Model.of(artifacts, "none", tmp_path)


def test_ctrl_c_keeps_what_was_measured(artifacts: Path, tmp_path: Path, tokenizer: Path) -> None:
    wanted = Wanted(runtimes=("onnxruntime",), precisions=("fp32",), threads=(1,), batch_tokens=(64, 128))
    asked = Benchmark(
        model=Model.of(artifacts, "tiny", tmp_path),
        workload=of_texts(TEXTS, tokenizer, 32),
        inputs="",
        wanted=wanted,
        seconds=0.05,
    )

    def interrupt(step: Step) -> None:
        if step.done == 1:
            raise KeyboardInterrupt

    with FileLock(tmp_path / "lock"), pytest.raises(UsageError, match=r"another benchmark is writing.*--out"):
        bench(asked, interrupt)
    report = bench(asked, interrupt)
    assert report.interrupted
    assert [row.rounds for row in report.rows] == [1, 0]
    assert report.chosen == report.rows[0]
    assert report.unbuilt == ()
    assert "1 of 2 configurations" in report.verdict()[0]


def test_sigterm_is_an_interruption_too() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), _terminable():
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (("--runtime", "tvm"), "tvm"),
        (("--precision", "int2"), "int2"),
        (("--runtime", "litert", "--precision", "int8"), "litert"),
    ],
)
def test_what_does_not_exist_is_bad_usage(
    args: tuple[str, ...], named: str, artifacts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSREEL_ARTIFACTS", str(artifacts))
    refused = newsreel("--out", str(tmp_path), *args)
    assert isinstance(refused, UsageError)
    assert named in str(refused)
