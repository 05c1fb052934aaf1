"""The rows that can be sent, in a working file in their order, and whom each is about.

Memory: twelve bytes for each row, and some 150 for each key value that links rows of which one has
several; nothing of the rows themselves.
"""

import sqlite3
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lifecycle.errors import CouldNotRunError
from lifecycle.load.checks import Checked, Checks
from lifecycle.load.rejects_file import RejectsFile
from lifecycle.load.rows import Row, read
from lifecycle.review.partitions import Components

_SEEN: Final = "CREATE TABLE seen (key BLOB PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID"


@dataclass(frozen=True, slots=True)
class Staged:
    """One row that can be sent. customer: a number that all rows of one customer share.

    occurrence: 1 for the first row of its UNIQUE key. unique, content: hashes.
    """

    position: int
    file: str
    number: int
    customer: int
    occurrence: int
    unique: bytes
    content: bytes
    text: str

    @property
    def row(self) -> Row:
        """As it was read."""
        return Row(self.file, self.number, self.text)


class Staging:
    """read: how many rows there were. repeated: how many have a UNIQUE key that an earlier one has.

    folder: for the working files, which whoever made it removes.
    """

    def __init__(self, folder: Path) -> None:
        self.read = 0
        self.repeated = 0
        self._path = folder / "rows"
        self._customers = array("I")
        self._components = Components()
        self._seen = sqlite3.connect(folder / "seen", isolation_level=None)
        self._seen.executescript(
            f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {_SEEN}; BEGIN;"
        )
        self._files: list[str] = []

    def __len__(self) -> int:
        return len(self._customers)

    def fill(
        self,
        paths: Sequence[Path],
        checks: Checks,
        rejects: RejectsFile,
        progress: Callable[[int], None],
    ) -> None:
        """Read the files to their ends. Raises: CouldNotRunError; nothing was sent then."""
        try:
            with self._path.open("wb") as staged:
                for path in paths:
                    self._files.append(str(path))
                    for row in read(path):
                        self.read += 1
                        found = row.problem or checks.run(row.text)
                        if isinstance(found, str):
                            rejects.add(row, found)
                        else:
                            staged.write(self._line(row, found))
                        if not self.read % 1_000:
                            progress(self.read)
        except OSError as error:
            reason = f"{error.strerror or error}; TMPDIR says where working files go"
            raise CouldNotRunError(f"no room to work in: {reason}; nothing was sent") from None
        finally:
            self._seen.close()
        progress(self.read)

    def _line(self, row: Row, found: Checked) -> bytes:
        first = found.links[0]
        for other in found.links[1:]:
            if other != first:
                self._components.link(first, other)
        self._customers.append(first)
        (occurrence,) = self._seen.execute(
            "INSERT INTO seen VALUES (?,1) ON CONFLICT DO UPDATE SET count=count+1 RETURNING count",
            (found.unique,),
        ).fetchone()
        self.repeated += occurrence > 1
        file = len(self._files) - 1
        head = f"{file} {row.number} {occurrence} {found.unique.hex()} {found.content.hex()} "
        return head.encode() + row.text.encode() + b"\n"

    def rows(self) -> Iterator[Staged]:
        """All in their order; as often as asked for."""
        find = self._components.find
        with self._path.open("rb") as file:
            for position, (line, first) in enumerate(zip(file, self._customers, strict=True)):
                place, number, occurrence, unique, content, text = line[:-1].split(b" ", 5)
                yield Staged(
                    position,
                    self._files[int(place)],
                    int(number),
                    find(first),
                    int(occurrence),
                    bytes.fromhex(unique.decode()),
                    bytes.fromhex(content.decode()),
                    text.decode(),
                )
