"""Pages in a browser: of other sites, which get nothing, and those that are kept in a bucket."""

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from emulator.loopback import FOREIGN

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TEXT = {"Content-Type": "text/plain"}
ELSEWHERE = ("http://evil.example", "https://evil.example:4566", "null", "http://localhost.evil.ex")
HERE = ("http://localhost:3000", "http://127.0.0.1:8080", "http://[::1]:5173")
PAGE = b"<script>fetch('/_emulator/reset', {method: 'POST'})</script>"
CORS: dict[str, Any] = {
    "CORSRules": [
        {
            "AllowedOrigins": ["https://app.example"],
            "AllowedMethods": ["GET", "PUT"],
            "AllowedHeaders": ["*"],
        }
    ]
}


@dataclass(frozen=True)
class Shown:
    """What a browser is answered. headers: lower-case names."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_closed(self) -> bool:
        """Whether no page may read it that did not come from there."""
        return not any(name.startswith("access-control-") for name in self.headers)

    @property
    def is_refused(self) -> bool:
        return (
            self.status == 403 and self.is_closed and json.loads(self.body) == {"Message": FOREIGN}
        )


@pytest.fixture
def ask(emulator: Any) -> Callable[..., Shown]:
    """`ask(method, path, body, headers)`: as a browser sends it."""
    place = urlsplit(emulator.url)

    def send(
        method: str, path: str, body: str = "", headers: dict[str, str] | None = None
    ) -> Shown:
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
        try:
            connection.request(method, path, body or None, headers or {})
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Shown(answer.status, told, answer.read())
        finally:
            connection.close()

    return send


@pytest.fixture
def bucket(emulator: Any, account: str) -> str:
    """A bucket with a page in it."""
    name = f"site-{account}"
    store = emulator.client("s3", account, s3={"addressing_style": "path"})
    store.create_bucket(Bucket=name)
    store.put_object(Bucket=name, Key="page.html", Body=PAGE, ContentType="text/html")
    return name


@pytest.fixture
def page(bucket: str, account: str) -> str:
    """The page's path under our own address, as a link names the account."""
    return f"/{bucket}/page.html?{scoped(account, 's3')}"


def scoped(account: str, service: str) -> str:
    """A query that names the account and the service, as a page can write it."""
    return f"X-Amz-Credential={account}/20260101/us-east-1/{service}/aws4_request"


@pytest.mark.parametrize("origin", ELSEWHERE)
def test_a_page_of_another_site_changes_nothing(
    emulator: Any, customer_profiles: Any, account: str, ask: Callable[..., Shown], origin: str
) -> None:
    said = {"Origin": origin}
    query = scoped(account, "sqs")
    action = "Action=CreateQueue&QueueName=struck&Version=2012-11-05"
    days = '{"DefaultExpirationDays": 1}'
    for path in (f"/?{query}", f"/bucket?{query}", f"/?{query}&{action}"):
        assert ask("POST", path, action, FORM | said).is_refused
    for service in ("profile", "rds-data", "cloudcontrolapi"):
        path = f"/domains/struck?{scoped(account, service)}"
        assert ask("POST", path, days, TEXT | said).is_refused
    assert ask("POST", "/_emulator/reset", "", said).status == 403
    assert ask("PUT", "/_emulator/faults", "{}", said).status == 403
    assert emulator.client("sqs", account).list_queues().get("QueueUrls", []) == []
    assert customer_profiles.list_domains()["Items"] == []


@pytest.mark.parametrize("host", ["x.execute-api.localhost", "x.lambda-url.us-east-1.localhost"])
def test_no_name_below_localhost_lets_a_foreign_page_in(
    ask: Callable[..., Shown], host: str
) -> None:
    action = "Action=CreateQueue&QueueName=struck&Version=2012-11-05"
    assert ask("POST", "/", action, FORM | {"Origin": ELSEWHERE[0], "Host": host}).is_refused


def test_a_picture_on_another_site_is_no_operation(
    emulator: Any, account: str, ask: Callable[..., Shown]
) -> None:
    path = f"/?Action=CreateQueue&QueueName=seen&{scoped(account, 'sqs')}"
    assert ask("GET", path, "", {"Sec-Fetch-Site": "cross-site"}).is_refused
    assert emulator.client("sqs", account).list_queues().get("QueueUrls", []) == []
    assert ask("GET", path).status == 200


@pytest.mark.parametrize("origin", ELSEWHERE)
def test_a_page_of_another_site_reads_nothing_and_may_not_ask_first(
    ask: Callable[..., Shown], page: str, origin: str
) -> None:
    wanted = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
    for path in ("/", "/domains", page):
        assert ask("GET", path, "", {"Origin": origin}).is_refused
        preflight = ask("OPTIONS", path, "", wanted)
        assert (preflight.status, preflight.is_closed) == (403, True)


@pytest.mark.parametrize("origin", HERE)
def test_a_page_of_this_machine_asks_and_reads(
    ask: Callable[..., Shown], page: str, origin: str
) -> None:
    wanted = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
    for shown in (ask("GET", page, "", {"Origin": origin}), ask("OPTIONS", page, "", wanted)):
        assert shown.status == 200
        assert shown.headers["access-control-allow-origin"] == origin
        assert shown.headers["vary"] == "Origin"


def test_an_answer_is_opened_to_nobody_who_did_not_ask_for_it(
    ask: Callable[..., Shown], page: str
) -> None:
    shown = ask("GET", page)
    assert (shown.status, shown.body, shown.is_closed) == (200, PAGE, True)


def test_a_bucket_lets_in_the_pages_that_its_cors_configuration_names(
    emulator: Any, account: str, ask: Callable[..., Shown], bucket: str, page: str
) -> None:
    emulator.client("s3", account).put_bucket_cors(Bucket=bucket, CORSConfiguration=CORS)
    app = {"Origin": "https://app.example"}
    preflight = {"Access-Control-Request-Method": "PUT"}
    for shown in (
        ask("GET", page, "", app),
        ask("PUT", f"/{bucket}/new?{scoped(account, 's3')}", "new", app),
        ask("OPTIONS", f"/{bucket}/new", "", app | preflight),
    ):
        assert shown.status == 200
        assert shown.headers["access-control-allow-origin"] == "https://app.example"
    for origin in ELSEWHERE:
        assert ask("GET", page, "", {"Origin": origin}).is_refused
    action = "Action=CreateQueue&QueueName=struck"
    assert ask("DELETE", page, "", app).is_refused
    assert ask("PUT", f"/{bucket}/new?{action}", "new", app).is_refused
    assert ask("POST", f"/{bucket}", action, FORM | app).is_refused
    assert ask("PUT", "/another/new", "new", app).is_refused


def test_what_shares_the_consoles_address_does_not_share_its_origin(
    ask: Callable[..., Shown], bucket: str, page: str
) -> None:
    for path in (page, f"/{bucket}", f"/{bucket}/nothing", "/", "/_ministack/health"):
        policy = ask("GET", path).headers["content-security-policy"]
        assert policy.startswith("sandbox ")
        assert "allow-same-origin" not in policy


def test_a_bucket_under_its_own_name_is_a_site_of_its_own(
    ask: Callable[..., Shown], bucket: str, account: str
) -> None:
    path, named = f"/page.html?{scoped(account, 's3')}", {"Host": f"{bucket}.s3.localhost"}
    shown = ask("GET", path, "", named)
    assert (shown.status, shown.body) == (200, PAGE)
    assert "content-security-policy" not in shown.headers
