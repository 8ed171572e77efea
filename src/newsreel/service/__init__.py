"""HTTP and the page: what is asked of an archive over the network, and how it is answered. No logic of its own."""

from newsreel.service.application import create_app

__all__ = ["create_app"]
