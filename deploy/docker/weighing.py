"""What an installation weighs, by what was installed, and what of it a service imports."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Weighed", "weigh"]

_PROGRAM = """
import json, sys
from importlib.metadata import distributions, packages_distributions

from newsreel import app
from newsreel.service.application import create_app
from newsreel.service.serving import Server
from newsreel.service.state import State
from newsreel.settings import Settings

settings = Settings()
create_app(State(app.open_serving(None, settings)), settings)
owners = packages_distributions()
imported = {owner for name in list(sys.modules) for owner in owners.get(name.partition(".")[0], ())}
print(json.dumps([
    [each.metadata["Name"], sum(file.size or file.locate().stat().st_size for file in each.files or ()
                                if file.size or file.locate().exists()), each.metadata["Name"] in imported]
    for each in distributions()
]))
"""


@dataclass(frozen=True, slots=True)
class Weighed:
    """One distribution: its bytes, and whether a service that has its models open has imported any of it."""

    name: str
    bytes: int
    imported: bool


def weigh(python: Path, environment: Mapping[str, str]) -> list[Weighed]:
    """All that is installed for this interpreter, the heaviest first. Raises CalledProcessError."""
    done = subprocess.run([python, "-c", _PROGRAM], env=environment, capture_output=True, text=True, check=True)  # noqa: S603
    found = [Weighed(*each) for each in json.loads(done.stdout.splitlines()[-1])]
    return sorted(found, key=lambda each: -each.bytes)
