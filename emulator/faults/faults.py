"""The faults that hold now, and what they do to a request."""

import asyncio
import random
from typing import Any

from emulator.clock import Clock
from emulator.faults.rules import Rule, parsed
from emulator.http import Request, Response, ServiceError
from emulator.operations import PROTOCOLS
from emulator.pace import Pace


class DroppedError(Exception):
    """The connection is to be closed without an answer. worked: only after the work is done."""

    def __init__(self, *, worked: bool) -> None:
        super().__init__()
        self.worked = worked


class Faults:
    """What holds now; nothing at first. Who finds it not `active` need not ask further.

    search_delay: seconds until what was put is found; whoever changes the faults passes it on.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self.active = False
        self.rules: tuple[Rule, ...] = ()
        self.search_delay = 0.0
        self._clock = Clock() if clock is None else clock
        self._pace: Pace | None = None
        self._asked: dict[str, Any] = {}
        self._seed = 0
        self._random = random.Random()  # noqa: S311 - to repeat a run, not to keep a secret

    def set(self, body: bytes) -> None:
        """Replace all that holds and begin anew with the seed.

        Raises: FaultsError; all is as before.
        """
        wish = parsed(body)
        self._seed, self.rules, self._asked = wish.seed, wish.rules, wish.asked
        self.search_delay = wish.search_delay
        self._pace = Pace(wish.pace, self._clock) if wish.pace else None
        self.active = bool(self.rules) or self._pace is not None
        self._random.seed(self._seed)

    def clear(self) -> None:
        """Let every request through."""
        self.active, self.rules, self._pace, self._asked = False, (), None, {}
        self.search_delay = 0.0

    def described(self) -> dict[str, Any]:
        """All as it was asked for, each rule with the number of requests that it struck."""
        rules = [rule.asked | {"struck": rule.struck} for rule in self.rules]
        throttled = {} if self._pace is None else {"throttled": self._pace.throttled}
        return {"seed": self._seed, "rules": rules} | self._asked | throttled

    async def strike(self, service: str, request: Request) -> Response | None:
        """The answer to a request that fails; None for one that goes on, perhaps late.

        Raises: DroppedError.
        """
        protocol = PROTOCOLS[service]
        try:
            operation = protocol.operation(request)
        except ServiceError:
            return None
        if service == "profile" and self._pace is not None:
            refused = self._pace.refusal(operation, request.caller)
            if refused is not None:
                return protocol.refusal(refused)
        milliseconds, struck = self._drawn(service, operation)
        if milliseconds:
            await asyncio.sleep(milliseconds / 1000)
        if struck is None:
            return None
        if struck.error is None:
            raise DroppedError(worked=struck.drop == "after")
        return protocol.refusal(struck.error)

    def _drawn(self, service: str, operation: str) -> tuple[float, Rule | None]:
        """(milliseconds of delay, the rule that decides what follows)."""
        milliseconds = 0.0
        for rule in self.rules:
            if rule.service != service or rule.operation not in {None, operation}:
                continue
            if self._random.random() < rule.probability:
                rule.struck += 1
                if rule.delay is not None:
                    milliseconds += rule.delay(self._random)
                if rule.error is not None or rule.drop is not None:
                    return milliseconds, rule
        return milliseconds, None
