"""How much a domain holds: counted once, then kept true with whatever is written or undone."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from emulator.customer_profiles.service import CustomerProfiles
from emulator.http import Caller, ServiceError
from tests.unit.test_state_formats import NoQueues

CALLER = Caller("111122223333", "us-east-1")
HERE = {"DomainName": "customers"}
TYPE: dict[str, Any] = {
    "ObjectTypeName": "Person",
    "Description": "A person",
    "AllowProfileCreation": True,
    "Fields": {"id": {"Source": "_source.id"}, "who": {"Source": "_source.who"}},
    "Keys": {
        "personId": [{"FieldNames": ["id"], "StandardIdentifiers": ["UNIQUE"]}],
        "who": [{"FieldNames": ["who"], "StandardIdentifiers": ["PROFILE"]}],
    },
}


class Counted:
    """A domain in a service of its own. clock: epoch seconds, by which objects expire."""

    def __init__(self, file: Path | None) -> None:
        self.service = CustomerProfiles(file, NoQueues())
        self.ask("CreateDomain", DefaultExpirationDays=1)
        self.ask("PutProfileObjectType", **TYPE)

    def ask(self, operation: str, **members: Any) -> dict[str, Any]:
        return self.service.call(operation, HERE | members, CALLER)

    def put(self, number: str, who: str = "ada", **more: str) -> None:
        text = json.dumps({"id": number, "who": who} | more, ensure_ascii=False)
        self.ask("PutProfileObject", ObjectTypeName="Person", Object=text)

    def profile(self, who: str) -> str:
        (found,) = self.ask("SearchProfiles", KeyName="who", Values=[who])["Items"]
        return str(found["ProfileId"])

    def told(self) -> tuple[int, int]:
        """(objects, bytes) as GetDomain tells them."""
        stats = self.ask("GetDomain")["Stats"]
        return stats["ObjectCount"], stats["TotalSize"]

    def there(self) -> tuple[int, int]:
        """The same of the rows that there are."""
        rows = self.service.world.database.execute("SELECT text FROM objects").fetchall()
        return len(rows), sum(len(text.encode()) for (text,) in rows)


@pytest.fixture(params=["memory", "file"])
def domain(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Counted]:
    """With three objects of two profiles, counted already."""
    counted = Counted(None if request.param == "memory" else tmp_path / "state.db")
    counted.put("1", first="Zoë")
    counted.put("2", first="👩\u200d🚀")
    counted.put("3", "grace")
    assert counted.told() == counted.there()
    yield counted
    counted.service.world.database.close()


def delete_one(domain: Counted) -> None:
    profile = domain.profile("grace")
    named = {"ObjectTypeName": "Person", "ProfileId": profile}
    (item,) = domain.ask("ListProfileObjects", **named)["Items"]
    domain.ask(
        "DeleteProfileObject", **named, ProfileObjectUniqueKey=item["ProfileObjectUniqueKey"]
    )


def merge(domain: Counted) -> None:
    ada, grace = domain.profile("ada"), domain.profile("grace")
    domain.ask("MergeProfiles", MainProfileId=ada, ProfileIdsToBeMerged=[grace])


CHANGES: dict[str, tuple[Callable[[Counted], Any], int]] = {
    "a new object": (lambda domain: domain.put("4", first="é"), 4),
    "the same object, longer": (lambda domain: domain.put("1", first="éèê" * 9), 3),
    "the same object, shorter": (lambda domain: domain.put("2"), 3),
    "an object that goes to another profile": (lambda domain: domain.put("1", "grace"), 3),
    "an object less": (delete_one, 2),
    "a profile less": (
        lambda domain: domain.ask("DeleteProfile", ProfileId=domain.profile("ada")),
        1,
    ),
    "profiles that become one": (merge, 3),
    "a type less": (
        lambda domain: domain.ask("DeleteProfileObjectType", ObjectTypeName="Person"),
        0,
    ),
    "objects that expire": (lambda domain: domain.service.set_clock(lambda: 9e9), 0),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_domain_tells_what_it_holds_after(domain: Counted, change: str) -> None:
    act, objects = CHANGES[change]
    act(domain)
    assert domain.told() == domain.there()
    assert domain.told()[0] == objects


def test_a_domain_made_anew_holds_nothing(domain: Counted) -> None:
    domain.ask("DeleteDomain")
    domain.ask("CreateDomain", DefaultExpirationDays=1)
    assert domain.told() == (0, 0)
    domain.service.reset()
    domain.ask("CreateDomain", DefaultExpirationDays=1)
    assert domain.told() == (0, 0)


def test_what_was_undone_does_not_count(domain: Counted) -> None:
    before = domain.told()
    database = domain.service.world.database
    with suppress(LookupError), database.transaction():
        domain.service.world.domain(CALLER, "customers").engine.put("Person", '{"id": 9, "who": 9}')
        raise LookupError
    assert domain.told() == domain.there() == before


def test_the_objects_of_a_domain_are_counted_once_however_often_it_is_asked(
    domain: Counted,
) -> None:
    asked: list[str] = []
    domain.service.world.database.connection.set_trace_callback(asked.append)
    for number in range(9):
        domain.put(str(number), first="é")
        with suppress(ServiceError):
            domain.ask("PutProfileObject", ObjectTypeName="Person", Object="{}")
        domain.told()
    assert domain.told() == domain.there()
    assert asked
    assert [each for each in asked if "sum(length" in each] == []
