"""Named entities, by token classifiers."""

from newsreel.models.entities.config import EntitiesCard
from newsreel.models.entities.model import TokenClassifier
from newsreel.models.entities.tags import Entity

__all__ = ["EntitiesCard", "Entity", "TokenClassifier"]
