"""EventBridge: how an event reaches a function, and where it goes when it cannot."""

import json
import logging
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

from emulator.corrections.queues import put_message
from emulator.ministack_parts import part, wrap

log = logging.getLogger("emulator.corrections")

PRINCIPAL: Final = "events.amazonaws.com"
NO_RESOURCE: Final = "NO_RESOURCE"
NO_PERMISSIONS: Final = "NO_PERMISSIONS"
MAXIMUM_REQUEST_BYTES: Final = 1024 * 1024

_EVENTS: Final = "services.eventbridge"
_LAMBDA: Final = "services.lambda_svc"
_TIME_BYTES: Final = 14


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one target of a rule or schedule; all three as ministack has them."""

    target: dict[str, Any]
    rule: dict[str, Any]
    event: dict[str, Any]


_current: ContextVar[Delivery | None] = ContextVar("delivery", default=None)


def functions_are_invoked_asynchronously() -> None:
    """A rule invokes a function asynchronously; without the function the event is a dead letter.

    EventBridge user guide, "Event bus targets" (Lambda functions are invoked asynchronously) and
    "Using dead-letter queues to process undelivered events": a target that does not exist is not
    retried, the event goes to the target's queue with RULE_ARN, TARGET_ARN, ERROR_CODE and
    ERROR_MESSAGE. ministack runs the function once, ignores its failure and knows no such queue.
    """
    wrap(_EVENTS, "_invoke_target", _remembering)
    wrap(_EVENTS, "_dispatch_to_lambda", lambda _: _to_function)


def requests_over_a_mebibyte_are_refused() -> None:
    """PutEvents refuses entries of more than 1 MiB in all.

    EventBridge user guide, "Calculating PutEvents event entry size", for what counts; the limit was
    256 KB until January 2026 (AWS news). ministack takes any size.
    """
    wrap(_EVENTS, "_put_events", _of_limited_size)


def dead_letter(delivery: Delivery, code: str, message: str) -> None:
    """Send the event to the target's dead-letter queue, if it has one that lets EventBridge send.

    The dead letters of EventBridge Scheduler look different; they are only logged.
    """
    target_arn, rule_arn = delivery.target["Arn"], delivery.rule["Arn"]
    queue_arn = (delivery.target.get("DeadLetterConfig") or {}).get("Arn", "")
    _, _, source, _, account, *_ = rule_arn.split(":")
    queue = part("services.sqs", "_queue_by_arn")(queue_arn) if source == "events" else None
    if queue is None or not part("services.sqs", "queue_policy_allows")(
        queue_arn, PRINCIPAL, rule_arn, account
    ):
        log.warning("an event of %s is lost: %s, %s", rule_arn, code, message)
        return
    attributes = {
        "RULE_ARN": rule_arn,
        "TARGET_ARN": target_arn,
        "ERROR_CODE": code,
        "ERROR_MESSAGE": message,
    }
    put_message(queue, json.dumps(delivery.event), attributes)


def event_of(event: dict[str, Any], view: Any) -> tuple[Any, dict[str, Any]]:
    """(ministack's view of an event, the event as a target sees it). view: may be None."""
    view = view or part(_EVENTS, "_pattern_event_view")(event)
    return view, view.event_with_detail()


def _remembering(original: Callable[..., None]) -> Callable[..., None]:
    def invoke_target(
        target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], view: Any = None
    ) -> None:
        view, seen = event_of(event, view)
        token = _current.set(Delivery(target, rule, seen))
        try:
            original(target, event, rule, view)
        finally:
            _current.reset(token)

    return invoke_target


def _to_function(arn: str, payload: str) -> None:
    function, configuration, _ = part(_LAMBDA, "_get_func_record_for_ref")(arn)
    if function is None or configuration is None:
        delivery = _current.get()
        if delivery is not None:
            dead_letter(delivery, NO_RESOURCE, f"Function not found: {arn}")
        return
    record = part(_LAMBDA, "_execution_record_for_config")(function, configuration)
    try:
        event = json.loads(payload)
    except ValueError:
        # An input template of plain text.
        event = payload
    part(_LAMBDA, "invoke_async_with_retry")(record, event)


def _of_limited_size(original: Callable[..., Any]) -> Callable[..., Any]:
    def put_events(request: dict[str, Any], *arguments: Any, **options: Any) -> Any:
        if sum(map(_size, request.get("Entries", []))) > MAXIMUM_REQUEST_BYTES:
            text = "Total size of the entries in the request is over the limit."
            return part("core.responses", "error_response_json")("ValidationException", text, 400)
        return original(request, *arguments, **options)

    return put_events


def _size(entry: dict[str, Any]) -> int:
    texts = [entry.get(name) or "" for name in ("Source", "DetailType", "Detail")]
    texts += entry.get("Resources") or []
    return sum(len(text.encode()) for text in texts) + _TIME_BYTES * ("Time" in entry)
