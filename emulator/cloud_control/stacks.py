"""CloudFormation stacks of one resource on the backing emulator."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol
from uuid import uuid4

import orjson

from emulator.cloud_control.errors import NOT_STABILIZED, HandlerError, classified
from emulator.cloud_control.paths import Model
from emulator.cloud_control.schemas import DEFAULT_REGION
from emulator.http import Caller, ServiceError

LOGICAL_ID: Final = "Resource"
PREFIX: Final = "cloud-control-"
REF: Final = "Ref"

# CloudFormation quotas: a template within a request.
_MAX_BODY_BYTES: Final = 51_200
_FIRST_POLL_SECONDS: Final = 0.001
_LAST_POLL_SECONDS: Final = 0.1
_GONE: Final = "DELETE_COMPLETE"
_CAPABILITIES: Final = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]


class Backing(Protocol):
    """What we need of the backing emulator."""

    async def call(
        self, service: str, operation: str, parameters: dict[str, Any], caller: Caller
    ) -> dict[str, Any]:
        """One operation. Raises: ServiceError."""

    async def keep(self) -> None:
        """Returns when what was done so far outlives the process, if state is kept at all."""


@dataclass(frozen=True, slots=True)
class Resource:
    """What a stack is made of.

    asked_type: the type that Cloud Control was asked for; type_name: the one that CloudFormation
    has for it. attributes: names for `Fn::GetAtt`, each an output of the stack.
    """

    asked_type: str
    type_name: str
    model: Model
    properties: Model
    attributes: tuple[str, ...] = ()

    def template(self) -> str:
        """The stack's template; all that a later process needs to find the resource again."""
        outputs: dict[str, Any] = {REF: {"Value": {"Ref": LOGICAL_ID}}}
        for number, name in enumerate(self.attributes):
            # Output names take no dots.
            value = {"Fn::GetAtt": [LOGICAL_ID, name]}
            outputs[f"Attribute{number}"] = {"Value": value}
        resource = {"Type": self.type_name, "Properties": self.properties}
        metadata: dict[str, Any] = {"Attributes": self.attributes}
        if self.properties != self.model:
            metadata["Model"] = self.model
        template = {
            "Description": self.asked_type,
            "Metadata": metadata,
            "Resources": {LOGICAL_ID: resource},
            "Outputs": outputs,
        }
        return orjson.dumps(template).decode()


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack as it stands. physical_id: what `Ref` gives. attributes: what `Fn::GetAtt` gave."""

    name: str
    resource: Resource
    physical_id: str
    attributes: dict[str, str]


class Stacks:
    """Stacks that Cloud Control made, in any account and region."""

    def __init__(self, backing: Backing) -> None:
        self._backing = backing

    async def supports(self, caller: Caller, type_name: str) -> bool:
        """Whether CloudFormation has the type there."""
        template = {"Resources": {LOGICAL_ID: {"Type": type_name}}}
        try:
            await self._call(
                caller, "ValidateTemplate", {"TemplateBody": orjson.dumps(template).decode()}
            )
        except ServiceError:
            return False
        return True

    async def create(self, caller: Caller, name: str, resource: Resource) -> Stack:
        """Raises: HandlerError with the reason of the failure; nothing of it stays then."""
        status = await self._apply(caller, "CreateStack", name, resource)
        if status != "CREATE_COMPLETE":
            failure = await self._failure(caller, name)
            await self.delete(caller, name)
            raise failure
        return await self._existing(caller, name)

    async def update(self, caller: Caller, name: str, resource: Resource) -> Stack:
        """Raises: HandlerError with the reason of the failure; all is as before then."""
        status = await self._apply(caller, "UpdateStack", name, resource)
        if status != "UPDATE_COMPLETE":
            raise await self._failure(caller, name)
        return await self._existing(caller, name)

    async def delete(self, caller: Caller, name: str) -> None:
        """Raises: HandlerError if the resource cannot be deleted."""
        described = await self._describe(caller, name)
        if described is None:
            return
        # A deleted stack is known by its id only.
        stack_id = described["StackId"]
        await self._call(caller, "DeleteStack", {"StackName": name})
        if await self._settled(caller, stack_id, "DELETE") not in (None, _GONE):
            raise await self._failure(caller, stack_id)

    async def find(self, caller: Caller, name: str) -> Stack | None:
        """None when there is no such stack any more."""
        described = await self._describe(caller, name)
        if described is None or described["StackStatus"] == _GONE:
            return None
        body = (await self._call(caller, "GetTemplate", {"StackName": name}))["TemplateBody"]
        template = orjson.loads(body) if isinstance(body, str) else body
        outputs = {
            output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])
        }
        names = tuple(template["Metadata"]["Attributes"])
        attributes = {
            attribute: outputs[f"Attribute{number}"]
            for number, attribute in enumerate(names)
            if f"Attribute{number}" in outputs
        }
        inner = template["Resources"][LOGICAL_ID]
        resource = Resource(
            template["Description"],
            inner["Type"],
            template["Metadata"].get("Model", inner["Properties"]),
            inner["Properties"],
            names,
        )
        return Stack(name, resource, outputs.get(REF, ""), attributes)

    async def names(self, caller: Caller) -> list[str]:
        """All stacks of Cloud Control that stand."""
        names: list[str] = []
        parameters: dict[str, Any] = {}
        while True:
            answer = await self._call(caller, "DescribeStacks", parameters)
            names.extend(
                stack["StackName"]
                for stack in answer.get("Stacks", [])
                if stack["StackName"].startswith(PREFIX) and stack["StackStatus"] != _GONE
            )
            if not answer.get("NextToken"):
                return names
            parameters = {"NextToken": answer["NextToken"]}

    async def _apply(
        self, caller: Caller, operation: str, name: str, resource: Resource
    ) -> str | None:
        parameters = {"StackName": name, "Capabilities": _CAPABILITIES}
        try:
            async with self._placed(caller, resource.template()) as template:
                await self._call(caller, operation, parameters | template)
        except ServiceError as error:
            raise classified(error.code, error.message) from None
        return await self._settled(caller, name)

    @asynccontextmanager
    async def _placed(self, caller: Caller, template: str) -> AsyncIterator[dict[str, str]]:
        """The template as a parameter; one too long for that lies in a bucket for the moment."""
        content = template.encode()
        if len(content) <= _MAX_BODY_BYTES:
            yield {"TemplateBody": template}
            return
        bucket = {"Bucket": f"{PREFIX}{uuid4().hex}"}
        place = bucket | {"Key": "template"}
        # The region in which a bucket needs no mention of its region.
        home = Caller(caller.account, DEFAULT_REGION)
        await self._backing.call("s3", "CreateBucket", bucket, home)
        await self._backing.call("s3", "PutObject", place | {"Body": content}, home)
        try:
            yield {"TemplateURL": f"https://s3.amazonaws.com/{place['Bucket']}/{place['Key']}"}
        finally:
            await self._backing.call("s3", "DeleteObject", place, home)
            await self._backing.call("s3", "DeleteBucket", bucket, home)

    async def _existing(self, caller: Caller, name: str) -> Stack:
        stack = await self.find(caller, name)
        if stack is None:
            raise HandlerError(NOT_STABILIZED, "The resource vanished while it was made.")
        return stack

    async def _settled(self, caller: Caller, name: str, operation: str = "") -> str | None:
        """The stack's status once it is final; None when the stack is not known.

        operation: what the status has to begin with, since a deletion does not begin at once.
        """
        pause = _FIRST_POLL_SECONDS
        while True:
            described = await self._describe(caller, name)
            status: str | None = None if described is None else described["StackStatus"]
            if status is None:
                return None
            if status.startswith(operation) and not status.endswith("_IN_PROGRESS"):
                return status
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LAST_POLL_SECONDS)

    async def _describe(self, caller: Caller, name: str) -> dict[str, Any] | None:
        try:
            answer = await self._call(caller, "DescribeStacks", {"StackName": name})
        except ServiceError:
            return None
        stacks: list[dict[str, Any]] = answer.get("Stacks", [])
        return stacks[0] if stacks else None

    async def _failure(self, caller: Caller, name: str) -> HandlerError:
        """The reason of the latest failure of the resource, else of the stack."""
        answer = await self._call(caller, "DescribeStackEvents", {"StackName": name})
        failed = [
            event
            for event in answer.get("StackEvents", [])
            if event["ResourceStatus"].endswith("_FAILED") and event.get("ResourceStatusReason")
        ]
        failed.sort(key=lambda event: event["LogicalResourceId"] != LOGICAL_ID)
        reason = failed[0]["ResourceStatusReason"] if failed else "The operation failed."
        return classified("", reason)

    async def _call(
        self, caller: Caller, operation: str, parameters: dict[str, Any]
    ) -> dict[str, Any]:
        return await self._backing.call("cloudformation", operation, parameters, caller)
