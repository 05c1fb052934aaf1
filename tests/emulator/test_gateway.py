"""The gateway: which service a request reaches, as whom, and what never comes of a bad one."""

import asyncio
import http.client
import json
import logging
import socket
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.gateway import DEFAULT_ACCOUNT, MAX_BODY_BYTES, Gateway
from emulator.http import Caller, Request, Response

TARGET = (b"x-amz-target", b"CloudApiService.ListResources")
OTHER_METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "FOO")


def credential(service: str, key: str = "111122223333", region: str = "us-east-1") -> str:
    """A credential with the scope of a service."""
    return f"{key}/20260101/{region}/{service}/aws4_request"


def signed(service: str, key: str = "111122223333", region: str = "us-east-1") -> str:
    """An authorization header; nobody checks its signature."""
    return (
        f"AWS4-HMAC-SHA256 Credential={credential(service, key, region)},"
        " SignedHeaders=host, Signature=00"
    )


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


# Over the network, to the real services.

Ask = Callable[..., tuple[int, dict[str, str], bytes]]


@pytest.fixture
def ask(emulator: Any) -> Iterator[Ask]:
    """Sends one request as it is on a connection of its own; (status, headers, body)."""
    place = urlsplit(emulator.url)
    connections: list[http.client.HTTPConnection] = []

    def send(
        method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)
        connections.append(connection)
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        connection.request(method, path, body, named)
        answer = connection.getresponse()
        return answer.status, {n.lower(): v for n, v in answer.getheaders()}, answer.read()

    yield send
    for connection in connections:
        connection.close()


def test_each_service_answers_on_the_one_port(emulator: Any, account: str) -> None:
    url = emulator.client("sqs", account).create_queue(QueueName="own")["QueueUrl"]
    assert url == f"{emulator.url}/{account}/own"
    tables = emulator.client("dynamodb", account)
    tables.create_table(
        TableName="own",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    assert tables.list_tables()["TableNames"] == ["own"]
    assert emulator.client("sts", account).get_caller_identity()["Account"] == account
    profiles = emulator.client("customer-profiles", account)
    profiles.create_domain(DomainName="own", DefaultExpirationDays=1)
    assert [each["DomainName"] for each in profiles.list_domains()["Items"]] == ["own"]
    listed = emulator.client("cloudcontrol", account).list_resources(
        TypeName="AWS::CustomerProfiles::Domain"
    )
    assert [each["Identifier"] for each in listed["ResourceDescriptions"]] == ["own"]


def test_objects_larger_than_our_limit_go_to_and_from_s3(emulator: Any, account: str) -> None:
    store = emulator.client("s3", account, s3={"addressing_style": "path"})
    name = f"objects-{account}"
    store.create_bucket(Bucket=name)
    content = bytes(range(256)) * (MAX_BODY_BYTES // 256 + 1)
    store.put_object(Bucket=name, Key="large", Body=content)
    assert store.get_object(Bucket=name, Key="large")["Body"].read() == content


def test_a_presigned_url_is_served(emulator: Any, account: str, ask: Ask) -> None:
    store = boto3.client(
        "s3",
        endpoint_url=emulator.url,
        region_name="us-east-1",
        aws_access_key_id=account,
        aws_secret_access_key="test",  # the only secret whose signatures are right
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )
    name = f"presigned-{account}"
    store.create_bucket(Bucket=name)
    store.put_object(Bucket=name, Key="a b", Body=b"content")
    url = store.generate_presigned_url("get_object", {"Bucket": name, "Key": "a b"})
    assert url.startswith(emulator.url)
    status, _, body = ask("GET", url.removeprefix(emulator.url))
    assert (status, body) == (200, b"content")


@pytest.mark.parametrize("name", ["cloudapiservice", "cloudcontrolapi"])
def test_cloud_control_answers_under_both_names_that_providers_sign(
    emulator: Any, account: str, ask: Ask, name: str
) -> None:
    body = b'{"TypeName": "AWS::CustomerProfiles::Domain"}'
    headers = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "CloudApiService.ListResources",
    }
    request = AWSRequest("POST", f"{emulator.url}/", headers, body)
    SigV4Auth(Credentials(account, "local"), name, "us-east-1").add_auth(request)
    status, _, answer = ask("POST", "/", body, **dict(request.headers.items()))
    assert status == 200
    assert json.loads(answer)["ResourceDescriptions"] == []


def test_accounts_and_regions_see_nothing_of_each_other(emulator: Any, account: str) -> None:
    stranger = f"{(int(account) + 1) % 10**12:012d}"
    emulator.client("sqs", account).create_queue(QueueName="own")
    emulator.client("customer-profiles", account).create_domain(
        DomainName="own", DefaultExpirationDays=1
    )
    for who, region in ((stranger, "us-east-1"), (account, "eu-central-1")):
        assert not emulator.client("sqs", who, region).list_queues().get("QueueUrls")
        profiles = emulator.client("customer-profiles", who, region)
        assert profiles.list_domains()["Items"] == []
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            profiles.get_domain(DomainName="own")
        listed = emulator.client("cloudcontrol", who, region).list_resources(
            TypeName="AWS::CustomerProfiles::Domain"
        )
        assert listed["ResourceDescriptions"] == []


@pytest.mark.usefixtures("domain")
def test_health_tells_versions_and_how_many_domains_there_are(ask: Ask) -> None:
    status, headers, body = ask("GET", "/_emulator/health")
    told = json.loads(body)
    assert (status, headers["content-type"]) == (200, "application/json")
    assert told.keys() == {"status", "versions", "domains"}
    assert told["status"] == "ok"
    assert told["versions"].keys() == {"botocore", "ministack"}
    assert told["domains"] >= 1


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/_emulator/nothing"), ("POST", "/_emulator/health")],
)
def test_an_unknown_control_endpoint_is_not_found_and_says_what_is_known(
    ask: Ask, method: str, path: str
) -> None:
    status, _, body = ask(method, path)
    assert status == 404
    assert b"GET /_emulator/health" in body


@pytest.mark.parametrize("service", ["profile", "cloudcontrolapi"])
def test_a_body_that_is_too_large_is_refused_over_the_network_too(ask: Ask, service: str) -> None:
    body = bytes(MAX_BODY_BYTES + 1)
    status, headers, answer = ask("POST", "/", body, Authorization=signed(service))
    assert status == 413
    assert headers["x-amzn-errortype"] == "RequestEntityTooLargeException"
    assert json.loads(answer)["Message"]


@pytest.mark.parametrize("method", OTHER_METHODS)
@pytest.mark.parametrize("service", ["profile", "cloudcontrolapi"])
@pytest.mark.parametrize("path", ["/", "/nothing/there", "/domains/a/b/c/d", "*"])
def test_our_services_refuse_other_methods_with_4xx(
    ask: Ask, method: str, service: str, path: str
) -> None:
    status, _, _ = ask(method, path, Authorization=signed(service))
    assert 400 <= status < 500


@pytest.mark.parametrize("method", ["POST", *OTHER_METHODS])
@pytest.mark.parametrize("service", [None, "sqs", "dynamodb", "sts", "lambda", "nowhere", ""])
def test_no_method_and_no_service_is_answered_with_5xx(
    ask: Ask, method: str, service: str | None
) -> None:
    headers = {} if service is None else {"Authorization": signed(service)}
    status, _, _ = ask(method, "/", **headers)
    assert status < 500


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "x",
        "Bearer abc",
        "Basic dGVzdDp0ZXN0",
        "AWS AKID:signature",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=",
        "AWS4-HMAC-SHA256 Credential=/////",
        "AWS4-HMAC-SHA256 Credential=////profile/",
        "AWS4-HMAC-SHA256 Credential=k/20260101//profile/aws4_request, Signature=0",
        "AWS4-HMAC-SHA256 Credential=k/20260101/\xe9/profile/aws4_request, Signature=0",
        "AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/profile/aws4_request",
        "AWS4-HMAC-SHA256 Credential=k/" + "d/" * 5_000 + "profile/aws4_request,",
        "\xff\xfe",
    ],
)
@pytest.mark.parametrize("path", ["/", "/domains", "/domains/a%ff%00?X-Amz-Credential=%ff%zz"])
def test_a_malformed_authorization_is_never_answered_with_5xx(
    ask: Ask, authorization: str, path: str
) -> None:
    for method in ("GET", "POST"):
        status, _, _ = ask(method, path, Authorization=authorization)
        assert status < 500


@pytest.mark.parametrize(
    "text",
    [
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n",
        bytes(range(256)) * 8,
    ],
)
def test_what_is_no_http_is_refused_and_the_next_client_served(
    emulator: Any, ask: Ask, text: bytes
) -> None:
    place = urlsplit(emulator.url)
    with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
        connection.sendall(text)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(65_536):
            answer += part
    assert not answer.startswith(b"HTTP/1.1 5")
    assert ask("GET", "/_emulator/health")[0] == 200


def test_a_deletion_cut_off_in_its_body_deletes_nothing(
    emulator: Any, customer_profiles: Any, domain: str, account: str
) -> None:
    place = urlsplit(emulator.url)
    head = (
        f"DELETE /domains/{domain} HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Length: 10\r\n"
        f"Authorization: {signed('profile', account)}\r\n\r\n"
    )
    with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
        connection.sendall(head.encode() + b"{}")
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65_536):
            pass
    assert customer_profiles.get_domain(DomainName=domain)["DomainName"] == domain


def test_one_connection_carries_many_requests(emulator: Any) -> None:
    place = urlsplit(emulator.url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)
    connection.connect()
    used = connection.sock
    for method, path in (("GET", "/domains"), ("HEAD", "/domains"), ("PUT", "/domains")) * 3:
        connection.request(method, path, headers={"Authorization": signed("profile")})
        connection.getresponse().read()
        assert connection.sock is used
    connection.close()
