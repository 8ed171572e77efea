"""What every model does, whatever runs it."""

from __future__ import annotations

import random

import numpy as np
import pytest

from newsreel.core.errors import UsageError
from newsreel.core.protocols import Classifier, Embedder, EntityModel, Reranker, ShotModel

__all__ = ["ClassifierContract", "EmbedderContract", "EntityModelContract", "RerankerContract", "ShotModelContract"]


class EmbedderContract:
    """What every embedder does. Give a fixture `embedder`."""

    tolerance = 1e-6

    def test_vectors_have_length_one_and_the_order_of_the_texts(self, embedder: Embedder) -> None:
        """Shape, norm and order."""
        texts = ["flood", "The river rose over night and took the bridge.", "flood", ""]
        vectors = embedder.embed(texts)
        assert vectors.shape == (4, embedder.dimension)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
        np.testing.assert_allclose(vectors[0], vectors[2], atol=self.tolerance)

    def test_a_vector_does_not_depend_on_its_neighbours(self, embedder: Embedder) -> None:
        """Design decision 6, in any batch and any order."""
        texts = [" ".join(["storm", "harbour", "vote", "rail"] * n) for n in (1, 3, 9, 27, 2, 60, 5, 1)]
        alone = np.concatenate([embedder.embed([text]) for text in texts])
        order = random.Random(0).sample(range(len(texts)), len(texts))
        together = embedder.embed([texts[i] for i in order])
        np.testing.assert_allclose(together, alone[order], atol=self.tolerance)

    def test_nothing_gives_nothing(self, embedder: Embedder) -> None:
        """An empty batch."""
        assert embedder.embed([]).shape == (0, embedder.dimension)
        assert embedder.count_tokens([]) == []

    def test_what_is_over_the_limit_is_cut_off(self, embedder: Embedder) -> None:
        """Only the first `max_tokens` count, at that length exactly as beyond it."""
        words = ["river"] * (embedder.max_tokens - 2)
        full = embedder.embed([" ".join(words), " ".join([*words, "bridge"]), " ".join(words * 50)])
        np.testing.assert_allclose(full[1], full[0], atol=self.tolerance)
        np.testing.assert_allclose(full[2], full[0], atol=self.tolerance)

    def test_a_text_fits_up_to_the_limit_exactly(self, embedder: Embedder) -> None:
        """One below, at and one beyond `max_tokens`: only the last is an error, which says how long it may be."""
        room = embedder.max_tokens - 2
        below, at, beyond = (" ".join(["river"] * n) for n in (room - 1, room, room + 1))
        read = embedder.embed([below, at], "error")
        np.testing.assert_allclose(read, embedder.embed([below, at], "split"), atol=self.tolerance)
        with pytest.raises(UsageError, match=f"text 2 has {room + 3} tokens.* {embedder.max_tokens}"):
            embedder.embed([at, beyond], "error")

    def test_all_of_a_text_that_is_split_counts(self, embedder: Embedder) -> None:
        """Beyond the limit too; and other texts are what they are without it."""
        words = ["river"] * embedder.max_tokens
        cut, whole = (embedder.embed([" ".join(words + ["bridge"] * 90)], how)[0] for how in ("truncate", "split"))
        bridge = embedder.embed(["bridge " * 9])[0]
        assert whole @ bridge > cut @ bridge
        np.testing.assert_allclose(np.linalg.norm(whole), 1, atol=1e-5)
        beside = embedder.embed(["flood", " ".join(words * 3), "storm"], "split")
        np.testing.assert_allclose(beside[[0, 2]], embedder.embed(["flood", "storm"]), atol=self.tolerance)

    def test_tokens_are_counted_without_cutting(self, embedder: Embedder) -> None:
        """`count_tokens` says how long a text is, not how much of it is read."""
        (count,) = embedder.count_tokens(["river " * 5_000])
        assert count == 5_000


_SENTENCES = (
    "The prime minister resigns over the budget vote.",
    "flood",
    "",
    "  Rescue workers on rail strike \n in Storm Harbour: crew of the ship (the Goal) ...  ",
    "the council " * 12,
)


class EntityModelContract:
    """What every model of entities does. Give a fixture `entity_model`."""

    tolerance = 1e-5

    def test_entities_lie_in_their_text_in_order(self, entity_model: EntityModel) -> None:
        """Whole words, none over another."""
        found = entity_model.entities(_SENTENCES)
        assert len(found) == len(_SENTENCES)
        assert any(found)
        for text, entities in zip(_SENTENCES, found, strict=True):
            ends = [0, *(entity.end for entity in entities)]
            assert all(end <= entity.start for end, entity in zip(ends, entities, strict=False))
            for entity in entities:
                assert text[entity.start : entity.end] == text[entity.start : entity.end].strip() != ""
                assert 0 < entity.score <= 1
                assert entity.label

    def test_a_texts_entities_do_not_depend_on_its_neighbours(self, entity_model: EntityModel) -> None:
        """Design decision 6."""
        together = entity_model.entities(_SENTENCES)
        for text, entities in zip(_SENTENCES, together, strict=True):
            (alone,) = entity_model.entities([text])
            assert [(e.start, e.end, e.label) for e in alone] == [(e.start, e.end, e.label) for e in entities]
            np.testing.assert_allclose([e.score for e in alone], [e.score for e in entities], atol=self.tolerance)

    def test_all_of_a_long_text_is_read_unless_it_is_cut(self, entity_model: EntityModel) -> None:
        """The beginning's entities are the same however it goes on."""
        text = " ".join(_SENTENCES) * 40
        (whole,), (cut,) = entity_model.entities([text]), entity_model.entities([text], "truncate")
        assert whole[-1].end > len(text) * 0.9 > cut[-1].end
        assert [e.start for e in cut[:2]] == [e.start for e in whole[:2]]
        with pytest.raises(UsageError, match="text 1 has "):
            entity_model.entities([text], "error")

    def test_nothing_gives_nothing(self, entity_model: EntityModel) -> None:
        """No texts; a text without words."""
        assert entity_model.entities([]) == []
        assert entity_model.entities(["", "   "]) == [[], []]


class ClassifierContract:
    """What every classifier does. Give a fixture `classifier`."""

    tolerance = 1e-5

    def test_a_probability_for_each_label_whatever_stands_beside_it(self, classifier: Classifier) -> None:
        """Shape, range, order, and design decision 6."""
        found = classifier.probabilities(_SENTENCES)
        assert found.shape == (len(_SENTENCES), len(classifier.labels))
        assert found.dtype == np.float32
        assert ((found >= 0) & (found <= 1)).all()
        alone = np.concatenate([classifier.probabilities([text]) for text in _SENTENCES])
        np.testing.assert_allclose(found, alone, atol=self.tolerance)
        assert classifier.probabilities([]).shape == (0, len(classifier.labels))

    def test_a_text_that_is_too_long_is_cut_or_refused(self, classifier: Classifier) -> None:
        """By the caller's word."""
        with pytest.raises(UsageError, match="text 2 has "):
            classifier.probabilities(["flood", "river " * 9_999], "error")
        cut = classifier.probabilities(["river " * 9_999, "river " * 8_888])
        np.testing.assert_allclose(cut[0], cut[1], atol=self.tolerance)


class RerankerContract:
    """What every reranker does. Give a fixture `reranker`."""

    tolerance = 1e-5

    def test_a_score_for_each_passage_whatever_stands_beside_it(self, reranker: Reranker) -> None:
        """Shape, order, and design decision 6; and the query counts."""
        found = reranker.scores("minister resigns", _SENTENCES)
        assert found.shape == (len(_SENTENCES),)
        assert found.dtype == np.float32
        alone = np.concatenate([reranker.scores("minister resigns", [text]) for text in _SENTENCES])
        np.testing.assert_allclose(found, alone, atol=self.tolerance)
        assert not np.allclose(found, reranker.scores("rail strike", _SENTENCES), atol=self.tolerance)
        assert reranker.scores("flood", []).shape == (0,)

    def test_a_passage_that_is_too_long_is_cut_or_refused(self, reranker: Reranker) -> None:
        """By the caller's word; the query is not what is cut."""
        with pytest.raises(UsageError, match="text 1 has "):
            reranker.scores("flood", ["river " * 9_999], "error")
        cut = reranker.scores("flood", ["river " * 9_999, "river " * 8_888])
        np.testing.assert_allclose(cut[0], cut[1], atol=self.tolerance)


class ShotModelContract:
    """What every shot model does. Give a fixture `shot_model`."""

    def test_a_hard_cut_is_the_last_frame_of_its_shot(self, shot_model: ShotModel) -> None:
        """Of 100 frames in two still scenes; and a probability for each frame, twice."""
        draw = np.random.default_rng(3)
        scenes = [np.kron(draw.integers(0, 255, (9, 16, 3)), np.ones((3, 3, 1))).astype(np.uint8) for _ in range(2)]
        window = np.stack([scenes[0]] * 47 + [scenes[1]] * 53)[np.newaxis]
        found = shot_model.probabilities(window)
        assert found.shape == (1, 100, 2)
        assert found.dtype == np.float32
        assert ((found >= 0) & (found <= 1)).all()
        assert np.flatnonzero(found[0, 25:75, 0] > 0.5).tolist() == [46 - 25]

    def test_the_same_frames_give_the_same_bits(self, shot_model: ShotModel) -> None:
        """What is kept is kept for good."""
        window = np.random.default_rng(5).integers(0, 255, (1, 100, 27, 48, 3), np.uint8)
        np.testing.assert_array_equal(shot_model.probabilities(window), shot_model.probabilities(window))
