"""Which requests the gateway answers without waiting, and that they are answered all the same."""

import logging
from typing import Any

import pytest

from emulator.faults import Faults
from emulator.gateway import MAX_BODY_BYTES, Gateway
from emulator.http import Caller, Request, Response
from emulator.request_log import RequestLog

CALLER = Caller("111122223333", "eu-west-1")
BODY = b"a customer"


class Echo:
    """A service that never waits."""

    def answer(self, request: Request) -> Response:
        if request.path == "/broken":
            raise ValueError(request.body)
        return Response(200, request.body, [])

    async def handle(self, request: Request) -> Response:
        return self.answer(request)


class Everyone:
    """A guard that nobody has to pass."""

    async def refusal(self, service: str, request: Request) -> Response | None:
        raise AssertionError((service, request.path))


async def backing(*_: Any) -> None:
    raise AssertionError


def gateway(**parts: Any) -> Gateway:
    echo = Echo()
    services = {"profile": echo, "rds-data": echo}
    return Gateway(services, backing, echo, prompts={"profile": echo}, **parts)


def signed(service: str) -> dict[bytes, bytes]:
    scope = f"111122223333/20260101/eu-west-1/{service}/aws4_request"
    return {b"authorization": f"AWS4-HMAC-SHA256 Credential={scope}, Signature=0".encode()}


def asked(path: str, body: bytes = BODY) -> Request:
    return Request("POST", path, "", [], body, CALLER)


def test_a_request_to_a_service_that_never_waits_is_prompt() -> None:
    assert gateway().prompt(b"/domains", signed("profile")) == (CALLER, "profile")


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        (b"/domains", signed("rds-data")),
        (b"/domains", signed("sqs")),
        (b"/domains", {}),
        (b"/domains?X-Amz-Credential=a/b/c/profile/aws4_request", {}),
        (b"/", signed("profile") | {b"x-amz-target": b"CloudApiService.GetResource"}),
        (b"/_emulator/health", signed("profile")),
    ],
    ids=["waits", "backing", "unsigned", "presigned", "Cloud Control", "our own endpoints"],
)
def test_every_other_request_is_not(url: bytes, headers: dict[bytes, bytes]) -> None:
    assert gateway().prompt(url, headers) is None


def test_nothing_is_prompt_while_faults_or_policies_have_to_be_asked() -> None:
    faults = Faults()
    slow = gateway(faults=faults)
    faults.set(b'{"pace": "aws"}')
    assert slow.prompt(b"/domains", signed("profile")) is None
    faults.clear()
    assert slow.prompt(b"/domains", signed("profile")) is not None
    assert gateway(guard=Everyone()).prompt(b"/domains", signed("profile")) is None


def test_a_prompt_request_is_logged_like_any_other() -> None:
    requests = RequestLog()
    assert gateway(requests=requests).answer("profile", asked("/domains")).body == BODY
    (logged,) = requests.newest()
    assert (logged.service, logged.request.path, logged.response.body) == (
        "profile",
        "/domains",
        BODY,
    )


def test_a_prompt_request_that_fails_is_a_500_and_its_body_stays_out_of_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        response = gateway().answer("profile", asked("/broken"))
    assert response.status == 500
    assert "unexpected error in Echo" in caplog.text
    assert BODY not in response.body


def test_a_prompt_request_that_is_too_large_is_refused() -> None:
    assert gateway().answer("profile", asked("/domains", bytes(MAX_BODY_BYTES + 1))).status == 413
