"""Stories and picture descriptions, from the bytes of one file to items.

Plain text, Markdown, HTML, NITF, NewsML-G2 and ninjs are read. What a file *is* decides, not what it is called.
Nothing is ever fetched: a link stays a link, and external entities and DTDs are not loaded.
"""

from __future__ import annotations

from newsreel.ingest.documents._decode import decode
from newsreel.ingest.documents._draft import Refusal
from newsreel.ingest.documents._read import read_document

__all__ = ["Refusal", "decode", "read_document"]
