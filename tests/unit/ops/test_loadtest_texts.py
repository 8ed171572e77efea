"""What a load test asks: lengths as they are said, hardly a text twice, and bodies that servers understand."""

from __future__ import annotations

import json
from collections import Counter
from importlib import resources
from itertools import islice
from statistics import fmean
from typing import get_args

import pytest
from pydantic import BaseModel
from tokenizers import Tokenizer

from newsreel.core.errors import UsageError
from newsreel.ops.loadtest.address import Address, Requests
from newsreel.ops.loadtest.plan import Ladder, Mix, Target, Traffic
from newsreel.ops.loadtest.shapes import SHAPES, Shape, Task
from newsreel.ops.loadtest.texts import LONG_WORDS, Writer
from newsreel.service.schemas import ClassifyAsked, EmbeddingsAsked, RerankAsked, TextsAsked

TARGET = Target(url="http://127.0.0.1:8420", headers={"Authorization": "Bearer key"})
OURS: dict[Task, type[BaseModel]] = {
    "embed": EmbeddingsAsked,
    "entities": TextsAsked,
    "rerank": RerankAsked,
    "classify": ClassifyAsked,
}


def written(count: int, mix: Mix = "queries", seed: int = 1, window: int = 1, **more: object) -> list[str]:
    traffic = Traffic(mix=mix, **more)  # type: ignore[arg-type]
    return list(islice(Writer(traffic, seed).texts(window), count))


def parts(request: bytes) -> tuple[str, list[str], bytes]:
    head, _, body = request.partition(b"\r\n\r\n")
    first, *headers = head.decode().split("\r\n")
    return first, headers, body


def test_queries_are_of_eight_tokens() -> None:
    shipped = resources.files("newsreel.models.entities").joinpath("shipped", "tokenizer.json")
    tokenizer = Tokenizer.from_str(shipped.read_text(encoding="utf-8"))
    tokenizer.no_padding()
    lengths = [len(tokenizer.encode(text).ids) for text in written(1000)]
    assert fmean(lengths) == pytest.approx(8, abs=0.4)
    assert max(lengths) < 20


def test_documents_are_of_20_to_250_words() -> None:
    lengths = [len(text.split()) for text in written(500, "documents")]
    assert min(lengths) >= 20 and max(lengths) <= 250
    assert fmean(lengths) == pytest.approx(135, abs=12)


def test_a_mix_is_four_queries_to_a_document() -> None:
    assert sum(len(text.split()) >= 20 for text in written(2000, "mixed")) == pytest.approx(400, abs=80)


def test_long_texts_have_ten_thousand_words() -> None:
    assert {len(text.split()) for text in islice(Writer(Traffic(), 1).long(1), 3)} == {LONG_WORDS}


@pytest.mark.parametrize("mix", ["queries", "documents"])
def test_hardly_a_text_comes_twice_and_a_seed_gives_the_same_ones(mix: Mix) -> None:
    some, others = written(5000, mix), written(5000, mix, window=2)
    assert len({*some, *others}) > 9990
    assert some == written(5000, mix)
    assert set(some).isdisjoint(written(10, mix, seed=2))


def test_a_share_was_asked_before_and_some_of_it_often() -> None:
    counted = Counter(written(4000, repeat_share=0.5))
    fresh = sum(1 for times in counted.values() if times == 1)
    assert 2000 <= fresh < 2600
    assert counted.most_common(1)[0][1] > 150, "the first of Zipf's law, of a thousand: one in 7.5"
    assert counted.most_common(1)[0][0] in written(4000, repeat_share=0.5, window=2)


def test_texts_of_ones_own_come_again_when_all_were_sent() -> None:
    own = ("a", "b", "c")
    assert Counter(written(9, "own", own=own)) == dict.fromkeys(own, 3)


def test_a_request_is_http() -> None:
    requests = Requests(TARGET, Traffic(fields={"model": "m"}), 1)
    first, headers, body = parts(next(requests.of(1)))
    assert first == "POST /v1/embeddings HTTP/1.1"
    assert {"host: 127.0.0.1:8420", "authorization: Bearer key", f"content-length: {len(body)}"} <= set(headers)
    assert json.loads(body) == {"input": written(1)[0], "model": "m"}


@pytest.mark.parametrize("task", OURS)
def test_our_own_interface_understands(task: Task) -> None:
    traffic = Traffic(task=task, mix="documents", texts=3)
    requests = Requests(TARGET, traffic, 1)
    for request in (next(requests.of(1)), next(requests.long(1))):
        OURS[task].model_validate_json(parts(request)[2])


def test_each_shape_has_its_texts() -> None:
    for shape in get_args(Shape):
        for task in SHAPES[shape]:
            first, _, body = parts(next(Requests(TARGET, Traffic(task=task, shape=shape), 1).of(1)))
            assert first.split()[1].split("?")[0] == SHAPES[shape][task].path
            said = json.loads(body) if body else {"q": first}
            texts = next(value for name, value in said.items() if name != "query")
            assert len(texts) == 8 if task == "rerank" else texts


def test_a_search_is_in_the_address() -> None:
    target = Target(url="http://127.0.0.1:8420/v1/search?limit=3")
    traffic = Traffic(task="search", mix="own", own=("Müller & sons",))
    first, _, body = parts(next(Requests(target, traffic, 1).of(1)))
    assert first == "GET /v1/search?limit=3&q=M%C3%BCller+%26+sons HTTP/1.1"
    assert body == b""


@pytest.mark.parametrize(
    ("url", "authority", "path", "port"),
    [
        ("http://example.org", "example.org", "", 80),
        ("https://example.org/", "example.org", "", 443),
        ("http://[::1]:8420/embed", "[::1]:8420", "/embed", 8420),
    ],
)
def test_an_address_is_taken_apart(url: str, authority: str, path: str, port: int) -> None:
    found = Address.of(url)
    assert (found.authority, found.path, found.port) == (authority, path, port)


@pytest.mark.parametrize(
    "url", ["127.0.0.1:8420", "ftp://example.org", "http://", "http://a:99999", "http://user:secret@example.org"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        Address.of(url)
    assert "secret" not in str(refused.value)


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(UsageError, match="one of newsreel, tei, infinity"):
        Traffic(task="rerank", shape="openai")
    with pytest.raises(UsageError, match="one query"):
        Traffic(task="search", mix="documents")
    with pytest.raises(UsageError, match="own"):
        Traffic(mix="own")
    with pytest.raises(UsageError, match="factor"):
        Ladder(factor=1.0)
    with pytest.raises(UsageError, match="header"):
        Requests(Target(url=TARGET.url, headers={"a": "b\r\nc: d"}), Traffic(), 1)
