"""Requests: progress events, request tokens, client tokens, cancelling and listing."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

Refused = Callable[..., Any]

QUEUE = "AWS::SQS::Queue"
DOMAIN = "AWS::CustomerProfiles::Domain"
CRM = {"DomainName": "crm", "DefaultExpirationDays": 30}
LATER = json.dumps([{"op": "replace", "path": "/DefaultExpirationDays", "value": 60}])


@pytest.fixture
def crm(control: Any) -> str:
    """A domain."""
    return str(control.create(DOMAIN, CRM))


def submit(control: Any, operation: str, **changes: Any) -> Any:
    """The event that a request on the domain answers."""
    members: dict[str, Any] = {
        "create_resource": {"TypeName": DOMAIN, "DesiredState": json.dumps(CRM)},
        "update_resource": {"TypeName": DOMAIN, "Identifier": "crm", "PatchDocument": LATER},
        "delete_resource": {"TypeName": DOMAIN, "Identifier": "crm"},
    }[operation]
    return getattr(control.client, operation)(**members | changes)["ProgressEvent"]


def status(control: Any, token: str) -> Any:
    return control.client.get_resource_request_status(RequestToken=token)["ProgressEvent"]


def test_a_request_answers_at_once_with_a_token_by_which_it_is_followed(control: Any) -> None:
    before = time.time() - 1
    first = submit(control, "create_resource")
    assert (first["TypeName"], first["Operation"]) == (DOMAIN, "CREATE")
    assert first["OperationStatus"] == "IN_PROGRESS"
    assert "ResourceModel" not in first
    assert before < first["EventTime"].timestamp() < time.time() + 1
    assert first["RetryAfter"] >= first["EventTime"]
    last = control.end({"ProgressEvent": first})
    assert last["RequestToken"] == first["RequestToken"]
    assert last["EventTime"] >= first["EventTime"]
    assert "RetryAfter" not in last


def test_the_last_event_of_a_creation_shows_identifier_and_model(control: Any) -> None:
    event = control.creation(DOMAIN, CRM)
    assert (event["OperationStatus"], event["Identifier"]) == ("SUCCESS", "crm")
    assert json.loads(event["ResourceModel"]) == control.get(DOMAIN, "crm")
    assert "ErrorCode" not in event
    assert "StatusMessage" not in event


def test_the_last_event_of_an_update_shows_identifier_and_model(control: Any, crm: str) -> None:
    event = control.end({"ProgressEvent": submit(control, "update_resource")})
    assert (event["Operation"], event["OperationStatus"]) == ("UPDATE", "SUCCESS")
    assert event["Identifier"] == crm
    shown = json.loads(event["ResourceModel"])
    assert shown["DefaultExpirationDays"] == 60
    assert shown == control.get(DOMAIN, crm)


def test_the_last_event_of_a_deletion_shows_the_identifier_alone(control: Any, crm: str) -> None:
    event = control.deletion(DOMAIN, crm)
    assert (event["Operation"], event["OperationStatus"]) == ("DELETE", "SUCCESS")
    assert event["Identifier"] == crm
    assert "ResourceModel" not in event
    assert not control.exists(DOMAIN, crm)


def test_the_last_event_of_a_failure_shows_code_and_reason(control: Any, crm: str) -> None:
    event = control.creation(DOMAIN, CRM)
    assert (event["OperationStatus"], event["ErrorCode"]) == ("FAILED", "AlreadyExists")
    assert "already exists" in event["StatusMessage"]
    assert event["Identifier"] == crm
    assert "ResourceModel" not in event


@pytest.mark.parametrize("operation", ["create_resource", "update_resource", "delete_resource"])
def test_a_request_that_is_repeated_with_its_client_token_is_the_same_request(
    control: Any, operation: str
) -> None:
    if operation != "create_resource":
        control.create(DOMAIN, CRM)
    token = "attempt-1"
    first = submit(control, operation, ClientToken=token)
    last = control.end({"ProgressEvent": first})
    again = submit(control, operation, ClientToken=token)
    assert again == last
    assert again["OperationStatus"] == "SUCCESS"
    tokens = [
        event["RequestToken"]
        for event in control.client.list_resource_requests()["ResourceRequestStatusSummaries"]
    ]
    assert tokens.count(first["RequestToken"]) == 1


def test_a_failure_is_repeated_with_its_client_token_too(control: Any, crm: str) -> None:
    first = control.end({"ProgressEvent": submit(control, "create_resource", ClientToken="one")})
    control.delete(DOMAIN, crm)
    again = submit(control, "create_resource", ClientToken="one")
    assert again == first
    assert again["ErrorCode"] == "AlreadyExists"
    assert not control.exists(DOMAIN, crm)


@pytest.mark.parametrize(
    ("operation", "changes"),
    [
        ("create_resource", {"DesiredState": json.dumps(CRM | {"DefaultExpirationDays": 31})}),
        ("create_resource", {"TypeName": QUEUE}),
        ("update_resource", {"PatchDocument": "[]"}),
        ("update_resource", {"Identifier": "other"}),
        ("delete_resource", {"Identifier": "other"}),
    ],
)
def test_a_client_token_is_of_one_request_only(
    control: Any, crm: str, refused: Refused, operation: str, changes: dict[str, Any]
) -> None:
    control.end({"ProgressEvent": submit(control, operation, ClientToken="one")})
    refusal = refused(submit, control, operation, ClientToken="one", **changes)
    assert (refusal.status, refusal.code) == (400, "ClientTokenConflictException")
    assert crm == "crm"


def test_a_client_token_of_a_creation_is_none_of_a_deletion(control: Any, refused: Refused) -> None:
    control.end({"ProgressEvent": submit(control, "create_resource", ClientToken="one")})
    refusal = refused(submit, control, "delete_resource", ClientToken="one")
    assert (refusal.status, refusal.code) == (400, "ClientTokenConflictException")
    assert control.exists(DOMAIN, "crm")


def test_repetitions_at_the_same_time_make_one_resource(control: Any) -> None:
    state = json.dumps({"Name": "crm"})

    def send(_: int) -> Any:
        return control.client.create_resource(
            TypeName="AWS::Events::EventBus", DesiredState=state, ClientToken="one"
        )

    with ThreadPoolExecutor(8) as pool:
        events = [control.end(answer) for answer in pool.map(send, range(16))]
    assert len({event["RequestToken"] for event in events}) == 1
    assert {event["OperationStatus"] for event in events} == {"SUCCESS"}


def test_a_request_without_a_client_token_is_a_new_one(control: Any, crm: str) -> None:
    one = control.end({"ProgressEvent": submit(control, "update_resource")})
    other = control.end({"ProgressEvent": submit(control, "update_resource")})
    assert one["RequestToken"] != other["RequestToken"]
    assert {one["OperationStatus"], other["OperationStatus"]} == {"SUCCESS"}
    assert one["Identifier"] == other["Identifier"] == crm


def test_what_is_refused_at_once_does_not_use_up_its_client_token(
    control: Any, refused: Refused
) -> None:
    refused(submit, control, "create_resource", DesiredState="{}", ClientToken="one")
    event = control.end({"ProgressEvent": submit(control, "create_resource", ClientToken="one")})
    assert event["OperationStatus"] == "SUCCESS"


@pytest.mark.parametrize("operation", ["get_resource_request_status", "cancel_resource_request"])
def test_a_request_token_that_was_never_given_is_not_found(
    control: Any, refused: Refused, operation: str
) -> None:
    token = "00000000-0000-4000-8000-000000000000"
    refusal = refused(getattr(control.client, operation), RequestToken=token)
    assert (refusal.status, refusal.code) == (400, "RequestTokenNotFoundException")
    assert token in refusal.message


@pytest.mark.parametrize("place", ["account", "region"])
def test_requests_of_another_account_or_region_are_out_of_reach(
    control: Any, open_control: Any, account: str, refused: Refused, place: str
) -> None:
    token = submit(control, "create_resource", ClientToken="one")["RequestToken"]
    where = (account, "eu-central-1") if place == "region" else (str(int(account) ^ 1).zfill(12),)
    stranger = open_control(*where)
    refusal = refused(stranger.client.get_resource_request_status, RequestToken=token)
    assert refusal.code == "RequestTokenNotFoundException"
    assert stranger.client.list_resource_requests()["ResourceRequestStatusSummaries"] == []
    event = stranger.end({"ProgressEvent": submit(stranger, "create_resource", ClientToken="one")})
    assert event["OperationStatus"] == "SUCCESS"
    assert event["RequestToken"] != token


def test_a_request_that_has_ended_cannot_be_cancelled(
    control: Any, crm: str, refused: Refused
) -> None:
    event = control.end({"ProgressEvent": submit(control, "update_resource")})
    token = event["RequestToken"]
    refusal = refused(control.client.cancel_resource_request, RequestToken=token)
    assert (refusal.status, refusal.code) == (400, "ConcurrentModificationException")
    assert "SUCCESS" in refusal.message
    assert status(control, token) == event
    assert control.exists(DOMAIN, crm)


def test_requests_are_listed_the_newest_first(control: Any, crm: str) -> None:
    control.end({"ProgressEvent": submit(control, "update_resource")})
    control.creation(DOMAIN, CRM)
    control.delete(DOMAIN, crm)
    listed = control.client.list_resource_requests()["ResourceRequestStatusSummaries"]
    assert [(event["Operation"], event["OperationStatus"]) for event in listed] == [
        ("DELETE", "SUCCESS"),
        ("CREATE", "FAILED"),
        ("UPDATE", "SUCCESS"),
        ("CREATE", "SUCCESS"),
    ]
    assert listed[0] == status(control, listed[0]["RequestToken"])


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"Operations": ["CREATE"]}, [("CREATE", "FAILED"), ("CREATE", "SUCCESS")]),
        ({"OperationStatuses": ["FAILED"]}, [("CREATE", "FAILED")]),
        (
            {"Operations": ["CREATE", "UPDATE"], "OperationStatuses": ["SUCCESS"]},
            [("UPDATE", "SUCCESS"), ("CREATE", "SUCCESS")],
        ),
        ({"Operations": ["DELETE"]}, []),
        ({}, [("UPDATE", "SUCCESS"), ("CREATE", "FAILED"), ("CREATE", "SUCCESS")]),
    ],
)
def test_requests_are_filtered_by_operation_and_status(
    control: Any, crm: str, wanted: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    assert crm == control.creation(DOMAIN, CRM)["Identifier"]
    control.end({"ProgressEvent": submit(control, "update_resource")})
    listed = control.client.list_resource_requests(ResourceRequestStatusFilter=wanted)
    events = listed["ResourceRequestStatusSummaries"]
    assert [(event["Operation"], event["OperationStatus"]) for event in events] == found


def test_requests_are_listed_in_pages(control: Any) -> None:
    tokens = [
        control.creation(DOMAIN, CRM | {"DomainName": f"crm-{number}"})["RequestToken"]
        for number in range(5)
    ]
    listed: list[str] = []
    sizes = []
    more: dict[str, Any] = {}
    while True:
        page = control.client.list_resource_requests(MaxResults=2, **more)
        events = page["ResourceRequestStatusSummaries"]
        listed += [event["RequestToken"] for event in events]
        sizes.append(len(events))
        if "NextToken" not in page:
            break
        more = {"NextToken": page["NextToken"]}
    assert listed == tokens[::-1]
    assert sizes == [2, 2, 1]


def test_a_page_token_that_no_page_gave_is_refused(control: Any, refused: Refused) -> None:
    refusal = refused(control.client.list_resource_requests, NextToken="page-2")
    assert (refusal.status, refusal.code) == (400, "ValidationException")


def test_changes_of_one_resource_at_the_same_time_all_count_or_are_refused(
    control: Any,
) -> None:
    identifier = control.create("AWS::SQS::Queue", {"QueueName": "changes"})
    members = ("DelaySeconds", "VisibilityTimeout", "ReceiveMessageWaitTimeSeconds")
    exceptions = control.client.exceptions

    def change(member: str) -> str:
        operation = {"op": "add", "path": f"/{member}", "value": 7}
        try:
            event = control.change(QUEUE, identifier, operation)
        except exceptions.ConcurrentOperationException:
            return ""
        return member if event["OperationStatus"] == "SUCCESS" else ""

    with ThreadPoolExecutor(len(members)) as pool:
        done = set(pool.map(change, members)) - {""}
    shown = control.get(QUEUE, identifier)
    assert done
    assert {member for member in members if shown.get(member) == 7} == done


def test_a_resource_that_was_let_go_can_be_changed_again(
    control: Any, crm: str, refused: Refused
) -> None:
    refused(submit, control, "update_resource", PatchDocument="[1]")
    refused(submit, control, "update_resource", PatchDocument="[]x")
    event = control.end({"ProgressEvent": submit(control, "update_resource")})
    assert (event["OperationStatus"], event["Identifier"]) == ("SUCCESS", crm)
