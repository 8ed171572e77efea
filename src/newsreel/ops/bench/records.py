"""What a run has measured so far, on disk: a line each, so that an interrupted run goes on where it was."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from newsreel.core.errors import UsageError
from newsreel.ops.bench.grid import Configuration
from newsreel.ops.bench.rows import Quality, Row, Sample, row

__all__ = ["Operators", "Records"]


Operators = list[dict[str, Any]]
_Kind = type | tuple[type, ...]

_FORMAT = 2
"""Of a line. What another version wrote is another benchmark's."""

_KINDS: Mapping[str, _Kind] = {"str": str, "float": (int, float)}
"""Of a field, by its annotation."""


class Records:
    """Samples by configuration and round. Failures are not kept: another run tries again."""

    def __init__(self, path: Path, subject: Mapping[str, Any]) -> None:
        """Open the file for what is measured: model, machine, inputs. Raises UsageError where it holds another's."""
        self._path = path
        self._samples: dict[str, dict[int, Sample]] = {}
        self._qualities: dict[str, Quality] = {}
        self._failed: dict[str, str] = {}
        self._profiles: dict[str, Operators] = {}
        subject = {"record format": _FORMAT, **subject}
        lines = list(_read(path))
        if lines and (changed := _changed(lines[0], subject)):
            raise UsageError(
                f"{path} holds measurements of another {' and another '.join(changed)}: name another folder with --out"
            )
        self.fresh = not lines
        """Nothing was here: what else lies in the folder is of no benchmark that this one goes on with."""
        if self.fresh:
            self._path.write_text(_line({"subject": subject}), encoding="utf-8")
        for line in lines[1:]:
            try:
                self._recall(line)
            except (KeyError, TypeError) as error:
                raise UsageError(
                    f"{path} holds a line that is no measurement ({str(line)[:40]}): name another folder with --out"
                ) from error

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

    def _recall(self, line: Any) -> None:
        """Take what a line says. Raises KeyError, TypeError where it is of another shape."""
        if "operators" in line:
            self._profiles[_as(str, line["key"])] = [_operator(found) for found in line["operators"]]
            return
        quality = None if line["quality"] is None else Quality(**_fields(Quality, line["quality"]))
        self._take(_as(str, line["key"]), _as(int, line["round"]), Sample(**_fields(Sample, line["sample"])), quality)

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


def _changed(line: object, subject: Mapping[str, Any]) -> list[str]:
    """What a file's first line says otherwise; all, where it is not of the kind that this version writes."""
    found = line.get("subject") if isinstance(line, dict) else None
    return [name for name in subject if not isinstance(found, dict) or found.get(name) != subject[name]]


def _fields(kind: type[Sample | Quality], found: Mapping[str, Any]) -> Mapping[str, Any]:
    for field in fields(kind):
        _as(_KINDS[str(field.type)], found[field.name])
    return found


def _operator(found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "operator": _as(str, found["operator"]),
        "seconds": _as((int, float), found["seconds"]),
        "share": _as((int, float), found["share"]),
    }


def _as(kind: _Kind, found: Any) -> Any:
    if not isinstance(found, kind):
        raise TypeError(f"{found!r} is no {kind}")
    return found


def _read(path: Path) -> Iterable[Any]:
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
