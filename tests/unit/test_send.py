"""Sending: what goes into a call, what is tried again, and what is told of the rest."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import stamina
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.object_file import Entry
from lifecycle.send import BEHIND, Sent, check, send
from lifecycle.ways import Failure

ATTEMPTS = 3
ONCE = Failure("Throttling: slow down", passes=True)
NEVER = Failure("MalformedDetail: no", passes=False)


@pytest.fixture(autouse=True)
def without_pauses() -> Iterator[None]:
    """Each call is tried three times at most, without waiting."""
    with stamina.set_testing(testing=True, attempts=ATTEMPTS):
        yield


@dataclass
class Recorder:
    """A way that keeps what it took. An entry's text is `customer` or `customer:size`.

    failures: of an entry by its number, one after the other. errors: of calls, in order.
    """

    name: str = "recorder"
    max_bytes: int = 100
    failures: dict[int, list[Failure]] = field(default_factory=dict)
    errors: list[Exception | None] = field(default_factory=list)
    calls: list[list[int]] = field(default_factory=list)
    taken: list[Entry] = field(default_factory=list)

    def group(self, entry: Entry) -> str | None:
        return entry.text.partition(":")[0] or None

    def size(self, entry: Entry) -> int:
        return int(entry.text.partition(":")[2] or 1)

    def publish(self, entries: Sequence[Entry]) -> dict[int, Failure]:
        self.calls.append([each.number for each in entries])
        if self.errors and (error := self.errors.pop(0)):
            raise error
        failed = {}
        for position, entry in enumerate(entries):
            if self.failures.get(entry.number):
                failed[position] = self.failures[entry.number].pop(0)
            else:
                self.taken.append(entry)
        return failed


def entries(*texts: str) -> list[Entry]:
    return [Entry(number, text) for number, text in enumerate(texts, 1)]


def told(done: Sent) -> dict[str, str]:
    return {reason: str(numbers) for reason, numbers in done.not_sent.items()}


def run(way: Recorder, *texts: str) -> Sent:
    return send(entries(*texts), way, lambda _: None)


def refusal(code: str, status: int = 400) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": "no"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "Publish")


def test_a_call_has_ten_entries_at_most() -> None:
    way = Recorder()
    done = run(way, *(f"c{number}" for number in range(23)))
    assert [len(call) for call in way.calls] == [10, 10, 3]
    assert (done.sent, done.read, done.not_sent) == (23, 23, {})


def test_a_call_is_not_larger_than_its_limit_and_a_larger_entry_goes_alone() -> None:
    way = Recorder()
    run(way, "a:60", "b:40", "c:1", "d:150", "e:99", "f:2")
    assert way.calls == [[1, 2], [3], [4], [5], [6]]


def test_two_of_one_customer_are_never_in_one_call() -> None:
    way = Recorder()
    run(way, "a", "b", "a", "a", "c", "b")
    assert way.calls == [[1, 2], [3], [4, 5, 6]]


def test_entries_of_no_customer_share_a_call() -> None:
    way = Recorder()
    run(way, "", "", "")
    assert way.calls == [[1, 2, 3]]


def test_only_what_failed_is_tried_again() -> None:
    way = Recorder(failures={2: [ONCE], 3: [ONCE, ONCE]})
    done = run(way, "a", "b", "c")
    assert way.calls == [[1, 2, 3], [2, 3], [3]]
    assert (done.sent, told(done)) == (3, {})


def test_what_can_never_pass_is_not_tried_again() -> None:
    way = Recorder(failures={2: [NEVER]})
    done = run(way, "a", "b", "c")
    assert way.calls == [[1, 2, 3]]
    assert (done.sent, told(done)) == (2, {NEVER.reason: "2"})


def test_later_objects_of_a_customer_are_kept_back_and_others_go_on() -> None:
    way = Recorder(failures={1: [NEVER]})
    done = run(way, "a", "b", "a", "c", "a")
    assert [each.number for each in way.taken] == [2, 4]
    assert told(done) == {NEVER.reason: "1", BEHIND: "3, 5"}


def test_what_is_given_up_ends_the_sending_and_the_rest_is_named() -> None:
    way = Recorder(failures={2: [ONCE] * 9})
    done = run(way, *(f"c{number}" for number in range(12)))
    assert way.calls == [list(range(1, 11)), [2], [2]]
    assert done.sent == 9
    assert told(done) == {ONCE.reason: "2", done.stopped: "11-12"}
    assert "given up after 45 s: Throttling: slow down" in str(done.stopped)


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServerException"])
def test_a_call_that_fails_for_a_moment_is_made_again(code: str) -> None:
    way = Recorder(errors=[refusal(code), refusal("Unknown", 503)])
    assert run(way, "a", "b").sent == 2
    assert way.calls == [[1, 2]] * 3


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (refusal("AccessDeniedException", 403), "Publish on recorder: AccessDeniedException: no"),
        (EndpointConnectionError(endpoint_url="http://127.0.0.1:9"), "does not answer"),
    ],
)
def test_what_would_fail_for_every_object_ends_the_sending(error: Exception, said: str) -> None:
    way = Recorder(errors=[None, error])
    done = run(way, *(f"c{number}" for number in range(25)))
    assert len(way.calls) == 2
    assert done.sent == 10
    assert said in str(done.stopped)
    assert told(done) == {done.stopped: "11-25"}


def test_a_call_that_blames_its_object_does_not_end_the_sending() -> None:
    way = Recorder(errors=[refusal("ValidationException")])
    done = run(way, "a:150", "b", "a")
    assert [each.number for each in way.taken] == [2]
    assert told(done) == {"ValidationException: no": "1", BEHIND: "3"}
    assert done.stopped is None


def test_what_cannot_be_read_is_not_sent() -> None:
    way = Recorder()
    done = send([Entry(1, "a"), Entry(2, "", "it is broken"), Entry(3, "b")], way, lambda _: None)
    assert [each.number for each in way.taken] == [1, 3]
    assert told(done) == {"it is broken": "2"}


def test_progress_tells_how_many_were_sent_after_each_call() -> None:
    heard: list[int] = []
    send(entries(*(f"c{number}" for number in range(12))), Recorder(), heard.append)
    assert heard == [10, 12]


FAILURES = st.lists(st.sampled_from([ONCE, ONCE, NEVER]), max_size=4)


@given(
    customers=st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=40),
    failures=st.dictionaries(st.integers(1, 40), FAILURES),
    errors=st.lists(st.sampled_from([None, None, refusal("ThrottlingException")]), max_size=5),
)
def test_whatever_fails_each_object_is_sent_once_or_told_once_and_in_order(
    customers: list[str], failures: dict[int, list[Failure]], errors: list[Exception | None]
) -> None:
    way = Recorder(failures={key: list(each) for key, each in failures.items()}, errors=errors)
    done = run(way, *customers)
    assert done.sent == len(way.taken) == len({each.number for each in way.taken})
    assert done.read == len(customers)
    order = defaultdict(list)
    for each in way.taken:
        order[each.text].append(each.number)
    order.pop("", None)
    for customer, numbers in order.items():
        wanted = [number for number, each in enumerate(customers, 1) if each == customer]
        assert numbers == wanted[: len(numbers)]


class Keys:
    """Of a type whose objects must not say `bad`."""

    def problem(self, text: str) -> str | None:
        return "it is bad" if "bad" in text else None


def test_a_check_names_all_that_is_wrong_at_once_and_sends_nothing() -> None:
    found = check(
        [
            Entry(1, "good"),
            Entry(2, "bad"),
            Entry(3, "", "it is broken"),
            Entry(4, "bad"),
            Entry(5, "é" * 30),
        ],
        Keys(),
        59,
    )
    assert told(found) == {
        "it is bad": "2, 4",
        "it is broken": "3",
        "it has more than 59 bytes, which this way does not take": "5",
    }
    assert (found.sent, found.withheld, found.read) == (0, 1, 5)


def test_a_way_without_a_limit_of_its_own_takes_any_size() -> None:
    assert check([Entry(1, "é" * 300)], Keys(), None).not_sent == {}
