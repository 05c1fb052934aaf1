"""Amazon SNS: topics, their policies and subscriptions."""

from typing import Any, Final

import orjson

from emulator.cloud_control.errors import INVALID_REQUEST, HandlerError
from emulator.cloud_control.paths import Model
from emulator.cloud_control.readback.live import (
    Call,
    Live,
    TypeSupport,
    answered,
    document,
    flag,
    tag_list,
    tag_map,
)
from emulator.http import Caller

_FIFO_SUFFIX: Final = ".fifo"

# Amazon SNS API reference, CreateTopic and SetSubscriptionAttributes.
_TOPIC_DEFAULTS: Final[Model] = {
    "ContentBasedDeduplication": False,
    "FifoThroughputScope": "Topic",
    "FifoTopic": False,
    "SignatureVersion": "1",
    "TracingConfig": "PassThrough",
}
_SUBSCRIPTION_DEFAULTS: Final[Model] = {
    "FilterPolicyScope": "MessageAttributes",
    "RawMessageDelivery": False,
}

_TEXTS: Final = ("FifoThroughputScope", "KmsMasterKeyId", "SignatureVersion", "TracingConfig")
_FLAGS: Final = ("ContentBasedDeduplication", "FifoTopic")
_DOCUMENTS: Final = ("ArchivePolicy",)


async def _read_topic(call: Call, arn: str, asked: Model) -> Live | None:  # noqa: ARG001
    told = await _attributes(call, "GetTopicAttributes", TopicArn=arn)
    if told is None:
        return None
    tags = await call("sns", "ListTagsForResource", ResourceArn=arn)
    name = arn.rpartition(":")[2]
    values: Model = {
        "TopicArn": arn,
        "TopicName": name,
        # The service shows a topic's name where it has no other.
        "DisplayName": None if told.get("DisplayName") in {"", name} else told.get("DisplayName"),
        "Tags": tag_list(tag_map(tags.get("Tags", []))),
    }
    values |= {member: flag(told.get(member)) for member in _FLAGS}
    values |= {member: told.get(member) or None for member in _TEXTS}
    values |= {member: document(told.get(member)) for member in _DOCUMENTS}
    return Live(values, _TOPIC_DEFAULTS)


async def _find_topic(call: Call, model: Model, caller: Caller) -> str | None:  # noqa: ARG001
    name = model.get("TopicName")
    return name and f"arn:aws:sns:{caller.region}:{caller.account}:{name}"


async def _complete_topic(call: Call, arn: str, model: Model) -> None:
    """CloudFormation there knows names, display names and tags only."""
    if arn.endswith(_FIFO_SUFFIX) != bool(model.get("FifoTopic")):
        # CreateTopic says the same of a name that does not fit.
        text = "Invalid parameter: the name of a topic ends in .fifo exactly when FifoTopic is true"
        raise HandlerError(INVALID_REQUEST, text)
    told = await _attributes(call, "GetTopicAttributes", TopicArn=arn) or {}
    wanted = {member: str(model.get(member, "")) for member in _TEXTS}
    wanted |= {member: str(bool(model.get(member))).lower() for member in _FLAGS}
    wanted |= {
        member: orjson.dumps(model[member]).decode() if model.get(member) else ""
        for member in _DOCUMENTS
    }
    for name, value in wanted.items():
        if value != told.get(name, "false" if name in _FLAGS else ""):
            parameters = {"AttributeName": name, "AttributeValue": value}
            await call("sns", "SetTopicAttributes", TopicArn=arn, **parameters)


async def _read_policy(call: Call, _: str, asked: Model) -> Live | None:
    told = await _attributes(call, "GetTopicAttributes", TopicArn=asked["TopicArn"])
    policy = document((told or {}).get("Policy"))
    return None if policy is None else Live({"PolicyDocument": policy})


def _policy_properties(model: Model) -> Model:
    return {"Topics": [model["TopicArn"]], "PolicyDocument": model["PolicyDocument"]}


async def _read_subscription(call: Call, arn: str, asked: Model) -> Live | None:  # noqa: ARG001
    told = await _attributes(call, "GetSubscriptionAttributes", SubscriptionArn=arn)
    if told is None:
        return None
    values: Model = {
        "Arn": arn,
        "FilterPolicyScope": told.get("FilterPolicyScope"),
        "RawMessageDelivery": flag(told.get("RawMessageDelivery")),
        "SubscriptionRoleArn": told.get("SubscriptionRoleArn") or None,
    }
    values |= {
        member: document(told.get(member))
        for member in ("DeliveryPolicy", "FilterPolicy", "RedrivePolicy")
    }
    # What a subscription is between never changes, and is not told of one that CloudFormation made.
    return Live(values, _SUBSCRIPTION_DEFAULTS)


async def _attributes(call: Call, operation: str, **parameters: Any) -> dict[str, str] | None:
    answer = await answered(call, "sns", operation, **parameters)
    return None if answer is None else answer.get("Attributes", {})


TYPES: Final[dict[str, TypeSupport]] = {
    "AWS::SNS::Topic": TypeSupport(
        read=_read_topic, find=_find_topic, complete=_complete_topic, attributes=("TopicArn",)
    ),
    "AWS::SNS::TopicInlinePolicy": TypeSupport(
        read=_read_policy,
        part=True,
        cloudformation_type="AWS::SNS::TopicPolicy",
        properties=_policy_properties,
        attributes=(),
    ),
    "AWS::SNS::Subscription": TypeSupport(read=_read_subscription, attributes=()),
}
