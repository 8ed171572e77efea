"""Shot boundaries (TransNetV2: Soucek and Lokoc, 2020)."""

from newsreel.models.shots.boundaries import Boundary, BoundaryFinder, calm
from newsreel.models.shots.config import DEFAULT
from newsreel.models.shots.model import OnnxShotModel
from newsreel.models.shots.scoring import Scorer

__all__ = ["DEFAULT", "Boundary", "BoundaryFinder", "OnnxShotModel", "Scorer", "calm"]
