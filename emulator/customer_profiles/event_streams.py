"""Operations on event streams: a domain's records go to one Kinesis stream each."""

import re
from typing import Any, Final

from emulator.customer_profiles import definitions
from emulator.customer_profiles.definitions import Definition, Kind
from emulator.customer_profiles.wire import BAD_REQUEST
from emulator.customer_profiles.world import Domain, World
from emulator.http import Caller, ServiceError

_KIND: Final = Kind.EVENT_STREAM
_NO_STREAM: Final = "ResourceNotFoundException"
_MISSING: Final = (
    f"There is no such Kinesis data stream ({_NO_STREAM}): create it, and new records go there"
)
_STREAM_ARN: Final = re.compile(r"arn:aws[a-z-]*:kinesis:([a-z0-9-]+):([0-9]{12}):stream/\S+")


def create_event_stream(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    """To one stream in the domain's own region and account (API reference).

    A domain has one at most (quotas page); in words that its CloudFormation handler looks for.
    """
    domain = world.domain(caller, members["DomainName"])
    name, uri = members["EventStreamName"], members["Uri"]
    found = _STREAM_ARN.fullmatch(uri)
    if found is None:
        raise ServiceError(BAD_REQUEST, "Uri is the ARN of a Kinesis data stream")
    if (found[1], found[2]) != (caller.region, caller.account):
        text = "The Kinesis data stream is not in the domain's account and region"
        raise ServiceError(BAD_REQUEST, text)
    if definitions.listed(world, domain, _KIND):
        text = (
            f"The Customer Profiles Domain: {domain.name} is already associated with an active"
            " EventStream"
        )
        raise ServiceError(BAD_REQUEST, text)
    made = definitions.put(world, domain, _KIND, name, {"Uri": uri}, members.get("Tags", {}))
    domain.streams = (*domain.streams, uri)
    _trouble(world, domain, uri)
    answer = {"EventStreamArn": definitions.arn(domain, _KIND, name)}
    return answer | ({"Tags": made.tags} if made.tags else {})


def get_event_stream(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    domain = world.domain(caller, members["DomainName"])
    found = definitions.existing(world, domain, _KIND, members["EventStreamName"])
    shown = _shown(domain, found)
    del shown["EventStreamName"]
    destination = {"DestinationDetails": _destination(world, domain, found, tell=True)}
    return shown | {"CreatedAt": found.created} | destination


def list_event_streams(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    domain = world.domain(caller, members["DomainName"])
    shown, token = definitions.listed_page(world, domain, _KIND, members)
    items = [
        _shown(domain, each) | {"DestinationSummary": _destination(world, domain, each, tell=False)}
        for each in shown
    ]
    return {"Items": items, "NextToken": token}


def delete_event_stream(world: World, caller: Caller, members: dict[str, Any]) -> dict[str, Any]:
    domain = world.domain(caller, members["DomainName"])
    definitions.remove(world, domain, _KIND, members["EventStreamName"])
    left = definitions.listed(world, domain, _KIND)
    domain.streams = tuple(each.body["Uri"] for each in left)
    return {}


def _destination(world: World, domain: Domain, stream: Definition, *, tell: bool) -> dict[str, Any]:
    uri = stream.body["Uri"]
    trouble = _trouble(world, domain, uri)
    if trouble is None:
        return {"Uri": uri, "Status": "HEALTHY"}
    code, since = trouble
    text = _MISSING if code == _NO_STREAM else f"The stream refused a record: {code}"
    message = {"Message": text} if tell else {}
    return {"Uri": uri, "Status": "UNHEALTHY", "UnhealthySince": since} | message


def _trouble(world: World, domain: Domain, uri: str) -> tuple[str, float] | None:
    """What is wrong with the Kinesis stream, and since when. That it is missing shows at once: to
    create and to get an event stream describe it (service authorization reference, which names
    `kinesis:DescribeStreamSummary` with both).
    """
    place = (domain.caller.account, uri)
    trouble = world.unhealthy.get(place)
    is_there = None if world.has_stream is None else world.has_stream(uri)
    if is_there is False and trouble is None:
        trouble = world.unhealthy[place] = _NO_STREAM, world.clock()
    elif is_there and trouble is not None and trouble[0] == _NO_STREAM:
        del world.unhealthy[place]
        trouble = None
    return trouble


def _shown(domain: Domain, stream: Definition) -> dict[str, Any]:
    shown = {
        "DomainName": domain.name,
        "EventStreamName": stream.name,
        "EventStreamArn": definitions.arn(domain, _KIND, stream.name),
        "State": "RUNNING",
    }
    return shown | ({"Tags": stream.tags} if stream.tags else {})
