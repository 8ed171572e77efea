"""Shots beside what a user would pick instead: same weights, same frames, same machine, same run."""
