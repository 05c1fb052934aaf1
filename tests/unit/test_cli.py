"""The command line before it reaches a domain: help, refusals and what they cost."""

import socket
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NoReturn

import pytest
from click.testing import CliRunner, Result

import mappings
from lifecycle.cli import main
from lifecycle.errors import CouldNotRunError
from lifecycle.stack_outputs import Deployed

COMMANDS = (
    "catalogue",
    "demo",
    "doctor",
    "emulator",
    "import",
    "load",
    "profile",
    "rejects",
    "review",
    "schemas",
    "send",
    "verify",
)
SLOW = ("boto3", "botocore", "pulumi", "uvicorn", "ministack", "rich", "emulator.server")

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line in this process, without an AWS configuration from outside."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    return lambda *arguments: CliRunner().invoke(main, arguments)


def test_help_lists_every_command_with_what_it_does(run: Run) -> None:
    result = run("--help")
    assert result.exit_code == 0
    listed = result.stdout.partition("Commands:\n")[2].splitlines()
    assert tuple(line.split()[0] for line in listed) == COMMANDS
    assert all(len(line.split()) > 3 for line in listed)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_every_command_explains_itself(run: Run, command: str, option: str) -> None:
    result = run(command, option)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: main {command} [OPTIONS]")


def test_help_imports_nothing_that_is_slow() -> None:
    code = (
        "import sys\n"
        "from lifecycle.cli import main\n"
        "main(['--help'], standalone_mode=False)\n"
        f"print([name for name in {SLOW} if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"


def test_the_version_is_the_packages(run: Run) -> None:
    result = run("--version")
    assert result.exit_code == 0
    assert "0.1.0" in result.stdout


def test_an_unknown_command_is_a_usage_error(run: Run) -> None:
    result = run("destroy")
    assert result.exit_code == 2
    assert "No such command 'destroy'" in result.stderr


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_is_none_is_a_usage_error(run: Run, port: str) -> None:
    result = run("emulator", "--port", port)
    assert result.exit_code == 2
    assert "--port" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "say where"),
        (("--stack", "dev", "--domain", "customers"), "say where"),
        (("--domain", "customers"), "--domain needs --region"),
        (("--domain", "customers", "--region", "us-east-1", "--account", ""), "--account is empty"),
        (("--domain", "customers", "--region", "nowhere!"), "cannot be set up"),
        (("--domain", "c", "--region", "us-east-1", "--endpoint", "nonsense"), "cannot be set up"),
        (("--domain", "c", "--region", "us-east-1", "--timeout", "-1"), "--timeout"),
    ],
)
def test_verify_that_cannot_know_where_could_not_run(
    run: Run, arguments: tuple[str, ...], said: str
) -> None:
    result = run("verify", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_verify_takes_the_region_from_the_environment_too(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "nowhere!")
    assert "nowhere!" in run("verify", "--domain", "customers").stderr


def test_verify_takes_the_place_from_the_stack(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    where = {"dev": Deployed("customers", "us-east-1", "nonsense")}
    monkeypatch.setattr("lifecycle.where.read_outputs", lambda stack, **_: where[stack])
    assert "nonsense" in run("verify", "-s", "dev").stderr


def test_verify_of_a_stack_that_cannot_be_read_says_why(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(stack: str, **_: object) -> NoReturn:
        raise CouldNotRunError(f"no stack named {stack}")

    monkeypatch.setattr("lifecycle.where.read_outputs", unreadable)
    result = run("verify", "-s", "dev")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "could not run: no stack named dev\n"


def test_verify_with_wrong_mappings_lists_their_findings(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("orders", "refunds"):
        (tmp_path / f"{name}.py").write_text("OBJECT_TYPE = None\n", encoding="utf-8")
    load = partial(mappings.load, tmp_path)
    monkeypatch.setattr(mappings, "load", load)
    result = run("verify", "--domain", "customers", "--region", "us-east-1")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "orders.py" in result.stderr
    assert "refunds.py" in result.stderr


def test_verify_without_credentials_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    result = run("verify", "--domain", "customers", "--region", "us-east-1")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "there are no AWS credentials" in result.stderr


def test_verify_with_an_unknown_aws_profile_could_not_run(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    result = run("verify", "--domain", "customers", "--region", "us-east-1")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no-such-profile" in result.stderr


def test_verify_of_an_endpoint_that_accepts_and_stays_silent_could_not_run(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lifecycle.clients.READ_SECONDS", 0.1)
    monkeypatch.setattr("lifecycle.clients.ATTEMPTS", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        result = run("verify", "--domain", "c", "--region", "us-east-1", "--endpoint", endpoint)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{endpoint}" in result.stderr
    assert "does not answer" in result.stderr
