"""SageMaker's and Vertex AI's shapes over loopback, with bodies as their documentation has them."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.commands import run
from tests.integration.test_docs import ROOT, blocks
from tests.listening import listening
from tests.model_builders import DESKS, DIMENSION, MAX_TOKENS, tiny_models

from newsreel.app import Serving
from newsreel.core.errors import UsageError
from newsreel.inference import Inference, Load, Memory
from newsreel.service.application import create_app
from newsreel.service.clouds import address
from newsreel.service.state import State
from newsreel.settings import Settings

ATTRIBUTES = "X-Amzn-SageMaker-Custom-Attributes"
LINES, CSV = {"Content-Type": "application/jsonlines"}, {"Content-Type": "text/csv"}
LONG = "ship " * (MAX_TOKENS + 1)
VERTEX = {
    "AIP_MODE": "PREDICTION",
    "AIP_HTTP_PORT": "8081",
    "AIP_STORAGE_URI": "",
    "AIP_HEALTH_ROUTE": "/v1/endpoints/12/deployedModels/34",
    "AIP_PREDICT_ROUTE": "/v1/endpoints/12/deployedModels/34:predict",
}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.body.split(b"\n")]

    @property
    def said(self) -> str:
        return str(self.json["error"]["message"])


@dataclass(frozen=True)
class Container:
    """One that a cloud has started."""

    port: int

    def ask(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Answer:
        sent = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, sent, {"Content-Type": "application/json", **(headers or {})})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def invoke(self, body: object, attributes: str = "", **headers: str) -> Answer:
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", "/invocations", body, more | ({ATTRIBUTES: attributes} if attributes else {}))


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Any]]:
    models = tiny_models(tmp_path_factory.mktemp("clouds"))

    @contextmanager
    def start(settings: Settings, load: Load | None = None) -> Iterator[Container]:
        inference = Inference(models, load or Load(settings.queue_tokens), Memory(0))
        with listening(State(Serving(None, inference)), settings) as port:
            yield Container(port)

    yield start


@pytest.fixture(scope="module")
def sagemaker(started: Callable[..., Any]) -> Iterator[Container]:
    with started(Settings(cloud="sagemaker")) as container:
        yield container


@pytest.fixture
def vertex(started: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Container]:
    for name, value in VERTEX.items():
        monkeypatch.setenv(name, value)
    with started(Settings(cloud_task="classify")) as container:  # by the environment it knows that it is Vertex AI's
        yield container


class TestSageMaker:
    def test_answers_a_ping_by_its_status_alone(self, sagemaker: Container) -> None:
        answer = sagemaker.ask("GET", "/ping")
        assert (answer.status, answer.body) == (200, b"")

    def test_is_not_ready_and_takes_nothing_while_it_loads(self) -> None:
        with listening(State(), Settings(cloud="sagemaker")) as port:
            container = Container(port)
            ping, asked = container.ask("GET", "/ping"), container.invoke({"input": "ship"})
        assert (ping.status, ping.body) == (503, b"")
        assert (asked.status, asked.json["error"]["type"]) == (503, "LoadingError")
        assert asked.headers["Retry-After"] == "1"

    def test_a_body_of_a_route_of_ours_is_answered_as_there(self, sagemaker: Container) -> None:
        for route, task, body in (
            ("/v1/embeddings", "embed", {"input": ["ship", "match"], "encoding_format": "base64"}),
            ("/v1/entities", "entities", {"text": "ann lee of london"}),
            ("/v1/rerank", "rerank", {"query": "ship", "documents": ["match", "ship"], "top_n": 1}),
            ("/v1/classify", "classify", {"inputs": "the ship"}),
        ):
            there, here = sagemaker.ask("POST", route, body), sagemaker.invoke(body, f"task={task}")
            assert here.status == 200
            assert here.body == there.body

    def test_instances_get_predictions(self, sagemaker: Container) -> None:
        asked = {
            "instances": ["ship", ["match"], {"input": ["ship"], "dimensions": 3}],
            "parameters": {"dimensions": 2},
        }
        ship, match, body = sagemaker.invoke(asked).json["predictions"]
        assert len(ship) == len(match) == 2
        assert np.linalg.norm(match) == pytest.approx(1)
        assert len(body["data"][0]["embedding"]) == 3
        named = sagemaker.invoke({"instances": ["ann lee"], "parameters": {"task": "entities"}}).json
        assert named["predictions"][0][0]["text"] == "ann lee"

    def test_inputs_get_a_list(self, sagemaker: Container) -> None:
        (alone,) = sagemaker.invoke({"inputs": "ship"}).json
        together = sagemaker.invoke({"inputs": ["ship", "match"]}).json
        np.testing.assert_allclose(together[0], alone, atol=1e-6)
        assert len(together) == 2
        pair = sagemaker.invoke({"inputs": [["of", "ship"]]}, "task=rerank").json
        assert 0.5 < pair[0] < 1

    def test_attributes_choose_and_are_given_back_as_they_came(self, sagemaker: Container) -> None:
        given = "task=classify,over_length=error,trace=c000b4f9-df62-4c85-a0bf-7c525f9104a4"
        fits = sagemaker.invoke({"inputs": "ship"}, given)
        assert fits.json["results"][0]["labels"][0]["label"] == DESKS[0]
        assert fits.headers[ATTRIBUTES] == given
        refused = sagemaker.invoke({"inputs": LONG}, given)
        assert (refused.status, refused.said.startswith("text 1 ")) == (400, True)
        assert sagemaker.invoke({"inputs": LONG}, "task=classify").status == 200
        assert sagemaker.invoke({"inputs": LONG, "over_length": "truncate"}, given).status == 200
        id_alone = sagemaker.invoke({"input": "ship"}, "c000b4f9-df62-4c85-a0bf-7c525f9104a4")
        assert id_alone.headers[ATTRIBUTES] == "c000b4f9-df62-4c85-a0bf-7c525f9104a4"
        assert ATTRIBUTES not in sagemaker.invoke({"input": "ship"}).headers

    @pytest.mark.parametrize(
        ("attributes", "status", "said"),
        [
            ("task=caption", 400, "'caption' is no task: embed, entities, rerank, classify are"),
            ("over_length=cut", 422, "'over_length'"),
            ("task=rerank,over_length=split", 422, "'over_length'"),
            ("x" * 1025, 400, "1,024"),
            ("task=\xe9", 400, "ASCII"),
        ],
    )
    def test_attributes_that_are_none_are_refused(
        self, sagemaker: Container, attributes: str, status: int, said: str
    ) -> None:
        answer = sagemaker.invoke({"input": "ship", "query": "ship", "documents": ["ship"]}, attributes)
        assert answer.status == status
        assert said in answer.said

    def test_a_line_gets_a_line_and_a_bad_one_loses_no_other(self, sagemaker: Container) -> None:
        body = (
            b'"ship"\n{"input": ["ship", "match"]}\n{"input": \n\r\n7\n{"input": []}\n["ship", "match"]\n'
            b'{"input": "ship", "model": "other"}\n{"input": "'
            + LONG.encode()
            + b'", "over_length": "error"}\n"\xff"\n'
            b'{"input": "ship", "dimensions": 4}\n'
        )
        answer = sagemaker.invoke(body, **LINES)
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/jsonlines")
        assert not answer.body.endswith(b"\n")  # AssembleWith=Line puts it there
        lines = answer.lines
        assert len(lines) == body.count(b"\n")
        errors = [line["error"]["type"] if isinstance(line, dict) and "error" in line else None for line in lines]
        usage = "UsageError"
        assert errors == [None, None, *[usage] * 5, "UnknownModelError", "TextError", usage, None]
        assert len(lines[0]) == DIMENSION
        assert [len(each["embedding"]) for each in lines[1]["data"]] == [DIMENSION] * 2
        assert len(lines[-1]["data"][0]["embedding"]) == 4
        alone = sagemaker.invoke(b'"ship"', **LINES)
        assert alone.json == pytest.approx(lines[0], abs=1e-6)

    def test_rows_of_text_get_rows_of_numbers(self, sagemaker: Container) -> None:
        body = b'ship\r\n"the ""ship"", of\nlondon"\n\nship,match\n"ship"'
        answer = sagemaker.invoke(body, Accept="text/csv", **CSV)
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/csv")
        rows = answer.body.decode().split("\n")
        assert len(rows) == 5
        vector = sagemaker.invoke({"input": 'the "ship", of\nlondon'}).json["data"][0]["embedding"]
        assert list(map(float, rows[1].split(","))) == pytest.approx(vector, abs=1e-6)
        assert rows[3] == """error,UsageError,"give a string, or an object as the task's own route takes it\""""
        assert rows[0] == rows[4]
        encoded = sagemaker.invoke({"inputs": ["ship"], "parameters": {"encoding_format": "base64"}}).json[0]
        assert np.frombuffer(base64.b64decode(encoded), "<f4") == pytest.approx(list(map(float, rows[0].split(","))))

    def test_rows_can_be_pairs_and_can_be_answered_in_lines(self, sagemaker: Container) -> None:
        pairs = sagemaker.invoke(b"ship,the ship\nship,rain\n", "task=rerank", Accept="text/csv", **CSV)
        best, worst = map(float, pairs.body.split(b"\n"))
        assert 1 > best > worst >= 0.5
        desks = sagemaker.invoke(b"ship\nmatch", "task=classify", Accept="text/csv; charset=utf-8", **CSV)
        assert [row.split(b",")[0].decode() for row in desks.body.split(b"\n")] == ["harbour", "sport"]
        names = sagemaker.invoke(b"ann lee\nship", "task=entities", **CSV)
        assert names.headers["Content-Type"] == "application/jsonlines"
        assert [[name["text"] for name in line] for line in names.lines] == [["ann lee"], []]

    @pytest.mark.parametrize(
        ("body", "headers", "attributes", "status", "said"),
        [
            (b'"a', {"Content-Type": "text/csv"}, "", 400, "line 1 "),
            (b'ship\n"a"b', {"Content-Type": "text/csv"}, "", 400, "line 2 "),
            (b"ship\n\xff", {"Content-Type": "text/csv"}, "", 400, "byte 6"),
            (
                b"ship",
                {"Content-Type": "text/csv", "Accept": "text/csv"},
                "task=entities",
                406,
                "application/jsonlines",
            ),
            (b'"ship"', {"Content-Type": "application/jsonlines", "Accept": "text/csv"}, "", 406, "jsonlines"),
            (b"\n" * 50_001, {"Content-Type": "application/jsonlines"}, "", 400, "at most 50,000"),
            (b"\n" * 50_001, {"Content-Type": "text/csv"}, "", 400, "at most 50,000"),
            (b'{"inputs": [' + b"1," * 50_000 + b"1]}", {}, "", 400, "50,001 records"),
            (b'{"inputs": [' + b"[" * 900 + b"]" * 900 + b"]}", {}, "", 400, "record 1"),
            (b"{}", {"Accept": "application/x-npy"}, "", 406, "application/json"),
            (b"ship", {"Content-Type": "text/plain"}, "", 415, "'text/plain'"),
            (b"", {}, "", 400, "empty"),
            (b"", {"Content-Type": "text/csv"}, "", 400, "empty"),
            (b"{", {}, "", 400, "not JSON"),
            (b'{"instances": []}', {}, "", 400, "'instances'"),
            (b'{"instances": "ship"}', {}, "", 400, "'instances'"),
            (b'{"instances": ["ship", 5]}', {}, "", 400, "record 2: give a string"),
            (b'{"instances": [["ship"]]}', {}, "task=rerank", 400, "record 1: give a list of query and passage"),
            (b'{"instances": ["ship"], "parameters": ["split"]}', {}, "", 400, "'parameters'"),
            (b'{"instances": ["ship"], "parameters": {"task": ["embed"]}}', {}, "", 400, "no task"),
            (b'{"instances": ["ship"], "parameters": {"dimensions": 99}}', {}, "", 400, "record 1: 'dimensions' is 99"),
        ],
    )
    def test_what_cannot_be_told_apart_is_refused_whole(
        self, sagemaker: Container, body: bytes, headers: dict[str, str], attributes: str, status: int, said: str
    ) -> None:
        answer = sagemaker.ask("POST", "/invocations", body, headers | ({ATTRIBUTES: attributes} if attributes else {}))
        assert answer.status == status
        assert said in answer.said

    def test_says_what_suits_batch_transform(self, sagemaker: Container) -> None:
        answer = sagemaker.ask("GET", "/execution-parameters")
        assert answer.json == {"MaxConcurrentTransforms": 1, "BatchStrategy": "MULTI_RECORD", "MaxPayloadInMB": 1}
        job, _ = map(json.loads, blocks(ROOT / "docs/howto/clouds.md", "json"))
        assert {**job, "BatchStrategy": "MULTI_RECORD"} == {**job, **answer.json}
        sent, taken = job["TransformInput"]["ContentType"], job["TransformOutput"]["Accept"]
        assert sagemaker.invoke(b'"ship"', Content_Type=sent, Accept=taken).headers["Content-Type"] == taken

    def test_many_lines_do_not_overload_what_is_idle(self, started: Callable[..., Any]) -> None:
        with started(Settings(cloud="sagemaker", queue_tokens=100)) as container:
            lines = ["ship " * (1 + number % 70) for number in range(70)]
            answer = container.invoke("\n".join(map(json.dumps, lines)).encode(), "task=entities", **LINES)
        assert answer.status == 200
        assert answer.lines == [[]] * 70

    def test_more_lines_than_are_asked_about_at_once_keep_their_order(self, sagemaker: Container) -> None:
        asked = [["ship", "ship"] if number % 3 else ["ship", "rain"] for number in range(1300)]
        scores = sagemaker.invoke("\n".join(map(json.dumps, asked)).encode(), "task=rerank", **LINES).lines
        assert [score > 0.9 for score in scores] == [passage == "ship" for _, passage in asked]

    def test_bodies_that_are_too_much_together_are_answered_in_turn(self, started: Callable[..., Any]) -> None:
        bodies = [{"query": f"{number} ship" + " of" * 20, "documents": [*"abcdefghijklmnop"]} for number in range(6)]
        lines = [json.dumps(body, separators=(",", ":")) for body in bodies]
        with started(Settings(cloud="sagemaker", queue_tokens=400)) as container:  # two of them have 512
            answer = container.invoke("\n".join(lines).encode(), "task=rerank", **LINES)
        assert [len(each["results"]) for each in answer.lines] == [16] * 6

    def test_where_others_wait_the_whole_is_to_be_sent_again(self, started: Callable[..., Any]) -> None:
        load = Load(100)
        load.admit([100])
        with started(Settings(cloud="sagemaker", queue_tokens=100), load) as container:
            answer = container.invoke(b'"ship"\n"match"', **LINES)
            load.left(100)
            again = container.invoke(b'"ship"\n"match"', **LINES)
        assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
        assert (again.status, len(again.lines)) == (200, 2)


class TestVertex:
    def test_is_healthy_where_it_says(self, vertex: Container) -> None:
        assert vertex.ask("GET", VERTEX["AIP_HEALTH_ROUTE"]).status == 200

    def test_instances_get_as_many_predictions(self, vertex: Container) -> None:
        asked = {"instances": ["the ship", "the match", {"inputs": ["rain"]}], "parameters": {"over_length": "error"}}
        answer = vertex.ask("POST", VERTEX["AIP_PREDICT_ROUTE"], asked)
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
        assert set(answer.json) == {"predictions"}  # Vertex AI adds deployedModelId itself
        ship, match, rain = answer.json["predictions"]
        assert (ship[0]["label"], match[0]["label"]) == DESKS[:2]
        assert rain["results"][0]["labels"][0]["label"] == DESKS[2]

    def test_the_guides_request_is_one(self, vertex: Container) -> None:
        _, asked = map(json.loads, blocks(ROOT / "docs/howto/clouds.md", "json"))
        asked["parameters"]["dimensions"] = DIMENSION - 1  # these vectors have no more
        answer = vertex.ask("POST", VERTEX["AIP_PREDICT_ROUTE"], asked).json
        assert [len(vector) for vector in answer["predictions"]] == [DIMENSION - 1] * len(asked["instances"])

    def test_parameters_hold_for_all_and_can_choose_the_task(self, vertex: Container) -> None:
        asked = {"instances": ["ann lee"], "parameters": {"task": "embed", "dimensions": 2}}
        assert len(vertex.ask("POST", VERTEX["AIP_PREDICT_ROUTE"], asked).json["predictions"][0]) == 2
        asked = {"instances": ["ship", LONG], "parameters": {"over_length": "error"}}
        refused = vertex.ask("POST", VERTEX["AIP_PREDICT_ROUTE"], asked)
        assert (refused.status, refused.said.startswith("record 2: text 1 ")) == (400, True)

    def test_our_own_routes_are_there_for_who_may_call_them(self, vertex: Container) -> None:
        assert vertex.ask("POST", "/v1/embeddings", {"input": "ship"}).status == 200


class TestWhoseHostingItIs:
    @pytest.mark.parametrize(
        ("environment", "cloud"),
        [
            ({}, "none"),
            ({"AIP_HTTP_PORT": "8080"}, "none"),  # anybody may have set it
            (VERTEX, "vertex"),
            ({"SAGEMAKER_BIND_TO_PORT": "9001"}, "sagemaker"),
            ({"SAGEMAKER_BATCH": "true"}, "sagemaker"),
            ({"SAGEMAKER_BATCH": "true", "NEWSREEL_CLOUD": "none"}, "none"),
            ({"NEWSREEL_CLOUD": "sagemaker"}, "sagemaker"),
        ],
    )
    def test_is_known_by_the_environment(
        self, environment: dict[str, str], cloud: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        assert Settings().cloud == cloud

    def test_says_where_to_listen_unless_the_operator_does(self, monkeypatch: pytest.MonkeyPatch) -> None:
        none, sagemaker, vertex = (Settings(cloud=cloud) for cloud in ("none", "sagemaker", "vertex"))
        assert address(none, None, None) == ("127.0.0.1", 8420)
        assert address(sagemaker, None, None) == address(vertex, None, None) == ("0.0.0.0", 8080)
        assert address(sagemaker, "::", 0) == ("::", 0)
        monkeypatch.setenv("SAGEMAKER_BIND_TO_PORT", "9001")
        monkeypatch.setenv("AIP_HTTP_PORT", "9002")
        assert address(sagemaker, None, None) == ("0.0.0.0", 9001)
        assert address(vertex, None, None) == ("0.0.0.0", 9002)
        monkeypatch.setenv("AIP_HTTP_PORT", "65536")
        with pytest.raises(UsageError, match="AIP_HTTP_PORT is '65536'"):
            address(vertex, None, None)

    def test_the_command_listens_there_without_being_told(self) -> None:
        with socket.create_server(("0.0.0.0", 0)) as taken:
            port = taken.getsockname()[1]
            done = run("serve", environment={"NEWSREEL_CLOUD": "sagemaker", "SAGEMAKER_BIND_TO_PORT": str(port)})
        assert done.code == 2
        assert f"cannot listen on 0.0.0.0 port {port}" in done.err

    def test_the_command_serves_what_sagemaker_unpacked(self, tmp_path: Path) -> None:
        (tmp_path / "model.onnx").touch()
        told = {"NEWSREEL_CLOUD": "sagemaker", "SM_MODEL_DIR": str(tmp_path)}
        done = run("serve", "--host", "127.0.0.1", "--port", "0", environment=told)
        assert done.code == 1
        assert f"the model data in {tmp_path} holds no artifact" in done.err

    def test_nobody_elses_service_has_these_routes(self, started: Callable[..., Any]) -> None:
        with started(Settings(cloud="none")) as container:
            assert container.invoke({"input": "ship"}).status == 404
            assert container.ask("GET", "/ping").status == 404

    def test_what_a_cloud_rules_out_is_said_before_it_serves(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(UsageError, match="unset NEWSREEL_API_KEYS"):
            create_app(State(), Settings(cloud="sagemaker", api_keys=Path("keys")))
        with pytest.raises(UsageError, match="vertex speaks plain HTTP"):
            create_app(State(), Settings(cloud="vertex", tls_certificate=Path("tls.pem")))
        monkeypatch.setenv("AIP_PREDICT_ROUTE", "/predict/{text}")
        with pytest.raises(UsageError, match=r"AIP_PREDICT_ROUTE is '/predict/\{text\}'"):
            create_app(State(), Settings(cloud="vertex"))
