"""Amazon SNS: topics, their policies and subscriptions."""

from typing import Any, Final

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
        "FifoTopic": flag(told.get("FifoTopic")),
        "ContentBasedDeduplication": flag(told.get("ContentBasedDeduplication")),
        "Tags": tag_list(tag_map(tags.get("Tags", []))),
    }
    values |= {
        member: told.get(member)
        for member in ("FifoThroughputScope", "KmsMasterKeyId", "SignatureVersion", "TracingConfig")
    }
    return Live(values, _TOPIC_DEFAULTS)


async def _find_topic(call: Call, model: Model, caller: Caller) -> str | None:  # noqa: ARG001
    name = model.get("TopicName")
    return name and f"arn:aws:sns:{caller.region}:{caller.account}:{name}"


async def _read_policy(call: Call, _: str, asked: Model) -> Live | None:
    told = await _attributes(call, "GetTopicAttributes", TopicArn=asked["TopicArn"])
    return None if told is None else Live({"PolicyDocument": document(told.get("Policy"))})


def _policy_properties(model: Model) -> Model:
    return {"Topics": [model["TopicArn"]], "PolicyDocument": model["PolicyDocument"]}


async def _read_subscription(call: Call, arn: str, asked: Model) -> Live | None:  # noqa: ARG001
    told = await _attributes(call, "GetSubscriptionAttributes", SubscriptionArn=arn)
    if told is None:
        return None
    values: Model = {
        "Arn": arn,
        "Endpoint": told.get("Endpoint"),
        "Protocol": told.get("Protocol"),
        "TopicArn": told.get("TopicArn"),
        "FilterPolicyScope": told.get("FilterPolicyScope"),
        "RawMessageDelivery": flag(told.get("RawMessageDelivery")),
        "SubscriptionRoleArn": told.get("SubscriptionRoleArn"),
    }
    values |= {
        member: document(told.get(member))
        for member in ("DeliveryPolicy", "FilterPolicy", "RedrivePolicy")
    }
    return Live(values, _SUBSCRIPTION_DEFAULTS)


async def _attributes(call: Call, operation: str, **parameters: Any) -> dict[str, str] | None:
    answer = await answered(call, "sns", operation, **parameters)
    return None if answer is None else answer.get("Attributes", {})


TYPES: Final[dict[str, TypeSupport]] = {
    "AWS::SNS::Topic": TypeSupport(read=_read_topic, find=_find_topic, attributes=("TopicArn",)),
    "AWS::SNS::TopicInlinePolicy": TypeSupport(
        read=_read_policy,
        part=True,
        cloudformation_type="AWS::SNS::TopicPolicy",
        properties=_policy_properties,
        attributes=(),
    ),
    "AWS::SNS::Subscription": TypeSupport(read=_read_subscription, attributes=()),
}
