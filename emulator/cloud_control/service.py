"""The Cloud Control API: one way to create, read, update, delete and list any resource."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import orjson

from emulator import go_clients
from emulator.cloud_control import patches, schemas, wire
from emulator.cloud_control.cloudformation_types import Backing, CloudFormationTypes
from emulator.cloud_control.customer_profiles_types import Api, CustomerProfilesTypes
from emulator.cloud_control.errors import HandlerError, exception
from emulator.cloud_control.handlers import Handler
from emulator.cloud_control.paths import Model
from emulator.cloud_control.requests import Requests, Submission
from emulator.cloud_control.schemas import ResourceSchema
from emulator.cloud_control.validation import check_model
from emulator.http import Caller, Request, Response, ServiceError

CUSTOMER_PROFILES: Final = "AWS::CustomerProfiles::"

_Members = dict[str, Any]


class CloudControl:
    """The service. customer_profiles: our own, in process. backing: for every other type."""

    def __init__(self, customer_profiles: Api, backing: Backing) -> None:
        self._profile_types = CustomerProfilesTypes(customer_profiles)
        self._backing_types = CloudFormationTypes(backing)
        self._requests = Requests()
        self._operations: dict[str, Callable[[Caller, _Members], Awaitable[_Members]]] = {
            "CreateResource": self._create,
            "GetResource": self._get,
            "UpdateResource": self._update,
            "DeleteResource": self._delete,
            "ListResources": self._list,
            "GetResourceRequestStatus": self._status,
            "ListResourceRequests": self._list_requests,
            "CancelResourceRequest": self._cancel,
        }

    async def handle(self, request: Request) -> Response:
        """Answer one HTTP request; errors are answers of the modelled shape, never a 5xx."""
        try:
            operation = wire.operation_of(request)
            members = wire.members_of(operation, request.body)
            answer = wire.answer(await self._operations[operation](request.caller, members))
        except HandlerError as error:
            return wire.refusal(exception(error))
        except ServiceError as error:
            return wire.refusal(error)
        return await go_clients.in_time(answer)

    async def reset(self) -> None:
        """Forget all resources and requests, once what is under way has ended."""
        await self._requests.clear()
        self._backing_types.forget_all()

    async def _create(self, caller: Caller, members: _Members) -> _Members:
        text = members["DesiredState"]
        token = members.get("ClientToken")
        submission = Submission("CREATE", members["TypeName"], None, text, token)
        async with self._requests.turn(caller, token):
            if (event := self._requests.repeated(caller, submission)) is not None:
                return {"ProgressEvent": event}
            schema, handler = await self._resolve(caller, members["TypeName"], "create")
            desired = patches.parse_model(text, "DesiredState")
            await check_model(schema, desired)
            work = self._created(handler, caller, schema, desired)
            return {"ProgressEvent": self._requests.start(caller, submission, work)}

    async def _update(self, caller: Caller, members: _Members) -> _Members:
        text, identifier = members["PatchDocument"], members["Identifier"]
        token = members.get("ClientToken")
        submission = Submission("UPDATE", members["TypeName"], identifier, text, token)
        async with self._requests.turn(caller, token):
            if (event := self._requests.repeated(caller, submission)) is not None:
                return {"ProgressEvent": event}
            schema, handler = await self._resolve(caller, members["TypeName"], "update")
            with self._requests.claimed(caller, submission):
                current = await handler.read(caller, schema, identifier)
                desired = patches.apply(current, text)
                patches.check_update(schema, current, desired)
                await check_model(schema, schema.settable(desired))
                work = self._updated(handler, caller, schema, identifier, current, desired)
                return {"ProgressEvent": self._requests.start(caller, submission, work)}

    async def _delete(self, caller: Caller, members: _Members) -> _Members:
        identifier, token = members["Identifier"], members.get("ClientToken")
        submission = Submission("DELETE", members["TypeName"], identifier, "", token)
        async with self._requests.turn(caller, token):
            if (event := self._requests.repeated(caller, submission)) is not None:
                return {"ProgressEvent": event}
            schema, handler = await self._resolve(caller, members["TypeName"], "delete")
            with self._requests.claimed(caller, submission):
                work = self._deleted(handler, caller, schema, identifier)
                return {"ProgressEvent": self._requests.start(caller, submission, work)}

    async def _get(self, caller: Caller, members: _Members) -> _Members:
        schema, handler = await self._resolve(caller, members["TypeName"], "read")
        model = await handler.read(caller, schema, members["Identifier"])
        description = _description(schema, members["Identifier"], model)
        return {"TypeName": schema.type_name, "ResourceDescription": description}

    async def _list(self, caller: Caller, members: _Members) -> _Members:
        schema, handler = await self._resolve(caller, members["TypeName"], "list")
        like = patches.parse_model(members.get("ResourceModel", "{}"), "ResourceModel")
        missing = [name for name in schema.list_requires() if name not in like]
        if missing:
            keys = " ".join(f"#: required key [{name}] not found" for name in missing)
            text = (
                f"Missing or invalid ResourceModel property in {schema.type_name} list handler"
                f" request input. Required property: ({keys})"
            )
            raise ServiceError("InvalidRequestException", text)
        found, token = await handler.list(
            caller, schema, like, members.get("MaxResults"), members.get("NextToken")
        )
        answer: _Members = {
            "TypeName": schema.type_name,
            "ResourceDescriptions": [_description(schema, *each) for each in found],
        }
        return answer | ({"NextToken": token} if token else {})

    async def _status(self, caller: Caller, members: _Members) -> _Members:
        return {"ProgressEvent": self._requests.event(caller, members["RequestToken"])}

    async def _cancel(self, caller: Caller, members: _Members) -> _Members:
        return {"ProgressEvent": self._requests.cancel(caller, members["RequestToken"])}

    async def _list_requests(self, caller: Caller, members: _Members) -> _Members:
        wanted = members.get("ResourceRequestStatusFilter", {})
        events, token = self._requests.list(
            caller,
            wanted.get("Operations", []),
            wanted.get("OperationStatuses", []),
            members.get("MaxResults"),
            members.get("NextToken"),
        )
        answer: _Members = {"ResourceRequestStatusSummaries": events}
        return answer | ({"NextToken": token} if token else {})

    async def _resolve(
        self, caller: Caller, type_name: str, action: str
    ) -> tuple[ResourceSchema, Handler]:
        """Raises: ServiceError for a type that the registry or the local AWS does not have."""
        schema = schemas.load(type_name, caller.region)
        if schema is None:
            text = f"The type '{type_name}' cannot be found."
            raise ServiceError("TypeNotFoundException", text)
        own = type_name.startswith(CUSTOMER_PROFILES)
        handler: Handler = self._profile_types if own else self._backing_types
        if not schema.supports(action) or not await handler.check_supported(caller, schema):
            text = f"Resource type {type_name} does not support {action.upper()} action"
            raise ServiceError("UnsupportedActionException", text)
        return schema, handler

    @staticmethod
    async def _created(
        handler: Handler, caller: Caller, schema: ResourceSchema, desired: Model
    ) -> tuple[str, Model | None]:
        identifier = await handler.create(caller, schema, desired)
        return identifier, schema.readable(await handler.read(caller, schema, identifier))

    @staticmethod
    async def _updated(
        handler: Handler,
        caller: Caller,
        schema: ResourceSchema,
        identifier: str,
        current: Model,
        desired: Model,
    ) -> tuple[str, Model | None]:
        await handler.update(caller, schema, identifier, current, desired)
        return identifier, schema.readable(await handler.read(caller, schema, identifier))

    @staticmethod
    async def _deleted(
        handler: Handler, caller: Caller, schema: ResourceSchema, identifier: str
    ) -> tuple[str, Model | None]:
        await handler.delete(caller, schema, identifier)
        return identifier, None


def _description(schema: ResourceSchema, identifier: str, model: Model) -> _Members:
    properties = orjson.dumps(schema.readable(model)).decode()
    return {"Identifier": identifier, "Properties": properties}
