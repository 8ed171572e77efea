"""What a run has measured so far, on disk: a line each, so that an interrupted run goes on where it was."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from newsreel.core.errors import UsageError
from newsreel.ops.bench.grid import Configuration
from newsreel.ops.bench.rows import Quality, Row, Sample, row

__all__ = ["Operators", "Records"]


Operators = list[dict[str, Any]]


class Records:
    """Samples by configuration and round. Failures are not kept: another run tries again."""

    def __init__(self, path: Path, subject: Mapping[str, Any]) -> None:
        """Open the file for what is measured: model, machine, inputs. Raises UsageError where it holds another's."""
        self._path = path
        self._samples: dict[str, dict[int, Sample]] = {}
        self._qualities: dict[str, Quality] = {}
        self._failed: dict[str, str] = {}
        self._profiles: dict[str, Operators] = {}
        lines = list(_read(path))
        if lines and lines[0] != {"subject": dict(subject)}:
            found = lines[0].get("subject", {})
            changed = [name for name in subject if not isinstance(found, dict) or found.get(name) != subject[name]]
            raise UsageError(
                f"{path} holds measurements of another {' and another '.join(changed)}: name another folder with --out"
            )
        self.fresh = not lines
        """Nothing was here: what else lies in the folder is of no benchmark that this one goes on with."""
        if self.fresh:
            self._path.write_text(_line({"subject": dict(subject)}), encoding="utf-8")
        for line in lines[1:]:
            if "operators" in line:
                self._profiles[line["key"]] = line["operators"]
            else:
                self._take(line["key"], line["round"], Sample(**line["sample"]), _quality(line["quality"]))

    def has(self, configuration: Configuration, round_: int) -> bool:
        """Whether this was measured already."""
        return round_ in self._samples.get(configuration.key, {})

    def has_quality(self, configuration: Configuration) -> bool:
        """Whether its output was compared already."""
        return configuration.key in self._qualities

    def add(self, configuration: Configuration, round_: int, sample: Sample, quality: Quality | None) -> None:
        """Keep one sample, on disk too."""
        self._take(configuration.key, round_, sample, quality)
        kept = asdict(quality) if quality else None
        self._append({"key": configuration.key, "round": round_, "sample": asdict(sample), "quality": kept})

    def add_profile(self, configuration: Configuration, operators: Operators) -> None:
        """Keep where the time goes, on disk too."""
        self._profiles[configuration.key] = operators
        self._append({"key": configuration.key, "operators": operators})

    @property
    def profiles(self) -> Mapping[str, Operators]:
        """By configuration: `operator`, `seconds` and `share`, the longest first."""
        return self._profiles

    def fail(self, configuration: Configuration, why: str) -> None:
        """Remember that it could not be measured, and why."""
        self._failed.setdefault(configuration.key, why)

    def failed(self, configuration: Configuration) -> bool:
        """Whether it failed in this run: it is not tried again in the next round."""
        return configuration.key in self._failed

    def rows(self, configurations: Iterable[Configuration]) -> list[Row]:
        """One a configuration, measured or not, in their order."""
        return [
            row(
                configuration,
                list(self._samples.get(configuration.key, {}).values()),
                self._qualities.get(configuration.key),
                self._failed.get(configuration.key, ""),
            )
            for configuration in configurations
        ]

    def _take(self, key: str, round_: int, sample: Sample, quality: Quality | None) -> None:
        self._samples.setdefault(key, {})[round_] = sample
        if quality is not None:
            self._qualities[key] = quality

    def _append(self, line: Mapping[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(_line(line))


def _line(record: Mapping[str, Any]) -> str:
    """It begins a line of its own, whatever an interrupted run left before it."""
    return "\n" + json.dumps(record)


def _quality(found: Mapping[str, Any] | None) -> Quality | None:
    return None if found is None else Quality(**found)


def _read(path: Path) -> Iterable[dict[str, Any]]:
    """Its lines; one that was cut off, by a kill or a full disk, is left out."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read ({error}): name another folder with --out") from error
    for line in filter(None, text.splitlines()):
        with contextlib.suppress(ValueError):
            yield json.loads(line)
