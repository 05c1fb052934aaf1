"""The component: what it registers, in which order, and what a change touches."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from components.customer_profiles import CustomerProfiles, CustomerProfilesArgs
from profiles import (
    EMAIL_ADDRESS,
    PROFILE,
    SECONDARY,
    UNIQUE,
    Field,
    Key,
    ObjectType,
)
from profiles.requests import to_cloudformation

ACCOUNT = "111122223333"
DOMAIN_ARN = f"arn:aws:profile:eu-central-1:{ACCOUNT}:domains/customers"
QUEUE_ARN = f"arn:aws:sqs:us-east-1:{ACCOUNT}:customers-dead-letters"
QUEUE_URL = f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/customers-dead-letters"
KEY_ARN = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/encryption"
TAGS = [{"key": "environment", "value": "dev"}, {"key": "team", "value": "crm"}]

TRIAL = ObjectType(
    name="Trial",
    description="A trial",
    allow_profile_creation=True,
    expiration_days=100,
    source_priority=2,
    max_profile_object_count=5,
    source_last_updated_timestamp_format="EpochMilli",
    encryption_key=KEY_ARN,
    fields=(
        Field("Status", "_source.Status", "_profile.Attributes.TrialStatus"),
        Field("Account", "_source.UserId", "_profile.AccountNumber"),
        Field("Email", "_source.Email", content_type=EMAIL_ADDRESS),
    ),
    keys=(
        Key("_email", ("Email",)),
        Key("_account", ("Account",), (PROFILE, UNIQUE)),
        Key("_email", ("Email", "Status"), (PROFILE, SECONDARY)),
    ),
)
ORDER = replace(TRIAL, name="Order", description="An order")
VISIT = replace(TRIAL, name="Visit", description="A visit")


@pytest.fixture
def deploy(run_program: Any) -> Any:
    """Registers the component with these object types; returns the recording engine."""

    def run(
        *object_types: ObjectType, keeps_customer_data: bool = True, deletable: Sequence[str] = ()
    ) -> Any:
        return run_program(lambda: component(object_types, keeps_customer_data, deletable))

    return run


def component(
    object_types: Sequence[ObjectType],
    keeps_customer_data: bool,  # noqa: FBT001
    deletable: Sequence[str],
) -> None:
    args: CustomerProfilesArgs = {
        "domain_name": "customers",
        "region": "eu-central-1",
        "object_types": object_types,
        "default_expiration_days": 366,
        "dead_letter_retention_days": 14,
        "keeps_customer_data": keeps_customer_data,
        "deletable_object_types": deletable,
        "tags": {"team": "crm", "environment": "dev"},
    }
    CustomerProfiles("customer-profiles", args)


def cloudformation(value: Any) -> Any:
    """Pulumi's spelling of properties, as CloudFormation spells them."""
    if isinstance(value, dict):
        return {key[0].upper() + key[1:]: cloudformation(each) for key, each in value.items()}
    return [cloudformation(each) for each in value] if isinstance(value, list) else value


def test_all_it_needs_is_made_under_names_that_never_change(deploy: Any) -> None:
    # A new name or parent replaces the resource on every stack that exists: give it an alias.
    assert sorted((each.type, each.name) for each in deploy(TRIAL).resources) == [
        ("aws-native:customerprofiles:Domain", "domain"),
        ("aws-native:customerprofiles:ObjectType", "Trial"),
        ("aws-native:kms:Alias", "encryption"),
        ("aws-native:kms:Key", "encryption"),
        ("aws-native:sqs:Queue", "dead-letters"),
        ("aws-native:sqs:QueueInlinePolicy", "dead-letters"),
        ("customer-lifecycle:index:CustomerProfiles", "customer-profiles"),
    ]


def test_every_resource_is_a_child_of_the_component(deploy: Any) -> None:
    component_itself, *children = deploy(TRIAL, ORDER).resources

    parent = f"{component_itself.type}::{component_itself.name}"
    assert {each.parent for each in children} == {parent}


def test_the_domain_has_its_expiry_its_key_and_its_dead_letter_queue(deploy: Any) -> None:
    assert deploy(TRIAL).only("customerprofiles:Domain").inputs == {
        "domainName": "customers",
        "defaultExpirationDays": 366,
        "defaultEncryptionKey": KEY_ARN,
        "deadLetterQueueUrl": QUEUE_URL,
        "tags": TAGS,
    }


def test_the_domain_waits_until_the_service_may_write_to_its_queue(deploy: Any) -> None:
    domain = deploy(TRIAL).only("customerprofiles:Domain")

    assert "aws-native:sqs:QueueInlinePolicy::dead-letters" in domain.dependencies


def test_dead_letters_are_encrypted_and_kept_for_the_days_of_the_setting(deploy: Any) -> None:
    assert deploy(TRIAL).only("sqs:Queue").inputs == {
        "queueName": "customers-dead-letters",
        "kmsMasterKeyId": KEY_ARN,
        "messageRetentionPeriod": 14 * 24 * 60 * 60,
        "tags": TAGS,
    }


def test_only_this_domain_may_write_dead_letters(deploy: Any) -> None:
    policy = deploy(TRIAL).only("sqs:QueueInlinePolicy").inputs

    assert policy["queue"] == QUEUE_URL
    assert policy["policyDocument"] == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "CustomerProfilesSendsRejectedObjects",
                "Effect": "Allow",
                "Principal": {"Service": "profile.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": QUEUE_ARN,
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": DOMAIN_ARN}
                },
            }
        ],
    }


def test_the_key_rotates_and_only_this_domain_and_the_account_may_use_it(deploy: Any) -> None:
    key = deploy(TRIAL).only("kms:Key").inputs

    assert key["enableKeyRotation"] is True
    assert key["keyPolicy"]["Statement"] == [
        {
            "Sid": "AccountAdministersThroughIam",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "kms:*",
            "Resource": "*",
        },
        {
            "Sid": "CustomerProfilesEncryptsDomainAndDeadLetters",
            "Effect": "Allow",
            "Principal": {"Service": "profile.amazonaws.com"},
            "Action": ["kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": "*",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": ACCOUNT},
                "ArnLike": {"aws:SourceArn": [DOMAIN_ARN, f"{DOMAIN_ARN}/objects/*"]},
            },
        },
    ]


def test_people_find_the_key_under_the_name_of_the_domain(deploy: Any) -> None:
    assert deploy(TRIAL).only("kms:Alias").inputs == {
        "aliasName": "alias/customer-profiles/customers",
        "targetKeyId": "key-encryption",
    }


def test_an_object_type_is_deployed_as_its_mapping_says(deploy: Any) -> None:
    registered = deploy(TRIAL).only("customerprofiles:ObjectType")

    expected = to_cloudformation(TRIAL) | {"DomainName": "customers"}
    tags = [{"Key": each["key"], "Value": each["value"]} for each in TAGS]
    assert cloudformation(registered.inputs) == expected | {"Tags": tags}


def test_an_object_type_from_a_template_has_no_fields_and_keys_of_its_own(deploy: Any) -> None:
    # Sent together with a TemplateId they are refused (PutProfileObjectType).
    template = ObjectType(name="Contacts", description="Calls", template_id="CTR-NoInferred")

    registered = deploy(template).only("customerprofiles:ObjectType")

    assert set(registered.inputs) == {
        "domainName",
        "objectTypeName",
        "description",
        "templateId",
        "tags",
    }


def test_object_types_are_written_one_after_the_other(deploy: Any) -> None:
    types = deploy(VISIT, TRIAL, ORDER).named("customerprofiles:ObjectType")

    token = "aws-native:customerprofiles:ObjectType"
    before = {
        name: {each for each in types[name].dependencies if each.startswith(token)}
        for name in types
    }
    assert before == {
        "Order": set(),
        "Trial": {f"{token}::Order"},
        "Visit": {f"{token}::Trial"},
    }


@pytest.mark.parametrize(
    "object_types",
    [(ORDER, TRIAL, VISIT), (VISIT, TRIAL, ORDER), (TRIAL, VISIT)],
    ids=["one more", "reordered too", "one less"],
)
def test_adding_removing_or_reordering_a_type_changes_no_other_resource(
    deploy: Any, object_types: tuple[ObjectType, ...]
) -> None:
    before, after = deploy(ORDER, TRIAL), deploy(*object_types)

    shared = {each.name for each in object_types} & {ORDER.name, TRIAL.name}
    kept = [unchanging(engine, shared) for engine in (before, after)]
    assert kept[0] == kept[1]


def unchanging(engine: Any, types: set[str]) -> list[dict[str, Any]]:
    """What an update of these types, and of all that is no object type, could come from."""
    token = "aws-native:customerprofiles:ObjectType"
    return sorted(
        (
            each.without_dependencies()
            for each in engine.resources
            if each.type != token or each.name in types
        ),
        key=lambda each: (each["type"], each["name"]),
    )


def test_reordering_the_rows_of_a_mapping_changes_nothing(deploy: Any) -> None:
    # Entries under one key name keep their order, which is the order of matching.
    keys = (TRIAL.keys[1], TRIAL.keys[0], TRIAL.keys[2])
    reordered = replace(TRIAL, fields=TRIAL.fields[::-1], keys=keys)

    assert deploy(TRIAL).resources == deploy(reordered).resources


def test_changing_a_description_changes_that_type_alone(deploy: Any) -> None:
    changed = replace(TRIAL, description="A trial, as the product calls it")

    before, after = deploy(ORDER, TRIAL).resources, deploy(ORDER, changed).resources

    differing = [new.name for old, new in zip(before, after, strict=True) if old != new]
    assert differing == ["Trial"]


def protected(engine: Any) -> list[str]:
    """The names of what is protected, which is also what is retained."""
    kept = sorted(each.name for each in engine.resources if each.protect)
    assert sorted(each.name for each in engine.resources if each.retain_on_delete) == kept
    return kept


def test_domain_key_and_object_types_are_protected_where_they_hold_customers_data(
    deploy: Any,
) -> None:
    engine = deploy(TRIAL, ORDER, keeps_customer_data=True)

    assert protected(engine) == ["Order", "Trial", "domain", "encryption"]


def test_an_object_type_that_may_be_deleted_is_not_protected(deploy: Any) -> None:
    engine = deploy(TRIAL, ORDER, deletable=("Trial", "Unknown"))

    assert protected(engine) == ["Order", "domain", "encryption"]


def test_nothing_is_protected_where_data_is_thrown_away(deploy: Any) -> None:
    engine = deploy(TRIAL, keeps_customer_data=False)

    assert not any(each.protect or each.retain_on_delete for each in engine.resources)


def test_everything_that_takes_tags_has_the_stacks_tags_in_one_order(deploy: Any) -> None:
    engine = deploy(TRIAL, ORDER)

    untagged = {"customer-lifecycle:index:CustomerProfiles", "aws-native:kms:Alias"}
    untagged |= {"aws-native:sqs:QueueInlinePolicy"}
    assert {each.type for each in engine.resources if "tags" not in each.inputs} == untagged
    assert all(each.inputs.get("tags", TAGS) == TAGS for each in engine.resources)


def test_the_component_says_what_it_made(deploy: Any) -> None:
    outputs = deploy(TRIAL, ORDER).component_outputs

    assert outputs["customer-lifecycle:index:CustomerProfiles::customer-profiles"] == {
        "domain_name": "customers",
        "dead_letter_queue_url": QUEUE_URL,
        "dead_letter_queue_arn": QUEUE_ARN,
        "encryption_key_arn": KEY_ARN,
        "object_types": ["Order", "Trial"],
    }
