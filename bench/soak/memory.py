"""How much memory a service takes over time, and whether it grows."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import numpy as np
from bench.soak.served import Served

__all__ = ["MOST_MIB_A_MINUTE", "Memory", "watch"]

MOST_MIB_A_MINUTE = 1.0
"""What a line through all that was measured after the warm-up may rise: 10 MiB in ten minutes is what allocators keep
and give back; a leak of a kilobyte for each of 50 requests a second is 3 MiB a minute."""

_WARM_UP_SHARE = 0.4
_LEAST_S = 60.0
_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Memory:
    """Samples, a second apart."""

    at_s: tuple[float, ...]
    """From the beginning."""
    mib: tuple[float, ...]

    @property
    def warm_s(self) -> float:
        """Until then it warms up: graphs take their buffers, the memory of answers fills."""
        return self.at_s[-1] * _WARM_UP_SHARE if self.at_s else 0.0

    @property
    def slope(self) -> float | None:
        """MiB a minute after the warm-up, by linear regression; None where that was too short to tell."""
        at_s, mib = np.array(self.at_s), np.array(self.mib)
        warm = at_s >= self.warm_s
        if not warm.any() or at_s[warm][-1] - at_s[warm][0] < _LEAST_S:
            return None
        return float(np.polyfit(at_s[warm], mib[warm], 1)[0] * 60)


async def watch(served: Served, began_s: float, stop: asyncio.Event) -> Memory:
    """Look every second until told to stop."""
    loop = asyncio.get_running_loop()
    at_s, mib = [], []
    while not stop.is_set():
        at_s.append(loop.time() - began_s)
        mib.append(served.resident_bytes() / 2**20)
        await asyncio.sleep(_EVERY_S)
    return Memory(tuple(at_s), tuple(mib))
