"""Entities beside the Hugging Face pipeline: what a user gets of each, on the same machine, in the same run."""
