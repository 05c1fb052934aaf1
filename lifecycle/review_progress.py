"""How far a replay is, on standard error: a bar for people, a line now and then for logs."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import click

SECONDS_BETWEEN_LINES: Final = 10.0

Told = Callable[[int, int], None]
"""Takes (what is done, what there is to do)."""


@contextmanager
def progress_shown() -> Iterator[Told]:
    """Show what the callback is told until the block ends. A bar leaves nothing behind."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield Lines()
        return
    from rich.console import Console  # noqa: PLC0415 - only for people
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    # Console reads NO_COLOR.
    columns = (
        TextColumn("review: replaying"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("")
        yield lambda done, total: bar.update(task, completed=done, total=total)


class Lines:
    """Tells it at most every ten seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told = clock()

    def __call__(self, done: int, total: int) -> None:
        now = self._clock()
        if now - self._told >= SECONDS_BETWEEN_LINES:
            self._told = now
            click.echo(f"review: {100 * done // max(1, total)} % replayed", err=True)
