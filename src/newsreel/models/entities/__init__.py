"""Named entities, by token classifiers."""

from newsreel.models.entities.config import EntitiesCard
from newsreel.models.entities.model import TokenClassifier

__all__ = ["EntitiesCard", "TokenClassifier"]
