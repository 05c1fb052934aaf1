"""The log of requests, and each of them once more by curl and by boto3."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator.console.conftest import Read, Shown

AWKWARD = 'it\'s "quoted" $HOME `id` \\n \n new line, @file, Ünï ☃ <b>&amp;</b> {[0-9]}'


def logged(read: Read, account: str, **query: str) -> list[list[str]]:
    """Operation with its service, request line, status of each logged request, newest first."""
    rows = read("requests", account=account, **query).tables.get("requests-table", [])
    return [[row[2], row[3], row[5]] for row in rows]


def newest(read: Read, account: str, **query: str) -> Shown:
    """The page of the last request of this account."""
    return read(read("requests", account=account, **query).link("/requests/"))


def test_each_request_has_operation_status_account_and_milliseconds(
    read: Read, people: Any, account: str, refused: Any
) -> None:
    refused(people.call, "get_profile_object_type", ObjectTypeName="Nothing")
    row = read("requests", account=account).tables["requests-table"][0]
    assert row[2] == "GetProfileObjectType profile"
    assert row[3] == f"GET /domains/{people.name}/object-types/Nothing"
    assert row[4] == f"{account} us-east-1"
    assert row[5] == "404"
    assert float(row[6]) > 0


@pytest.mark.usefixtures("people")
def test_requests_of_all_our_services_are_logged_and_no_others(
    read: Read, emulator: Any, account: str
) -> None:
    emulator.client("cloudcontrol", account).list_resource_requests()
    emulator.client("sqs", account).list_queues()
    assert [row[0] for row in logged(read, account)] == [
        "ListResourceRequests cloudcontrolapi",
        "PutProfileObjectType profile",
        "CreateDomain profile",
    ]


def test_the_log_is_narrowed_by_service_operation_and_failure(
    read: Read, emulator: Any, account: str, people: Any, refused: Any
) -> None:
    emulator.client("cloudcontrol", account).list_resource_requests()
    refused(people.call, "get_profile_object_type", ObjectTypeName="Nothing")
    assert len(logged(read, account, service="profile")) == 3
    assert len(logged(read, account, service="cloudcontrolapi")) == 1
    assert [row[0] for row in logged(read, account, operation="objecttype")] == [
        "GetProfileObjectType profile",
        "PutProfileObjectType profile",
    ]
    assert [row[2] for row in logged(read, account, failed="yes")] == ["404"]


def test_a_request_shows_its_bodies(read: Read, people: Any, account: str) -> None:
    key = people.put("Person", id="p1")
    shown = newest(read, account)
    assert json.loads(shown.listings[0]) == {
        "ObjectTypeName": "Person",
        "Object": '{"id": "p1"}',
    }
    assert json.loads(shown.listings[1]) == {"ProfileObjectUniqueKey": key}


def test_the_signature_shows_nowhere(read: Read, raw: Any, account: str, people: Any) -> None:
    raw("GET", f"/domains/{people.name}")
    shown = newest(read, account)
    for secret in ("AWS4-HMAC-SHA256", "Signature=", "SignedHeaders", "authorization"):
        assert secret.lower() not in shown.html.lower()


def test_a_request_that_is_no_operation_is_logged_as_none(
    read: Read, raw: Any, account: str
) -> None:
    raw("PATCH", "/nothing/like/it?x=1", b"not json")
    shown = newest(read, account)
    assert "No operation 404" in shown.text
    assert "PATCH /nothing/like/it?x=1" in shown.text
    assert "boto3 could not have sent this request." in shown.text
    assert shown.listings[0] == "not json"


Replay = Callable[[str], Any]


def output(program: list[str], text: str) -> bytes:
    """What a program prints that reads its own text from its input, as if it were pasted."""
    return subprocess.run(program, input=text.encode(), capture_output=True, check=True).stdout


def by_curl(shown: Shown) -> Any:
    """What the shown curl command prints."""
    command = next(text for text in shown.listings if "--aws-sigv4" in text)
    return json.loads(output(["sh"], command))


def by_boto3(shown: Shown) -> None:
    """Run the shown Python; it must end well."""
    code = next(text for text in shown.listings if text.startswith("import boto3"))
    output([sys.executable, "-"], code)


@pytest.mark.parametrize("replay", [by_curl, by_boto3])
def test_a_replay_puts_the_same_object_whatever_is_in_it(
    read: Read, people: Any, account: str, replay: Replay
) -> None:
    people.put("Person", id="p1", tier=AWKWARD)
    shown = newest(read, account)
    profile_id = people.id_of("personId", "p1")
    people.call("delete_profile", ProfileId=profile_id)
    replay(shown)
    again = people.id_of("personId", "p1")
    assert people.objects(again, "Person") == [{"id": "p1", "tier": AWKWARD}]


@pytest.mark.parametrize("replay", [by_curl, by_boto3])
def test_a_large_object_is_replayed_too(
    read: Read, people: Any, account: str, replay: Replay
) -> None:
    people.put("Person", id="p1", note="n" * 200_000)
    shown = newest(read, account)
    people.call("delete_profile", ProfileId=people.id_of("personId", "p1"))
    replay(shown)
    assert len(people.objects(people.id_of("personId", "p1"), "Person")[0]["note"]) == 200_000


def test_bytes_that_are_no_text_are_replayed_by_curl(read: Read, raw: Any, account: str) -> None:
    sent = raw("PUT", "/domains/none-here/profiles/objects", b'{"\xff\x00":1}')
    again = by_curl(newest(read, account))
    assert again == sent.json


def test_query_and_path_are_replayed_as_they_were(
    read: Read, people: Any, account: str, raw: Any
) -> None:
    people.put("Person", id="p1")
    profile_id = people.id_of("personId", "p1")
    people.call("list_profile_objects", ObjectTypeName="Person", ProfileId=profile_id, MaxResults=1)
    shown = newest(read, account)
    assert len(by_curl(shown)["Items"]) == 1
    by_boto3(shown)
    raw("GET", "/domains/a%27b%5B1-3%5D/../%24HOME")
    first = newest(read, account)
    assert "Message" in by_curl(first)
    assert "GET /domains/a%27b%5B1-3%5D/../%24HOME" in newest(read, account).text


def test_cloud_control_is_replayed_by_boto3(read: Read, emulator: Any, account: str) -> None:
    client = emulator.client("cloudcontrol", account)
    client.list_resource_requests(MaxResults=5)
    shown = newest(read, account)
    assert "--header 'x-amz-target: CloudApiService.ListResourceRequests'" in shown.text
    assert "ResourceRequestStatusSummaries" in by_curl(shown)
    by_boto3(shown)


def test_a_request_that_is_not_kept_says_so(read: Read) -> None:
    assert "not kept any more" in read("requests/999999999", 404).text


def test_pages_of_the_console_are_no_requests_of_ours(read: Read) -> None:
    before = read("requests").text
    after = read("requests").text
    assert before == after
