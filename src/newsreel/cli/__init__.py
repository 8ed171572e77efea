"""The `newsreel` command: parse and print."""
