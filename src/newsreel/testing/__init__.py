"""Fakes, and the contract suites that hold them and the real things to the same behaviour.

Nothing in the package imports this. Needs pytest, which the `test` extra brings.
"""
