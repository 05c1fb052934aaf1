"""Putting objects again: in which order, what is deleted, and what stays."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import stamina
from botocore.exceptions import ClientError, EndpointConnectionError

import mappings
from lifecycle import held_queue
from lifecycle import rejects as module
from lifecycle.errors import CouldNotRunError
from lifecycle.held_queue import RENEWAL_SECONDS, VISIBILITY_SECONDS
from lifecycle.object_keys import by_type
from lifecycle.rejects import BEHIND, TAKEN, TYPE_UNKNOWN, Redrive, Redriven, opened
from lifecycle.stack_outputs import Deployed
from lifecycle.undelivered import TRUNCATED, Undelivered
from tests.unit.fake_sqs import FakeSqs, Message

URLS = {
    "rejects": "http://sqs/rejects.fifo",
    "domain": "http://sqs/domain",
    "events": "http://sqs/events",
    "topic": "http://sqs/topic.fifo",
}
TYPES = by_type(mappings.load())
ATTEMPTS = 2


def refusal(code: str, status: int = 400) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": "no"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "PutProfileObject")


@dataclass
class World:
    """A domain and its queues. errors: of puts of an object with this status, one after the other.

    seconds: that each put takes.
    """

    sqs: FakeSqs = field(default_factory=FakeSqs)
    puts: list[tuple[str, str]] = field(default_factory=list)
    errors: dict[str, list[Exception]] = field(default_factory=dict)
    seconds: float = 0.0
    during: Callable[[], None] = lambda: None
    said: list[str] = field(default_factory=list)

    def put_profile_object(self, **members: Any) -> dict[str, Any]:
        assert members["DomainName"] == "customers"
        self.sqs.now += self.seconds
        self.during()
        status = json.loads(members["Object"]).get("status", "")
        if self.errors.get(status):
            raise self.errors[status].pop(0)
        self.puts.append((members["ObjectTypeName"], status))
        return {}

    def reject(
        self, status: str, user: str = "1", minute: int = 0, object_type: str = "TrialSubscription"
    ) -> Message:
        """A reject of this age."""
        return self.sqs.add(
            URLS["rejects"],
            json.dumps({"UserId": user, "status": status}),
            status,
            Reason="no",
            ObjectType=object_type,
            Origin="event 1",
            RejectedAt=f"2025-11-25T08:{minute:02}:00+00:00",
        )

    def redrive(
        self,
        chosen: Callable[[Undelivered], bool] = lambda _: True,
        *,
        queue: str = "all",
        as_type: str | None = None,
        dry_run: bool = False,
    ) -> Redriven:
        outputs = {
            "rejects_queue_url": URLS["rejects"],
            "dead_letter_queue_url": URLS["domain"],
            "events_dead_letter_queue_url": URLS["events"],
            "topic_dead_letter_queue_url": URLS["topic"],
        }

        def say(each: Undelivered, reason: str | None) -> None:
            self.said.append(f"{each.id} {reason}")

        with opened(Deployed("customers", "us-east-1", **outputs), queue) as queues:
            run = Redrive(self, "customers", queues, TYPES, chosen, as_type, dry_run, say)
            return run.run()

    def left(self, queue: str = "rejects") -> int:
        """How many messages there are, all of which must be visible."""
        number = len(self.sqs.queues.get(URLS[queue], ()))
        assert self.sqs.visible(URLS[queue]) == number
        return number


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    world = World()
    monkeypatch.setattr(held_queue, "now", world.sqs.clock)
    monkeypatch.setattr(module, "client", lambda *_: world.sqs)
    with stamina.set_testing(testing=True, attempts=ATTEMPTS):
        yield world


def reasons(result: Redriven) -> list[str]:
    return [reason for _, reason in result.refused]


def test_objects_are_put_oldest_first_so_that_the_newest_wins(world: World) -> None:
    for status, minute in [("new", 30), ("old", 10), ("middle", 20)]:
        world.reject(status, minute=minute)
    result = world.redrive()
    assert [status for _, status in world.puts] == ["old", "middle", "new"]
    assert len(result.done) == 3
    assert world.left() == 0


def test_objects_of_several_queues_are_put_in_the_order_of_their_age(world: World) -> None:
    world.reject("second", minute=20)
    event = {"id": "e", "detail-type": "TrialSubscription", "detail": {"status": "first"}}
    world.sqs.add(URLS["events"], json.dumps(event | {"time": "2025-11-25T08:10:00Z"}))
    world.redrive()
    assert [status for _, status in world.puts] == ["first", "second"]


def test_of_one_age_the_order_is_that_of_arrival(world: World) -> None:
    for number in range(15):
        world.reject(f"s{number}")
    world.redrive()
    assert [status for _, status in world.puts] == [f"s{number}" for number in range(15)]


def test_a_group_of_a_fifo_queue_is_put_to_its_end(world: World) -> None:
    for number in range(25):
        text = json.dumps({"UserId": "1", "status": f"s{number}"})
        world.sqs.add(URLS["topic"], text, "1", ObjectType="TrialSubscription")
    result = world.redrive()
    assert [status for _, status in world.puts] == [f"s{number}" for number in range(25)]
    assert len(result.done) == 25
    assert world.left("topic") == 0


def test_what_is_refused_again_stays_with_the_new_reason(world: World) -> None:
    world.reject("bad")
    world.reject("good", user="2", minute=1)
    world.errors["bad"] = [refusal("BadRequestException")]
    result = world.redrive()
    assert reasons(result) == ["BadRequestException: no"]
    assert [status for _, status in world.puts] == ["good"]
    assert world.left() == 1
    assert world.said[0].endswith("BadRequestException: no")


def test_throttling_is_tried_again(world: World) -> None:
    world.reject("slow")
    world.errors["slow"] = [refusal("ThrottlingException", 429)]
    assert len(world.redrive().done) == 1
    assert world.left() == 0


def test_after_throttling_that_does_not_pass_a_newer_object_of_the_customer_waits(
    world: World,
) -> None:
    world.reject("slow", user="1", minute=1)
    world.reject("newer", user="1", minute=2)
    world.reject("other", user="2", minute=3)
    world.errors["slow"] = [refusal("ThrottlingException", 429)] * ATTEMPTS
    result = world.redrive()
    assert reasons(result) == ["ThrottlingException: no", BEHIND]
    assert [status for _, status in world.puts] == ["other"]
    assert world.left() == 2


@pytest.mark.parametrize(
    "error",
    [refusal("AccessDeniedException", 403), EndpointConnectionError(endpoint_url="http://x")],
)
def test_what_fails_for_every_object_ends_it_and_everything_is_visible(
    world: World, error: Exception
) -> None:
    world.reject("first")
    world.reject("second", minute=1)
    world.errors["first"] = [error]
    with pytest.raises(CouldNotRunError):
        world.redrive()
    assert world.left() == 2
    assert world.puts == []


def test_a_signal_in_the_middle_leaves_the_rest_visible_at_once(world: World) -> None:
    for number in range(30):
        world.reject(f"s{number}", minute=number)

    def interrupt() -> None:
        if len(world.puts) == 12:
            raise SystemExit(130)

    world.during = interrupt
    with pytest.raises(SystemExit):
        world.redrive()
    assert world.left() == 18


def test_only_what_is_chosen_is_put_and_the_rest_visible_before_that(world: World) -> None:
    world.reject("wanted", minute=1)
    world.reject("other")
    seen: list[int] = []
    world.during = lambda: seen.append(world.sqs.visible(URLS["rejects"]))
    result = world.redrive(lambda each: "wanted" in each.body)
    assert [status for _, status in world.puts] == ["wanted"]
    assert (len(result.done), result.refused, world.left()) == (1, [], 1)
    assert seen == [1]


def test_a_dry_run_puts_nothing_and_keeps_everything(world: World) -> None:
    world.reject("good")
    world.reject("typeless", object_type="-")
    result = world.redrive(dry_run=True)
    assert len(result.done) == 1
    assert reasons(result) == [TYPE_UNKNOWN]
    assert world.puts == []
    assert world.left() == 2


def test_an_object_of_unknown_type_is_put_as_the_type_that_is_given(world: World) -> None:
    world.reject("a", object_type="-")
    assert reasons(world.redrive()) == [TYPE_UNKNOWN]
    world.redrive(as_type="TrialSubscription")
    assert world.puts == [("TrialSubscription", "a")]
    assert world.left() == 0


def test_what_was_truncated_or_cannot_be_read_is_never_put_nor_deleted(world: World) -> None:
    body = json.dumps({"truncated": True, "length": 9, "sha256": "ab"})
    attributes = {"Reason": "no", "ObjectType": "TrialSubscription", "Origin": "event 1"}
    world.sqs.add(URLS["rejects"], body, "a", **attributes)
    world.sqs.add(URLS["events"], "no event")
    result = world.redrive(as_type="TrialSubscription")
    assert TRUNCATED in reasons(result)
    assert len(result.refused) == 2
    assert world.puts == []
    assert (world.left("rejects"), world.left("events")) == (1, 1)


def test_an_object_above_the_limit_is_not_put_and_the_service_not_asked(world: World) -> None:
    world.reject("x" * 256_000)
    assert reasons(world.redrive()) == ["it has more than 256,000 characters"]
    assert world.left() == 1


def test_long_runs_keep_what_they_hold(world: World) -> None:
    for number in range(40):
        world.reject(f"s{number}", user=str(number), minute=number)
    world.seconds = RENEWAL_SECONDS - 1
    result = world.redrive()
    assert len(result.done) == 40
    assert world.left() == 0


def test_an_object_that_somebody_else_received_meanwhile_is_left_to_them(world: World) -> None:
    world.reject("slow", user="1")
    world.reject("lost", user="2", minute=1)

    def sleep() -> None:
        world.sqs.now += VISIBILITY_SECONDS + 1
        taken = world.sqs.receive_message(QueueUrl=URLS["rejects"], VisibilityTimeout=1)
        assert len(taken["Messages"]) == 2

    world.during = sleep
    result = world.redrive()
    assert [status for _, status in world.puts] == ["slow"]
    assert reasons(result) == [TAKEN]


def test_what_the_domain_rejects_anew_is_not_put_for_ever(world: World) -> None:
    text = json.dumps({"UserId": "1", "status": "long", "trialDays": "1"})

    def send_again() -> None:
        world.sqs.add(URLS["domain"], text, Message="too long")

    send_again()
    world.during = send_again
    result = world.redrive()
    assert len(result.done) == 1
    assert world.left("domain") == 1


def test_one_queue_may_be_named(world: World) -> None:
    world.reject("a")
    text = json.dumps({"UserId": "1", "status": "b", "trialDays": "1"})
    world.sqs.add(URLS["domain"], text, Message="no")
    world.redrive(queue="domain")
    assert [status for _, status in world.puts] == ["b"]
    assert world.left("rejects") == 1


def test_a_queue_that_the_stack_does_not_have_could_not_run() -> None:
    bare = Deployed("customers", "us-east-1", dead_letter_queue_url=URLS["domain"])
    with pytest.raises(CouldNotRunError, match="no queue topic"), opened(bare, "topic"):
        pass
