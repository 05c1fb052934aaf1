"""Resources as a program may have them, right and wrong."""

from dataclasses import dataclass, field
from typing import Any

from policy.model import Resource

ACCOUNT = "111122223333"
OTHER = "444455556666"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/a"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:changes"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"


@dataclass
class Case:
    """right: resources that keep the rule together. wrong: each breaks it, beside the others."""

    rule: str
    right: list[Resource] = field(default_factory=list)
    wrong: list[Resource] = field(default_factory=list)
    beside: list[Resource] = field(default_factory=list)


def made(kind: str, name: str = "it", *, protected: bool = False, **properties: Any) -> Resource:
    """A resource of aws-native."""
    return Resource(f"aws-native:{kind}", name, properties, protected, protected)


def role_policy(**statement: Any) -> Resource:
    """A role's policy with one statement."""
    given = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE} | statement
    return made("iam:RolePolicy", policyDocument={"Statement": [given]})


def queue_policy(principal: Any = ROOT, **statement: Any) -> Resource:
    """A queue's policy with one statement."""
    who = {"AWS": principal} if isinstance(principal, str) else principal
    given = {"Effect": "Allow", "Principal": who, "Action": "sqs:SendMessage", "Resource": QUEUE}
    return made("sqs:QueueInlinePolicy", policyDocument={"Statement": given | statement})


def let_in(service: str, operator: str, key: str, value: Any) -> Resource:
    """A queue's policy that lets a service in under a condition."""
    return queue_policy({"Service": service}, Condition={operator: {key: value}})


def permission(principal: str, **properties: Any) -> Resource:
    """One to invoke a function."""
    return made("lambda:Permission", principal=principal, functionName="deliver", **properties)


def bucket_policy(**statement: Any) -> Resource:
    """A policy of the bucket `batches` with one statement, by default that it needs."""
    given = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"],
        "Resource": ["arn:aws:s3:::batches", "arn:aws:s3:::batches/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    } | statement
    return made("s3:BucketPolicy", bucket="batches", policyDocument={"Statement": [given]})
