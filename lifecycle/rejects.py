"""Looks at the objects that did not reach their profiles, and puts them again."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from lifecycle.clients import client, could_not_run, said
from lifecycle.errors import CouldNotRunError
from lifecycle.held_queue import HeldQueue
from lifecycle.object_keys import MAX_CHARACTERS, ObjectKeys, guess_type
from lifecycle.retries import attempts, passing
from lifecycle.stack_outputs import Deployed
from lifecycle.undelivered import DOMAIN, EVENTS, REJECTS, TOPIC, Undelivered, understand

if TYPE_CHECKING:
    from types_boto3_customer_profiles import CustomerProfilesClient

ALL: Final = "all"
QUEUES: Final = (REJECTS, DOMAIN, EVENTS, TOPIC)

PATIENCE_SECONDS: Final = 15.0
"""For one object; well below the time for which messages are held."""

POLL_SECONDS: Final = 5.0

TYPE_UNKNOWN: Final = "its object type is not known: say it with --as TYPE"
TAKEN: Final = "somebody else has received it meanwhile"
BEHIND: Final = "it comes after one of the same customer that cannot be put now"

_FORBIDDEN: Final = 403

Types = Mapping[str, ObjectKeys]


@contextmanager
def opened(deployed: Deployed, name: str) -> Iterator[list[HeldQueue]]:
    """The queue of this name, or all that the stack has; what is held is given back at the end.

    Raises: CouldNotRunError.
    """
    urls = {
        REJECTS: deployed.rejects_queue_url,
        DOMAIN: deployed.dead_letter_queue_url,
        EVENTS: deployed.events_dead_letter_queue_url,
        TOPIC: deployed.topic_dead_letter_queue_url,
    }
    chosen = {each: url for each, url in urls.items() if url and name in (each, ALL)}
    if not chosen:
        raise CouldNotRunError(f"the stack has no queue {name}: see its setting ingestion")
    sqs = client(deployed, "sqs")
    with could_not_run("the queues of undelivered objects"), ExitStack() as stack:
        yield [stack.enter_context(HeldQueue(sqs, each, url)) for each, url in chosen.items()]


def read(queues: Sequence[HeldQueue], types: Types) -> list[Undelivered]:
    """What has not been read yet, oldest first; it stays held.

    Objects of one customer are in the order in which they came.
    """
    with ThreadPoolExecutor(max(1, len(queues))) as pool:
        reading = {pool.submit(_read_one, queue, types): queue for queue in queues}
        waiting = set(reading)
        try:
            while waiting:
                done, waiting = wait(waiting, POLL_SECONDS, FIRST_EXCEPTION)
                for future in done:
                    future.result()
                # What was read first is held for as long as the longest queue takes.
                for future in reading.keys() - waiting:
                    reading[future].renew()
        except BaseException:
            for queue in queues:
                queue.stop()
            raise
    found = [each for future in reading for each in future.result()]
    return sorted(found, key=lambda each: (each.when, each.sequence))


def _read_one(queue: HeldQueue, types: Types) -> list[Undelivered]:
    guess = partial(guess_type, types=types)
    return [understand(queue.name, message, guess) for message in queue.read()]


def not_shown(queues: Iterable[HeldQueue], read: Sequence[Undelivered]) -> int:
    """About how many messages are in the queues beside those that were read."""
    return max(0, sum(queue.count() for queue in queues) - len(read))


@dataclass
class Redriven:
    """What became of the objects. done: those that were put. refused: why the others were not."""

    done: list[Undelivered] = field(default_factory=list)
    refused: list[tuple[Undelivered, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Redrive:
    """How to put objects again.

    chosen: which. as_type: their object type, None for their own. dry_run: whether nothing is put.
    say: is told of each as it happens, with why it was refused or None.
    """

    client: "CustomerProfilesClient"
    domain: str
    queues: Sequence[HeldQueue]
    types: Types
    chosen: Callable[[Undelivered], bool]
    as_type: str | None
    dry_run: bool
    say: Callable[[Undelivered, str | None], None]

    def run(self) -> Redriven:
        """Put the chosen objects, oldest first, and delete the messages of those that were put.

        A newer object of a customer comes after an older one, so that it wins.
        """
        return _Run(self).run()


class _Run:
    def __init__(self, redrive: Redrive) -> None:
        self._redrive = redrive
        self._queues = {queue.name: queue for queue in redrive.queues}
        self._result = Redriven()
        self._held_back: set[str] = set()

    def run(self) -> Redriven:
        queues = list(self._redrive.queues)
        while found := read(queues, self._redrive.types):
            for each in found:
                if not self._redrive.chosen(each):
                    self._queues[each.queue].give_back([each.message_id])
            for each in filter(self._redrive.chosen, found):
                reason = self._put(each)
                if reason is None:
                    self._result.done.append(each)
                else:
                    self._queues[each.queue].give_back([each.message_id])
                    self._result.refused.append((each, reason))
                self._redrive.say(each, reason)
            # Behind what was deleted or given back, a FIFO queue may have more of the same group.
            queues = [queue for queue in queues if queue.fifo and not self._redrive.dry_run]
        return self._result

    def _put(self, each: Undelivered) -> str | None:
        """Put it, unless there is a reason not to. Returns: the reason why it was not."""
        for queue in self._queues.values():
            queue.renew()
        object_type = self._redrive.as_type or each.object_type
        if object_type is None or each.text is None:
            return each.hindrance or TYPE_UNKNOWN
        keys = self._redrive.types.get(object_type)
        customer = None if keys is None else keys.unique(each.text)
        reason = self._obstacle(each, each.text, customer)
        if reason is not None or self._redrive.dry_run:
            return reason
        reason, may_pass = self._try(object_type, each.text)
        if reason is None:
            self._queues[each.queue].delete(each.message_id)
        elif may_pass and customer is not None:
            self._held_back.add(customer)
        return reason

    def _obstacle(self, each: Undelivered, text: str, customer: str | None) -> str | None:
        if len(text) > MAX_CHARACTERS:
            return f"it has more than {MAX_CHARACTERS:,} characters"
        if customer is not None and customer in self._held_back:
            return BEHIND
        return None if self._queues[each.queue].holds(each.message_id) else TAKEN

    def _try(self, object_type: str, text: str) -> tuple[str | None, bool]:
        """(why it was refused, whether it may be taken later)."""
        from botocore.exceptions import ClientError  # noqa: PLC0415 - slow to import

        put = self._redrive.client.put_profile_object
        try:
            for attempt in attempts(PATIENCE_SECONDS):
                with attempt:
                    put(DomainName=self._redrive.domain, ObjectTypeName=object_type, Object=text)
        except ClientError as error:
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == _FORBIDDEN:
                raise
            return said(error), passing(error)
        return None, False
