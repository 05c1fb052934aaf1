"""Lambda: what happens to an asynchronous invocation until it succeeds or is given up."""

import contextvars
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any, Final

from emulator.ministack_parts import part, replace

log = logging.getLogger("emulator.corrections")

CONCURRENCY: Final = 4
"""Asynchronous invocations of one function at once; AWS scales further, a laptop does not."""

_LAMBDA: Final = "services.lambda_svc"
_NEEDED: Final = (
    "_execute_function",
    "_route_async_failure",
    "_account_region_from_function_config",
)
_BASE: Final = "_LAMBDA_ASYNC_RETRY_BASE_SECONDS"
_RETRIES: Final = 2
_MAXIMUM_AGE_SECONDS: Final = 6 * 3600
_MAXIMUM_DOUBLINGS: Final = 16


@dataclass(slots=True)
class _Invocation:
    """function: ministack's record of it, as it was when the event came."""

    function: dict[str, Any]
    event: Any
    context: contextvars.Context = field(default_factory=contextvars.copy_context)
    since: float = field(default_factory=time.monotonic)
    failures: int = 0
    throttles: int = 0

    @property
    def configuration(self) -> dict[str, Any]:
        """The function's own."""
        configuration: dict[str, Any] = self.function.get("config") or self.function
        return configuration

    @property
    def settings(self) -> dict[str, Any]:
        """The function's EventInvokeConfig."""
        by_qualifier = self.function.get("event_invoke_configs") or {}
        settings: dict[str, Any] = (
            self.function.get("event_invoke_config") or by_qualifier.get("$LATEST") or {}
        )
        return settings


class _Waiting:
    """The events of one function that wait for one of its few threads."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[_Invocation] = SimpleQueue()
        for _ in range(CONCURRENCY):
            threading.Thread(target=self._work, daemon=True).start()

    def put(self, invocation: _Invocation) -> None:
        self._queue.put(invocation)

    def put_after(self, seconds: float, invocation: _Invocation) -> None:
        timer = threading.Timer(seconds, self.put, [invocation])
        timer.daemon = True
        timer.start()

    def _work(self) -> None:
        while True:
            invocation = self._queue.get()
            try:
                # A copy: it may come back, to another thread, before this attempt has returned.
                invocation.context.copy().run(_attempt, invocation, self.put_after)
            except Exception:
                log.exception("an asynchronous invocation ended unexpectedly")


_waiting: Final[dict[str, _Waiting]] = {}
_waiting_lock: Final = threading.Lock()


def asynchronous_invocations_wait_for_their_turn() -> None:
    """Lambda queues events; throttles are retried until the event is too old, errors twice.

    Lambda developer guide, "Asynchronous invocation" and "Error handling for asynchronous
    invocations". ministack starts every event at once, counts a throttle as a failed attempt and
    so gives up a burst of events within a second. The retries of errors are those of the
    EventInvokeConfig; what fails for good goes to the on-failure destination.
    """
    for name in (*_NEEDED, _BASE):
        part(_LAMBDA, name)
    replace(_LAMBDA, "invoke_async_with_retry", invoke)


def invoke(function: dict[str, Any], event: Any) -> None:
    """Queue one event. function: ministack's record of it."""
    invocation = _Invocation(function, event)
    name = invocation.configuration["FunctionArn"]
    with _waiting_lock:
        if name not in _waiting:
            _waiting[name] = _Waiting()
    _waiting[name].put(invocation)


def _attempt(invocation: _Invocation, again: Callable[[float, _Invocation], None]) -> None:
    account, region = part(_LAMBDA, "_account_region_from_function_config")(
        invocation.configuration
    )
    with part("core.responses", "request_scope")(account, region):
        result = part(_LAMBDA, "_execute_function")(invocation.function, invocation.event)
        if not result.get("error"):
            return
        throttled = bool(result.get("throttle"))
        invocation.throttles += throttled
        invocation.failures += not throttled
        delay = _delay(
            invocation.throttles if throttled else invocation.failures, throttled=throttled
        )
        age = time.monotonic() - invocation.since + delay
        retries = invocation.settings.get("MaximumRetryAttempts", _RETRIES)
        too_old = age > invocation.settings.get("MaximumEventAgeInSeconds", _MAXIMUM_AGE_SECONDS)
        if too_old or invocation.failures > retries:
            _give_up(invocation, result)
        else:
            again(delay, invocation)


def _delay(tries: int, *, throttled: bool) -> float:
    """AWS waits one minute, then two, after errors, and one second to five minutes after throttles.

    The same here, with ministack's setting in the place of a minute.
    """
    minute: float = part(_LAMBDA, _BASE)
    first = minute / 60 if throttled else minute
    return min(first * 2.0 ** min(tries - 1, _MAXIMUM_DOUBLINGS), 5 * minute)


def _give_up(invocation: _Invocation, result: dict[str, Any]) -> None:
    destinations = invocation.settings.get("DestinationConfig") or {}
    target = (destinations.get("OnFailure") or {}).get("Destination") or (
        invocation.configuration.get("DeadLetterConfig") or {}
    ).get("TargetArn")
    name = invocation.configuration["FunctionName"]
    if target:
        part(_LAMBDA, "_route_async_failure")(target, name, invocation.event, result)
    else:
        log.warning("an event of function %s failed for good and has nowhere to go", name)
