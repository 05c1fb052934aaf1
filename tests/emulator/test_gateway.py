"""The gateway: which service a request reaches, as whom, and what never comes of a bad one."""

import asyncio
import json
import logging
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.gateway import DEFAULT_ACCOUNT, MAX_BODY_BYTES, Gateway
from emulator.http import Caller, Request, Response
from tests.emulator.authorization import credential, signed

TARGET = (b"x-amz-target", b"CloudApiService.ListResources")


@dataclass
class Recorder:
    """A service that keeps the requests it is given."""

    requests: list[Request] = field(default_factory=list)
    error: Exception | None = None

    async def handle(self, request: Request) -> Response:
        self.requests.append(request)
        if self.error is not None:
            raise self.error
        return Response(200, b'{"fine": true}', [(b"content-type", b"application/json")])


@dataclass
class Answer:
    """What came back, and from whom: `profiles`, `cloud_control`, `control` or `backing`."""

    status: int = 0
    headers: dict[bytes, bytes] = field(default_factory=dict)
    body: bytes = b""
    by: tuple[str, ...] = ()
    caller: Caller | None = None


class Front:
    """A gateway before recording services, asked without a network."""

    def __init__(self) -> None:
        self.profiles, self.cloud_control, self.control = Recorder(), Recorder(), Recorder()
        self.backed: list[bytes] = []
        services = {"profile": self.profiles, "cloudcontrolapi": self.cloud_control}
        self.gateway = Gateway(services, self.backing, self.control)

    async def backing(self, _scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        self.backed.append(body)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"backing"})

    def ask(
        self,
        authorization: bytes | str | None = None,
        *headers: tuple[bytes, bytes],
        method: str = "POST",
        path: str = "/",
        query: bytes = b"",
        chunks: Sequence[bytes | None] = (b"",),
    ) -> Answer:
        """Send one request; a chunk that is None stands for a client that hangs up."""
        if isinstance(authorization, str):
            authorization = authorization.encode()
        if authorization is not None:
            headers = ((b"authorization", authorization), *headers)
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query,
            "headers": list(headers),
        }
        waiting = list(chunks)
        answer = Answer()

        async def receive() -> MutableMapping[str, Any]:
            chunk = waiting.pop(0)
            if chunk is None:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": chunk, "more_body": bool(waiting)}

        async def send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = dict(message["headers"])
            else:
                answer.body += message["body"]

        recorders = ("profiles", "cloud_control", "control")
        before = {name: len(getattr(self, name).requests) for name in recorders}
        backed = len(self.backed)
        asyncio.run(self.gateway(scope, receive, send))
        reached = [name for name in recorders if len(getattr(self, name).requests) > before[name]]
        answer.by = (*reached, *(("backing",) if len(self.backed) > backed else ()))
        if reached:
            answer.caller = getattr(self, reached[0]).requests[-1].caller
        return answer


@pytest.fixture
def front() -> Front:
    """A gateway before recording services."""
    return Front()


@pytest.mark.parametrize(
    ("service", "by"),
    [
        ("profile", "profiles"),
        ("cloudcontrolapi", "cloud_control"),
        ("cloudapiservice", "cloud_control"),
        ("sqs", "backing"),
        ("dynamodb", "backing"),
        ("s3", "backing"),
        ("Profile", "backing"),
        ("", "backing"),
    ],
)
def test_the_credential_scope_picks_the_service(front: Front, service: str, by: str) -> None:
    assert front.ask(signed(service)).by == (by,)


@pytest.mark.parametrize("authorization", [None, signed("cloudformation"), signed("profile")])
def test_cloud_control_is_known_by_its_target_however_it_was_signed(
    front: Front, authorization: str | None
) -> None:
    assert front.ask(authorization, TARGET).by == ("cloud_control",)


def test_the_target_of_another_service_is_no_reason_to_keep_a_request(front: Front) -> None:
    target = (b"x-amz-target", b"DynamoDB_20120810.PutItem")
    assert front.ask(signed("dynamodb"), target).by == ("backing",)
    assert front.ask(None, target).by == ("backing",)


@pytest.mark.parametrize("authorization", [None, signed("profile"), signed("sqs")])
def test_control_endpoints_are_ours_whoever_asks(front: Front, authorization: str | None) -> None:
    assert front.ask(authorization, method="GET", path="/_emulator/health").by == ("control",)


def test_a_presigned_url_carries_its_scope_in_the_query(front: Front) -> None:
    query = b"X-Amz-Credential=" + quote(credential("profile"), safe="").encode() + b"&X-Amz-Date=1"
    answer = front.ask(query=query, method="GET", path="/domains")
    assert (answer.by, answer.caller) == (("profiles",), Caller("111122223333", "us-east-1"))
    (request,) = front.profiles.requests
    assert request.query == query.decode()


@pytest.mark.parametrize(
    ("key", "account"),
    [
        ("111122223333", "111122223333"),
        ("test", DEFAULT_ACCOUNT),
        ("AKIAIOSFODNN7EXAMPLE", DEFAULT_ACCOUNT),  # pragma: allowlist secret
        ("11112222333", DEFAULT_ACCOUNT),
        ("1111222233334", DEFAULT_ACCOUNT),
        ("11112222333x", DEFAULT_ACCOUNT),
        ("", DEFAULT_ACCOUNT),
    ],
)
def test_the_access_key_names_the_account_if_it_is_one(
    front: Front, key: str, account: str
) -> None:
    answer = front.ask(signed("profile", key, "eu-central-1"))
    assert answer.caller == Caller(account, "eu-central-1")


def test_digits_that_are_not_ascii_are_no_account(front: Front) -> None:
    key = "\u00b2" * 12  # superscript two: a digit to str.isdigit()
    authorization = signed("profile", key).encode("latin-1")
    assert front.ask(authorization).caller == Caller(DEFAULT_ACCOUNT, "us-east-1")


def test_the_service_sees_the_request_as_it_was_sent(front: Front) -> None:
    front.ask(
        signed("profile"),
        (b"x-own", b"\xff"),
        path="/domains/a%20b/profiles",
        query=b"next-token=%2B",
        chunks=[b'{"a"', b": ", b"1}"],
    )
    (request,) = front.profiles.requests
    assert (request.method, request.path) == ("POST", "/domains/a%20b/profiles")
    assert (request.query, request.body) == ("next-token=%2B", b'{"a": 1}')
    assert request.header(b"x-own") == "\xff"
    assert request.header(b"x-none") == ""


def test_a_body_of_the_limit_is_taken_whole(front: Front) -> None:
    half = bytes(MAX_BODY_BYTES // 2)
    assert front.ask(signed("profile"), chunks=[half, half]).status == 200
    assert len(front.profiles.requests[0].body) == MAX_BODY_BYTES


@pytest.mark.parametrize("service", ["profile", "cloudcontrolapi"])
@pytest.mark.parametrize(
    "chunks",
    [
        [bytes(MAX_BODY_BYTES + 1)],
        [bytes(MAX_BODY_BYTES + 1), b"{}"],
        [bytes(MAX_BODY_BYTES), b"", b"1", b"23"],
    ],
)
def test_a_larger_body_is_refused_in_the_modelled_shape_and_reaches_no_service(
    front: Front, service: str, chunks: list[bytes]
) -> None:
    answer = front.ask(signed(service), chunks=chunks)
    assert (answer.status, answer.by) == (413, ())
    assert answer.headers[b"x-amzn-errortype"] == b"RequestEntityTooLargeException"
    assert json.loads(answer.body) == {"Message": "The request is too large."}


def test_a_larger_body_passes_to_the_backing_emulator(front: Front) -> None:
    answer = front.ask(signed("s3"), chunks=[bytes(MAX_BODY_BYTES), b"more"])
    assert answer.by == ("backing",)
    assert len(front.backed[0]) == MAX_BODY_BYTES + 4


@pytest.mark.parametrize("chunks", [[None], [b'{"whole": "object"}', None]])
def test_a_request_that_its_client_did_not_finish_is_not_run(
    front: Front, chunks: list[bytes | None]
) -> None:
    answer = front.ask(signed("profile"), method="DELETE", path="/domains/x", chunks=chunks)
    assert answer.by == ()


def test_the_answer_to_head_has_no_body(front: Front) -> None:
    answer = front.ask(signed("profile"), method="HEAD")
    assert (answer.status, answer.body) == (200, b"")


def test_an_answer_tells_its_length(front: Front) -> None:
    answer = front.ask(signed("profile"))
    assert int(answer.headers[b"content-length"]) == len(answer.body) == 14


def test_an_error_of_ours_is_logged_without_the_request_and_answered(
    front: Front, caplog: pytest.LogCaptureFixture
) -> None:
    front.profiles.error = RuntimeError("a defect")
    with caplog.at_level(logging.ERROR):
        answer = front.ask(signed("profile"), chunks=[b'{"email": "jo@example.com"}'])
    assert answer.status == 500
    assert answer.headers[b"x-amzn-errortype"] == b"InternalServerException"
    assert "a defect" in caplog.text
    assert "jo@example.com" not in caplog.text
    assert "a defect" not in answer.body.decode()


def test_endless_credentials_take_no_endless_memory(front: Front) -> None:
    for number in range(1, 2_500):
        front.gateway._scope(signed("profile", f"{number:012d}").encode(), b"")
    assert len(front.gateway._scopes) <= 1_001
    last = front.gateway._scope(signed("profile", "000000000007").encode(), b"")
    assert last == (Caller("000000000007", "us-east-1"), "profile")


PIECES = st.sampled_from(
    b"AWS4-HMAC-SHA256 |Credential=|/|//|,|profile|aws4_request|\xff|X-Amz-Credential=|&|%2F|%|="
    b"|111122223333|us-east-1|\x00".split(b"|")
)
MESS = st.lists(PIECES | st.binary(max_size=4), max_size=12).map(b"".join)


@settings(max_examples=200, deadline=None)
@given(authorization=MESS, query=MESS)
def test_whatever_stands_in_authorization_and_query_someone_answers_as_some_account(
    authorization: bytes, query: bytes
) -> None:
    answer = Front().ask(authorization, query=query)
    assert len(answer.by) == 1
    assert answer.status == 200
    if answer.caller is not None:
        assert len(answer.caller.account) == 12
        assert answer.caller.account.isascii()
        assert answer.caller.account.isdigit()
