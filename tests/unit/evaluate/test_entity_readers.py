"""Readers of labelled corpora, on made-up files; and the real ones: every label mapped, nothing on two sides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest

from newsreel.core.errors import SourceError
from newsreel.evaluate.entities import sets
from newsreel.evaluate.entities.columns import read_columns
from newsreel.evaluate.entities.gum import read_gum
from newsreel.evaluate.entities.labelled import (
    LABELS,
    Labelled,
    labelled_words,
    lowered,
    parse_marked,
    read_marked,
)
from newsreel.evaluate.entities.sets import Dealt, Split, deal, read_sets

SPLITS: tuple[Split, ...] = ("train", "tune", "report")


@pytest.mark.parametrize(
    ("content", "documents"),
    [
        ("a O\n\nb O\n\nc O\n", [1, 2, 3]),
        ("a O\n\n\n\nb O", [1, 2]),
        ("-DOCSTART- -X- O\n\na O\n\nb O\n\n-DOCSTART- -X- O\n\nc O\n", [1, 1, 2]),
        ("a O\n\nb O\n-DOCSTART- O\n\nc O\n-DOCSTART- O\n", [1, 1, 2]),
        ("# newdoc id = x\n# sent_id = 1\na\tO\n\nb\tO\n\n# newdoc id = y\nc\tO\n\n", [1, 1, 2]),
    ],
)
def test_sentences_know_their_document(tmp_path: Path, content: str, documents: list[int]) -> None:
    (tmp_path / "c.txt").write_text(content)
    found = list(read_columns(tmp_path / "c.txt", 0, 1))
    assert [sentence.document for sentence in found] == documents
    assert [sentence.words for sentence in found] == [("a",), ("b",), ("c",)][: len(documents)]


def test_comments_are_between_tabs_and_a_hash_is_a_word(tmp_path: Path) -> None:
    (tmp_path / "tabs").write_bytes(b"# text = # Rome\r\n1\t#\tO\r\n2\tRome\tB-LOC\r\n\r\n")
    assert [s.words for s in read_columns(tmp_path / "tabs", 1, 2)] == [("#", "Rome")]
    (tmp_path / "spaces").write_text("# O\nRome I-LOC\n")
    assert [s.words for s in read_columns(tmp_path / "spaces", 0, 1)] == [("#", "Rome")]


def test_a_word_of_the_web_is_no_end_of_a_line(tmp_path: Path) -> None:
    (tmp_path / "c").write_text("a\u2028b\tO\n\tO\nc\tB-PER\n", encoding="utf-8")
    assert [s.words for s in read_columns(tmp_path / "c", 0, 1)] == [("a\u2028b", "", "c")]


@pytest.mark.parametrize("content", [b"Rome\n", b"Rome\tB-LOC\nParis\n", b"\xff\tO\n"])
def test_a_file_without_its_columns_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.conll").write_bytes(content)
    with pytest.raises(SourceError, match=r"broken\.conll"):
        list(read_columns(tmp_path / "broken.conll", 0, 1))


@pytest.mark.parametrize("tags", [("B-per", "I-per", "O", "B-loc"), ("I-per", "I-per", "O", "I-loc")])
def test_words_and_tags_of_either_scheme_are_a_text_and_its_names(tags: tuple[str, ...]) -> None:
    text = labelled_words(["Ada", "Lovelace", "in", "Rome"], tags, {"per": "PER", "loc": "LOC"}, "d", frozenset())
    assert text == Labelled("Ada Lovelace in Rome", ((0, 12, "PER"), (16, 20, "LOC")), "d")


def test_a_label_that_becomes_nothing_is_left_out_and_an_unknown_one_is_not() -> None:
    assert labelled_words(["iron"], ["B-metal"], {"metal": ""}, "d", frozenset()).spans == ()
    with pytest.raises(KeyError):
        labelled_words(["iron"], ["B-metal"], {}, "d", frozenset())


def test_marks_are_names() -> None:
    assert parse_marked("[merkel](PER) to [new york](LOC)?", "d") == Labelled(
        "merkel to new york?", ((0, 6, "PER"), (10, 18, "LOC")), "d"
    )


@pytest.mark.parametrize("line", ["[merkel](PERS)", "[merkel](per)", "[a [b](PER)](ORG)"])
def test_a_mark_that_is_none_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    (tmp_path / "q.txt").write_text(f"# comment\n\nplain\n{line}\n")
    with pytest.raises(SourceError, match=r"q\.txt, line 4"):
        list(read_marked(tmp_path / "q.txt"))


@pytest.mark.parametrize(
    ("text", "lower"), [("IN Paris", "in paris"), ("İN Paris", "İn paris"), ("ΟΔΟΣ ẞ Paris", "οδος ß paris")]
)
def test_names_are_where_they_were_in_lower_case(text: str, lower: str) -> None:
    start = text.index("Paris")
    found = lowered(Labelled(text, ((start, start + 5, "LOC"),), "d", frozenset({"MISC"})))
    assert found.text[slice(*found.spans[0][:2])] == "paris"
    assert (found.text, found.unmarked) == (lower, frozenset({"MISC"}))


GUM = """# newdoc id = GUM_news_x
# text = The mayor of Bath, Dr. Ada O'Hara's aide, left.
1\tThe\tthe\tDET\t_\t_\t_\t_\t_\tEntity=(1-person-new-cf1-2-sgl
2\tmayor\tmayor\tNOUN\t_\t_\t_\t_\t_\t_
3\tof\tof\tADP\t_\t_\t_\t_\t_\t_
4\tBath\tBath\tPROPN\t_\t_\t_\t_\t_\tEntity=(2-place-new-nnnnn-cf2-1-sgl)1)|SpaceAfter=No
5\t,\t,\tPUNCT\t_\t_\t_\t_\t_\t_
6\tDr.\tDr.\tPROPN\t_\t_\t_\t_\t_\tEntity=(3-person-new-nnnnn-cf3-4-sgl(4-person-new-nnnnn-cf4-1,2-sgl
7\tAda\tAda\tPROPN\t_\t_\t_\t_\t_\t_
8\tO'Hara\tO'Hara\tPROPN\t_\t_\t_\t_\t_\tSpaceAfter=No
9\t's\t's\tPART\t_\t_\t_\t_\t_\tEntity=4)
10\taide\taide\tNOUN\t_\t_\t_\t_\t_\tEntity=3)|SpaceAfter=No
10.1\tnothing\t_\t_\t_\t_\t_\t_\t_\t_
11\t,\t,\tPUNCT\t_\t_\t_\t_\t_\t_
12\tleft\tleave\tVERB\t_\t_\t_\t_\t_\tSpaceAfter=No
13\t.\t.\tPUNCT\t_\t_\t_\t_\t_\t_
"""


def test_of_gums_mentions_the_named_ones_are_kept_without_titles(tmp_path: Path) -> None:
    (tmp_path / "GUM_news_x.conllu").write_text(GUM)
    (found,) = read_gum(tmp_path / "GUM_news_x.conllu", {"person": "PER", "place": "LOC"}, frozenset({"MISC"}))
    assert found.text == "The mayor of Bath, Dr. Ada O'Hara's aide, left."
    assert [(found.text[start:end], label) for start, end, label in found.spans] == [
        ("Bath", "LOC"),
        ("Ada O'Hara", "PER"),
    ]
    assert (found.document, found.unmarked) == ("GUM_news_x", frozenset({"MISC"}))


@pytest.mark.parametrize(("content", "said"), [("1\tRome\n", "ten columns"), (GUM, "'place'")])
def test_a_gum_that_is_none_or_has_other_kinds_is_named(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "g.conllu").write_text(content)
    with pytest.raises(SourceError, match=rf"g\.conllu: .*{said}"):
        list(read_gum(tmp_path / "g.conllu", {"person": "PER"}, frozenset()))


def test_a_corpus_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="wnut17"):
        read_sets(tmp_path, "report")


def test_what_is_reported_is_neither_tuned_nor_trained_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for split, words in (("train", "abc"), ("tune", "bc"), ("report", "c")):
        lines = [f"{word.upper() if split == 'tune' else word}\u00a0\tO\n\n" for word in words]
        (tmp_path / split).write_text("".join(lines), encoding="utf-8")
    parts = [{"set": "x", "split": split, "source": "btc", "files": [split]} for split in SPLITS]
    table = sets._table
    monkeypatch.setattr(sets, "_table", lambda name: {"part": parts} if name == "splits.toml" else table(name))
    dealt = {split: deal(tmp_path, split) for split in SPLITS}
    assert {split: [text.text for text in found.sets["x"]] for split, found in dealt.items()} == {
        "train": ["a"],
        "tune": ["B"],
        "report": ["c"],
    }
    assert {split: found.left_out for split, found in dealt.items()} == {
        "train": Counter(x=2),
        "tune": Counter(x=1),
        "report": Counter(),
    }


@pytest.fixture(scope="module")
def dealt(shared: Callable[[str], Path]) -> dict[Split, Dealt]:
    folder = shared("ner")
    return {split: deal(folder, split) for split in SPLITS}


def test_every_name_of_every_corpus_is_one_of_ours_and_has_its_place(dealt: dict[Split, Dealt]) -> None:
    """A label without a place in labels.toml would have been refused."""
    for split in dealt.values():
        for texts in split.sets.values():
            assert {label for text in texts for *_, label in text.spans} <= set(LABELS)
            for text in texts:
                read = 0
                for start, end, _ in text.spans:
                    assert read <= start < end <= len(text.text)
                    assert text.text[start:end] == text.text[start:end].strip()
                    read = end


def test_nothing_crosses(dealt: dict[Split, Dealt]) -> None:
    for one, other in combinations(SPLITS, 2):
        documents, sentences = (
            [{key(name, text) for name, texts in dealt[side].sets.items() for text in texts} for side in (one, other)]
            for key in (lambda name, text: text.document, lambda name, text: "".join(text.text.casefold().split()))
        )
        assert not documents[0] & documents[1]
        assert not sentences[0] & sentences[1]


def test_what_is_reported_is_what_was_agreed(dealt: dict[Split, Dealt]) -> None:
    assert {name: len(texts) for name, texts in dealt["report"].sets.items()} == {
        "wnut17": 1287,
        "btc": 2001,
        "wikigold": 381,
        "crossner-politics": 541,
        "gum": 155,
        "queries": 150,
    }
    assert dealt["report"].left_out == Counter()
    for split in ("train", "tune"):
        left, kept = sum(dealt[split].left_out.values()), sum(map(len, dealt[split].sets.values()))
        assert 0 < left < kept / 100
    queries = dealt["report"].sets["queries"]
    assert sum(not text.spans for text in queries) == 50
