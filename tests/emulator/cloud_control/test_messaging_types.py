"""Queues, topics and keys: made by Cloud Control, there in SQS, SNS and KMS."""

import json
from collections.abc import Callable
from typing import Any
from unittest.mock import ANY

Lives = Callable[..., None]


def replace(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def policy(action: str, resource: str) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": action,
        "Resource": resource,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def attributes(world: Any, url: str, *names: str) -> Any:
    """What SQS tells of a queue."""
    told = world.told("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=["All"])
    return told and {name: told["Attributes"][name] for name in names}


def test_a_queue_lives_in_sqs(lives: Lives, world: Any, emulator: Any) -> None:
    url = f"{emulator.url}/{world.account}/changes"
    rejects = world.queue("rejects")
    redrive = {"deadLetterTargetArn": world.arn("sqs", rejects.rpartition("/")[2])}
    lives(
        "AWS::SQS::Queue",
        {
            "QueueName": "changes",
            "KmsMasterKeyId": world.arn("kms", f"key/{world.key()}"),
            "RedrivePolicy": redrive | {"maxReceiveCount": 3},
            "VisibilityTimeout": 60,
            "Tags": [{"Key": "team", "Value": "care"}],
        },
        replace("/VisibilityTimeout", 90),
        replace("/RedrivePolicy/maxReceiveCount", 5),
        identifier=url,
        adds={"QueueUrl": url, "Arn": world.arn("sqs", "changes")},
        seen=lambda: attributes(world, url, "VisibilityTimeout", "RedrivePolicy"),
        before={
            "VisibilityTimeout": "60",
            "RedrivePolicy": as_text(redrive | {"maxReceiveCount": 3}),
        },
        after={
            "VisibilityTimeout": "90",
            "RedrivePolicy": as_text(redrive | {"maxReceiveCount": 5}),
        },
    )


def as_text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def test_a_fifo_queue_lives_in_sqs(lives: Lives, world: Any, emulator: Any) -> None:
    url = f"{emulator.url}/{world.account}/changes.fifo"
    names = ("FifoQueue", "DeduplicationScope", "FifoThroughputLimit", "ContentBasedDeduplication")
    first = {
        "FifoQueue": "true",
        "DeduplicationScope": "messageGroup",
        "FifoThroughputLimit": "perMessageGroupId",
        "ContentBasedDeduplication": "true",
    }
    lives(
        "AWS::SQS::Queue",
        {
            "QueueName": "changes.fifo",
            "FifoQueue": True,
            "DeduplicationScope": "messageGroup",
            "FifoThroughputLimit": "perMessageGroupId",
            "ContentBasedDeduplication": True,
            "SqsManagedSseEnabled": True,
            "RedriveAllowPolicy": {"redrivePermission": "allowAll"},
        },
        replace("/ContentBasedDeduplication", value=False),
        identifier=url,
        adds={"QueueUrl": url, "Arn": world.arn("sqs", "changes.fifo")},
        seen=lambda: attributes(world, url, *names),
        before=first,
        after=first | {"ContentBasedDeduplication": "false"},
    )


def test_the_policy_of_a_queue_lives_in_sqs(lives: Lives, world: Any) -> None:
    url, arn = world.queue("changes.fifo"), world.arn("sqs", "changes.fifo")

    def seen() -> Any:
        told = world.told("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=["Policy"])
        return json.loads(told.get("Attributes", {}).get("Policy", "{}"))

    lives(
        "AWS::SQS::QueueInlinePolicy",
        {"Queue": url, "PolicyDocument": policy("sqs:SendMessage", arn)},
        replace("/PolicyDocument/Statement/0/Action", "sqs:SendMessageBatch"),
        identifier=url,
        adds={},
        seen=seen,
        listed=None,
        before=policy("sqs:SendMessage", arn),
        after=policy("sqs:SendMessageBatch", arn),
    )


def topic_attributes(world: Any, arn: str, *names: str) -> Any:
    told = world.told("sns", "get_topic_attributes", TopicArn=arn)
    return told and {name: told["Attributes"].get(name) for name in names}


def test_a_topic_lives_in_sns(lives: Lives, world: Any) -> None:
    arn, key = world.arn("sns", "changes"), world.arn("kms", f"key/{world.key()}")
    lives(
        "AWS::SNS::Topic",
        {
            "TopicName": "changes",
            "DisplayName": "Changes",
            "KmsMasterKeyId": key,
            "TracingConfig": "Active",
            "Tags": [{"Key": "team", "Value": "care"}],
        },
        replace("/DisplayName", "All changes"),
        {"op": "remove", "path": "/KmsMasterKeyId"},
        identifier=arn,
        adds={"TopicArn": arn},
        seen=lambda: topic_attributes(world, arn, "DisplayName", "KmsMasterKeyId", "TracingConfig"),
        before={"DisplayName": "Changes", "KmsMasterKeyId": key, "TracingConfig": "Active"},
        after={"DisplayName": "All changes", "KmsMasterKeyId": "", "TracingConfig": "Active"},
    )


def test_a_fifo_topic_lives_in_sns(lives: Lives, world: Any) -> None:
    arn = world.arn("sns", "changes.fifo")
    lives(
        "AWS::SNS::Topic",
        {"TopicName": "changes.fifo", "FifoTopic": True, "ContentBasedDeduplication": True},
        replace("/ContentBasedDeduplication", value=False),
        identifier=arn,
        adds={"TopicArn": arn},
        seen=lambda: topic_attributes(world, arn, "FifoTopic", "ContentBasedDeduplication"),
        before={"FifoTopic": "true", "ContentBasedDeduplication": "true"},
        after={"FifoTopic": "true", "ContentBasedDeduplication": "false"},
    )


def test_the_policy_of_a_topic_lives_in_sns(lives: Lives, world: Any) -> None:
    arn = world.topic("changes.fifo")

    def seen() -> Any:
        text = world.told("sns", "get_topic_attributes", TopicArn=arn)["Attributes"].get("Policy")
        return text and json.loads(text)

    lives(
        "AWS::SNS::TopicInlinePolicy",
        {"TopicArn": arn, "PolicyDocument": policy("sns:Publish", arn)},
        replace("/PolicyDocument/Statement/0/Action", "sns:Subscribe"),
        identifier=arn,
        adds={},
        seen=seen,
        listed=None,
        before=policy("sns:Publish", arn),
        after=policy("sns:Subscribe", arn),
    )


def test_a_subscription_lives_in_sns(lives: Lives, world: Any) -> None:
    topic, queue = world.topic("changes.fifo"), world.arn("sqs", "changes.fifo")
    world.queue("changes.fifo")
    rejects = {"deadLetterTargetArn": world.arn("sqs", "rejects.fifo")}

    def seen() -> Any:
        found = world.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        if not found:
            return None
        (one,) = found
        told = world.client("sns").get_subscription_attributes(
            SubscriptionArn=one["SubscriptionArn"]
        )["Attributes"]
        filters = json.loads(told["FilterPolicy"])
        return one["Endpoint"], told["RawMessageDelivery"], filters, told["RedrivePolicy"]

    redrive = json.dumps(rejects)
    lives(
        "AWS::SNS::Subscription",
        {
            "TopicArn": topic,
            "Protocol": "sqs",
            "Endpoint": queue,
            "RawMessageDelivery": True,
            "FilterPolicy": {"type": ["TrialSubscription"]},
            "RedrivePolicy": rejects,
        },
        replace("/FilterPolicy/type/0", "PurchasedSubscription"),
        replace("/RawMessageDelivery", value=False),
        identifier=ANY,
        adds={"Arn": ANY},
        seen=seen,
        before=(queue, "true", {"type": ["TrialSubscription"]}, redrive),
        after=(queue, "false", {"type": ["PurchasedSubscription"]}, redrive),
    )


def test_a_key_lives_in_kms_and_waits_for_its_deletion(lives: Lives, world: Any) -> None:
    kms = world.client("kms")

    def seen() -> Any:
        for each in kms.list_keys()["Keys"]:
            told = kms.describe_key(KeyId=each["KeyId"])["KeyMetadata"]
            if told["KeyState"] == "PendingDeletion":
                return None
            rotates = kms.get_key_rotation_status(KeyId=each["KeyId"])["KeyRotationEnabled"]
            return told["Description"], rotates
        return None

    lives(
        "AWS::KMS::Key",
        {
            "Description": "profiles",
            "EnableKeyRotation": True,
            "KeyPolicy": policy("kms:Decrypt", "*"),
            "PendingWindowInDays": 7,
            "Tags": [{"Key": "team", "Value": "care"}],
        },
        replace("/EnableKeyRotation", value=False),
        replace("/Description", "profiles and letters"),
        identifier=ANY,
        adds={"KeyId": ANY, "Arn": ANY},
        hides=("PendingWindowInDays",),
        seen=seen,
        before=("profiles", True),
        after=("profiles and letters", False),
    )


def test_an_alias_lives_in_kms(lives: Lives, world: Any) -> None:
    one, other = world.key(), world.key()

    def seen() -> Any:
        aliases = world.client("kms").list_aliases()["Aliases"]
        return [each["TargetKeyId"] for each in aliases if each["AliasName"] == "alias/profiles"]

    lives(
        "AWS::KMS::Alias",
        {"AliasName": "alias/profiles", "TargetKeyId": world.arn("kms", f"key/{one}")},
        replace("/TargetKeyId", other),
        identifier="alias/profiles",
        adds={},
        seen=seen,
        before=[one],
        after=[other],
    )
