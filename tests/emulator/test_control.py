"""The local AWS's own endpoints: state, requests, reset, and who may use them."""

import http.client
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

Ask = Callable[..., tuple[int, Any]]


def asker(emulator: Any) -> Ask:
    """`ask(method, path, body, **headers)`: (status, answer) of an endpoint below /_emulator/."""
    place = urlsplit(emulator.url)

    def run(method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
        try:
            data = None if body is None else json.dumps(body)
            connection.request(method, f"/_emulator/{path}", data, headers)
            response = connection.getresponse()
            return response.status, json.load(response)
        finally:
            connection.close()

    return run


@pytest.fixture
def ask(emulator: Any) -> Ask:
    """Of the emulator that all tests share."""
    return asker(emulator)


@pytest.fixture
def own(start_emulator: Any, tmp_path: Any) -> Iterator[Any]:
    """An emulator of the test's own, which keeps a file."""
    data = tmp_path / "state.db"
    with start_emulator(tmp_path / "log", "--data", str(data)) as emulator:
        yield emulator
    assert "Traceback" not in (tmp_path / "log").read_text(encoding="utf-8")


def domain_names(client: Any) -> list[str]:
    return [each["DomainName"] for each in client.list_domains()["Items"]]


# State


def test_state_tells_what_each_domain_holds(ask: Ask, people: Any, account: str) -> None:
    for number in range(3):
        people.put("Person", id=str(number))
    status, told = ask("GET", "state")
    assert status == 200
    (mine,) = [each for each in told["domains"] if each["account"] == account]
    assert mine == {
        "account": account,
        "region": "us-east-1",
        "name": people.name,
        "objectTypes": 1,
        "profiles": 3,
        "objects": 3,
    }
    assert told["file"] is None
    assert told["uptimeSeconds"] > 0
    assert 10e6 < told["memoryBytes"] < 10e9
    assert {"botocore", "ministack", "python", "sqlite"} <= told["versions"].keys()


def test_state_tells_where_it_is_kept(own: Any, tmp_path: Any) -> None:
    _, told = asker(own)("GET", "state")
    assert told["file"]["path"] == str(tmp_path / "state.db")
    assert told["file"]["bytes"] > 0
    assert told["file"]["format"] >= 1


# Requests


def test_requests_tell_what_was_asked_and_how_it_ended(
    ask: Ask, people: Any, refused: Any, account: str
) -> None:
    people.put("Person", id="secret-id")
    refused(people.call, "get_profile_object_type", ObjectTypeName="Nothing")
    _, told = ask("GET", "requests?limit=2")
    newest, before = told["requests"]
    assert (newest["operation"], newest["status"]) == ("GetProfileObjectType", 404)
    assert (before["operation"], before["status"]) == ("PutProfileObject", 200)
    assert (before["account"], before["service"]) == (account, "profile")
    assert before["milliseconds"] > 0
    assert told["total"] >= 2


def test_requests_show_bodies_only_when_asked_and_never_signatures(ask: Ask, people: Any) -> None:
    people.put("Person", id="secret-id")
    assert "secret-id" not in json.dumps(ask("GET", "requests?limit=5"))
    shown = ask("GET", "requests?limit=5&bodies=1")[1]["requests"]
    assert "secret-id" in shown[0]["requestBody"]
    assert "ProfileObjectUniqueKey" in shown[0]["responseBody"]
    assert "Credential=" not in json.dumps(shown)


# Reset


def test_a_reset_empties_everything_before_it_answers(own: Any, account: str) -> None:
    ask, client = asker(own), own.client("customer-profiles", account)
    control, queues = own.client("cloudcontrol", account), own.client("sqs", account)
    client.create_domain(DomainName="customers", DefaultExpirationDays=30)
    queues.create_queue(QueueName="rejects")
    state = json.dumps({"QueueName": "made"})
    control.create_resource(TypeName="AWS::SQS::Queue", DesiredState=state)
    assert ask("POST", "reset") == (200, {"domainsRemoved": 1})
    assert domain_names(client) == []
    assert not queues.list_queues().get("QueueUrls")
    listed = control.list_resources(TypeName="AWS::SQS::Queue")["ResourceDescriptions"]
    assert listed == []
    assert control.list_resource_requests()["ResourceRequestStatusSummaries"] == []
    # And everything can be made anew.
    client.create_domain(DomainName="customers", DefaultExpirationDays=30)
    assert client.get_domain(DomainName="customers")["Stats"]["ObjectCount"] == 0
    control.create_resource(TypeName="AWS::SQS::Queue", DesiredState=state)


def test_what_was_reset_stays_away_after_a_restart(
    start_emulator: Any, tmp_path: Any, account: str
) -> None:
    arguments = (tmp_path / "log", "--data", str(tmp_path / "state.db"))
    with start_emulator(*arguments) as emulator:
        client = emulator.client("customer-profiles", account)
        client.create_domain(DomainName="customers", DefaultExpirationDays=30)
        emulator.client("sqs", account).create_queue(QueueName="rejects")
    with start_emulator(*arguments) as emulator:
        assert emulator.client("sqs", account).list_queues()["QueueUrls"]
        assert asker(emulator)("POST", "reset")[0] == 200
    with start_emulator(*arguments) as emulator:
        assert domain_names(emulator.client("customer-profiles", account)) == []
        assert not emulator.client("sqs", account).list_queues().get("QueueUrls")


def test_one_domain_is_reset_alone(ask: Ask, people: Any, open_domain: Any) -> None:
    other = open_domain(people.client)
    people.put("Person", id="1")
    assert ask("POST", f"reset?domain={people.name}") == (200, {"domainsRemoved": 1})
    assert domain_names(people.client) == [other.name]
    people.client.create_domain(DomainName=people.name, DefaultExpirationDays=30)
    assert people.stats()["ProfileCount"] == 0


# Mistakes


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "mistake"),
    [
        ("POST", "reset?domain=nobody-has-it", None, 404, "no domain nobody-has-it"),
        ("POST", "reset?domain=", None, 400, "domain: must name a domain"),
        ("POST", "reset?domain=a&domain=b", None, 400, "domain: must be given once"),
        ("POST", "reset?domian=a", None, 400, "unknown query parameter domian: it takes domain"),
        ("GET", "state?x=1", None, 400, "unknown query parameter x: it takes none"),
        ("GET", "requests?limit=0", None, 400, "limit: must be a number from 1 to 1000"),
        ("GET", "requests?limit=ten", None, 400, "limit: must be a number from 1 to 1000"),
        ("GET", "requests?limit=99999999999999", None, 400, "limit: must be"),
        ("GET", "requests?bodies=yes", None, 400, "bodies: must be 0 or 1"),
        ("PUT", "clock", [], 400, "one of offsetSeconds"),
        ("PUT", "clock", {"frozenAt": "now"}, 400, "frozenAt: must be a number"),
        ("PUT", "faults", {"pace": "fast"}, 400, 'pace: must be "aws", or'),
        ("GET", "reset", None, 404, "POST /_emulator/reset"),
    ],
)
def test_a_mistake_is_named_with_the_way_out(
    ask: Ask, method: str, path: str, body: Any, status: int, mistake: str
) -> None:
    answered, told = ask(method, path, body)
    assert answered == status
    assert mistake in told["Message"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", "localhost.", "x:1"])
@pytest.mark.parametrize(("method", "path"), [("GET", "state"), ("POST", "reset"), ("GET", "x")])
def test_a_name_that_is_not_of_this_machine_is_refused(
    ask: Ask, method: str, path: str, host: str
) -> None:
    status, told = ask(method, path, Host=host)
    assert status == 403
    assert "127.0.0.1, localhost and [::1]" in told["Message"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:1", "LOCALHOST", "[::1]:4566"])
def test_each_name_of_this_machine_is_taken_with_any_port(ask: Ask, host: str) -> None:
    assert ask("GET", "state", Host=host)[0] == 200


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example"]
)
def test_a_page_of_another_site_may_not_reset(ask: Ask, domain: str, origin: str) -> None:
    status, _ = ask("POST", f"reset?domain={domain}", Origin=origin)
    assert status == 403
    assert ask("POST", f"reset?domain={domain}", Origin="http://localhost:4566")[0] == 200
