"""How far a replay is."""

from collections.abc import Callable


class Progress:
    """Tells it to the callback, if there is one. total: bytes of all that will be added."""

    def __init__(self, callback: Callable[[int, int], None] | None, total: int) -> None:
        self._callback = callback
        self._total = total
        self._done = 0

    def add(self, size: int) -> None:
        """So many more bytes are done."""
        self._done += size
        if self._callback is not None:
            self._callback(self._done, self._total)

    def finish(self) -> None:
        """All is done, what was passed over included."""
        self.add(self._total - self._done)
