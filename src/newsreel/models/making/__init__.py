"""From an order to an artifact: what building a model is for any task. Imports torch; nothing that serves does."""

from newsreel.models.making.craft import Answers, Craft
from newsreel.models.making.encoders import make_encoder, sourced
from newsreel.models.making.published import Logits, TypedLogits

__all__ = ["Answers", "Craft", "Logits", "TypedLogits", "make_encoder", "sourced"]
