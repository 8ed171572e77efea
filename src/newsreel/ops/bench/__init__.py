"""`newsreel models bench`: every runtime, precision, width and batch, measured beside each other on this machine."""
