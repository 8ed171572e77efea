"""Where entities are said to be: whole words as they are seen, in any script, in a text of any length."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsreel.models.entities import TokenClassifier
from newsreel.models.entities.edges import seen
from newsreel.models.entities.tags import TaggedWord, entities
from newsreel.models.runtime.artifact import Artifact, listing

WORDS = (
    *(
        "flood",
        "Merkel",
        "vote",
        "Cafe\u0301",
        "naïve",
        "e\u0301a",
        "שָׁלוֹם",
        "עולם",
        "हिन्दी",
        "Łódź",
        "x" * 150,
        "a" * 90,
    ),
    *("foo\u200bbar", "foo\0bar", "\u202bשלום\u202c", "\ufeffvote", "flood\u200b", "İstanbul"),
)
PUNCTUATED = ("U.N.", "Merkel's", "👩\u200d👩\u200d👧", "❤️", "🇺🇦", "東京", "(vote)", "\u200b", "\0", "\u0301")
SPACES = (" ", "\r\n", "\n\n", "\t", "\u00a0", "\u3000", " \u200f ")
texts = st.lists(st.tuples(st.sampled_from(WORDS + PUNCTUATED), st.sampled_from(SPACES)), max_size=12)

Make = Callable[..., Artifact]


@pytest.fixture(scope="module", params=["bert", "roberta"])
def model(request: pytest.FixtureRequest, make: Make) -> TokenClassifier:
    """Random weights: entities are anywhere."""
    return TokenClassifier.open(make(request.param, "entities"), "onnxruntime", threads=1)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts, st.sampled_from(("", "\r\n", "\ufeff")))
def test_an_entity_is_whole_words_as_they_are_seen(
    model: TokenClassifier, chosen: list[tuple[str, str]], before: str
) -> None:
    text = before + "".join(word + space for word, space in chosen)
    (found,) = model.entities([text])
    end = 0
    for entity in found:
        assert end <= entity.start < entity.end <= len(text)
        name = text[entity.start : entity.end]
        assert seen(name, 0, len(name)) == (0, len(name)), "no space, nothing unseen, no lone mark at its ends"
        assert entity.end == len(text) or not unicodedata.category(text[entity.end]).startswith("M"), "accents are in"
        end = entity.end


@pytest.mark.parametrize("word", [word for word in WORDS if word.isascii() and word.isprintable()])
def test_a_word_is_never_cut(make: Make, word: str) -> None:
    model = TokenClassifier.open(make("bert", "entities", labels=["B-A", *"BCDEFG"]), "onnxruntime", threads=1)
    (found,) = model.entities([f"\r\n{word} {word}\u3000{word}"])
    starts = [2 + n * (len(word) + 1) for n in range(3)]
    assert found
    assert {entity.start for entity in found} <= set(starts)
    assert {entity.end for entity in found} <= {start + len(word) for start in starts}


@pytest.mark.parametrize(
    ("text", "span", "expected"),
    [
        ("Cafe\u0301 x", (0, 4), "Cafe\u0301"),
        ("❤\ufe0f c", (0, 1), "❤\ufe0f"),
        ("e\u0301, x", (1, 3), ","),
        (" \u202bשלום\u202c ", (0, 7), "שלום"),
        ("\0flood\r\n", (0, 8), "flood"),
        ("a\u0301", (1, 2), ""),
        ("👩\u200d👧", (0, 3), "👩\u200d👧"),
    ],
)
def test_a_word_is_what_is_seen_of_it(text: str, span: tuple[int, int], expected: str) -> None:
    start, end = seen(text, *span)
    assert text[start:end] == expected


@pytest.fixture(scope="module")
def graph(folder: Callable[[str, str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a network in which no word looks at another, so that it is known what is to be found."""
    torch = pytest.importorskip("torch", reason="needs the build extra")
    from safetensors.torch import load_file, save_file

    from newsreel.models.runtime.conversion.export import export_encoder
    from newsreel.models.runtime.conversion.pretrained import read_pretrained

    root = tmp_path_factory.mktemp("blind")
    source = Path(shutil.copytree(folder("bert", "entities"), root / "source"))
    weights = load_file(source / "model.safetensors")
    for name in weights:
        if "attention.output.dense" in name or "position_embeddings" in name:
            weights[name] = torch.zeros_like(weights[name])
    save_file(weights, source / "model.safetensors", metadata={"format": "pt"})
    model = read_pretrained(source, "entities")
    target = root / "artifact"
    target.mkdir()
    export_encoder(model, target / "model.onnx")
    shutil.copy(model.tokenizer, target)
    return target


@pytest.fixture(scope="module", params=["", "U-"])
def blind(request: pytest.FixtureRequest, graph: Path) -> TokenClassifier:
    """It reads 64 tokens at once. With U- each word is a name by itself, else those of a label side by side are one."""
    card = {"name": "blind", "task": "entities", "fingerprint": "f", "precision": "fp32", "max_tokens": 64}
    about = {"labels": ["O", *(request.param + label for label in "ABCDEF")], "graphs": {"fp32": "model.onnx"}}
    return TokenClassifier.open(Artifact(graph, card | about | {"files": listing(graph)}), "onnxruntime", threads=1)


def check(blind: TokenClassifier, words: Sequence[str]) -> None:
    known = list(dict.fromkeys(words))
    alone = dict(zip(known, blind.entities(known), strict=True))
    tagged, start = [], 0
    for word in words:
        (entity,) = alone[word] or [None]
        tag, score = (blind.card.labels[1][:-1] + entity.label, entity.score) if entity else ("O", 1.0)
        tagged.append(TaggedWord(start, start + len(word), tag, score))
        start += len(word) + 1
    (found,) = blind.entities([" ".join(words)])
    expected = entities(tagged)
    assert [(e.start, e.end, e.label) for e in found] == [(e.start, e.end, e.label) for e in expected]
    if "U-A" in blind.card.labels:  # else a score knows of the next word
        np.testing.assert_allclose([e.score for e in found], [e.score for e in expected], atol=1e-5)


def test_ten_thousand_words_are_read_as_each_is_alone(blind: TokenClassifier) -> None:
    known = ["minister", "zq", "prime", "ship", "xyxyx", "flood", "unknownable", "rail", "town", "in"]
    assert 3 < sum(map(len, blind.entities(known))) < len(known), "some are named and some are not"
    check(blind, [known[(n * n + n // 7) % len(known)] for n in range(10_000)])


@pytest.mark.parametrize("lead", range(0, 90, 9))
def test_a_word_longer_than_the_overlap_is_whole(blind: TokenClassifier, lead: int) -> None:
    """A word of 98 letters is 98 tokens: no part holds all of it."""
    check(blind, ["in"] * lead + ["xz" * 49, "in"])
