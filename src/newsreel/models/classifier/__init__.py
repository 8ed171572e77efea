"""Sequence classifiers: a text to the probability of each label."""

from newsreel.models.classifier.config import ClassifierCard
from newsreel.models.classifier.model import SequenceClassifier

__all__ = ["ClassifierCard", "SequenceClassifier"]
