"""Named entities, by token classifiers."""

from newsreel.models.entities.config import DEFAULT, EntitiesCard
from newsreel.models.entities.model import TokenClassifier

__all__ = ["DEFAULT", "EntitiesCard", "TokenClassifier"]
