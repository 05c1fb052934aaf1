"""What a group of resource types can do; the service turns it into the API."""

from typing import Protocol

from emulator.cloud_control.paths import Model
from emulator.cloud_control.schemas import ResourceSchema
from emulator.http import Caller


class Handler(Protocol):
    """Create, read, update, delete and list. All raise HandlerError.

    Models hold the properties of the type's schema, write-only ones too where they are known.
    """

    async def check_supported(self, caller: Caller, schema: ResourceSchema) -> bool:
        """Whether resources of the type can be made here."""

    async def create(self, caller: Caller, schema: ResourceSchema, desired: Model) -> str:
        """Returns: the identifier. What fails leaves nothing behind."""

    async def read(self, caller: Caller, schema: ResourceSchema, identifier: str) -> Model:
        """The resource as it is now."""

    async def update(
        self,
        caller: Caller,
        schema: ResourceSchema,
        identifier: str,
        current: Model,
        desired: Model,
    ) -> None:
        """From what read() returned to what is wanted; create-only properties are the same."""

    async def delete(self, caller: Caller, schema: ResourceSchema, identifier: str) -> None:
        """Nothing of it stays."""

    async def list(
        self,
        caller: Caller,
        schema: ResourceSchema,
        like: Model,
        size: int | None,
        token: str | None,
    ) -> tuple[list[tuple[str, Model]], str | None]:
        """(identifiers and models, token of the next page). like: the request's ResourceModel."""
