"""PutProfileObject and SearchProfiles beside the backing emulator's DynamoDB, over HTTP."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass

import orjson

import mappings
from benchmarks.figures import Figure, alternately, ratio
from benchmarks.local_aws import Client, object_type_body, one_processor, request, running

ROUNDS = 15
PER_ROUND = 400
CUSTOMERS = 1_000


@dataclass(frozen=True)
class Workload:
    """Prepared requests, one of each kind for every customer."""

    puts: list[bytes]
    searches: list[bytes]
    put_items: list[bytes]
    get_items: list[bytes]


def workload(ours: Client, theirs: Client) -> Workload:
    """The requests; a domain and a table in which all customers are there already."""
    _prepare(ours, theirs)
    records = [_record(number) for number in range(CUSTOMERS)]
    requests = Workload(
        [_put(record) for record in records],
        [_search(record) for record in records],
        [_put_item(record) for record in records],
        [_get_item(record) for record in records],
    )
    for client, each_kind in ((ours, requests.puts), (theirs, requests.put_items)):
        for each in each_kind:
            client.send(each)
    assert b'"Items":[{' in ours.send(requests.searches[0]).replace(b" ", b"")
    assert b'"Item"' in theirs.send(requests.get_items[0])
    return requests


def measure() -> list[Figure]:
    """Requests per second of ours against theirs: one process, one connection each, in turns."""
    with one_processor(), running() as (url, _):
        ours, theirs = Client(url), Client(url)
        made = workload(ours, theirs)
        return [
            _compare("PutProfileObject beside PutItem", ours, made.puts, theirs, made.put_items),
            _compare("SearchProfiles beside GetItem", ours, made.searches, theirs, made.get_items),
        ]


def _compare(
    name: str, ours: Client, our_requests: list[bytes], theirs: Client, their_requests: list[bytes]
) -> Figure:
    mine, yours = alternately(ROUNDS, _sender(ours, our_requests), _sender(theirs, their_requests))
    rates = [PER_ROUND / statistics.median(times) for times in (mine, yours)]
    how = f"{rates[0]:,.0f} beside {rates[1]:,.0f} requests/s, {ROUNDS} rounds of {PER_ROUND}"
    return Figure(name, ratio(yours, mine), "times", 1.5, at_least=True, how=how)


def _sender(client: Client, requests: list[bytes]) -> Callable[[], None]:
    def send() -> None:
        for each in requests[:PER_ROUND]:
            client.send(each)

    return send


def _prepare(ours: Client, theirs: Client) -> None:
    domain = {"DefaultExpirationDays": 366}
    ours.send(request("POST", "/domains/bench", "profile", domain))
    for mapping in mappings.load():
        path = f"/domains/bench/object-types/{mapping.object_type.name}"
        ours.send(request("PUT", path, "profile", object_type_body(mapping.object_type)))
    theirs.send(dynamodb_table())


def dynamodb_table() -> bytes:
    """The request that makes the table of the items."""
    table = {
        "TableName": "bench",
        "KeySchema": [{"AttributeName": "UserId", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "UserId", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    return _dynamodb("CreateTable", table)


def _record(number: int) -> dict[str, str]:
    (trial,) = [each for each in mappings.load() if each.object_type.name == "TrialSubscription"]
    return {**trial.examples[0], "UserId": f"{number:05}"}


def _put(record: dict[str, str]) -> bytes:
    body = {"ObjectTypeName": "TrialSubscription", "Object": orjson.dumps(record).decode()}
    return request("PUT", "/domains/bench/profiles/objects", "profile", body)


def _search(record: dict[str, str]) -> bytes:
    body = {"KeyName": "_account", "Values": [record["UserId"]]}
    return request("POST", "/domains/bench/profiles/search", "profile", body)


def _put_item(record: dict[str, str]) -> bytes:
    item = {name: {"S": value} for name, value in record.items()}
    return _dynamodb("PutItem", {"TableName": "bench", "Item": item})


def _get_item(record: dict[str, str]) -> bytes:
    key = {"UserId": {"S": record["UserId"]}}
    return _dynamodb("GetItem", {"TableName": "bench", "Key": key})


def _dynamodb(operation: str, body: object) -> bytes:
    return request("POST", "/", "dynamodb", body, f"DynamoDB_20120810.{operation}")
