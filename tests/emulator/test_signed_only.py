"""`--host` and `--access-key-file`: nothing is done without a valid signature of the one key."""

import datetime as dt
import http.client
import io
import json
import socket
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ACCOUNT = "222233334444"
SECRET = "a secret of some length, 0123456789"
CREDENTIALS = Credentials(ACCOUNT, SECRET)


def key_file(folder: Path, key_id: str = ACCOUNT, secret: str = SECRET, mode: int = 0o600) -> Path:
    file = folder / "key"
    file.write_text(f"[any]\naws_access_key_id = {key_id}\naws_secret_access_key = {secret}\n")
    file.chmod(mode)
    return file


@pytest.fixture(scope="module")
def guarded(start_emulator: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """An emulator on all addresses of this machine; its log never has the secret."""
    folder = tmp_path_factory.mktemp("guarded")
    arguments = ("--host", "0.0.0.0", "--access-key-file", str(key_file(folder)))  # noqa: S104
    with start_emulator(folder / "log", *arguments) as emulator:
        emulator.url = emulator.url.replace("0.0.0.0", "127.0.0.1")  # noqa: S104
        yield emulator
        assert emulator.stop() == 0
    log = (folder / "log").read_text(encoding="utf-8")
    assert "Traceback" not in log
    assert SECRET not in log


def client(
    emulator: Any, service: str, key: str = ACCOUNT, secret: str = SECRET, **more: Any
) -> Any:
    return boto3.client(
        service,
        endpoint_url=emulator.url,
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": 1}, **more),
    )


Answer = tuple[int, dict[str, str], bytes]


def send(url: str, method: str, path: str, headers: Any = (), body: bytes = b"") -> Answer:
    """One request as it is, on a connection of its own."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in [*dict(headers).items()]:
        connection.putheader(name, value)
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    answer = connection.getresponse()
    shown = {name.lower(): value for name, value in answer.getheaders()}
    content = answer.read()
    connection.close()
    return answer.status, shown, content


def signed(
    url: str,
    method: str = "PUT",
    path: str = "/domains/none/profiles/objects",
    body: bytes = b'{"ObjectTypeName": "T", "Object": "{}"}',
    *,
    service: str = "profile",
    credentials: Credentials = CREDENTIALS,
    headers: dict[str, str] | None = None,
) -> dict[str, str]:
    """The headers of a request that botocore has signed."""
    host = {"Host": urlsplit(url).netloc}
    request = AWSRequest(method, f"{url}{path}", host | (headers or {}), body)
    auth = S3SigV4Auth if service == "s3" else SigV4Auth
    auth(credentials, service, "us-east-1").add_auth(request)
    return dict(request.headers.items())


# Who signs with the key is served, by every service


def test_every_service_serves_whoever_signs(guarded: Any) -> None:
    profiles = client(guarded, "customer-profiles")
    profiles.create_domain(DomainName="own", DefaultExpirationDays=1)
    profiles.tag_resource(
        resourceArn=f"arn:aws:profile:us-east-1:{ACCOUNT}:domains/own", tags={"a+b": "c/d e"}
    )
    assert profiles.get_domain(DomainName="own")["Tags"] == {"a+b": "c/d e"}
    listed = client(guarded, "cloudcontrol").list_resources(
        TypeName="AWS::CustomerProfiles::Domain"
    )
    assert [each["Identifier"] for each in listed["ResourceDescriptions"]] == ["own"]
    assert client(guarded, "sts").get_caller_identity()["Account"] == ACCOUNT
    queue = client(guarded, "sqs").create_queue(QueueName="own")["QueueUrl"]
    client(guarded, "sqs").send_message(QueueUrl=queue, MessageBody="a=b&c")
    assert client(guarded, "dynamodb").list_tables()["TableNames"] == []
    sql = client(guarded, "rds-data").execute_statement(
        resourceArn=f"arn:aws:rds:us-east-1:{ACCOUNT}:cluster:c",
        secretArn=f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:s",
        sql="SELECT 1",
    )
    assert sql["records"] == [[{"longValue": 1}]]


def test_objects_go_to_and_from_s3_and_by_presigned_urls(guarded: Any) -> None:
    store = client(guarded, "s3", signature_version="s3v4", s3={"addressing_style": "path"})
    store.create_bucket(Bucket="own")
    content = bytes(range(256)) * 40_000
    store.put_object(Bucket="own", Key="a b+c", Body=content)
    assert store.get_object(Bucket="own", Key="a b+c")["Body"].read() == content
    where = {"Bucket": "own", "Key": "small"}
    host = {"Host": urlsplit(guarded.url).netloc}
    put = store.generate_presigned_url("put_object", where).removeprefix(guarded.url)
    assert send(guarded.url, "PUT", put, host, b"content")[0] == 200
    got = store.generate_presigned_url("get_object", where).removeprefix(guarded.url)
    assert send(guarded.url, "GET", got, host)[::2] == (200, b"content")
    assert send(guarded.url, "GET", got.replace("small", "other"), host)[0] == 403


def test_our_own_endpoints_and_pages_serve_whoever_signs(guarded: Any) -> None:
    for path in ("/_emulator/state", "/_emulator/"):
        assert send(guarded.url, "GET", path)[0] == 403
        headers = signed(guarded.url, "GET", path, b"", service="emulator")
        assert send(guarded.url, "GET", path, headers)[0] == 200


def test_a_function_of_the_backing_emulator_signs_with_the_key(guarded: Any) -> None:
    source = (
        "import boto3, os\n"
        "def handler(event, context):\n"
        "    client = boto3.client('customer-profiles', endpoint_url=event['url'])\n"
        "    return client.list_domains()['ResponseMetadata']['HTTPStatusCode']\n"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", source)
    functions = client(guarded, "lambda")
    functions.create_function(
        FunctionName="calls-back",
        Runtime="python3.11",
        Role=f"arn:aws:iam::{ACCOUNT}:role/any",
        Handler="index.handler",
        Code={"ZipFile": packed.getvalue()},
        Timeout=30,
    )
    functions.get_waiter("function_active_v2").wait(FunctionName="calls-back")
    payload = json.dumps({"url": guarded.url})
    answer = functions.invoke(FunctionName="calls-back", Payload=payload)
    assert json.loads(answer["Payload"].read()) == 200


# Nobody else is


@pytest.mark.parametrize(
    "service", ["customer-profiles", "cloudcontrol", "sqs", "s3", "dynamodb", "rds-data"]
)
@pytest.mark.parametrize(
    ("key", "secret"), [(ACCOUNT, "another secret 0123456789"), ("test", SECRET), ("test", "test")]
)
def test_another_key_or_another_secret_is_refused_by_every_service(
    guarded: Any, service: str, key: str, secret: str
) -> None:
    calls: dict[str, Callable[[Any], Any]] = {
        "customer-profiles": lambda it: it.list_domains(),
        "cloudcontrol": lambda it: it.list_resource_requests(),
        "sqs": lambda it: it.list_queues(),
        "s3": lambda it: it.list_buckets(),
        "dynamodb": lambda it: it.list_tables(),
        "rds-data": lambda it: it.execute_statement(
            resourceArn="a" * 20, secretArn="a" * 20, sql="SELECT 1"
        ),
    }
    with pytest.raises(ClientError) as caught:
        calls[service](client(guarded, service, key, secret))
    response = caught.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] in {400, 403}
    assert response["Error"]["Code"] in {
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "InvalidAccessKeyId",
    }


@pytest.mark.parametrize(
    "path",
    ["/", "/domains", "/own/small", "/_emulator/reset", "/_ministack/reset", "/_ministack/health"],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer x", "AWS k:s", "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256 Credential=a/b/c/d"],
)
def test_what_is_not_signed_is_refused_whatever_it_asks(
    guarded: Any, method: str, path: str, authorization: str
) -> None:
    headers = {"Host": "localhost"} | ({"Authorization": authorization} if authorization else {})
    status, answered, _ = send(guarded.url, method, path, headers)
    assert status in {400, 403}
    assert answered["connection"] == "close"


def test_what_is_refused_has_the_codes_of_aws(guarded: Any) -> None:
    def code(headers: dict[str, str], body: bytes = b"") -> tuple[int, str, str]:
        status, answered, told = send(guarded.url, "GET", "/domains", headers, body)
        return status, answered["x-amzn-errortype"], json.loads(told)["message"]

    fine = signed(guarded.url, "GET", "/domains", b"")
    assert send(guarded.url, "GET", "/domains", fine)[0] == 200
    missing = code({"Host": "localhost"})
    assert missing == (403, "MissingAuthenticationTokenException", "Missing Authentication Token")
    unknown = signed(
        guarded.url, "GET", "/domains", b"", credentials=Credentials("AKIAUNKNOWN", SECRET)
    )
    assert code(unknown)[:2] == (403, "UnrecognizedClientException")
    wrong = fine | {"Authorization": fine["Authorization"][:-4] + "0000"}
    assert code(wrong)[:2] == (403, "InvalidSignatureException")
    incomplete = fine | {"Authorization": fine["Authorization"].partition(", SignedHeaders")[0]}
    assert code(incomplete)[1] in {
        "IncompleteSignatureException",
        "MissingAuthenticationTokenException",
    }


@pytest.mark.parametrize(("minutes", "said"), [(-6, "Signature expired"), (6, "not yet current")])
def test_a_date_too_far_from_now_is_refused(
    guarded: Any, monkeypatch: pytest.MonkeyPatch, minutes: int, said: str
) -> None:
    then = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: then)
    headers = signed(guarded.url, "GET", "/domains", b"")
    status, answered, told = send(guarded.url, "GET", "/domains", headers)
    assert (status, answered["x-amzn-errortype"]) == (403, "InvalidSignatureException")
    assert said in json.loads(told)["message"]


@pytest.mark.parametrize(
    "date", ["", "now", "20261345T000000Z", "20260101T000000", "99999999T999999Z"]
)
def test_a_date_that_is_none_is_refused(guarded: Any, date: str) -> None:
    headers = signed(guarded.url, "GET", "/domains", b"") | {"X-Amz-Date": date}
    assert send(guarded.url, "GET", "/domains", headers)[0] in {400, 403}


@pytest.mark.parametrize("auth", [SigV4QueryAuth, S3SigV4QueryAuth])
@pytest.mark.parametrize(("ago", "seconds"), [(61, 60), (0, 604_801), (0, 0), (-1_000, 60)])
def test_a_presigned_url_is_good_for_its_seconds_and_no_longer(
    guarded: Any, monkeypatch: pytest.MonkeyPatch, auth: Any, ago: int, seconds: int
) -> None:
    service = "s3" if auth is S3SigV4QueryAuth else "profile"

    def presigned(expires: int) -> int:
        request = AWSRequest(
            "GET", f"{guarded.url}/domains", {"Host": urlsplit(guarded.url).netloc}
        )
        auth(CREDENTIALS, service, "us-east-1", expires=expires).add_auth(request)
        path = str(request.url).removeprefix(guarded.url)
        return send(guarded.url, "GET", path, {"Host": urlsplit(guarded.url).netloc})[0]

    assert presigned(60) == (200 if service == "profile" else 404)
    then = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=ago)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: then)
    assert presigned(seconds) in {400, 403}


def test_another_body_than_the_one_that_was_signed_is_refused(guarded: Any) -> None:
    path, body, other = "/own-hash/key", b"content", b"Content"
    headers = signed(guarded.url, "PUT", path, body, service="s3")
    assert headers["X-Amz-Content-SHA256"]
    assert send(guarded.url, "PUT", path, headers, other)[0] == 403
    for unsigned in ("UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x", "0" * 64):
        declared = {"X-Amz-Content-SHA256": unsigned}
        request = AWSRequest(
            "PUT", f"{guarded.url}{path}", {"Host": urlsplit(guarded.url).netloc} | declared, body
        )
        SigV4Auth(CREDENTIALS, "s3", "us-east-1").add_auth(request)
        assert send(guarded.url, "PUT", path, dict(request.headers.items()), body)[0] == 403


def test_what_decides_must_be_signed(guarded: Any) -> None:
    headers = signed(guarded.url, "POST", "/", b"{}", service="profile")
    moved = headers | {"X-Amz-Target": "CloudApiService.ListResourceRequests"}
    status, _, told = send(guarded.url, "POST", "/", moved, b"{}")
    assert status in {400, 403}
    assert "not signed: x-amz-target" in json.loads(told)["message"]


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    what=st.sampled_from(["method", "path", "query", "body", "header", "signature"]),
    text=st.text("abcdefghij0123456789", min_size=1, max_size=8),
)
def test_a_request_that_was_changed_on_its_way_is_refused(
    guarded: Any, what: str, text: str
) -> None:
    method, path, body = "PUT", "/domains/none/profiles/objects", b'{"ObjectTypeName": "T"}'
    headers = signed(guarded.url, method, path, body, headers={"x-amz-own": "value"})
    assert send(guarded.url, method, path, headers, body)[0] == 400  # signed, and no Object
    if what == "method":
        method = "POST"
    elif what == "path":
        path = path.replace("none", f"none{text}")
    elif what == "query":
        path += f"?{text}={text}"
    elif what == "body":
        body += text.encode()
    elif what == "header":
        headers["x-amz-own"] += text
    else:
        headers["Authorization"] += text
    status, _, told = send(guarded.url, method, path, headers, body)
    assert status == 403
    assert b"signature" in told


def test_a_stranger_cannot_make_it_hold_a_body(guarded: Any) -> None:
    place = urlsplit(guarded.url)
    head = f"PUT /b/k HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Length: 1000000000\r\n\r\n"
    with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
        connection.sendall(head.encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 403")
