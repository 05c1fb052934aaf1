"""`lifecycle verify`, the real command, against the real local AWS."""

import dataclasses
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import mappings
from profiles import Field, ObjectType
from profiles.requests import to_request

LIFECYCLE = Path(sys.executable).with_name("lifecycle")
REGION = "us-east-1"
KEY = "test"
"""The access key with which verify signs where an endpoint is given."""

TABLE = """\
AccountNumber 00001 00001 ok
EmailAddress test@test.com test@test.com ok
Attributes.SubscriptionAutoRenew False False ok
Attributes.SubscriptionDiscount None None ok
Attributes.SubscriptionEndDate 2020-03-20 2020-03-20 ok
Attributes.SubscriptionPlanType Professional Professional ok
Attributes.SubscriptionPrice $99.99 $99.99 ok
Attributes.SubscriptionStartDate 2019-03-20 2019-03-20 ok
Attributes.SubscriptionStatus Active Active ok
Attributes.TrialDays 90 90 ok
Attributes.TrialEndDate 2020-03-19 2020-03-19 ok
Attributes.TrialPlanType Standard Standard ok
Attributes.TrialStartDate 2020-01-19 2020-01-19 ok
Attributes.TrialStatus Expired Expired ok
Attributes.offerName 30% Renewal 30% Renewal ok
Attributes.offerViewed false false ok
"""

CUSTOMER_DATA = [
    str(value)
    for mapping in mappings.load()
    for example in mapping.examples
    for value in example.values()
    if len(str(value)) > 3
]

Deploy = Callable[..., str]
Verify = Callable[..., "subprocess.CompletedProcess[str]"]


class Deployed:
    """A domain with the mappings' object types, deployed through the API itself."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.name = f"verified-{secrets.token_hex(4)}"
        client.create_domain(DomainName=self.name, DefaultExpirationDays=366)
        self.types = {each.object_type.name: each.object_type for each in mappings.load()}
        for each in self.types.values():
            self.put_type(each)

    def put_type(self, object_type: ObjectType) -> None:
        """Deploy one object type, also a changed one."""
        self.client.put_profile_object_type(DomainName=self.name, **to_request(object_type))

    def change(self, type_name: str, field_name: str, changed: Field | None) -> None:
        """Deploy the type with this field changed, or without it."""
        object_type = self.types[type_name]
        fields = [
            changed if each.name == field_name else each
            for each in object_type.fields
            if each.name != field_name or changed is not None
        ]
        kept = tuple(each for each in fields if each is not None)
        self.put_type(dataclasses.replace(object_type, fields=kept))

    def profiles(self, account: str) -> list[dict[str, Any]]:
        """The profiles that this account finds."""
        found: list[dict[str, Any]] = self.client.search_profiles(
            DomainName=self.name, KeyName="_account", Values=[account]
        )["Items"]
        return found

    def counts(self) -> tuple[int, int]:
        """(profiles, objects) in the domain."""
        stats = self.client.get_domain(DomainName=self.name)["Stats"]
        return stats["ProfileCount"], stats["ObjectCount"]


@pytest.fixture
def deployed(emulator: Any) -> Iterator[Deployed]:
    """A domain of the test's own in the account that verify uses."""
    deployed = Deployed(emulator.client("customer-profiles", KEY))
    yield deployed
    deployed.client.delete_domain(DomainName=deployed.name)


@pytest.fixture
def environ() -> dict[str, str]:
    """An environment without colours and credentials from outside."""
    outside = ("AWS_", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM")
    return {name: text for name, text in os.environ.items() if not name.startswith(outside)}


@pytest.fixture
def verify(emulator: Any, deployed: Deployed, environ: dict[str, str]) -> Verify:
    """Runs `lifecycle verify` in the domain, or where the arguments say instead."""

    def run(
        *arguments: str, domain: str = deployed.name, endpoint: str = emulator.url, **extra: str
    ) -> "subprocess.CompletedProcess[str]":
        place = ("--domain", domain, "--region", REGION, "--endpoint", endpoint)
        done = subprocess.run(
            [str(LIFECYCLE), "verify", *place, *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=environ | extra,
        )
        assert "Traceback" not in done.stderr
        assert not [text for text in CUSTOMER_DATA if text in done.stderr]
        return done

    return run


def rows(table: str) -> str:
    """The rows of a table as words with single spaces, one row a line."""
    cells = [line.strip("│").split("│") for line in table.splitlines() if line.startswith("│")]
    return "".join(" ".join(cell.strip() for cell in row) + "\n" for row in cells)


def told(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    """What --json said about the one profile."""
    (profile,) = json.loads(done.stdout)["profiles"]
    assert isinstance(profile, dict)
    return profile


def differing(done: "subprocess.CompletedProcess[str]") -> dict[str, tuple[Any, Any]]:
    """Attribute to (expected, actual) where --json told a difference."""
    return {
        row["attribute"]: (row["expected"], row["actual"])
        for row in told(done)["rows"]
        if not row["ok"]
    }


def test_account_00001_shows_the_published_profile_as_a_table(
    verify: Verify, deployed: Deployed
) -> None:
    done = verify("--account", "00001")
    assert done.returncode == 0, done.stderr
    assert f"Profile of account 00001 in domain {deployed.name}" in done.stdout
    assert rows(done.stdout) == TABLE
    assert "profiles found: 1; 16 of 16 attributes agree" in done.stdout
    assert deployed.counts() == (0, 0)


def test_by_default_the_account_is_the_runs_own(verify: Verify, deployed: Deployed) -> None:
    done = verify()
    assert done.returncode == 0, done.stderr
    (account,) = set(re.findall(r"verify-[0-9a-f]{12}(?!-)", done.stdout))
    assert f"AccountNumber {account} {account} ok\n" in rows(done.stdout)
    assert "00001" not in done.stdout
    assert "test@test.com" not in done.stdout
    assert deployed.counts() == (0, 0)


def test_a_run_of_its_own_leaves_a_customer_with_the_examples_account_alone(
    verify: Verify, deployed: Deployed
) -> None:
    customer = {"UserId": "00001", "email": "test@test.com", "offerName": "Mine"}
    deployed.client.put_profile_object(
        DomainName=deployed.name,
        ObjectTypeName="MarketingAssignedOffers",
        Object=json.dumps(customer),
    )
    before = deployed.profiles("00001")
    done = verify()
    assert done.returncode == 0, done.stderr
    assert deployed.profiles("00001") == before
    assert deployed.counts() == (1, 1)


def test_json_has_the_documented_shape_and_nothing_else_stands_on_stdout(
    verify: Verify, deployed: Deployed
) -> None:
    done = verify("--json", "--account", "00001")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer.keys() == {"ok", "profiles"}
    assert answer["ok"] is True
    profile = told(done)
    assert profile.pop("seconds") >= 0
    assert re.fullmatch("[0-9a-f]{32}", profile.pop("profile_id"))
    expected = [line.rsplit(" ", 1)[0] for line in TABLE.splitlines()]
    shown = [f"{row['attribute']} {row['expected']} {row['actual']}" for row in profile["rows"]]
    assert shown == expected
    assert all(row.keys() == {"attribute", "expected", "actual", "ok"} for row in profile["rows"])
    assert all(row["ok"] is True for row in profile.pop("rows"))
    assert profile == {
        "domain": deployed.name,
        "account": "00001",
        "profiles_found": 1,
        "removed": True,
        "ok": True,
    }


def test_progress_stands_on_stderr(verify: Verify) -> None:
    done = verify("--json")
    assert "put TrialSubscription (3 of 3)" in done.stderr
    assert "removing what was put" in done.stderr


def test_a_missing_attribute_is_a_mismatch(verify: Verify, deployed: Deployed) -> None:
    deployed.change("TrialSubscription", "trialdays", None)
    done = verify("--json", "--timeout", "0.3")
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["ok"] is False
    assert differing(done) == {"Attributes.TrialDays": ("90", None)}
    assert deployed.counts() == (0, 0)


def test_an_extra_attribute_is_a_mismatch(verify: Verify, deployed: Deployed) -> None:
    object_type = deployed.types["TrialSubscription"]
    extra = Field("id", "_source.id", "_profile.Attributes.TrialId")
    deployed.put_type(dataclasses.replace(object_type, fields=(*object_type.fields, extra)))
    done = verify("--json", "--timeout", "0.3")
    assert done.returncode == 1, done.stderr
    assert differing(done) == {"Attributes.TrialId": (None, "trial-id-1")}
    assert deployed.counts() == (0, 0)


def test_a_different_value_is_a_mismatch(verify: Verify, deployed: Deployed) -> None:
    wrong = Field("status", "_source.planType", "_profile.Attributes.TrialStatus")
    deployed.change("TrialSubscription", "status", wrong)
    done = verify("--json", "--timeout", "0.3")
    assert done.returncode == 1, done.stderr
    assert differing(done) == {"Attributes.TrialStatus": ("Expired", "Standard")}
    assert deployed.counts() == (0, 0)


def test_a_profile_that_never_comes_is_a_mismatch_of_every_attribute(
    verify: Verify, deployed: Deployed
) -> None:
    for each in deployed.types.values():
        deployed.put_type(dataclasses.replace(each, allow_profile_creation=False))
    done = verify("--json", "--timeout", "0.3")
    assert done.returncode == 1, done.stderr
    assert told(done)["profiles_found"] == 0
    assert told(done)["profile_id"] is None
    assert len(differing(done)) == 16


def test_the_table_marks_what_differs_and_only_that(verify: Verify, deployed: Deployed) -> None:
    deployed.change("TrialSubscription", "trialdays", None)
    done = verify("--account", "00001", "--timeout", "0.3")
    assert done.returncode == 1
    wanted = TABLE.replace("TrialDays 90 90 ok", "TrialDays 90 - DIFFERS")
    assert rows(done.stdout) == wanted
    assert "15 of 16 attributes agree" in done.stdout


@pytest.mark.parametrize("extra", [{}, {"NO_COLOR": "1", "TERM": "xterm-256color"}])
def test_a_table_that_no_terminal_shows_has_no_colours_and_whole_lines(
    verify: Verify, extra: dict[str, str]
) -> None:
    done = verify("--account", "00001", COLUMNS="30", **extra)
    assert "\x1b" not in done.stdout
    assert rows(done.stdout) == TABLE


def test_an_unknown_domain_could_not_run(verify: Verify) -> None:
    done = verify(domain="nowhere")
    assert (done.returncode, done.stdout) == (2, "")
    assert "SearchProfiles on nowhere: ResourceNotFoundException" in done.stderr


def test_a_missing_object_type_could_not_run_and_leaves_nothing(
    verify: Verify, deployed: Deployed
) -> None:
    deployed.client.delete_profile_object_type(
        DomainName=deployed.name, ObjectTypeName="TrialSubscription"
    )
    done = verify()
    assert (done.returncode, done.stdout) == (2, "")
    assert f"PutProfileObject on {deployed.name}: ResourceNotFoundException" in done.stderr
    assert deployed.counts() == (0, 0)


def test_a_profile_that_is_already_there_is_left_as_it_is(
    verify: Verify, deployed: Deployed
) -> None:
    deployed.client.put_profile_object(
        DomainName=deployed.name,
        ObjectTypeName="TrialSubscription",
        Object=json.dumps({"UserId": "00001", "status": "Mine"}),
    )
    before = deployed.profiles("00001")
    done = verify("--account", "00001")
    assert (done.returncode, done.stdout) == (2, "")
    assert "already has a profile under this account" in done.stderr
    assert deployed.profiles("00001") == before
    assert deployed.counts() == (1, 1)


def test_keep_leaves_the_profile_and_says_which(verify: Verify, deployed: Deployed) -> None:
    done = verify("--keep", "--account", "00001")
    assert done.returncode == 0, done.stderr
    (profile,) = deployed.profiles("00001")
    assert f"kept: profile {profile['ProfileId']}" in done.stdout
    assert deployed.counts() == (1, 3)


def test_a_dead_endpoint_could_not_run_and_says_so_soon(verify: Verify) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{closed.getsockname()[1]}"
        begun = time.monotonic()
        done = verify(endpoint=endpoint)
    assert time.monotonic() - begun < 20
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{endpoint}" in done.stderr
    assert "does not answer" in done.stderr
    assert "lifecycle emulator" in done.stderr


def until(command: "subprocess.Popen[str]", step: str) -> str:
    """What the command says on stderr up to this step."""
    assert command.stderr is not None
    said = ""
    for line in command.stderr:
        said += line
        if step in line:
            return said
    raise AssertionError(f"it ended before: {step}")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_removes_what_it_put_and_does_not_end_as_a_mismatch(
    emulator: Any, deployed: Deployed, environ: dict[str, str], number: signal.Signals
) -> None:
    deployed.change("TrialSubscription", "trialdays", None)
    place = ("--domain", deployed.name, "--region", REGION, "--endpoint", emulator.url)
    with subprocess.Popen(
        [str(LIFECYCLE), "verify", *place, "--account", "00001"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environ,
    ) as command:
        said = until(command, "waiting for the merged profile")
        assert deployed.counts()[0] == 1
        command.send_signal(number)
        said += until(command, "removing what was put")
        command.send_signal(number)
        stdout, rest = command.communicate(timeout=30)
    assert command.returncode == 128 + number
    assert deployed.counts() == (0, 0)
    assert stdout == ""
    assert "Traceback" not in rest
    assert not [text for text in CUSTOMER_DATA if text in said + rest]
