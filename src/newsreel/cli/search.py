"""`newsreel search`: one query for people and scripts, or a file of queries to a TREC run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from newsreel.cli._options import ArchiveOption, JsonOption
from newsreel.core.errors import UsageError
from newsreel.core.item import Kind
from newsreel.core.times import format_ns, parse_day_ns, timecode
from newsreel.search.known import Known
from newsreel.search.language import FACETS
from newsreel.search.results import Query, Result, Results
from newsreel.settings import Settings

if TYPE_CHECKING:
    from newsreel.app import Newsreel

__all__ = ["print_results", "search"]

_PASSAGE_CHARACTERS = 280
_READINGS = 5


def search(
    archive: ArchiveOption,
    query: Annotated[
        str | None,
        typer.Argument(metavar="QUERY", help="What to look for, as rain person:\"Ann Lee\"; '' lists the newest."),
    ] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many results.")] = 10,
    offset: Annotated[int, typer.Option(min=0, help="Leave out this many first.")] = 0,
    kind: Annotated[list[Kind] | None, typer.Option(help="Only this kind; may be given twice.")] = None,
    since: Annotated[str | None, typer.Option("--from", metavar="D", help="Published from this day on.")] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="D", help="Published up to this day, included.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show what each score is made of.")] = False,
    as_json: JsonOption = False,
    queries: Annotated[
        Path | None, typer.Option("--queries", metavar="Q.tsv", help="A query a line: qid<TAB>text.")
    ] = None,
    run: Annotated[Path | None, typer.Option("--run", metavar="OUT.trec", help="Where the TREC run goes.")] = None,
) -> None:
    """Search an archive by words and by meaning.

    Examples: newsreel search "ship aground" --archive ./archive --kind photo --from 2026-03

    newsreel search 'talks person:"Angela Merkel"' --archive ./archive

    newsreel search --queries q.tsv --run out.trec --archive ./archive -k 100
    """
    from newsreel.app import Newsreel

    if (queries is None) != (run is None):
        raise UsageError("--queries and --run go together: --queries q.tsv --run out.trec")
    if queries is not None and run is not None:
        if query is not None or kind or since or until:
            raise UsageError("--queries takes the place of QUERY and of the filters")
        _run_file(Newsreel(archive, Settings()), queries, run, k)
        return
    if query is None:
        raise UsageError('say what to look for: newsreel search "QUERY" --archive FOLDER')
    asked = Query(
        text=query.encode("utf-8", "replace").decode(),
        kinds=tuple(kind or ()),
        from_ns=None if since is None else parse_day_ns(since),
        to_ns=None if until is None else parse_day_ns(until, end=True),
        limit=k,
        offset=offset,
    )
    newsreel = Newsreel(archive, Settings())
    results = newsreel.search(asked)
    if as_json:
        from newsreel.service.schemas import SearchAnswer

        typer.echo(SearchAnswer.of(newsreel.exports.results(results), explain=explain).model_dump_json())
    else:
        print_results(results, Console(highlight=False), explain=explain)


def print_results(results: Results, console: Console, *, explain: bool = False) -> None:
    """Results for people."""
    for rank, result in enumerate(results.results, results.query.offset + 1):
        console.print(_headline(rank, result), soft_wrap=True)
        if result.segment.text:
            console.print(Text("    ").append_text(_passage(result)), soft_wrap=True)
        console.print(Text(f"    {result.item.uri}", style="dim"), soft_wrap=True)
        if explain:
            console.print(Text(f"    {_explained(result)}", style="dim"), soft_wrap=True)
    facets = ", ".join(f"{f.count} {f.value}" for f in results.facets.get("kind", ()))
    console.print(f"{results.total} results{f' ({facets})' if facets else ''}")
    for said in (*_understood(results), *results.notes, *_meant(results)):
        console.print(Text(said, "yellow"), soft_wrap=True)


def _understood(results: Results) -> Iterator[str]:
    """Whom or what the names asked for stand for."""
    for name in results.names:
        if name.known:
            yield f"{FACETS.get(name.label, name.label)} “{name.name}” is {_listed(name.known)}"


def _meant(results: Results) -> Iterator[str]:
    """How to ask for those whom the query seems to mean."""
    for known in (*(near for name in results.names for near in name.near), *results.meant):
        if known.label in FACETS:
            yield f'did you mean {known.name} ({known.items})? {FACETS[known.label]}:"{known.name}"'


def _listed(known: Sequence[Known]) -> str:
    few = ", ".join(f"{each.name} ({each.items})" for each in known[:_READINGS])
    return few + (f" and {len(known) - _READINGS} more" if len(known) > _READINGS else "")


def _headline(rank: int, result: Result) -> Text:
    item = result.item
    about = [item.kind.value, *([format_ns(item.published_ns)[:10]] if item.published_ns is not None else [])]
    if result.segment.time is not None:
        about.append(f"{timecode(result.segment.time.start_ns)}–{timecode(result.segment.time.end_ns)}")
    return (
        Text(f"{rank:>2}. ").append(item.headline or "(no headline)", "bold").append(f"  {' · '.join(about)}", "cyan")
    )


def _passage(result: Result) -> Text:
    """The part of the passage around its first match."""
    text = Text(" ".join(result.segment.text.splitlines()) if not result.highlights else result.segment.text)
    for start, end in result.highlights:
        text.stylize("bold yellow", start, end)
    first = result.highlights[0][0] if result.highlights else 0
    begin = max(0, min(first - 80, len(text) - _PASSAGE_CHARACTERS))
    shown = text[begin : begin + _PASSAGE_CHARACTERS]
    lines = Text(" ").join(shown.split())
    return Text("… " if begin else "").append_text(lines).append("" if begin + len(shown) >= len(text) else " …")


def _explained(result: Result) -> str:
    parts = (
        f"{p.name} {'—' if p.raw is None else f'{p.raw:.3f}'} → {p.normalised:.3f} x {p.weight:g} = {p.share:.3f}"
        for p in result.parts
    )
    return f"score {result.score:.4f} = " + " + ".join(parts)


def _run_file(newsreel: Newsreel, queries: Path, run: Path, k: int) -> None:
    from newsreel.evaluate.runs import read_queries, write_run

    asked = read_queries(queries)
    ranked = newsreel.ranked([text for _, text in asked], k)
    write_run(run, [qid for qid, _ in asked], ranked)
    typer.echo(f"{len(asked)} queries, {sum(map(len, ranked))} lines in {run}", err=True)
