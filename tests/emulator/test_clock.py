"""A clock that tests move: expiry, times and search delay follow it."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.emulator.test_control import asker

DAY = 86_400
Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def own(start_emulator: Any, tmp_path: Any) -> Iterator[Any]:
    """An emulator of the test's own: its clock is nobody else's."""
    with start_emulator(tmp_path / "log") as emulator:
        yield emulator


@pytest.fixture
def ask(own: Any) -> Ask:
    """Of the test's own emulator."""
    return asker(own)


@pytest.fixture
def people(own: Any, connect: Any, account: str, open_domain: Any) -> Any:
    """A domain whose objects of type `Person` expire after 100 days."""
    customers = open_domain(connect(account, on=own))
    customers.declare(
        "Person",
        {"id": ("id",), "first": ("first", "FirstName"), "tier": ("tier", "Attributes.Tier")},
        {"personId": ("id", "PROFILE", "UNIQUE")},
        ExpirationDays=100,
    )
    return customers


def advance(ask: Ask, seconds: float) -> None:
    assert ask("PUT", "clock", {"advanceSeconds": seconds})[0] == 200


def test_an_object_past_its_expiry_is_gone_and_what_it_wrote_stays(ask: Ask, people: Any) -> None:
    people.put("Person", id="1", first="Ada", tier="gold")
    profile = people.id_of("personId", "1")
    advance(ask, 99 * DAY)
    assert people.objects(profile, "Person") == [{"id": "1", "first": "Ada", "tier": "gold"}]
    advance(ask, 2 * DAY)
    assert people.objects(profile, "Person") == []
    assert people.stats()["ObjectCount"] == 0
    # Whether AWS takes back what an expired object wrote, nobody has published.
    (kept,) = people.find("personId", "1")
    assert (kept["FirstName"], kept["Attributes"]) == ("Ada", {"Tier": "gold"})


def test_an_object_put_again_lives_on_from_then(ask: Ask, people: Any) -> None:
    people.put("Person", id="1", first="Ada")
    advance(ask, 60 * DAY)
    people.put("Person", id="1", first="Ada")
    advance(ask, 60 * DAY)
    assert people.stats()["ObjectCount"] == 1


def test_what_expired_does_not_come_back_with_the_real_time(ask: Ask, people: Any) -> None:
    people.put("Person", id="1", first="Ada")
    advance(ask, 101 * DAY)
    assert ask("DELETE", "clock")[0] == 200
    assert people.stats()["ObjectCount"] == 0


def test_times_in_answers_are_those_of_the_clock(ask: Ask, people: Any) -> None:
    ask("PUT", "clock", {"frozenAt": 2_000_000_000})
    people.call("update_domain", DefaultExpirationDays=30)
    told = people.call("get_domain")["LastUpdatedAt"]
    assert told == datetime.fromtimestamp(2_000_000_000, UTC)
    people.declare("Later", {"id": ("id",)}, {"laterId": ("id", "PROFILE", "UNIQUE")})
    made = people.call("get_profile_object_type", ObjectTypeName="Later")["CreatedAt"]
    assert made == told


def test_the_clock_shows_what_it_tells(ask: Ask) -> None:
    assert ask("PUT", "clock", {"frozenAt": 5})[1] == {
        "now": 5,
        "offsetSeconds": 0,
        "frozenAt": 5,
    }
    assert ask("GET", "clock")[1]["now"] == 5
    _, told = ask("DELETE", "clock")
    assert told["now"] > 1e9
    assert told["frozenAt"] is None


def test_a_put_is_found_only_after_the_search_delay(ask: Ask, people: Any) -> None:
    people.put("Person", id="0", first="Eve")
    ask("PUT", "clock", {"frozenAt": 2_000_000_000})
    assert ask("PUT", "faults", {"searchDelayMilliseconds": 1_000})[0] == 200
    people.put("Person", id="1", first="Ada")
    # Matching sees it at once: the second put is the same customer.
    people.put("Person", id="1", first="Augusta")
    assert people.find("personId", "1") == []
    assert people.find("_fullName", "Augusta") == []
    assert [each["FirstName"] for each in people.find("personId", "0")] == ["Eve"]
    advance(ask, 0.75)
    assert people.find("personId", "1") == []
    advance(ask, 0.25)
    assert [each["FirstName"] for each in people.find("personId", "1")] == ["Augusta"]
    assert people.stats()["ProfileCount"] == 2


def test_a_value_found_before_stays_found_when_it_is_put_again(ask: Ask, people: Any) -> None:
    people.put("Person", id="1", first="Ada", tier="gold")
    ask("PUT", "clock", {"frozenAt": 2_000_000_000})
    ask("PUT", "faults", {"searchDelayMilliseconds": 1_000})
    people.put("Person", id="1", first="Ada", tier="silver")
    assert len(people.find("personId", "1")) == len(people.find("_fullName", "Ada")) == 1
    people.put("Person", id="1", first="Augusta")
    assert len(people.find("personId", "1")) == 1
    assert people.find("_fullName", "Augusta") == []


def test_search_finds_at_once_when_the_faults_are_removed(ask: Ask, people: Any) -> None:
    ask("PUT", "faults", {"searchDelayMilliseconds": 60_000})
    people.put("Person", id="1", first="Ada")
    assert people.find("personId", "1") == []
    ask("DELETE", "faults")
    assert len(people.find("personId", "1")) == 1


def test_the_pace_of_aws_holds_by_the_clock(ask: Ask, people: Any, refused: Any) -> None:
    ask("PUT", "clock", {"frozenAt": 2_000_000_000})
    assert ask("PUT", "faults", {"pace": "aws"})[1]["pace"] == "aws"
    for _ in range(5):
        people.stats()
    refusal = refused(people.stats)
    assert (refusal.status, refusal.code) == (429, "ThrottlingException")
    assert ask("GET", "faults")[1]["throttled"] == {"GetDomain": 1}
    people.put("Person", id="1")
    advance(ask, 0.25)
    assert people.stats()["ProfileCount"] == 1
    ask("DELETE", "faults")
    for _ in range(9):
        people.stats()


def test_the_pace_and_rules_hold_together(ask: Ask, people: Any, refused: Any) -> None:
    rule = {"operation": "GetDomain", "probability": 1, "error": "AccessDeniedException"}
    ask("PUT", "clock", {"frozenAt": 2_000_000_000})
    ask("PUT", "faults", {"rules": [rule], "pace": {"GetDomain": 1}})
    codes = [refused(people.stats).code for _ in range(2)]
    assert codes == ["AccessDeniedException", "ThrottlingException"]


@pytest.mark.parametrize(("drop", "stored"), [("before", 0), ("after", 1)])
def test_a_dropped_connection_closes_without_an_answer(
    ask: Ask, own: Any, people: Any, open_raw: Any, account: str, drop: str, stored: int
) -> None:
    rule = {"operation": "PutProfileObject", "probability": 1, "drop": drop}
    assert ask("PUT", "faults", {"rules": [rule]})[0] == 200
    raw = open_raw(account, own)
    members = {"DomainName": people.name, "ObjectTypeName": "Person"}
    with pytest.raises(ConnectionError):
        raw.run("PutProfileObject", members | {"Object": json.dumps({"id": "1"})})
    raw.close()
    assert ask("GET", "faults")[1]["rules"][0]["struck"] == 1
    assert people.stats()["ObjectCount"] == stored
    (logged,) = [
        each
        for each in ask("GET", "requests")[1]["requests"]
        if each["operation"] == "PutProfileObject"
    ]
    assert logged["status"] is None
