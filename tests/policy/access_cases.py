"""Cases of the rules on who may do what."""

import json

from policy.model import Resource
from tests.policy.made import (
    ACCOUNT,
    OTHER,
    QUEUE,
    ROOT,
    Case,
    let_in,
    made,
    permission,
    queue_policy,
    role_policy,
)

EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
BLOCKED = {
    "blockPublicAcls": True,
    "blockPublicPolicy": True,
    "ignorePublicAcls": True,
    "restrictPublicBuckets": True,
}


def inline(statement: dict[str, str]) -> Resource:
    """A role with a policy among its own properties."""
    return made("iam:Role", policies=[{"policyDocument": {"Statement": [statement]}}])


def on(*resources: str) -> Resource:
    return role_policy(Resource=list(resources))


CASES = [
    Case(
        "NO_WILDCARD_ACTION",
        [role_policy(), role_policy(Effect="Deny", Action="*")],
        [
            role_policy(Action="sqs:*"),
            role_policy(Action="sqs:Send?essage"),
            role_policy(NotAction="sqs:SendMessage"),
            queue_policy(Action=["sqs:SendMessage", "*"]),
            inline(EVERYTHING),
            made("iam:ManagedPolicy", policyDocument={"Statement": EVERYTHING}),
            made("iam:UserPolicy", policyDocument=json.dumps({"Statement": [EVERYTHING]})),
            made("events:EventBusPolicy", statement=EVERYTHING | {"Principal": ROOT}),
        ],
    ),
    Case(
        "NO_WILDCARD_RESOURCE",
        [
            role_policy(),
            on(f"{QUEUE}*", "arn:aws:s3:::batches/*"),
            on(f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/lambda/deliver:*"),
            on(f"arn:aws:profile:us-east-1:{ACCOUNT}:domains/crm/object-types/*"),
            on(f"arn:aws:iam::{ACCOUNT}:role/deploy"),
            # In a key's own policy "*" is the key.
            queue_policy(Resource="*"),
        ],
        [
            on("*"),
            on("arn:aws:sqs:*:111122223333:changes"),
            on("arn:aws:sqs:us-east-1:????????????:changes"),
            on(f"arn:aws:sqs:us-east-1:{ACCOUNT}:*"),
            on(f"arn:aws:iam::{ACCOUNT}:role/*"),
            on(f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:*"),
            on("arn:aws:s3:::*"),
            on("arn:aws:s3:::*/batches"),
            on(QUEUE, "*"),
            role_policy(NotResource=QUEUE),
            inline({"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}),
        ],
    ),
    Case(
        "NO_MANAGED_POLICY",
        [made("iam:Role")],
        [
            made("iam:Role", managedPolicyArns=["arn:aws:iam::aws:policy/AdministratorAccess"]),
            made("iam:User", managedPolicyArns=[f"arn:aws:iam::{ACCOUNT}:policy/ours"]),
        ],
    ),
    Case(
        "NO_PUBLIC_ACCESS",
        [
            role_policy(),
            queue_policy(),
            queue_policy(ACCOUNT),
            queue_policy("*", Effect="Deny"),
            let_in("sns.amazonaws.com", "StringEquals", "aws:SourceAccount", ACCOUNT),
            let_in("sns.amazonaws.com", "ArnLike", "AWS:SourceArn", [QUEUE, f"{QUEUE}*"]),
            permission("events.amazonaws.com", sourceAccount=ACCOUNT),
            permission("sns.amazonaws.com", sourceArn=QUEUE),
            permission(ROOT),
            queue_policy(
                {"Federated": "accounts.google.com"}, Condition={"StringEquals": {"a": "b"}}
            ),
        ],
        [
            queue_policy("*"),
            queue_policy({"AWS": ["*"]}),
            queue_policy("*", Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
            queue_policy({"AWS": [ROOT, OTHER]}),
            queue_policy(f"arn:aws:iam::{OTHER}:role/reader"),
            queue_policy(
                {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7c"}
            ),
            queue_policy({"Federated": "accounts.google.com"}),
            queue_policy({}, NotPrincipal={"AWS": OTHER}),
            queue_policy({"Service": "sns.amazonaws.com"}),
            queue_policy({"Service": ["sns.amazonaws.com"]}, Condition={"Bool": {"aws:a": "true"}}),
            let_in("sns.amazonaws.com", "StringEquals", "aws:SourceAccount", OTHER),
            let_in("sns.amazonaws.com", "StringEquals", "aws:SourceAccount", [ACCOUNT, OTHER]),
            let_in("sns.amazonaws.com", "StringLike", "aws:SourceAccount", "*"),
            let_in("sns.amazonaws.com", "StringNotEquals", "aws:SourceAccount", ACCOUNT),
            let_in("sns.amazonaws.com", "StringEqualsIfExists", "aws:SourceAccount", ACCOUNT),
            let_in("sns.amazonaws.com", "ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:*"),
            made(
                "iam:Role", assumeRolePolicyDocument={"Statement": EVERYTHING | {"Principal": "*"}}
            ),
            permission("*", sourceAccount=ACCOUNT),
            permission("events.amazonaws.com"),
            permission("s3.amazonaws.com", sourceArn="arn:aws:s3:::batches"),
            permission(OTHER),
            permission(f"arn:aws:iam::{OTHER}:role/with.a.dot", sourceAccount=ACCOUNT),
            permission(ROOT, functionUrlAuthType="NONE"),
        ],
    ),
    Case(
        "BUCKET_NOT_PUBLIC",
        [made("s3:Bucket", publicAccessBlockConfiguration=BLOCKED)],
        [
            made("s3:Bucket"),
            *(
                made("s3:Bucket", publicAccessBlockConfiguration=BLOCKED | {each: False})
                for each in BLOCKED
            ),
        ],
    ),
]
