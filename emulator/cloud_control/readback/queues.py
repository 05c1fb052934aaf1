"""Amazon SQS: queues and their policies."""

from typing import Final

from emulator.cloud_control.paths import Model
from emulator.cloud_control.readback.live import (
    Call,
    Live,
    TypeSupport,
    answered,
    document,
    flag,
    number,
    tag_list,
)
from emulator.http import Caller

_NUMBERS: Final = (
    "DelaySeconds",
    "KmsDataKeyReusePeriodSeconds",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "VisibilityTimeout",
)
_FLAGS: Final = ("ContentBasedDeduplication", "FifoQueue", "SqsManagedSseEnabled")
_TEXTS: Final = ("DeduplicationScope", "FifoThroughputLimit", "KmsMasterKeyId")
_DOCUMENTS: Final = ("RedrivePolicy", "RedriveAllowPolicy")

# Amazon SQS API reference, SetQueueAttributes.
_DEFAULTS: Final[Model] = {
    "ContentBasedDeduplication": False,
    "DeduplicationScope": "queue",
    "DelaySeconds": 0,
    "FifoQueue": False,
    "FifoThroughputLimit": "perQueue",
    "KmsDataKeyReusePeriodSeconds": 300,
    "MaximumMessageSize": 1_048_576,
    "MessageRetentionPeriod": 345_600,
    "ReceiveMessageWaitTimeSeconds": 0,
    "SqsManagedSseEnabled": True,
    "VisibilityTimeout": 30,
}


async def _read_queue(call: Call, url: str, asked: Model) -> Live | None:
    answer = await answered(call, "sqs", "GetQueueAttributes", QueueUrl=url, AttributeNames=["All"])
    if answer is None:
        return None
    told = answer.get("Attributes", {})
    tags = (await call("sqs", "ListQueueTags", QueueUrl=url)).get("Tags", {})
    values: Model = {
        "Arn": told["QueueArn"],
        "QueueUrl": url,
        "QueueName": told["QueueArn"].rpartition(":")[2],
        "Tags": tag_list(tags),
    }
    values |= {name: number(told.get(name)) for name in _NUMBERS}
    values |= {name: flag(told.get(name)) for name in _FLAGS}
    values |= {name: told.get(name) for name in _TEXTS}
    values |= {name: document(told.get(name)) for name in _DOCUMENTS}
    if "KmsMasterKeyId" in asked:
        # The two kinds of encryption exclude each other.
        values.pop("SqsManagedSseEnabled")
    return Live(values, _DEFAULTS)


async def _read_policy(call: Call, url: str, asked: Model) -> Live | None:
    url = asked["Queue"]
    answer = await answered(
        call, "sqs", "GetQueueAttributes", QueueUrl=url, AttributeNames=["Policy"]
    )
    policy = document((answer or {}).get("Attributes", {}).get("Policy"))
    return None if policy is None else Live({"PolicyDocument": policy})


async def _find_queue(call: Call, model: Model, caller: Caller) -> str | None:  # noqa: ARG001
    name = model.get("QueueName")
    found = None if name is None else await answered(call, "sqs", "GetQueueUrl", QueueName=name)
    return None if found is None else str(found["QueueUrl"])


def _policy_properties(model: Model) -> Model:
    return {"Queues": [model["Queue"]], "PolicyDocument": model["PolicyDocument"]}


TYPES: Final[dict[str, TypeSupport]] = {
    "AWS::SQS::Queue": TypeSupport(read=_read_queue, find=_find_queue, attributes=("Arn",)),
    "AWS::SQS::QueueInlinePolicy": TypeSupport(
        read=_read_policy,
        cloudformation_type="AWS::SQS::QueuePolicy",
        properties=_policy_properties,
        attributes=(),
    ),
}
