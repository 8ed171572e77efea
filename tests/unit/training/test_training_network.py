"""What the network learns from: tags of words, and a loss that does not punish what nobody looked for."""

from __future__ import annotations

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from training.entities.encode import IGNORED, TAGS, UNMARKED_MISC, encode
from training.entities.network import marginal_loss

from newsreel.evaluate.entities.labelled import Labelled


def tokenizer() -> Tokenizer:
    words = ["[UNK]", "angela", "mer", "##kel", "and", "macron", "met"]
    made = Tokenizer(models.WordPiece({word: place for place, word in enumerate(words)}, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return made


def test_a_word_has_its_tag_on_its_first_token_and_names_side_by_side_are_two() -> None:
    text = Labelled("Angela Merkel Macron met", ((0, 13, "PER"), (14, 20, "PER")), "made")

    (row,) = encode(tokenizer(), [text])

    tags = [TAGS[tag] if tag != IGNORED else None for tag in row.tags]
    assert tags == ["B-PER", "I-PER", None, "B-PER", "O"]
    assert row.types == [1, 1, 4, 1, 0]


def test_where_misc_was_not_looked_for_a_word_without_a_name_may_be_one() -> None:
    text = Labelled("met Macron", ((4, 10, "PER"),), "made", frozenset({"MISC"}))

    (row,) = encode(tokenizer(), [text])

    assert row.tags == [UNMARKED_MISC, TAGS.index("B-PER")]


def test_the_loss_of_an_unmarked_word_is_that_of_outside_or_misc_together() -> None:
    logits = torch.randn(1, 1, len(TAGS), generator=torch.Generator().manual_seed(0))
    chance = logits.softmax(-1)[0, 0]
    allowed = chance[0] + chance[TAGS.index("B-MISC")] + chance[TAGS.index("I-MISC")]

    loss = marginal_loss(logits, torch.tensor([[UNMARKED_MISC]]), smoothing=0.0)

    assert torch.isclose(loss, -allowed.log())


def test_tokens_without_a_tag_cost_nothing() -> None:
    logits = torch.zeros(1, 2, len(TAGS))
    logits[0, 1, 5] = 9.0  # a later piece of a word: whatever it says

    loss = marginal_loss(logits, torch.tensor([[1, IGNORED]]), smoothing=0.0)

    assert torch.isclose(loss, torch.tensor(float(len(TAGS))).log())
