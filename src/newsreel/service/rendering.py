"""Templates to pages. Autoescape is on for all of them, and nothing is marked safe."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from newsreel import telemetry
from newsreel.core.times import DAY_NS, NS_PER_S, format_ns, timecode
from newsreel.search.known import label_of
from newsreel.search.results import MAX_QUERY_CHARACTERS
from newsreel.service import addresses
from newsreel.service.assets import asset_address
from newsreel.service.naming import (
    kind_name,
    label_class,
    label_name,
    labels_name,
    part_name,
    size_name,
    title_of,
)
from newsreel.service.wording import Asked

__all__ = ["render"]


def render(template: str, **context: object) -> HTMLResponse:
    """The page that this template makes of these values."""
    with telemetry.phase("render"):
        return HTMLResponse(_environment().get_template(template).render(context))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        asset=asset_address,
        entity_address=addresses.entity_address,
        item_address=addresses.item_address,
        keyframe_address=addresses.keyframe_address,
        kind_name=kind_name,
        label_class=label_class,
        label_name=label_name,
        label_of=label_of,
        labels_name=labels_name,
        part_name=part_name,
        title_of=title_of,
        keyword_address=lambda keyword: Asked(text=keyword).address(),
        most_characters=MAX_QUERY_CHARACTERS,
        media_address=addresses.media_address,
        moment_address=addresses.moment_address,
        thumbnail_address=addresses.thumbnail_address,
    )
    environment.filters.update(
        clock=_clock,
        grouped=lambda n: f"{n:,}",
        iso=format_ns,
        seconds=addresses.seconds,
        shortened=_shortened,
        size=size_name,
        timecode=timecode,
        when=_when,
    )
    return environment


def _when(moment_ns: int, zone: str = "") -> str:
    """`31 January 2026, 10:15`, and the zone if it is to be said; a midnight is a date without a time."""
    moment = datetime.fromtimestamp(moment_ns // NS_PER_S, tz=UTC)
    day = f"{moment.day} {moment:%B} {moment.year}"
    return day if moment_ns % DAY_NS == 0 else f"{day}, {moment:%H:%M}{zone}"


def _clock(moment: str, now_ns: int) -> str:
    """The time of day of an ISO moment, `10:15:00`; on another day than now with its date."""
    day, _, time = moment.removesuffix("Z").partition("T")
    return time if format_ns(now_ns).startswith(day) else f"{day} {time}"


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
