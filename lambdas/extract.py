"""Reads what changed in a source database since the watermark, for the runs of a batch.

Deployed inline, so it is one file that needs only what the Python runtime of Lambda has. The state
machine of a source invokes it to `acquire` and `release` the source's lock, to `extract` rounds of
rows into files of items, to `measure` a file of a backfill, and to `record` items that could not be
delivered. Nothing printed or raised has a value of a row in it.

The SQL is PostgreSQL's, and SQLite's. Column names are quoted, so that they are exactly those of
the query; a key column that has neither texts nor numbers, such as UUIDs, the query has to cast.
"""

import hashlib
import json
import os
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from tempfile import TemporaryFile
from typing import IO, Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

BUCKET: Final = os.environ["BUCKET"]
REJECTS_QUEUE_URL: Final = os.environ["REJECTS_QUEUE_URL"]
WATERMARK_PREFIX: Final = os.environ["WATERMARK_PREFIX"]
METRICS_NAMESPACE: Final = os.environ["METRICS_NAMESPACE"]
DOMAIN_NAME: Final = os.environ["DOMAIN_NAME"]

READ_SECONDS: Final = 60
"""A statement may take 45 seconds (Aurora guide, "Amazon RDS Data API limitations")."""
RESERVE_SECONDS: Final = 240
"""With less time left no further page is read: three tries of it have to fit in."""
ROUND_BYTES: Final = 128 * 1024 * 1024
"""A round ends once its file is as large: /tmp has 512 MB (Lambda guide, "Lambda quotas")."""
MAX_ITEM_BYTES: Final = 200_000
"""A state takes 256 KiB, in which an item is not alone (Step Functions guide, "Quotas")."""
MAX_BODY_BYTES: Final = 1024 * 1024 - 16 * 1024
"""Body and attributes together have 1 MiB (SQS guide, "Amazon SQS message quotas")."""
LOCK_ATTEMPTS: Final = 5
CONSISTENT_SECONDS: Final = 60
"""DescribeExecution is eventually consistent: it may not know a run that has just begun."""

_SOURCE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_COLUMN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_EXECUTION: Final = re.compile(r"arn:[^:]+:states:[^:]+:[^:]+:execution:[^:]+:([^:/]+)")
_TEXTS: Final = (
    "objectType query watermarkColumn watermarkType keyColumn clusterArn secretArn database".split()
)
_NUMBERS: Final = {"pageRows": 500, "runRows": 20_000}
_WATERMARK_TYPES: Final = {"timestamp": str, "integer": int, "text": str}
_VALUES: Final = {bool: "booleanValue", int: "longValue", float: "doubleValue", str: "stringValue"}
_LOST_RACES: Final = ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey")
_FROM_SQL: Final = ("BadRequestException", "DatabaseErrorException", "UnsupportedResultException")
_SQL_STATE: Final = re.compile(r"SQLState: ?\w{5}$", re.IGNORECASE)
_ABOUT_THE_QUERY: Final = re.compile(r"(?i)SQLState: ?42\w{3}$|^no such |: syntax error$")
_TOO_LARGE: Final = re.compile("size limit|too large", re.IGNORECASE)
_ESCAPED: Final = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")

now: Callable[[], float] = time.time


class ExtractError(Exception):
    """AWS or the database refused; the step can be tried again."""


@cache
def client(service: str) -> Any:
    """One per process."""
    session: Any = boto3.Session()
    retries: Any = {"mode": "standard", "total_max_attempts": 3}
    config = Config(connect_timeout=5, read_timeout=READ_SECONDS, retries=retries)
    return session.client(service, config=config)


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Do one step of a run. Raises: ValueError for a wrong event or setting; ExtractError."""
    try:
        match event:
            case {"action": "record", "batch": {"error": {"Error": str(code)}, **batch}}:
                return _record(batch, code)
            case {"action": action, "source": str(source), "executionArn": str(execution)} if (
                run := _EXECUTION.fullmatch(execution)
            ) and _SOURCE.fullmatch(source):
                match action:
                    case "acquire":
                        return _acquire(f"locks/{source}", execution)
                    case "release":
                        return _release(f"locks/{source}", execution)
                    case "measure":
                        return _measure(event.get("bucket"), event.get("key"))
                    case "extract":
                        return _extract(source, read_settings(event), run[1], event, context)
    except ClientError as error:
        raise ExtractError(_description(error)) from None
    except BotoCoreError as error:
        raise ExtractError(type(error).__name__) from None
    raise ValueError(
        "accepted are the actions acquire, release, measure and extract, with a source (letters,"
        " digits, _ and -) and an executionArn; and record, with a batch and its error"
    )


def read_settings(event: dict[str, Any]) -> dict[str, Any]:
    """The settings of the source, checked. Raises: ValueError."""
    texts = {name: event.get(name) for name in _TEXTS}
    numbers = {name: event.get(name, default) for name, default in _NUMBERS.items()}
    wrong = [name for name, value in texts.items() if not isinstance(value, str) or not value]
    wrong += [name for name, value in numbers.items() if type(value) is not int or value < 1]
    if wrong:
        raise ValueError(f"missing, or not a text or number as it should be: {', '.join(wrong)}")
    settings = {**texts, **numbers}
    for name in ("watermarkColumn", "keyColumn"):
        if not _COLUMN.fullmatch(settings[name]):
            raise ValueError(f"{name} must be letters, digits and underscores")
    if ";" in settings["query"]:
        raise ValueError("query must be one SELECT without a semicolon")
    if settings["watermarkType"] not in _WATERMARK_TYPES:
        raise ValueError(f"watermarkType must be one of {', '.join(_WATERMARK_TYPES)}")
    return settings


def _acquire(lock: str, execution: str) -> dict[str, Any]:
    """Take the lock, also from a run that is over (S3 guide, "conditional writes")."""
    holder = ""
    for _ in range(LOCK_ATTEMPTS):
        if _write_lock(lock, execution, IfNoneMatch="*"):
            return {"acquired": True, "holder": execution}
        holder, etag, age = _lock(lock)
        if holder and holder != execution and _is_running(holder, age):
            break
        # A step that is tried again has it already.
        if holder == execution or (holder and _write_lock(lock, execution, IfMatch=etag)):
            return {"acquired": True, "holder": execution}
    return {"acquired": False, "holder": holder}


def _release(lock: str, execution: str) -> dict[str, Any]:
    """Give it back, if it is still this run's (S3 guide, "conditional deletes")."""
    holder, etag, _ = _lock(lock)
    held = {"Bucket": BUCKET, "Key": lock, "IfMatch": etag}
    mine = holder == execution
    return {"released": mine and _in_time(lambda: client("s3").delete_object(**held))}


def _write_lock(lock: str, execution: str, **condition: str) -> bool:
    request = {"Bucket": BUCKET, "Key": lock, "Body": execution.encode(), **condition}
    return _in_time(lambda: client("s3").put_object(**request))


def _in_time(request: Callable[[], object]) -> bool:
    """Whether the condition of a request held."""
    try:
        request()
    except ClientError as error:
        if _code(error) not in _LOST_RACES:
            raise
        return False
    return True


def _lock(lock: str) -> tuple[str, str, float]:
    """Who holds it, the ETag, and for how many seconds; "" if nobody does."""
    try:
        answer = client("s3").get_object(Bucket=BUCKET, Key=lock)
    except ClientError as error:
        if _code(error) != "NoSuchKey":
            raise
        return "", "", 0.0
    age = now() - answer["LastModified"].timestamp()
    return answer["Body"].read().decode(), answer["ETag"], age


def _is_running(execution: str, age: float) -> bool:
    """age: seconds for which it has had the lock."""
    try:
        answer = client("stepfunctions").describe_execution(executionArn=execution)
    except ClientError as error:
        if _code(error) != "ExecutionDoesNotExist":
            raise
        return age < CONSISTENT_SECONDS
    return bool(answer["status"] == "RUNNING")


def _measure(bucket: Any, key: Any) -> dict[str, Any]:
    """What `extract` answers, for a file that is there already; it moves no watermark."""
    body = client("s3").get_object(Bucket=bucket, Key=key)["Body"]
    count = sum(1 for line in body.iter_lines() if line.strip())
    file = {"bucket": bucket, "key": key, "count": count, "rejected": 0, "extractedAt": None}
    return {**file, "after": None, "round": 0, "more": False, "advance": False}


def _extract(
    source: str, settings: dict[str, Any], run: str, event: dict[str, Any], context: Any
) -> dict[str, Any]:
    """Write a round of rows to a file. The same round, tried again, overwrites its file."""
    started, number = now(), event.get("round", 0)
    if type(number) is not int:
        raise ValueError("round must be a whole number")
    first, second = settings["watermarkColumn"], settings["keyColumn"]
    after = _checked(event.get("after"), settings)
    inclusive = after is None
    if after is None:
        after = _watermark(f"{WATERMARK_PREFIX}{source}", settings)
    key = f"batches/{source}/{run}/{number}.jsonl"
    page_rows, taken, count, more = settings["pageRows"], 0, 0, True
    with TemporaryFile() as file:
        while more and taken < settings["runRows"] and file.tell() < ROUND_BYTES:
            if taken and context.get_remaining_time_in_millis() < RESERVE_SECONDS * 1000:
                break
            limit = min(page_rows, settings["runRows"] - taken)
            rows = _page(settings, after, limit, inclusive=inclusive)
            if rows is None and limit == 1:
                raise ExtractError("a row is too large for the Data API")
            if rows is None:
                page_rows = limit // 2
                continue
            reached = [_position(row.get(first), row.get(second), settings) for row in rows]
            if after in reached and not inclusive:
                raise ValueError(
                    "a row came again; the query must round watermarks to milliseconds"
                )
            count += sum(_write_item(row, settings, f"row {key}", file) for row in rows)
            taken, more = taken + len(rows), len(rows) == limit
            if reached:
                after, inclusive = reached[-1], False
        if count:
            file.seek(0)
            client("s3").put_object(Bucket=BUCKET, Key=key, Body=file)
    milliseconds = round((now() - started) * 1000)
    done = {"source": source, "round": number, "more": more, "milliseconds": milliseconds}
    _print_round(done, count, taken - count)
    after = after or {"watermark": None, "key": None}
    file_of_items = {"bucket": BUCKET, "key": key, "count": count, "rejected": taken - count}
    progress = {"after": after, "round": number + 1, "more": more, "advance": taken > 0}
    return {**file_of_items, **progress, "extractedAt": started}


def _page(
    settings: dict[str, Any], after: dict[str, Any] | None, limit: int, *, inclusive: bool
) -> list[dict[str, Any]] | None:
    """The next rows in the order of watermark and key; None if they are too large together.

    inclusive: a run begins with the rows at its watermark, which others may have joined since.
    RDS Data API reference, ExecuteStatement and SqlParameter.
    """
    watermark, key = f'"{settings["watermarkColumn"]}"', f'"{settings["keyColumn"]}"'
    where, values = "", dict(after or {})
    if inclusive:
        values.pop("key", None)
    if values:
        where = f"WHERE {watermark} >= :watermark"
    if "key" in values:
        where = f"WHERE ({watermark} > :watermark) OR ({watermark} = :watermark AND {key} > :key)"
    parameters: list[dict[str, Any]] = [
        {"name": name, "value": {_VALUES[type(value)]: value}} for name, value in values.items()
    ]
    if values and settings["watermarkType"] == "timestamp":
        parameters[0]["typeHint"] = "TIMESTAMP"
    # Only column names that were checked and the operator's own query become SQL.
    rows = f"SELECT * FROM (\n{settings['query']}\n) AS source_rows {where}"  # noqa: S608
    try:
        answer = client("rds-data").execute_statement(
            resourceArn=settings["clusterArn"],
            secretArn=settings["secretArn"],
            database=settings["database"],
            sql=f"{rows} ORDER BY {watermark}, {key} LIMIT {limit}",
            parameters=parameters,
            formatRecordsAs="JSON",
        )
    except ClientError as error:
        if _code(error) in _FROM_SQL and _TOO_LARGE.search(_code(error, "Message")):
            return None
        raise
    return list(json.loads(answer["formattedRecords"]))


def _watermark(name: str, settings: dict[str, Any]) -> dict[str, Any] | None:
    try:
        answer = client("ssm").get_parameter(Name=name)
    except ClientError as error:
        if _code(error) != "ParameterNotFound":
            raise
        return None
    try:
        return _checked(json.loads(answer["Parameter"]["Value"]), settings)
    except ValueError as error:
        raise ValueError(f"parameter {name}: {error}") from None


def _checked(value: Any, settings: dict[str, Any]) -> dict[str, Any] | None:
    """A position that was answered once; None where nothing was read. Raises: ValueError."""
    match value:
        case None | {"watermark": None}:
            return None
        case {"watermark": watermark, "key": key}:
            return _position(watermark, key, settings)
    raise ValueError('a position is {"watermark": VALUE, "key": VALUE}')


def _position(watermark: Any, key: Any, settings: dict[str, Any]) -> dict[str, Any]:
    kind = settings["watermarkType"]
    if type(watermark) is not _WATERMARK_TYPES[kind] or type(key) not in _VALUES:
        raise ValueError(f"a row's watermark is no {kind}, or its key no text or number")
    return {"watermark": watermark, "key": key}


def _write_item(row: dict[str, Any], settings: dict[str, Any], origin: str, file: IO[bytes]) -> int:
    """Write the row's object as a line: 1. If it is too long it is rejected: 0."""
    omitted = {settings["watermarkColumn"]} - {settings["keyColumn"]}
    item = {name: value for name, value in row.items() if not (value is None or name in omitted)}
    line = _json(item)
    if (length := len(line.encode())) > MAX_ITEM_BYTES:
        code, limit = "ItemTooLarge", f"the limit of an item is {MAX_ITEM_BYTES}"
        reason = f"{code}: the object has {length} bytes, {limit}"
        # By its content: the same round, tried again, rejects it once.
        _reject(line, settings["objectType"], f"{origin}/{_sha256(line)[:16]}", code, reason)
        return 0
    file.write(f"{line}\n".encode())
    return 1


def _record(batch: dict[Any, Any], code: str) -> dict[str, Any]:
    """Put on record what the delivery function was not able to account for."""
    items = batch["Items"] if isinstance(batch.get("Items"), list) else [batch]
    for item in items:
        match item:
            case {"ObjectType": str(object_type), "Origin": str(origin), "Object": value}:
                _reject(_json(value), object_type, origin, code, f"not delivered: {code}")
            case _:
                raise ValueError("items have ObjectType, Origin and Object")
    return {"accounted": len(items)}


def _reject(text: str, object_type: str, origin: str, code: str, reason: str) -> None:
    """As the delivery function does: once per origin, and none waits for another."""
    if len(text.encode()) > MAX_BODY_BYTES:
        text = _json({"truncated": True, "length": len(text), "sha256": _sha256(text)})
        reason += " (an object of this length cannot be a message, so that it was truncated)"
    attributes = {
        "Reason": reason,
        "ObjectType": object_type,
        "Origin": origin,
        "Way": "batch",
        "RejectedAt": datetime.fromtimestamp(now(), UTC).isoformat(timespec="milliseconds"),
    }
    client("sqs").send_message(
        QueueUrl=REJECTS_QUEUE_URL,
        MessageBody=text,
        MessageAttributes={
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
        MessageDeduplicationId=_sha256(origin),
        MessageGroupId=_sha256(origin),
    )
    line = {"level": "ERROR", "way": "batch", "origin": origin, "objectType": object_type}
    print(json.dumps({**line, "outcome": "rejected", "code": code}))


def _print_round(done: dict[str, Any], count: int, rejected: int) -> None:
    """CloudWatch guide, "Specification: Embedded metric format", with properties for people."""
    values = {"Extracted": count, "Rejected": rejected}
    directive = {
        "Namespace": METRICS_NAMESPACE,
        "Dimensions": [["Domain", "Way"]],
        "Metrics": [{"Name": name, "Unit": "Count"} for name in values],
    }
    metadata = {"Timestamp": int(now() * 1000), "CloudWatchMetrics": [directive]}
    head = {"_aws": metadata, "Domain": DOMAIN_NAME, "Way": "batch", **values}
    print(json.dumps({**head, "level": "INFO", "action": "extract", **done}))


def _description(error: ClientError) -> str:
    """What people need to know, without what a database says about values.

    SQLSTATE class 42 is about names and syntax only (PostgreSQL, "PostgreSQL Error Codes").
    """
    code, message = _code(error), _code(error, "Message")
    if code in _FROM_SQL and not _ABOUT_THE_QUERY.search(message):
        state = _SQL_STATE.search(message)
        message = state[0] if state else "the database refused"
    return f"{error.operation_name}: {code}: {message}"


def _code(error: ClientError, member: str = "Code") -> str:
    return str(error.response.get("Error", {}).get(member, ""))


def _json(value: Any) -> str:
    """In one line for every reader of lines, and of characters that SQS takes."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
