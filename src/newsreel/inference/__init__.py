"""What many callers ask of the models at once: fair turns, shared batches, a memory, and no more than can be done.

Nothing here knows of HTTP. `Inference` is what is asked, `Engine` the one thread that runs graphs.
"""

from __future__ import annotations

from newsreel.inference.answers import Answers
from newsreel.inference.load import Load, Waiting
from newsreel.inference.memory import Memory
from newsreel.inference.processes import Slot
from newsreel.inference.redis_memory import RedisMemory
from newsreel.inference.sharing import SharedEmbedder, SharedEntityModel
from newsreel.inference.tasks import Inference, Models

__all__ = [
    "Answers",
    "Inference",
    "Load",
    "Memory",
    "Models",
    "RedisMemory",
    "SharedEmbedder",
    "SharedEntityModel",
    "Slot",
    "Waiting",
]
