"""The first window of a length is slow, since the runtime prepares for it: no shot is to wait for that."""

from __future__ import annotations

import numpy as np

from newsreel.core.protocols import ShotModel
from newsreel.live.feed import FeedOptions
from newsreel.live.lag import windows_for
from newsreel.live.pace import longer
from newsreel.models.shots.config import FRAME

__all__ = ["USUAL_RATES", "warm"]

USUAL_RATES = (24, 25, 30, 50, 60)


def warm(model: ShotModel, options: FeedOptions) -> None:
    """Score a blank window of each length that feeds of the usual rates begin in, and of those they first grow to."""
    asked = [options.windows or windows_for(options.lag_s, rate) for rate in USUAL_RATES]
    for length in sorted({layout.length for windows in asked for layout in (windows, *longer(windows)[:1])}):
        model.probabilities(np.zeros((1, length, *FRAME), np.uint8))
