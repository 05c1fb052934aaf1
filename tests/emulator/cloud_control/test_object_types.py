"""AWS::CustomerProfiles::ObjectType, as its CloudFormation handler behaves (aws-semantics 4)."""

import json
from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[..., Any]

TYPE = "AWS::CustomerProfiles::ObjectType"
PERSON = "crm|Person"


def field(name: str, target: str = "", content_type: str = "STRING") -> dict[str, Any]:
    shown = {"Source": f"_source.{name}", "ContentType": content_type}
    return {"Name": name, "ObjectTypeField": shown | ({"Target": target} if target else {})}


def key(name: str, *fields: str, identifiers: tuple[str, ...] = ()) -> dict[str, Any]:
    declared: dict[str, Any] = {"FieldNames": list(fields)}
    if identifiers:
        declared["StandardIdentifiers"] = list(identifiers)
    return {"Name": name, "ObjectTypeKeyList": [declared]}


ID = field("id")
EMAIL = field("email", "_profile.EmailAddress", "EMAIL_ADDRESS")
TIER = field("tier", "_profile.Attributes.Tier")
BY_ID = key("personId", "id", identifiers=("PROFILE", "UNIQUE"))
BY_EMAIL = key("_email", "email")

DESIRED: dict[str, Any] = {
    "DomainName": "crm",
    "ObjectTypeName": "Person",
    "Description": "A person as the CRM knows them",
    "AllowProfileCreation": True,
    "ExpirationDays": 100,
    "Fields": [EMAIL, ID, TIER],
    "Keys": [BY_EMAIL, BY_ID],
    "Tags": [{"Key": "team", "Value": "care"}],
}


def replace(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def asked(shown: dict[str, Any]) -> dict[str, Any]:
    """What can be asked for."""
    away = {"CreatedAt", "LastUpdatedAt", "MaxAvailableProfileObjectCount"}
    return {name: value for name, value in shown.items() if name not in away}


@pytest.fixture(autouse=True)
def crm(customer_profiles: Any) -> None:
    """The domain of all types here."""
    customer_profiles.create_domain(DomainName="crm", DefaultExpirationDays=30)


@pytest.fixture
def person(control: Any) -> str:
    """An object type."""
    return str(control.create(TYPE, DESIRED))


def seen(customer_profiles: Any, name: str = "Person") -> dict[str, Any]:
    return dict(customer_profiles.get_profile_object_type(DomainName="crm", ObjectTypeName=name))


def test_a_type_is_really_made_with_its_fields_and_keys(
    control: Any, person: str, customer_profiles: Any
) -> None:
    assert person == PERSON
    made = seen(customer_profiles)
    assert made["Fields"] == {each["Name"]: each["ObjectTypeField"] for each in DESIRED["Fields"]}
    assert made["Keys"] == {each["Name"]: each["ObjectTypeKeyList"] for each in DESIRED["Keys"]}
    assert made["Tags"] == {"team": "care"}
    shown = control.get(TYPE, person)
    assert asked(shown) == DESIRED
    assert shown["CreatedAt"].endswith("Z")
    assert shown["LastUpdatedAt"] == shown["CreatedAt"]


def test_objects_are_taken_by_a_type_that_was_made_so(person: str, customer_profiles: Any) -> None:
    record = {"id": "7", "email": "ada@example.com", "tier": "gold"}
    customer_profiles.put_profile_object(
        DomainName="crm", ObjectTypeName=person.rpartition("|")[2], Object=json.dumps(record)
    )
    found = customer_profiles.search_profiles(DomainName="crm", KeyName="personId", Values=["7"])
    (profile,) = found["Items"]
    assert profile["EmailAddress"] == "ada@example.com"
    assert profile["Attributes"] == {"Tier": "gold"}


def test_the_order_of_fields_and_keys_means_nothing(control: Any, customer_profiles: Any) -> None:
    shuffled = DESIRED | {"Fields": [TIER, ID, EMAIL], "Keys": [BY_ID, BY_EMAIL]}
    control.create(TYPE, shuffled)
    shown = control.get(TYPE, PERSON)
    assert asked(shown) == DESIRED
    before = seen(customer_profiles)
    control.update(TYPE, PERSON, replace("/Fields", [ID, TIER, EMAIL]))
    assert asked(control.get(TYPE, PERSON)) == DESIRED
    assert seen(customer_profiles)["Fields"] == before["Fields"]


def test_a_type_that_exists_is_not_made_again(
    control: Any, person: str, customer_profiles: Any
) -> None:
    event = control.creation(TYPE, DESIRED | {"Description": "Another"})
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "AlreadyExists")
    text = "ObjectType Person already exists with domainName = crm"
    assert event["StatusMessage"] == text
    assert event["Identifier"] == person
    assert seen(customer_profiles)["Description"] == DESIRED["Description"]


def test_a_type_in_a_domain_that_is_not_there_fails(control: Any, account: str) -> None:
    event = control.creation(TYPE, DESIRED | {"DomainName": "nowhere"})
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "NotFound")
    assert event["StatusMessage"] == f"DomainName nowhere is not found in account {account}"


@pytest.mark.parametrize("identifier", ["crm|Nobody", "nowhere|Person", "crm", "crm|", "|", "a|b"])
def test_a_type_that_is_not_there_is_not_found(
    control: Any, refused: Refused, identifier: str
) -> None:
    refusal = refused(control.get, TYPE, identifier)
    assert (refusal.status, refusal.code) == (400, "ResourceNotFoundException")
    assert refusal.message == (
        f"Resource of type '{TYPE}' with identifier '{identifier}' was not found."
    )
    event = control.deletion(TYPE, identifier)
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "NotFound")


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"Fields": [ID, EMAIL, field("tier", "_profile.Foo")]}, ["TARGET_UNKNOWN"]),
        ({"Keys": [key("_email", "mail"), BY_ID]}, ["KEY_UNKNOWN_FIELD"]),
        (
            {"Keys": [key("_email", "mail"), key("other", "id", identifiers=("UNIQUE",)), BY_ID]},
            ["KEY_UNKNOWN_FIELD", "KEY_UNIQUE_COUNT"],
        ),
    ],
)
def test_an_invalid_mapping_fails_with_every_finding(
    control: Any, customer_profiles: Any, changes: dict[str, Any], rules: list[str]
) -> None:
    event = control.creation(TYPE, DESIRED | changes)
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "InvalidRequest")
    assert event["StatusMessage"].startswith("Invalid object type mapping: ")
    for rule in rules:
        assert f"[{rule}]" in event["StatusMessage"]
    assert customer_profiles.list_profile_object_types(DomainName="crm")["Items"] == []


def test_an_invalid_change_fails_and_changes_nothing(
    control: Any, person: str, customer_profiles: Any
) -> None:
    before = seen(customer_profiles)
    event = control.change(TYPE, person, replace("/Fields/2", field("tier", "_profile.Foo")))
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "InvalidRequest")
    assert "[TARGET_UNKNOWN]" in event["StatusMessage"]
    after = seen(customer_profiles)
    assert {name: after[name] for name in ("Fields", "Keys", "Tags")} == {
        name: before[name] for name in ("Fields", "Keys", "Tags")
    }


@pytest.mark.parametrize(
    ("member", "entries"),
    [
        ("Fields", [ID, ID, EMAIL]),
        ("Fields", [{"Name": "id"}, EMAIL]),
        ("Fields", [{"ObjectTypeField": {"Source": "_source.id"}}]),
        ("Keys", [BY_ID, BY_ID]),
        ("Keys", [{"Name": "personId"}]),
    ],
)
def test_every_entry_needs_a_name_of_its_own_and_its_content(
    control: Any, customer_profiles: Any, member: str, entries: list[Any]
) -> None:
    event = control.creation(TYPE, DESIRED | {member: entries})
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "InvalidRequest")
    assert member in event["StatusMessage"]
    assert customer_profiles.list_profile_object_types(DomainName="crm")["Items"] == []


def test_a_type_is_changed_in_place_and_keeps_its_objects(
    control: Any, person: str, customer_profiles: Any
) -> None:
    customer_profiles.put_profile_object(
        DomainName="crm", ObjectTypeName="Person", Object='{"id": "7", "tier": "gold"}'
    )
    phone = field("phone", "_profile.PhoneNumber", "PHONE_NUMBER")
    after = control.update(
        TYPE,
        person,
        replace("/Description", "Who buys"),
        {"op": "add", "path": "/Fields/-", "value": phone},
    )
    assert after["Description"] == seen(customer_profiles)["Description"] == "Who buys"
    assert [each["Name"] for each in after["Fields"]] == ["email", "id", "phone", "tier"]
    found = customer_profiles.search_profiles(DomainName="crm", KeyName="personId", Values=["7"])
    assert found["Items"][0]["Attributes"] == {"Tier": "gold"}


def test_tags_follow_the_model(control: Any, person: str, customer_profiles: Any) -> None:
    control.update(TYPE, person, replace("/Tags", [{"Key": "stage", "Value": "prod"}]))
    assert seen(customer_profiles)["Tags"] == {"stage": "prod"}
    control.update(TYPE, person, {"op": "remove", "path": "/Tags"})
    assert "Tags" not in seen(customer_profiles)
    assert "Tags" not in control.get(TYPE, person)


@pytest.mark.parametrize("name", ["DomainName", "ObjectTypeName"])
def test_what_a_type_is_named_by_never_changes(
    control: Any, person: str, refused: Refused, name: str
) -> None:
    refusal = refused(control.change, TYPE, person, replace(f"/{name}", "other"))
    assert (refusal.status, refusal.code) == (400, "NotUpdatableException")
    text = f"Invalid patch update: createOnlyProperties [/properties/{name}] cannot be updated"
    assert refusal.message == text


def test_types_are_listed_by_their_domain(
    control: Any, person: str, customer_profiles: Any
) -> None:
    customer_profiles.create_domain(DomainName="erp", DefaultExpirationDays=30)
    control.create(TYPE, DESIRED | {"DomainName": "erp", "ObjectTypeName": "Order"})
    assert control.identifiers(TYPE, ResourceModel='{"DomainName": "crm"}') == [person]
    (listed,) = control.client.list_resources(TypeName=TYPE, ResourceModel='{"DomainName": "erp"}')[
        "ResourceDescriptions"
    ]
    shown = json.loads(listed["Properties"])
    assert (listed["Identifier"], shown["ObjectTypeName"]) == ("erp|Order", "Order")
    # The service lists neither fields nor keys (aws-semantics 4.2).
    assert not {"Fields", "Keys"} & shown.keys()


@pytest.mark.parametrize("model", ["{}", '{"ObjectTypeName": "Person"}', '{"DomainName": null}'])
def test_without_a_domain_types_are_not_listed(
    control: Any, person: str, refused: Refused, model: str
) -> None:
    refusal = refused(control.identifiers, TYPE, ResourceModel=model)
    assert (refusal.status, refusal.code) == (400, "InvalidRequestException")
    assert "required key [DomainName] not found" in refusal.message
    assert refused(control.identifiers, TYPE) == refusal
    assert control.exists(TYPE, person)


def test_a_type_that_is_deleted_leaves_the_domain(
    control: Any, person: str, customer_profiles: Any
) -> None:
    control.delete(TYPE, person)
    assert customer_profiles.list_profile_object_types(DomainName="crm")["Items"] == []
    assert not control.exists(TYPE, person)
    assert control.exists("AWS::CustomerProfiles::Domain", "crm")
    assert control.create(TYPE, DESIRED) == person


def test_drift_of_a_type_is_read_back(control: Any, person: str, customer_profiles: Any) -> None:
    body = seen(customer_profiles)
    fields = body["Fields"] | {"city": {"Source": "_source.city", "ContentType": "STRING"}}
    customer_profiles.put_profile_object_type(
        DomainName="crm",
        ObjectTypeName="Person",
        Description="Changed by hand",
        Fields=fields,
        Keys=body["Keys"],
    )
    shown = control.get(TYPE, person)
    assert shown["Description"] == "Changed by hand"
    assert [each["Name"] for each in shown["Fields"]] == ["city", "email", "id", "tier"]
    assert shown["AllowProfileCreation"] is False
    assert "ExpirationDays" not in shown
