"""Files of profile objects: exports in NDJSON or CSV, plain or compressed by gzip.

A file is `TYPE=FILE`, each of whose lines or rows is one object of that type, or `FILE`, each of
whose lines says its type: `{"ObjectTypeName": ..., "Object": ...}`, the object as JSON or as its
text, as ListProfileObjects answers. What cannot be cut into pieces as it stands (a CSV, a gzip, a
JSON list, a pipe) is first copied to a temporary file of one JSON object a line.
"""

import codecs
import csv
import gzip
import re
import shutil
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import orjson

from lifecycle.errors import CouldNotRunError
from lifecycle.object_file import MAX_ENTRY, ObjectFile
from lifecycle.review.replay_model import MAX_BAD_LINES, BadLine

NOT_JSON: Final = "it is not JSON in UTF-8"
NOT_AN_OBJECT: Final = "it is not a JSON object"
TOO_LONG: Final = "it is far too long for an object"
NO_TYPE: Final = "it has no ObjectTypeName, and the file was given without a type (TYPE=FILE)"
NO_OBJECT: Final = "it has no Object"
TOO_DEEP: Final = "its Object is nested too deeply"
UNKNOWN_TYPE: Final = "its object type is in neither version"
TOO_MANY_CELLS: Final = "it has more cells than the header"
NOT_CSV: Final = "it cannot be read as CSV"

_TYPE: Final = re.compile(r"([A-Za-z0-9_-]{1,255})=(.+)", re.DOTALL)
_GZIP: Final = b"\x1f\x8b"


class LineError(ValueError):
    """Why a line holds no object, without any of it."""


@dataclass(frozen=True, slots=True)
class ObjectSource:
    """object_type: of every object; None where each line says its own."""

    path: Path
    object_type: str | None = None


@dataclass(frozen=True, slots=True)
class ObjectLines:
    """A plain file of lines. name: of the file that was given; path: where its lines are.

    bad_lines, first_bad_lines: what was wrong in a file that was copied; its copy has none.
    """

    name: str
    path: Path
    object_type: str | None
    size: int
    bad_lines: int = 0
    first_bad_lines: tuple[BadLine, ...] = ()


def parse_source(text: str) -> ObjectSource:
    """`TYPE=FILE` or `FILE`; a file whose name looks like the first is given as `./TYPE=FILE`."""
    match = _TYPE.fullmatch(text)
    return ObjectSource(Path(text)) if match is None else ObjectSource(Path(match[2]), match[1])


def open_source(source: ObjectSource, types: Collection[str], folder: Path) -> ObjectLines:
    """The lines of a source; what has to be copied is copied into the folder.

    Raises: CouldNotRunError for a file that cannot be read at all.
    """
    name, object_type = str(source.path), source.object_type
    if object_type is not None and object_type not in types:
        known = ", ".join(sorted(types))
        raise CouldNotRunError(f"{name}: {object_type} is in neither version; there are {known}")
    try:
        return _opened(source, types, folder)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise CouldNotRunError(f"{name} cannot be read: {reason}") from None


def _opened(source: ObjectSource, types: Collection[str], folder: Path) -> ObjectLines:
    name, object_type = str(source.path), source.object_type
    # Another process has another /dev/stdin.
    path = source.path.resolve()
    if not path.is_file():
        path = _new_file(folder)
        with source.path.open("rb") as pipe, path.open("wb") as copy:
            shutil.copyfileobj(pipe, copy)
    with path.open("rb") as file:
        packed = file.read(len(_GZIP)) == _GZIP
    if packed:
        unpacked = _new_file(folder)
        with gzip.open(path, "rb") as file, unpacked.open("wb") as copy:
            shutil.copyfileobj(file, copy)
        path = unpacked
    if name.lower().removesuffix(".gz").endswith(".csv"):
        if object_type is None:
            raise CouldNotRunError(f"{name}: the rows of a CSV have no type; give TYPE={name}")
        return _copied(name, object_type, _rows(path, name), folder)
    if _is_list(path):
        return _copied(name, object_type, _elements(path, object_type, types), folder)
    return ObjectLines(name, path, object_type, path.stat().st_size)


def _new_file(folder: Path) -> Path:
    return folder / f"copy-{sum(1 for _ in folder.iterdir())}"


def _copied(
    name: str, object_type: str | None, entries: Iterator[tuple[int, bytes | str]], folder: Path
) -> ObjectLines:
    """entries: (number, the line, or the problem as a text)."""
    path = _new_file(folder)
    bad_lines: list[BadLine] = []
    count = 0
    with path.open("wb") as copy:
        for number, entry in entries:
            if isinstance(entry, bytes):
                copy.write(entry + b"\n")
                continue
            count += 1
            if count <= MAX_BAD_LINES:
                bad_lines.append(BadLine(name, number, entry))
    size = path.stat().st_size
    return ObjectLines(name, path, object_type, size, count, tuple(bad_lines))


def _rows(path: Path, name: str) -> Iterator[tuple[int, bytes | str]]:
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        if not all(header) or len(set(header)) < len(header):
            raise CouldNotRunError(f"{name}: each column needs a name of its own in the header")
        while True:
            try:
                row = next(reader, None)
                if row is None:
                    return
                if len(row) > len(header):
                    yield reader.line_num, TOO_MANY_CELLS
                elif row:
                    cells = zip(header, row, strict=False)
                    yield reader.line_num, orjson.dumps({k: cell for k, cell in cells if cell})
            # The latter for text that is not UTF-8.
            except (csv.Error, TypeError):
                yield reader.line_num, NOT_CSV


def _elements(
    path: Path, object_type: str | None, types: Collection[str]
) -> Iterator[tuple[int, bytes | str]]:
    with path.open("rb") as file:
        for entry in ObjectFile(file):
            line = entry.text.encode()
            try:
                parse_line(line, object_type, types)
            except LineError as error:
                yield entry.number, entry.problem or str(error)
            else:
                yield entry.number, line


def _is_list(path: Path) -> bool:
    with path.open("rb") as file:
        line = file.read(1 << 12)
    return line.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"[")


def read_lines(file: IO[bytes], size: int) -> Iterator[bytes | None]:
    """The lines in the next `size` bytes, stripped; None for one that is far too long.

    Holds no more than MAX_ENTRY bytes, whatever the file is.
    """
    if size and not file.tell():
        size -= _skip_mark(file)
    while size > 0:
        line = file.readline(MAX_ENTRY)
        if not line:
            raise CouldNotRunError(f"{file.name} became shorter while it was read")
        size -= len(line)
        if len(line) < MAX_ENTRY or line.endswith(b"\n"):
            yield line.strip()
            continue
        while size > 0 and not line.endswith(b"\n"):
            line = file.readline(MAX_ENTRY)
            size -= len(line)
        yield None


def _skip_mark(file: IO[bytes]) -> int:
    mark = codecs.BOM_UTF8
    if file.read(len(mark)) == mark:
        return len(mark)
    file.seek(0)
    return 0


def parse_line(
    line: bytes | None, object_type: str | None, types: Collection[str]
) -> tuple[str, dict[str, Any]]:
    """(object type, record) of a line. object_type: of all lines, or None. types: that there are.

    Raises: LineError.
    """
    if line is None:
        raise LineError(TOO_LONG)
    record = _object(line)
    if object_type is not None:
        return object_type, record
    name, wrapped = record.get("ObjectTypeName"), record.get("Object")
    if not isinstance(name, str):
        raise LineError(NO_TYPE)
    if name not in types:
        raise LineError(UNKNOWN_TYPE)
    if isinstance(wrapped, str):
        return name, _object(wrapped)
    if not isinstance(wrapped, dict):
        raise LineError(NO_OBJECT)
    try:
        orjson.dumps(wrapped)
    except TypeError:
        raise LineError(TOO_DEEP) from None
    return name, wrapped


def unwrap(line: bytes, object_type: str | None) -> tuple[str, str]:
    """(object type, text of the object) of a line that `parse_line` takes."""
    if object_type is not None:
        return object_type, line.decode()
    entry = orjson.loads(line)
    wrapped = entry["Object"]
    text = wrapped if isinstance(wrapped, str) else orjson.dumps(wrapped).decode()
    return entry["ObjectTypeName"], text


def _object(text: bytes | str) -> dict[str, Any]:
    try:
        record = orjson.loads(text)
    except ValueError:
        raise LineError(NOT_JSON) from None
    if not isinstance(record, dict):
        raise LineError(NOT_AN_OBJECT)
    return record
