"""Encryption at rest and in transit."""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import partial
from typing import Any, Final

from policy.documents import Statement, statements, texts
from policy.model import UNKNOWN, Expectations, Resource, Rule

_KEYS: Final = {
    "aws-native:customerprofiles:Domain": "defaultEncryptionKey",
    "aws-native:logs:LogGroup": "kmsKeyId",
    "aws-native:sns:Topic": "kmsMasterKeyId",
    "aws-native:sqs:Queue": "kmsMasterKeyId",
}
_BUCKET: Final = "aws-native:s3:Bucket"
_BUCKET_POLICY: Final = "aws-native:s3:BucketPolicy"
_KEY: Final = "aws-native:kms:Key"
_OF_AWS: Final = "alias/aws/"
"""Keys that AWS manages: their policies let in whoever may use the service in the account."""

_ON_DATA: Final = ("s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject")


def _encrypted(resource: Resource, _: Expectations) -> Iterator[str]:
    if resource.type == _BUCKET:
        rules = resource.get("bucketEncryption", "serverSideEncryptionConfiguration")
        keys = [_key(each) for each in rules or ()] or [None]
    else:
        keys = [resource.get(_KEYS[resource.type])]
    if not all(keys):
        yield "is not encrypted with a key"
    if any(_OF_AWS in str(key) for key in keys):
        yield "is encrypted with a key that AWS manages"


def _key(rule: Mapping[str, Any]) -> Any:
    by_default = rule.get("serverSideEncryptionByDefault") or {}
    return by_default.get("kmsMasterKeyId")


def _rotated(resource: Resource, _: Expectations) -> Iterator[str]:
    if not resource.get("enableKeyRotation"):
        yield "does not rotate"


def _transport(resources: Sequence[Resource]) -> Iterator[tuple[Resource, str]]:
    policies = [each for each in resources if each.type == _BUCKET_POLICY]
    for bucket in resources:
        if bucket.type != _BUCKET:
            continue
        name = bucket.get("bucketName")
        own = [each for each in policies if name and each.get("bucket") == name]
        known = all(each.get("policyDocument") is not UNKNOWN for each in own)
        said = [statement for each in own for statement in statements(each)]
        if known and not any(_refuses_plain(each, name) for each in said):
            yield bucket, "lets in who does not come over TLS"


def _refuses_plain(statement: Statement, bucket: str) -> bool:
    """Denies everybody everything that is done with data, and for no other reason."""
    condition = statement["Condition"]
    plain = condition.get("Bool", {}).get("aws:SecureTransport")
    actions = texts(statement.get("Action"))
    resources = [arn.rpartition(":::")[2] for arn in texts(statement.get("Resource"))]
    return (
        statement.get("Effect") == "Deny"
        and "*" in texts(statement["Principal"].get("AWS"))
        and str(plain).lower() == "false"
        and [*condition] == ["Bool"]
        and len(condition["Bool"]) == 1
        and all(any(map(partial(fnmatchcase, each), actions)) for each in _ON_DATA)
        and all(
            any(map(partial(fnmatchcase, each), resources)) for each in (bucket, f"{bucket}/object")
        )
    )


RULES: Final = (
    Rule(
        "ENCRYPTED_AT_REST",
        "Queues, topics, log groups, buckets and domains are encrypted with a key of the stack.",
        "give it the key: components/queues.py shows how",
        check=_encrypted,
        types=frozenset({*_KEYS, _BUCKET}),
    ),
    Rule(
        "KEY_ROTATES",
        "Keys rotate.",
        "set enable_key_rotation",
        check=_rotated,
        types=frozenset({_KEY}),
    ),
    Rule(
        "ENCRYPTED_IN_TRANSIT",
        "A bucket refuses whoever does not come over TLS.",
        "deny all on data where aws:SecureTransport is false (components/batch_ingestion.py)",
        check_stack=_transport,
    ),
)
