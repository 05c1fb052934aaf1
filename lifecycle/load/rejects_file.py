"""The rows that were not taken: NDJSON in the rows' own shape, each with its reason."""

from pathlib import Path
from types import TracebackType
from typing import Self

from lifecycle.errors import CouldNotRunError
from lifecycle.load.rows import Row, as_rejected


class RejectsFile:
    """Written beside its place as `FILE.partial`, which takes the place when a run has ended.

    counts: by reason. A run that was killed leaves the partial file; the next one writes it anew,
    with all that this run would have rejected.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.counts: dict[str, int] = {}
        self.first: dict[str, Row] = {}
        self._partial = path.with_name(f"{path.name}.partial")
        try:
            self._file = self._partial.open("wb")
        except OSError as error:
            raise CouldNotRunError(f"{self._partial}: {error.strerror or error}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()

    @property
    def total(self) -> int:
        """How many rows were rejected."""
        return sum(self.counts.values())

    def add(self, row: Row, reason: str) -> None:
        """Take down a row. Raises: CouldNotRunError where it cannot be written."""
        self.counts[reason] = self.counts.get(reason, 0) + 1
        # Its text stays in the file alone.
        self.first.setdefault(reason, Row(row.file, row.number, ""))
        try:
            self._file.write(as_rejected(row, reason))
        except OSError as error:
            raise CouldNotRunError(f"{self._partial}: {error.strerror or error}") from None

    def finish(self) -> None:
        """Put it in its place; where nothing was rejected there is no file."""
        try:
            self._file.close()
            if self.counts:
                self._partial.replace(self.path)
            else:
                self._partial.unlink()
                self.path.unlink(missing_ok=True)
        except OSError as error:
            raise CouldNotRunError(f"{self.path}: {error.strerror or error}") from None
