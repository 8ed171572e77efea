"""What runs a graph, behind one seam: `Session`. Each runtime is a module of its own, imported when it is asked for."""

from newsreel.models.runtime.sessions.seam import Arrays, Execution, Session

__all__ = ["Arrays", "Execution", "Session"]
