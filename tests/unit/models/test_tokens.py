"""Texts to tokens: in order, in chunks, and never longer than the model reads, without a word."""

from __future__ import annotations

import threading
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.encoder_builders import WORDS, tiny_tokenizer

from newsreel import telemetry
from newsreel.core.errors import ArtifactError, UsageError
from newsreel.models.runtime import tokens as module
from newsreel.models.runtime.batching import WIDTH_STEP, padded_width, token_batches
from newsreel.models.runtime.tokens import Part, Tokens

MAX_TOKENS = 12


@pytest.fixture(scope="session")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    made = tiny_tokenizer("bert")
    made.enable_padding(length=32)  # as published ones have it: it must not count
    made.enable_truncation(3)
    made.save(str(path))
    return path


@pytest.fixture(scope="session")
def tokens(tokenizer: Path) -> Tokens:
    return Tokens(tokenizer, MAX_TOKENS)


def of(words: int) -> str:
    return " ".join(WORDS[n % len(WORDS)] for n in range(words))


def parts(tokens: Tokens, texts: list[str], over_length: module.OverLength) -> list[Part]:
    return [part for chunk in tokens.chunks(texts, over_length) for part in chunk]


def truncated() -> float:
    line = next(
        line for line in telemetry.metrics().splitlines() if line.startswith(b"newsreel_truncated_texts_total ")
    )
    return float(line.split()[-1])


@pytest.mark.parametrize("over_length", ["truncate", "error", "split"])
@pytest.mark.parametrize("words", [0, 1, MAX_TOKENS - 3, MAX_TOKENS - 2])
def test_a_text_that_fits_is_one_part_and_nothing_is_said(tokens: Tokens, words: int, over_length: str) -> None:
    before = truncated()
    (part,) = parts(tokens, [of(words)], over_length)  # type: ignore[arg-type]
    assert len(part.ids) == words + 2
    assert truncated() == before


@pytest.mark.parametrize("words", [MAX_TOKENS - 1, MAX_TOKENS, 10 * MAX_TOKENS, 5_000])
def test_a_longer_text_is_cut_and_counted_refused_or_split(tokens: Tokens, words: int) -> None:
    before = truncated()
    (cut,) = parts(tokens, [of(words)], "truncate")
    assert len(cut.ids) == MAX_TOKENS
    assert truncated() == before + 1
    with pytest.raises(UsageError, match=f"text 2 has {words + 2} tokens.*reads {MAX_TOKENS}"):
        parts(tokens, ["flood", of(words)], "error")
    split = parts(tokens, [of(words)], "split")
    assert all(len(part.ids) <= MAX_TOKENS for part in split)
    inner = [number for part in split for number in part.ids[1:-1]]
    assert len(inner) == words, "each part has special tokens of its own, and no word is lost or twice"
    assert inner[: MAX_TOKENS - 2] == cut.ids[1:-1]


def test_parts_overlap_as_far_as_asked(tokenizer: Path) -> None:
    split = parts(Tokens(tokenizer, MAX_TOKENS, overlap=4, offsets=True), [of(30)], "split")
    assert all(before.ids[-5:-1] == after.ids[1:5] for before, after in pairwise(split))
    assert split[1].encoding.offsets[1] == split[0].encoding.offsets[-5], "places are the whole text's"


def test_of_a_pair_the_longer_text_is_cut(tokenizer: Path) -> None:
    pairs = Tokens(tokenizer, MAX_TOKENS, pairs=True)
    ((fits, cut),) = pairs.chunks([(of(3), of(6)), (of(3), of(7))], "truncate")
    assert fits.ids == cut.ids
    assert fits.encoding.type_ids == [0] * 5 + [1] * 7
    with pytest.raises(UsageError, match="text 1 has 13 tokens"):
        list(pairs.chunks([(of(3), of(7))], "error"))


@given(st.lists(st.integers(0, 30), max_size=40), st.integers(1, 7), st.integers(1, 400))
def test_chunks_hold_every_text_in_order(
    tokens: Tokens, lengths: list[int], most_texts: int, most_characters: int
) -> None:
    texts = [of(length) for length in lengths]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CHUNK_TEXTS", most_texts)
        patch.setattr(module, "CHUNK_CHARACTERS", most_characters)
        chunks = list(tokens.chunks(texts, "truncate"))
    assert [part.text for chunk in chunks for part in chunk] == list(range(len(texts)))
    for chunk in chunks:
        assert 1 <= len(chunk) <= most_texts
        assert len(chunk) == 1 or sum(len(texts[part.text]) for part in chunk) <= most_characters
    assert [part.ids for chunk in chunks for part in chunk] == [part.ids for part in parts(tokens, texts, "truncate")]


def test_long_jobs_are_tokenised_off_the_callers_thread(tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK_TEXTS", 1)
    threads: set[str] = set()
    make = tokens._parts

    def spied(*args: object) -> list[Part]:
        threads.add(threading.current_thread().name)
        return make(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(tokens, "_parts", spied)
    assert len(list(tokens.chunks([of(2)] * 5, "truncate"))) == 5
    assert threads
    assert all(name.startswith("newsreel-tokens") for name in threads)


def test_an_error_in_a_later_chunk_reaches_the_caller(tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK_TEXTS", 2)
    with pytest.raises(UsageError, match="text 6 has 42 tokens"):
        parts(tokens, [of(1)] * 5 + [of(40)] + [of(1)] * 9, "error")
    assert len(parts(tokens, [of(1)] * 9, "error")) == 9, "the pool goes on"


def test_a_model_that_leaves_no_room_for_text_is_refused(tokenizer: Path) -> None:
    with pytest.raises(ArtifactError, match="reads 2 tokens, 2 of them special"):
        Tokens(tokenizer, 2)
    with pytest.raises(ArtifactError, match="beside an overlap of 10"):
        Tokens(tokenizer, 12, overlap=10)


def test_what_is_no_tokenizer_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ArtifactError, match="cannot be read: build the model anew"):
        Tokens(tmp_path / "tokenizer.json", 12)


@given(st.lists(st.integers(0, 300), max_size=60), st.integers(1, 600))
def test_batches_hold_every_row_once_within_the_budget(widths: list[int], budget: int) -> None:
    batches = list(token_batches(widths, budget))
    assert sorted(row for batch in batches for row in batch) == list(range(len(widths)))
    for batch in batches:
        assert len({widths[row] for row in batch}) == 1, "no row is padded for another's sake"
        assert len(batch) == 1 or len(batch) * widths[batch[0]] <= budget


@given(st.integers(1, 600), st.data())
def test_a_row_is_padded_by_little_and_never_beyond_the_limit(most: int, data: st.DataObject) -> None:
    tokens = data.draw(st.integers(1, most))
    width = padded_width(tokens, most)
    assert tokens <= width <= most
    assert width - tokens < WIDTH_STEP
    assert width == most or width % WIDTH_STEP == 0


def test_what_cannot_be_done_with_a_long_text_is_refused(tokens: Tokens, tokenizer: Path) -> None:
    with pytest.raises(
        UsageError, match=r"'Error' is nothing to do with a long text: it is truncate or error or split"
    ):
        parts(tokens, ["flood"], "Error")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"'split' .* it is truncate or error$"):
        parts(Tokens(tokenizer, MAX_TOKENS, splits=False), ["flood"], "split")


def test_what_is_no_unicode_is_named(tokens: Tokens) -> None:
    with pytest.raises(UsageError, match="text 2 is not Unicode text"):
        parts(tokens, ["flood", "a\ud800b"], "truncate")
    with pytest.raises(UsageError, match="text 1 is not Unicode text"):
        tokens.count(["\udfff"])
