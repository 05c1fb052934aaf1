"""How a failed authentication is answered, in the protocol of each service."""

from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from emulator.http import Response
from emulator.ministack_parts import part

_NAMES: Final = {"cloudcontrolapi": "cloudcontrol", "cloudapiservice": "cloudcontrol"}


@dataclass(frozen=True, slots=True)
class AuthenticationError:
    """code: as AWS's authentication has it, which a service may spell another way."""

    code: str
    message: str


def backing_name(service: str) -> str:
    """A service as ministack knows it."""
    return _NAMES.get(service, service)


def unauthenticated(
    service: str, action: str, error: AuthenticationError, headers: dict[str, str]
) -> Response:
    """The refusal as the service sends it. Call it when ministack is loaded.

    error: ours or ministack's own, which has the same members.
    """
    status, answered, body = part("app", "_credential_failure")(
        backing_name(service), action, str(uuid4()), error, headers
    )
    encoded = [(name.lower().encode(), value.encode()) for name, value in answered.items()]
    return Response(status, body, encoded)
