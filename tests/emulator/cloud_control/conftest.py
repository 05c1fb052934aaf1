"""Cloud Control of a real emulator: short calls, and the whole life of a resource."""

import io
import json
import time
import zipfile
from collections.abc import Callable
from functools import cache
from typing import Any

import jsonpatch
import pytest
from botocore.exceptions import ClientError
from botocore.model import OperationModel
from botocore.validate import ParamValidator

Model = dict[str, Any]


def check_answer(operation_model: OperationModel, response_dict: dict[str, Any], **_: Any) -> None:
    """A successful body has the members and the types of the model's shape."""
    if response_dict["status_code"] == 200:
        body = json.loads(response_dict["body"])
        report = ParamValidator().validate(body, operation_model.output_shape)
        assert not report.has_errors(), report.generate_report()


class Control:
    """A client of Cloud Control in one account; requests are followed to their end."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def end(self, answer: Any, seconds: float = 10) -> Any:
        """The last event of the request that this answer tells of."""
        event = answer["ProgressEvent"]
        deadline = time.monotonic() + seconds
        while event["OperationStatus"] in {"PENDING", "IN_PROGRESS"}:
            assert time.monotonic() < deadline, event
            time.sleep(0.003)
            token = event["RequestToken"]
            event = self.client.get_resource_request_status(RequestToken=token)["ProgressEvent"]
        return event

    def creation(self, type_name: str, desired: Model, **more: Any) -> Any:
        """The last event of a creation, whatever came of it."""
        state = json.dumps(desired)
        answer = self.client.create_resource(TypeName=type_name, DesiredState=state, **more)
        return self.end(answer)

    def create(self, type_name: str, desired: Model) -> str:
        """Create what must succeed; the identifier."""
        event = self.creation(type_name, desired)
        assert event["OperationStatus"] == "SUCCESS", event
        return str(event["Identifier"])

    def get(self, type_name: str, identifier: str) -> Model:
        """The properties as GetResource shows them."""
        told = self.client.get_resource(TypeName=type_name, Identifier=identifier)
        assert told["TypeName"] == type_name
        assert told["ResourceDescription"]["Identifier"] == identifier
        return dict(json.loads(told["ResourceDescription"]["Properties"]))

    def change(self, type_name: str, identifier: str, *operations: Model, **more: Any) -> Any:
        """The last event of an update, whatever came of it."""
        patch = json.dumps(operations)
        answer = self.client.update_resource(
            TypeName=type_name, Identifier=identifier, PatchDocument=patch, **more
        )
        return self.end(answer)

    def update(self, type_name: str, identifier: str, *operations: Model) -> Model:
        """Update what must succeed; the properties after it."""
        event = self.change(type_name, identifier, *operations)
        assert event["OperationStatus"] == "SUCCESS", event
        assert event["Identifier"] == identifier
        return self.get(type_name, identifier)

    def deletion(self, type_name: str, identifier: str, **more: Any) -> Any:
        """The last event of a deletion, whatever came of it."""
        answer = self.client.delete_resource(TypeName=type_name, Identifier=identifier, **more)
        return self.end(answer)

    def delete(self, type_name: str, identifier: str) -> None:
        """Delete what must succeed."""
        event = self.deletion(type_name, identifier)
        assert event["OperationStatus"] == "SUCCESS", event

    def identifiers(self, type_name: str, **more: Any) -> list[str]:
        """What ListResources lists on its first page."""
        told = self.client.list_resources(TypeName=type_name, **more)
        assert told["TypeName"] == type_name
        return [each["Identifier"] for each in told["ResourceDescriptions"]]

    def exists(self, type_name: str, identifier: str) -> bool:
        """Whether GetResource finds it."""
        try:
            self.get(type_name, identifier)
        except self.client.exceptions.ResourceNotFoundException:
            return False
        return True


@pytest.fixture
def open_control(emulator: Any) -> Callable[..., Control]:
    """`open_control(account, region, emulator)`: Cloud Control of another world."""

    def run(account: str, region: str = "us-east-1", on: Any = emulator) -> Control:
        client = on.client("cloudcontrol", account, region, parameter_validation=False)
        client.meta.events.register("before-parse.cloudcontrol.*", check_answer)
        return Control(client)

    return run


@pytest.fixture
def control(open_control: Callable[..., Control], account: str) -> Control:
    """Cloud Control in the test's own account."""
    return open_control(account)


class World:
    """The test's own account: clients of all services, and what resources refer to."""

    def __init__(self, emulator: Any, account: str) -> None:
        self.account = account
        self.client = cache(lambda service: emulator.client(service, account))
        self.role = f"arn:aws:iam::{account}:role/lifecycle"

    def arn(self, service: str, name: str) -> str:
        return f"arn:aws:{service}:us-east-1:{self.account}:{name}"

    def told(self, service: str, operation: str, **parameters: Any) -> Any:
        """What the service itself answers; None when there is no such thing."""
        try:
            return getattr(self.client(service), operation)(**parameters)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in {400, 404}:
                return None
            raise

    def queue(self, name: str) -> str:
        """A new queue's URL."""
        attributes = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
        client = self.client("sqs")
        return str(client.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"])

    def topic(self, name: str) -> str:
        """A new topic's ARN."""
        attributes = {"FifoTopic": "true"} if name.endswith(".fifo") else {}
        client = self.client("sns")
        return str(client.create_topic(Name=name, Attributes=attributes)["TopicArn"])

    def function(self, name: str) -> str:
        """A new function's ARN."""
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr("index.py", "def handler(event, context):\n    return 1\n")
        made = self.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.11",
            Handler="index.handler",
            Role=self.role,
            Code={"ZipFile": content.getvalue()},
        )
        return str(made["FunctionArn"])

    def key(self) -> str:
        """A new key's id."""
        return str(self.client("kms").create_key()["KeyMetadata"]["KeyId"])


@pytest.fixture
def world(emulator: Any, account: str) -> World:
    """The test's own account beside Cloud Control."""
    return World(emulator, account)


def patched(model: Model, *operations: Model) -> Model:
    return dict(jsonpatch.apply_patch(model, list(operations)))


@pytest.fixture
def lives(control: Control, refused: Callable[..., Any]) -> Callable[..., None]:
    """A resource's life: made, read, changed in place, deleted, each time seen in its service.

    desired: what is asked for. adds: what the service adds to it. hides: what is never read back.
    seen: asks the service itself, None when there is nothing. before, after: what it says before
    and after the changes. listed: the model to list by, None if it cannot be. renews: what the
    service changes by itself with every change.
    """

    def run(
        type_name: str,
        desired: Model,
        *changes: Model,
        identifier: Any,
        adds: Model,
        seen: Callable[[], Any],
        before: Any,
        after: Any = None,
        hides: tuple[str, ...] = (),
        listed: str | None = "{}",
        renews: tuple[str, ...] = (),
    ) -> None:
        made = control.create(type_name, desired)
        assert made == identifier
        shown = control.get(type_name, made)
        assert shown == {
            name: value for name, value in (desired | adds).items() if name not in hides
        }
        assert seen() == before
        if listed is not None:
            assert control.identifiers(type_name, ResourceModel=listed) == [made]

        if changes:
            changed = control.update(type_name, made, *changes)
            assert seen() == after
            visible = [each for each in changes if each["path"].split("/")[1] not in hides]
            renewed = {name: changed[name] for name in renews}
            assert changed == patched(shown, *visible) | renewed
            assert control.get(type_name, made) == changed

        control.delete(type_name, made)
        assert not seen()
        gone = refused(control.client.get_resource, TypeName=type_name, Identifier=made)
        assert (gone.status, gone.code) == (400, "ResourceNotFoundException")

    return run
