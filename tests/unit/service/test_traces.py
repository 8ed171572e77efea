"""Spans of requests, as they come to a collector."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from tests.listening import listening

pytest.importorskip("onnx", reason="needs the build extra")
pytest.importorskip("opentelemetry.sdk", reason="needs the otel extra")
from tests.model_builders import tiny_models
from tests.trace_collector import Collected, attributes, collecting
from tests.unit.inference.slow_model import Bench

from newsreel import app, traces
from newsreel.core.errors import UsageError
from newsreel.inference import Inference, Load, Memory
from newsreel.names.redact import PersonalData
from newsreel.service.state import State
from newsreel.settings import Settings
from newsreel.traces import _spans

TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
JOINED = {"traceparent": f"00-{TRACE}-{CALLER}-01", "tracestate": "desk=1"}
NOT_SAMPLED = {"traceparent": f"00-{TRACE[::-1]}-{CALLER}-00"}
TEXTS = ["ship of the strike", "rain"]


@pytest.fixture(scope="module")
def inference(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inference]:
    inference = Inference(tiny_models(tmp_path_factory.mktemp("models")), Load(10_000), Memory(0))
    yield inference
    inference.close()


def ask(port: int, path: str, body: object = None, headers: dict[str, str] | None = None) -> int:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, headers or {})
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


@pytest.fixture(scope="module")
def collected(inference: Inference) -> Iterator[Collected]:
    """Of a server that was asked a few things and has stopped."""
    served = app.Serving(None, inference, PersonalData())
    with collecting() as collected:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collected.address)
            environment.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")  # its spans would have whole addresses
            with listening(State(served), Settings(traces=collected.address)) as port:
                assert ask(port, "/v1/embeddings", {"input": TEXTS}, JOINED) == 200
                assert ask(port, "/v1/rerank", {"query": "ship", "documents": TEXTS}) == 200
                assert ask(port, "/v1/entities", {"text": "ann"}, NOT_SAMPLED) == 200
                assert ask(port, "/v1/items/secret-address") == 404
                assert ask(port, "/v1/search?q=secret-query") == 404
                assert ask(port, "/healthz") == 200
                assert ask(port, "/metrics") == 200
        yield collected


def named(collected: Collected, name: str) -> Any:
    (span,) = [span for span in collected.spans if span.name == name]
    return span


def children(collected: Collected, parent: Any) -> dict[str, Any]:
    return {span.name: span for span in collected.spans if span.parent_span_id == parent.span_id}


def test_a_request_is_the_child_of_its_callers_span(collected: Collected) -> None:
    span = named(collected, "POST /v1/embeddings")
    assert (span.trace_id.hex(), span.parent_span_id.hex()) == (TRACE, CALLER)
    assert span.trace_state == "desk=1"
    assert span.kind == span.SPAN_KIND_SERVER
    told = attributes(span.attributes)
    assert told == {
        "http.request.method": "POST",
        "http.route": "/v1/embeddings",
        "http.response.status_code": 200,
    }
    assert collected.services == {"newsreel"}


def test_without_a_caller_it_is_a_trace_of_its_own(collected: Collected) -> None:
    span = named(collected, "POST /v1/rerank")
    assert span.parent_span_id == b""
    assert span.trace_id.hex() != TRACE


def test_what_it_waited_for_is_in_it_in_order(collected: Collected) -> None:
    for route, task in (("embeddings", "embed"), ("rerank", "rerank")):
        span = named(collected, f"POST /v1/{route}")
        parts = children(collected, span)
        assert {"queue", "tokenise", "infer", "encode"} <= set(parts)
        queue, tokenise, infer = parts["queue"], parts["tokenise"], parts["infer"]
        slack_ns = 1_000_000  # two clocks
        assert span.start_time_unix_nano - slack_ns <= queue.start_time_unix_nano <= tokenise.start_time_unix_nano
        assert tokenise.end_time_unix_nano <= queue.end_time_unix_nano == infer.start_time_unix_nano
        assert infer.start_time_unix_nano < infer.end_time_unix_nano <= span.end_time_unix_nano + slack_ns
        for part in (queue, tokenise, infer):
            assert part.trace_id == span.trace_id
            assert attributes(part.attributes)["newsreel.task"] == task
    assert attributes(children(collected, named(collected, "POST /v1/embeddings"))["tokenise"].attributes) == {
        "newsreel.task": "embed",
        "newsreel.rows": 2,
    }


def test_what_the_caller_does_not_sample_is_not_sent(collected: Collected) -> None:
    assert not [span for span in collected.spans if span.trace_id.hex() == TRACE[::-1]]


def test_probes_are_not_traced_and_no_text_or_address_is_sent(collected: Collected) -> None:
    assert {span.name for span in collected.spans if span.kind == span.SPAN_KIND_SERVER} == {
        "POST /v1/embeddings",
        "POST /v1/rerank",
        "GET /v1/items/{uri:path}",
        "GET /v1/search",
    }
    assert collected.paths == {"/v1/traces"}
    sent = b"".join(collected.bodies)
    for secret in (*TEXTS, "secret-address", "secret-query"):
        assert secret.encode() not in sent


async def both(bench: Bench) -> list[list[str]]:
    async def ask() -> list[str]:
        with traces.request("POST", []):
            return await bench.answers.ask(["the same"], "split")

    async def go_on() -> None:
        bench.model.may_run.set()

    bench.model.may_run.clear()
    first, second, _ = await asyncio.gather(ask(), ask(), go_on())  # each begins when the one before it waits
    return [first, second]


def test_two_who_ask_the_same_at_once_are_both_told() -> None:
    with collecting() as collected, closing(Bench()) as bench:
        with traces.exported(collected.address):
            assert asyncio.run(both(bench)) == [["THE SAME"], ["THE SAME"]]
        assert bench.model.batches == [["the"]]
        requests = [span for span in collected.spans if span.kind == span.SPAN_KIND_SERVER]
        assert len(requests) == 2
        for request in requests:
            assert {"queue", "infer"} <= set(children(collected, request))


def test_an_error_is_told_by_its_class_alone() -> None:
    with collecting() as collected:
        with (
            pytest.raises(ValueError, match="secret"),
            traces.exported(collected.address),
            traces.request("POST", []),
            traces.span("encode"),
        ):
            raise ValueError("of a secret text")
        span = named(collected, "POST")
        assert attributes(span.attributes) == {"error.type": "ValueError"}
        assert span.status.code == span.status.STATUS_CODE_ERROR
        assert [child.name for child in children(collected, span).values()] == ["encode"]
        assert b"secret" not in b"".join(collected.bodies)


def test_a_collector_that_does_not_answer_holds_up_no_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_spans, "LAST_S", 0.2)
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        with traces.exported(f"http://127.0.0.1:{silent.getsockname()[1]}"):
            with traces.request("GET", []):
                pass
            began = time.monotonic()
        assert time.monotonic() - began < 2


def test_nothing_is_imported_or_made_unless_somebody_wants_it() -> None:
    program = (
        "import sys\nfrom newsreel import telemetry, traces\n"
        "with traces.exported(''), traces.request('GET', []) as span, traces.asked('embed') as asked:\n"
        "    assert span is asked is None\n"
        "    with telemetry.phase('encode'): pass\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4318/v1/traces"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_SDK_DISABLED": "true"}, False),
    ],
)
def test_opentelemetrys_variables_are_listened_to(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: bool
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert traces.wanted("") is expected


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "newsreel.traces._spans")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with (
        pytest.raises(UsageError, match=r"traces need opentelemetry\.sdk.*newsreel\[otel\]"),
        traces.exported("http://collector:4318"),
    ):
        pass
