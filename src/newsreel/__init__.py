"""Newsreel turns a newsroom's stories, photos and videos into something that can be searched."""

__version__ = "0.1.0"
