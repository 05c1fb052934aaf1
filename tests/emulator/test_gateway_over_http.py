"""The gateway over the network, before the real services."""

import http.client
import json
import socket
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from emulator.gateway import MAX_BODY_BYTES
from tests.emulator.authorization import signed

OTHER_METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "FOO")


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
