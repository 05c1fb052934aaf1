"""Buckets and log groups that are encrypted with a customer's key, where IAM is enforced."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.backing.accounts import Aws, account_administers, allow, eventually

LOG_ACTIONS = [
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:DescribeKey",
]


def encrypted_bucket(aws: Aws, key: str) -> str:
    """A bucket that encrypts with this key; its name."""
    name = f"encrypted-{aws.account}"
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    aws.client("s3").create_bucket(Bucket=name)
    aws.client("s3").put_bucket_encryption(
        Bucket=name,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": default}]
        },
    )
    return name


def denied(call: Callable[[], Any]) -> str:
    """The message of the denial."""
    with pytest.raises(ClientError) as refused:
        call()
    error = refused.value.response["Error"]
    assert error["Code"] == "AccessDenied"
    message: str = error["Message"]
    return message


def test_writing_an_object_needs_a_data_key_and_reading_it_needs_to_decrypt(
    enforcing: Aws,
) -> None:
    key = enforcing.key(account_administers(enforcing.account))
    place = {"Bucket": encrypted_bucket(enforcing, key), "Key": "object"}
    objects = allow(["s3:PutObject", "s3:GetObject"], f"arn:aws:s3:::{place['Bucket']}/*")
    writer = enforcing.user(objects, allow("kms:GenerateDataKey", key))("s3")
    reader = enforcing.user(objects, allow("kms:Decrypt", key))("s3")
    assert "kms:GenerateDataKey" in denied(lambda: reader.put_object(**place, Body=b"1"))
    writer.put_object(**place, Body=b"1")
    assert "kms:Decrypt" in denied(lambda: writer.get_object(**place))
    assert reader.get_object(**place)["Body"].read() == b"1"


def test_an_unencrypted_object_needs_no_key(enforcing: Aws) -> None:
    place = {"Bucket": f"plain-{enforcing.account}", "Key": "object"}
    enforcing.client("s3").create_bucket(Bucket=place["Bucket"])
    objects = allow(["s3:PutObject", "s3:GetObject"], f"arn:aws:s3:::{place['Bucket']}/*")
    client = enforcing.user(objects)("s3")
    client.put_object(**place, Body=b"1")
    assert client.get_object(**place)["Body"].read() == b"1"


def logs_use_it(aws: Aws, actions: list[str], group: str) -> dict[str, Any]:
    """The statement that AWS's guide has for a log group's key."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": "logs.us-east-1.amazonaws.com"},
        "Action": actions,
        "Resource": "*",
        "Condition": {
            "ArnLike": {"kms:EncryptionContext:aws:logs:arn": aws.arn("logs", f"log-group:{group}")}
        },
    }


def create(aws: Aws, key: str, how: str) -> None:
    """Create the log group `/own`. Raises: AssertionError with the reason of the refusal."""
    if how == "request":
        try:
            aws.client("logs").create_log_group(logGroupName="/own", kmsKeyId=key)
        except ClientError as error:
            raise AssertionError(error.response["Error"]["Message"]) from None
        return
    control = aws.client("cloudcontrol")
    state = json.dumps({"LogGroupName": "/own", "KmsKeyId": key})
    token = control.create_resource(TypeName="AWS::Logs::LogGroup", DesiredState=state)[
        "ProgressEvent"
    ]["RequestToken"]

    def ended() -> Any:
        event = control.get_resource_request_status(RequestToken=token)["ProgressEvent"]
        return event if event["OperationStatus"] != "IN_PROGRESS" else None

    event = eventually(ended)
    assert event["OperationStatus"] == "SUCCESS", event.get("StatusMessage")


def groups(aws: Aws) -> list[str]:
    described = aws.client("logs").describe_log_groups()["logGroups"]
    return [each["logGroupName"] for each in described]


@pytest.mark.parametrize("how", ["request", "cloud control"])
def test_a_log_group_is_encrypted_with_a_key_that_lets_the_service(
    enforcing: Aws, how: str
) -> None:
    administers = account_administers(enforcing.account)
    key = enforcing.key(administers, logs_use_it(enforcing, LOG_ACTIONS, "/ow*"))
    create(enforcing, key, how)
    assert groups(enforcing) == ["/own"]


@pytest.mark.parametrize("how", ["request", "cloud control"])
@pytest.mark.parametrize("action", [*LOG_ACTIONS, "other group"])
def test_a_log_group_is_refused_with_any_other_key(enforcing: Aws, how: str, action: str) -> None:
    rest = [each for each in LOG_ACTIONS if each != action]
    group = "/another" if action == "other group" else "/own"
    key = enforcing.key(account_administers(enforcing.account), logs_use_it(enforcing, rest, group))
    with pytest.raises(AssertionError, match="not allowed to be used with Arn") as refused:
        create(enforcing, key, how)
    assert enforcing.arn("logs", "log-group:/own") in str(refused.value)
    assert groups(enforcing) == []


def test_a_function_writes_no_log_once_the_service_may_not_use_the_key(enforcing: Aws) -> None:
    administers = account_administers(enforcing.account)
    uses = logs_use_it(enforcing, LOG_ACTIONS, "/aws/lambda/*")
    key = enforcing.key(administers, uses)
    role = enforcing.role("lambda", allow("logs:*", "*"))
    function = enforcing.function("def handler(event, context):\n    print(event)", Role=role)
    group = f"/aws/lambda/{function}"
    enforcing.client("logs").create_log_group(logGroupName=group, kmsKeyId=key)

    def lines() -> list[str]:
        events = enforcing.client("logs").filter_log_events(logGroupName=group)["events"]
        return [each["message"] for each in events]

    def run(payload: bytes) -> None:
        enforcing.client("lambda").invoke(FunctionName=function, Payload=payload)

    run(b'"first"')
    eventually(lambda: "first" in lines())
    enforcing.set_key_policy(key, administers)
    run(b'"second"')
    eventually(lambda: enforcing.told(f"function:{function} log: User: logs.us-east-1"))
    assert "second" not in lines()
