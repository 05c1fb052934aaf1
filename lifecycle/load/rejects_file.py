"""The rows that were not taken: NDJSON in the rows' own shape, each with its reason."""

from collections.abc import Collection
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from lifecycle.errors import CouldNotRunError
from lifecycle.load.rows import Row, as_rejected, rejected_from


class RejectsFile:
    """Written beside its place as `FILE.partial`, which takes the place when a run has ended.

    counts: by reason. kept: rows of earlier runs over other files, which nobody has loaded again.
    A run that could not go on leaves what was there before; one that was killed leaves the partial
    file too. The next one writes it anew, with all that this run would have rejected.
    """

    def __init__(self, path: Path, inputs: Collection[Path] = ()) -> None:
        """inputs: the files of this run, whose rows are told anew.

        Raises: CouldNotRunError for a file that holds anything else than rejected rows, and where
        none can be written.
        """
        self.path = path
        self.counts: dict[str, int] = {}
        self.first: dict[str, Row] = {}
        self.kept = 0
        self._partial = path.with_name(f"{path.name}.partial")
        try:
            self._file = self._partial.open("wb")
            self._keep({str(each) for each in inputs})
        except OSError as error:
            raise self._problem(error) from None

    def _keep(self, inputs: Collection[str]) -> None:
        if not self.path.exists():
            return
        with self.path.open("rb") as earlier:
            for line in earlier:
                file = rejected_from(line)
                if file is None:
                    self._give_up()
                    text = "holds something else than rejected rows; name another with --rejects"
                    raise CouldNotRunError(f"{self.path} {text}; nothing was sent")
                if file not in inputs and str(self.path) not in inputs:
                    self._file.write(line)
                    self.kept += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._give_up()
        _close(self._file)

    @property
    def total(self) -> int:
        """How many rows of this run were rejected."""
        return sum(self.counts.values())

    def add(self, row: Row, reason: str) -> None:
        """Take down a row. Raises: CouldNotRunError where it cannot be written."""
        self.counts[reason] = self.counts.get(reason, 0) + 1
        # Its text stays in the file alone.
        self.first.setdefault(reason, Row(row.file, row.number, ""))
        try:
            self._file.write(as_rejected(row, reason))
        except OSError as error:
            raise self._problem(error) from None

    def finish(self) -> None:
        """Put it in its place; where there is no rejected row there is no file."""
        try:
            self._file.close()
            if self.counts or self.kept:
                self._partial.replace(self.path)
            else:
                self._partial.unlink()
                self.path.unlink(missing_ok=True)
        except OSError as error:
            raise self._problem(error) from None

    def _give_up(self) -> None:
        _close(self._file)
        self._partial.unlink(missing_ok=True)

    def _problem(self, error: OSError) -> CouldNotRunError:
        text = f"{self._partial}: {error.strerror or error}; --rejects names another place"
        return CouldNotRunError(text)


def _close(file: IO[bytes]) -> None:
    """What is left in its buffer is lost where the disk is full, as the rest is."""
    try:
        file.close()
    except OSError:
        # Python closes it all the same.
        return
