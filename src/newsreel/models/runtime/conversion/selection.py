"""Which layers stay float: where all in int8 cost too much quality, the costliest are put back until the gate holds.

Layers that read the same activation go together: the rounding of that activation is what they cost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from newsreel.core.errors import ArtifactError
from newsreel.models.runtime.conversion.calibration import Ranges
from newsreel.models.runtime.conversion.graphs import read
from newsreel.models.runtime.conversion.layers import find_layers
from newsreel.models.runtime.conversion.quantisation import quantise_static

__all__ = ["Choice", "Cost", "choose_layers"]

MOST_FLOAT = 0.5
"""With more of its layers float than this part, a graph is hardly faster than fp32."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What is won by putting the layers of one activation back to float, all others staying in int8."""

    layers: tuple[str, ...]
    quality: float
    """Won, in the unit of the gate's measure; below 0 where they are better in int8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The graph that was written."""

    quality: float
    all_int8: float
    """The quality with every layer in int8."""
    kept: tuple[str, ...]
    """Layers left float."""
    costs: tuple[Cost, ...]
    """The costliest first; empty where all could be quantised, since nothing was measured then."""
    evaluations: int


def choose_layers(
    graph: Path,
    out: Path,
    ranges: Ranges,
    quality: Callable[[Path], float],
    gate: float,
    *,
    reduced: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _most: None,
) -> Choice:
    """Write to `out` a static int8 graph whose `quality` is at least `gate`, with as few layers float as that takes.

    `quality` is asked about graphs written to `out`: once where every layer can be int8, else at most once more for
    each activation and a few times to find how many to put back (by halves: their costs are taken to add up).
    `progress` is told evaluations done and the most there can be. Raises ArtifactError with the figures, and leaves
    nothing at `out`, where the gate does not hold with half of the layers float either.
    """
    groups = _groups(graph)
    most = 2 + len(groups) + len(groups).bit_length()
    done = 0

    def measure(kept: tuple[str, ...]) -> float:
        nonlocal done
        quantise_static(graph, out, ranges, kept, reduced=reduced)
        done += 1
        found = quality(out)
        progress(done, most)
        return found

    try:
        whole = measure(())
        if whole >= gate:
            return Choice(quality=whole, all_int8=whole, kept=(), costs=(), evaluations=done)
        costs = sorted((Cost(group, measure(group) - whole) for group in groups), key=lambda cost: -cost.quality)
        kept, found = _fewest(costs, measure, gate, whole)
        quantise_static(graph, out, ranges, kept, reduced=reduced)
    except BaseException:
        out.unlink(missing_ok=True)
        raise
    return Choice(quality=found, all_int8=whole, kept=kept, costs=tuple(costs), evaluations=done)


def _groups(graph: Path) -> list[tuple[str, ...]]:
    together: dict[str, list[str]] = {}
    for layer in find_layers(read(graph), graph):
        together.setdefault(layer.reads, []).append(layer.name)
    return [tuple(names) for names in together.values()]


def _fewest(
    costs: list[Cost], measure: Callable[[tuple[str, ...]], float], gate: float, whole: float
) -> tuple[tuple[str, ...], float]:
    """The fewest of the costliest that have to be float, and the quality then."""
    too_few, enough = 0, int(len(costs) * MOST_FLOAT)
    found = measure(_names(costs[:enough])) if enough else whole
    holds = found >= gate  # what is not a number does not
    if not holds:
        raise ArtifactError(
            f"int8 is refused: the gate is missed by {gate - whole:.4f} with every layer in int8, and by "
            f"{gate - found:.4f} with those of {enough} of {len(costs)} activations "
            "float: take --precision int8-weights or fp32"
        )
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        if (reached := measure(_names(costs[:middle]))) >= gate:
            enough, found = middle, reached
        else:
            too_few = middle
    return _names(costs[:enough]), found


def _names(costs: list[Cost]) -> tuple[str, ...]:
    return tuple(name for cost in costs for name in cost.layers)
