"""The local AWS without its port: requests straight into the gateway, for tests by the thousand."""

import logging
from typing import Any

from emulator.clock import Clock
from emulator.cloud_control import CloudControl
from emulator.console import Console
from emulator.control import Control, Parts
from emulator.customer_profiles import CustomerProfiles
from emulator.faults import Faults
from emulator.gateway import Gateway, Message
from emulator.http import Caller, ServiceError
from emulator.rds_data import RdsData, choose_database
from emulator.request_log import RequestLog

Headers = list[tuple[bytes, bytes]]


class NoBacking:
    """Stands for ministack, which has nothing: every call is refused."""

    async def call(self, service: str, operation: str, _: Any, __: Caller) -> Any:
        raise ServiceError("ValidationException", f"{service} has no {operation} here")

    async def keep(self) -> None:
        """Nothing can be lost."""

    async def reset(self) -> None:
        """Nothing is there."""


class Failures(logging.Handler):
    """What the services log as an error while they answer."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(self.format(record))


class InProcess:
    """Our services behind their gateway. Create and use it on one running event loop."""

    def __init__(self) -> None:
        backing = NoBacking()
        self.profiles = CustomerProfiles(None, backing)
        cloud_control = CloudControl(self.profiles, backing)
        self._rds_data = RdsData(choose_database(None, None))
        clock, self.requests = Clock(), RequestLog()
        faults = Faults(clock)
        parts = Parts(self.profiles, faults, clock, self.requests, (cloud_control, backing))
        self._gateway = Gateway(
            {
                "profile": self.profiles,
                "cloudcontrolapi": cloud_control,
                "rds-data": self._rds_data,
            },
            _nobody,
            Control(parts, Console(self.profiles, self.requests)),
            faults,
            None,
            self.requests,
        )

    async def ask(
        self, method: str, path: bytes, query: bytes, headers: Headers, body: bytes
    ) -> tuple[int, Headers, bytes]:
        """(status, headers, body) of one request; path as it is on the wire, without query."""
        sent: list[Message] = []
        given = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            return given.pop() if given else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)

        # uvicorn gives the decoded path beside the raw one.
        scope = {
            "type": "http",
            "method": method,
            "path": path.decode("latin-1"),
            "raw_path": path,
            "query_string": query,
            "headers": headers,
        }
        await self._gateway(scope, receive, send)
        start, content = sent
        return start["status"], start["headers"], content["body"]

    async def close(self) -> None:
        await self._rds_data.close()
        await self.profiles.close()


async def _nobody(_: Any, __: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b"{}"})


def signed_for(service: str, account: str = "111122223333") -> tuple[bytes, bytes]:
    """The header of a request in an account's name, which nobody checks the signature of."""
    scope = f"{account}/20260101/us-east-1/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
    return b"authorization", text.encode()
