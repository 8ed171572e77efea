"""Who is meant: the names in an item merged into entities, their keys across items, and what an editor corrects."""

from newsreel.names.corrections import Corrections, Stored
from newsreel.names.editing import CorrectionsFile
from newsreel.names.linking import Linked, known_as, link
from newsreel.names.reasons import Likely, explain, likely
from newsreel.names.words import key, normal, split_key

__all__ = [
    "Corrections",
    "CorrectionsFile",
    "Likely",
    "Linked",
    "Stored",
    "explain",
    "key",
    "known_as",
    "likely",
    "link",
    "normal",
    "split_key",
]
