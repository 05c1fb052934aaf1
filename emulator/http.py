"""What the gateway hands to a service, and what a service answers."""

from dataclasses import dataclass
from typing import Final, Protocol

MAX_BODY_BYTES: Final = 4 * 1024 * 1024
"""Ours take at most ten objects of 256,000 characters; what is larger is refused unread."""


@dataclass(slots=True)
class Caller:
    """Whose world a request belongs to. account: 12 digits. region: e.g. `us-east-1`."""

    account: str
    region: str


@dataclass(slots=True)
class Request:
    """One HTTP request, body and all.

    path: as sent, still percent-encoded, without query. query: as sent, without `?`.
    headers: lower-case name and value, in order.
    """

    method: str
    path: str
    query: str
    headers: list[tuple[bytes, bytes]]
    body: bytes
    caller: Caller

    def header(self, name: bytes) -> str:
        """The first header of this lower-case name, "" if absent."""
        return next((value.decode("latin-1") for each, value in self.headers if each == name), "")


@dataclass(slots=True)
class Response:
    """One HTTP response. headers: lower-case names; content-length is added when it is sent."""

    status: int
    body: bytes
    headers: list[tuple[bytes, bytes]]


class Service(Protocol):
    """One of the services behind the gateway."""

    async def handle(self, request: Request) -> Response:
        """The answer; errors of the service are answers too."""


class PromptService(Service, Protocol):
    """A service that never waits."""

    def answer(self, request: Request) -> Response:
        """The same as `handle`, at once."""


class ServiceError(Exception):
    """A modelled error: code as in the service's model, status 4xx, a message without data."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
