"""Tasks in processes of their own, none of which outlives the block that asked for them."""

import gc
import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from lifecycle.errors import CouldNotRunError

Result = TypeVar("Result")

# A progress bar runs in a thread, and to fork beside threads is not safe.
_CONTEXT: Final = multiprocessing.get_context("spawn")
_SIGNALS: Final = {signal.SIGINT, signal.SIGTERM}


class Workers:
    """count: how many; with 1, tasks run in this process."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._processes: dict[Connection, BaseProcess] = {}

    def __enter__(self) -> Self:
        if self.count > 1:
            # No worker sees a signal before it knows what to do about it. The tracker comes first:
            # multiprocessing would start it with the first worker, and unblocks signals after.
            resource_tracker.ensure_running()
            blocked = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
            try:
                for _ in range(self.count):
                    self._start()
            except BaseException:
                self._end()
                raise
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end()

    def _start(self) -> None:
        ours, theirs = _CONTEXT.Pipe()
        process = _CONTEXT.Process(target=_serve, args=(theirs,), daemon=True)
        process.start()
        theirs.close()
        self._processes[ours] = process

    def _end(self) -> None:
        for process in self._processes.values():
            process.terminate()
        for connection, process in self._processes.items():
            process.join()
            process.close()
            connection.close()
        self._processes.clear()

    def run(
        self, function: Callable[..., Result], tasks: Iterable[tuple[Any, ...]]
    ) -> Iterator[tuple[int, Result]]:
        """(number of the task, what the function returns for it), in the order of completion.

        Raises: what the function raises, CouldNotRunError if a worker dies. Nothing more can be
        run then: other tasks may still be going on.
        """
        numbered = enumerate(tasks)
        if not self._processes:
            for number, task in numbered:
                yield number, function(*task)
            return
        busy: dict[Any, int] = {}
        for connection, (number, task) in zip(self._processes, numbered, strict=False):
            self._send(connection, function, task)
            busy[connection] = number
        while busy:
            ready: list[Any] = wait(list(busy))
            for connection in ready:
                done, result = self._receive(connection)
                if not done:
                    raise result
                number = busy.pop(connection)
                following = next(numbered, None)
                if following is not None:
                    busy[connection] = following[0]
                    self._send(connection, function, following[1])
                yield number, result

    def _send(
        self, connection: Any, function: Callable[..., Result], task: tuple[Any, ...]
    ) -> None:
        try:
            connection.send((function, task))
        except OSError:
            raise self._died(connection) from None

    def _receive(self, connection: Any) -> tuple[bool, Any]:
        try:
            received: tuple[bool, Any] = connection.recv()
        except (EOFError, OSError):
            raise self._died(connection) from None
        return received

    def _died(self, connection: Any) -> CouldNotRunError:
        process = self._processes[connection]
        process.join(1)
        return CouldNotRunError(
            f"a worker process ended by itself (exit code {process.exitcode}); "
            "if memory is short, use fewer processes"
        )


def _serve(connection: Connection) -> None:
    """A worker's life: it ends when the other end of the connection is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to everybody
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    # What a task makes has no cycles and is gone with its result; looking for cycles among
    # millions of objects would take as long as the work itself.
    gc.disable()
    while True:
        try:
            function, task = connection.recv()
        except (EOFError, OSError):
            return
        try:
            answer = True, function(*task)
        except Exception as error:  # noqa: BLE001 - raised again where the task came from
            answer = False, error
        try:
            connection.send(answer)
        except OSError:
            return
