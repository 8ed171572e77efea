"""Who is meant: the names in an item merged into entities, their keys across items, and what an editor corrects."""

from newsreel.names.linking import Linked, known_as, link
from newsreel.names.words import key, normal, split_key

__all__ = ["Linked", "key", "known_as", "link", "normal", "split_key"]
