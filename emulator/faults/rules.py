"""What `PUT /_emulator/faults` may ask for, checked, and turned into rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from emulator.faults import latency
from emulator.faults.latency import Draw
from emulator.http import ServiceError
from emulator.json_values import is_number
from emulator.operations import PROTOCOLS
from emulator.pace import rates_of

CONCURRENT_UPDATE: Final = "concurrent-update"
"""Two writes to one profile at a time. The wording is that of people who met it; AWS has none."""

_CONCURRENT: Final = ServiceError("BadRequestException", "A concurrent update is in-progress")
_MESSAGES: Final = {"ThrottlingException": "Rate exceeded"}
_OTHER_MESSAGE: Final = "This fault was asked for by PUT /_emulator/faults."
_DEFAULT_STATUS: Final = 400
_MAX_DELAY: Final = 3_600_000
_TEXTS: Final = ("service", "operation", "error")
_KNOWN: Final = ("service", "operation", "probability", "error", "drop", "latencyMilliseconds")
_MEMBERS: Final = ("seed", "rules", "pace", "searchDelayMilliseconds")
_DROPS: Final = ("before", "after")


class FaultsError(Exception):
    """What was asked for is not what can be done; the message names every mistake."""


@dataclass(slots=True)
class Rule:
    """What may happen to a request. operation: None for all of the service.

    error: None for a delay alone, after which the next rules have their turn. drop: "before" or
    "after" the work the connection is closed instead of an answer. delay: None for none.
    """

    asked: dict[str, Any]
    service: str
    operation: str | None
    probability: float
    error: ServiceError | None
    drop: str | None
    delay: Draw | None
    struck: int = 0


@dataclass(frozen=True, slots=True)
class Wish:
    """All that was asked for. pace: requests per second by operation; search_delay: seconds."""

    seed: int
    rules: tuple[Rule, ...]
    pace: Mapping[str, float]
    search_delay: float
    asked: dict[str, Any]


def parsed(body: bytes) -> Wish:
    """Raises: FaultsError naming every mistake."""
    try:
        asked = orjson.loads(body)
    except ValueError:
        raise FaultsError("the body is not JSON") from None
    if not isinstance(asked, dict):
        raise FaultsError("the body is not a JSON object")
    seed, rules = asked.get("seed", 0), asked.get("rules")
    mistakes = [f"unknown member {name}" for name in asked if name not in _MEMBERS]
    if not isinstance(seed, int) or isinstance(seed, bool):
        mistakes.append("seed: must be an integer")
    others = asked.keys() & {"pace", "searchDelayMilliseconds"}
    if not isinstance(rules, list) or not rules:
        if rules is not None or not others:
            mistakes.append("rules: must be a list with at least one rule (DELETE removes all)")
        rules = []
    made = []
    for number, rule in enumerate(rules):
        found = list(_mistakes(rule))
        mistakes += [f"rules[{number}]: {text}" for text in found]
        if not found:
            made.append(_rule(rule))
    rates, wrong = rates_of(asked.get("pace"))
    mistakes += wrong
    delay = asked.get("searchDelayMilliseconds", 0)
    if not is_number(delay) or not 0 <= delay <= _MAX_DELAY:
        mistakes.append(f"searchDelayMilliseconds: must be a number from 0 to {_MAX_DELAY}")
    if mistakes:
        raise FaultsError("; ".join(mistakes))
    return Wish(seed, tuple(made), rates, delay / 1000, {name: asked[name] for name in others})


def _mistakes(rule: Any) -> Iterator[str]:
    if not isinstance(rule, dict):
        yield "must be an object"
        return
    yield from (f"unknown member {name}" for name in rule if name not in _KNOWN)
    probability, delay = rule.get("probability"), rule.get("latencyMilliseconds", 0)
    if not is_number(probability) or not 0 <= probability <= 1:
        yield "probability: must be a number from 0 to 1"
    yield from (f"latencyMilliseconds: {text}" for text in latency.mistakes(delay))
    if "error" in rule and "drop" in rule:
        yield "must not have both an error and a drop: what is dropped gets no answer"
    elif not delay and "error" not in rule and "drop" not in rule:
        yield "must have an error, or latencyMilliseconds, or a drop"
    if rule.get("drop", "before") not in _DROPS:
        yield f"drop: must be one of {', '.join(_DROPS)} (the work is done)"
    no_texts = [name for name in _TEXTS if not isinstance(rule.get(name), str | None)]
    if no_texts:
        yield from (f"{name}: must be a text" for name in no_texts)
        return
    services = _services(rule)
    if not services:
        names = ", ".join(PROTOCOLS)
        yield f"must name a service ({names}), or an operation of one, or both, as they are known"
    elif "error" in rule:
        known = _errors(services[0], rule.get("operation"))
        if rule["error"] not in known:
            yield f"error: {services[0]} has {', '.join(sorted(known))} here"


def _services(rule: dict[str, Any]) -> list[str]:
    """The services that a rule may mean."""
    service, operation = rule.get("service"), rule.get("operation")
    if service is None and operation is None:
        return []
    return [
        name
        for name, protocol in PROTOCOLS.items()
        if service in {None, name} and operation in {None, *protocol.model().operation_names}
    ]


def _errors(service: str, operation: str | None) -> dict[str, ServiceError]:
    """The errors that the model has for an operation, or for any of the service, by their names."""
    model = PROTOCOLS[service].model()
    errors = {CONCURRENT_UPDATE: _CONCURRENT} if service == "profile" else {}
    for name in model.operation_names if operation is None else [operation]:
        for shape in model.operation_model(name).error_shapes:
            status = shape.metadata.get("error", {}).get("httpStatusCode", _DEFAULT_STATUS)
            message = _MESSAGES.get(shape.name, _OTHER_MESSAGE)
            errors[shape.name] = ServiceError(shape.name, message, status)
    return errors


def _rule(asked: dict[str, Any]) -> Rule:
    service = _services(asked)[0]
    operation = asked.get("operation")
    error = _errors(service, operation)[asked["error"]] if "error" in asked else None
    delay = latency.draw_of(asked.get("latencyMilliseconds", 0))
    probability = asked["probability"]
    return Rule(asked, service, operation, probability, error, asked.get("drop"), delay)
