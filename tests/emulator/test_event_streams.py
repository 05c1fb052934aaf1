"""Event streams: records of profiles and objects arrive in Kinesis streams, in order."""

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Refused = Callable[..., Any]

PERSON: dict[str, Any] = {
    "ObjectTypeName": "Person",
    "Description": "A person",
    "AllowProfileCreation": True,
    "Fields": {
        "id": {"Source": "_source.id", "Target": "_profile.AccountNumber"},
        "first": {"Source": "_source.first", "Target": "_profile.FirstName"},
    },
    "Keys": {"_account": [{"FieldNames": ["id"], "StandardIdentifiers": ["PROFILE", "UNIQUE"]}]},
}


class Stream:
    """A Kinesis stream, and the domain whose events go to it."""

    def __init__(self, emulator: Any, account: str, domain: str, client: Any) -> None:
        self.kinesis = emulator.client("kinesis", account)
        self.client, self.domain = client, domain
        self.arn = f"arn:aws:kinesis:us-east-1:{account}:stream/changes"

    def create(self) -> None:
        self.kinesis.create_stream(StreamName="changes", ShardCount=1)

    def subscribe(self) -> Any:
        return self.client.create_event_stream(
            DomainName=self.domain, EventStreamName="changes", Uri=self.arn
        )

    def destination(self) -> Any:
        named = {"DomainName": self.domain, "EventStreamName": "changes"}
        return self.client.get_event_stream(**named)["DestinationDetails"]

    def put(self, first: str, number: str = "1") -> str:
        answer = self.client.put_profile_object(
            DomainName=self.domain,
            ObjectTypeName="Person",
            Object=json.dumps({"id": number, "first": first}),
        )
        return str(answer["ProfileObjectUniqueKey"])

    def records(self, count: int, seconds: float = 15) -> list[dict[str, Any]]:
        """The records, as soon as there are so many."""
        deadline = time.monotonic() + seconds
        while True:
            (shard,) = self.kinesis.list_shards(StreamName="changes")["Shards"]
            iterator = self.kinesis.get_shard_iterator(
                StreamName="changes", ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            found = self.kinesis.get_records(ShardIterator=iterator)["Records"]
            if len(found) >= count or time.monotonic() > deadline:
                return [json.loads(each["Data"]) for each in found]
            time.sleep(0.05)


@pytest.fixture
def stream(emulator: Any, account: str, domain: str, customer_profiles: Any) -> Stream:
    """A stream that is there already."""
    stream = Stream(emulator, account, domain, customer_profiles)
    stream.create()
    customer_profiles.put_profile_object_type(DomainName=domain, **PERSON)
    return stream


def test_an_object_that_is_put_gives_a_record_of_it_and_one_of_its_profile(stream: Stream) -> None:
    stream.subscribe()
    key = stream.put("Ada")
    stream.put("Grace")
    records = stream.records(4)
    assert [(each["ObjectTypeName"], each["EventType"]) for each in records] == [
        ("Person", "CREATED"),
        ("_profile", "CREATED"),
        ("Person", "UPDATED"),
        ("_profile", "UPDATED"),
    ]
    first, profile, _, changed = records
    assert first["Object"] == {"id": "1", "first": "Ada"}
    assert first["ProfileObjectUniqueKey"] == key
    assert first["AssociatedProfileId"] == profile["Object"]["ProfileId"]
    assert profile["Object"]["FirstName"] == "Ada"
    assert changed["Object"]["FirstName"] == "Grace"
    assert {each["DomainName"] for each in records} == {stream.domain}
    assert all(each["IsMessageRealTime"] and each["SchemaVersion"] == 0 for each in records)
    assert len({each["EventId"] for each in records}) == 4


def test_writes_of_people_give_records_of_profiles(stream: Stream) -> None:
    stream.subscribe()
    named = {"DomainName": stream.domain}
    profile = stream.client.create_profile(**named, FirstName="Ada")["ProfileId"]
    stream.client.update_profile(**named, ProfileId=profile, LastName="Byron")
    other = stream.client.create_profile(**named, FirstName="A.")["ProfileId"]
    stream.client.merge_profiles(**named, MainProfileId=profile, ProfileIdsToBeMerged=[other])
    kinds = [(each["EventType"], each["Object"]["ProfileId"]) for each in stream.records(4)]
    assert kinds == [
        ("CREATED", profile),
        ("UPDATED", profile),
        ("CREATED", other),
        ("UPDATED", profile),
    ]


def test_a_stream_is_shown_listed_and_ends(stream: Stream) -> None:
    arn = stream.subscribe()["EventStreamArn"]
    named = {"DomainName": stream.domain, "EventStreamName": "changes"}
    shown = stream.client.get_event_stream(**named)
    assert (shown["EventStreamArn"], shown["State"]) == (arn, "RUNNING")
    assert shown["DestinationDetails"] == {"Uri": stream.arn, "Status": "HEALTHY"}
    (listed,) = stream.client.list_event_streams(DomainName=stream.domain)["Items"]
    assert listed["DestinationSummary"] == shown["DestinationDetails"]
    stream.client.delete_event_stream(**named)
    stream.put("Ada")
    assert stream.client.list_event_streams(DomainName=stream.domain)["Items"] == []
    assert stream.records(1, seconds=0.5) == []


@pytest.mark.parametrize("name", ["changes", "others"])
def test_a_domain_has_one_event_stream_until_it_is_deleted(
    stream: Stream, refused: Refused, name: str
) -> None:
    stream.subscribe()
    asked = {"DomainName": stream.domain, "EventStreamName": name, "Uri": stream.arn}
    refusal = refused(stream.client.create_event_stream, **asked)
    assert (refusal.status, refusal.code) == (400, "BadRequestException")
    assert refusal.message == (
        f"The Customer Profiles Domain: {stream.domain} is already associated with an active"
        " EventStream"
    )
    listed = stream.client.list_event_streams(DomainName=stream.domain)["Items"]
    assert [each["EventStreamName"] for each in listed] == ["changes"]
    stream.client.delete_event_stream(DomainName=stream.domain, EventStreamName="changes")
    assert stream.client.create_event_stream(**asked)["EventStreamArn"].endswith(f"/{name}")


MISSING = (
    "There is no such Kinesis data stream (ResourceNotFoundException): create it, and new records"
    " go there"
)


def test_a_stream_that_is_not_there_is_unhealthy_until_it_is(
    emulator: Any, account: str, domain: str, customer_profiles: Any
) -> None:
    stream = Stream(emulator, account, domain, customer_profiles)
    customer_profiles.put_profile_object_type(DomainName=domain, **PERSON)
    began = time.time()
    stream.subscribe()
    details = stream.destination()
    assert (details["Status"], details["Message"]) == ("UNHEALTHY", MISSING)
    assert began - 1 < details["UnhealthySince"].timestamp() < time.time() + 1
    (listed,) = customer_profiles.list_event_streams(DomainName=domain)["Items"]
    del details["Message"]
    assert listed["DestinationSummary"] == details
    stream.put("Ada")
    stream.create()
    assert stream.destination() == {"Uri": stream.arn, "Status": "HEALTHY"}
    stream.put("Grace")
    assert stream.records(2)[-1]["Object"]["FirstName"] == "Grace"
    assert stream.destination()["Status"] == "HEALTHY"
    stream.kinesis.delete_stream(StreamName="changes")
    assert stream.destination()["Status"] == "UNHEALTHY"


def test_a_stream_that_is_not_there_is_unhealthy_after_a_restart(
    start_emulator: Callable[..., Any], tmp_path: Path, account: str, connect: Callable[..., Any]
) -> None:
    data = ("--data", str(tmp_path / "state.db"))
    with start_emulator(tmp_path / "log", *data) as first:
        client = connect(account, on=first)
        client.create_domain(DomainName="crm", DefaultExpirationDays=1)
        Stream(first, account, "crm", client).subscribe()
    with start_emulator(tmp_path / "log", *data) as second:
        stream = Stream(second, account, "crm", connect(account, on=second))
        stream.kinesis.list_streams()
        assert stream.destination()["Status"] == "UNHEALTHY"


@pytest.mark.parametrize(
    "uri",
    [
        "arn:aws:kinesis:us-east-1:999999999999:stream/changes",
        "arn:aws:kinesis:eu-west-1:{account}:stream/changes",
        "arn:aws:firehose:us-east-1:{account}:deliverystream/changes",
        "changes",
    ],
)
def test_a_destination_elsewhere_is_refused(
    customer_profiles: Any, domain: str, account: str, refused: Refused, uri: str
) -> None:
    named = {"DomainName": domain, "EventStreamName": "changes"}
    refusal = refused(
        customer_profiles.create_event_stream, **named, Uri=uri.format(account=account)
    )
    assert (refusal.status, refusal.code) == (400, "BadRequestException")


def test_what_was_acknowledged_reaches_the_stream_after_a_kill(
    start_emulator: Callable[..., Any], tmp_path: Path, account: str, connect: Callable[..., Any]
) -> None:
    data = ("--data", str(tmp_path / "state.db"))
    with start_emulator(tmp_path / "log", *data) as first:
        client = connect(account, on=first)
        client.create_domain(DomainName="crm", DefaultExpirationDays=1)
        client.put_profile_object_type(DomainName="crm", **PERSON)
        stream = Stream(first, account, "crm", client)
        stream.create()
        time.sleep(1.5)  # The backing emulator keeps its own state once a second.
        stream.subscribe()
        for number in range(20):
            stream.put("Ada", str(number))
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()
    with start_emulator(tmp_path / "log", *data) as second:
        records = Stream(second, account, "crm", connect(account, on=second)).records(40)
    accounts = {
        each["Object"]["AccountNumber"] for each in records if each["ObjectTypeName"] == "_profile"
    }
    assert accounts == {str(number) for number in range(20)}
