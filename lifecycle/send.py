"""Sends the objects of a file through a way.

The order of the file is kept within a customer: what could not be sent keeps that customer's later
objects back, and no call has two of one customer, because it may fail for one and succeed for the
other.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from lifecycle.clients import could_not_run, said
from lifecycle.errors import CouldNotRunError
from lifecycle.line_numbers import LineNumbers
from lifecycle.object_file import Entry
from lifecycle.object_keys import ObjectKeys
from lifecycle.retries import PassingError, attempts
from lifecycle.ways import Way

ENTRIES_PER_CALL: Final = 10
PATIENCE_SECONDS: Final = 45.0

BEHIND: Final = "it comes after one of the same customer that was not sent"

_OF_THE_OBJECT: Final = ("Validation", "InvalidParameter", "BatchRequestTooLong", "Malformed")
"""Codes that blame what was sent; others would come again for every object."""


@dataclass
class Sent:
    """What became of the objects.

    withheld: how many were not sent only because others were refused. not_sent: by reason.
    stopped: why nothing more was sent.
    """

    sent: int = 0
    withheld: int = 0
    not_sent: dict[str, LineNumbers] = field(default_factory=dict)
    stopped: str | None = None

    def refuse(self, reason: str, number: int) -> None:
        """Take down one that was not sent; those of one reason come in order."""
        self.not_sent.setdefault(reason, LineNumbers()).add(number)

    @property
    def read(self) -> int:
        """How many there were."""
        return self.sent + self.withheld + sum(each.count for each in self.not_sent.values())


def check(entries: Iterable[Entry], keys: ObjectKeys, max_bytes: int | None) -> Sent:
    """What of the entries would be refused; all others are withheld.

    max_bytes: what the way takes of one object, None for any that Customer Profiles takes.
    """
    found = Sent()
    for entry in entries:
        problem = entry.problem or keys.problem(entry.text)
        if problem is None and max_bytes is not None and len(entry.text.encode()) > max_bytes:
            problem = f"it has more than {max_bytes:,} bytes, which this way does not take"
        if problem is None:
            found.withheld += 1
        else:
            found.refuse(problem, entry.number)
    return found


def send(entries: Iterable[Entry], way: Way, progress: Callable[[int], None]) -> Sent:
    """Send them in order, in as few calls as possible; what cannot be read is not sent.

    progress: is told how many have been sent.
    """
    return _Sender(way, progress).run(entries)


class _Sender:
    def __init__(self, way: Way, progress: Callable[[int], None]) -> None:
        self._way = way
        self._progress = progress
        self._done = Sent()
        self._blocked: set[str] = set()

    def run(self, entries: Iterable[Entry]) -> Sent:
        for batch in self._batches(entries):
            self._send(batch)
            self._progress(self._done.sent)
        return self._done

    def _batches(self, entries: Iterable[Entry]) -> Iterator[list[Entry]]:
        batch: list[Entry] = []
        groups: set[str | None] = set()
        size = 0
        for entry in entries:
            group, more = self._way.group(entry), self._way.size(entry)
            full = len(batch) == ENTRIES_PER_CALL or size + more > self._way.max_bytes
            if batch and (full or (group is not None and group in groups)):
                yield batch
                batch, groups, size = [], set(), 0
            if reason := self._held_back(entry, group):
                self._done.refuse(reason, entry.number)
                continue
            batch.append(entry)
            groups.add(group)
            size += more
        if batch:
            yield batch

    def _held_back(self, entry: Entry, group: str | None) -> str | None:
        if self._done.stopped or entry.problem:
            return self._done.stopped or entry.problem
        return BEHIND if group in self._blocked else None

    def _send(self, batch: list[Entry]) -> None:
        call = _Call(self._way, batch)
        try:
            with could_not_run(self._way.name):
                call.run()
        except CouldNotRunError as error:
            self._done.stopped = str(error)
            call.failures |= dict.fromkeys(call.waiting, str(error))
        except PassingError as error:
            self._done.stopped = f"given up after {PATIENCE_SECONDS:.0f} s: {error}"
        for position in sorted(call.failures):
            self._done.refuse(call.failures[position], batch[position].number)
            group = self._way.group(batch[position])
            if group is not None:
                self._blocked.add(group)
        self._done.sent += len(batch) - len(call.failures)


class _Call:
    """A call that is made until every entry was taken or refused for good.

    waiting: positions of the entries that are to be tried again. failures: why, by position.
    """

    def __init__(self, way: Way, batch: list[Entry]) -> None:
        self._way = way
        self._batch = batch
        self.waiting = list(range(len(batch)))
        self.failures: dict[int, str] = {}

    def run(self) -> None:
        """Raises: PassingError, or what the SDK raises, for what cannot be sent now."""
        for attempt in attempts(PATIENCE_SECONDS):
            with attempt:
                self._once()

    def _once(self) -> None:
        from botocore.exceptions import ClientError  # noqa: PLC0415 - slow to import

        tried = self.waiting
        try:
            answer = self._way.publish([self._batch[position] for position in tried])
        except ClientError as error:
            if not said(error).startswith(_OF_THE_OBJECT):
                raise
            self.failures |= dict.fromkeys(tried, said(error))
            self.waiting = []
            return
        for position in tried:
            self.failures.pop(position, None)
        for index, failure in answer.items():
            self.failures[tried[index]] = failure.reason
        self.waiting = [tried[index] for index, failure in answer.items() if failure.passes]
        if self.waiting:
            raise PassingError(self.failures[self.waiting[0]])
