"""What a benchmark makes of its figures: the grid, the front, the choice, the table, the picture, the file."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from rich.console import Console

from newsreel.core.errors import ArtifactError, UsageError
from newsreel.models.runtime.cpu import Processor
from newsreel.ops.bench.files import print_report, write
from newsreel.ops.bench.front import choose, front
from newsreel.ops.bench.grid import Configuration, Here, Wanted, grid
from newsreel.ops.bench.plot import edge
from newsreel.ops.bench.records import Records
from newsreel.ops.bench.report import Report
from newsreel.ops.bench.rows import Quality, Row, Sample, row

FP32 = Configuration(runtime="onnxruntime", precision="fp32", threads=2, streams=1, batch_tokens=512)
INT8 = replace(FP32, runtime="openvino", precision="int8")
SPLIT = replace(INT8, streams=2)
DYNAMIC = replace(FP32, precision="int8-dynamic")
SAME = Quality(measure="cosine", value=1.0, worst=1.0, equal=1.0, neighbours=1e-7, padding=1e-7)
NEAR = replace(SAME, value=0.994, worst=0.981)
SUBJECT = {"model": "m 1", "machine": "x", "text": "t"}


def sample(p95_ms: float, documents_s: float, memory_mb: float = 200.0) -> Sample:
    return Sample(
        load_s=0.5, memory_mb=memory_mb, query_p50_ms=p95_ms * 0.9, query_p95_ms=p95_ms, documents_s=documents_s
    )


def of(one: Configuration, p95_ms: float, documents_s: float, quality: Quality = SAME, memory_mb: float = 200) -> Row:
    return row(one, [sample(p95_ms, documents_s, memory_mb)], quality)


ROWS = (
    of(FP32, 8.0, 60),
    of(INT8, 1.3, 150, NEAR),
    of(SPLIT, 2.4, 173, NEAR),
    of(DYNAMIC, 1.1, 200, replace(NEAR, neighbours=0.43)),
    Row(configuration=replace(FP32, runtime="torch"), failed="killed"),
)


def report(**changes: Any) -> Report:
    values: dict[str, Any] = {
        "model": "all-MiniLM-L6-v2",
        "task": "embed",
        "fingerprint": "f",
        "processor": Processor("Xeon", "x86_64", 2, ("avx2", "avx512_vnni")),
        "date": "2026-11-21T17:00:00+00:00",
        "versions": {"onnxruntime": "1.24"},
        "inputs": "64 documents of 24 to 231 tokens, queries of 8",
        "rows": ROWS,
        "missing": {"litert": "ai-edge-litert is not installed"},
        "profiles": {
            FP32.key: [
                {"operator": "MatMul", "seconds": 0.9, "share": 0.9},
                {"operator": "Add", "seconds": 0.1, "share": 0.1},
            ],
            SPLIT.key: [{"operator": "FullyConnected", "seconds": 0.3, "share": 1.0}],
        },
    }
    return Report(**{**values, **changes})


def printed(made: Report) -> str:
    text = io.StringIO()
    print_report(made, Console(file=text, width=160))
    return text.getvalue()


class TestGrid:
    def test_every_runtime_has_the_precisions_it_can_run(self) -> None:
        found = grid(Wanted(), Here(cores=2, batch_tokens=(512, 2048)))
        pairs = {(one.runtime, one.precision) for one in found}
        assert {("openvino", "int8"), ("onnxruntime", "int8-dynamic"), ("torch", "bf16"), ("litert", "fp32")} <= pairs
        assert not {("torch", "int8"), ("torch", "fp16"), ("onnxruntime", "bf16")} & pairs
        assert len({one.key for one in found}) == len(found)

    def test_threads_are_one_and_all_in_one_stream_and_in_one_each(self) -> None:
        found = grid(Wanted(runtimes=("openvino", "torch"), precisions=("fp32",)), Here(cores=4, batch_tokens=(512,)))
        assert [(one.runtime, one.width) for one in found] == [
            ("openvino", "1"),
            ("openvino", "4"),
            ("openvino", "4/4"),
            ("torch", "1"),
            ("torch", "4"),
        ]

    def test_one_core_is_one_width(self) -> None:
        found = grid(Wanted(runtimes=("openvino",), precisions=("int8",)), Here(cores=1, batch_tokens=(512,)))
        assert [one.width for one in found] == ["1"]

    def test_quick_is_all_cores_one_batch_size_and_one_round(self) -> None:
        found = grid(Wanted(quick=True), Here(cores=2, batch_tokens=(512, 2048)))
        assert {one.batch_tokens for one in found} == {512}
        assert {one.threads for one in found} == {2}
        assert Wanted(quick=True).rounds == 1

    def test_what_the_caller_names_is_what_is_measured(self) -> None:
        wanted = Wanted(runtimes=("onnxruntime",), precisions=("fp32",), threads=(3,), batch_tokens=(64, 128))
        assert [one.key for one in grid(wanted, Here(cores=2, batch_tokens=(512,)))] == [
            "onnxruntime fp32 3 64",
            "onnxruntime fp32 3 128",
            "onnxruntime fp32 3/3 64",
            "onnxruntime fp32 3/3 128",
        ]

    def test_a_gpu_adds_what_runs_on_it(self) -> None:
        added = [one for one in grid(Wanted(), Here(cores=2, batch_tokens=(512,), cuda=True)) if one.device == "cuda"]
        assert {("torch", "fp16"), ("onnxruntime", "fp32")} <= {(one.runtime, one.precision) for one in added}

    def test_a_precision_that_the_model_has_not_is_left_out_unless_named(self) -> None:
        here = Here(cores=2, batch_tokens=(512,), precisions=("fp32", "int8-dynamic"))
        assert {one.precision for one in grid(Wanted(), here)} == {"fp32", "int8-dynamic"}
        assert {one.precision for one in grid(Wanted(precisions=("int8",)), here)} == {"int8"}

    def test_bfloat16_is_how_the_session_is_opened(self) -> None:
        assert replace(FP32, runtime="torch", precision="bf16").execution.dtype == "bfloat16"
        assert FP32.execution.dtype == "float32"

    @pytest.mark.parametrize(
        "wanted", [{"runtimes": ("tvm",)}, {"precisions": ("int2",)}, {"threads": (0,)}, {"batch_tokens": (-1,)}]
    )
    def test_what_does_not_exist_is_bad_usage(self, wanted: dict[str, Any]) -> None:
        with pytest.raises(UsageError):
            Wanted(**wanted)

    def test_what_does_not_fit_together_is_bad_usage(self) -> None:
        with pytest.raises(UsageError, match="no runtime asked for has such a precision"):
            grid(Wanted(runtimes=("litert",), precisions=("int8",)), Here(cores=2, batch_tokens=(512,)))


class TestFrontAndChoice:
    def test_the_front_is_what_nothing_beats(self) -> None:
        assert [found.key for found in front(ROWS, "embed")] == [FP32.key, INT8.key, SPLIT.key]

    def test_worse_in_all_is_not_on_it(self) -> None:
        worse = of(replace(FP32, threads=1), 9.0, 50, memory_mb=300)
        assert worse not in front((*ROWS, worse), "embed")

    def test_less_than_repeats_is_no_difference(self) -> None:
        twin = of(replace(FP32, threads=1), 8.02, 59.9)
        assert twin in front((*ROWS, twin), "embed")

    def test_the_choice_is_the_most_documents_within_the_time_for_a_query(self) -> None:
        assert choose(ROWS, "embed").configuration == SPLIT  # type: ignore[union-attr]
        assert choose(ROWS, "embed", 2.0).configuration == INT8  # type: ignore[union-attr]
        assert choose(ROWS, "embed", 1.2) is None

    def test_vectors_that_depend_on_their_neighbours_are_not_stored(self) -> None:
        assert "not storable" in ROWS[3].refused("embed")
        assert choose(ROWS, "rerank").configuration == DYNAMIC  # type: ignore[union-attr]

    def test_what_is_below_the_gate_is_not_chosen(self) -> None:
        poor = of(INT8, 0.5, 900, replace(NEAR, below="cosine 0.8, the gate is 0.99"))
        assert choose((ROWS[0], poor), "embed") is ROWS[0]
        assert poor not in front((ROWS[0], poor), "embed")

    @given(st.lists(st.tuples(*[st.floats(0.1, 1000)] * 3), min_size=1, max_size=12))
    def test_what_is_not_on_the_front_is_beaten_by_one_that_is(self, figures: list[tuple[float, ...]]) -> None:
        rows = [
            of(replace(FP32, batch_tokens=n), p95, documents, memory_mb=memory)
            for n, (p95, documents, memory) in enumerate(figures, 1)
        ]
        best = front(rows, "embed")
        assert best
        near = 1.06  # a step, and rounding
        for other in (one for one in rows if one not in best):
            assert any(
                b.measured.query_p95_ms <= other.measured.query_p95_ms * near  # type: ignore[union-attr]
                and b.measured.documents_s * near >= other.measured.documents_s  # type: ignore[union-attr]
                and b.measured.memory_mb <= other.measured.memory_mb * near  # type: ignore[union-attr]
                for b in best
            )


class TestRows:
    def test_a_row_is_the_median_of_its_rounds(self) -> None:
        slow_minute = [sample(1.0, 100), sample(9.0, 11), sample(1.1, 98)]
        found = row(FP32, slow_minute, SAME)
        assert (found.measured.query_p95_ms, found.measured.documents_s, found.rounds) == (1.1, 98, 3)  # type: ignore[union-attr]

    def test_what_failed_says_why(self) -> None:
        found = row(FP32, [], None, "ended by SIGKILL")
        assert found.measured is None
        assert found.refused("embed") == "ended by SIGKILL"


class TestReport:
    def test_the_table_marks_choice_and_front_and_names_what_is_missing(self) -> None:
        text = printed(report(p95_ms=2.0))
        marks = [line.split()[0] for line in text.splitlines() if line.split()[1:2] == ["openvino"]]
        assert marks == ["●", "→"]
        assert "Most documents a second within 2 ms: openvino int8, 2 threads, batches of 512: 150 a second" in text
        assert "litert was not measured: ai-edge-litert is not installed." in text
        assert "torch fp32: killed." in text
        assert "no (4e-01)" in text

    def test_the_settings_that_get_the_choice_are_named(self) -> None:
        text = printed(report(p95_ms=2.0, order="newsreel models build embed"))
        assert "NEWSREEL_RUNTIME=openvino NEWSREEL_THREADS=2" in text
        assert "`newsreel models build embed --precision int8 --again` has it serve in int8" in text
        assert "has it serve" not in printed(report(precision="int8"))

    def test_what_does_not_serve_is_for_comparison_only(self) -> None:
        fastest = of(replace(FP32, runtime="tensorflow"), 0.2, 900)
        made = report(rows=(*ROWS, fastest))
        assert made.chosen is ROWS[2]
        assert fastest not in made.front
        text = printed(made)
        assert "·  tensorflow" in text
        assert "For tensorflow, documents are padded to multiples of 64 tokens" in text

    def test_an_artifact_without_int8_says_how_to_build_it(self) -> None:
        text = printed(report(unbuilt=("int8",)))
        assert "int8 was not measured: all-MiniLM-L6-v2 is not built in it" in text
        assert "--precision int8 --again" in text

    def test_an_interrupted_run_says_that_it_is_incomplete(self) -> None:
        assert "Incomplete: it was ended early" in printed(report(interrupted=True))
        assert "Incomplete" not in printed(report())

    def test_the_spread_of_the_rounds_is_shown(self) -> None:
        found = row(SPLIT, [sample(1.0, 100), sample(1.1, 80), sample(1.2, 104)], NEAR)
        assert found.documents_s_range == (80, 104)
        assert "80-104" in printed(report(rows=(found,)))

    def test_nothing_within_the_time_names_the_nearest(self) -> None:
        assert "Nothing answers within 0.1 ms: the nearest is openvino int8, 2 threads" in printed(report(p95_ms=0.1))

    def test_nothing_measured_is_said(self) -> None:
        assert "Nothing that was measured may be chosen." in printed(report(rows=ROWS[4:], profiles={}))

    def test_the_profile_stands_beside_that_of_the_fp32_graph(self) -> None:
        text = printed(report())
        assert "FullyConnected" in text
        assert "MatMul" in text
        assert "90%" in text

    def test_the_json_has_every_row(self) -> None:
        found = json.loads(json.dumps(report(p95_ms=2.0).as_json(), allow_nan=False))
        assert found["chosen"] == INT8.key
        assert found["front"] == [FP32.key, INT8.key, SPLIT.key]
        assert found["machine"]["int8_native"] is True
        assert [one["key"] for one in found["rows"]] == [one.key for one in ROWS]
        assert found["rows"][4]["measured"] is None
        assert found["rows"][3]["quality"]["storable"] is False


class TestPicture:
    def test_the_edge_goes_from_the_fastest_query_to_the_most_documents(self) -> None:
        assert [one.key for one in edge(report())] == [INT8.key, SPLIT.key]

    def test_less_than_repeats_makes_no_corner_of_the_edge(self) -> None:
        twin = of(replace(SPLIT, batch_tokens=2048), 2.41, 173.5, NEAR)
        assert [one.key for one in edge(report(rows=(*ROWS, twin)))] == [INT8.key, SPLIT.key]

    def test_it_is_a_picture_of_every_point(self, tmp_path: Path) -> None:
        with Image.open(write(report(), tmp_path)) as picture:
            assert picture.format == "PNG"
            colours = {colour for _, colour in picture.convert("RGB").getcolors(maxcolors=1 << 20) or ()}
        assert (0xD5, 0x5E, 0x00) in {tuple(c) for c in colours} or len(colours) > 100
        assert json.loads((tmp_path / "results.json").read_text())["format"] == 1
        assert "openvino" in (tmp_path / "table.txt").read_text()
        assert SPLIT.key in json.loads((tmp_path / "profile.json").read_text())

    def test_without_matplotlib_the_rest_is_written(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
        with pytest.raises(ArtifactError, match="pip install"):
            write(report(), tmp_path)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["profile.json", "results.json", "table.txt"]

    def test_nothing_measured_is_drawn_too(self, tmp_path: Path) -> None:
        assert write(report(rows=ROWS[4:], profiles={}), tmp_path).stat().st_size > 0


class TestRecords:
    def test_what_was_measured_is_there_the_next_time(self, tmp_path: Path) -> None:
        first = Records(tmp_path / "r", SUBJECT)
        first.add(INT8, 0, sample(1, 100), NEAR)
        first.add(INT8, 1, sample(3, 80), None)
        first.fail(FP32, "it broke")
        again = Records(tmp_path / "r", SUBJECT)
        assert again.has(INT8, 1)
        assert not again.has(INT8, 2)
        assert again.has_quality(INT8)
        assert not again.failed(FP32), "another run tries again"
        assert again.rows([INT8])[0] == first.rows([INT8])[0]

    def test_a_line_cut_off_is_measured_again(self, tmp_path: Path) -> None:
        path = tmp_path / "r"
        first = Records(path, SUBJECT)
        first.add(INT8, 0, sample(1, 100), NEAR)
        first.add(INT8, 1, sample(1, 100), None)
        path.write_bytes(path.read_bytes()[:-20])
        again = Records(path, SUBJECT)
        assert (again.has(INT8, 0), again.has(INT8, 1)) == (True, False)
        again.add(INT8, 1, sample(2, 90), None)
        assert Records(path, SUBJECT).has(INT8, 1)

    def test_another_models_folder_is_refused(self, tmp_path: Path) -> None:
        Records(tmp_path / "r", SUBJECT)
        with pytest.raises(UsageError, match=r"another model.*--out"):
            Records(tmp_path / "r", {**SUBJECT, "model": "n 2"})

    @pytest.mark.parametrize(
        "first", ["123", '{"subject": {"model": "m 1", "machine": "x", "text": "t"}}', '"subject"']
    )
    def test_what_another_version_wrote_is_refused(self, tmp_path: Path, first: str) -> None:
        (tmp_path / "r").write_text(first + "\n")
        with pytest.raises(UsageError, match=r"another record format.*--out"):
            Records(tmp_path / "r", SUBJECT)

    @pytest.mark.parametrize(
        "line",
        [
            "123",
            "[]",
            '"operators"',
            '{"key": "k"}',
            '{"key": "k", "operators": [1]}',
            '{"key": "k", "round": 0, "sample": {"load_s": 1}, "quality": null}',
            '{"key": "k", "round": 0, "sample": {"load_s": "1", "memory_mb": 1, "query_p50_ms": 1, "query_p95_ms": 1, '
            '"documents_s": 1}, "quality": null}',
        ],
    )
    def test_a_line_of_another_shape_is_refused(self, tmp_path: Path, line: str) -> None:
        Records(tmp_path / "r", SUBJECT)
        with (tmp_path / "r").open("a") as file:
            file.write(f"\n{line}\n")
        with pytest.raises(UsageError, match=r"no measurement.*--out"):
            Records(tmp_path / "r", SUBJECT)

    def test_a_file_of_something_else_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "r").write_text('{"some": "thing"}\n')
        with pytest.raises(UsageError, match="--out"):
            Records(tmp_path / "r", SUBJECT)
        (tmp_path / "b").write_bytes(b"\xff\xfe\x00")
        with pytest.raises(UsageError, match="cannot be read"):
            Records(tmp_path / "b", SUBJECT)
