"""Topic, queue and mapping where IAM is enforced: without one permission nothing arrives."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.backing.accounts import (
    Aws,
    account_administers,
    allow,
    eventually,
    service_may,
)

REPORT = """
import os, boto3
def handler(event, context):
    for record in event["Records"]:
        boto3.client("sqs").send_message(QueueUrl=os.environ["REPORTS"], MessageBody=record["body"])
"""
USE = ["kms:Decrypt", "kms:GenerateDataKey"]
POLLING = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]


@dataclass
class Deployment:
    """Topic -> encrypted queue -> mapping -> function -> queue of reports."""

    aws: Aws
    key: str = ""
    topic: str = ""
    url: str = ""
    arn: str = ""
    role: str = ""
    mapping: str = ""
    reports: str = ""
    reports_arn: str = ""

    def __post_init__(self) -> None:
        aws = self.aws
        self.key = aws.key(*self.key_statements())
        self.url, self.arn = aws.queue(KmsMasterKeyId=self.key)
        self.reports, self.reports_arn = aws.queue()
        attributes = {"KmsMasterKeyId": self.key}
        self.topic = aws.client("sns").create_topic(Name="changes", Attributes=attributes)[
            "TopicArn"
        ]
        sends = service_may("sns", "sqs:SendMessage", self.arn, self.topic, aws.account)
        aws.set_queue_policy(self.url, sends)
        aws.client("sns").subscribe(
            TopicArn=self.topic,
            Protocol="sqs",
            Endpoint=self.arn,
            Attributes={"RawMessageDelivery": "true"},
        )
        self.role = aws.role("lambda", *self.statements())
        variables = {"Variables": {"REPORTS": self.reports}}
        function = aws.function(REPORT, Role=self.role, Environment=variables)
        self.mapping = aws.client("lambda").create_event_source_mapping(
            FunctionName=function, EventSourceArn=self.arn
        )["UUID"]

    def statements(self) -> list[dict[str, Any]]:
        """What the function's role needs."""
        return [
            allow(POLLING, self.arn),
            allow("sqs:SendMessage", self.reports_arn),
            allow("kms:Decrypt", self.key),
        ]

    def key_statements(self, actions: list[str] = USE) -> list[dict[str, Any]]:
        """What the key's policy needs."""
        topic = self.aws.arn("sns", "changes")
        topic_uses_it = service_may("sns", actions, "*", topic, self.aws.account)
        return [account_administers(self.aws.account), topic_uses_it]

    def publish(self, message: str = "changed") -> None:
        self.aws.client("sns").publish(TopicArn=self.topic, Message=message)

    def waiting(self) -> int:
        """How many messages the queue holds."""
        answer = self.aws.client("sqs").get_queue_attributes(
            QueueUrl=self.url, AttributeNames=["All"]
        )
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])


@pytest.fixture
def deployment(enforcing: Aws) -> Deployment:
    return Deployment(enforcing)


def test_with_all_it_needs_a_message_is_delivered(deployment: Deployment) -> None:
    deployment.publish()
    assert deployment.aws.taken(deployment.reports, 1)[0]["Body"] == "changed"


@pytest.mark.parametrize("action", POLLING)
def test_a_mapping_polls_nothing_that_its_role_may_not(deployment: Deployment, action: str) -> None:
    statements = deployment.statements()
    statements[0]["Action"] = [each for each in POLLING if each != action]
    deployment.aws.permit(deployment.role, *statements)
    deployment.publish()
    denied = f"not authorized to perform: {action} on resource: {deployment.arn}"
    eventually(lambda: deployment.aws.told(denied))
    mapping = deployment.aws.client("lambda").get_event_source_mapping(UUID=deployment.mapping)
    assert denied in mapping["LastProcessingResult"]
    assert deployment.waiting() == 1
    assert deployment.aws.take(deployment.reports) == []


def test_a_mapping_goes_on_once_its_role_may(deployment: Deployment) -> None:
    deployment.aws.permit(deployment.role, *deployment.statements()[1:])
    deployment.publish()
    eventually(lambda: deployment.aws.told(f"{deployment.mapping}: User: "))
    deployment.aws.permit(deployment.role, *deployment.statements())
    assert deployment.aws.taken(deployment.reports, 1)


def test_a_mapping_needs_the_key_of_its_queue(deployment: Deployment) -> None:
    deployment.aws.permit(deployment.role, *deployment.statements()[:2])
    deployment.publish()
    denied = f"not authorized to perform: kms:Decrypt on resource: {deployment.key}"
    eventually(lambda: deployment.aws.told(f"{deployment.mapping}: User: "))
    assert deployment.aws.told(denied)
    assert deployment.waiting() == 1


def test_a_mapping_needs_a_role_that_trusts_lambda(deployment: Deployment) -> None:
    untrusting = deployment.aws.role(
        "lambda", *deployment.statements(), Principal={"Service": "states.amazonaws.com"}
    )
    function = deployment.aws.function(REPORT, Role=untrusting)
    deployment.aws.client("lambda").update_event_source_mapping(
        UUID=deployment.mapping, FunctionName=function
    )
    deployment.publish()
    text = f"{deployment.mapping}: The role defined for the function cannot be assumed by Lambda."
    eventually(lambda: deployment.aws.told(text))
    assert deployment.waiting() == 1


def test_a_topic_needs_the_policy_of_the_queue(deployment: Deployment) -> None:
    deployment.aws.set_queue_policy(
        deployment.url,
        service_may("sns", "sqs:SendMessage", deployment.arn, "arn:*:other", "111111111111"),
    )
    deployment.publish()
    assert deployment.waiting() == 0
    assert deployment.aws.take(deployment.reports) == []


@pytest.mark.parametrize("action", USE)
def test_a_topic_needs_the_key_of_the_queue(deployment: Deployment, action: str) -> None:
    rest = [each for each in USE if each != action]
    deployment.aws.set_key_policy(deployment.key, *deployment.key_statements(rest))
    deployment.publish()
    denied = (
        f"{deployment.topic} cannot send to {deployment.arn}: User: sns.amazonaws.com is not"
        f" authorized to perform: {action} on resource: {deployment.key}"
    )
    assert deployment.aws.told(denied)
    assert deployment.waiting() == 0


@pytest.mark.parametrize("missing", ["sns:Publish", *USE])
def test_a_publisher_needs_topic_and_key(deployment: Deployment, missing: str) -> None:
    wanted = [allow("sns:Publish", deployment.topic), *(allow(each, "*") for each in USE)]
    permitted = deployment.aws.user(*wanted)("sns")
    assert permitted.publish(TopicArn=deployment.topic, Message="changed")["MessageId"]
    without = [each for each in wanted if each["Action"] != missing]
    denied = deployment.aws.user(*without)("sns")
    with pytest.raises(ClientError) as refused:
        denied.publish(TopicArn=deployment.topic, Message="changed")
    code = "KMSAccessDenied" if missing.startswith("kms") else "AuthorizationError"
    assert refused.value.response["Error"]["Code"] == code
    assert missing in refused.value.response["Error"]["Message"]


@pytest.mark.parametrize("missing", ["sqs:SendMessage", *USE])
def test_a_producer_needs_queue_and_key(deployment: Deployment, missing: str) -> None:
    wanted = [allow("sqs:SendMessage", deployment.arn), *(allow(each, "*") for each in USE)]
    client = deployment.aws.user(*(each for each in wanted if each["Action"] != missing))("sqs")
    with pytest.raises(ClientError) as refused:
        client.send_message(QueueUrl=deployment.url, MessageBody="changed")
    code = refused.value.response["Error"]["Code"]
    assert code == ("KMS.AccessDeniedException" if missing.startswith("kms") else "AccessDenied")


def test_batches_are_allowed_by_the_action_for_one(deployment: Deployment) -> None:
    """There are no actions of other names for them (service authorization reference)."""
    keys = [allow(each, "*") for each in USE]
    publisher = deployment.aws.user(allow("sns:Publish", deployment.topic), *keys)("sns")
    entries = [{"Id": "1", "Message": "changed"}]
    answer = publisher.publish_batch(TopicArn=deployment.topic, PublishBatchRequestEntries=entries)
    assert [each["Id"] for each in answer["Successful"]] == ["1"]

    url, arn = deployment.aws.queue(KmsMasterKeyId=deployment.key)
    one = ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:ChangeMessageVisibility"]
    client = deployment.aws.user(allow([*one, "sqs:DeleteMessage"], arn), *keys)("sqs")
    entries = [{"Id": "1", "MessageBody": "changed"}]
    assert client.send_message_batch(QueueUrl=url, Entries=entries)["Successful"]
    (message,) = client.receive_message(QueueUrl=url)["Messages"]
    handle = {"Id": "1", "ReceiptHandle": message["ReceiptHandle"]}
    seen = [handle | {"VisibilityTimeout": 60}]
    assert client.change_message_visibility_batch(QueueUrl=url, Entries=seen)["Successful"]
    assert client.delete_message_batch(QueueUrl=url, Entries=[handle])["Successful"]


def test_a_consumer_needs_only_to_decrypt(enforcing: Aws) -> None:
    key = enforcing.key(account_administers(enforcing.account))
    url, arn = enforcing.queue(KmsMasterKeyId=key)
    enforcing.client("sqs").send_message(QueueUrl=url, MessageBody="secret")
    receives = allow("sqs:ReceiveMessage", arn)
    with pytest.raises(ClientError) as refused:
        enforcing.user(receives)("sqs").receive_message(QueueUrl=url)
    assert refused.value.response["Error"]["Code"] == "KMS.AccessDeniedException"
    consumer = enforcing.user(receives, allow("kms:Decrypt", key))("sqs")
    assert consumer.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "secret"


def test_a_key_whose_policy_does_not_leave_it_to_iam_is_not_used_by_iam_alone(
    enforcing: Aws,
) -> None:
    other = {"AWS": f"arn:aws:iam::{enforcing.account}:user/somebody"}
    key = enforcing.key(allow("kms:*", "*") | {"Principal": other})
    url, arn = enforcing.queue(KmsMasterKeyId=key)
    client = enforcing.user(allow(["sqs:SendMessage", "kms:*"], arn, key))("sqs")
    with pytest.raises(ClientError) as refused:
        client.send_message(QueueUrl=url, MessageBody="changed")
    assert "no resource-based policy allows" in refused.value.response["Error"]["Message"]


def test_a_disabled_key_encrypts_nothing(enforcing: Aws) -> None:
    key = enforcing.key(account_administers(enforcing.account))
    url, arn = enforcing.queue(KmsMasterKeyId=key)
    enforcing.client("kms").disable_key(KeyId=key)
    client = enforcing.user(allow(["sqs:SendMessage", "kms:*"], arn, key))("sqs")
    with pytest.raises(ClientError) as refused:
        client.send_message(QueueUrl=url, MessageBody="changed")
    assert refused.value.response["Error"]["Message"] == f"{key} is Disabled."


def test_the_key_of_sqs_itself_is_everybodys_in_the_account_and_no_services(
    enforcing: Aws,
) -> None:
    url, arn = enforcing.queue(KmsMasterKeyId="alias/aws/sqs")
    client = enforcing.user(allow("sqs:SendMessage", arn))("sqs")
    assert client.send_message(QueueUrl=url, MessageBody="changed")["MessageId"]
    topic = enforcing.client("sns").create_topic(Name="open")["TopicArn"]
    sends = service_may("sns", "sqs:SendMessage", arn, topic, enforcing.account)
    enforcing.set_queue_policy(url, sends)
    enforcing.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    enforcing.take(url)
    enforcing.client("sns").publish(TopicArn=topic, Message="lost")
    assert enforcing.take(url) == []
    assert enforcing.told(f"{topic} cannot send to {arn}: ")


def test_a_rejected_object_needs_the_key_of_the_dead_letter_queue(enforcing: Aws) -> None:
    domain = enforcing.arn("profile", "domains/customers")
    uses = service_may("profile", USE, "*", domain, enforcing.account)
    key = enforcing.key(account_administers(enforcing.account), uses)
    url, arn = enforcing.queue(KmsMasterKeyId=key)
    sends = service_may("profile", "sqs:SendMessage", arn, domain, enforcing.account)
    enforcing.set_queue_policy(url, sends)
    profiles = enforcing.client("customer-profiles")
    profiles.create_domain(
        DomainName="customers", DefaultExpirationDays=366, DeadLetterQueueUrl=url
    )
    type_name = {"DomainName": "customers", "ObjectTypeName": "Trial"}
    profiles.put_profile_object_type(
        **type_name,
        Description="trials",
        AllowProfileCreation=False,
        Fields={"id": {"Source": "_source.id", "Target": "_profile.AccountNumber"}},
        Keys={"id": [{"StandardIdentifiers": ["UNIQUE", "PROFILE"], "FieldNames": ["id"]}]},
    )
    profiles.put_profile_object(**type_name, Object='{"id": "1"}')
    (letter,) = enforcing.taken(url, 1)
    assert json.loads(letter["Body"]) == {"id": "1"}
    for action in USE:
        rest = [each for each in USE if each != action]
        uses = service_may("profile", rest, "*", domain, enforcing.account)
        enforcing.set_key_policy(key, account_administers(enforcing.account), uses)
        profiles.put_profile_object(**type_name, Object='{"id": "2"}')
        denied = f"profile.amazonaws.com is not authorized to perform: {action} on resource: {key}"
        eventually(lambda denied=denied: enforcing.told(denied))
    assert enforcing.take(url) == []
