"""Who may do what: no more than is needed."""

import re
from collections.abc import Iterator
from typing import Final

from policy.documents import allowed, named, texts
from policy.model import Expectations, Resource, Rule

_BUCKET: Final = "aws-native:s3:Bucket"
_BLOCKS: Final = (
    "blockPublicAcls",
    "blockPublicPolicy",
    "ignorePublicAcls",
    "restrictPublicBuckets",
)
_ARN_PARTS: Final = 6
_KIND_ALONE: Final = re.compile(r"[\w-]+[:/]+")
"""What of `role/*` or `log-group:*` stands before the wildcard: a kind of resource, no name."""


def _actions(resource: Resource, _: Expectations) -> Iterator[str]:
    for statement in allowed(resource):
        if "NotAction" in statement:
            yield "allows all but some actions"
        for action in texts(statement.get("Action")):
            if "*" in action or "?" in action:
                yield f"allows {action} in {named(statement)}"


def _resources(resource: Resource, _: Expectations) -> Iterator[str]:
    for statement in allowed(resource):
        # A policy with a principal belongs to a resource, and is about that one.
        if statement["Principal"] or "NotPrincipal" in statement:
            continue
        if "NotResource" in statement:
            yield "allows all but some resources"
        for arn in texts(statement.get("Resource")):
            if not _says_which(arn):
                yield f"allows {named(statement)} on {arn}"


def _says_which(arn: str) -> bool:
    """A wildcard may end a name; service, region, account and the name's start are always said."""
    parts = arn.split(":", _ARN_PARTS - 1)
    # In an S3 ARN neither region nor account stands, and no kind before the bucket.
    if len(parts) < _ARN_PARTS or any(re.search(r"[*?]", part) for part in parts[:-1]):
        return False
    start = re.split(r"[*?]", parts[-1], maxsplit=1)[0]
    kind_alone = parts[2] != "s3" and _KIND_ALONE.fullmatch(start)
    return bool(start) and (start == parts[-1] or not kind_alone)


def _attached(resource: Resource, _: Expectations) -> Iterator[str]:
    for arn in texts(resource.get("managedPolicyArns")):
        yield f"has {arn}"


def _public_bucket(resource: Resource, _: Expectations) -> Iterator[str]:
    for block in _BLOCKS:
        if not resource.get("publicAccessBlockConfiguration", block):
            yield f"does not set {block}"


RULES: Final = (
    Rule(
        "NO_WILDCARD_ACTION",
        "A policy names each action that it allows.",
        "name the actions, or add a documented exception to policy/exceptions.py",
        check=_actions,
    ),
    Rule(
        "NO_WILDCARD_RESOURCE",
        "A role's policy names service, region, account and at least the start of the name.",
        "build the ARN with Place.arn",
        check=_resources,
    ),
    Rule(
        "NO_MANAGED_POLICY",
        "A role has policies of its own alone: what AWS manages allows more than is needed.",
        "name the actions and resources (components/access.py)",
        check=_attached,
    ),
    Rule(
        "BUCKET_NOT_PUBLIC",
        "A bucket blocks every kind of public access.",
        "set all four of public_access_block_configuration",
        check=_public_bucket,
        types=frozenset({_BUCKET}),
    ),
)
