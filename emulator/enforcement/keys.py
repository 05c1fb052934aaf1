"""KMS keys of queues, topics, buckets and log groups: who may use one, by its policy and IAM."""

from collections.abc import Sequence
from typing import Any, Final

from emulator.enforcement.decisions import Context, Denial, Principal, denial, service_denial
from emulator.ministack_parts import part

DECRYPT: Final = "kms:Decrypt"
GENERATE: Final = "kms:GenerateDataKey"

WRITES_MESSAGES: Final = (GENERATE, DECRYPT)
"""What a producer needs (SQS developer guide, "Configure KMS permissions for ... producers")."""

_AWS_MANAGED: Final = "alias/aws/"


def use_denial(
    key: str, principal: Principal, actions: Sequence[str], context: Context
) -> Denial | None:
    """Why a principal cannot use the key that a resource names; None if it can.

    The keys of AWS services themselves let every principal of the account use them there.
    """
    if _is_aws_managed(key):
        return None
    record = _record(key)
    if record is None:
        return _missing(key)
    for action in actions:
        found = denial(principal, action, record["Arn"], context)
        if found is not None:
            return found
    return _unusable(record)


def service_use_denial(
    key: str, service: str, actions: Sequence[str], context: Context
) -> Denial | None:
    """Why a service cannot use the key; None if the key's policy lets it.

    Nobody can change the policy of an AWS managed key, and it names no service.
    """
    record = _record(key)
    if record is None:
        return _missing(key)
    for action in actions:
        found = service_denial(service, action, record["Arn"], record["Policy"], context)
        if found is not None:
            return found
    return _unusable(record)


def _record(key: str) -> dict[str, Any] | None:
    record: dict[str, Any] | None = part("services.kms", "_resolve_key")(key)
    return record


def _is_aws_managed(key: str) -> bool:
    return key.rpartition(":")[2].startswith(_AWS_MANAGED)


def _missing(key: str) -> Denial:
    return Denial(DECRYPT, key, f"Key '{key}' does not exist")


def _unusable(record: dict[str, Any]) -> Denial | None:
    if record["KeyState"] == "Enabled":
        return None
    return Denial(DECRYPT, record["Arn"], f"{record['Arn']} is {record['KeyState']}.")
