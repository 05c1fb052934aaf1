"""`lifecycle profile` against the local AWS."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from lifecycle import profile_command
from lifecycle.cli import main
from lifecycle.stack_outputs import Deployed


@pytest.fixture
def run(emulator: Any, people: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`run(*arguments)`: the command against the domain `people`, whatever the stack."""
    deployed = Deployed(people.name, "us-east-1", emulator.url)
    monkeypatch.setattr(profile_command, "read_outputs", lambda _, **__: deployed)
    client = people.client
    monkeypatch.setattr(profile_command, "client", lambda *_: client)
    return lambda *arguments: CliRunner().invoke(main, ["profile", *arguments])


def test_a_profile_is_shown_attribute_by_attribute(run: Any, people: Any) -> None:
    people.put("Person", id="1", first="Ann", tier="gold")
    done = run("--key", "personId", "1")
    assert done.exit_code == 0
    for text in ("FirstName", "Ann", "Attributes.Tier", "gold", "profiles found: 1"):
        assert text in done.stdout


def test_every_profile_that_holds_the_value_is_shown(run: Any, people: Any) -> None:
    for number in range(25):
        people.put("Person", id=str(number), email="shared@example.com")
    done = run("--key", "_email", "shared@example.com", "--json")
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert len({each["ProfileId"] for each in found}) == 25
    assert {each["EmailAddress"] for each in found} == {"shared@example.com"}


def test_a_value_that_nobody_has_exits_with_1(run: Any) -> None:
    done = run("--key", "personId", "nobody")
    assert (done.exit_code, done.stdout.strip()) == (1, "profiles found: 0")


def test_an_unknown_key_could_not_run_and_says_what_the_service_said(run: Any) -> None:
    done = run("--key", "shoeSize", "44")
    assert done.exit_code == 2
    assert "ResourceNotFoundException" in done.stderr
