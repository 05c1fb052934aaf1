"""All other types: provisioned by CloudFormation on the backing emulator, read from the service.

A stack is named at random, because most identifiers are known only afterwards. Which stack holds
which resource follows from the stacks themselves, so a new process over kept state finds them.
"""

import asyncio
from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

from emulator.cloud_control.errors import (
    INVALID_REQUEST,
    HandlerError,
    already_exists,
    classified,
    not_found,
)
from emulator.cloud_control.paths import Model, same
from emulator.cloud_control.readback import TYPES, Call, Live, TypeSupport, merged
from emulator.cloud_control.schemas import SEPARATOR, ResourceSchema, load
from emulator.cloud_control.stacks import PREFIX, Backing, Resource, Stack, Stacks
from emulator.http import Caller, ServiceError

__all__ = ["Backing", "CloudFormationTypes"]

_NO_SUPPORT: Final = TypeSupport()
_DEFAULT_PAGE: Final = 100

_World = tuple[str, str]
"""Account and region."""


class CloudFormationTypes:
    """Every type that the backing emulator's CloudFormation has."""

    def __init__(self, backing: Backing) -> None:
        self._backing = backing
        self._stacks = Stacks(backing)
        self._index: dict[_World, dict[tuple[str, str], str]] = {}
        self._locks: defaultdict[tuple[_World, str], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._supported: dict[str, bool] = {}
        self._attributes: dict[str, tuple[str, ...]] = {}

    def forget_all(self) -> None:
        """Ask the backing emulator anew which resources there are."""
        self._index.clear()

    async def check_supported(self, caller: Caller, schema: ResourceSchema) -> bool:
        """Asked once per type."""
        name = schema.type_name
        if name not in self._supported:
            backing_type = _support(schema).cloudformation_type or name
            self._supported[name] = await self._stacks.supports(caller, backing_type)
        return self._supported[name]

    async def create(self, caller: Caller, schema: ResourceSchema, desired: Model) -> str:
        """CloudFormation there overwrites what has the same name, so existence is asked before."""
        async with self._lock(caller, schema.type_name):
            index = await self._known(caller)
            await self._check_absent(caller, schema, desired)
            resource = _resource(schema, desired)
            known = self._attributes.get(schema.type_name, ())
            slug = schema.type_name.removeprefix("AWS::").replace("::", "-").lower()
            name = f"{PREFIX}{slug}-{uuid4().hex[:12]}"
            stack = await self._stacks.create(caller, name, replace(resource, attributes=known))
            try:
                stack = await self._learned(caller, schema, stack)
                await self._complete(caller, schema, stack)
                identifier = _known_identifier(schema, stack)
            except HandlerError:
                await self._stacks.delete(caller, name)
                raise
            index[schema.type_name, identifier] = name
            # CloudFormation there passes over what a resource is for when that does not exist.
            await self._current(caller, schema, identifier)
        await self._backing.keep()
        return identifier

    async def read(self, caller: Caller, schema: ResourceSchema, identifier: str) -> Model:
        """What the service itself tells wins over what was asked for."""
        _, model = await self._current(caller, schema, identifier)
        return model

    async def update(
        self,
        caller: Caller,
        schema: ResourceSchema,
        identifier: str,
        current: Model,
        desired: Model,
    ) -> None:
        """In place; all is as before if that fails.

        CloudFormation leaves alone what its template does not change. If the resource has drifted,
        the stack is first told how it is, and only then how it shall be.
        """
        stack, _ = await self._current(caller, schema, identifier)
        before = schema.settable(current)
        stack = await self._put(caller, schema, stack, before)
        stack = await self._put(caller, schema, stack, schema.settable(desired))
        try:
            await self._complete(caller, schema, stack)
        except HandlerError:
            await self._put(caller, schema, stack, before)
            raise
        await self._backing.keep()

    async def delete(self, caller: Caller, schema: ResourceSchema, identifier: str) -> None:
        """Resource and stack."""
        await self._current(caller, schema, identifier)
        await self._forget(caller, schema, identifier)
        await self._backing.keep()

    async def list(
        self,
        caller: Caller,
        schema: ResourceSchema,
        like: Model,
        size: int | None,
        token: str | None,
    ) -> tuple[list[tuple[str, Model]], str | None]:
        """Resources made by Cloud Control, by identifier; `like` narrows to equal properties."""
        index = await self._known(caller)
        identifiers = sorted(each for name, each in index if name == schema.type_name)
        if token is not None:
            identifiers = [each for each in identifiers if each > token]
        found: list[tuple[str, Model]] = []
        for identifier in identifiers:
            if len(found) == (size or _DEFAULT_PAGE):
                return found, found[-1][0]
            try:
                _, model = await self._current(caller, schema, identifier)
            except HandlerError:
                continue
            if all(name in model and same(model[name], like[name]) for name in like):
                found.append((identifier, model))
        return found, None

    async def _current(
        self, caller: Caller, schema: ResourceSchema, identifier: str
    ) -> tuple[Stack, Model]:
        index = await self._known(caller)
        name = index.get((schema.type_name, identifier))
        stack = None if name is None else await self._stacks.find(caller, name)
        if stack is None:
            index.pop((schema.type_name, identifier), None)
            raise not_found(schema.type_name, identifier)
        model = stack.resource.model | _read_only(schema, stack)
        if _support(schema).read is None:
            return stack, model
        live = await self._live(caller, schema, stack.physical_id, model)
        if live is None:
            await self._forget(caller, schema, identifier)
            raise not_found(schema.type_name, identifier)
        return stack, merged(model, live)

    async def _live(
        self, caller: Caller, schema: ResourceSchema, physical_id: str, model: Model
    ) -> Live | None:
        """What the service tells of the resource; None where that is nothing."""
        read = _support(schema).read
        if read is None:
            return None
        try:
            return await read(self._calls(caller), physical_id, model)
        except ServiceError as error:
            raise classified(error.code, error.message) from None

    async def _put(
        self, caller: Caller, schema: ResourceSchema, stack: Stack, model: Model
    ) -> Stack:
        if same(stack.resource.model, model):
            return stack
        resource = replace(_resource(schema, model), attributes=stack.resource.attributes)
        return await self._stacks.update(caller, stack.name, resource)

    async def _complete(self, caller: Caller, schema: ResourceSchema, stack: Stack) -> None:
        complete = _support(schema).complete
        if complete is None:
            return
        try:
            await complete(self._calls(caller), stack.physical_id, stack.resource.model)
        except ServiceError as error:
            raise classified(error.code, error.message) from None

    async def _check_absent(self, caller: Caller, schema: ResourceSchema, desired: Model) -> None:
        """Raises: HandlerError (AlreadyExists).

        A stack whose resource was deleted behind our back goes first: later it would delete the
        new one.
        """
        index = await self._known(caller)
        support = _support(schema)
        if support.find is not None:
            for name, identifier in list(index):
                if name == schema.type_name:
                    with suppress(HandlerError):
                        await self._current(caller, schema, identifier)
            wanted = await support.find(self._calls(caller), desired, caller)
        else:
            wanted = schema.identifier(desired)
        if wanted is None:
            return
        with suppress(HandlerError):
            await self._current(caller, schema, wanted)
        if (schema.type_name, wanted) in index:
            raise already_exists(schema.type_name, wanted)
        physical = wanted.rpartition(SEPARATOR)[2]
        if not support.part and await self._live(caller, schema, physical, desired) is not None:
            raise already_exists(schema.type_name, wanted)

    async def _learned(self, caller: Caller, schema: ResourceSchema, stack: Stack) -> Stack:
        """The stack with all attributes that the type has there; learnt with its first resource.

        A stack update that changes outputs only leaves the resource alone.
        """
        if schema.type_name in self._attributes:
            return stack
        wanted = _support(schema).attributes
        if wanted is None:
            wanted = tuple(".".join(path) for path in schema.read_only if "*" not in path)
        for attribute in wanted:
            names = (*stack.resource.attributes, attribute)
            try:
                stack = await self._stacks.update(
                    caller, stack.name, replace(stack.resource, attributes=names)
                )
            except HandlerError:
                continue
        self._attributes[schema.type_name] = stack.resource.attributes
        return stack

    async def _forget(self, caller: Caller, schema: ResourceSchema, identifier: str) -> None:
        index = await self._known(caller)
        name = index.get((schema.type_name, identifier))
        if name is not None:
            await self._stacks.delete(caller, name)
            index.pop((schema.type_name, identifier), None)

    async def _known(self, caller: Caller) -> dict[tuple[str, str], str]:
        """Stack names by type and identifier."""
        world = (caller.account, caller.region)
        async with self._locks[world, ""]:
            if world not in self._index:
                index = {}
                for name in await self._stacks.names(caller):
                    stack = await self._stacks.find(caller, name)
                    if stack is None:
                        continue
                    schema = load(stack.resource.asked_type, caller.region)
                    identifier = None if schema is None else _identifier(schema, stack)
                    if identifier is not None:
                        index[stack.resource.asked_type, identifier] = name
                self._index[world] = index
        return self._index[world]

    def _lock(self, caller: Caller, type_name: str) -> asyncio.Lock:
        return self._locks[(caller.account, caller.region), type_name]

    def _calls(self, caller: Caller) -> Call:
        async def call(service: str, operation: str, **parameters: Any) -> dict[str, Any]:
            return await self._backing.call(service, operation, parameters, caller)

        return call


def _support(schema: ResourceSchema) -> TypeSupport:
    return TYPES.get(schema.type_name, _NO_SUPPORT)


def _resource(schema: ResourceSchema, model: Model) -> Resource:
    support = _support(schema)
    return Resource(
        schema.type_name,
        support.cloudformation_type or schema.type_name,
        model,
        support.properties(model),
    )


def _known_identifier(schema: ResourceSchema, stack: Stack) -> str:
    identifier = _identifier(schema, stack)
    if identifier is None:
        text = f"The local AWS cannot tell the identifier of {schema.type_name}"
        raise HandlerError(INVALID_REQUEST, text)
    return identifier


def _identifier(schema: ResourceSchema, stack: Stack) -> str | None:
    return schema.identifier(stack.resource.model | _read_only(schema, stack))


def _read_only(schema: ResourceSchema, stack: Stack) -> Model:
    """What the stack tells beyond what was asked for.

    A single part of the identifier that nobody named is what `Ref` gives.
    """
    model: Model = {}
    for attribute, value in stack.attributes.items():
        node = model
        *parents, last = attribute.split(".")
        for parent in parents:
            node = node.setdefault(parent, {})
        node[last] = value
    known = stack.resource.model | model
    unnamed = [name for name in schema.primary_identifier if known.get(name) is None]
    if len(unnamed) == 1:
        model[unnamed[0]] = stack.physical_id
    return model
