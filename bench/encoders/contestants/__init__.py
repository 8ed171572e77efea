"""One module a contestant, each run in a child process of its own environment; see `_child`."""
