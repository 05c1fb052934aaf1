"""Puts objects of source systems into Customer Profiles: the function behind all three ways in.

Deployed inline, so it is one file that needs only what the Python runtime of Lambda has. Each
object ends as one of: delivered; retry, which whoever invoked the function does again; rejected,
which is on record in the rejects queue. Nothing printed or raised has a value of an object in it.
"""

import hashlib
import json
import math
import os
import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

DOMAIN_NAME: Final = os.environ["DOMAIN_NAME"]
REJECTS_QUEUE_URL: Final = os.environ["REJECTS_QUEUE_URL"]
METRICS_NAMESPACE: Final = os.environ["METRICS_NAMESPACE"]
OBJECT_KEYS: Final[dict[str, str]] = json.loads(os.environ["OBJECT_KEYS"])
"""Object type -> path of its unique key's first field in the object, such as `customer.id`."""

EVENTS, TOPIC, BATCH = "events", "topic", "batch"
DELIVERED, RETRY, REJECTED = "delivered", "retry", "rejected"

CONNECT_SECONDS: Final = 1.5
READ_SECONDS: Final = 3.0
RESERVE_SECONDS: Final = 5.0
"""No call starts with less time left than this, and none takes as long."""
BACKOFF_BASE_SECONDS: Final = 0.1
BACKOFF_CAP_SECONDS: Final = 5.0

MAX_OBJECT_CHARACTERS: Final = 256_000
MAX_ORIGIN_CHARACTERS: Final = 1_500
MAX_REASON_CHARACTERS: Final = 1_000
MAX_BODY_BYTES: Final = 1024 * 1024 - 16 * 1024
"""Body and attributes together have 1 MiB (SQS guide, "Amazon SQS message quotas")."""
MAX_METRIC_VALUES: Final = 100

RETRIED_CODES: Final = (
    "ThrottlingException",
    "TooManyRequestsException",
    "InternalServerException",
)
_TOO_MANY_REQUESTS: Final = 429
_SERVER_ERROR: Final = 500
_TYPE_NAME: Final = re.compile(r"[a-zA-Z_][a-zA-Z_0-9-]{0,254}")
_NOT_SENDABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ACCEPTED: Final = (
    "accepted are an EventBridge event with id, detail-type and detail; SQS Records with messageId"
    ' and body; and Step Functions items, one or {"Items": [...]}, with Object and Origin'
)

now: Callable[[], float] = time.time
sleep: Callable[[float], None] = time.sleep
jitter: Callable[[float, float], float] = random.SystemRandom().uniform


class DeliveryError(Exception):
    """Some objects have to be tried again, by whoever invoked the function."""


@dataclass(frozen=True, slots=True)
class Change:
    """An object on its way. age: seconds since it left its source; group: of a FIFO queue."""

    way: str
    origin: str
    object_type: str
    text: str
    age: float | None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call failed. passing: another try may succeed."""

    code: str
    message: str
    passing: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a change: DELIVERED, RETRY or REJECTED."""

    kind: str
    attempts: int
    code: str | None = None


@cache
def client(service: str) -> Any:
    """One per process, without retries of botocore's own: only we know the time that is left."""
    session: Any = boto3.Session()
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 1},
    )
    return session.client(service, config=config)


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Put what the event holds.

    Returns: for SQS, the messages to deliver again (Lambda guide, "Implementing partial batch
    responses"); otherwise how many objects are accounted for. Raises: DeliveryError where objects
    of events or batches have to be tried again; ValueError for an event of another shape.
    """
    way, changes = read_event(event)
    outcomes = _deliver(changes, context)
    _print_metrics(way, changes, outcomes)
    again = [each for each in zip(changes, outcomes, strict=True) if each[1].kind == RETRY]
    if way == TOPIC:
        identifiers = [change.origin.removeprefix("message ") for change, _ in again]
        return {"batchItemFailures": [{"itemIdentifier": each} for each in identifiers]}
    if again:
        first = again[0][1].code
        raise DeliveryError(f"{len(again)} of {len(changes)} to be tried again, first for {first}")
    rejected = sum(each.kind == REJECTED for each in outcomes)
    accounted = len(outcomes)
    return {DELIVERED: accounted - rejected, REJECTED: rejected, "accounted": accounted}


def read_event(event: Any) -> tuple[str, list[Change]]:
    """The way in and the changes of an invocation. Raises: ValueError."""
    match event:
        case {"Records": [*records]}:
            return TOPIC, [_from_message(each) for each in records]
        case {"id": identifier, "detail-type": object_type, "detail": detail}:
            # EventBridge guide, "Event structure"
            origin = f"event {_identifier(identifier)}"
            sent = _age(event.get("time"))
            return EVENTS, [Change(EVENTS, origin, _text(object_type), _json(detail), sent)]
        case {"Items": [*items]}:
            return BATCH, [_from_item(each) for each in items]
    return BATCH, [_from_item(event)]


def _from_message(record: Any) -> Change:
    """Lambda guide, "Using Lambda with Amazon SQS". The body stays as it is, word for word."""
    match record:
        case {"messageId": identifier, "body": str(text)}:
            origin = f"message {_identifier(identifier)}"
        case _:
            raise ValueError(_ACCEPTED)
    object_type = _at(record, "messageAttributes", "ObjectType", "stringValue")
    if object_type is None:
        # SNS guide, "Raw message delivery": without it the message is in an envelope
        match _parsed(text):
            case {"Type": "Notification", "TopicArn": _, "Message": str(message), **others}:
                text, object_type = message, _at(others, "MessageAttributes", "ObjectType", "Value")
    sent = _text(_at(record, "attributes", "SentTimestamp"))
    age = _age(int(sent) / 1000) if sent.isdecimal() else None
    group = _text(_at(record, "attributes", "MessageGroupId")) or None
    return Change(TOPIC, origin, _text(object_type), text, age, group)


def _from_item(item: Any) -> Change:
    """Step Functions guide, "ItemBatcher (Map)"; the state machine gives items their members."""
    match item:
        case {"Origin": origin, "Object": value}:
            age = _age(item.get("ExtractedAt"))
            object_type = _text(item.get("ObjectType"))
            return Change(BATCH, _identifier(origin), object_type, _json(value), age)
    raise ValueError(_ACCEPTED)


def _identifier(value: Any) -> str:
    """Rejects are told apart by it, so that nothing can stand in for a missing one."""
    if not isinstance(value, str) or not 0 < len(value) <= MAX_ORIGIN_CHARACTERS:
        raise ValueError(_ACCEPTED)
    return value


def _age(moment: Any) -> float | None:
    """Seconds since an ISO text or seconds of the epoch; None for anything else."""
    try:
        if isinstance(moment, str):
            moment = datetime.fromisoformat(moment).timestamp()
        age = now() - moment
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, age) if math.isfinite(age) else None


def _deliver(changes: Sequence[Change], context: Any) -> list[Outcome]:
    """Put one after the other, and log each.

    Once one of a FIFO group is not delivered, the later ones of the group are not tried, so that
    they come again in order (Lambda guide, "Implementing partial batch responses", FIFO queues).
    """
    outcomes = []
    blocked = set()
    for index, change in enumerate(changes):
        started = now()
        if change.group in blocked:
            outcome = Outcome(RETRY, 0, "GroupBlocked")
        else:
            outcome = _put(change, context, len(changes) - index)
        if outcome.kind == RETRY and change.group is not None:
            blocked.add(change.group)
        _print_outcome(change, outcome, now() - started)
        outcomes.append(outcome)
    return outcomes


def _put(change: Change, context: Any, waiting: int) -> Outcome:
    """Put one object. waiting: how many share the time that is left, this one included.

    An object that fails again and again uses up its own share only, not that of its batch.
    """
    left = _seconds_left(context) - RESERVE_SECONDS
    floor = RESERVE_SECONDS + left * (waiting - 1) / waiting
    attempts, failure = 0, _problem(change)
    if failure is None:
        members = {"ObjectTypeName": change.object_type, "Object": change.text}
        put = client("customer-profiles").put_profile_object
        attempts, failure = _call(lambda: put(DomainName=DOMAIN_NAME, **members), context, floor)
    if failure is None:
        return Outcome(DELIVERED, attempts)
    if failure.passing:
        return Outcome(RETRY, attempts, failure.code)
    message = _reject_message(change, failure)
    _, not_sent = _call(lambda: client("sqs").send_message(**message), context, floor)
    if not_sent is not None:
        return Outcome(RETRY, attempts, f"RejectNotSent.{not_sent.code}")
    return Outcome(REJECTED, attempts, failure.code)


def _problem(change: Change) -> Failure | None:
    """Why the service cannot take it (Customer Profiles API reference, PutProfileObject)."""
    if not change.object_type:
        return Failure("ObjectTypeMissing", "there is no object type")
    if (length := len(change.text)) > MAX_OBJECT_CHARACTERS:
        limit = f"the limit is {MAX_OBJECT_CHARACTERS}"
        return Failure("ObjectTooLarge", f"the object has {length} characters, {limit}")
    if not isinstance(_parsed(change.text), dict):
        return Failure("NotAnObject", "the object is not a JSON object")
    return None


def _call(
    operation: Callable[[], object], context: Any, floor: float
) -> tuple[int, Failure | None]:
    """Attempts, and why the last one failed. floor: seconds that retries must leave.

    Full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter").
    """
    attempts = 0
    failure = Failure("OutOfTime", "", passing=True)
    while _seconds_left(context) >= RESERVE_SECONDS:
        attempts += 1
        try:
            operation()
        except ClientError as error:
            failure = _failure(error)
        except BotoCoreError as error:  # no answer: a connection that failed, or a timeout
            failure = Failure(type(error).__name__, "", passing=True)
        else:
            return attempts, None
        most = BACKOFF_BASE_SECONDS * 2 ** min(attempts - 1, 10)
        delay = jitter(0.0, min(BACKOFF_CAP_SECONDS, most))
        if not failure.passing or _seconds_left(context) - delay < floor:
            break
        sleep(delay)
    return attempts, failure


def _failure(error: ClientError) -> Failure:
    """Passing are throttling, failures of the service, and two writers of a profile at a time.

    Customer Profiles API reference, PutProfileObject, "Errors"; the text about concurrent updates
    is known from users of the service only.
    """
    code = str(_at(error.response, "Error", "Code") or "Unknown")
    message = str(_at(error.response, "Error", "Message") or "")
    status = int(_at(error.response, "ResponseMetadata", "HTTPStatusCode") or 0)
    passing = code in RETRIED_CODES or status == _TOO_MANY_REQUESTS or status >= _SERVER_ERROR
    concurrent = code == "BadRequestException" and "concurrent update" in message.lower()
    return Failure(code, message, passing=passing or concurrent)


def _reject_message(change: Change, failure: Failure) -> dict[str, Any]:
    """The object with why it was refused: once per origin, and none waits for another."""
    body, note = _sendable(change.text), ""
    if not 0 < len(body.encode()) <= MAX_BODY_BYTES:
        digest = _sha256(change.text)
        body = _json({"truncated": True, "length": len(change.text), "sha256": digest})
        note = " (an object of this length cannot be a message, so that it was truncated)"
    reason = f"{failure.code}: {failure.message}"[: MAX_REASON_CHARACTERS - len(note)] + note
    attributes = {
        "Reason": reason,
        "ObjectType": change.object_type[:255] or "-",
        "Origin": change.origin,
        "Way": change.way,
        "RejectedAt": datetime.fromtimestamp(now(), UTC).isoformat(timespec="milliseconds"),
    }
    identity = _sha256(change.origin)
    return {
        "QueueUrl": REJECTS_QUEUE_URL,
        "MessageBody": body,
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": _sendable(value)}
            for name, value in attributes.items()
        },
        "MessageDeduplicationId": identity,
        "MessageGroupId": identity,
    }


def _print_outcome(change: Change, outcome: Outcome, seconds: float) -> None:
    """One line, in which an object can be recognised by its key's hash, but not read."""
    object_type = change.object_type if _TYPE_NAME.fullmatch(change.object_type) else "-"
    line = {
        "level": {DELIVERED: "INFO", RETRY: "WARN", REJECTED: "ERROR"}[outcome.kind],
        "way": change.way,
        "origin": change.origin,
        "objectType": object_type,
        "outcome": outcome.kind,
        "attempts": outcome.attempts,
        "milliseconds": round(seconds * 1000),
    }
    if outcome.code is not None:
        line["code"] = outcome.code
    if key := _text(_at(_parsed(change.text), *OBJECT_KEYS.get(object_type, "").split("."))):
        line["keyHash"] = _sha256(f"{DOMAIN_NAME}/{object_type}/{key}")[:16]
    print(json.dumps(line))


def _print_metrics(way: str, changes: Sequence[Change], outcomes: Sequence[Outcome]) -> None:
    """CloudWatch guide, "Specification: Embedded metric format". Of the ages, the longest ones."""
    kinds = [each.kind for each in outcomes]
    values: dict[str, Any] = {
        "Delivered": kinds.count(DELIVERED),
        "Retried": kinds.count(RETRY),
        "Rejected": kinds.count(REJECTED),
    }
    delivered = [change for change, kind in zip(changes, kinds, strict=True) if kind == DELIVERED]
    ages = sorted((round(each.age, 3) for each in delivered if each.age is not None), reverse=True)
    if ages:
        values["ObjectAge"] = ages[:MAX_METRIC_VALUES]
    units = {name: "Seconds" if name == "ObjectAge" else "Count" for name in values}
    directive = {
        "Namespace": METRICS_NAMESPACE,
        "Dimensions": [["Domain", "Way"]],
        "Metrics": [{"Name": name, "Unit": unit} for name, unit in units.items()],
    }
    metadata = {"Timestamp": int(now() * 1000), "CloudWatchMetrics": [directive]}
    print(json.dumps({"_aws": metadata, "Domain": DOMAIN_NAME, "Way": way, **values}))


def _seconds_left(context: Any) -> float:
    return float(context.get_remaining_time_in_millis()) / 1000


def _at(value: Any, *path: str) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _parsed(text: str) -> Any:
    """The value of a JSON text, its numbers as written; None for a text that is none."""
    try:
        # int() refuses NaN and Infinity, which JSON does not have
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=int)
    except (ValueError, RecursionError):
        return None


def _json(value: Any) -> str:
    return _sendable(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _sendable(text: str) -> str:
    """SQS takes the characters of XML (SQS API reference, SendMessage); JSON spells the rest."""
    return _NOT_SENDABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
