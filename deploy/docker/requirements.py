"""Print what the package needs, so that this can be installed before the package: code changes more often.

Usage: python requirements.py [EXTRA,EXTRA...]
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
extras = [extra for given in sys.argv[1:] for extra in given.split(",") if extra]
needed = project["dependencies"] + [each for extra in extras for each in project["optional-dependencies"][extra]]
sys.stdout.write("\n".join(needed) + "\n")
