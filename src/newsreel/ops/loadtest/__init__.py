"""Load on a server, as many people make it, and how much of it the server sustains."""

from newsreel.ops.loadtest.clock import exact_loop
from newsreel.ops.loadtest.plan import Ladder, Plan, Target, Traffic
from newsreel.ops.loadtest.report import Report
from newsreel.ops.loadtest.running import LoadTest, Progress, run

__all__ = ["Ladder", "LoadTest", "Plan", "Progress", "Report", "Target", "Traffic", "exact_loop", "run"]
