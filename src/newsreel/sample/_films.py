"""How the sample's films are cut: their takes, in order, with the camera's moves."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from newsreel.sample import _bridge, _harbour, _people, _station, _waters
from newsreel.sample._film import Film, Framing, Join, Take

__all__ = ["FILMS"]

_WHOLE, _NEARER = Framing(0, 0, 960), Framing(96, 54, 768)

_PILOT = Film(
    (
        Take(
            scene=_waters.aground,
            frames=75,
            opens=Framing(0, 120, 1000),
            closes=Framing(180, 130, 980),
            life=lambda pen, seconds: pen.ripple(610, 800, seconds),
        ),
        Take(
            scene=_people.pilot,
            frames=80,
            opens=Framing(90, 40, 760),
            closes=Framing(100, 50, 730),
            life=_people.speaking,
            sway=2.0,
        ),
        Take(scene=_harbour.chart, frames=80, opens=_WHOLE, closes=Framing(180, 80, 700), life=_harbour.running_ebb),
        Take(
            scene=_harbour.tugs,
            frames=70,
            opens=Framing(0, 30, 880),
            closes=Framing(70, 40, 880),
            life=_harbour.tugs_at_work,
            sway=2.0,
        ),
        Take(
            scene=_harbour.sands,
            frames=60,
            opens=Framing(70, 40, 880),
            closes=Framing(10, 20, 900),
            life=_harbour.waders,
            join=Join.DISSOLVE,
            join_frames=20,
        ),
        Take(
            scene=_people.pilot,
            frames=70,
            opens=Framing(214, 78, 470),
            closes=Framing(206, 74, 490),
            life=_people.speaking,
            sway=1.5,
        ),
    )
)

_BRIDGE = Film(
    (
        Take(
            scene=_waters.flood_bridge,
            frames=50,
            opens=Framing(0, 130, 1010),
            closes=Framing(120, 150, 970),
            life=lambda pen, seconds: pen.ripple(470, 800, seconds),
        ),
        Take(
            scene=_bridge.bridge_by_day,
            frames=55,
            opens=Framing(0, 0, 860),
            closes=Framing(90, 20, 840),
            life=_bridge.flowing,
            join=Join.DISSOLVE,
            join_frames=25,
        ),
        Take(
            scene=_people.mayor,
            frames=70,
            opens=Framing(130, 60, 700),
            closes=Framing(150, 72, 660),
            life=_people.announcing,
            sway=1.6,
        ),
        Take(
            scene=_bridge.deck, frames=65, opens=_NEARER, closes=Framing(40, 22, 880), life=_bridge.crossing, sway=1.2
        ),
        Take(
            scene=_bridge.bridge_in_the_evening,
            frames=50,
            opens=Framing(100, 10, 820),
            closes=Framing(20, 0, 930),
            life=_bridge.flowing,
            join=Join.FADE,
            join_frames=36,
        ),
    )
)

_STATION = Film(
    (
        Take(scene=_station.platform, frames=190, opens=_WHOLE, closes=_WHOLE, life=_station.waiting),
        Take(scene=_station.closed_line, frames=50, opens=_WHOLE, closes=_NEARER, life=_station.lamp),
    )
)

FILMS: Mapping[str, Film] = MappingProxyType(
    {
        "tarnby-halcyon-pilot.mp4": _PILOT,
        "brackwater-old-bridge.webm": _BRIDGE,
        "millford-station-clock.mov": _STATION,
    }
)
"""What each file shows, by its name: how many frames, and where its cuts, dissolves and fades are."""
