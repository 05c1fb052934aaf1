"""Faults on demand: what is asked for is checked, drawn from the seed, and counted."""

import asyncio
import json
from typing import Any

import pytest

from emulator.faults import Faults, FaultsError
from emulator.http import Caller, Request

CALLER = Caller("111122223333", "us-east-1")

THROTTLED = {"operation": "PutProfileObject", "probability": 0.3, "error": "ThrottlingException"}
BROKEN = {"service": "profile", "probability": 0.1, "error": "InternalServerException"}


def request(method: str = "PUT", path: str = "/domains/d/profiles/objects") -> Request:
    return Request(method, path, "", [], b"{}", CALLER)


def asked(*rules: dict[str, Any], seed: int = 1) -> Faults:
    """Faults with these rules."""
    faults = Faults()
    faults.set(json.dumps({"seed": seed, "rules": rules}).encode())
    return faults


def codes(faults: Faults, count: int) -> list[str]:
    """What comes of so many puts: the error's code, or "" for one that goes on."""

    async def strikes() -> list[str]:
        answers = [await faults.strike("profile", request()) for _ in range(count)]
        return [
            "" if each is None else dict(each.headers)[b"x-amzn-errortype"].decode()
            for each in answers
        ]

    return asyncio.run(strikes())


def test_without_rules_there_is_nothing_to_ask() -> None:
    assert not Faults().rules


def test_about_the_asked_share_of_the_requests_fails() -> None:
    drawn = codes(asked(THROTTLED), 1_000)
    assert 250 < drawn.count("ThrottlingException") < 350
    assert drawn.count("") == 1_000 - drawn.count("ThrottlingException")


def test_the_same_seed_strikes_the_same_requests() -> None:
    assert codes(asked(THROTTLED, BROKEN), 200) == codes(asked(THROTTLED, BROKEN), 200)


def test_another_seed_strikes_others() -> None:
    assert codes(asked(THROTTLED), 200) != codes(asked(THROTTLED, seed=2), 200)


def test_asking_again_begins_anew() -> None:
    faults = asked(THROTTLED)
    first = codes(faults, 50)
    faults.set(json.dumps({"seed": 1, "rules": [THROTTLED]}).encode())
    assert codes(faults, 50) == first


def test_requests_that_no_rule_is_about_use_up_no_draws() -> None:
    async def strike_others(faults: Faults) -> list[Any]:
        others = [request("GET", "/domains/d"), request("GET", "/nowhere")]
        found = [await faults.strike("profile", each) for each in others]
        return [*found, await faults.strike("rds-data", request("POST", "/Execute"))]

    faults = asked(THROTTLED)
    assert asyncio.run(strike_others(faults)) == [None] * 3
    assert codes(faults, 50) == codes(asked(THROTTLED), 50)


def test_a_rule_without_an_operation_is_about_all_of_its_service() -> None:
    faults = asked(BROKEN | {"probability": 1})
    assert asyncio.run(faults.strike("profile", request("GET", "/domains"))) is not None
    assert asyncio.run(faults.strike("rds-data", request("POST", "/Execute"))) is None


def test_the_first_rule_that_strikes_decides() -> None:
    certain = [THROTTLED | {"probability": 1}, BROKEN | {"probability": 1}]
    faults = asked(*certain)
    assert codes(faults, 3) == ["ThrottlingException"] * 3
    assert [rule["struck"] for rule in faults.described()["rules"]] == [3, 0]


def test_what_was_asked_for_is_shown_with_what_it_struck() -> None:
    faults = asked(THROTTLED, seed=7)
    struck = 20 - codes(faults, 20).count("")
    assert faults.described() == {"seed": 7, "rules": [THROTTLED | {"struck": struck}]}


def test_a_delay_alone_lets_the_request_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("asyncio.sleep", sleep)
    slow = {"operation": "PutProfileObject", "probability": 1, "latencyMilliseconds": 250}
    assert codes(asked(slow), 1) == [""]
    assert codes(asked(slow, BROKEN | {"probability": 1}), 1) == ["InternalServerException"]
    assert slept == [0.25, 0.25]


def test_nothing_strikes_after_the_rules_are_removed() -> None:
    faults = asked(THROTTLED | {"probability": 1})
    faults.clear()
    assert codes(faults, 3) == [""] * 3
    assert faults.described()["rules"] == []


@pytest.mark.parametrize(
    ("body", "mistake"),
    [
        ("{", "the body is not JSON"),
        ("[]", "the body is not a JSON object"),
        ("{}", "rules: must be a list with at least one rule"),
        ({"rules": []}, "rules: must be a list with at least one rule"),
        ({"rules": [THROTTLED], "sede": 1}, "unknown member sede"),
        ({"rules": [THROTTLED], "seed": "1"}, "seed: must be an integer"),
        ({"rules": [THROTTLED], "seed": True}, "seed: must be an integer"),
        ({"rules": [THROTTLED, 1]}, r"rules\[1\]: must be an object"),
        ({"rules": [THROTTLED | {"chance": 1}]}, r"rules\[0\]: unknown member chance"),
        ({"rules": [THROTTLED | {"probability": 1.5}]}, "probability: must be a number"),
        ({"rules": [THROTTLED | {"probability": True}]}, "probability: must be a number"),
        ({"rules": [BROKEN | {"probability": None}]}, "probability: must be a number"),
        ({"rules": [THROTTLED | {"latencyMilliseconds": -1}]}, "latencyMilliseconds: must be"),
        ({"rules": [{"service": "profile", "probability": 1}]}, "must have an error, or latency"),
        ({"rules": [{"probability": 1, "error": "X"}]}, "must name a service"),
        ({"rules": [BROKEN | {"service": "sqs"}]}, "must name a service"),
        ({"rules": [BROKEN | {"service": ["profile"]}]}, r"rules\[0\]: service: must be a text"),
        ({"rules": [BROKEN | {"operation": {}}]}, r"rules\[0\]: operation: must be a text"),
        ({"rules": [BROKEN | {"error": [None]}]}, r"rules\[0\]: error: must be a text"),
        ({"rules": [BROKEN | {"operation": "PutObject"}]}, "must name a service"),
        ({"rules": [THROTTLED | {"service": "rds-data"}]}, "must name a service"),
        ({"rules": [THROTTLED | {"error": "NoSuchException"}]}, "error: profile has AccessDenied"),
        (
            {"rules": [{"service": "rds-data", "probability": 1, "error": "concurrent-update"}]},
            "error: rds-data has",
        ),
    ],
)
def test_a_mistake_is_named_and_changes_nothing(body: Any, mistake: str) -> None:
    faults = asked(THROTTLED)
    before = faults.described()
    with pytest.raises(FaultsError, match=mistake):
        faults.set((body if isinstance(body, str) else json.dumps(body)).encode())
    assert faults.described() == before


def test_all_mistakes_are_named_at_once() -> None:
    with pytest.raises(FaultsError) as refused:
        asked({"probability": 2}, THROTTLED | {"latencyMilliseconds": "1"})
    text = str(refused.value)
    assert text.count("rules[0]") == 3
    assert text.count("rules[1]") == 1
