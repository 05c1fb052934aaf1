"""Who may do what: no more than is needed, and nobody from outside."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policy.documents import IDENTITY, allowed, named, texts
from policy.model import Expectations, Resource, Rule

_POLICIES: Final = frozenset(
    {
        "aws-native:iam:Role",
        "aws-native:kms:Key",
        "aws-native:s3:BucketPolicy",
        "aws-native:sns:TopicInlinePolicy",
        "aws-native:sqs:QueueInlinePolicy",
        *IDENTITY,
    }
)
_PERMISSION: Final = "aws-native:lambda:Permission"
_BUCKET: Final = "aws-native:s3:Bucket"
_BLOCKS: Final = (
    "blockPublicAcls",
    "blockPublicPolicy",
    "ignorePublicAcls",
    "restrictPublicBuckets",
)
_ARN_PARTS: Final = 6


def _actions(resource: Resource, _: Expectations) -> Iterator[str]:
    for statement in allowed(resource):
        if "NotAction" in statement:
            yield "allows all but some actions"
        for action in texts(statement.get("Action")):
            if "*" in action or "?" in action:
                yield f"allows {action} in {named(statement)}"


def _resources(resource: Resource, _: Expectations) -> Iterator[str]:
    """A wildcard may end a name; account, region and service are always said."""
    for statement in allowed(resource):
        if "NotResource" in statement:
            yield "allows all but some resources"
        for arn in texts(statement.get("Resource")):
            parts = arn.split(":", _ARN_PARTS - 1)
            # In an S3 ARN neither region nor account stands.
            if len(parts) < _ARN_PARTS or any("*" in part for part in parts[:-1]):
                yield f"allows {named(statement)} on {arn}"
            elif parts[-1].startswith("*"):
                yield f"allows {named(statement)} on every {parts[2]} resource"


def _principals(resource: Resource, _: Expectations) -> Iterator[str]:
    if resource.type == _PERMISSION:
        if not resource.get("sourceAccount"):
            yield f"lets {resource.get('principal')} act for anybody's account"
        return
    for statement in allowed(resource):
        principal = statement.get("Principal")
        for who in _who(principal):
            if who == "*":
                yield f"lets everybody do {named(statement)}"
        service = principal.get("Service") if isinstance(principal, Mapping) else None
        if service and not statement.get("Condition"):
            yield f"lets {service} act for anybody's account in {named(statement)}"


def _who(principal: Any) -> list[str]:
    if isinstance(principal, Mapping):
        return [who for each in principal.values() for who in texts(each)]
    return texts(principal)


def _public_bucket(resource: Resource, _: Expectations) -> Iterator[str]:
    for block in _BLOCKS:
        if resource.get("publicAccessBlockConfiguration", block) is not True:
            yield f"does not set {block}"


RULES: Final = (
    Rule(
        "NO_WILDCARD_ACTION",
        "A policy names each action that it allows.",
        "name the actions, or add a documented exception to policy/exceptions.py",
        check=_actions,
        types=_POLICIES,
    ),
    Rule(
        "NO_WILDCARD_RESOURCE",
        "A role's policy names service, region, account and at least the start of the name.",
        "build the ARN with Place.arn",
        check=_resources,
        types=IDENTITY,
    ),
    Rule(
        "NO_PUBLIC_ACCESS",
        "Nobody from outside the account gets in, not by way of a service either.",
        "name the principal, and for a service the account and source (components/policies.py)",
        check=_principals,
        types=frozenset({*_POLICIES - IDENTITY, _PERMISSION}),
    ),
    Rule(
        "BUCKET_NOT_PUBLIC",
        "A bucket blocks every kind of public access.",
        "set all four of public_access_block_configuration",
        check=_public_bucket,
        types=frozenset({_BUCKET}),
    ),
)
