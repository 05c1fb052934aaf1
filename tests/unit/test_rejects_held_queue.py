"""Holding messages: nothing is lost by looking, whoever else looks too."""

from typing import Any

import pytest

from lifecycle import held_queue
from lifecycle.held_queue import RENEWAL_SECONDS, VISIBILITY_SECONDS, HeldQueue
from tests.unit.fake_sqs import FakeSqs

URL, FIFO = "http://sqs/letters", "http://sqs/letters.fifo"


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> FakeSqs:
    sqs = FakeSqs()
    monkeypatch.setattr(held_queue, "now", sqs.clock)
    return sqs


def filled(sqs: FakeSqs, number: int, url: str = URL) -> list[str]:
    return [sqs.add(url, f"body {each}", f"g{each}").identifier for each in range(number)]


def queue(sqs: Any, url: str = URL) -> HeldQueue:
    return HeldQueue(sqs, "rejects", url)


def identifiers(held: HeldQueue) -> list[str]:
    return [each["MessageId"] for each in held.read()]


@pytest.mark.parametrize("url", [URL, FIFO])
@pytest.mark.parametrize("number", [0, 1, 10, 25])
def test_everything_is_read_once_and_visible_again_at_once(
    sqs: FakeSqs, url: str, number: int
) -> None:
    sqs.queues[url] = []
    there = filled(sqs, number, url)
    with queue(sqs, url) as held:
        assert identifiers(held) == there
        assert sqs.visible(url) == 0
        assert identifiers(held) == []
    assert sqs.visible(url) == number


def test_what_is_held_is_given_back_when_something_fails(sqs: FakeSqs) -> None:
    filled(sqs, 15)

    def stopped() -> None:
        with queue(sqs) as held:
            next(held.read())
            assert sqs.visible(URL) == 5
            raise SystemExit(130)

    with pytest.raises(SystemExit):
        stopped()
    assert sqs.visible(URL) == 15


def test_what_is_deleted_is_gone_and_the_rest_given_back(sqs: FakeSqs) -> None:
    there = filled(sqs, 3)
    with queue(sqs) as held:
        identifiers(held)
        held.delete(there[1])
        assert not held.holds(there[1])
    assert [each.identifier for each in sqs.queues[URL]] == [there[0], there[2]]
    assert sqs.visible(URL) == 2


def test_some_may_be_given_back_before_the_end(sqs: FakeSqs) -> None:
    there = filled(sqs, 3)
    with queue(sqs) as held:
        identifiers(held)
        held.give_back([there[0]])
        assert sqs.visible(URL) == 1
        assert [held.holds(each) for each in there] == [False, True, True]


def test_a_message_of_a_group_that_was_behind_comes_after_the_first_is_deleted(
    sqs: FakeSqs,
) -> None:
    there = [sqs.add(FIFO, f"body {number}", "customer").identifier for number in range(12)]
    with queue(sqs, FIFO) as held:
        assert identifiers(held) == there[:10]
        for each in there[:9]:
            held.delete(each)
        held.give_back([there[9]])
        assert identifiers(held) == there[10:]
    assert sqs.visible(FIFO) == 3


def test_holding_is_renewed_in_time(sqs: FakeSqs) -> None:
    there = filled(sqs, 25)
    with queue(sqs) as held:
        identifiers(held)
        for _ in range(20):
            sqs.now += RENEWAL_SECONDS - 1
            held.renew()
            assert sqs.visible(URL) == 0
            assert all(map(held.holds, there))


def test_holding_is_not_renewed_at_every_turn(sqs: FakeSqs) -> None:
    filled(sqs, 25)
    with queue(sqs) as held:
        identifiers(held)
        sqs.calls.clear()
        for _ in range(100):
            held.renew()
        assert sqs.calls == []


def test_what_somebody_else_has_received_meanwhile_is_theirs(sqs: FakeSqs) -> None:
    there = filled(sqs, 2)
    with queue(sqs) as ours, queue(sqs) as theirs:
        identifiers(ours)
        sqs.now += VISIBILITY_SECONDS + 1
        assert not ours.holds(there[0])
        assert identifiers(theirs) == there
        ours.renew()
        assert not any(map(ours.holds, there))
        ours.give_back(there)
        assert all(map(theirs.holds, there))
        assert sqs.visible(URL) == 0


def test_a_deletion_that_comes_too_late_leaves_the_message_to_the_other(sqs: FakeSqs) -> None:
    there = filled(sqs, 1)
    with queue(sqs) as ours, queue(sqs) as theirs:
        identifiers(ours)
        sqs.now += VISIBILITY_SECONDS + 1
        identifiers(theirs)
        ours.delete(there[0])
        assert theirs.holds(there[0])


def test_two_who_look_at_once_see_each_message_once(sqs: FakeSqs) -> None:
    there = filled(sqs, 25)
    with queue(sqs) as ours, queue(sqs) as theirs:
        reading = ours.read()
        first = [next(reading)["MessageId"] for _ in range(10)]
        others = identifiers(theirs)
        rest = [each["MessageId"] for each in reading]
    assert sorted(first + others + rest) == sorted(there)
    assert sqs.visible(URL) == 25


@pytest.mark.parametrize(("limit", "value"), [("MAX_HELD", 10), ("MAX_HELD_CHARACTERS", 50)])
def test_no_more_is_held_than_fits_and_the_queue_says_so(
    sqs: FakeSqs, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    there = filled(sqs, 25)
    monkeypatch.setattr(held_queue, limit, value)
    with queue(sqs) as held:
        assert identifiers(held) == there[:10]
        assert held.full
        for each in there[:10]:
            held.delete(each)
        assert identifiers(held) == there[10:20]
        assert held.full
    assert sqs.visible(URL) == 15


def test_reading_can_be_stopped_from_outside(sqs: FakeSqs) -> None:
    filled(sqs, 25)
    with queue(sqs) as held:
        reading = held.read()
        next(reading)
        held.stop()
        assert len(list(reading)) == 9


def test_the_count_has_what_others_hold_too(sqs: FakeSqs) -> None:
    filled(sqs, 3)
    with queue(sqs) as held:
        next(held.read())
        assert queue(sqs).count() == 3
