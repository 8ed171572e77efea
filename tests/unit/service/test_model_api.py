"""What models are asked over HTTP, on tiny ones that do something one can foresee."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx2
import numpy as np
import openai
import pytest
from fastapi.testclient import TestClient
from tests.loopback import listening

from newsreel import app
from newsreel.inference import Inference, Load, Memory, Models
from newsreel.models.embedder import TextEmbedder
from newsreel.models.runtime.sessions import Output
from newsreel.models.runtime.tokens import Part
from newsreel.names.redact import PersonalData
from newsreel.service import create_app
from newsreel.service.schemas import EmbeddingsAsked
from newsreel.service.schemas._models import MOST_CHARACTERS, MOST_INPUTS

pytest.importorskip("onnx", reason="needs the build extra")
from tests.model_builders import DESKS, DIMENSION, MAX_TOKENS, tiny_models

TEXTS = ["ship of the strike", "rain", "Ann Lee left London", "a match of a match of a match"]
LONG = "rain " * (2 * MAX_TOKENS)


class Held:
    """An embedder whose batches wait while a test holds them."""

    def __init__(self, embedder: TextEmbedder) -> None:
        self.read: list[str] = []
        self.running = threading.Event()
        self._may_run = threading.Event()
        self._may_run.set()
        infer, tokenise = embedder.infer, embedder.tokenise

        def held(parts: Sequence[Part]) -> list[Output]:
            self.running.set()
            assert self._may_run.wait(10)
            return infer(parts)

        def noted(inputs: Sequence[Any], over_length: Any) -> list[Part]:
            self.read += inputs
            return tokenise(inputs, over_length)

        embedder.infer, embedder.tokenise = held, noted  # type: ignore[method-assign]

    @contextmanager
    def held(self) -> Iterator[None]:
        self.running.clear()
        self._may_run.clear()
        try:
            yield
        finally:
            self._may_run.set()


@dataclass(frozen=True, slots=True)
class Served:
    """Models at an address."""

    models: Models
    inference: Inference
    held: Held
    http: httpx2.Client

    @property
    def address(self) -> str:
        return str(self.http.base_url.join("/v1"))

    def post(self, route: str, headers: dict[str, str] | None = None, **body: Any) -> httpx2.Response:
        return self.http.post(f"/v1/{route}", json=body, headers=headers)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Somebody's text is being read meanwhile, and everybody else waits."""
        with ThreadPoolExecutor(1) as other, self.held.held():
            answer = other.submit(self.post, "embeddings", input="somebody else's")
            assert self.held.running.wait(5)
            yield
        assert answer.result().status_code == 200
        until(lambda: self.inference.load.tokens == 0)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Models:
    return tiny_models(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def served(models: Models) -> Iterator[Served]:
    assert models.embedder
    held, inference = Held(models.embedder), Inference(models, Load(400), Memory(0))
    with (
        listening(app.Serving(None, inference)) as address,
        httpx2.Client(base_url=address, timeout=10) as http,
    ):
        yield Served(models, inference, held, http)


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(api_key="none", base_url=served.address, max_retries=0) as client:
        yield client


def until(happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def vectors(answer: openai.types.CreateEmbeddingResponse) -> Output:
    return np.array([each.embedding for each in answer.data], np.float32)


class TestEmbeddings:
    def test_are_what_the_model_says_however_they_are_written(self, client: openai.OpenAI, models: Models) -> None:
        assert models.embedder
        expected = models.embedder.embed(TEXTS)
        in_base64 = client.embeddings.create(input=TEXTS, model="tiny-embed")  # what the client asks for by itself
        as_numbers = client.embeddings.create(input=TEXTS, model="tiny-embed", encoding_format="float", user="u")
        np.testing.assert_allclose(vectors(in_base64), expected, atol=1e-6)
        assert np.array_equal(vectors(in_base64), vectors(as_numbers))
        assert [each.index for each in as_numbers.data] == [0, 1, 2, 3]
        assert (as_numbers.object, as_numbers.data[0].object, as_numbers.model) == ("list", "embedding", "tiny-embed")
        assert as_numbers.usage.prompt_tokens == as_numbers.usage.total_tokens > 0

    def test_are_the_same_alone_together_and_amid_others(self, client: openai.OpenAI, served: Served) -> None:
        texts = [text + " rain" * more for text in TEXTS for more in range(4)]
        alone = [vectors(client.embeddings.create(input=text, model="tiny-embed"))[0] for text in texts]
        together = vectors(client.embeddings.create(input=texts, model="tiny-embed"))
        np.testing.assert_allclose(together, alone, atol=1e-6)

        async def amid_others() -> list[Output]:
            async with openai.AsyncOpenAI(api_key="none", base_url=served.address) as many:
                asked = [many.embeddings.create(input=text, model="tiny-embed") for text in texts]
                return [vectors(answer)[0] for answer in await asyncio.gather(*asked)]

        with ThreadPoolExecutor(1) as thread:
            with served.busy():
                answers = thread.submit(asyncio.run, amid_others())
                until(lambda: served.inference.load.tokens > 50)  # most of them are there
            np.testing.assert_allclose(answers.result(), alone, atol=1e-6)

    def test_fewer_dimensions_are_the_first_ones_of_length_one(self, client: openai.OpenAI) -> None:
        whole = vectors(client.embeddings.create(input=TEXTS, model="tiny-embed"))
        cut = vectors(client.embeddings.create(input=TEXTS, model="tiny-embed", dimensions=3))
        np.testing.assert_allclose(cut, whole[:, :3] / np.linalg.norm(whole[:, :3], axis=1, keepdims=True), atol=1e-6)
        with pytest.raises(openai.BadRequestError, match=f"'dimensions' is 9, .* tiny-embed has only {DIMENSION}"):
            client.embeddings.create(input=TEXTS, model="tiny-embed", dimensions=9)

    def test_a_long_text_is_dealt_with_as_the_request_says(self, client: openai.OpenAI, served: Served) -> None:
        texts = ["rain", LONG + "ship"]

        def asked(policy: str) -> Output:
            return vectors(
                client.embeddings.create(input=texts, model="tiny-embed", extra_body={"over_length": policy})
            )[1]

        truncated, split = asked("truncate"), asked("split")
        assert np.array_equal(truncated, vectors(client.embeddings.create(input=LONG, model="tiny-embed"))[0])
        assert not np.allclose(truncated, split, atol=1e-3)
        with pytest.raises(openai.BadRequestError, match="text 2 has 35 tokens"):
            asked("error")
        documented = served.http.get("/openapi.json").json()["components"]["schemas"]
        defaults = {name: documented[name]["properties"]["over_length"]["default"] for name in
                    ("EmbeddingsAsked", "RerankAsked", "ClassifyAsked", "TextsAsked")}  # fmt: skip
        assert defaults == {
            "EmbeddingsAsked": "truncate", "RerankAsked": "truncate", "ClassifyAsked": "truncate", "TextsAsked": "split"
        }  # fmt: skip


class TestModels:
    def test_are_listed_by_task(self, client: openai.OpenAI) -> None:
        listed = {model.id: model.model_dump() for model in client.models.list()}
        assert list(listed) == ["tiny-embed", "tiny-entities", "tiny-rerank", "tiny-classify"]
        assert listed["tiny-embed"]["dimension"] == DIMENSION
        assert listed["tiny-classify"]["labels"] == list(DESKS)
        assert {model["fingerprint"] for model in listed.values()} == {
            "f-embed",
            "f-entities",
            "f-rerank",
            "f-classify",
        }
        assert client.models.retrieve("tiny-rerank").model_dump() == listed["tiny-rerank"]
        with pytest.raises(openai.NotFoundError, match="no model 'other' is served here, only tiny-embed, "):
            client.models.retrieve("other")

    @pytest.mark.parametrize(
        ("route", "body"),
        [
            ("embeddings", {"input": "rain"}),
            ("rerank", {"query": "rain", "documents": ["rain"]}),
            ("classify", {"inputs": "rain"}),
            ("entities", {"text": "rain"}),
        ],
    )
    def test_none_is_loaded_because_it_is_named(self, served: Served, route: str, body: dict[str, Any]) -> None:
        answer = served.post(route, **body, model="hf:somebody/else")
        error = answer.json()["error"]
        assert (answer.status_code, error["type"], error["code"]) == (404, "UnknownModelError", "model_not_found")
        assert "ask for 'tiny-" in error["message"]
        assert served.post(route, **body, model=None).status_code == 200


class TestRerank:
    DOCUMENTS = ("rain", "a match", "the ship", "rain")

    def test_puts_the_best_first_as_cohere_and_jina_do(self, served: Served) -> None:
        asked = {"query": "ship", "documents": [*self.DOCUMENTS[:2], {"text": "the ship"}, "rain"]}
        answer = served.post("rerank", **asked, top_n=3, return_documents=True).json()
        assert [each["index"] for each in answer["results"]] == [2, 1, 0]
        assert [each["document"] for each in answer["results"]] == [
            {"text": text} for text in ("the ship", "a match", "rain")
        ]
        scores = [each["relevance_score"] for each in answer["results"]]
        assert served.models.reranker
        np.testing.assert_allclose(scores, served.models.reranker.scores("ship", ["the ship", "a match", "rain"]))
        assert answer["usage"]["total_tokens"] > 0
        assert "document" in served.post("rerank", **asked).json()["results"][0]

    def test_answers_tei_in_its_own_way(self, served: Served) -> None:
        answer = served.post("rerank", query="ship", texts=self.DOCUMENTS, return_text=True, raw_scores=False).json()
        assert [(each["index"], each["text"]) for each in answer] == [
            (2, "the ship"), (1, "a match"), (0, "rain"), (3, "rain"),
        ]  # fmt: skip
        assert answer[0]["score"] > answer[1]["score"] > answer[2]["score"] == answer[3]["score"]
        refused = served.post("rerank", query="ship", texts=["rain"], raw_scores=True)
        assert (refused.status_code, "probabilities alone" in refused.text) == (400, True)

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ({}, "give 'documents' or 'texts'"),
            ({"documents": ["a"], "texts": ["a"]}, "give 'documents' or 'texts'"),
            ({"documents": []}, "'documents': "),
            ({"documents": ["a", 5]}, "'documents[1]': "),
            ({"documents": ["a"], "top_n": 0}, "'top_n': "),
            ({"documents": ["a"], "over_length": "split"}, "'over_length': "),
            ({"query": "a" * (MOST_CHARACTERS // 2), "texts": ["a", "b"]}, "1,000,000 characters, over all texts"),
        ],
    )
    def test_refuses_what_makes_no_sense(self, served: Served, body: dict[str, Any], said: str) -> None:
        answer = served.post("rerank", **{"query": "ship", **body})
        assert answer.status_code == 422
        assert said in answer.json()["error"]["message"]

    def test_says_where_there_is_none(self, models: Models) -> None:
        inference = Inference(replace(models, reranker=None), Load(100), Memory(0))
        answer = TestClient(create_app(app.Serving(None, inference))).post(
            "/v1/rerank", json={"query": "a", "documents": ["b"]}
        )
        inference.close()
        assert answer.status_code == 404
        assert "no model for rerank is served here" in answer.json()["error"]["message"]


def test_classify_says_how_well_each_label_fits(served: Served) -> None:
    texts = ["rain", "the match of the ship"]
    answer = served.post("classify", inputs=texts).json()
    assert served.models.classifier
    for found, row in zip(answer["results"], served.models.classifier.probabilities(texts), strict=True):
        scores = {each["label"]: each["score"] for each in found["labels"]}
        np.testing.assert_allclose([scores[desk] for desk in DESKS], row, atol=1e-6)
        assert list(scores.values()) == sorted(scores.values(), reverse=True)
    assert served.post("classify", inputs="rain").json()["results"] == answer["results"][:1]


def test_entities_are_read_without_an_archive_and_written_as_settings_say(served: Served) -> None:
    text = f"{LONG * 2} Ann Lee left London"
    found = served.post("entities", text=text).json()["results"][0]["entities"]
    assert [(each["text"], each["label"]) for each in found] == [("Ann Lee", "PER"), ("London", "LOC")]
    assert all(text[each["start"] : each["end"]] == each["text"] for each in found)
    assert served.post("entities", text=text, over_length="truncate").json()["results"] == [{"entities": []}]
    redacting = TestClient(create_app(app.Serving(None, served.inference, PersonalData("redact"))))
    (answer,) = redacting.post("/v1/entities", json={"texts": ["Ann Lee left London"]}).json()["results"]
    assert [each["text"] for each in answer["entities"]] == ["[PER]", "London"]


class TestRefusals:
    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            ([5, 6], "token ids"),
            ([[5, 6]], "check_embedding_ctx_length=False"),
            ([], "'input': "),
            (["a", None], "'input[1]': "),
            (["a"] * (MOST_INPUTS + 1), f"{MOST_INPUTS}"),
            ("a" * (MOST_CHARACTERS - 200), ""),
        ],
        ids=["tokens", "lists of tokens", "nothing", "null", "too many", "as much as there may be"],
    )
    def test_say_what_is_wrong_and_what_to_do(self, client: openai.OpenAI, asked: Any, said: str) -> None:
        if not said:
            assert client.embeddings.create(input=asked, model="tiny-embed").data
            return
        with pytest.raises(openai.UnprocessableEntityError, match=re.escape(said)) as refused:
            client.embeddings.create(input=asked, model="tiny-embed")
        assert (refused.value.type, refused.value.code) == ("UsageError", "invalid_request")

    def test_a_body_that_is_no_json_or_does_not_say_so(self, served: Served) -> None:
        address, body = "/v1/embeddings", b'{"input": "rain"}'
        for headers in ({}, {"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"}):
            assert served.http.post(address, content=body, headers=headers).status_code == 415
        said = {"Content-Type": "Application/JSON; charset=utf-8"}
        assert served.http.post(address, content=body, headers=said).status_code == 200
        for wrong in (b"", b"{", b"[]", b'{"input": "\\ud800"}', b'{"input": "\xff"}', b"null"):
            assert served.http.post(address, content=wrong, headers=said).status_code == 422

    def test_too_many_characters_together(self) -> None:
        with pytest.raises(ValueError, match="1,000,000 characters together"):
            EmbeddingsAsked.model_validate_json(json.dumps({"input": ["a" * (MOST_CHARACTERS // 2), "b" * 500_001]}))

    def test_too_much_at_once_says_when_to_come_again(self, client: openai.OpenAI, served: Served) -> None:
        with served.busy(), pytest.raises(openai.RateLimitError, match="tokens wait here") as refused:
            client.embeddings.create(input=[f"{n} {LONG}" for n in range(100)], model="tiny-embed")
        assert int(refused.value.response.headers["Retry-After"]) >= 1
        assert refused.value.code == "rate_limit_exceeded"


class TestCallersWhoDoNotWait:
    def test_a_deadline_ends_it_and_nothing_more_is_done(self, served: Served) -> None:
        limits = ({"X-Request-Timeout-Ms": "30"}, {"Request-Timeout": "0.03", "X-Request-Timeout-Ms": "9e6"})
        with served.busy():
            for headers in limits:
                answer = served.post("embeddings", headers, input=f"late for {headers}")
                error = answer.json()["error"]
                assert (answer.status_code, error["type"], error["code"]) == (504, "DeadlineError", "timeout")
                assert "within the 0.03 s" in error["message"]
        assert not any(text.startswith("late") for text in served.held.read)

    def test_who_hangs_up_leaves_the_queue(self, served: Served) -> None:
        def gone() -> list[str]:
            shown = served.http.get("/metrics").text.splitlines()
            return [line for line in shown if "newsreel_requests_total" in line and 'embeddings",status="499"' in line]

        before = gone()
        with served.busy():
            with pytest.raises(httpx2.ReadTimeout):
                served.http.post("/v1/embeddings", json={"input": "nobody waits"}, timeout=0.05)
            until(lambda: gone() != before)
        assert "nobody waits" not in served.held.read

    def test_a_limit_that_is_none_is_refused(self, served: Served) -> None:
        for name, said in (("X-Request-Timeout-Ms", "soon"), ("Request-Timeout", "0"), ("Request-Timeout", "nan")):
            answer = served.post("embeddings", {name: said}, input="rain")
            assert (answer.status_code, f"header {name}" in answer.json()["error"]["message"]) == (400, True)
        assert served.post("embeddings", {"X-Request-Timeout-Ms": "5000"}, input="rain").status_code == 200
