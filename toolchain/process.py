"""Running a child program so that its lines show progress and nothing of it outlives us."""

import contextlib
import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TAIL_LINES: Final = 30
GRACE_SECONDS: Final = 3.0


@dataclass(frozen=True, slots=True)
class Finished:
    """How a child program ended: its exit code and the last lines that it wrote."""

    code: int
    tail: str


def run(
    command: Sequence[str | Path],
    *,
    environ: Mapping[str, str],
    folder: Path | None = None,
    on_line: Callable[[str], None] | None = None,
    timeout: float | None = None,
) -> Finished:
    """Run a program to its end; standard output and error are read as one stream of lines.

    The program gets a process group of its own, which is ended when we leave early (Ctrl-C, a
    signal that raises, the timeout): a compiler's own children end with it.

    Args:
        timeout: seconds after which the program is ended; its exit code is negative then.

    Raises:
        OSError: the program cannot be started.
    """
    child = subprocess.Popen(
        [str(part) for part in command],
        env=dict(environ),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    timer = threading.Timer(timeout or 0, _signal_group, (child, signal.SIGKILL))
    timer.daemon = True
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    try:
        if timeout is not None:
            timer.start()
        if child.stdout is not None:
            for line in child.stdout:
                tail.append(line.rstrip())
                if on_line is not None:
                    on_line(line.rstrip())
        code = child.wait()
    finally:
        timer.cancel()
        _end(child)
    return Finished(code, "\n".join(tail))


def _end(child: subprocess.Popen[str]) -> None:
    if child.poll() is None:
        _signal_group(child, signal.SIGTERM)
        try:
            child.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            _signal_group(child, signal.SIGKILL)
            child.wait()
    if child.stdout is not None:
        child.stdout.close()


def _signal_group(child: subprocess.Popen[str], number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)
