"""What a request asks for: a search as it stands in an address, and an item's uri in a path."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Annotated, Any, TypeVar
from urllib.parse import unquote, urlencode

from fastapi import Depends, Request
from fastapi import Path as PathParameter
from fastapi import Query as Parameter

from newsreel.app import Newsreel
from newsreel.core.errors import NotFoundError
from newsreel.core.item import Kind
from newsreel.core.times import parse_day_ns
from newsreel.search.language import understand
from newsreel.search.results import Query

__all__ = ["Asked", "Search", "Served", "Uri", "find"]

MAX_OFFSET = 1_000_000

T = TypeVar("T")


def _newsreel(request: Request) -> Newsreel:
    served: Newsreel = request.app.state.newsreel
    return served


Served = Annotated[Newsreel, Depends(_newsreel)]
"""What this application serves."""

Uri = Annotated[
    str, PathParameter(description="The item's uri, percent-encoded whole.", examples=["file%3Adesk%2Ffloods.txt"])
]


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


def _asked(
    q: Annotated[
        str,
        Parameter(
            description='Words, or nothing for the newest items. `person:"Angela Merkel"`, `org:`, `place:` and '
            "`misc:` ask for items that name her, by any name she goes by."
        ),
    ] = "",
    entity: Annotated[
        list[str] | None,
        Parameter(
            description="Only items that name this: a key, as facets have it; may be repeated.",
            examples=[["PER:angela merkel"]],
        ),
    ] = None,
    kind: Annotated[list[Kind] | None, Parameter(description="Only these kinds; may be repeated.")] = None,
    from_day: Annotated[
        str, Parameter(alias="from", description="Published then or later: 2026, 2026-01, 2026-01-31 or ISO time.")
    ] = "",
    to_day: Annotated[str, Parameter(alias="to", description="Published then or earlier; the day itself counts.")] = "",
    offset: Annotated[int, Parameter(ge=0, le=MAX_OFFSET, description="How many results to leave out.")] = 0,
    explain: Annotated[bool, Parameter(description="Say what each score is made of.")] = False,
) -> Asked:
    return Asked(
        text=q.strip(),
        entities=tuple(dict.fromkeys(key for key in entity or () if key.strip())),
        kinds=tuple(dict.fromkeys(kind or ())),
        from_day=from_day.strip(),
        to_day=to_day.strip(),
        offset=offset,
        explain=explain,
    )


Search = Annotated[Asked, Depends(_asked)]
"""The search in a request's address."""


def find(lookup: Callable[[str], T], uri: str, request: Request) -> T:
    """Look up the uri that ends the path: decoded once, or else as it was sent.

    The second is for a uri pasted as it is: `file:desk/a%20b.txt` carries percent signs of its own.
    """
    prefix = request.scope["path"].removesuffix(uri)
    sent = request.scope["raw_path"].decode("ascii", "replace")
    if not sent.startswith(prefix):  # the route itself was percent-encoded
        return lookup(uri)
    sent = sent.removeprefix(prefix)
    try:
        return lookup(unquote(sent))
    except NotFoundError:
        if "%" in sent:
            with suppress(NotFoundError):
                return lookup(sent)
        raise
