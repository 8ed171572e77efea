"""One contract suite for each seam. Subclass it in a test file and give the fixture it asks for."""

from newsreel.testing.contracts.archives import ArchiveContract, stored_film, stored_story
from newsreel.testing.contracts.engines import EngineContract
from newsreel.testing.contracts.models import (
    ClassifierContract,
    EmbedderContract,
    EntityModelContract,
    RerankerContract,
    ShotModelContract,
)
from newsreel.testing.contracts.sessions import GraphFileContract, SessionContract, token_batch

__all__ = [
    "ArchiveContract",
    "ClassifierContract",
    "EmbedderContract",
    "EngineContract",
    "EntityModelContract",
    "GraphFileContract",
    "RerankerContract",
    "SessionContract",
    "ShotModelContract",
    "stored_film",
    "stored_story",
    "token_batch",
]
