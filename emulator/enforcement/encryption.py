"""Encrypted queues, topics, buckets and log groups: nobody reads or writes without their key."""

import logging
from collections.abc import Callable
from typing import Any, Final

from emulator.enforcement.decisions import Context, Denial, Principal, current_principal
from emulator.enforcement.keys import (
    DECRYPT,
    GENERATE,
    WRITES_MESSAGES,
    service_use_denial,
    use_denial,
)
from emulator.ministack_parts import part, wrap, wrap_entry

log = logging.getLogger("emulator.enforcement")

_QUEUE_USES: Final = {"sqs:SendMessage": WRITES_MESSAGES, "sqs:ReceiveMessage": (DECRYPT,)}
_LOG_GROUP: Final = "AWS::Logs::LogGroup"
_KEY_HEADER: Final = "x-amz-server-side-encryption-aws-kms-key-id"

_LOG_GROUP_USES: Final = (
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:DescribeKey",
)
"""CloudWatch Logs user guide, "Encrypt log data ... using AWS KMS", the key policy's actions."""


def install() -> None:
    """Raises: MissingPartError."""
    wrap("services.sqs", "_enforce_queue_policy", _callers_of_queues)
    wrap("services.sqs", "queue_policy_allows", _services_that_send_to_queues)
    wrap("services.sns", "_enforce_topic_policy", _publishers)
    wrap("services.s3", "_resolve_sse_write_headers", _writers_of_objects)
    wrap("services.s3", "_get_object", _readers_of_objects)
    wrap("services.cloudwatch_logs", "_create_log_group", _log_groups_by_request)
    log_groups = part("services.cloudformation.provisioners", "_RESOURCE_HANDLERS")[_LOG_GROUP]
    for step in ("create", "update"):
        wrap_entry(log_groups, step, _log_groups_by_template)


def queue_use_denial(queue: dict[str, Any], principal: Principal, action: str) -> Denial | None:
    """Why a principal cannot send to or receive from an encrypted queue for want of its key."""
    key = queue["attributes"].get("KmsMasterKeyId")
    if not key or action not in _QUEUE_USES:
        return None
    arn = queue["attributes"]["QueueArn"]
    return use_denial(key, principal, _QUEUE_USES[action], _context("sqs", arn))


def service_sends_denial(
    queue: dict[str, Any], service: str, source_arn: str, source_account: str
) -> Denial | None:
    """Why a service cannot send to an encrypted queue for want of its key."""
    key = queue["attributes"].get("KmsMasterKeyId")
    if not key:
        return None
    context = {"aws:sourcearn": source_arn, "aws:sourceaccount": source_account}
    return service_use_denial(key, service, WRITES_MESSAGES, context)


def object_read_denial(bucket: str, key: str) -> Denial | None:
    """Why the caller cannot read an object for want of the key that it is encrypted with."""
    content = part("services.s3", "_ensure_bucket")(bucket) or {}
    record = content.get("objects", {}).get(key, {})
    kms_key = record.get("preserved_headers", {}).get(_KEY_HEADER)
    if not kms_key:
        return None
    context = _context("s3", f"arn:aws:s3:::{bucket}")
    return use_denial(kms_key, current_principal(), (DECRYPT,), context)


def log_group_denial(name: str, key: str) -> Denial | None:
    """Why CloudWatch Logs cannot encrypt a log group with this key."""
    region = part("core.responses", "get_region")()
    account = part("core.responses", "get_account_id")()
    arn = f"arn:aws:logs:{region}:{account}:log-group:{name}"
    context = {"kms:encryptioncontext:aws:logs:arn": arn, "aws:sourceaccount": account}
    context["aws:sourcearn"] = arn
    return service_use_denial(key, f"logs.{region}.amazonaws.com", _LOG_GROUP_USES, context)


def _context(service: str, arn: str) -> Context:
    region = part("core.responses", "get_region")()
    return {
        "kms:viaservice": f"{service}.{region}.amazonaws.com",
        "kms:calleraccount": part("core.responses", "get_account_id")(),
        f"kms:encryptioncontext:aws:{service}:arn": arn,
    }


def _callers_of_queues(original: Callable[..., None]) -> Callable[..., None]:
    def enforce(queue: dict[str, Any], action: str) -> None:
        original(queue, action)
        found = queue_use_denial(queue, current_principal(), action)
        if found is not None:
            raise part("services.sqs", "_Err")("KMS.AccessDeniedException", found.sentence, 400)

    return enforce


def _services_that_send_to_queues(original: Callable[..., bool]) -> Callable[..., bool]:
    def allows(queue_arn: str, service: str, source_arn: str, source_account: str) -> bool:
        if not original(queue_arn, service, source_arn, source_account):
            return False
        queue = part("services.sqs", "_queue_by_arn")(queue_arn)
        found = service_sends_denial(queue, service, source_arn, source_account)
        if found is not None:
            log.warning("%s cannot send to %s: %s", source_arn, queue_arn, found.sentence)
        return found is None

    return allows


def _publishers(original: Callable[..., Any]) -> Callable[..., Any]:
    def enforce(topic: dict[str, Any], action: str) -> Any:
        refused = original(topic, action)
        key = topic.get("attributes", {}).get("KmsMasterKeyId")
        if refused is not None or not key or action != "sns:Publish":
            return refused
        context = _context("sns", topic["arn"])
        found = use_denial(key, current_principal(), WRITES_MESSAGES, context)
        if found is None:
            return None
        return part("services.sns", "_error")("KMSAccessDenied", found.sentence, 400)

    return enforce


def _writers_of_objects(original: Callable[..., Any]) -> Callable[..., Any]:
    def resolve(headers: dict[str, str], bucket: str) -> Any:
        encryption, refused = original(headers, bucket)
        key = (encryption or {}).get(_KEY_HEADER)
        if refused is not None or not key:
            return encryption, refused
        context = _context("s3", f"arn:aws:s3:::{bucket}")
        found = use_denial(key, current_principal(), (GENERATE,), context)
        return encryption, _object_refusal(found)

    return resolve


def _readers_of_objects(original: Callable[..., Any]) -> Callable[..., Any]:
    def get(bucket: str, key: str, *arguments: Any, **options: Any) -> Any:
        refused = _object_refusal(object_read_denial(bucket, key))
        return original(bucket, key, *arguments, **options) if refused is None else refused

    return get


def _object_refusal(found: Denial | None) -> Any:
    if found is None:
        return None
    return part("services.s3", "_error")("AccessDenied", found.sentence, 403)


def _log_groups_by_request(original: Callable[..., Any]) -> Callable[..., Any]:
    def create(request: dict[str, Any]) -> Any:
        name, key = request.get("logGroupName", ""), request.get("kmsKeyId")
        if key and (text := _log_group_refusal(name, key)):
            return part("core.responses", "error_response_json")(
                "InvalidParameterException", text, 400
            )
        return original(request)

    return create


def _log_groups_by_template(original: Callable[..., Any]) -> Callable[..., Any]:
    def provision(*arguments: Any, **options: Any) -> Any:
        # (logical id, properties, stack) or (physical id, old properties, new properties, stack).
        properties = [each for each in arguments if isinstance(each, dict)][-1]
        key = properties.get("KmsKeyId")
        if key and (text := _log_group_refusal(properties.get("LogGroupName", ""), key)):
            raise ValueError(text)
        return original(*arguments, **options)

    return provision


def _log_group_refusal(name: str, key: str) -> str:
    found = log_group_denial(name, key)
    if found is None:
        return ""
    region = part("core.responses", "get_region")()
    account = part("core.responses", "get_account_id")()
    log.warning("log group %s cannot be encrypted: %s", name, found.sentence)
    return (
        "The specified KMS key does not exist or is not allowed to be used with Arn"
        f" 'arn:aws:logs:{region}:{account}:log-group:{name}'"
    )
