"""Bytes to items: sources, text formats, photo metadata and pixels."""
