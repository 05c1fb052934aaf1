"""Encryption at rest and in transit."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from policy.documents import Statement, statements
from policy.model import Expectations, Resource, Rule

_KEYS: Final = {
    "aws-native:customerprofiles:Domain": "defaultEncryptionKey",
    "aws-native:logs:LogGroup": "kmsKeyId",
    "aws-native:sns:Topic": "kmsMasterKeyId",
    "aws-native:sqs:Queue": "kmsMasterKeyId",
}
_BUCKET: Final = "aws-native:s3:Bucket"
_BUCKET_POLICY: Final = "aws-native:s3:BucketPolicy"
_KEY: Final = "aws-native:kms:Key"


def _encrypted(resource: Resource, _: Expectations) -> Iterator[str]:
    if resource.type == _BUCKET:
        rules = resource.get("bucketEncryption", "serverSideEncryptionConfiguration") or ()
        if not any(_has_key(each) for each in rules):
            yield "is not encrypted with a key of ours"
    elif not resource.get(_KEYS[resource.type]):
        yield f"has no {_KEYS[resource.type]}"


def _has_key(rule: Mapping[str, Any]) -> bool:
    return bool((rule.get("serverSideEncryptionByDefault") or {}).get("kmsMasterKeyId"))


def _rotated(resource: Resource, _: Expectations) -> Iterator[str]:
    if resource.get("enableKeyRotation") is not True:
        yield "does not rotate"


def _transport(resources: Sequence[Resource]) -> Iterator[tuple[Resource, str]]:
    refusing = {
        policy.get("bucket")
        for policy in resources
        if policy.type == _BUCKET_POLICY and any(map(_refuses_plain, statements(policy)))
    }
    for bucket in resources:
        if bucket.type == _BUCKET and bucket.get("bucketName") not in refusing:
            yield bucket, "lets in who does not come over TLS"


def _refuses_plain(statement: Statement) -> bool:
    condition = statement.get("Condition") or {}
    plain = (condition.get("Bool") or {}).get("aws:SecureTransport")
    everybody = statement.get("Principal") in ("*", {"AWS": "*"})
    return statement["Effect"] == "Deny" and everybody and str(plain).lower() == "false"


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
        "give it a bucket policy that denies aws:SecureTransport false",
        check_stack=_transport,
    ),
)
