"""What runs a graph, behind one seam: `Session`. Each runtime is a module of its own, imported when it is asked for."""

from newsreel.models.runtime.sessions.narrow import ByWidth
from newsreel.models.runtime.sessions.opening import RUNTIMES, available, open_session
from newsreel.models.runtime.sessions.seam import Arrays, Execution, Output, Session

__all__ = ["RUNTIMES", "Arrays", "ByWidth", "Execution", "Output", "Session", "available", "open_session"]
