"""Servers of models beside what a user would pick instead: same weights, same load, same machine, same run."""
