"""One contract suite for each seam. Subclass it in a test file and give the fixture it asks for."""

from newsreel.testing.contracts.archives import ArchiveContract, stored_film, stored_story
from newsreel.testing.contracts.engines import EngineContract
from newsreel.testing.contracts.models import EmbedderContract, ShotModelContract

__all__ = [
    "ArchiveContract",
    "EmbedderContract",
    "EngineContract",
    "ShotModelContract",
    "stored_film",
    "stored_story",
]
