"""Order within the groups of a FIFO queue, and that every object is accounted for."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


def text(name: str) -> str:
    return f'{{"UserId":"{name}"}}'


@pytest.fixture
def failing(delivery: Any, made: Any) -> Any:
    """The delivery function, where objects whose name begins with `bad` always fail."""

    def answer(request: dict[str, Any]) -> Any:
        if '"bad' in request["Object"]:
            raise made.refusal("InternalServerException", status=500)
        if '"poison' in request["Object"]:
            raise made.refusal("BadRequestException")
        return {}

    delivery.put_profile_object.answer = answer
    return delivery


def batch(made: Any, *names: str) -> dict[str, Any]:
    """`a:one` is the object `one` in the group `a`, `one` is in none."""
    records = []
    for name in names:
        group, _, own = name.rpartition(":")
        records.append(made.message(text(own), identifier=name, group=group or None))
    return {"Records": records}


def failed(answer: Any) -> list[str]:
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def test_later_objects_of_a_group_wait_for_one_that_failed(failing: Any, made: Any) -> None:
    answer = failing(batch(made, "a:one", "a:bad", "a:two", "a:three"))
    assert failed(answer) == ["a:bad", "a:two", "a:three"]
    assert [body for _, body in failing.puts] == [text("one")]
    assert [(line["attempts"], line["code"]) for line in failing.log[2:]] == [
        (0, "GroupBlocked"),
        (0, "GroupBlocked"),
    ]


def test_other_groups_go_on(failing: Any, made: Any) -> None:
    answer = failing(batch(made, "a:bad", "b:one", "a:two", "b:three"))
    assert failed(answer) == ["a:bad", "a:two"]
    assert [body for _, body in failing.puts] == [text("one"), text("three")]


def test_a_rejected_object_does_not_hold_up_its_group(failing: Any, made: Any) -> None:
    assert failed(failing(batch(made, "a:poison", "a:one"))) == []
    assert [body for _, body in failing.puts] == [text("one")]


def test_a_rejected_object_that_is_not_on_record_holds_up_its_group(
    failing: Any, made: Any
) -> None:
    def answer(_: Any) -> Any:
        raise made.refusal("AccessDenied", status=403)

    failing.send_message.answer = answer
    assert failed(failing(batch(made, "a:poison", "a:one"))) == ["a:poison", "a:one"]
    assert failing.puts == []


def test_messages_of_a_standard_queue_do_not_wait_for_each_other(failing: Any, made: Any) -> None:
    assert failed(failing(batch(made, "bad", "one", "bad2", "two"))) == ["bad", "bad2"]
    assert [body for _, body in failing.puts] == [text("one"), text("two")]


@dataclass
class Fate:
    """How an object fares: `transient` tries fail, then it is put, or refused if it is poison."""

    group: str | None
    transient: int
    poison: bool
    rejects_failing: int


fates = st.lists(
    st.builds(
        Fate,
        group=st.sampled_from(["a", "b", "c", None]),
        transient=st.sampled_from([0, 0, 0, 1, 3, 40]),
        poison=st.booleans(),
        rejects_failing=st.sampled_from([0, 0, 0, 2, 40]),
    ),
    max_size=10,
)


class World:
    """A service in which each object has its fate, whatever is tried with it."""

    def __init__(self, delivery: Any, made: Any, waiting: list[Fate]) -> None:
        self.delivery, self.made = delivery, made
        self.fates = {f"m-{number}": fate for number, fate in enumerate(waiting)}
        delivery.put_profile_object.answer = self.put
        delivery.send_message.answer = self.reject

    def put(self, request: dict[str, Any]) -> Any:
        fate = self.fates[request["Object"].split('"')[3]]
        if fate.transient:
            fate.transient -= 1
            raise self.made.refusal("ThrottlingException", status=429)
        if fate.poison:
            raise self.made.refusal("BadRequestException")
        return {}

    def reject(self, request: dict[str, Any]) -> Any:
        fate = self.fates[request["MessageBody"].split('"')[3]]
        if fate.rejects_failing:
            fate.rejects_failing -= 1
            raise self.made.refusal("ThrottlingException", status=429)
        return {}

    def messages(self, names: list[str]) -> dict[str, Any]:
        return {
            "Records": [
                self.made.message(text(name), identifier=name, group=self.fates[name].group)
                for name in names
            ]
        }

    def delivered(self) -> list[str]:
        return [body.split('"')[3] for _, body in self.delivery.puts]

    def rejected(self) -> list[str]:
        return [each["Body"].split('"')[3] for each in self.delivery.rejects]


@given(fates, st.floats(5, 20))
@settings(max_examples=60, deadline=None)
def test_whatever_fails_each_group_is_put_in_order_and_each_object_ends_once(
    new_delivery: Any, made: Any, waiting: list[Fate], seconds: float
) -> None:
    world = World(new_delivery(), made, waiting)
    world.delivery.put_profile_object.seconds = 0.05
    left = list(world.fates)
    for _ in range(200):
        if not left:
            break
        before = Counter(world.delivered() + world.rejected())
        again = failed(world.delivery(world.messages(left), seconds=5 + seconds))
        done = Counter(world.delivered() + world.rejected()) - before
        assert Counter(left) == done + Counter(again)
        assert again == [name for name in left if name in again]
        left = again
    assert left == []
    assert Counter(list(world.fates)) == Counter(world.delivered()) + Counter(world.rejected())
    assert {name for name, fate in world.fates.items() if fate.poison} == set(world.rejected())
    for group in ("a", "b", "c"):
        members = [name for name, fate in world.fates.items() if fate.group == group]
        assert [n for n in world.delivered() if n in members] == [
            name for name in members if not world.fates[name].poison
        ]


@given(fates)
@settings(max_examples=60, deadline=None)
def test_items_are_all_accounted_for_or_the_invocation_fails(
    new_delivery: Any, made: Any, waiting: list[Fate]
) -> None:
    world = World(new_delivery(), made, waiting)
    items = [made.item({"UserId": name}, origin=f"item run/{name}") for name in world.fates]
    try:
        answer = world.delivery({"Items": items}, seconds=12)
    except world.delivery.module.DeliveryError as error:
        answer = None
        retried = int(str(error).split(" ")[0])
    outcomes = Counter(line["outcome"] for line in world.delivery.log)
    assert outcomes.total() == len(items)
    assert outcomes["delivered"] == len(world.delivered())
    assert outcomes["rejected"] == len(world.rejected())
    if answer is None:
        assert outcomes["retry"] == retried > 0
    else:
        assert answer == {
            "delivered": outcomes["delivered"],
            "rejected": outcomes["rejected"],
            "accounted": len(items),
        }
