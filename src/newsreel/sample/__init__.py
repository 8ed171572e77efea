"""The sample archive: fictional stories and drawn photos, made the same way every time."""
