"""Faults on demand: a share of the calls to our own services fails, or is slow.

`PUT /_emulator/faults` says which; every draw comes from the seed, in the order of the requests.
"""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeGuard

import orjson

from emulator.http import Request, Response, ServiceError
from emulator.operations import PROTOCOLS

CONCURRENT_UPDATE: Final = "concurrent-update"
"""Two writes to one profile at a time. The wording is that of people who met it; AWS has none."""

_CONCURRENT: Final = ServiceError("BadRequestException", "A concurrent update is in-progress")
_MESSAGES: Final = {"ThrottlingException": "Rate exceeded"}
_OTHER_MESSAGE: Final = "This fault was asked for by PUT /_emulator/faults."
_DEFAULT_STATUS: Final = 400
_MAX_LATENCY: Final = 60_000
_KNOWN: Final = ("service", "operation", "probability", "error", "latencyMilliseconds")


class FaultsError(Exception):
    """What was asked for is not what can be done; the message names every mistake."""


@dataclass(slots=True)
class Rule:
    """What may happen to a request. operation: None for all of the service.

    error: None for a delay alone, after which the next rules have their turn.
    """

    asked: dict[str, Any]
    service: str
    operation: str | None
    probability: float
    error: ServiceError | None
    seconds: float
    struck: int = 0


class Faults:
    """The rules that hold now; none at first. Who finds `rules` empty need not ask further."""

    def __init__(self) -> None:
        self.rules: tuple[Rule, ...] = ()
        self._seed = 0
        self._random = random.Random()  # noqa: S311 - to repeat a run, not to keep a secret

    def set(self, body: bytes) -> None:
        """Replace all rules and begin anew with the seed. Raises: FaultsError; all is as before."""
        self._seed, self.rules = _parsed(body)
        self._random.seed(self._seed)

    def clear(self) -> None:
        """Let every request through."""
        self.rules = ()

    def described(self) -> dict[str, Any]:
        """The rules as they were asked for, each with the number of requests that it struck."""
        rules = [rule.asked | {"struck": rule.struck} for rule in self.rules]
        return {"seed": self._seed, "rules": rules}

    async def strike(self, service: str, request: Request) -> Response | None:
        """The answer to a request that fails; None for one that goes on, perhaps late."""
        protocol = PROTOCOLS[service]
        try:
            operation = protocol.operation(request)
        except ServiceError:
            return None
        seconds = 0.0
        error = None
        for rule in self.rules:
            if rule.service != service or rule.operation not in {None, operation}:
                continue
            if self._random.random() < rule.probability:
                rule.struck += 1
                seconds += rule.seconds
                error = rule.error
                if error is not None:
                    break
        if seconds:
            await asyncio.sleep(seconds)
        return None if error is None else protocol.refusal(error)


def _parsed(body: bytes) -> tuple[int, tuple[Rule, ...]]:
    try:
        asked = orjson.loads(body)
    except ValueError:
        raise FaultsError("the body is not JSON") from None
    if not isinstance(asked, dict):
        raise FaultsError("the body is not a JSON object")
    seed, rules = asked.get("seed", 0), asked.get("rules")
    mistakes = [f"unknown member {name}" for name in asked if name not in {"seed", "rules"}]
    if not isinstance(seed, int) or isinstance(seed, bool):
        mistakes.append("seed: must be an integer")
    if not isinstance(rules, list) or not rules:
        mistakes.append("rules: must be a list with at least one rule (DELETE removes all)")
        rules = []
    made = []
    for number, rule in enumerate(rules):
        found = list(_mistakes(rule))
        mistakes += [f"rules[{number}]: {text}" for text in found]
        if not found:
            made.append(_rule(rule))
    if mistakes:
        raise FaultsError("; ".join(mistakes))
    return seed, tuple(made)


def _mistakes(rule: Any) -> Iterator[str]:
    if not isinstance(rule, dict):
        yield "must be an object"
        return
    yield from (f"unknown member {name}" for name in rule if name not in _KNOWN)
    probability, latency = rule.get("probability"), rule.get("latencyMilliseconds", 0)
    if not _is_number(probability) or not 0 <= probability <= 1:
        yield "probability: must be a number from 0 to 1"
    if not _is_number(latency) or not 0 <= latency <= _MAX_LATENCY:
        yield f"latencyMilliseconds: must be a number from 0 to {_MAX_LATENCY}"
    if "error" not in rule and not latency:
        yield "must have an error, or latencyMilliseconds, or both"
    services = _services(rule)
    if not services:
        names = ", ".join(PROTOCOLS)
        yield f"must name a service ({names}), or an operation of one, or both, as they are known"
    elif "error" in rule:
        known = _errors(services[0], rule.get("operation"))
        if rule["error"] not in known:
            yield f"error: {services[0]} has {', '.join(sorted(known))} here"


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


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
    seconds = asked.get("latencyMilliseconds", 0) / 1000
    return Rule(asked, service, operation, asked["probability"], error, seconds)
