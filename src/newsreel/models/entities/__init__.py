"""Named entities, by token classifiers."""

from newsreel.models.entities.config import DEFAULT, EntitiesCard
from newsreel.models.entities.model import TokenClassifier
from newsreel.models.entities.remembering import CachedEntityModel

__all__ = ["DEFAULT", "CachedEntityModel", "EntitiesCard", "TokenClassifier"]
