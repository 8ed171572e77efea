"""Encoders beside what a user would pick instead: same weights, same texts, same machine, same run."""
