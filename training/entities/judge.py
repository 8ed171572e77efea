"""F1 of a network in training, on whole sets, without an artifact: what recipes are chosen by, on the tuning sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from tokenizers import Tokenizer
from torch import nn

from newsreel.evaluate.entities.labelled import Labelled
from newsreel.models.entities.tags import TaggedWord, entities
from training.entities.encode import IGNORED, TAGS, encode

__all__ = ["f1_of", "judge"]

_AT_ONCE = 32


def judge(
    network: nn.Module, tokenizer: Tokenizer, sets: Mapping[str, Sequence[Labelled]], *, cased: bool = True
) -> dict[str, float]:
    """F1 of exact spans and labels, by set, as written and in lower case, without labels that a set does not mark."""
    found = {}
    for name, texts in sets.items():
        lower = [Labelled(t.text.lower(), t.spans, t.document, t.unmarked) for t in texts]
        for kind, given in (("", texts), (" lower", lower)):
            found[name + kind] = f1_of(given, _spans(network, tokenizer, given, cased=cased))
    found["mean"] = sum(found.values()) / len(found)
    return found


def f1_of(texts: Sequence[Labelled], found: Sequence[set[tuple[int, int, str]]]) -> float:
    """Micro F1."""
    right = named = 0
    for text, spans in zip(texts, found, strict=True):
        gold, ours = ({s for s in given if s[2] not in text.unmarked} for given in (text.spans, spans))
        right += len(gold & ours)
        named += len(gold) + len(ours)
    return 2 * right / named if named else 1.0


@torch.inference_mode()
def _spans(
    network: nn.Module, tokenizer: Tokenizer, texts: Sequence[Labelled], *, cased: bool
) -> list[set[tuple[int, int, str]]]:
    network.eval()
    found: list[set[tuple[int, int, str]]] = [set() for _ in texts]
    order = sorted(range(len(texts)), key=lambda place: len(texts[place].text))
    for start in range(0, len(order), _AT_ONCE):
        places = order[start : start + _AT_ONCE]
        rows = encode(tokenizer, [texts[place] for place in places])
        width = max(len(row.ids) for row in rows)
        ids, types, mask = (torch.zeros(len(rows), width, dtype=torch.long) for _ in range(3))
        for number, row in enumerate(rows):
            ids[number, : len(row.ids)], types[number, : len(row.ids)] = torch.tensor(row.ids), torch.tensor(row.types)
            mask[number, : len(row.ids)] = 1
        best = network(ids, mask, token_type_ids=types if cased else None).logits.argmax(-1).tolist()
        for place, row, tags in zip(places, rows, best, strict=True):
            encoding = tokenizer.encode(texts[place].text)
            words = [
                TaggedWord(*encoding.word_to_chars(word), TAGS[tag], 1.0)
                for word, gold, tag in zip(encoding.word_ids, row.tags, tags, strict=False)
                if gold != IGNORED
            ]
            found[place] = {(e.start, e.end, e.label) for e in entities(words)}
    return found
