"""AWS::CustomerProfiles::Domain, as its CloudFormation handler behaves (aws-semantics 4.1, 4.2)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

Refused = Callable[..., Any]

DOMAIN = "AWS::CustomerProfiles::Domain"
CRM = {"DomainName": "crm", "DefaultExpirationDays": 30}
COST = {"Key": "cost", "Value": "7"}
TIMES = ("CreatedAt", "LastUpdatedAt")


def replace(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def add(path: str, value: Any) -> dict[str, Any]:
    return {"op": "add", "path": path, "value": value}


def remove(path: str) -> dict[str, Any]:
    return {"op": "remove", "path": path}


def asked(shown: dict[str, Any]) -> dict[str, Any]:
    """What can be asked for."""
    return {name: value for name, value in shown.items() if name not in {*TIMES, "Stats"}}


def tags_of(domain: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in domain.get("Tags", [])}


@pytest.fixture
def crm(control: Any) -> str:
    """A domain with two tags."""
    tags = [{"Key": "team", "Value": "care"}, {"Key": "stage", "Value": "dev"}]
    return str(control.create(DOMAIN, CRM | {"Tags": tags}))


def test_a_domain_is_really_made_with_all_its_settings(
    control: Any, customer_profiles: Any, world: Any
) -> None:
    key, queue = world.arn("kms", "key/1"), world.queue("rejects")
    rules = {
        "Enabled": True,
        "MatchingRules": [{"Rule": ["EmailAddress"]}],
        "MaxAllowedRuleLevelForMatching": 1,
    }
    desired = CRM | {
        "DeadLetterQueueUrl": queue,
        "DefaultEncryptionKey": key,
        "RuleBasedMatching": rules,
        "Tags": [{"Key": "team", "Value": "care"}],
    }
    assert control.create(DOMAIN, desired) == "crm"
    domain = customer_profiles.get_domain(DomainName="crm")
    assert domain["DefaultExpirationDays"] == 30
    assert domain["DeadLetterQueueUrl"] == queue
    assert domain["DefaultEncryptionKey"] == key
    assert domain["RuleBasedMatching"]["MatchingRules"] == rules["MatchingRules"]
    assert domain["Tags"] == {"team": "care"}
    assert asked(control.get(DOMAIN, "crm")) == desired


def test_a_domain_shows_when_it_was_made_and_what_it_holds(control: Any, crm: str) -> None:
    shown = control.get(DOMAIN, crm)
    for name in TIMES:
        moment = datetime.fromisoformat(shown[name])
        assert shown[name].endswith("Z")
        assert abs(moment.timestamp() - datetime.now(moment.tzinfo).timestamp()) < 60
    assert shown["Stats"] == {
        "ProfileCount": 0,
        "MeteringProfileCount": 0,
        "ObjectCount": 0,
        "TotalSize": 0,
    }


def test_a_domain_that_exists_is_not_made_again(control: Any, customer_profiles: Any) -> None:
    customer_profiles.create_domain(DomainName="crm", DefaultExpirationDays=7)
    event = control.creation(DOMAIN, CRM)
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "AlreadyExists")
    assert event["StatusMessage"] == "Domain crm already exists"
    assert event["Identifier"] == "crm"
    assert customer_profiles.get_domain(DomainName="crm")["DefaultExpirationDays"] == 7


def test_a_domain_that_somebody_else_made_is_read_changed_and_deleted_all_the_same(
    control: Any, customer_profiles: Any
) -> None:
    customer_profiles.create_domain(DomainName="crm", DefaultExpirationDays=7)
    assert control.get(DOMAIN, "crm")["DefaultExpirationDays"] == 7
    control.update(DOMAIN, "crm", replace("/DefaultExpirationDays", 8))
    assert customer_profiles.get_domain(DomainName="crm")["DefaultExpirationDays"] == 8
    control.delete(DOMAIN, "crm")
    assert customer_profiles.list_domains()["Items"] == []


def test_what_the_service_refuses_fails_with_its_reason(
    control: Any, customer_profiles: Any
) -> None:
    foreign = "https://sqs.us-east-1.amazonaws.com/999999999999/rejects"
    event = control.creation(DOMAIN, CRM | {"DeadLetterQueueUrl": foreign})
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "InvalidRequest")
    assert event["StatusMessage"] == "Error queue URL does not belong to your account ID"
    assert customer_profiles.list_domains()["Items"] == []


@pytest.mark.parametrize("identifier", ["nowhere", "not a name", "a|b", "|"])
def test_a_domain_that_is_not_there_is_not_found(
    control: Any, refused: Refused, identifier: str
) -> None:
    refusal = refused(control.get, DOMAIN, identifier)
    text = f"Resource of type '{DOMAIN}' with identifier '{identifier}' was not found."
    assert (refusal.status, refusal.code) == (400, "ResourceNotFoundException")
    assert refusal.message == text
    change = refused(control.change, DOMAIN, identifier, replace("/DefaultExpirationDays", 1))
    assert change == refusal
    event = control.deletion(DOMAIN, identifier)
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "NotFound")
    assert event["StatusMessage"] == text


def test_a_domain_is_changed_in_place(control: Any, crm: str, customer_profiles: Any) -> None:
    before = control.get(DOMAIN, crm)
    after = control.update(DOMAIN, crm, replace("/DefaultExpirationDays", 60))
    assert customer_profiles.get_domain(DomainName=crm)["DefaultExpirationDays"] == 60
    assert asked(after) == asked(before) | {"DefaultExpirationDays": 60}
    assert after["CreatedAt"] == before["CreatedAt"]


def test_the_name_of_a_domain_never_changes(control: Any, crm: str, refused: Refused) -> None:
    refusal = refused(control.change, DOMAIN, crm, replace("/DomainName", "erp"))
    assert (refusal.status, refusal.code) == (400, "NotUpdatableException")
    text = "Invalid patch update: createOnlyProperties [/properties/DomainName] cannot be updated"
    assert refusal.message == text
    assert control.identifiers(DOMAIN) == [crm]


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (replace("/CreatedAt", "2030-01-01T00:00:00Z"), "CreatedAt"),
        (replace("/Stats/ProfileCount", 7), "Stats"),
        (remove("/LastUpdatedAt"), "LastUpdatedAt"),
    ],
)
def test_what_only_the_service_tells_is_not_set(
    control: Any, crm: str, refused: Refused, change: dict[str, Any], names: str
) -> None:
    before = control.get(DOMAIN, crm)
    refusal = refused(control.change, DOMAIN, crm, change)
    assert (refusal.status, refusal.code) == (400, "ValidationException")
    assert refusal.message == (
        f"Invalid patch update: readOnlyProperties [/properties/{names}] cannot be updated"
    )
    assert control.get(DOMAIN, crm) == before


@pytest.mark.parametrize(
    ("changes", "tags"),
    [
        ([replace("/Tags/0/Value", "prod")], {"team": "care", "stage": "prod"}),
        ([remove("/Tags/1")], {"stage": "dev"}),
        ([add("/Tags/-", COST)], {"team": "care", "stage": "dev", "cost": "7"}),
        ([replace("/Tags", [COST])], {"cost": "7"}),
        ([remove("/Tags")], {}),
        ([replace("/Tags", [])], {}),
    ],
)
def test_tags_follow_the_model(
    control: Any,
    crm: str,
    customer_profiles: Any,
    changes: list[dict[str, Any]],
    tags: dict[str, str],
) -> None:
    # Read sorted by key: stage, then team.
    assert tags_of(control.update(DOMAIN, crm, *changes)) == tags
    assert customer_profiles.get_domain(DomainName=crm).get("Tags", {}) == tags


def test_a_change_of_something_else_keeps_tags_that_somebody_else_gave(
    control: Any, crm: str, customer_profiles: Any, world: Any
) -> None:
    arn = world.arn("profile", f"domains/{crm}")
    customer_profiles.tag_resource(resourceArn=arn, tags={"owner": "them"})
    after = control.update(DOMAIN, crm, replace("/DefaultExpirationDays", 60))
    assert tags_of(after) == {"team": "care", "stage": "dev", "owner": "them"}


def test_a_dead_letter_queue_is_set_changed_and_cleared_by_an_empty_text(
    control: Any, crm: str, customer_profiles: Any, world: Any
) -> None:
    one, other = world.queue("one"), world.queue("other")
    for change, queue in (
        (add("/DeadLetterQueueUrl", one), one),
        (replace("/DeadLetterQueueUrl", other), other),
        (replace("/DeadLetterQueueUrl", ""), None),
    ):
        assert control.update(DOMAIN, crm, change).get("DeadLetterQueueUrl") == queue
        assert customer_profiles.get_domain(DomainName=crm).get("DeadLetterQueueUrl") == queue


def test_a_dead_letter_queue_that_the_model_no_longer_names_stays(
    control: Any, crm: str, world: Any
) -> None:
    # The handler leaves it out of UpdateDomain, which keeps what is left out (aws-semantics 4.2).
    queue = world.queue("rejects")
    control.update(DOMAIN, crm, add("/DeadLetterQueueUrl", queue))
    after = control.update(DOMAIN, crm, remove("/DeadLetterQueueUrl"))
    assert after["DeadLetterQueueUrl"] == queue


def test_what_the_service_refuses_to_change_stays_as_it_was(control: Any, crm: str) -> None:
    before = control.get(DOMAIN, crm)
    foreign = "https://sqs.us-east-1.amazonaws.com/999999999999/rejects"
    event = control.change(DOMAIN, crm, add("/DeadLetterQueueUrl", foreign))
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "InvalidRequest")
    assert event["StatusMessage"] == "Error queue URL does not belong to your account ID"
    assert asked(control.get(DOMAIN, crm)) == asked(before)


def test_a_domain_that_is_deleted_takes_everything_along(
    control: Any, crm: str, customer_profiles: Any
) -> None:
    customer_profiles.put_profile_object_type(
        DomainName=crm,
        ObjectTypeName="Person",
        Description="A person",
        Fields={"id": {"Source": "_source.id"}},
        Keys={"id": [{"FieldNames": ["id"], "StandardIdentifiers": ["PROFILE", "UNIQUE"]}]},
    )
    control.delete(DOMAIN, crm)
    assert customer_profiles.list_domains()["Items"] == []
    assert not control.exists("AWS::CustomerProfiles::ObjectType", f"{crm}|Person")


def test_domains_are_listed_in_pages(control: Any, customer_profiles: Any) -> None:
    names = [f"crm-{number}" for number in range(5)]
    for name in names:
        customer_profiles.create_domain(DomainName=name, DefaultExpirationDays=7)
    first = control.client.list_resources(TypeName=DOMAIN, MaxResults=3)
    more = {"MaxResults": 3, "NextToken": first["NextToken"]}
    listed = [each["Identifier"] for each in first["ResourceDescriptions"]]
    assert listed + control.identifiers(DOMAIN, **more) == names


def test_drift_of_a_domain_is_read_back(control: Any, crm: str, customer_profiles: Any) -> None:
    customer_profiles.update_domain(DomainName=crm, DefaultExpirationDays=7)
    assert control.get(DOMAIN, crm)["DefaultExpirationDays"] == 7
    customer_profiles.delete_domain(DomainName=crm)
    assert not control.exists(DOMAIN, crm)
    assert control.create(DOMAIN, CRM) == crm
