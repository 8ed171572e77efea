"""How a model runs: artifacts, sessions, batches."""
