"""`pulumi up` of this repository's program, with the real CLI and the real provider."""

import json
import time
from typing import Any

import pytest

import mappings
from profiles.requests import to_request

pytestmark = pytest.mark.e2e

DOMAIN = "customer-lifecycle-local"
TYPES = ["MarketingAssignedOffers", "PurchasedSubscription", "TrialSubscription"]


def test_a_deployment_makes_the_domain_with_its_object_types_queue_and_key(deployed: Any) -> None:
    outputs = json.loads(deployed.cli("stack", "output", "--json").stdout)
    assert outputs["domain_name"] == DOMAIN
    assert outputs["object_types"] == TYPES

    profiles = deployed.client("customer-profiles")
    domain = profiles.get_domain(DomainName=DOMAIN)
    assert domain["DefaultExpirationDays"] == 366
    assert domain["DeadLetterQueueUrl"] == outputs["dead_letter_queue_url"]
    assert domain["DefaultEncryptionKey"] == outputs["encryption_key_arn"]
    assert domain["Tags"] == {"environment": "local", "project": "customer-lifecycle"}
    for mapping in mappings.load():
        wanted = to_request(mapping.object_type)
        name = mapping.object_type.name
        found = profiles.get_profile_object_type(DomainName=DOMAIN, ObjectTypeName=name)
        assert {member: found[member] for member in wanted} == wanted

    key = outputs["encryption_key_arn"].rpartition("/")[2]
    kms = deployed.client("kms")
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is True
    attributes = deployed.client("sqs").get_queue_attributes(
        QueueUrl=outputs["dead_letter_queue_url"], AttributeNames=["All"]
    )["Attributes"]
    assert attributes["KmsMasterKeyId"] == outputs["encryption_key_arn"]
    (statement,) = json.loads(attributes["Policy"])["Statement"]
    assert statement["Principal"] == {"Service": "profile.amazonaws.com"}
    assert statement["Action"] == "sqs:SendMessage"


def test_a_second_up_and_a_refresh_change_nothing(deployed: Any) -> None:
    deployed.up("--expect-no-changes")
    deployed.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")


def test_changing_one_description_is_one_update_in_place(deployed: Any) -> None:
    deployed.edit("trial_subscription", "Trial Subscription Signups", "Who tries it")
    assert deployed.planned() == [("update", "TrialSubscription")]
    deployed.up()
    profiles = deployed.client("customer-profiles")
    found = profiles.get_profile_object_type(DomainName=DOMAIN, ObjectTypeName="TrialSubscription")
    assert found["Description"] == "Who tries it"
    assert found["Tags"] == {"environment": "local", "project": "customer-lifecycle"}
    deployed.up("--expect-no-changes")


def test_removing_and_adding_a_mapping_touches_no_other(deployment: Any) -> None:
    # A way in knows all object types; here is looked at those alone.
    deployment.configure("customer-lifecycle:ingestion", {})
    removed = deployment.program / "mappings" / "purchased_subscription.py"
    text = removed.read_text(encoding="utf-8")
    deployment.up()
    removed.unlink()
    assert deployment.planned() == [("delete", "PurchasedSubscription")]
    deployment.up()
    removed.write_text(text, encoding="utf-8")
    assert deployment.planned() == [("create", "PurchasedSubscription")]


def test_the_order_of_mappings_and_of_fields_means_nothing(deployed: Any) -> None:
    folder = deployed.program / "mappings"
    (folder / "trial_subscription.py").rename(folder / "a_trial.py")
    text = (folder / "a_trial.py").read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    fields = [number for number, line in enumerate(lines) if line.strip().startswith("Field(")]
    assert len(fields) == 6
    lines[fields[0]], lines[fields[-1]] = lines[fields[-1]], lines[fields[0]]
    (folder / "a_trial.py").write_text("".join(lines), encoding="utf-8")
    assert deployed.planned() == []


def test_destroy_leaves_nothing(deployed: Any) -> None:
    deployed.pulumi("destroy", "--yes", "--skip-preview")
    assert deployed.client("customer-profiles").list_domains()["Items"] == []
    assert deployed.client("sqs").list_queues().get("QueueUrls", []) == []
    assert deployed.client("cloudformation").describe_stacks()["Stacks"] == []
    kms = deployed.client("kms")
    assert [a for a in kms.list_aliases()["Aliases"] if "profiles" in a["AliasName"]] == []
    states = {
        kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"]
        for key in kms.list_keys()["Keys"]
    }
    # A key is never deleted at once: AWS KMS developer guide, "Delete an AWS KMS key".
    assert states == {"PendingDeletion"}


def test_drift_is_found_and_put_right(deployed: Any) -> None:
    # The provider release that can be built shows drift this way only; see toolchain/README.md.
    deployed.workspace.environ["PULUMI_ENABLE_LEGACY_REFRESH_DIFF"] = "true"
    url = json.loads(deployed.cli("stack", "output", "--json").stdout)["dead_letter_queue_url"]
    sqs = deployed.client("sqs")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"MessageRetentionPeriod": "600"})
    deployed.client("customer-profiles").update_domain(DomainName=DOMAIN, DefaultExpirationDays=7)

    refreshed = deployed.pulumi("refresh", "--yes", "--skip-preview", "--diff")
    assert "messageRetentionPeriod: 1209600 => 600" in refreshed
    assert "defaultExpirationDays: 366 => 7" in refreshed
    deployed.up("--refresh")
    domain = deployed.client("customer-profiles").get_domain(DomainName=DOMAIN)
    assert domain["DefaultExpirationDays"] == 366
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["MessageRetentionPeriod"])
    assert told["Attributes"]["MessageRetentionPeriod"] == "1209600"


def test_what_was_deleted_behind_our_back_is_made_again(deployed: Any) -> None:
    profiles = deployed.client("customer-profiles")
    profiles.delete_profile_object_type(DomainName=DOMAIN, ObjectTypeName="TrialSubscription")
    deployed.up("--refresh")
    found = profiles.list_profile_object_types(DomainName=DOMAIN)["Items"]
    assert sorted(item["ObjectTypeName"] for item in found) == TYPES


def test_wrong_mappings_stop_the_preview_before_any_call_with_every_finding(
    deployment: Any,
) -> None:
    deployment.edit("trial_subscription", "_profile.Attributes.TrialStatus", "_profile.Foo")
    deployment.edit("purchased_subscription", '"enddate"', '"end.date"')
    deployment.edit("marketing_assigned_offers", '"_email", ("email",)', '"_email", ("mail",)')
    deployment.edit("marketing_assigned_offers", '("phone",)', '("phone",), (PROFILE, UNIQUE)')

    done = deployment.cli("preview")

    assert done.returncode != 0
    said = done.stdout + done.stderr
    for file, object_type, rule in (
        ("trial_subscription.py", "TrialSubscription", "TARGET_UNKNOWN"),
        ("purchased_subscription.py", "PurchasedSubscription", "FIELD_NAME_DOTTED"),
        ("marketing_assigned_offers.py", "MarketingAssignedOffers", "KEY_UNKNOWN_FIELD"),
        ("marketing_assigned_offers.py", "MarketingAssignedOffers", "KEY_UNIQUE_COUNT"),
    ):
        (line, *_) = [line for line in said.splitlines() if rule in line]
        assert file in line
        assert object_type in line
    assert "Traceback" not in said
    control = deployment.client("cloudcontrol")
    assert control.list_resource_requests()["ResourceRequestStatusSummaries"] == []


def test_an_emulator_that_ended_fails_up_and_verify_within_30_s_and_says_so(
    deployed: Any,
) -> None:
    deployed.emulator.stop()
    started = time.monotonic()
    up = deployed.cli("up", "--yes", "--skip-preview")
    assert up.returncode != 0
    assert deployed.emulator.url in up.stdout + up.stderr
    assert "does not answer" in up.stdout + up.stderr
    verify = deployed.lifecycle("verify", "-s", "local")
    assert verify.returncode == 2
    assert deployed.emulator.url in verify.stderr
    assert time.monotonic() - started < 60


def test_a_stack_that_keeps_customer_data_does_not_let_go_of_its_domain(deployed: Any) -> None:
    deployed.configure("customer-lifecycle:keepsCustomerData", True)  # noqa: FBT003 - YAML
    deployed.up()
    destroyed = deployed.cli("destroy", "--yes", "--skip-preview")
    assert destroyed.returncode != 0
    assert "protected" in destroyed.stdout + destroyed.stderr
    profiles = deployed.client("customer-profiles")
    assert profiles.get_domain(DomainName=DOMAIN)["DomainName"] == DOMAIN
