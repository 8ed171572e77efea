"""The shapes in which SageMaker and Vertex AI host a container, over what answers `/v1`. No logic of their own."""

from __future__ import annotations

from newsreel.service.clouds.hosting import address

__all__ = ["address"]
