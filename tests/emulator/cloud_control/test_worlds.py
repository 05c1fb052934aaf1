"""Where resources belong: accounts, regions, pages of a list, and the next run."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

QUEUE = "AWS::SQS::Queue"
BUS = "AWS::Events::EventBus"


@pytest.mark.parametrize("place", ["account", "region"])
def test_accounts_and_regions_do_not_see_each_others_resources(
    control: Any, open_control: Callable[..., Any], account: str, place: str
) -> None:
    where = (account, "eu-central-1") if place == "region" else (str(int(account) ^ 1).zfill(12),)
    stranger = open_control(*where)
    control.create(BUS, {"Name": "changes", "Description": "mine"})
    assert stranger.identifiers(BUS) == []
    assert not stranger.exists(BUS, "changes")
    stranger.create(BUS, {"Name": "changes", "Description": "theirs"})
    stranger.delete(BUS, "changes")
    assert control.get(BUS, "changes")["Description"] == "mine"


def test_what_is_made_in_another_region_is_there_in_the_other_region(
    open_control: Callable[..., Any], account: str, emulator: Any
) -> None:
    abroad = open_control(account, "eu-central-1")
    topic = abroad.create("AWS::SNS::Topic", {"TopicName": "t.fifo", "FifoTopic": True})
    assert topic == f"arn:aws:sns:eu-central-1:{account}:t.fifo"
    bucket = abroad.create("AWS::S3::Bucket", {"BucketName": f"batches-{account}"})
    told = emulator.client("s3", account, "eu-central-1").get_bucket_location(Bucket=bucket)
    assert told["LocationConstraint"] == "eu-central-1"
    large = {"DashboardName": "large", "DashboardBody": "x" * 100_000}
    dashboard = abroad.create("AWS::CloudWatch::Dashboard", large)
    assert abroad.get("AWS::CloudWatch::Dashboard", dashboard) == large


def test_resources_are_listed_in_pages_with_their_properties(control: Any) -> None:
    names = [f"changes-{number}" for number in range(5)]
    for name in reversed(names):
        control.create(BUS, {"Name": name, "Description": name.upper()})
    listed: list[Any] = []
    more: dict[str, Any] = {}
    while True:
        page = control.client.list_resources(TypeName=BUS, MaxResults=2, **more)
        assert len(page["ResourceDescriptions"]) <= 2
        listed += page["ResourceDescriptions"]
        if "NextToken" not in page:
            break
        more = {"NextToken": page["NextToken"]}
    assert [each["Identifier"] for each in listed] == names
    assert [json.loads(each["Properties"]) for each in listed] == [
        control.get(BUS, name) for name in names
    ]


def test_resources_are_listed_by_what_their_model_shows(control: Any) -> None:
    control.create(BUS, {"Name": "one", "Description": "wanted"})
    control.create(BUS, {"Name": "two", "Description": "other"})
    control.create(BUS, {"Name": "three"})
    assert control.identifiers(BUS, ResourceModel='{"Description": "wanted"}') == ["one"]
    assert control.identifiers(BUS) == ["one", "three", "two"]


def test_a_queue_without_a_name_gets_one_of_its_own(control: Any) -> None:
    one, other = control.create(QUEUE, {}), control.create(QUEUE, {})
    assert one != other
    shown = control.get(QUEUE, one)
    assert shown["QueueName"] == one.rpartition("/")[2]
    after = control.update(QUEUE, one, {"op": "add", "path": "/DelaySeconds", "value": 5})
    assert after == shown | {"DelaySeconds": 5}


KEPT: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "AWS::SQS::Queue",
        {"QueueName": "changes.fifo", "FifoQueue": True, "VisibilityTimeout": 60},
        {"op": "replace", "path": "/VisibilityTimeout", "value": 90},
    ),
    (
        "AWS::SNS::Topic",
        {"TopicName": "changes.fifo", "FifoTopic": True, "ContentBasedDeduplication": True},
        {"op": "add", "path": "/DisplayName", "value": "Changes"},
    ),
    (
        "AWS::Lambda::Function",
        {
            "FunctionName": "deliver",
            "Runtime": "python3.11",
            "Handler": "index.handler",
            "Role": "arn:aws:iam::111122223333:role/lifecycle",
            "Code": {"ZipFile": "def handler(event, context):\n    return 1\n"},
            "ReservedConcurrentExecutions": 5,
        },
        {"op": "add", "path": "/Timeout", "value": 7},
    ),
    (
        "AWS::CustomerProfiles::Domain",
        {"DomainName": "crm", "DefaultExpirationDays": 30},
        {"op": "replace", "path": "/DefaultExpirationDays", "value": 60},
    ),
]


def test_a_new_run_over_kept_state_knows_all_resources(
    start_emulator: Callable[..., Any],
    open_control: Callable[..., Any],
    tmp_path: Path,
    account: str,
) -> None:
    state = str(tmp_path / "state.db")
    with start_emulator(tmp_path / "log", "--data", state) as first:
        control = open_control(account, on=first)
        made = {each[0]: control.create(each[0], each[1]) for each in KEPT}
        before = {name: control.get(name, made[name]) for name in made}
        port = first.url.rpartition(":")[2]
    with start_emulator(tmp_path / "log", "--data", state, "--port", port) as second:
        control = open_control(account, on=second)
        for name, _, change in KEPT:
            assert control.identifiers(name) == [made[name]]
            assert control.get(name, made[name]) == before[name]
            control.update(name, made[name], change)
            control.delete(name, made[name])
            assert not control.exists(name, made[name])
