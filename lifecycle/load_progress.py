"""How far a load is: a bar with rate and time left on a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

import click

_EVERY_SECONDS = 10.0


@contextmanager
def progress_for(stream: TextIO) -> Iterator[Callable[[str, int, int], None]]:
    """Takes (phase, rows done, rows in all or 0)."""
    if stream.isatty():
        with _bar() as tell:
            yield tell
    else:
        yield _Lines()


@contextmanager
def _bar() -> Iterator[Callable[[str, int, int], None]]:
    from rich.console import Console  # noqa: PLC0415 - help needs none of it
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        tasks: dict[str, tuple[int, float]] = {}

        def tell(phase: str, done: int, total: int) -> None:
            if phase not in tasks:
                task = bar.add_task(phase, total=total or None, rate="")
                tasks[phase] = int(task), time.monotonic()
            number, started = tasks[phase]
            seconds = max(time.monotonic() - started, 1e-3)
            rate = f"{done / seconds:,.0f} rows/s"
            bar.update(bar.task_ids[number], completed=done, total=total or None, rate=rate)

        yield tell


class _Lines:
    def __init__(self) -> None:
        self._told = self._started = time.monotonic()
        self._phase = ""

    def __call__(self, phase: str, done: int, total: int) -> None:
        now = time.monotonic()
        if phase != self._phase:
            self._phase, self._started = phase, now
        elif now - self._told < _EVERY_SECONDS and done != total:
            return
        self._told = now
        seconds = now - self._started
        rate = f", {done / seconds:,.0f} rows/s" if seconds > 1 else ""
        of_all = f" of {total:,}" if total else ""
        left = ""
        if total and done and seconds > 1:
            left = f", {(total - done) * seconds / done:,.0f} s left"
        click.echo(f"load: {phase}: {done:,}{of_all} rows{rate}{left}", err=True)
