"""The editor's entries put together, and refused where they contradict each other."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TypeVar

from newsreel.names.corrections import Corrections
from newsreel.names.entries import Entry, Name
from newsreel.names.words import split_key

__all__ = ["Draft"]

K = TypeVar("K", str, tuple[str, str])


@dataclass(slots=True)
class Draft:
    """What was read so far, and which entry says so."""

    merged: dict[str, tuple[str, Entry]] = field(default_factory=dict)
    split: dict[tuple[str, str], tuple[str, Entry]] = field(default_factory=dict)
    renamed: dict[str, tuple[str, Entry]] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)
    """What the targets of merges and splits are called."""
    suppressed: dict[str, Entry] = field(default_factory=dict)
    suppressed_in: dict[tuple[str, str], Entry] = field(default_factory=dict)
    tagged: dict[str, list[str]] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        """Take an entry. Raises UsageError where it says other than one before it."""
        match entry.kind:
            case "merge":
                self._merge(entry)
            case "split":
                self._split(entry)
            case "rename":
                name, to = entry.name("name"), entry.name("to")
                for key in name.stands_for:
                    _put(self.renamed, key, to.name, entry, f"“{name.name}” is renamed")
            case "suppress":
                self._suppress(entry)
            case "tag":
                for key in entry.keys("names"):
                    self.tagged.setdefault(key, []).extend(entry.texts("tags"))

    def corrections(self) -> Corrections:
        """All of it. Raises UsageError for what leads in a circle, or says two things of one name."""
        self._refuse_circles()
        self._refuse_moved()
        said = Corrections(
            merged={key: target for key, (target, _) in self.merged.items()},
            split={key: target for key, (target, _) in self.split.items()},
        )
        tags = defaultdict[str, list[str]](list)
        for key, more in self.tagged.items():
            tags[said.resolve(key, "") or key] += more
        return Corrections(
            merged=said.merged,
            split=said.split,
            names=self.called | {key: name for key, (name, _) in self.renamed.items()},
            suppressed=frozenset(self.suppressed),
            suppressed_in=frozenset(self.suppressed_in),
            tagged={key: tuple(dict.fromkeys(more)) for key, more in tags.items()},
        )

    def _merge(self, entry: Entry) -> None:
        into = entry.name("into")
        for name in entry.names("names"):
            for key in name.stands_for:
                target = self._target(into, key)
                if target != key:
                    _put(self.merged, key, target, entry, f"“{name.name}” is merged")

    def _split(self, entry: Entry) -> None:
        name, other = entry.name("name"), entry.name("as")
        targets = {key: self._target(other, key) for key in name.stands_for}
        if all(key == target for key, target in targets.items()):
            raise entry.error(
                f"“{other.name}” is compared as “{name.name}” is: say more, as “{name.name} (goalkeeper)”"
            )
        for key, target in targets.items():
            for uri in entry.texts("items") if target != key else ():
                _put(self.split, (key, uri), target, entry, f"“{name.name}” in {uri} is split off")

    def _suppress(self, entry: Entry) -> None:
        uris = entry.texts("items") if "items" in entry.fields else ()
        for key in entry.keys("names"):
            if not uris:
                self.suppressed.setdefault(key, entry)
            for uri in uris:
                self.suppressed_in.setdefault((key, uri), entry)

    def _target(self, name: Name, key: str) -> str:
        """The key that a name stands for where it is said of another key."""
        target = name.key(split_key(key)[0])
        self.called.setdefault(target, name.name)
        return target

    def _refuse_circles(self) -> None:
        """Every way is walked once for each item that is listed on it, and once for all others."""
        starts = defaultdict[str, list[str]](list)
        starts[""] = list(self.merged)
        for key, uri in self.split:
            starts[uri].append(key)
        for uri, keys in starts.items():
            safe = set[str]()
            for key in keys:
                safe.update(self._way(key, uri, safe))

    def _way(self, key: str, uri: str, safe: set[str]) -> dict[str, Entry]:
        """Where a key leads in an item, and which entries say so."""
        way: dict[str, Entry] = {}
        while key not in safe and (step := self.split.get((key, uri)) or self.merged.get(key)) is not None:
            target, way[key] = step
            if target in way:
                raise step[1].error(f"it leads in a circle, with {way[target].place}: take one of them out")
            key = target
        return way

    def _refuse_moved(self) -> None:
        """What is merged into another, or split off, is that other: it is not hidden or renamed by itself."""
        hidden_in = {key: entry for (key, _), entry in self.suppressed_in.items()}
        for key, (target, merge) in self.merged.items():
            hidden = self.suppressed.get(key) or hidden_in.get(key)
            if hidden is not None:
                raise hidden.error(_moved("suppresses", key, target, merge))
            if key in self.renamed:
                raise self.renamed[key][1].error(_moved("renames", key, target, merge))
        for where, (target, split) in self.split.items():
            if where in self.suppressed_in:
                raise self.suppressed_in[where].error(_moved("suppresses", where[0], target, split))


def _moved(said: str, key: str, target: str, by: Entry) -> str:
    return (
        f"it {said} “{split_key(key)[1]}”, which {by.place} makes “{split_key(target)[1]}”: "
        "say it of that name, or take one of them out"
    )


def _put(said: dict[K, tuple[str, Entry]], key: K, value: str, entry: Entry, what: str) -> None:
    before = said.setdefault(key, (value, entry))
    if before[0] != value:
        raise entry.error(f"{what} here, and otherwise at {before[1].place}: keep one of them")
