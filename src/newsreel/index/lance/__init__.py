"""The embedded archive: Lance tables in a folder."""

from newsreel.index.lance.archive import LanceArchive, VectorSpace
from newsreel.index.lance.audit import Audit, audit
from newsreel.index.lance.retrieval import LanceIndex
from newsreel.index.lance.schema import ItemRow, LedgerRow, SegmentRow, State

__all__ = [
    "Audit",
    "ItemRow",
    "LanceArchive",
    "LanceIndex",
    "LedgerRow",
    "SegmentRow",
    "State",
    "VectorSpace",
    "audit",
]
