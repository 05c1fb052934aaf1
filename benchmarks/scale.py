"""Whether PutProfileObject stays as fast when a domain has grown."""

import statistics
from collections.abc import Callable
from itertools import count

import orjson

import mappings
from benchmarks.figures import Figure, alternately, ratio
from benchmarks.local_aws import Client, object_type_body, one_processor, request, running

SMALL, LARGE = 1_000, 200_000
ROUNDS = 15
PER_ROUND = 400
BATCH = 10


def measure() -> list[Figure]:
    """Two local AWSs, one with few and one with many profiles, in turns; half the puts are new."""
    with one_processor(), running() as (small_url, _), running() as (large_url, _):
        small, large = Client(small_url), Client(large_url)
        fill(small, SMALL)
        fill(large, LARGE)
        many, few = alternately(ROUNDS, _puts(large, LARGE), _puts(small, SMALL))
        rates = [PER_ROUND / statistics.median(times) for times in (many, few)]
    how = f"{rates[0]:,.0f} requests/s at {LARGE:,} profiles, {rates[1]:,.0f} at {SMALL:,}"
    name = "PutProfileObject, grown domain beside small"
    return [Figure(name, ratio(many, few), "times the time", 1.3, at_least=False, how=how)]


def _puts(client: Client, profiles: int) -> Callable[[], None]:
    fresh = count(profiles)
    spread = max(1, profiles // (PER_ROUND // 2))

    def work() -> None:
        for number in range(PER_ROUND // 2):
            client.send(put(number * spread))
            client.send(put(next(fresh)))

    return work


def fill(client: Client, profiles: int) -> None:
    """A domain with this many profiles, numbered from 0."""
    client.send(request("POST", "/domains/bench", "profile", {"DefaultExpirationDays": 366}))
    (trial,) = [each for each in mappings.load() if each.object_type.name == "TrialSubscription"]
    path = "/domains/bench/object-types/TrialSubscription"
    client.send(request("PUT", path, "profile", object_type_body(trial.object_type)))
    path = "/domains/bench/profiles/objects/batch-put-profile-object"
    for first in range(0, profiles, BATCH):
        items = [
            {"Id": str(number), "Object": _object(number)} for number in range(first, first + BATCH)
        ]
        body = {"ObjectTypeName": "TrialSubscription", "Items": items}
        client.send(request("PUT", path, "profile", body))


def put(number: int) -> bytes:
    """PutProfileObject for the profile of this number."""
    body = {"ObjectTypeName": "TrialSubscription", "Object": _object(number)}
    return request("PUT", "/domains/bench/profiles/objects", "profile", body)


def _object(number: int) -> str:
    record = {"UserId": f"{number:08}", "status": "Active", "planType": "Standard"}
    return orjson.dumps(record).decode()
