"""Making a text encoder's artifact: fetched, read, converted, quantised, held against the gate, measured, installed."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w

from newsreel.core.errors import ArtifactError, NewsreelError, UsageError
from newsreel.models.making.craft import Answers, Craft
from newsreel.models.making.speed import ratio
from newsreel.models.runtime import artifact, cpu
from newsreel.models.runtime.artifact import Artifact
from newsreel.models.runtime.conversion.calibration import calibrate
from newsreel.models.runtime.conversion.export import export_encoder
from newsreel.models.runtime.conversion.gates import Verdict
from newsreel.models.runtime.conversion.pretrained import Pretrained, read_pretrained
from newsreel.models.runtime.conversion.quantisation import quantise_dynamic, quantise_weights
from newsreel.models.runtime.conversion.selection import choose_layers
from newsreel.models.runtime.conversion.shape import Shape
from newsreel.models.runtime.order import Made, Order
from newsreel.models.runtime.reading import Sessions, open_sessions
from newsreel.models.runtime.sessions import Arrays, Execution, open_session
from newsreel.models.runtime.sources import Source, fetch, place_and_revision

__all__ = ["make_encoder", "sourced"]

RECIPE = "2"
"""Part of the fingerprint: raise it whenever the graph a build makes could answer otherwise."""

QUERY_WORDS, PASSAGE, PASSAGES = 6, 200, 32
"""What speed is measured with: words of a query, characters of a passage at least, and how many of them."""

Report = Callable[[str], None]


def make_encoder(root: Path, order: Order, card: Mapping[str, Any], craft: Craft, report: Report) -> Made:
    """Make what is ordered of `order.source` into `root`. `card` is what is known of it beforehand.

    What is there, of the same source and precision, is taken. Raises ArtifactError, also below the gate.
    """
    asked, fresh = str(order.source), []
    name = str(order.name or card.get("name") or order.own_name)
    precision = order.precision or ("int8" if cpu.describe().int8_native else "fp32")
    _check_storable(craft, precision)

    def fill(folder: Path) -> None:
        fresh.append(True)
        source = fetch(asked, root / ".sources", report)
        model = read_pretrained(source.folder, craft.task, pickle_sha256=order.pickle_sha256)
        _check_weights(model, card)
        _Build(folder, model, craft, order, report).run(precision, _card(model, source, name, card, craft))

    def suits(standing: Artifact) -> bool:
        _check_same(standing, order, name)
        return True

    _check_task(root, name, craft.task)
    made = artifact.install(root, name, fill, again=order.again, suits=suits, report=report)
    return Made(made, fresh=bool(fresh))


def _check_task(root: Path, name: str, task: str) -> None:
    """Raise ArtifactError where the name is that of a model for another task, which nothing may replace."""
    try:
        found = artifact.load(root, name).card["task"]
    except ArtifactError:
        return
    if found != task:
        raise ArtifactError(f"the name '{name}' is taken by a model for {found}: choose another with --name")


def _check_same(standing: Artifact, order: Order, name: str) -> None:
    """Raise ArtifactError where what is there is not what is ordered: replaced unasked, its archives would not open."""
    card, (place, revision) = standing.card, place_and_revision(str(order.source))
    if place_and_revision(str(card.get("source")))[0] != place:
        raise ArtifactError(
            f"the name '{name}' is taken by a model from {card.get('source')}: choose another with --name"
        )
    differs = [
        f"{what} {there}, not {asked}"
        for what, there, asked in (
            ("precision", standing.precision, order.precision),
            ("revision", card.get("revision"), revision),
            ("weights", card["weights"]["sha256"][:12], _weights_now(place, order)),
        )
        if asked not in (None, there)
    ]
    if differs:
        raise ArtifactError(
            f"the model '{name}' is there with {' and '.join(differs)}: --name puts another beside it; --again "
            "replaces it, and archives made with it will have to be made anew"
        )


def _weights_now(place: str, order: Order) -> str | None:
    """Of a folder, which may have changed since; other sources say so by their revision."""
    if not Path(place).is_dir():
        return None
    return read_pretrained(Path(place), order.task, pickle_sha256=order.pickle_sha256).weights_sha256[:12]


def _check_storable(craft: Craft, precision: str) -> None:
    if craft.task == "embed" and precision == "int8-dynamic":
        raise ArtifactError(
            "int8-dynamic is refused for embeddings: its scales are a batch's, so a stored vector would depend on the "
            "texts beside it. Take int8, whose scales are fixed by calibration"
        )


def _check_weights(model: Pretrained, card: Mapping[str, Any]) -> None:
    expected = card.get("weights", {}).get("sha256")
    found = model.weights_sha256
    if expected not in (None, found):
        raise ArtifactError(f"the weights in {model.folder} have sha256 {found}, the card says {expected}")


def _card(model: Pretrained, source: Source, name: str, known: Mapping[str, Any], craft: Craft) -> dict[str, Any]:
    """What is known before anything is converted."""
    revision = {"revision": source.revision} if source.revision else {}
    return {
        "format": artifact.FORMAT,
        "licence": _licence(model.folder),
        **known,
        "name": name,
        "task": craft.task,
        "summary": known.get("summary") or f"{model.architecture}, {model.layers} layers, {model.hidden} wide",
        "source": source.source,
        **revision,
        "max_tokens": min(model.max_tokens, known.get("max_tokens", model.max_tokens)),
        **craft.about(model),
        "weights": {**known.get("weights", {}), "sha256": model.weights_sha256},
        "notes": list(model.notes),
    }


def _licence(folder: Path) -> str:
    """As the front matter of a model's README says it."""
    readme = folder / "README.md"
    lines = readme.read_text(encoding="utf-8", errors="replace").splitlines()[:200] if readme.is_file() else []
    said = [line.partition(":")[2].strip(" '\"") for line in lines if line.startswith("license:")]
    return said[0] if said else "not said by its source"


@dataclass(frozen=True, slots=True)
class _Build:
    """One artifact in the making, in an empty folder."""

    folder: Path
    model: Pretrained
    craft: Craft
    order: Order
    report: Report

    def run(self, precision: str, card: dict[str, Any]) -> None:
        self.report("weights checked; converting to ONNX")
        shutil.copyfile(self.model.tokenizer, self.folder / "tokenizer.json")
        export_encoder(self.model, self.folder / "model.onnx")
        graphs = {"fp32": "model.onnx"}
        held_out = self.order.held_out
        self.report(f"comparing with {self.craft.published}")
        theirs, expected = self._published()
        floats = self._answers(card, "model.onnx")(held_out)
        same = self.craft.same(expected, floats)
        same.require(f"the converted {card['name']}")
        measured: dict[str, Any] = {"to_reference": _figures(same)}
        summary, kept = [f"converted: {same}"], []
        if precision != "fp32":
            graphs[precision] = f"model.{precision}.onnx"
            kept = self._quantise(precision, card, floats)
            near = self.craft.near(floats, self._answers(card, graphs[precision])(held_out))
            near.require(f"the {precision} {card['name']}")
            measured |= {"to_fp32": _figures(near), "layers_kept_float": kept}
            summary.append(f"{precision}: {near}")
        if self.order.only and precision != "fp32":
            (self.folder / graphs.pop("fp32")).unlink()
        built = self._complete(card, precision, graphs, kept)
        self.report("measuring its speed")
        measured |= self._speeds(built, theirs)
        query, passages = measured["speed_one_query_ratio"], measured["speed_passages_ratio"]
        summary.append(f"{query} times {self.craft.published}'s speed for a query, {passages} times for passages")
        measured |= {"summary": "; ".join(summary), "machine": str(cpu.describe())}
        (self.folder / "card.toml").write_text(tomli_w.dumps({**built.card, "measured": measured}), encoding="utf-8")

    def _published(self) -> tuple[Answers, Any]:
        """The published implementation, and what it makes of the held-out text."""
        from transformers.utils import logging

        logging.disable_progress_bar()  # of loading what is there already
        try:
            theirs = self.craft.theirs(self.model)
            return theirs, theirs(self.order.held_out)
        except NewsreelError:
            raise
        except Exception as error:
            raise ArtifactError(
                f"{self.craft.published} cannot run the model in {self.model.folder} ({type(error).__name__}: "
                f"{str(error)[:200]}): fetch the model anew"
            ) from error

    def _unfinished(self, card: Mapping[str, Any]) -> Artifact:
        return Artifact(self.folder, {**card, "fingerprint": "", "files": artifact.listing(self.folder)})

    def _answers(self, card: Mapping[str, Any], graph: str) -> Answers:
        session = open_session("onnxruntime", self.folder / graph, Execution())
        return self.craft.ours(self._unfinished(card), Sessions(session))

    def _quantise(self, precision: str, card: Mapping[str, Any], floats: Any) -> list[str]:
        """Write the quantised graph; the names of the layers that were left in floats."""
        graph, out = self.folder / "model.onnx", self.folder / f"model.{precision}.onnx"
        if precision == "int8-dynamic":
            quantise_dynamic(graph, out)
        if precision == "int8-weights":
            quantise_weights(graph, out)
        if precision != "int8":
            return []
        self.report("calibrating with our own text")
        ranges = calibrate(graph, self._batches())

        def quality(candidate: Path) -> float:
            near = self.craft.near(floats, self._answers(card, candidate.name)(self.order.held_out))
            return min(measure.found - measure.least for measure in near.measures)

        self.report("quantising, layer by layer where one costs too much")
        return list(choose_layers(graph, out, ranges, quality, 0.0, reduced=_saturates()).kept)

    def _batches(self) -> Iterator[Arrays]:
        for parts in self.craft.tokens(self.model).chunks(self.craft.inputs(self.order.calibration), "truncate"):
            for part in parts:
                ids = np.array([part.ids], np.int64)
                types = np.array([part.type_ids], np.int64)
                yield {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": types}

    def _complete(
        self, card: Mapping[str, Any], precision: str, graphs: Mapping[str, str], kept: list[str]
    ) -> Artifact:
        """With its fingerprint: of all that its answers depend on, but for the last bits, which are the runtime's."""
        files = artifact.listing(self.folder)
        parts = {
            "recipe": RECIPE,
            "weights": card["weights"]["sha256"],
            "tokenizer": files["tokenizer.json"]["sha256"],
            "shape": {field.name: getattr(self.model, field.name) for field in fields(Shape)},
            "task": [self.craft.task, dict(self.craft.about(self.model)), card["max_tokens"]],
            "precision": precision,
        }
        if precision == "int8":  # its scales come of the text it was calibrated with
            text = hashlib.sha256("\n".join(self.order.calibration).encode()).hexdigest()
            parts["int8"] = [text, kept, _saturates()]
        fingerprint = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
        made = {**card, "fingerprint": fingerprint, "precision": precision, "graphs": dict(graphs), "files": files}
        return Artifact(self.folder, made)

    def _speeds(self, built: Artifact, theirs: Any) -> dict[str, float]:
        """Beside the published implementation, same texts, same process, in turns."""
        ours = self.craft.ours(built, open_sessions(built))
        query = [" ".join(self.order.held_out[0].split()[:QUERY_WORDS])]
        long = [text for text in self.order.held_out if len(text) > PASSAGE]
        passages = (long or self.order.held_out)[:PASSAGES]
        return {
            "speed_one_query_ratio": ratio(lambda: theirs(query), lambda: ours(query), 15),
            "speed_passages_ratio": ratio(lambda: theirs(passages), lambda: ours(passages), 5),
        }


def _figures(verdict: Verdict) -> dict[str, float]:
    return {measure.name.replace(" ", "_"): round(measure.found, 7) for measure in verdict.measures}


def _saturates() -> bool:
    """Sums of products of bytes stop at 16 bits on x86 without VNNI: weights are then kept within 7 bits."""
    processor = cpu.describe()
    return processor.architecture == "x86_64" and not processor.int8_native


def sourced(order: Order) -> Order:
    """The order, of a task that has no default model. Raises UsageError where it names no source."""
    if order.source is None:
        raise UsageError(
            f"there is no default model for {order.task} yet: name a folder, s3://bucket/prefix, "
            "hf:owner/name@revision or package:distribution/path"
        )
    return order
