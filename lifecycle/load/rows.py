"""The rows of an export: NDJSON, a JSON list, CSV or Parquet, plain or compressed, or a pipe.

A row that was rejected before comes back as it was: what `rejects_file` wrote is read like any
other NDJSON.
"""

import csv
import gzip
import io
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Final

import orjson

from lifecycle.errors import CouldNotRunError
from lifecycle.object_file import ObjectFile

REJECTED: Final = "_rejected"
"""The member that a rejected row carries: why, where it stood, and its text if it is no object."""

_GZIP: Final = b"\x1f\x8b"
_PARQUET: Final = b"PAR1"
_TOO_MANY_CELLS: Final = "it has more cells than the header"
_TOO_FEW_CELLS: Final = "it has fewer cells than the header"
_NOT_CSV: Final = "it cannot be read as CSV in UTF-8"


@dataclass(frozen=True, slots=True)
class Row:
    """number: of its line (CSV: its last one), or of its element, from 1. text: the object as JSON,
    or whatever stands there. problem: why it cannot be read.
    """

    file: str
    number: int
    text: str
    problem: str | None = None


def read(path: Path) -> Iterator[Row]:
    """The rows in order. path: `-` for standard input.

    Raises: CouldNotRunError, naming file and row, for a file that cannot be read to its end.
    """
    name = "standard input" if str(path) == "-" else str(path)
    number = 0
    try:
        with _opened(path) as (file, kind):
            for row in _rows(name, file, kind):
                number = row.number
                yield _as_it_was(row)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        text = f"{name}: after row {number}: the compressed data end too early or are damaged"
        raise CouldNotRunError(f"{text} ({error}); nothing was sent") from None
    except OSError as error:
        reason = error.strerror or error
        raise CouldNotRunError(f"{name}: after row {number}: {reason}; nothing was sent") from None


@contextmanager
def _opened(path: Path) -> Iterator[tuple[IO[bytes], str]]:
    """(the bytes, unpacked; what they are)."""
    if str(path) == "-" or not path.is_file():
        with TemporaryFile() as copy:
            with open(0, "rb", closefd=False) if str(path) == "-" else path.open("rb") as pipe:
                shutil.copyfileobj(pipe, copy)
            copy.seek(0)
            with _unpacked(copy) as file:
                yield file, _kind(file, "")
        return
    with path.open("rb") as packed, _unpacked(packed) as file:
        yield file, _kind(file, path.name)


@contextmanager
def _unpacked(file: IO[bytes]) -> Iterator[IO[bytes]]:
    start = file.read(len(_GZIP))
    file.seek(0)
    if start != _GZIP:
        yield file
        return
    with gzip.open(file) as unpacked:
        yield unpacked  # type: ignore[misc] # a file of bytes all the same


def _kind(file: IO[bytes], name: str) -> str:
    start = file.read(len(_PARQUET))
    file.seek(0)
    if start == _PARQUET:
        return "parquet"
    return "csv" if name.lower().removesuffix(".gz").endswith(".csv") else "json"


def _rows(name: str, file: IO[bytes], kind: str) -> Iterator[Row]:
    if kind == "csv":
        return _of_csv(name, file)
    if kind == "parquet":
        return _of_parquet(name, file)
    entries = iter(ObjectFile(file))
    return (Row(name, each.number, each.text, each.problem) for each in entries)


def _of_csv(name: str, file: IO[bytes]) -> Iterator[Row]:
    decoded = io.TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="")
    try:
        yield from _of_lines(name, _Lines(decoded))
    finally:
        # The file is closed by whoever opened it.
        decoded.detach()


class _Lines:
    """The lines of a file. taken: those since it was emptied."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self._file:
            self.taken.append(line)
            yield line

    def text(self) -> str:
        """These lines."""
        return "".join(self.taken).rstrip("\r\n")


def _of_lines(name: str, lines: _Lines) -> Iterator[Row]:
    # Without strict a quote that is never closed takes all that follows it into its cell.
    reader = csv.reader(lines, strict=True)
    header = _header(name, reader)
    while True:
        lines.taken.clear()
        first = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            if len(lines.taken) > 1:
                text = f"{name}: line {first}: a quote that opens here swallows the next lines"
                raise CouldNotRunError(f"{text} ({error}); nothing was sent") from None
            yield Row(name, first, lines.text(), _NOT_CSV)
            continue
        if cells is None:
            return
        if cells:
            yield _of_cells(name, reader.line_num, header, cells, lines.text())


def _header(name: str, reader: "Iterator[list[str]]") -> list[str]:
    try:
        header = next(reader, [])
    except csv.Error:
        header = []
    if not header or not all(header) or len(set(header)) < len(header):
        text = f"{name}: line 1: each column needs a name of its own in the header"
        raise CouldNotRunError(f"{text}; nothing was sent")
    return header


def _of_cells(name: str, number: int, header: list[str], cells: list[str], text: str) -> Row:
    if len(cells) != len(header):
        problem = _TOO_MANY_CELLS if len(cells) > len(header) else _TOO_FEW_CELLS
        return Row(name, number, text, problem)
    record = {key: cell for key, cell in zip(header, cells, strict=True) if cell}
    try:
        return Row(name, number, orjson.dumps(record).decode())
    except TypeError:
        return Row(name, number, text, _NOT_CSV)


def _of_parquet(name: str, file: IO[bytes]) -> Iterator[Row]:
    try:
        from pyarrow import ArrowException, parquet  # noqa: PLC0415 - an extra
    except ImportError:
        way = "pip install 'customer-lifecycle[parquet]'"
        raise CouldNotRunError(f"{name}: Parquet needs an extra: {way}") from None
    number = 0
    try:
        for batch in parquet.ParquetFile(file).iter_batches():
            for record in batch.to_pylist():
                number += 1
                kept = {key: value for key, value in record.items() if value is not None}
                yield Row(name, number, orjson.dumps(kept, default=str).decode())
    except (ArrowException, TypeError) as error:
        text = f"{name}: after row {number}: it cannot be read as Parquet"
        raise CouldNotRunError(f"{text} ({type(error).__name__}); nothing was sent") from None


def _as_it_was(row: Row) -> Row:
    """A row that an earlier run rejected, without what that run wrote into it."""
    if row.problem is not None or REJECTED not in row.text:
        return row
    try:
        record = orjson.loads(row.text)
    except ValueError:
        return row
    if not isinstance(record, dict) or not isinstance(record.get(REJECTED), dict):
        return row
    note = record.pop(REJECTED)
    text = note["text"] if isinstance(note.get("text"), str) else orjson.dumps(record).decode()
    return Row(row.file, row.number, text.replace("\n", " "))


def rejected_from(line: bytes) -> str | None:
    """The file from which a rejected row came; None for what no run wrote."""
    try:
        note = orjson.loads(line)[REJECTED]["file"]
    except (ValueError, KeyError, TypeError):
        return None
    return note if isinstance(note, str) else None


def as_rejected(row: Row, reason: str) -> bytes:
    """The row as a line of NDJSON, with the reason; `read` gives the row back."""
    note: dict[str, Any] = {"reason": reason, "file": row.file, "row": row.number}
    try:
        record = orjson.loads(row.text)
    except ValueError:
        record = None
    if not isinstance(record, dict):
        note["text"] = row.text.encode(errors="replace").decode()
        record = {}
    return orjson.dumps(record | {REJECTED: note}) + b"\n"
