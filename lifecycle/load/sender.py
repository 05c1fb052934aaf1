"""Sends the staged rows: several calls at a time, one customer's rows in their order.

Every customer belongs to one lane, and a lane has one call under way at a time, so that writes of
one profile never race. A call has at most one row of each customer.
"""

import queue
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from lifecycle.errors import CouldNotRunError
from lifecycle.load.journal import Journal
from lifecycle.load.rate import Rate
from lifecycle.load.rejects_file import RejectsFile
from lifecycle.load.staging import Staged, Staging
from lifecycle.load.target import Failed, PassingCallError, Target, ThrottledError

ROWS_PER_CALL: Final = 10
LANES: Final = 16
PATIENCE_SECONDS: Final = 120.0
"""For one call, that nothing but passing failures answer."""

_WAITING_PER_LANE: Final = 200
_LOOKED_AT: Final = 50
"""How many rows are looked at for one call: those of one customer often come one by one."""

_PAUSE_SECONDS: Final = 0.05
_LONGEST_PAUSE_SECONDS: Final = 2.0
_JOURNAL_ROWS: Final = 500
_JOURNAL_SECONDS: Final = 0.2
_CUSTOMERS_NOTED: Final = 1 << 23


@dataclass(slots=True)
class Counts:
    """sent: rows that were acknowledged. unchanged: rows that had been before. calls: with retries.
    seconds: from the first call to the last answer.
    """

    sent: int = 0
    unchanged: int = 0
    calls: int = 0
    retried: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class _Shared:
    """What the lanes share. stop: nothing more is to be sent; why, in `problem`."""

    answers: "queue.Queue[tuple[list[Staged], dict[int, Failed]]]"
    stop: threading.Event = field(default_factory=threading.Event)
    problem: CouldNotRunError | None = None


class Sender:
    """batches: at most this many rows in a call."""

    def __init__(
        self,
        target: Target,
        journal: Journal,
        rejects: RejectsFile,
        rate: Rate,
        lanes: int = LANES,
        rows_per_call: int = ROWS_PER_CALL,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._target = target
        self._journal = journal
        self._rejects = rejects
        self._rate = rate
        self._lanes = lanes
        self._rows_per_call = rows_per_call
        self._patience = patience
        self.counts = Counts()

    def run(self, staging: Staging, progress: Callable[[Counts], None]) -> Counts:
        """Send what the journal does not have.

        Raises: CouldNotRunError when not all could be sent; what was, is in the journal.
        """
        shared = _Shared(queue.Queue())
        inputs: list[queue.Queue[Staged | None]] = [
            queue.Queue(_WAITING_PER_LANE) for _ in range(self._lanes)
        ]
        threads = [
            threading.Thread(target=self._lane, args=(each, shared), daemon=True) for each in inputs
        ]
        started = time.monotonic()
        for thread in threads:
            thread.start()
        try:
            under_way = self._feed(staging, inputs, shared, progress)
            while under_way and shared.problem is None:
                under_way -= self._settle(shared, wait=_JOURNAL_SECONDS, progress=progress)
            if shared.problem is not None:
                raise shared.problem
        finally:
            shared.stop.set()
            for each in inputs:
                _let_go(each)
            for thread in threads:
                thread.join()
            while self._settle(shared, wait=0, progress=progress):
                pass
            self.counts.seconds = time.monotonic() - started
        return self.counts

    def _feed(
        self,
        staging: Staging,
        inputs: "list[queue.Queue[Staged | None]]",
        shared: _Shared,
        progress: Callable[[Counts], None],
    ) -> int:
        """Give every lane its rows; how many are not answered yet. Raises: CouldNotRunError."""
        under_way = 0
        for row in self._changed(staging):
            lane = inputs[row.customer % self._lanes]
            under_way += 1 - self._give(row, lane, shared, progress)
        for each in inputs:
            under_way -= self._give(None, each, shared, progress)
        return under_way

    def _give(
        self,
        row: Staged | None,
        lane: "queue.Queue[Staged | None]",
        shared: _Shared,
        progress: Callable[[Counts], None],
    ) -> int:
        """Put a row into its lane; how many others were answered meanwhile."""
        settled = 0
        while True:
            settled += self._settle(shared, wait=0, progress=progress)
            try:
                lane.put(row, timeout=_JOURNAL_SECONDS)
            except queue.Full:
                continue
            return settled

    def _changed(self, staging: Staging) -> Iterator[Staged]:
        """Rows that are not as they were taken last, and all that follow one of their customer.

        What is put last wins: a changed row would undo a later one that was left out.
        """
        noted = bytearray(_CUSTOMERS_NOTED // 8)
        for row in staging.rows():
            # A few customers share a bit; of those some rows are sent again for nothing.
            at, bit = divmod(row.customer % _CUSTOMERS_NOTED, 8)
            if not noted[at] & (1 << bit):
                if self._journal.has(row):
                    self.counts.unchanged += 1
                    continue
                noted[at] |= 1 << bit
            yield row

    def _settle(self, shared: _Shared, wait: float, progress: Callable[[Counts], None]) -> int:
        """Take down what was answered; how many rows that were."""
        if shared.problem is not None and wait:
            return 0
        taken: list[Staged] = []
        settled = 0
        deadline = time.monotonic() + wait
        while settled < _JOURNAL_ROWS:
            left = deadline - time.monotonic()
            try:
                rows, failed = shared.answers.get(block=left > 0, timeout=max(left, 0) or None)
            except queue.Empty:
                break
            settled += len(rows)
            for position, row in enumerate(rows):
                if position in failed:
                    self._rejects.add(row.row, failed[position].reason)
                else:
                    taken.append(row)
        if taken:
            self._journal.add(taken)
            self.counts.sent += len(taken)
        if settled:
            progress(self.counts)
        if shared.problem is not None and not wait and not shared.stop.is_set():
            raise shared.problem
        return settled

    def _lane(self, rows: "queue.Queue[Staged | None]", shared: _Shared) -> None:
        waiting: list[Staged] = []
        ended = False
        while not shared.stop.is_set():
            ended = _take(rows, waiting, ended=ended)
            if not waiting:
                return
            size = self._rows_per_call if self._target.batches else 1
            try:
                self._send(_first_of_each(waiting, size), shared)
            except CouldNotRunError as error:
                shared.problem = shared.problem or error
                shared.stop.set()
                return

    def _send(self, batch: list[Staged], shared: _Shared) -> None:
        """Until every row of it was taken or rejected. Raises: CouldNotRunError."""
        deadline = time.monotonic() + self._patience
        pause = _PAUSE_SECONDS
        while batch:
            if shared.stop.is_set():
                return
            self._rate.wait()
            self.counts.calls += 1
            reason = ""
            try:
                failed = self._target.put(batch)
                self._rate.taken()
            except ThrottledError as error:
                self._rate.throttled()
                failed, reason = dict.fromkeys(range(len(batch)), _AGAIN), str(error)
            except PassingCallError as error:
                self._rate.taken()
                failed, reason = dict.fromkeys(range(len(batch)), _AGAIN), str(error)
            again = [at for at, each in failed.items() if each.passing]
            done = [at for at in range(len(batch)) if at not in set(again)]
            if done:
                refused = {number: failed[at] for number, at in enumerate(done) if at in failed}
                shared.answers.put(([batch[at] for at in done], refused))
                deadline, pause = time.monotonic() + self._patience, _PAUSE_SECONDS
            batch = [batch[at] for at in sorted(again)]
            if batch:
                self.counts.retried += 1
                reason = reason or failed[again[0]].reason
                if time.monotonic() > deadline:
                    text = f"given up after {self._patience:.0f} s: {reason}"
                    raise CouldNotRunError(f"domain {self._target.domain}: {text}")
                # Full jitter: lanes that were refused together do not come back together.
                time.sleep(random.uniform(0, pause))  # noqa: S311 - nothing secret
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)


_AGAIN: Final = Failed("", passing=True)


def _let_go(lane: "queue.Queue[Staged | None]") -> None:
    """Whoever waits for the lane goes on and ends."""
    while True:
        try:
            lane.put_nowait(None)
        except queue.Full:
            try:
                lane.get_nowait()
            except queue.Empty:
                continue
        else:
            return


def _take(rows: "queue.Queue[Staged | None]", waiting: list[Staged], *, ended: bool) -> bool:
    """Move what is there to the rows that wait, at least one; whether none will come any more."""
    while not ended and len(waiting) < _LOOKED_AT:
        try:
            row = rows.get(block=not waiting)
        except queue.Empty:
            break
        if row is None:
            return True
        waiting.append(row)
    return ended


def _first_of_each(waiting: list[Staged], size: int) -> list[Staged]:
    """Take the first rows that are each of another customer; the others stay in their order."""
    taken: list[Staged] = []
    left: list[Staged] = []
    customers: set[int] = set()
    for row in waiting:
        if len(taken) < size and row.customer not in customers:
            taken.append(row)
        else:
            left.append(row)
        customers.add(row.customer)
    waiting[:] = left
    return taken
