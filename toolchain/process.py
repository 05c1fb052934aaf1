"""Running child programs so that nothing of them outlives us."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

TAIL_LINES: Final = 60
GRACE_SECONDS: Final = 5.0

_PROCESSES: Final = Path("/proc")
_LISTS_PROCESSES: Final = (_PROCESSES / "self" / "stat").exists()
_POLL_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class Finished:
    """How a child program ended: its exit code, the last lines that it wrote, whether in time."""

    code: int
    tail: str
    timed_out: bool = False


@contextmanager
def started(
    command: Sequence[str | Path],
    *,
    environ: Mapping[str, str],
    folder: Path | None = None,
    stdout: int | None = subprocess.PIPE,
    stderr: int | None = subprocess.STDOUT,
) -> Iterator[subprocess.Popen[str]]:
    """A child program while the block runs; it and all that it started end with the block.

    It gets a session of its own: Ctrl-C reaches us alone, and we end the whole session, in which
    pulumi's plugins have process groups of their own.

    Raises:
        OSError: the program cannot be started.
    """
    child = subprocess.Popen(
        [str(part) for part in command],
        env=dict(environ),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    try:
        yield child
    finally:
        _end(child)


def run(
    command: Sequence[str | Path],
    *,
    environ: Mapping[str, str],
    folder: Path | None = None,
    on_line: Callable[[str], None] | None = None,
    timeout: float | None = None,
    stderr: int = subprocess.STDOUT,
) -> Finished:
    """Run a program to its end; its output and, as one stream with it, its errors are read.

    What it started and left running ends with it.

    Args:
        timeout: seconds after which the program is killed; its exit code is negative then.
        stderr: subprocess.DEVNULL where standard error is not wanted.

    Raises:
        OSError: the program cannot be started.
    """
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    late = threading.Event()
    with started(command, environ=environ, folder=folder, stderr=stderr) as child:
        watch = threading.Thread(target=_watch, args=(child, timeout, late), daemon=True)
        watch.start()
        for line in child.stdout or ():
            tail.append(line.rstrip())
            if on_line is not None:
                on_line(line.rstrip())
        watch.join()
    return Finished(child.returncode, "\n".join(tail), late.is_set())


def _watch(child: subprocess.Popen[str], timeout: float | None, late: threading.Event) -> None:
    """End what a program leaves running: as long as it holds the output, we would go on reading."""
    try:
        child.wait(timeout)
    except subprocess.TimeoutExpired:
        late.set()
        _signal_session(child.pid, signal.SIGKILL)
        child.wait()
    _end_session(child.pid)


@contextmanager
def nothing_left() -> Iterator[None]:
    """Ends with the block what a signal's exception let slip between its start and its keeping."""
    try:
        yield
    finally:
        for child in _members(lambda told: told.parent == os.getpid()):
            _end_session(child)
            # So early it may not have come to a session of its own.
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)


def _end(child: subprocess.Popen[str]) -> None:
    _end_session(child.pid)
    child.wait()
    if child.stdout is not None:
        child.stdout.close()


def _end_session(session: int) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        if _LISTS_PROCESSES and not _session(session):
            return
        deadline = time.monotonic() + GRACE_SECONDS
        _signal_session(session, number)
        while _session(session) and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)


def _signal_session(session: int, number: int) -> None:
    """Where the system does not tell who is in a session, its first process group has to do."""
    for member in _session(session):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(member, number)
    if not _LISTS_PROCESSES:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(session, number)


def _session(session: int) -> list[int]:
    return _members(lambda told: told.session == session)


class _Told(NamedTuple):
    parent: int
    group: int
    session: int


def _members(wanted: Callable[[_Told], bool]) -> list[int]:
    """The processes of this kind that have not ended."""
    members = []
    for folder in _PROCESSES.glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            # proc(5): after the name in brackets come state, parent, group and session.
            text = (folder / "stat").read_text(encoding="utf-8", errors="replace")
            state, *numbers = text.rpartition(")")[2].split()[:4]
            if state != "Z" and wanted(_Told(*map(int, numbers))):
                members.append(int(folder.name))
    return members
