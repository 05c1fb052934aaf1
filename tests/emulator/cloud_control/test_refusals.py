"""Requests that are refused at once: which code, which words, and nothing has changed."""

import json
from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[..., Any]

QUEUE = "AWS::SQS::Queue"
DOMAIN = "AWS::CustomerProfiles::Domain"
CRM = {"DomainName": "crm", "DefaultExpirationDays": 30}

STATES = ("DISABLED", "ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")
CALLS = {
    "create_resource": {"DesiredState": "{}"},
    "get_resource": {"Identifier": "one"},
    "update_resource": {"Identifier": "one", "PatchDocument": "[]"},
    "delete_resource": {"Identifier": "one"},
    "list_resources": {},
}


@pytest.fixture
def crm(control: Any) -> str:
    """A domain."""
    return str(control.create(DOMAIN, CRM))


@pytest.mark.parametrize("operation", list(CALLS))
@pytest.mark.parametrize("name", ["AWS::SQS::Quark", "AWS::Nothing::Here", "My::Own::Type"])
def test_an_unknown_type_is_not_found(
    control: Any, refused: Refused, operation: str, name: str
) -> None:
    refusal = refused(getattr(control.client, operation), TypeName=name, **CALLS[operation])
    assert (refusal.status, refusal.code) == (400, "TypeNotFoundException")
    assert refusal.message == f"The type '{name}' cannot be found."


@pytest.mark.parametrize("operation", list(CALLS))
@pytest.mark.parametrize(
    "name", ["AWS::CustomerProfiles::Recommender", "AWS::Braket::SpendingLimit"]
)
def test_a_type_that_cannot_be_made_here_is_unsupported(
    control: Any, refused: Refused, operation: str, name: str
) -> None:
    refusal = refused(getattr(control.client, operation), TypeName=name, **CALLS[operation])
    assert (refusal.status, refusal.code) == (400, "UnsupportedActionException")
    action = operation.partition("_")[0].replace("get", "read").upper()
    assert refusal.message == f"Resource type {name} does not support {action} action"


@pytest.mark.parametrize(
    ("name", "operation"),
    [
        ("AWS::Lambda::Permission", "update_resource"),
        ("AWS::SQS::QueueInlinePolicy", "list_resources"),
    ],
)
def test_what_a_type_never_does_is_unsupported(
    control: Any, refused: Refused, name: str, operation: str
) -> None:
    refusal = refused(getattr(control.client, operation), TypeName=name, **CALLS[operation])
    assert (refusal.status, refusal.code) == (400, "UnsupportedActionException")


@pytest.mark.parametrize(
    ("type_name", "desired", "sentences"),
    [
        (
            DOMAIN,
            {},
            [
                "#: required key [DomainName] not found",
                "#: required key [DefaultExpirationDays] not found",
            ],
        ),
        (
            DOMAIN,
            CRM | {"DomainName": "not a name", "DefaultExpirationDays": 0},
            [
                "#/DomainName: does not match pattern ^[a-zA-Z0-9_-]+$",
                "#/DefaultExpirationDays: does not satisfy minimum 1",
            ],
        ),
        (
            DOMAIN,
            CRM | {"Colour": "red", "DefaultExpirationDays": "30", "Stats": {"ProfileCount": 1}},
            [
                "#: extraneous key [Colour] is not permitted",
                "#/DefaultExpirationDays: expected type: Integer, found: String",
                "#: readOnlyProperties [/properties/Stats] cannot be set",
            ],
        ),
        (
            QUEUE,
            {"VisibilityTimeout": True, "Tags": {"a": "b"}, "Arn": "arn", "QueueUrl": "http://x"},
            [
                "#/VisibilityTimeout: expected type: Integer, found: Boolean",
                "#/Tags: expected type: Array, found: JSONObject",
                "#: readOnlyProperties [/properties/QueueUrl, /properties/Arn] cannot be set",
            ],
        ),
        (
            QUEUE,
            {"Tags": [{"Key": "a"}, {"Key": "b", "Value": []}, 7]},
            [
                "#/Tags/0: required key [Value] not found",
                "#/Tags/1/Value: expected type: String, found: JSONArray",
                "#/Tags/2: expected type: Object, found: Integer",
            ],
        ),
        (
            "AWS::Events::Rule",
            {"State": "ASLEEP", "Name": 1.5},
            [
                f"#/State: is not one of [{', '.join(STATES)}]",
                "#/Name: expected type: String, found: Number",
                "#: one of the keys [EventPattern, ScheduleExpression] is required",
            ],
        ),
    ],
)
def test_all_that_breaks_the_schema_is_named_at_once(
    control: Any,
    refused: Refused,
    type_name: str,
    desired: dict[str, Any],
    sentences: list[str],
) -> None:
    refusal = refused(control.creation, type_name, desired)
    assert (refusal.status, refusal.code) == (400, "ValidationException")
    prefix, suffix = "Model validation failed (", ")"
    assert refusal.message.startswith(prefix)
    assert refusal.message.endswith(suffix)
    said = refusal.message.removeprefix(prefix).removesuffix(suffix).split("\n")
    assert sorted(said) == sorted(sentences)
    assert control.identifiers(type_name) == []
    assert control.client.list_resource_requests()["ResourceRequestStatusSummaries"] == []


def test_an_update_that_breaks_the_schema_is_refused_in_the_same_words(
    control: Any, crm: str, refused: Refused
) -> None:
    operations = (
        {"op": "remove", "path": "/DefaultExpirationDays"},
        {"op": "add", "path": "/Colour", "value": "red"},
    )
    refusal = refused(control.change, DOMAIN, crm, *operations)
    assert (refusal.status, refusal.code) == (400, "ValidationException")
    assert "#: required key [DefaultExpirationDays] not found" in refusal.message
    assert "#: extraneous key [Colour] is not permitted" in refusal.message
    assert control.get(DOMAIN, crm)["DefaultExpirationDays"] == 30


NESTED = "[" * 900 + "]" * 900
DEEP = f'{{"DomainName": "crm", "DefaultExpirationDays": 30, "Matching": {NESTED}}}'


@pytest.mark.parametrize(
    "text",
    [
        "not JSON",
        "{",
        '{"a": 1}}',
        "[]",
        '"text"',
        "7",
        "null",
        "NaN",
        '{"a": "\\ud800"}',
        DEEP,
        NESTED,
        "[" * 100_000,
    ],
)
def test_a_state_that_is_no_json_object_is_refused(
    control: Any, refused: Refused, text: str
) -> None:
    refusal = refused(control.client.create_resource, TypeName=DOMAIN, DesiredState=text)
    assert (refusal.status, refusal.code) == (400, "ValidationException")
    assert refusal.message.startswith("DesiredState ")
    listing = refused(control.client.list_resources, TypeName=QUEUE, ResourceModel=text)
    assert (listing.status, listing.code) == (400, "ValidationException")
    assert listing.message.startswith("ResourceModel ")
    assert control.identifiers(DOMAIN) == []


def test_a_model_of_the_greatest_length_is_taken_and_a_longer_one_refused(
    control: Any, refused: Refused
) -> None:
    body = {"DashboardName": "large", "DashboardBody": ""}
    length = 262_144 - len(json.dumps(body))
    body["DashboardBody"] = "x" * length
    identifier = control.create("AWS::CloudWatch::Dashboard", body)
    assert control.get("AWS::CloudWatch::Dashboard", identifier) == body
    body["DashboardBody"] += "x"
    refusal = refused(control.creation, "AWS::CloudWatch::Dashboard", body)
    assert (refusal.status, refusal.code) == (400, "ValidationException")
