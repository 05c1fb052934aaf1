"""The backing emulator, called in our own process by our own services."""

import asyncio
import json
import os
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any

import pytest

from emulator.backing import Backing
from emulator.http import Caller, ServiceError

PORT = 45_661
"""What the gateway's port would be; nothing listens there."""

ALICE = Caller("111122223333", "us-east-1")
BOB = Caller("444455556666", "us-east-1")
ALICE_ABROAD = Caller("111122223333", "eu-central-1")

Call = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    """The event loop of all calls."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def call(runner: asyncio.Runner) -> Iterator[Call]:
    """Calls one operation of the real backing emulator, by default as Alice."""
    environ = dict(os.environ)
    backing = Backing(PORT)

    def run(service: str, operation: str, caller: Caller = ALICE, **members: Any) -> dict[str, Any]:
        return runner.run(backing.call(service, operation, members, caller))

    yield run
    runner.run(backing.stop())
    os.environ.clear()
    os.environ.update(environ)


def test_queue_urls_carry_the_gateways_address(call: Call) -> None:
    url = call("sqs", "CreateQueue", QueueName="rejected")["QueueUrl"]
    assert url == f"http://127.0.0.1:{PORT}/{ALICE.account}/rejected"


def test_messages_keep_their_attributes(call: Call) -> None:
    url = call("sqs", "CreateQueue", QueueName="letters")["QueueUrl"]
    attributes = {"Message": {"DataType": "String", "StringValue": "no key: ü"}}
    call("sqs", "SendMessage", QueueUrl=url, MessageBody='{"a": "ü"}', MessageAttributes=attributes)
    (message,) = call("sqs", "ReceiveMessage", QueueUrl=url, MessageAttributeNames=["All"])[
        "Messages"
    ]
    assert message["Body"] == '{"a": "ü"}'
    assert message["MessageAttributes"]["Message"]["StringValue"] == "no key: ü"


def test_a_query_protocol_answers_who_calls(call: Call) -> None:
    assert call("sts", "GetCallerIdentity")["Account"] == ALICE.account
    assert call("sts", "GetCallerIdentity", BOB)["Account"] == BOB.account


def test_accounts_and_regions_are_separate(call: Call) -> None:
    call("ssm", "PutParameter", Name="/own", Value="1", Type="String")
    assert call("ssm", "GetParameter", Name="/own")["Parameter"]["Value"] == "1"
    for stranger in (BOB, ALICE_ABROAD):
        with pytest.raises(ServiceError) as refused:
            call("ssm", "GetParameter", stranger, Name="/own")
        assert refused.value.code == "ParameterNotFound"


def test_a_key_is_created_and_described(call: Call) -> None:
    made = call("kms", "CreateKey", Description="profiles")["KeyMetadata"]
    assert made["Arn"] == f"arn:aws:kms:us-east-1:{ALICE.account}:key/{made['KeyId']}"
    told = call("kms", "DescribeKey", KeyId=made["KeyId"])["KeyMetadata"]
    assert told["Description"] == "profiles"


def test_a_stack_is_created_and_its_resource_is_there(call: Call) -> None:
    resource = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "of-stack"}}
    template = json.dumps({"Resources": {"Queue": resource}})
    call("cloudformation", "CreateStack", StackName="one", TemplateBody=template)
    status = ""
    for _ in range(100):
        (stack,) = call("cloudformation", "DescribeStacks", StackName="one")["Stacks"]
        status = stack["StackStatus"]
        if status != "CREATE_IN_PROGRESS":
            break
    assert status == "CREATE_COMPLETE"
    assert call("sqs", "GetQueueUrl", QueueName="of-stack")["QueueUrl"].endswith("/of-stack")


@pytest.mark.parametrize("key", ["plain", "a folder/and file+more.jsonl", "größe/50%/a?b&c=d#e"])
def test_objects_keep_their_bytes_and_their_names(call: Call, key: str) -> None:
    call("s3", "CreateBucket", Bucket="objects")
    call("s3", "PutObject", Bucket="objects", Key=key, Body=bytes(range(256)))
    assert call("s3", "GetObject", Bucket="objects", Key=key)["Body"].read() == bytes(range(256))
    listed = call("s3", "ListObjectsV2", Bucket="objects")["Contents"]
    assert key in [each["Key"] for each in listed]


def test_an_error_carries_code_message_and_status_of_the_service(call: Call) -> None:
    with pytest.raises(ServiceError) as refused:
        call("sqs", "GetQueueUrl", QueueName="nowhere")
    assert "NonExistentQueue" in refused.value.code
    assert refused.value.message
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("service", "operation", "members", "code"),
    [
        ("cloudformation", "DescribeStacks", {"StackName": "none"}, "ValidationError"),
        ("s3", "GetObject", {"Bucket": "no-such-bucket", "Key": "a"}, "NoSuchBucket"),
        ("kms", "DescribeKey", {"KeyId": "none"}, "NotFoundException"),
        ("dynamodb", "DescribeTable", {"TableName": "none"}, "ResourceNotFoundException"),
        ("lambda", "GetFunction", {"FunctionName": "none"}, "ResourceNotFoundException"),
    ],
)
def test_errors_of_every_protocol_are_understood(
    call: Call, service: str, operation: str, members: dict[str, Any], code: str
) -> None:
    with pytest.raises(ServiceError) as refused:
        call(service, operation, **members)
    assert refused.value.code == code
    assert 400 <= refused.value.status < 500


def test_a_function_is_read_back_by_its_arn_which_stands_encoded_in_the_path(call: Call) -> None:
    made = call(
        "lambda",
        "CreateFunction",
        FunctionName="deliver",
        Runtime="python3.11",
        Handler="index.handler",
        Role=f"arn:aws:iam::{ALICE.account}:role/deliver",
        Code={"ZipFile": b"PK\x05\x06" + bytes(18)},
    )
    told = call("lambda", "GetFunction", FunctionName=made["FunctionArn"])
    assert told["Configuration"]["FunctionName"] == "deliver"


async def answer(_scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
    """An application that refuses in a shape that no service has."""
    await receive()
    await send({"type": "http.response.start", "status": 503, "headers": []})
    for part in (b"<html>", b"busy", b"</html>"):
        await send({"type": "http.response.body", "body": part, "more_body": part != b"</html>"})


@pytest.mark.parametrize("service", ["sqs", "sts", "s3", "lambda"])
def test_an_answer_without_a_modelled_error_is_an_error_all_the_same(service: str) -> None:
    async def refused() -> int:
        backing = Backing(PORT)
        backing._application = asyncio.get_running_loop().create_future()
        backing._application.set_result(answer)
        operations = {"sqs": "ListQueues", "sts": "GetCallerIdentity", "s3": "ListBuckets"}
        with pytest.raises(ServiceError) as raised:
            await backing.call(service, operations.get(service, "ListFunctions"), {}, ALICE)
        return raised.value.status

    assert asyncio.run(refused()) == 503


def test_what_was_never_loaded_stops_at_once() -> None:
    asyncio.run(Backing(PORT).stop())


def test_it_is_loaded_once_however_often_it_is_needed_before_it_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loads = []

    async def load(_backing: Backing) -> Any:
        loads.append(1)
        await asyncio.sleep(0)
        return answer

    async def needed() -> None:
        backing = Backing(PORT)
        calls = [backing.call("sqs", "ListQueues", {}, ALICE) for _ in range(3)]
        first = asyncio.gather(*calls, return_exceptions=True)
        await asyncio.sleep(0)
        backing.start()
        results = await first
        backing.start()
        assert [type(each) for each in results] == [ServiceError] * 3

    monkeypatch.setattr(Backing, "_load", load)
    asyncio.run(needed())
    assert loads == [1]
