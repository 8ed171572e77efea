"""The embedded archive: Lance tables in a folder."""

from newsreel.index.lance.archive import LanceArchive
from newsreel.index.lance.audit import Audit, audit

__all__ = ["Audit", "LanceArchive", "audit"]
