"""Live video: from a feed to its shots, as they end."""
