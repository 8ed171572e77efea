"""Sentence embedders (SBERT: Reimers and Gurevych, 2019)."""

from newsreel.models.embedder.config import DEFAULT, EmbedderCard
from newsreel.models.embedder.model import TextEmbedder

__all__ = ["DEFAULT", "EmbedderCard", "TextEmbedder"]
