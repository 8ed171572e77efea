"""Measures, run files and evaluation sets."""
