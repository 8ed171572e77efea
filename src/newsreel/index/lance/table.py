"""One Lance table: replace, remove, read, fold."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import lance
import pyarrow as pa

from newsreel.core.errors import ArchiveError, ArchiveFullError

__all__ = ["Table", "any_of", "literal", "new_session", "storage_errors", "within"]

T = TypeVar("T")

_TRIES = 4

READERS_GRACE = timedelta(minutes=10)
"""How long a version stays after it was replaced: longer than any query that may still be reading it."""

_NO_ROOM = (
    "No space left",
    "Disk quota exceeded",
    "File too large",
    f"os error {errno.ENOSPC}",
    f"os error {errno.EFBIG}",
)


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Says what to do when the store cannot write or read, instead of showing how it found out."""
    try:
        yield
    except BaseException as error:
        # What is not an Exception is an interruption, except a panic of the store's own (over a corrupted file).
        if not isinstance(error, OSError | RuntimeError | ValueError) and type(error).__name__ != "PanicException":
            raise
        text = str(error) or type(error).__name__
        if any(sign in text for sign in _NO_ROOM) or getattr(error, "errno", None) == errno.ENOSPC:
            raise ArchiveFullError(
                f"no room left to write to {path}: free some space and run the same command again; "
                "nothing committed is lost"
            ) from error
        what = getattr(error, "strerror", None) or text.splitlines()[0][:300]
        raise ArchiveError(
            f"the archive at {path} cannot be read or written ({what}): if the disk is sound, restore it from a copy, "
            "or index again into a new folder"
        ) from error


def literal(value: str) -> str:
    """A string as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def any_of(column: str, values: Iterable[str]) -> str:
    """The SQL condition that a column of lists holds at least one of these values."""
    listed = ", ".join(literal(v) for v in values)
    return f"array_has_any({column}, [{listed}])" if listed else "false"


def within(column: str, values: Iterable[str]) -> str:
    """The SQL condition that a column is one of these values."""
    listed = ", ".join(literal(v) for v in values)
    return f"{column} IN ({listed})" if listed else "false"


_METADATA_BYTES = 64 << 20
"""Lance keeps up to a gigabyte of metadata: a feed that commits every second fills that in an hour."""


def new_session() -> lance.Session:
    """What tables that are opened with it keep in memory together, within a bound."""
    return lance.Session(metadata_cache_size_bytes=_METADATA_BYTES)


class Table:
    """One table, at its newest version. `indexed` maps columns to Lance scalar index types."""

    def __init__(self, path: Path, indexed: Mapping[str, str], session: lance.Session) -> None:
        """Open the table at `path`."""
        self._path = path
        self._indexed = indexed
        with storage_errors(path):
            if path.is_file():  # the store would try again for seconds
                raise NotADirectoryError(errno.ENOTDIR, "a file where a table should be")
            self._dataset = lance.dataset(str(path), session=session)
        self._lock = threading.Lock()

    @classmethod
    def create(cls, path: Path, schema: pa.Schema, indexed: Mapping[str, str]) -> Table:
        """Make an empty table, unless there is one. A folder that never came to hold one (a full disk) is no matter."""
        with storage_errors(path):
            if not any((path / "_versions").glob("*.manifest")):
                lance.write_dataset(schema.empty_table(), str(path), mode="create")
        table = cls(path, indexed, new_session())
        table.index_words()
        return table

    @property
    def schema(self) -> pa.Schema:
        """The table's Arrow schema."""
        return self._dataset.schema

    @property
    def version(self) -> int:
        """Of the newest commit."""
        return int(self.refresh().version)

    def refresh(self) -> lance.LanceDataset:
        """The table at its newest committed version, as a value that later refreshes leave alone."""
        with storage_errors(self._path):
            held = self._dataset
            newest = held.latest_version
            if newest == held.version:
                return held
            found = held.checkout_version(newest)
            with self._lock:  # two threads may arrive here in the wrong order
                if found.version > self._dataset.version:
                    self._dataset = found
            return found

    def replace(
        self,
        key: str | Sequence[str],
        rows: Sequence[Mapping[str, Any]],
        *,
        owner: tuple[str, Sequence[str]] | None = None,
    ) -> None:
        """Insert or update rows by `key`, a column or several together, in one commit.

        With `owner=(column, values)`, rows of those owners that are not among `rows` go in the same commit.
        """
        if not rows and owner is None:
            return
        table = pa.Table.from_pylist(list(rows), schema=self.schema)
        columns = key if isinstance(key, str) else list(key)
        merge = self.refresh().merge_insert(columns).when_matched_update_all().when_not_matched_insert_all()
        if owner is not None:
            merge = merge.when_not_matched_by_source_delete(within(*owner))
        with storage_errors(self._path):
            merge.execute(table)

    def remove(self, condition: str) -> None:
        """Delete the rows that meet an SQL condition, in one commit."""
        with storage_errors(self._path):
            self.refresh().delete(condition)

    def rows(self, columns: Sequence[str] | None = None, condition: str | None = None) -> pa.Table:
        """The rows that meet an SQL condition."""
        names = None if columns is None else list(columns)
        return self.read(lambda dataset: dataset.to_table(columns=names, filter=condition))

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Every row, a few thousand at a time."""
        with storage_errors(self._path):
            yield from self.refresh().to_batches(columns=list(columns), batch_size=4096)

    def read(self, query: Callable[[lance.LanceDataset], T]) -> T:
        """What `query` gives of the newest version; asked again if a purge took that version meanwhile."""
        for _ in range(_TRIES - 1):
            try:
                return query(self.refresh())
            except (OSError, RuntimeError, ValueError, ArchiveError):  # the store raises any of them
                continue
        with storage_errors(self._path):
            return query(self.refresh())

    @property
    def folded(self) -> bool:
        """Whether every row is in the indexes and no removed row still weighs on them."""
        with storage_errors(self._path):
            dataset = self.refresh()
            rows = dataset.count_rows()
            indexed = {i.field_names[0]: i.num_rows_indexed for i in dataset.describe_indices()}
            removed = any(fragment.num_deletions for fragment in dataset.get_fragments())
        return not removed and all(indexed.get(column) == rows for column in self._indexed)

    def fold(self) -> None:
        """Compact, and bring the indexes up to date, deleted rows left out of them.

        Afterwards a query's scores depend only on which rows there are, not on how they came in.
        """
        with storage_errors(self._path):
            dataset = self._compact()
            for column in sorted(self._indexed.keys() - self._present()):
                self._build_index(column)
            dataset.optimize.optimize_indices()
            dataset.cleanup_old_versions(older_than=READERS_GRACE)

    def purge(self) -> None:
        """Fold, and leave nothing on disk of rows that were removed: old versions, indexes, unfinished writes.

        The indexes are built anew: one that is brought up to date may keep a removed row's words and labels.
        """
        with storage_errors(self._path):
            self._compact()
            for column in self._indexed:
                self._build_index(column)
            self.refresh().cleanup_old_versions(older_than=timedelta(0), delete_unverified=True)

    def _compact(self) -> lance.LanceDataset:
        """Without the indexes of labels: moving their rows takes many times as long as building them anew."""
        dataset = self.refresh()
        for index in dataset.describe_indices():
            if self._indexed[index.field_names[0]] == "LABEL_LIST":
                dataset.drop_index(index.name)
        dataset.optimize.compact_files(materialize_deletions=True, materialize_deletions_threshold=0.0)
        return dataset

    def index_words(self) -> None:
        """Make the full-text indexes, empty as they are: rows that come later are read with their analyser."""
        with storage_errors(self._path):
            for column, kind in self._indexed.items():
                if kind == "INVERTED" and column not in self._present():
                    self._build_index(column)

    def _present(self) -> set[str]:
        return {i.field_names[0] for i in self.refresh().describe_indices()}

    def _build_index(self, column: str) -> None:
        options = {"with_position": False} if self._indexed[column] == "INVERTED" else {}
        self._dataset.create_scalar_index(column, self._indexed[column], replace=True, **options)
