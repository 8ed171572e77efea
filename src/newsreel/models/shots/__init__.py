"""Shot boundaries (TransNetV2: Soucek and Lokoc, 2020)."""

from newsreel.models.shots.boundaries import Boundary, BoundaryFinder, calm
from newsreel.models.shots.config import DEFAULT, Windows
from newsreel.models.shots.model import TransNetModel
from newsreel.models.shots.scoring import Scorer

__all__ = ["DEFAULT", "Boundary", "BoundaryFinder", "Scorer", "TransNetModel", "Windows", "calm"]
