"""Tags to entities: any scheme, the likeliest row of tags that keeps to BIO, and what a score is."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.core.entities import Entity
from newsreel.core.errors import ArtifactError
from newsreel.models.entities.decoding import Decoder
from newsreel.models.entities.tags import TaggedWord, entities

BIO = ("O", "B-A", "I-A", "B-B", "I-B")


def words(*tags: str) -> list[TaggedWord]:
    return [TaggedWord(3 * n, 3 * n + 2, tag, 1 / (n + 1)) for n, tag in enumerate(tags)]


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ("O B-PER I-PER O", [(1, 2, "PER")]),
        ("B-PER B-PER I-PER", [(0, 0, "PER"), (1, 2, "PER")]),
        ("I-PER I-PER O I-PER", [(0, 1, "PER"), (3, 3, "PER")]),
        ("B-PER I-ORG I-ORG", [(0, 0, "PER"), (1, 2, "ORG")]),
        ("B-PER I-PER L-PER U-PER B-PER L-PER", [(0, 2, "PER"), (3, 3, "PER"), (4, 5, "PER")]),
        ("B-PER E-PER I-PER S-ORG I-ORG", [(0, 1, "PER"), (2, 2, "PER"), (3, 3, "ORG"), (4, 4, "ORG")]),
        ("PER PER ORG O ORG", [(0, 1, "PER"), (2, 2, "ORG"), (4, 4, "ORG")]),
        ("O O", []),
        ("", []),
    ],
)
def test_tags_of_any_scheme_become_entities(tags: str, found: list[tuple[int, int, str]]) -> None:
    made = entities(words(*tags.split()))
    assert [(e.start // 3, e.end // 3, e.label) for e in made] == found


@given(st.lists(st.sampled_from(["O", "B-A", "I-A", "L-A", "U-A", "B-B", "I-B", "E-B", "S-B", "C"]), max_size=20))
def test_every_tagged_word_is_in_one_entity_of_its_label(tags: list[str]) -> None:
    made = entities(words(*tags))
    covered = {n: entity.label for entity in made for n in range(entity.start // 3, entity.end // 3 + 1)}
    assert covered == {n: tag.removeprefix(tag[:2]) if "-" in tag else tag for n, tag in enumerate(tags) if tag != "O"}
    assert sum(entity.end // 3 - entity.start // 3 + 1 for entity in made) == len(covered)
    scores = {word.start: word.score for word in words(*tags)}
    assert all(entity.score == min(scores[s] for s in scores if entity.start <= s < entity.end) for entity in made)


def test_an_entity_has_characters() -> None:
    with pytest.raises(ValueError, match="from 3 to 3"):
        Entity(3, 3, "PER", 1.0)


def keeps(row: tuple[int, ...]) -> bool:
    """Whether a row of BIO's tags begins all that it goes on with."""
    tags = ["O", *(BIO[place] for place in row)]
    return all(tag[0] != "I" or before[2:] == tag[2:] for before, tag in itertools.pairwise(tags))


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 5), st.integers(0, 10_000))
def test_strict_tags_are_the_likeliest_row_that_keeps_to_bio(words: int, seed: int) -> None:
    probabilities = np.random.default_rng(seed).dirichlet([0.3] * len(BIO), words).astype(np.float32)
    found = Decoder(BIO, strict=True).tags(probabilities)
    rows = [row for row in itertools.product(range(len(BIO)), repeat=words) if keeps(row)]
    logs = np.log(np.maximum(probabilities, 1e-12))
    best = max(sum(logs[word, place] for word, place in enumerate(row)) for row in rows)
    assert keeps(tuple(found))
    assert sum(logs[word, place] for word, place in enumerate(found)) == pytest.approx(best, abs=1e-4)
    assert list(Decoder(BIO, strict=False).tags(probabilities)) == list(probabilities.argmax(axis=1))


def test_strict_tags_are_bios() -> None:
    with pytest.raises(ArtifactError, match=r"O, B-A, L-A are not O, B-… and I-…, which strict_bio is for"):
        Decoder(("O", "B-A", "L-A"), strict=True)


def test_a_name_ends_where_the_next_word_does_not_go_on_with_it() -> None:
    probabilities = np.array(
        [[0.1, 0.8, 0.1, 0, 0], [0.2, 0, 0.7, 0.1, 0], [0.5, 0.1, 0.3, 0, 0.1], [0, 0, 0, 1, 0]], np.float32
    )
    decoder = Decoder(BIO, strict=True)
    tags = decoder.tags(probabilities)
    assert [BIO[tag] for tag in tags] == ["B-A", "I-A", "O", "B-B"]
    ends = decoder.ends(tags, probabilities)
    np.testing.assert_allclose(ends, [0.3, 0.7, 1, 1], atol=1e-6)
    scores = probabilities[range(4), tags]
    tagged = [TaggedWord(n, n + 1, BIO[tag], scores[n], ends[n]) for n, tag in enumerate(tags)]
    assert [entity.score for entity in entities(tagged)] == pytest.approx([0.7 * 0.7, 1.0])


def test_in_other_schemes_what_ends_or_begins_does_not_go_on() -> None:
    labels = ("O", "B-A", "I-A", "L-A", "U-A", "A")
    everything = np.full((2, len(labels)), 1 / len(labels), np.float32)
    ends = {
        label: Decoder(labels, strict=False).ends(np.array([n, 0]), everything)[0] for n, label in enumerate(labels)
    }
    assert ends == pytest.approx({"O": 1, "B-A": 0.5, "I-A": 0.5, "L-A": 1, "U-A": 1, "A": 0.5})
