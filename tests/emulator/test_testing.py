"""What other projects' tests get: a local AWS for a block, and fixtures of it."""

import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from emulator.testing import LocalAws, StartError, local_aws
from tests.emulator.guide import example, run_pytest

EXAMPLE_LINES = 10
END_SECONDS = 20
"""How long a test waits for an end before it fails; nothing is measured."""

TWO_TESTS = """
import pytest

SEEN = []

@pytest.mark.parametrize("time", [1, 2])
def test_one(customer_profiles_aws, customer_profiles_domain, time):
    domain = customer_profiles_domain
    names = [each["DomainName"] for each in domain.client.list_domains()["Items"]]
    assert names == [domain.name]
    SEEN.append((customer_profiles_aws.url, domain.account, domain.name))

def test_after_them():
    urls, accounts, names = map(set, zip(*SEEN))
    assert (len(urls), len(accounts), len(names)) == (1, 2, 2)
"""

WAITS_FOR_EVER = """
import sys
from emulator.testing import local_aws
with local_aws() as aws:
    print(aws.url, flush=True)
    sys.stdin.read()
"""

CREATES_A_DOMAIN = """
import boto3
client = boto3.client("customer-profiles")
client.create_domain(DomainName="from-outside", DefaultExpirationDays=366)
"""


def domains(aws: LocalAws, account: str = "000000000000") -> list[str]:
    items = aws.client("customer-profiles", account).list_domains()["Items"]
    return [each["DomainName"] for each in items]


def queues(aws: LocalAws) -> list[str]:
    return list(aws.client("sqs").list_queues().get("QueueUrls", []))


def create(aws: LocalAws, name: str, account: str = "000000000000") -> None:
    client = aws.client("customer-profiles", account)
    client.create_domain(DomainName=name, DefaultExpirationDays=366)


def connection(url: str) -> socket.socket:
    address = urlsplit(url)
    return socket.create_connection((address.hostname, address.port), END_SECONDS)


# The fixtures


def test_the_example_of_the_guide_is_a_test_file_of_ten_lines_that_passes(tmp_path: Path) -> None:
    tests = example(0)
    assert len([line for line in tests.splitlines() if line]) <= EXAMPLE_LINES
    assert "2 passed" in run_pytest(tmp_path, tests, sys.executable)


def test_tests_share_one_local_aws_and_each_has_a_domain_in_its_own_account(tmp_path: Path) -> None:
    assert "3 passed" in run_pytest(tmp_path, TWO_TESTS, sys.executable)


# The block


def test_the_other_example_of_the_guide_runs(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", example(1)], cwd=tmp_path, check=True)


def test_a_reset_leaves_no_domain_and_no_queue_in_any_account() -> None:
    with local_aws() as aws:
        create(aws, "one")
        create(aws, "two", "111122223333")
        aws.client("sqs").create_queue(QueueName="rejects")
        aws.reset()
        assert (domains(aws), domains(aws, "111122223333")) == ([], [])
        assert queues(aws) == []


def test_a_file_keeps_the_domains_between_two_blocks(tmp_path: Path) -> None:
    with local_aws(tmp_path / "state.sqlite3") as aws:
        create(aws, "kept")
    with local_aws(tmp_path / "state.sqlite3") as aws:
        assert domains(aws) == ["kept"]


def test_an_unknown_access_key_is_refused_only_where_policies_are_enforced() -> None:
    with local_aws() as aws:
        assert domains(aws, "AKIAUNKNOWNTOEVERYONE") == []  # pragma: allowlist secret
    with (
        local_aws(iam=True) as aws,
        pytest.raises(ClientError, match="UnrecognizedClientException"),
    ):
        domains(aws, "AKIAUNKNOWNTOEVERYONE")  # pragma: allowlist secret


def test_a_subprocess_meets_the_local_aws_whatever_aws_its_caller_uses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "production")
    monkeypatch.setenv("AWS_ENDPOINT_URL_CUSTOMER_PROFILES", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with local_aws() as aws:
        environment = aws.environment("111122223333", "eu-central-1")
        subprocess.run([sys.executable, "-c", CREATES_A_DOMAIN], env=environment, check=True)
        monkeypatch.delenv("AWS_PROFILE")
        client = aws.client("customer-profiles", "111122223333", "eu-central-1")
        assert [each["DomainName"] for each in client.list_domains()["Items"]] == ["from-outside"]
    assert not any("production" in value for value in environment.values())


def test_neither_pulumi_nor_modules_of_the_tests_folder_are_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shadows, tests = tmp_path / "shadows", tmp_path / "tests"
    for folder, names in (
        (shadows, ("pulumi", "pulumi_aws", "pulumi_aws_native")),
        (tests, ("uvicorn", "emulator")),
    ):
        folder.mkdir()
        for name in names:
            (folder / f"{name}.py").write_text(f"raise ImportError({name!r})\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(shadows))
    monkeypatch.chdir(tests)
    with local_aws() as aws:
        create(aws, "customers")
        assert queues(aws) == []


# Its end


def test_it_ends_with_a_block_that_fails() -> None:
    with pytest.raises(ZeroDivisionError), local_aws() as aws:
        _ = 1 / 0
    with pytest.raises(ConnectionRefusedError):
        connection(aws.url)


def test_it_ends_when_the_test_process_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WAITS_FOR_EVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as tests:
        assert tests.stdout is not None
        url = tests.stdout.readline().strip()
        with connection(url) as open_connection:
            tests.kill()
            # A connection that was not accepted yet is reset.
            with suppress(ConnectionResetError):
                assert open_connection.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        connection(url)


# What keeps it from starting


def test_a_start_that_fails_tells_what_the_local_aws_said(tmp_path: Path) -> None:
    file = tmp_path / "state.sqlite3"
    file.write_text("not a state file, but long enough to be looked at" * 100, encoding="utf-8")
    said = r"did not start; it said:\n.*state\.sqlite3"
    with pytest.raises(StartError, match=said), local_aws(file):
        pass


def test_a_start_that_takes_too_long_is_given_up() -> None:
    said = r"was not ready within 0 s; it said:\n\(nothing\)"
    with pytest.raises(StartError, match=said), local_aws(start_seconds=0):
        pass
