"""How long a transaction waits for its next call, by a clock that the tests set."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from emulator.http import ServiceError
from emulator.rds_data.transactions import Transactions

IDLE, LONGEST = 180.0, 86_400.0
CLUSTER = "arn:aws:rds:us-east-1:111122223333:cluster:crm"


class Loop(asyncio.SelectorEventLoop):
    """An event loop whose time passes when a test says so."""

    now = 0.0

    def time(self) -> float:
        return self.now


class Session:
    """A session in which every transaction goes on, until it is told otherwise."""

    goes_on = True

    async def run(self, *_: Any) -> bool:
        return self.goes_on


class Scene:
    """Transactions, and the sessions that they no longer need."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.released: list[Any] = []
        self.transactions = Transactions(IDLE, LONGEST, self.released.append)
        self.session = Session()

    def begin(self) -> str:
        return self.run(self._begin)

    def use(self, identifier: str) -> None:
        self.run(lambda: self._use(identifier))

    def pass_time(self, seconds: float) -> None:
        self.loop.now += seconds
        for _ in range(3):
            self.run(lambda: asyncio.sleep(0))

    def run(self, work: Callable[[], Awaitable[Any]]) -> Any:
        return self.loop.run_until_complete(work())

    async def _begin(self) -> str:
        session: Any = self.session
        return self.transactions.add(session, CLUSTER, "crm")

    async def _use(self, identifier: str) -> None:
        members = {"transactionId": identifier, "resourceArn": CLUSTER}
        async with self.transactions.used(members, 1.0):
            pass


@pytest.fixture
def scene() -> Iterator[Scene]:
    loop = Loop()
    yield Scene(loop)
    loop.close()


def cause(scene: Scene, identifier: str) -> str:
    """Why a transaction is not found."""
    with pytest.raises(ServiceError) as caught:
        scene.use(identifier)
    assert caught.value.code == "TransactionNotFoundException"
    return caught.value.message.partition("is not found. ")[2]


def test_a_transaction_that_no_call_uses_is_undone_after_three_minutes(scene: Scene) -> None:
    identifier = scene.begin()
    scene.pass_time(IDLE - 1)
    assert scene.released == []
    scene.pass_time(2)
    assert scene.released == [scene.session]
    assert cause(scene, identifier) == "Transaction may be expired."


def test_each_call_starts_the_three_minutes_again(scene: Scene) -> None:
    identifier = scene.begin()
    for _ in range(5):
        scene.pass_time(IDLE - 1)
        scene.use(identifier)
    assert scene.released == []
    scene.pass_time(IDLE + 1)
    assert scene.released == [scene.session]


def test_no_transaction_lasts_longer_than_a_day(scene: Scene) -> None:
    identifier = scene.begin()
    while scene.loop.now < LONGEST - IDLE:
        scene.pass_time(IDLE - 1)
        scene.use(identifier)
    scene.pass_time(IDLE - 1)
    assert scene.released == [scene.session]


def test_a_call_that_takes_long_does_not_use_up_the_time(scene: Scene) -> None:
    identifier = scene.begin()

    async def long_call() -> None:
        members = {"transactionId": identifier, "resourceArn": CLUSTER}
        async with scene.transactions.used(members, 1.0):
            scene.loop.now += 10 * IDLE
            for _ in range(3):
                await asyncio.sleep(0)

    scene.run(long_call)
    assert scene.released == []
    scene.pass_time(IDLE + 1)
    assert scene.released == [scene.session]


def test_a_transaction_that_ended_within_a_call_is_released(scene: Scene) -> None:
    identifier = scene.begin()
    scene.session.goes_on = False
    scene.use(identifier)
    assert scene.released == [scene.session]
    assert cause(scene, identifier).startswith("One previous call resulted")
    scene.pass_time(IDLE + 1)
    assert scene.released == [scene.session]


def test_a_transaction_that_was_taken_is_its_takers(scene: Scene) -> None:
    identifier = scene.begin()
    members = {"transactionId": identifier, "resourceArn": CLUSTER}
    session: Any = scene.session
    assert scene.transactions.take(members) is session
    scene.pass_time(IDLE + 1)
    assert scene.released == []


def test_ids_are_long_and_all_different(scene: Scene) -> None:
    ids = {scene.begin() for _ in range(100)}
    assert len(ids) == 100
    assert {len(each) for each in ids} == {184}
