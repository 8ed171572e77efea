"""What the contestants of our own have in common."""

from __future__ import annotations

import sys

__all__ = ["runtime"]


def runtime() -> str:
    """What runs our graphs here: of the two that serve, the one that was imported to do it."""
    return "OpenVINO" if "openvino" in sys.modules else "onnxruntime"
