"""Sentence embedders (SBERT: Reimers and Gurevych, 2019)."""

from newsreel.models.embedder.config import DEFAULT, EmbedderCard
from newsreel.models.embedder.model import OnnxEmbedder

__all__ = ["DEFAULT", "EmbedderCard", "OnnxEmbedder"]
