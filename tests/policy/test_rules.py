"""Each rule, where it holds and where it does not."""

import importlib
import inspect
from pathlib import Path
from typing import Any

import pytest

from components import settings
from policy import model
from policy.exceptions import EXCEPTIONS
from policy.kinds import TAGGED, TAGGED_LATER, UNTAGGED
from policy.model import UNKNOWN, Expectations, NotKnownYetError
from policy.rules import RULES, found, violations
from policy.rules_page import rules_markdown
from tests.policy import access_cases, other_cases
from tests.policy.made import ACCOUNT, Case, bucket_policy, made, queue_policy, role_policy
from tests.policy.other_cases import BUCKET, CONSUMER, TAGS

CASES = access_cases.CASES + other_cases.CASES
BY_ID = {rule.id: rule for rule in RULES}
EXPECTED = Expectations(account=ACCOUNT)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_a_rule_finds_what_is_wrong_and_only_that(case: Case) -> None:
    assert [str(each) for each in found(BY_ID[case.rule], case.right, EXPECTED)] == []
    blamed = [each.resource for each in found(BY_ID[case.rule], case.wrong + case.beside, EXPECTED)]
    assert [each for each in case.wrong if each not in blamed] == []
    assert [each for each in blamed if each not in case.wrong] == []


def test_every_rule_has_a_case() -> None:
    assert {case.rule for case in CASES if case.wrong} == BY_ID.keys()
    assert {case.rule for case in CASES if case.right} == BY_ID.keys()
    assert len(BY_ID) == len(RULES)


def test_a_violation_tells_resource_rule_and_way_out() -> None:
    (violation,) = found(BY_ID["KEY_ROTATES"], [made("kms:Key", "ingestion")], EXPECTED)
    rule = BY_ID["KEY_ROTATES"]
    told = f"aws-native:kms:Key ingestion: does not rotate [KEY_ROTATES] -> {rule.way_out}"
    assert str(violation) == told
    assert all(rule.purpose and rule.way_out for rule in RULES)


def test_policies_are_understood_as_the_provider_tells_them_of_what_it_made() -> None:
    told = bucket_policy().properties["policyDocument"]["Statement"][0]
    lower = {name[:1].lower() + name[1:]: value for name, value in told.items()}
    lower["condition"] = {"bool": lower["condition"]["Bool"]}
    policy = made("s3:BucketPolicy", bucket="batches", policyDocument={"statement": [lower]})
    assert list(found(BY_ID["ENCRYPTED_IN_TRANSIT"], [BUCKET, policy], EXPECTED)) == []

    open_to_all = {"effect": "Allow", "principal": {"aWS": "*"}, "action": "sqs:SendMessage"}
    policy = made("sqs:QueueInlinePolicy", policyDocument={"statement": open_to_all})
    assert len(list(found(BY_ID["NO_PUBLIC_ACCESS"], [policy], EXPECTED))) == 1


def test_what_is_expected_depends_on_the_stack() -> None:
    types = [made("customerprofiles:ObjectType", "Trial", tags=TAGS)]
    for expected in (
        Expectations(keeps_customer_data=False),
        Expectations(deletable_object_types=["Trial"]),
    ):
        assert list(found(BY_ID["PROTECTED"], types, expected)) == []
    (missing,) = found(BY_ID["TAGGED"], types, Expectations(required_tags=["team"]))
    assert missing.message == "has no tag team"
    # Where the account is not known, any that is named may be let in.
    outsider = queue_policy("444455556666")
    assert len(list(found(BY_ID["NO_PUBLIC_ACCESS"], [outsider], EXPECTED))) == 1
    assert list(found(BY_ID["NO_PUBLIC_ACCESS"], [outsider], Expectations())) == []


def test_the_required_tags_are_those_of_the_settings() -> None:
    assert model.REQUIRED_TAGS == settings.REQUIRED_TAGS


@pytest.mark.parametrize(
    ("rule", "resources"),
    [
        ("ENCRYPTED_AT_REST", [made("sqs:Queue", kmsMasterKeyId=UNKNOWN)]),
        ("ENCRYPTED_AT_REST", [made("s3:Bucket", bucketEncryption=UNKNOWN)]),
        ("ENCRYPTED_IN_TRANSIT", [BUCKET, made("s3:BucketPolicy", bucket=UNKNOWN)]),
        (
            "ENCRYPTED_IN_TRANSIT",
            [BUCKET, made("s3:BucketPolicy", bucket="batches", policyDocument=UNKNOWN)],
        ),
        ("NO_PUBLIC_ACCESS", [queue_policy({"Service": "sns.amazonaws.com"}, Condition=UNKNOWN)]),
        ("NO_PUBLIC_ACCESS", [queue_policy({"AWS": [UNKNOWN]}), queue_policy(UNKNOWN)]),
        ("NO_WILDCARD_RESOURCE", [role_policy(Resource=[UNKNOWN]), queue_policy(Resource="*")]),
        ("RETENTION_SAID", [made("s3:Bucket", lifecycleConfiguration=UNKNOWN)]),
        ("VERSIONED", [made("s3:Bucket", versioningConfiguration=UNKNOWN)]),
        ("TAGGED", [made("sqs:Queue", tags=UNKNOWN)]),
        ("SOURCE_HAS_DEAD_LETTERS", [made("lambda:EventSourceMapping", eventSourceArn=UNKNOWN)]),
        (
            "SOURCE_HAS_DEAD_LETTERS",
            [CONSUMER, made("sqs:Queue", queueName="changes", redrivePolicy=UNKNOWN)],
        ),
        ("CONSUMER_HAS_DEAD_LETTERS", [made("events:Rule", targets=UNKNOWN)]),
    ],
)
def test_what_only_the_deployment_tells_is_not_blamed_in_a_preview(
    rule: str, resources: list[Any]
) -> None:
    blamed = []
    try:
        for each in found(BY_ID[rule], resources, EXPECTED):
            blamed.append(each)  # noqa: PERF402 - what was found before the rule was stopped counts
    except NotKnownYetError:
        pass
    assert blamed == []


def test_what_is_known_is_blamed_in_a_preview_all_the_same() -> None:
    policy = role_policy(Action="sqs:*", Resource=UNKNOWN)
    assert len(list(found(BY_ID["NO_WILDCARD_ACTION"], [policy], EXPECTED))) == 1


def test_an_exception_is_for_what_it_names_alone() -> None:
    administered = {"Sid": "AccountAdministersThroughIam", "Effect": "Allow", "Action": "kms:*"}
    other = administered | {"Sid": "AccountAdministersThroughIamToo"}
    statements = {"Statement": [administered, other]}
    for name, blamed in (("ingestion", []), ("encryption", ["is not protected"])):
        key = made("kms:Key", name, keyPolicy=statements, enableKeyRotation=True, tags=TAGS)
        told = [each.message for each in violations([key], EXPECTED)]
        assert told == ["allows kms:* in AccountAdministersThroughIamToo", *blamed]
    assert all(each.rule in BY_ID and each.why for each in EXCEPTIONS)


def test_a_type_is_known_to_take_tags_as_the_provider_says() -> None:
    for kind in TAGGED | UNTAGGED | TAGGED_LATER:
        _, module, name = kind.split(":")
        package = importlib.import_module(
            f"pulumi_aws_native.{module}".replace("lambda", "lambda_")
        )
        parameters = inspect.signature(getattr(package, f"{name}Args")).parameters
        assert ("tags" in parameters) == (kind not in UNTAGGED), kind


def test_the_page_of_rules_is_current() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "policy-rules.md"
    command = "python -m policy.rules_page > docs/reference/policy-rules.md"
    assert page.read_text(encoding="utf-8") == rules_markdown(), f"run: {command}"
