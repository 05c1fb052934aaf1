"""What the console withholds: from other sites, from hostile values, from whoever would write."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator.console.conftest import REGION, Read, Shown

Ask = Callable[..., Shown]

HOSTILE = "<script>alert('1')</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}{% raw %}"


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:4566", "127.0.0.1.evil.example", "localhost.evil.example", "",
     "127.0.0.1@evil.example", "10.0.0.1", "127.0.0.1:x", "localhost:1:2", "[::1", "LOCALHOST."],
)  # fmt: skip
def test_a_name_that_is_not_of_this_machine_is_refused(ask: Ask, host: str) -> None:
    for path in ("/_emulator/", "/_emulator/console/requests", "/_emulator/console/style.css"):
        shown = ask("GET", path, {"Host": host})
        assert shown.status == 403
        assert "Domains" not in shown.text


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:4566", "LocalHost", "[::1]:80"])
def test_a_name_of_this_machine_is_welcome_through_any_port(ask: Ask, host: str) -> None:
    assert ask("GET", "/_emulator/", {"Host": host}).status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_the_console_is_only_read(ask: Ask, method: str) -> None:
    for path in ("/_emulator/", "/_emulator/console/outcomes"):
        shown = ask(method, path)
        assert (shown.status, shown.headers["allow"]) == (405, "GET, HEAD")


def test_head_has_the_headers_without_the_page(ask: Ask) -> None:
    shown = ask("HEAD", "/_emulator/")
    assert (shown.status, shown.html) == (200, "")
    assert shown.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "path", ["", "console/outcomes", "console/style.css", "console/icon.svg", "console/nothing"]
)
def test_every_answer_forbids_scripts_frames_sniffing_and_keeping(ask: Ask, path: str) -> None:
    headers = ask("GET", f"/_emulator/{path}").headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in headers


def test_no_page_needs_anything_from_elsewhere_or_a_script(read: Read, home: str) -> None:
    for path in ("/_emulator/", "outcomes", "requests", home):
        shown = read(path)
        assert "<script" not in shown.html
        assert "style=" not in shown.html
        assert "://" not in shown.html.replace("http://127.0.0.1", "")


def pages(read: Read, people: Any, home: str, account: str) -> list[Shown]:
    """Every page that has something of the test's own object on it."""
    profile_id = people.id_of("personId", "p1")
    profile = read(f"{home}/profiles/{profile_id}")
    trace = read(profile.link("/outcomes/"))
    return [
        profile,
        trace,
        read(profile.link("/objects/")),
        read(home),
        read(f"{home}/search", key="personId", value="p1"),
        read(read("requests", account=account, operation="PutProfileObject").link("/requests/")),
        read("outcomes", domain=people.name),
    ]


def test_values_never_become_markup(read: Read, people: Any, home: str, account: str) -> None:
    people.put("Person", id="p1", first=HOSTILE, tier=HOSTILE, email=HOSTILE, note=HOSTILE)
    for shown in pages(read, people, home, account):
        assert "<script" not in shown.html
        assert "<img" not in shown.html
    profile = pages(read, people, home, account)[0]
    rows = {row[0]: row[1] for row in profile.tables["attributes-table"]}
    assert rows["Attributes.Tier"] == HOSTILE


def test_values_never_become_addresses(read: Read, people: Any, home: str, account: str) -> None:
    value = "javascript:alert(1)"
    people.put("Person", id="p1", first=value, tier=value, email=value)
    for shown in pages(read, people, home, account):
        assert all(link.startswith(("/_emulator/", "#")) for link in shown.links)


def test_what_is_asked_never_becomes_markup(read: Read, home: str) -> None:
    for shown in (
        read("/_emulator/", name=HOSTILE),
        read("outcomes", domain=HOSTILE, type=HOSTILE, verdict=HOSTILE),
        read("requests", operation=HOSTILE, account=HOSTILE, service=HOSTILE),
        read(f"{home}/search", key=HOSTILE, value=HOSTILE),
        read(f"{home}/search", key="personId", value=HOSTILE),
    ):
        assert "<script" not in shown.html
        assert "<img" not in shown.html
        assert all(link.startswith(("/_emulator/", "#")) for link in shown.links)


def test_characters_that_a_page_cannot_hold_show_as_pictures(
    read: Read, people: Any, home: str
) -> None:
    people.put("Person", id="p1", tier="a\u0000b\u001bc\u007f")
    profile_id = people.id_of("personId", "p1")
    shown = read(f"{home}/profiles/{profile_id}")
    rows = {row[0]: row[1] for row in shown.tables["attributes-table"]}
    assert rows["Attributes.Tier"] == "a\u2400b\u241bc\u2421"
    assert "\u0000" not in shown.html


def test_text_that_turns_its_direction_does_not_turn_the_page(
    read: Read, people: Any, home: str
) -> None:
    people.put("Person", id="p1", tier="\u202eetihw")
    profile_id = people.id_of("personId", "p1")
    assert "<bdi>\u202eetihw</bdi>" in read(f"{home}/profiles/{profile_id}").html


@pytest.mark.parametrize(
    "path",
    ["console/", "console/%ff%fe", "console/domains", "console/domains/a/b", "console/../health",
     "console/domains/a/b/c/d/e/f", "console/domains///", "console/assets/../page.py",
     "console/%2e%2e/page.py", "console/outcomes/1/2", "console/%00"],
)  # fmt: skip
def test_addresses_of_no_page_say_so(ask: Ask, path: str) -> None:
    shown = ask("GET", f"/_emulator/{path}")
    assert shown.status == 404
    assert "Nothing here" in shown.text


@pytest.mark.parametrize("before", ["-1", "x", "9" * 30, "1e3", "\u0663"])
def test_a_place_in_a_list_that_is_no_number_is_the_top(
    read: Read, people: Any, home: str, before: str
) -> None:
    people.put("Person", id="p1")
    assert len(read(home, before=before).tables["profiles-table"]) == 1
    assert read("outcomes", before=before, domain=people.name).tables["outcomes-table"]
    assert read("requests", before=before).tables["requests-table"]


def test_a_very_large_object_is_cut_off_in_the_timeline_alone(
    read: Read, people: Any, home: str
) -> None:
    text = "n" * 150_000
    key = people.put("Person", id="p1", note=text)
    profile_id = people.id_of("personId", "p1")
    assert len(read(f"{home}/profiles/{profile_id}").html) < 60_000
    assert json.loads(read(f"{home}/objects/Person/{key}").listings[0])["note"] == text


def test_a_domain_of_another_account_is_shown_only_at_its_own_address(
    read: Read, people: Any
) -> None:
    read(f"domains/999999999999/{REGION}/{people.name}", 404)
