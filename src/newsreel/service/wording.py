"""A search as it stands in an address. Needs no web framework: the shapes of answers link to what is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from newsreel.core.item import Kind
from newsreel.core.times import parse_day_ns
from newsreel.search.language import understand
from newsreel.search.results import Query

__all__ = ["Asked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A search in the words of its address, so that a page can link to it and to its neighbours."""

    text: str = ""
    entities: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    from_day: str = ""
    to_day: str = ""
    offset: int = 0
    explain: bool = False

    @property
    def words(self) -> str:
        """What is searched for, without the names that the text asks for."""
        return understand(self.text).words

    def query(self, limit: int) -> Query:
        """What is asked of the archive. Raises UsageError."""
        return Query(
            text=self.text,
            entities=self.entities,
            kinds=self.kinds,
            from_ns=parse_day_ns(self.from_day) if self.from_day else None,
            to_ns=parse_day_ns(self.to_day, end=True) if self.to_day else None,
            limit=limit,
            offset=self.offset,
        )

    def parameters(self) -> list[tuple[str, str]]:
        """The parameters of its address, without those that say nothing."""
        said = [("q", self.text), *(("entity", key) for key in self.entities)]
        said += [("kind", kind.value) for kind in self.kinds]
        said += [("from", self.from_day), ("to", self.to_day)]
        said += [("offset", str(self.offset or "")), ("explain", "true" if self.explain else "")]
        return [(name, value) for name, value in said if value]

    def address(self, path: str = "/", **changes: Any) -> str:
        """Where this search is found, with these fields changed. A change begins at the first result again."""
        parameters = replace(self, **({"offset": 0} | changes if changes else {})).parameters()
        return f"{path}?{urlencode(parameters)}" if parameters else path
