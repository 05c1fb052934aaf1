"""PutProfileObject and SearchProfiles beside the backing emulator's DynamoDB, over HTTP."""

import statistics
from collections.abc import Callable

import orjson

import mappings
from benchmarks.figures import Figure, alternately, ratio
from benchmarks.local_aws import Client, object_type_body, one_processor, request, running

ROUNDS = 15
PER_ROUND = 400
CUSTOMERS = 1_000


def measure() -> list[Figure]:
    """Requests per second of ours against theirs: one process, one connection each, in turns."""
    with one_processor(), running() as (url, _):
        ours, theirs = Client(url), Client(url)
        _prepare(ours, theirs)
        records = [_record(number) for number in range(CUSTOMERS)]
        puts = [_put(record) for record in records]
        items = [_put_item(record) for record in records]
        searches = [_search(record) for record in records]
        gets = [_get_item(record) for record in records]
        for client, requests in ((ours, puts), (theirs, items)):
            for each in requests:
                client.send(each)
        assert b'"Items":[{' in ours.send(searches[0]).replace(b" ", b"")
        assert b'"Item"' in theirs.send(gets[0])
        return [
            _compare("PutProfileObject beside PutItem", ours, puts, theirs, items),
            _compare("SearchProfiles beside GetItem", ours, searches, theirs, gets),
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
    table = {
        "TableName": "bench",
        "KeySchema": [{"AttributeName": "UserId", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "UserId", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    theirs.send(_dynamodb("CreateTable", table))


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
