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


class TestWindows:
    """Of a network in which no word looks at another, so that it is known what is to be found in any text."""

    @pytest.fixture(scope="class")
    def blind(self, folder: Callable[[str, str], Path], tmp_path_factory: pytest.TempPathFactory) -> TokenClassifier:
        """It reads 64 tokens at once."""
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
        card = {"name": "blind", "task": "entities", "fingerprint": "f", "precision": "fp32"}
        about = {"labels": ["O", *"ABCDEF"], "max_tokens": 64, "graphs": {"fp32": "model.onnx"}}
        return TokenClassifier.open(
            Artifact(target, card | about | {"files": listing(target)}), "onnxruntime", threads=1
        )

    def test_ten_thousand_words_are_read_as_each_is_alone(self, blind: TokenClassifier) -> None:
        known = ["minister", "zq", "prime", "ship", "xyxyx", "flood", "unknownable", "rail", "town", "in"]
        assert 3 < sum(map(len, blind.entities(known))) < len(known), "some are named and some are not"
        self.check(blind, [known[(n * n + n // 7) % len(known)] for n in range(10_000)])

    @pytest.mark.parametrize("lead", range(0, 90, 9))
    def test_a_word_longer_than_the_overlap_is_whole(self, blind: TokenClassifier, lead: int) -> None:
        """A word of 98 letters is 98 tokens: no part holds all of it."""
        self.check(blind, ["in"] * lead + ["xz" * 49, "in"])

    @staticmethod
    def check(blind: TokenClassifier, words: Sequence[str]) -> None:
        known = list(dict.fromkeys(words))
        alone = dict(zip(known, blind.entities(known), strict=True))
        tagged, start = [], 0
        for word in words:
            tags = [(entity.label, entity.score) for entity in alone[word]] or [("O", 1.0)]
            tagged.append(TaggedWord(start, start + len(word), *tags[0]))
            start += len(word) + 1
        (found,) = blind.entities([" ".join(words)])
        expected = entities(tagged)
        assert [(e.start, e.end, e.label) for e in found] == [(e.start, e.end, e.label) for e in expected]
        np.testing.assert_allclose([e.score for e in found], [e.score for e in expected], atol=1e-5)
