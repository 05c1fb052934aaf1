"""Objects in a file: one JSON object, a list of them, or one a line (NDJSON).

The file is read as a stream, however long it is, and may be read again from its beginning.
"""

import codecs
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Final, Self

CHUNK: Final = 64 * 1024
MAX_ENTRY: Final = 4 * 1024 * 1024
"""Bytes of a line, or characters of an element, that are held at most; no object is as long."""

LINE, OBJECT = "line", "object"

_SPACE: Final = " \t\r\n"
_NOT_JSON: Final = "it is not JSON"
_NOT_UTF8: Final = "it is not text in UTF-8"
_TOO_LONG: Final = "it is far too long for an object"
_NO_LIST: Final = "the list is not well-formed here, so that nothing from here on can be read"
# Queues do not take some of them, readers of lines end lines at others, and JSON can spell them.
_SPELT: Final = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One object as it stands in the file, on one line.

    number: of its line, or of the element in the list, from 1. problem: why it cannot be read.
    """

    number: int
    text: str
    problem: str | None = None


class ObjectFile:
    """unit: what the numbers of its entries count, LINE or OBJECT.

    file: of bytes; one that cannot be read twice, such as a pipe, is copied to a temporary file,
    which the end of the context removes.
    """

    unit: str

    def __init__(self, file: IO[bytes]) -> None:
        self._copied = not file.seekable()
        self._file = _copied(file) if self._copied else file
        self._start = self._file.tell()
        self._shape = self._find_shape()
        self.unit = LINE if self._shape == "lines" else OBJECT

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._copied:
            self._file.close()

    def __iter__(self) -> Iterator[Entry]:
        self._file.seek(self._start)
        if self._shape == "list":
            return _List(self._file).entries()
        if self._shape == "whole":
            return iter([_entry(1, self._file.read())])
        return _lines(self._file)

    def _find_shape(self) -> str:
        """A list begins with `[`; the first line of NDJSON is JSON by itself."""
        line = b""
        while not _stripped(line) and (line := self._file.readline(MAX_ENTRY)):
            pass
        if _stripped(line).startswith(b"["):
            return "list"
        if not _is_json(line):
            self._file.seek(self._start)
            if _is_json(self._file.read(MAX_ENTRY)) and not self._file.read(1):
                return "whole"
        return "lines"


def _copied(file: IO[bytes]) -> IO[bytes]:
    copy = TemporaryFile()  # noqa: SIM115 - the context closes it
    shutil.copyfileobj(file, copy)
    copy.seek(0)
    return copy


def _lines(file: IO[bytes]) -> Iterator[Entry]:
    number = 0
    while line := file.readline(MAX_ENTRY):
        number += 1
        if len(line) == MAX_ENTRY and not line.endswith(b"\n"):
            while (rest := file.readline(MAX_ENTRY)) and not rest.endswith(b"\n"):
                pass
            yield Entry(number, "", _TOO_LONG)
        elif _stripped(line):
            yield _entry(number, line)


def _entry(number: int, line: bytes) -> Entry:
    try:
        text = _stripped(line).decode()
    except UnicodeDecodeError:
        return Entry(number, "", _NOT_UTF8)
    return Entry(number, _on_one_line(text))


def _on_one_line(text: str) -> str:
    """The same JSON: line breaks stand only between its tokens, the others only in its texts."""
    text = text.replace("\r", " ").replace("\n", " ")
    return _SPELT.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _stripped(line: bytes) -> bytes:
    return line.strip().removeprefix(codecs.BOM_UTF8)


def _is_json(text: bytes) -> bool:
    try:
        json.loads(_stripped(text).decode())
    except (ValueError, RecursionError):
        return False
    return True


class _List:
    """Reads the elements of a JSON list one by one."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._element = json.JSONDecoder().raw_decode
        self._text, self._at, self._ended = "", 0, False

    def entries(self) -> Iterator[Entry]:
        number = 1
        try:
            self._skip("[")
            while self._next() != "]":
                if number > 1:
                    self._skip(",")
                    self._next()
                yield Entry(number, self._read_element())
                number += 1
            self._skip("]")
            if self._next():
                yield Entry(number, "", _NO_LIST)
        except UnicodeDecodeError:
            yield Entry(number, "", _NOT_UTF8)
        except (ValueError, RecursionError):
            yield Entry(number, "", _NO_LIST)

    def _next(self) -> str:
        """The next character that is no space, without taking it; "" at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _SPACE:
                    return self._text[self._at]
                self._at += 1
            if self._ended:
                return ""
            self._fill(CHUNK)

    def _skip(self, character: str) -> None:
        if self._next() != character:
            raise ValueError(character)
        self._at += 1

    def _read_element(self) -> str:
        while True:
            try:
                _, end = self._element(self._text, self._at)
            except ValueError:
                if self._ended or len(self._text) - self._at > MAX_ENTRY:
                    raise
            else:
                # A number may go on in what was not read yet.
                if end < len(self._text) or self._ended:
                    text = self._text[self._at : end]
                    self._at = end
                    return _on_one_line(text)
            # Twice as much each time, so that a long element is not begun too often.
            self._fill(max(CHUNK, len(self._text) - self._at))

    def _fill(self, size: int) -> None:
        more = self._file.read(size)
        self._ended = not more
        self._text = self._text[self._at :] + self._decoder.decode(more, final=self._ended)
        self._at = 0
