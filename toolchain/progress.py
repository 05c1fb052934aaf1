"""Showing that a long step is alive: which step of how many, how far, for how long; on stderr."""

import os
import re
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, TextIO

LIVE_SECONDS: Final = 0.2
PLAIN_SECONDS: Final = 15.0
SPINNER: Final = "|/-\\"

_CONTROL: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x1f\x7f-\x9f]")


@dataclass(slots=True)
class Step:
    """A step under way. `note` counts a line of the child program's output.

    Attributes:
        title: what is being done, e.g. "building pulumi 3.274.1".
        expected: about how many packages a cold run compiles; 0 if nothing is counted.
        done: packages compiled so far.
        last: the last other thing that the child program said.
    """

    title: str
    expected: int = 0
    done: int = 0
    last: str = ""
    started: float = field(default_factory=time.monotonic)

    def note(self, line: str) -> None:
        """Take in one line of output; `go build -v` writes a package's path when it compiles it."""
        if self.expected and line and " " not in line:
            self.done += 1
            self.last = ""
        else:
            # A child's colours and cursor movements are not for our line.
            self.last = _CONTROL.sub("", line)

    def describe(self) -> str:
        """How far it is, e.g. "640 of about 1290 packages, 1 min 20 s"."""
        elapsed = duration(time.monotonic() - self.started)
        if self.done:
            return f"{self.done} of about {max(self.expected, self.done)} packages, {elapsed}"
        return f"{self.last[:60]}, {elapsed}" if self.last else elapsed


class Progress:
    """Writes steps to a stream: one live line on a terminal, else a plain line now and then.

    There are no colours, so NO_COLOR asks for nothing more; `TERM=dumb` gets plain lines.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.live = self.stream.isatty() and os.environ.get("TERM") != "dumb"

    @contextmanager
    def step(self, title: str, expected: int = 0) -> Iterator[Step]:
        """Show a step while the block runs, and how long it took when it is done."""
        step = Step(title, expected)
        label = f"toolchain: {title}"
        if not self.live:
            self.say(f"{label} ...")
        ended = threading.Event()
        ticker = threading.Thread(target=self._tick, args=(label, step, ended), daemon=True)
        ticker.start()
        outcome = "stopped after"
        try:
            yield step
            outcome = "done in"
        finally:
            ended.set()
            ticker.join()
            took = duration(time.monotonic() - step.started)
            self.say(f"{label}: {outcome} {took}")

    def say(self, line: str) -> None:
        """Write one whole line, over the live one if there is one."""
        self._write(f"\r{line.ljust(self._width())}\n" if self.live else f"{line}\n")

    def _tick(self, label: str, step: Step, ended: threading.Event) -> None:
        turn = 0
        while not ended.wait(LIVE_SECONDS if self.live else PLAIN_SECONDS):
            text = f"{label}: {step.describe()}"
            if self.live:
                mark = SPINNER[turn % len(SPINNER)]
                self._write(f"\r{f'{mark} {text}'[: self._width()].ljust(self._width())}")
            else:
                self._write(f"{text}\n")
            turn += 1

    def _width(self) -> int:
        # One column less than there is, or some terminals wrap to the next line.
        return shutil.get_terminal_size().columns - 1

    def _write(self, text: str) -> None:
        self.stream.write(text)
        self.stream.flush()


def duration(seconds: float) -> str:
    """A length of time for a person: "0.4 s", "12 s", "3 min 40 s"."""
    if seconds < 10:  # noqa: PLR2004 - below it tenths still mean something
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
