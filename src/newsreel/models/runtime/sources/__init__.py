"""Where a pretrained model comes from: a folder, a bucket, a hub or a package. Only building artifacts imports this."""

from newsreel.models.runtime.sources.fetching import fetch, place_and_revision
from newsreel.models.runtime.sources.source import Source

__all__ = ["Source", "fetch", "place_and_revision"]
