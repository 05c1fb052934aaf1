"""The console as people use it: real clicks on a running local AWS, no script anywhere."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

import mappings
from profiles.requests import to_request
from tests.browser.conftest import NARROW, WIDE, Browser
from tests.browser.test_catalogue import visited
from tests.browser.test_catalogue_for_everyone import (
    PATIENCE,
    SCREENSHOTS,
    WEAK_TEXTS,
    named,
    value,
)

ACCOUNT = "000000000000"
HOSTILE = "<script>document.title='struck'</script><img src=x onerror=\"document.title='struck'\">"
LONG = "ALongNameWithoutAnySpace" * 10


@dataclass(frozen=True)
class Console:
    """A local AWS with one domain in it, in which there is something of everything."""

    browser: Browser
    url: str
    profile: str

    def open(self, path: str = "") -> None:
        """Show a page of the console; what the browser said before is forgotten."""
        self.browser.said()
        self.browser.requested()
        self.browser.driver.get(f"{self.url}/_emulator/{path}")

    def pages(self) -> dict[str, str]:
        """Path of each kind of page, by a name for it."""
        home = f"console/domains/{ACCOUNT}/us-east-1/customers"
        return {
            "overview": "",
            "domain": home,
            "type": f"{home}/types/TrialSubscription",
            "search": f"{home}/search?key=_account&value=00001",
            "profile": f"{home}/profiles/{self.profile}",
            "outcomes": "console/outcomes",
            "trace": "console/outcomes/5",
            "rejected": "console/outcomes/7",
            "requests": "console/requests",
            "request": "console/requests/6",
            "nothing": "console/nothing",
        }


def fill(client: Any) -> str:
    """What the tests read; the id of the profile of most."""
    name = "customers"
    client.create_domain(DomainName=name, DefaultExpirationDays=366)
    for mapping in mappings.load():
        client.put_profile_object_type(DomainName=name, **to_request(mapping.object_type))
    client.put_profile_object_type(
        DomainName=name,
        ObjectTypeName="SupportCall",
        Description="Calls to the support line",
        AllowProfileCreation=False,
        SourcePriority=5,
        Fields={
            "call": {"Source": "_source.call"},
            "UserId": {"Source": "_source.UserId"},
            "email": {"Source": "_source.email", "ContentType": "EMAIL_ADDRESS"},
            "mood": {"Source": "_source.mood", "Target": "_profile.Attributes.Mood"},
            "offer": {"Source": "_source.offer", "Target": "_profile.Attributes.offerName"},
        },
        Keys={
            "supportCall": [{"FieldNames": ["call"], "StandardIdentifiers": ["UNIQUE"]}],
            "supportEmail": [{"FieldNames": ["email"], "StandardIdentifiers": ["PROFILE"]}],
            "_account": [
                {"FieldNames": ["UserId"], "StandardIdentifiers": ["PROFILE", "SECONDARY"]}
            ],
        },
    )

    def put(type_name: str, **record: str) -> None:
        client.put_profile_object(
            DomainName=name, ObjectTypeName=type_name, Object=json.dumps(record)
        )

    for mapping in mappings.load():
        for example in mapping.examples:
            put(mapping.object_type.name, **example)
    (profile,) = client.search_profiles(DomainName=name, KeyName="_account", Values=["00001"])[
        "Items"
    ]
    client.update_profile(
        DomainName=name,
        ProfileId=profile["ProfileId"],
        FirstName="Anna",
        LastName="Berg",
        Attributes={"offerName": "By hand"},
    )
    put("TrialSubscription", UserId="00002", status=HOSTILE, planType=LONG)
    put(
        "SupportCall",
        call="c1",
        email="anna@work.example",
        UserId="00001",
        mood="calm",
        offer="Upgrade",
    )
    put("PurchasedSubscription", UserId="00001", status="Cancelled", planType="Professional")
    put("SupportCall", call="c2", email="nobody@example.com", UserId="99999")
    return str(profile["ProfileId"])


@pytest.fixture(scope="module")
def filled(
    start_emulator: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """(address, id of a profile) of a local AWS of these tests' own."""
    log = tmp_path_factory.mktemp("console") / "log"
    with start_emulator(log) as emulator:
        yield emulator.url, fill(emulator.client("customer-profiles", "test"))
    assert "Traceback" not in log.read_text(encoding="utf-8")


@pytest.fixture
def console(browser: Browser, filled: tuple[str, str]) -> Console:
    return Console(browser, *filled)


PAGES = tuple(Console.pages(Console(None, "", "")))  # type: ignore[arg-type]


def submit(browser: Browser) -> None:
    """Press the button of the form; the answer is there afterwards."""
    button = browser.find("main form button")
    button.click()
    # While one page gives way to the next, the driver may fail to answer at all.
    waiting = WebDriverWait(browser.driver, PATIENCE, 0.05, ignored_exceptions=[WebDriverException])
    waiting.until(staleness_of(button))


def rows(browser: Browser, table: str) -> dict[str, str]:
    """The text of each row by its first cell."""
    return {
        row.find_element("css selector", "th").text: row.text
        for row in browser.all(f"#{table} tbody tr")
    }


def test_from_the_overview_to_a_value_to_the_object_that_wrote_it_and_why(
    console: Console, browser: Browser
) -> None:
    console.open()
    browser.link("customers").click()
    Select(browser.find("#search-key")).select_by_visible_text("_account")
    browser.find("#search-value").send_keys("00001")
    submit(browser)
    browser.link("Anna Berg").click()
    assert browser.find("h1").text == "Anna Berg"
    attributes = rows(browser, "attributes-table")
    assert "SupportCall" in attributes["Attributes.Mood"]
    assert "by hand" in attributes["Attributes.offerName"]
    browser.link("SupportCall").click()
    assert '"mood": "calm"' in browser.find("main pre").text
    browser.find("#versions-table tbody a").click()
    steps = [each.text for each in browser.all(".trace li")]
    assert steps == [
        "PROFILE key supportEmail: no profile anna@work.example",
        "SECONDARY key _account: one profile 00001",
        "attached to the one profile that key _account found",
    ]
    written = rows(browser, "written-table")
    assert written["Attributes.Mood"].endswith("written")
    assert "not written: a manual update ranks higher" in written["Attributes.offerName"]


def test_rejects_are_found_by_their_verdict_with_their_reason(
    console: Console, browser: Browser
) -> None:
    console.open()
    browser.link("Outcomes", "nav").click()
    Select(browser.find("#verdict")).select_by_visible_text("rejected")
    submit(browser)
    (row,) = browser.all("#outcomes-table tbody tr")
    assert "SupportCall" in row.text
    assert "No single profile matches the keys of this object" in row.text
    row.find_element("css selector", "a").click()
    assert browser.find("h1").text.endswith("rejected")
    assert browser.find(".trace .decided").text.startswith("rejected: No single profile")


def test_a_request_is_opened_from_the_log_with_its_replays(
    console: Console, browser: Browser
) -> None:
    console.open("console/requests")
    browser.find("#operation").send_keys("UpdateProfile")
    submit(browser)
    browser.find("#requests-table tbody a").click()
    assert browser.find("h1").text == "UpdateProfile 200"
    curl, boto3 = [each.text for each in browser.all("pre.exact")]
    assert curl.startswith("curl \\\n")
    assert "--user test:test" in curl
    assert "client.update_profile(" in boto3


def test_following_live_loads_the_page_anew_until_it_is_stopped(
    console: Console, browser: Browser
) -> None:
    console.open("console/outcomes")
    browser.link("Follow live").click()
    assert browser.find("meta[http-equiv=refresh]").get_attribute("content") == "3"
    browser.link("Stop").click()
    assert browser.all("meta[http-equiv=refresh]") == []


@pytest.mark.parametrize("page", PAGES)
def test_every_page_reads_the_same_without_scripts_and_without_complaint(
    console: Console, browser: Browser, page: str
) -> None:
    path = console.pages()[page]
    console.open(path)
    with_scripts = browser.find("main").text
    requested = browser.requested()
    assert all(name.startswith(f"{console.url}/_emulator/") for name in requested)
    complaints = [each for each in browser.said() if "404" not in each]
    assert complaints == []
    if page == "requests":
        return
    browser.scripts(on=False)
    console.open(path)
    assert browser.find("main").text == with_scripts


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", PAGES)
def test_every_text_of_the_console_has_contrast(
    console: Console, browser: Browser, page: str, scheme: str
) -> None:
    browser.media(scheme)
    console.open(console.pages()[page])
    seen, weak = browser.evaluate(WEAK_TEXTS)
    assert seen > 7
    assert weak == []
    browser.screenshot(SCREENSHOTS / f"console-{page}-{WIDE}-{scheme}.png")


@pytest.mark.parametrize("page", PAGES)
def test_a_small_screen_scrolls_the_console_only_down(
    console: Console, browser: Browser, page: str
) -> None:
    browser.width(NARROW)
    console.open(console.pages()[page])
    browser.screenshot(SCREENSHOTS / f"console-{page}-{NARROW}-light.png")
    assert browser.evaluate("document.documentElement.scrollWidth") == NARROW


def test_hostile_values_do_nothing_and_long_ones_stay_on_the_screen(
    console: Console, browser: Browser
) -> None:
    browser.width(NARROW)
    console.open(f"console/domains/{ACCOUNT}/us-east-1/customers/search?key=_account&value=00002")
    browser.link("00002").click()
    assert HOSTILE in browser.find("#attributes-table").text
    assert browser.driver.title == "00002 · Local AWS"
    assert browser.evaluate("document.documentElement.scrollWidth") == NARROW
    assert browser.all("main img, main script") == []
    browser.find(".why").click()
    assert browser.evaluate("document.documentElement.scrollWidth") == NARROW


@pytest.mark.parametrize("page", PAGES)
def test_the_keyboard_reaches_every_link_and_box_and_leaves_again(
    console: Console, browser: Browser, page: str
) -> None:
    console.open(console.pages()[page])
    reached = visited(browser)
    assert reached[0] == "a Skip to the content"
    usable = browser.evaluate("document.querySelectorAll('a, input, select, button').length")
    kinds = ("a ", "input ", "select ", "button ")
    assert sum(each.startswith(kinds) for each in reached) == usable


@pytest.mark.parametrize("page", PAGES)
def test_a_screen_reader_hears_landmarks_names_and_captions(
    console: Console, browser: Browser, page: str
) -> None:
    console.open(console.pages()[page])
    nodes = browser.accessibility()
    for role in ("banner", "main", "contentinfo"):
        assert len(named(nodes, role)) == 1
    assert named(nodes, "navigation")[0] == "Console"
    assert named(nodes, "table") == [each.text for each in browser.all("caption")]
    usable = ("link", "textbox", "searchbox", "combobox", "button", "checkbox", "region")
    assert all(value(node, "name") for node in nodes if value(node, "role") in usable)
    (title,) = named(nodes, "RootWebArea")
    assert title.endswith("· Local AWS")
    ids = browser.evaluate("[...document.querySelectorAll('[id]')].map((each) => each.id)")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("page", "height"), [("profile", 920), ("trace", 1075)])
def test_pictures_for_the_readme_are_taken(
    console: Console, browser: Browser, page: str, height: int
) -> None:
    console.open(console.pages()[page])
    top = {"x": 0, "y": 0, "width": WIDE, "height": height, "scale": 1}
    shot = browser.command("Page.captureScreenshot", clip=top, captureBeyondViewport=True)
    picture = base64.b64decode(shot["data"])
    (SCREENSHOTS / f"console-{page}.png").write_bytes(picture)
    assert 10_000 < len(picture) < 150_000
