"""Cross-encoders: query and passage, read together, to a score (Nogueira and Cho, 2019)."""

from newsreel.models.reranker.config import RerankerCard
from newsreel.models.reranker.model import CrossEncoder

__all__ = ["CrossEncoder", "RerankerCard"]
