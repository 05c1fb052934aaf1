"""`lifecycle doctor`, the real command: each finding is provoked on a local AWS."""

import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import mappings
from lifecycle import verify_record
from lifecycle.doctor import quotas
from lifecycle.doctor.run import CHECKS
from lifecycle.verify_record import VerifyRecord, parameter_name
from profiles.requests import to_request
from tests.emulator.doctoring import Ward
from tests.emulator.stack import LIFECYCLE, Stack

Break = Callable[[Ward], object]


@pytest.fixture
def ward(emulator: Any, tmp_path: Path) -> Ward:
    return Ward.admit(Stack(emulator, tmp_path))


def test_a_stack_as_it_was_deployed_is_healthy(ward: Ward) -> None:
    assert ward.examine() == {}
    assert ward.said["exitCode"] == 0
    assert ward.said["checks"] == list(CHECKS)
    shown = {each["what"]: (each["used"], each["limit"]) for each in ward.said["quotas"]}
    assert shown[quotas.TYPES.what] == (3, 100)
    assert shown[quotas.KEYS.what] == (1, 10)


def test_people_read_a_verdict_and_how_near_the_nearest_quota_is(
    start_emulator: Callable[..., Any], tmp_path: Path
) -> None:
    # Domains of other tests, which sign alike, would come nearer to theirs.
    with start_emulator(tmp_path / "log") as alone:
        ward = Ward.admit(Stack(alone, tmp_path))
        done = ward.stack.run("doctor")
    assert done.returncode == 0
    assert f"any (domain {ward.stack.name}): healthy; looked at credentials," in done.stdout
    assert "nearest quota: 3 of 10 keys of an object type (MarketingAssignedOffers)" in done.stdout


def queue(ward: Ward, **attributes: str) -> None:
    ward.stack.client("sqs").set_queue_attributes(
        QueueUrl=ward.stack.outputs["dead_letter_queue_url"], Attributes=attributes
    )


def delete_queue(ward: Ward, output: str) -> None:
    ward.stack.client("sqs").delete_queue(QueueUrl=ward.stack.outputs[output])


def remove_domain(ward: Ward) -> None:
    ward.profiles.delete_domain(DomainName=ward.stack.name)


def change_domain(ward: Ward, **members: Any) -> None:
    ward.profiles.update_domain(DomainName=ward.stack.name, **members)


def change_type(ward: Ward, **members: Any) -> None:
    (first, *_) = mappings.load()
    body = to_request(first.object_type) | members
    ward.profiles.put_profile_object_type(DomainName=ward.stack.name, **body)


def add_type(ward: Ward) -> None:
    change_type(ward, ObjectTypeName="ByHand")


def poison(ward: Ward) -> None:
    record = json.dumps({"UserId": "7", "status": "x" * 256})
    ward.profiles.put_profile_object(
        DomainName=ward.stack.name, ObjectTypeName="TrialSubscription", Object=record
    )


def reject(ward: Ward) -> None:
    url = ward.stack.outputs["rejects_queue_url"]
    ward.stack.client("sqs").send_message(
        QueueUrl=url, MessageBody="{}", MessageGroupId="g", MessageDeduplicationId="d"
    )


def change_key(ward: Ward) -> None:
    policy = ward.key_policy("kms:Decrypt")
    ward.stack.client("kms").put_key_policy(KeyId=ward.key_id, PolicyName="default", Policy=policy)


def disable_key(ward: Ward) -> None:
    ward.stack.client("kms").disable_key(KeyId=ward.key_id)


def write_record(ward: Ward, text: str) -> None:
    ward.stack.client("ssm").put_parameter(
        Name=parameter_name(ward.stack.name), Value=text, Type="String", Overwrite=True
    )


def age_record(ward: Ward) -> None:
    at = datetime.now(UTC) - timedelta(days=31)
    types = [each.object_type for each in mappings.load()]
    record = VerifyRecord(at, ok=True, mappings=verify_record.fingerprint(types))
    write_record(ward, record.text())


def fill_types(ward: Ward, total: int) -> None:
    for number in range(total - 3):
        change_type(ward, ObjectTypeName=f"Filler{number}")


@pytest.mark.parametrize(
    ("harm", "rule", "said"),
    [
        (lambda w: queue(w, Policy=""), "QUEUE_POLICY", "the queue has no policy"),
        (
            lambda w: w.stack.let_send(
                w.stack.outputs["dead_letter_queue_url"], "sns.amazonaws.com"
            ),
            "QUEUE_POLICY",
            "does not allow it",
        ),
        (lambda w: delete_queue(w, "dead_letter_queue_url"), "QUEUE_MISSING", "domain: http"),
        (lambda w: delete_queue(w, "rejects_queue_url"), "QUEUE_MISSING", "rejects: http"),
        (lambda w: change_domain(w, DefaultExpirationDays=7), "DOMAIN_SETTING", "is 7, the"),
        (lambda w: change_domain(w, DeadLetterQueueUrl=""), "DOMAIN_SETTING", "is not set"),
        (lambda w: change_type(w, ExpirationDays=9), "MAPPING_DIFFERS", "deployed 9, here 1000"),
        (add_type, "MAPPING_DIFFERS", "ByHand"),
        (lambda w: change_type(w, Description="by hand"), "MAPPING_TEXT", "deployed by hand"),
        (poison, "UNDELIVERED", "domain: about 1 waiting"),
        (reject, "UNDELIVERED", "rejects: about 1 waiting"),
        (change_key, "KEY_UNUSABLE", "may not kms:generatedatakey"),
        (disable_key, "KEY_UNUSABLE", "is Disabled"),
        (lambda w: w.verified(ok=False), "VERIFY_FAILED", "found a mismatch"),
        (age_record, "VERIFY_OLD", "over 30 days ago"),
        (lambda w: write_record(w, "{}"), "VERIFY_MISSING", "no record of a verify"),
        (
            lambda w: w.stack.client("ssm").delete_parameter(Name=parameter_name(w.stack.name)),
            "VERIFY_MISSING",
            "no verify is on record",
        ),
    ],
)
def test_what_is_wrong_is_found_and_nothing_else(
    ward: Ward, harm: Break, rule: str, said: str
) -> None:
    harm(ward)
    found = ward.examine()
    assert said in found[rule]
    assert set(found) == {rule}
    assert all(each["wayOut"] for each in ward.said["findings"])


def test_a_rule_that_may_not_send_to_its_dead_letter_queue_is_found(ward: Ward) -> None:
    events, name = ward.stack.client("events"), ward.stack.name
    events.create_event_bus(Name=name)
    ward.stack.outputs["event_bus_name"] = name
    pattern = json.dumps({"detail-type": ["TrialSubscription"]})
    rule = events.put_rule(Name="Trial", EventBusName=name, EventPattern=pattern)["RuleArn"]
    url = ward.stack.queue("events_dead_letter_queue_url")
    ward.stack.let_send(url, "events.amazonaws.com", f"{rule}x")
    found = ward.examine()
    assert found == {"QUEUE_POLICY": "events: events.amazonaws.com may not send for rule Trial"}
    ward.stack.let_send(url, "events.amazonaws.com", rule)
    assert ward.examine() == {}


def test_a_domain_that_is_gone_is_the_problem_and_the_rest_is_still_looked_at(ward: Ward) -> None:
    remove_domain(ward)
    reject(ward)
    assert set(ward.examine()) == {"DOMAIN_MISSING", "UNDELIVERED"}
    assert ward.said["exitCode"] == 1


def test_a_verify_of_other_mappings_is_no_proof(ward: Ward) -> None:
    record = VerifyRecord(datetime.now(UTC), ok=True, mappings="0" * 16)
    write_record(ward, record.text())
    assert set(ward.examine()) == {"VERIFY_OLD"}
    assert ward.said["exitCode"] == 3


def test_how_old_a_verify_may_be_is_an_option(ward: Ward) -> None:
    age_record(ward)
    assert ward.examine("--verified-within", "60") == {}


def test_a_quota_is_near_at_four_fifths_of_it(ward: Ward) -> None:
    fill_types(ward, 80)
    found = ward.examine()
    assert found["QUOTA_NEAR"] == f"{ward.stack.name}: 80 of 100 object types in the domain"


def test_verify_leaves_its_result_where_the_doctor_looks(ward: Ward) -> None:
    write_record(ward, "{}")
    assert ward.stack.run("verify").returncode == 0
    assert ward.examine() == {}
    change_type(
        ward,
        Fields={"UserId": {"Source": "_source.UserId"}},
        Keys={
            "_account": [{"FieldNames": ["UserId"], "StandardIdentifiers": ["PROFILE", "UNIQUE"]}]
        },
    )
    assert ward.stack.run("verify", "--timeout", "0").returncode == 1
    assert {"VERIFY_FAILED", "MAPPING_DIFFERS"} <= set(ward.examine())


def test_the_doctor_changes_nothing(ward: Ward) -> None:
    before = ward.profiles.get_domain(DomainName=ward.stack.name)
    record = ward.stack.client("ssm").get_parameter(Name=parameter_name(ward.stack.name))
    ward.examine()
    after = ward.profiles.get_domain(DomainName=ward.stack.name)
    unchanged = ward.stack.client("ssm").get_parameter(Name=parameter_name(ward.stack.name))
    assert before["LastUpdatedAt"] == after["LastUpdatedAt"]
    assert record["Parameter"]["Version"] == unchanged["Parameter"]["Version"]


def test_a_local_aws_that_is_not_running_could_not_be_examined(ward: Ward) -> None:
    environ = ward.stack.environ()
    program = Path(environ["PATH"].partition(":")[0]) / "pulumi"
    told = json.dumps({"domain_name": "d", "region": "us-east-1", "endpoint": "http://127.0.0.1:9"})
    program.write_text(f"#!/bin/sh\nprintf %s '{told}'\n", "utf-8")
    done = subprocess.run(
        [str(LIFECYCLE), "doctor"], env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "does not answer" in done.stderr
