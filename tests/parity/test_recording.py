"""How snapshots come about: what a run may write, what is replaced, what it leaves behind."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.parity.case import all_cases
from tests.parity.normalise import Transformers
from tests.parity.scene import Scene
from tests.parity.service import PREFIX, TAGS, ServiceUnderTest
from tests.parity.snapshots import Snapshot, difference, load

ONE: list[dict[str, Any]] = [{"asked": "GetDomain", "answered": {"a": 1}}]
OTHER: list[dict[str, Any]] = [{"asked": "GetDomain", "answered": {"a": 2}}]
DAY = "2026-12-01"


# What a run may write


def test_what_only_the_emulator_answered_is_not_validated() -> None:
    fresh = Snapshot([]).updated(ONE, None)
    assert fresh == Snapshot(ONE)
    assert fresh.status == "not yet validated against AWS"
    assert fresh.updated(OTHER, None) == Snapshot(OTHER)


def test_an_answer_of_aws_has_its_date_and_keeps_what_the_emulator_answers_otherwise() -> None:
    assert Snapshot(ONE).updated(ONE, DAY) == Snapshot(ONE, DAY)
    differing = Snapshot(ONE).updated(OTHER, DAY)
    assert differing == Snapshot(OTHER, DAY, emulator=ONE)
    assert differing.status == "**differs from AWS**"
    assert differing.expected(of_aws=True) == OTHER
    assert differing.expected(of_aws=False) == ONE


def test_the_emulator_never_overwrites_what_aws_answered() -> None:
    of_aws = Snapshot(ONE, DAY)
    assert of_aws.updated(OTHER, None) == Snapshot(ONE, DAY, emulator=OTHER)
    assert Snapshot(ONE, DAY, emulator=OTHER).updated(ONE, None) == of_aws


def test_a_difference_is_shown_line_by_line() -> None:
    assert difference(ONE, ONE) == ""
    assert '-   "a": 1' in difference(ONE, OTHER)


def test_no_snapshot_here_claims_to_be_validated_without_a_date() -> None:
    for case in all_cases():
        snapshot = load(case)
        assert snapshot is not None
        assert (snapshot.validated is None) == (snapshot.status == "not yet validated against AWS")


# What is replaced


def test_what_differs_from_run_to_run_is_replaced_by_what_it_is() -> None:
    named = Transformers({"111122223333": "<account>", "eu-west-1": "<region>"})
    named.name("parity-1", "<domain 1>")
    named.name("https://sqs/111122223333/parity-12", "<queue>")
    first, second = "ab" * 16, "cd" * 16
    shown = named(
        {
            "CreatedAt": 1_800_000_000.5,
            "LastUpdatedAt": 1_800_000_000_000,
            "NextToken": "opaque",
            "ProfileObjectUniqueKey": "any form",
            "ProfileId": first,
            "Message": f"profiles {second} and {first} of parity-1 in 111122223333",
            "QueueUrl": "https://sqs/111122223333/parity-12",
            "Key": "arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789abc",
            "Absent": None,
        }
    )
    assert shown == {
        "CreatedAt": "<time in epoch seconds>",
        "LastUpdatedAt": "<time of another form>",
        "NextToken": "<token>",
        "ProfileObjectUniqueKey": "<object 1>",
        "ProfileId": "<id 2>",
        "Message": "profiles <id 1> and <id 2> of <domain 1> in <account>",
        "QueueUrl": "<queue>",
        "Key": "arn:aws:kms:<region>:<account>:key/<uuid 1>",
    }


def test_the_order_of_a_list_counts_only_where_it_is_a_fact() -> None:
    items = {"Items": [{"ProfileId": "cd" * 16, "A": 2}, {"ProfileId": "ab" * 16, "A": 1}]}
    assert [each["A"] for each in Transformers({})(items)["Items"]] == [1, 2]
    assert [each["A"] for each in Transformers({})(items, ordered=True)["Items"]] == [2, 1]


# Against a service that lags and limits rates as AWS does


@pytest.fixture(scope="module")
def slow_emulator(start_emulator: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """An emulator with AWS's request rates, whose searches lag by half a second."""
    with start_emulator(tmp_path_factory.mktemp("slow") / "log") as emulator:
        settings = {"pace": "aws", "searchDelayMilliseconds": 500}
        assert "throttled" in faults(emulator, "PUT", settings)
        yield emulator


def faults(emulator: Any, method: str, settings: Any = None) -> Any:
    connection = HTTPConnection(urlsplit(emulator.url).netloc, timeout=10)
    connection.request(method, "/_emulator/faults", json.dumps(settings))
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


@pytest.fixture
def careful(slow_emulator: Any, account: str) -> ServiceUnderTest:
    """The service that takes the slow emulator for AWS."""
    session = boto3.Session(account, "local", region_name="us-east-1")
    service = ServiceUnderTest(session, account, endpoint=slow_emulator.url, lags=True)
    service.patience, service.pause = 2.0, 0.05
    return service


@pytest.mark.parametrize(
    "name", ["domains-life", "objects-life", "profiles-merge", "matching-null"]
)
def test_a_service_that_lags_and_limits_rates_gives_the_same_snapshot(
    careful: ServiceUnderTest, slow_emulator: Any, name: str
) -> None:
    (case,) = [each for each in all_cases() if each.name == name]
    kept = load(case)
    scene = Scene(careful, case.fact)
    try:
        case.ask(scene)
    finally:
        scene.close()
    assert kept is not None
    assert difference(kept.expected(of_aws=False), scene.steps) == ""
    assert faults(slow_emulator, "GET")["throttled"] == {}


def test_only_amazons_own_endpoint_is_aws(careful: ServiceUnderTest) -> None:
    assert not careful.is_aws
    session = boto3.Session("111122223333", "local", region_name="us-east-1")
    assert ServiceUnderTest(session, "111122223333", endpoint=None, lags=True).is_aws


def client(emulator: Any, account: str) -> Any:
    return emulator.client("customer-profiles", account)


def test_a_case_that_fails_leaves_nothing_behind(emulator: Any, account: str) -> None:
    scene = Scene(service_of(emulator, account), "fails")
    scene.new_queue()
    with pytest.raises(ClientError):
        scene.declare("1", {})
    scene.close()
    assert client(emulator, account).list_domains()["Items"] == []
    assert not emulator.client("sqs", account).list_queues().get("QueueUrls")


def test_every_domain_of_a_case_is_tagged(emulator: Any, account: str) -> None:
    scene = Scene(service_of(emulator, account), "tags")
    assert scene.domain.startswith(PREFIX)
    (domain,) = client(emulator, account).list_domains()["Items"]
    assert domain["Tags"] == TAGS
    scene.close()


def test_a_run_that_was_killed_is_swept_up_by_a_later_one_and_nothing_else_is(
    emulator: Any, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = service_of(emulator, account)
    for _ in range(2):
        killed.call("CreateDomain", domain_of(killed.new_name()))
    killed.client("sqs").create_queue(QueueName=killed.new_name())
    others: list[dict[str, Any]] = [
        domain_of("customers"),
        domain_of(f"{PREFIX}own", tags={"of": "others"}),
    ]
    for each in others:
        killed.call("CreateDomain", each)
    later = service_of(emulator, account)
    assert later.sweep() == [], "another run may still be at work"
    monkeypatch.setattr("tests.parity.service.SECONDS_PER_DAY", -60)
    assert len(later.sweep()) == 3
    left = [each["DomainName"] for each in client(emulator, account).list_domains()["Items"]]
    assert left == ["customers", f"{PREFIX}own"]


def domain_of(name: str, tags: dict[str, str] = TAGS) -> dict[str, Any]:
    return {"DomainName": name, "DefaultExpirationDays": 1, "Tags": tags}


def service_of(emulator: Any, account: str) -> ServiceUnderTest:
    session = boto3.Session(account, "local", region_name="us-east-1")
    return ServiceUnderTest(session, account, endpoint=emulator.url, lags=False)
