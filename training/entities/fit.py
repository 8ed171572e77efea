"""Training: batches of like length, AdamW with warm-up and decay, and the average of the weights on the way."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import nn

from training.entities.encode import IGNORED, Row
from training.entities.network import marginal_loss

__all__ = ["Recipe", "averaged", "batches", "fit"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is trained."""

    epochs: int
    rate: float = 1e-4
    """Of the encoder; the new head and the table of token kinds learn ten times as fast."""
    batch_tokens: int = 1024
    warm_up: float = 0.06
    decay: float = 0.01
    smoothing: float = 0.0
    average: float = 0.0
    """Weight of the past in the running mean of the weights (Polyak and Juditsky, 1992); 0 for none."""
    seed: int = 1


Tensors = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]


def batches(rows: Sequence[Row], batch_tokens: int, chance: random.Random) -> Iterator[Tensors]:
    """Ids, kinds, mask and tags `[rows, width]`, each row once, in random order."""
    order = sorted(range(len(rows)), key=lambda row: len(rows[row].ids) + chance.random() * 6)
    groups, width = [list[int]()], 0
    for row in order:
        width = max(width, len(rows[row].ids))
        if groups[-1] and width * (len(groups[-1]) + 1) > batch_tokens:
            groups.append([])
            width = len(rows[row].ids)
        groups[-1].append(row)
    chance.shuffle(groups)
    for group in groups:
        yield _tensors([rows[row] for row in group])


def _tensors(rows: Sequence[Row]) -> Tensors:
    shape = len(rows), max(len(row.ids) for row in rows)
    ids, types, mask = (torch.zeros(shape, dtype=torch.long) for _ in range(3))
    tags = torch.full(shape, IGNORED)
    for place, row in enumerate(rows):
        length = len(row.ids)
        ids[place, :length] = torch.tensor(row.ids)
        types[place, :length] = torch.tensor(row.types)
        mask[place, :length] = 1
        tags[place, :length] = torch.tensor(row.tags)
    return ids, types, mask, tags


def fit(
    network: nn.Module,
    epoch_rows: Callable[[int], Sequence[Row]],
    recipe: Recipe,
    report: Callable[[int, int, float], None],
    *,
    cased: bool = True,
) -> dict[str, torch.Tensor]:
    """Train in place, with new rows each epoch; returns the averaged weights, or the last ones.

    `report` is told steps done, steps in all and the mean loss since it was last told.
    """
    torch.manual_seed(recipe.seed)
    chance = random.Random(recipe.seed)
    optimiser = torch.optim.AdamW(_groups(network, recipe), lr=recipe.rate, fused=True)
    planned = 0
    mean: dict[str, torch.Tensor] = {}
    done, losses = 0, list[float]()
    network.train()
    for epoch in range(recipe.epochs):
        made = list(batches(epoch_rows(epoch), recipe.batch_tokens, chance))
        planned = planned or len(made) * recipe.epochs
        for ids, types, mask, tags in made:
            for group in optimiser.param_groups:
                group["lr"] = group["top"] * _schedule(done / planned, recipe.warm_up)
            output = network(input_ids=ids, attention_mask=mask, token_type_ids=types if cased else None)
            loss = marginal_loss(output.logits, tags, recipe.smoothing)
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            done += 1
            losses.append(loss.item())
            if recipe.average:
                averaged(mean, network, min(recipe.average, done / (done + 10)))
            if done % 50 == 0:
                report(done, planned, sum(losses) / len(losses))
                losses.clear()
    network.eval()
    return mean or {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}


def averaged(mean: dict[str, torch.Tensor], network: nn.Module, past: float) -> None:
    """Move the running mean towards the network's weights."""
    for name, tensor in network.state_dict().items():
        if name not in mean:
            mean[name] = tensor.detach().clone()
        elif tensor.is_floating_point():
            mean[name].lerp_(tensor.detach(), 1 - past)


def _groups(network: nn.Module, recipe: Recipe) -> list[dict[str, object]]:
    new = ("classifier.", "token_type_embeddings")
    found: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        found.setdefault((any(n in name for n in new), parameter.ndim > 1), []).append(parameter)
    return [
        {"params": parameters, "top": recipe.rate * (10 if fresh else 1), "weight_decay": recipe.decay * decays}
        for (fresh, decays), parameters in found.items()
    ]


def _schedule(progress: float, warm_up: float) -> float:
    return progress / warm_up if progress < warm_up else max(0.0, (1 - progress) / (1 - warm_up))
