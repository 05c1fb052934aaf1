"""Each rule, where it holds and where it does not."""

from pathlib import Path
from typing import Any

import pytest

from policy.exceptions import EXCEPTIONS
from policy.model import Expectations, Resource
from policy.rules import RULES, found, violations
from policy.rules_page import rules_markdown

KEY = "arn:aws:kms:us-east-1:111122223333:key/a"
QUEUE = "arn:aws:sqs:us-east-1:111122223333:changes"
SOURCE = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
TAGS = [{"key": "project", "value": "a"}, {"key": "environment", "value": "dev"}]
BLOCKED = {
    "blockPublicAcls": True,
    "blockPublicPolicy": True,
    "ignorePublicAcls": True,
    "restrictPublicBuckets": True,
}
BY_KEY = {"serverSideEncryptionByDefault": {"kmsMasterKeyId": KEY}}
OVER_TLS = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:GetObject",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def made(kind: str, name: str = "it", *, protected: bool = False, **properties: Any) -> Resource:
    """A resource of aws-native."""
    return Resource(f"aws-native:{kind}", name, properties, protected, protected)


def role_policy(**statement: Any) -> Resource:
    """A role's policy with one statement."""
    given = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE} | statement
    return made("iam:RolePolicy", policyDocument={"Statement": [given]})


def queue_policy(**statement: Any) -> Resource:
    """A queue's policy with one statement."""
    given = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE} | statement
    return made("sqs:QueueInlinePolicy", policyDocument={"Statement": given})


def bucket_policy(statement: dict[str, Any]) -> Resource:
    return made("s3:BucketPolicy", bucket="batches", policyDocument={"Statement": [statement]})


BUCKET = made("s3:Bucket", bucketName="batches")
CONSUMER = made("lambda:EventSourceMapping", eventSourceArn=QUEUE)
DEAD = {"deadLetterTargetArn": f"{QUEUE}-dead"}

Case = tuple[str, list[Resource], list[Resource]]
CASES: list[Case] = [
    (
        "ENCRYPTED_AT_REST",
        [
            made("sqs:Queue", kmsMasterKeyId=KEY),
            made("logs:LogGroup", kmsKeyId=KEY),
            made("s3:Bucket", bucketEncryption={"serverSideEncryptionConfiguration": [BY_KEY]}),
            made("customerprofiles:Domain", defaultEncryptionKey=KEY),
        ],
        [
            made("sqs:Queue"),
            made("sns:Topic", kmsMasterKeyId=""),
            made("logs:LogGroup"),
            made("s3:Bucket", bucketEncryption={"serverSideEncryptionConfiguration": [{}]}),
            made("customerprofiles:Domain"),
        ],
    ),
    (
        "KEY_ROTATES",
        [made("kms:Key", enableKeyRotation=True)],
        [made("kms:Key"), made("kms:Key", enableKeyRotation=False)],
    ),
    ("ENCRYPTED_IN_TRANSIT", [BUCKET, bucket_policy(OVER_TLS)], [BUCKET]),
    (
        "ENCRYPTED_IN_TRANSIT",
        [bucket_policy({"Effect": "Allow"})],
        [BUCKET, bucket_policy(OVER_TLS | {"Effect": "Allow"})],
    ),
    (
        "NO_WILDCARD_ACTION",
        [role_policy(), role_policy(Effect="Deny", Action="*")],
        [role_policy(Action="sqs:*"), queue_policy(Action=["sqs:SendMessage", "*"])],
    ),
    (
        "NO_WILDCARD_ACTION",
        [],
        [role_policy(Action="sqs:Send?essage"), role_policy(NotAction="sqs:SendMessage")],
    ),
    (
        "NO_WILDCARD_RESOURCE",
        [role_policy(), role_policy(Resource=[f"{QUEUE}*", "arn:aws:s3:::batches/*"])],
        [
            role_policy(Resource="*"),
            role_policy(Resource="arn:aws:sqs:*:111122223333:changes"),
            role_policy(Resource="arn:aws:sqs:us-east-1:111122223333:*"),
            role_policy(NotResource=QUEUE),
        ],
    ),
    (
        "NO_PUBLIC_ACCESS",
        [
            queue_policy(Principal={"Service": "sns.amazonaws.com"}, Condition=SOURCE),
            queue_policy(Principal={"AWS": "arn:aws:iam::111122223333:root"}),
            bucket_policy(OVER_TLS),
            made("lambda:Permission", principal="events.amazonaws.com", sourceAccount="1"),
        ],
        [
            queue_policy(Principal={"Service": "sns.amazonaws.com"}),
            queue_policy(Principal="*"),
            queue_policy(Principal={"AWS": ["*"]}),
            made("lambda:Permission", principal="events.amazonaws.com"),
        ],
    ),
    (
        "BUCKET_NOT_PUBLIC",
        [made("s3:Bucket", publicAccessBlockConfiguration=BLOCKED)],
        [made("s3:Bucket", publicAccessBlockConfiguration=BLOCKED | {"blockPublicAcls": False})],
    ),
    (
        "RETENTION_SAID",
        [
            made("sqs:Queue", messageRetentionPeriod=1209600),
            made("logs:LogGroup", retentionInDays=30),
            made("s3:Bucket", lifecycleConfiguration={"rules": [{"expirationInDays": 30}]}),
        ],
        [made("sqs:Queue"), made("logs:LogGroup"), BUCKET],
    ),
    (
        "PROTECTED",
        [
            made("customerprofiles:Domain", protected=True),
            made("customerprofiles:ObjectType", "Trial", protected=True),
            made("kms:Key", "encryption", protected=True),
            made("kms:Key", "ingestion"),
        ],
        [
            made("customerprofiles:Domain"),
            made("customerprofiles:ObjectType", "Trial"),
            made("kms:Key", "encryption"),
            Resource(
                "aws-native:customerprofiles:Domain", "it", {}, protected=True, retained=False
            ),
        ],
    ),
    (
        "TAGGED",
        [
            made("sqs:Queue", tags=TAGS),
            made("ssm:Parameter", tags={"project": "a", "environment": "b"}),
            made("kms:Alias"),
            Resource("customer-lifecycle:index:Ingestion", "ingestion", {}),
        ],
        [
            made("sqs:Queue", tags=TAGS[:1]),
            made("ssm:Parameter", tags={"project": "a", "environment": ""}),
        ],
    ),
    (
        "QUEUE_CONSUMER_HAS_DEAD_LETTERS",
        [CONSUMER, made("sqs:Queue", queueName="changes", redrivePolicy=DEAD)],
        [CONSUMER, made("sqs:Queue", queueName="changes")],
    ),
    ("QUEUE_CONSUMER_HAS_DEAD_LETTERS", [], [CONSUMER]),
    (
        "CONSUMER_HAS_DEAD_LETTERS",
        [
            made("customerprofiles:Domain", deadLetterQueueUrl="https://sqs"),
            made("events:Rule", targets=[{"id": "a", "deadLetterConfig": {"arn": QUEUE}}]),
            made(
                "lambda:EventInvokeConfig",
                destinationConfig={"onFailure": {"destination": QUEUE}},
            ),
            made("scheduler:Schedule", target={"deadLetterConfig": {"arn": QUEUE}}),
        ],
        [
            made("customerprofiles:Domain"),
            made("events:Rule", targets=[{"id": "a"}]),
            made("lambda:EventInvokeConfig"),
            made("scheduler:Schedule", target={}),
        ],
    ),
]
BY_ID = {rule.id: rule for rule in RULES}


@pytest.mark.parametrize(("rule", "right", "wrong"), CASES)
def test_a_rule_finds_what_is_wrong_and_only_that(
    rule: str, right: list[Resource], wrong: list[Resource]
) -> None:
    assert list(found(BY_ID[rule], right, Expectations())) == []
    blamed = [each.resource for each in found(BY_ID[rule], wrong, Expectations())]
    culprits = [each for each in wrong if each.type != "aws-native:s3:BucketPolicy"]
    if rule.startswith("QUEUE_"):
        culprits = [CONSUMER]
    assert [each for each in wrong if each in blamed] == culprits
    assert all(each in culprits for each in blamed)


def test_every_rule_has_a_case() -> None:
    assert {rule for rule, _, wrong in CASES if wrong} == BY_ID.keys()
    assert {rule for rule, right, _ in CASES if right} == BY_ID.keys()
    assert len(BY_ID) == len(RULES)


def test_a_violation_tells_resource_rule_and_way_out() -> None:
    (violation,) = violations([made("kms:Key", "ingestion")], Expectations())[:1]
    rule = BY_ID["KEY_ROTATES"]
    told = f"aws-native:kms:Key ingestion: does not rotate [KEY_ROTATES] -> {rule.way_out}"
    assert str(violation) == told
    assert all(rule.purpose and rule.way_out for rule in RULES)


def test_policies_are_understood_as_the_provider_tells_them_of_what_it_made() -> None:
    statement = {
        "effect": "Deny",
        "principal": "*",
        "action": "s3:GetObject",
        "condition": {"bool": {"aws:SecureTransport": "false"}},
    }
    policy = made("s3:BucketPolicy", bucket="batches", policyDocument={"statement": [statement]})
    assert list(found(BY_ID["ENCRYPTED_IN_TRANSIT"], [BUCKET, policy], Expectations())) == []


def test_what_is_expected_depends_on_the_stack() -> None:
    types = [made("customerprofiles:ObjectType", "Trial", tags=TAGS)]
    for expected in (
        Expectations(keeps_customer_data=False),
        Expectations(deletable_object_types=["Trial"]),
    ):
        assert list(found(BY_ID["PROTECTED"], types, expected)) == []
    (missing,) = found(BY_ID["TAGGED"], types, Expectations(required_tags=["team"]))
    assert missing.message == "has no tag team"


def test_an_exception_is_for_what_it_names_alone() -> None:
    administered = {"Sid": "AccountAdministersThroughIam", "Effect": "Allow", "Action": "kms:*"}
    other = administered | {"Sid": "Other"}
    key = made("kms:Key", keyPolicy={"Statement": [administered, other]}, enableKeyRotation=True)
    told = [each for each in violations([key], Expectations()) if "WILDCARD" in each.rule.id]
    assert [each.message for each in told] == ["allows kms:* in Other"]
    assert all(each.rule in BY_ID and each.why for each in EXCEPTIONS)


def test_the_page_of_rules_is_current() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "policy-rules.md"
    command = "python -m policy.rules_page > docs/reference/policy-rules.md"
    assert page.read_text(encoding="utf-8") == rules_markdown(), f"run: {command}"
