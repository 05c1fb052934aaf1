"""`lifecycle emulator --data FILE`: what a restart finds, and files that cannot be used."""

import os
import resource
import secrets
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from emulator.customer_profiles.database import APPLICATION_ID, VERSION

LIFECYCLE = Path(sys.executable).with_name("lifecycle")
DOMAIN = "customers"

Restarted = Callable[[], Any]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Where the state is kept."""
    return tmp_path / "state.db"


@pytest.fixture
def run(
    start_emulator: Any, tmp_path: Path, data: Path, connect: Any, account: str
) -> Callable[[], Any]:
    """`with run() as (emulator, client)`: an emulator on the state file."""

    @contextmanager
    def start() -> Iterator[Any]:
        with start_emulator(tmp_path / "log", "--data", str(data)) as emulator:
            yield emulator, connect(account, on=emulator)
        assert "Traceback" not in (tmp_path / "log").read_text(encoding="utf-8")

    return start


def declare(client: Any, name: str = "Person", **more: Any) -> None:
    client.put_profile_object_type(
        DomainName=DOMAIN,
        ObjectTypeName=name,
        Description="A person",
        AllowProfileCreation=True,
        Fields={
            "id": {"Source": "_source.id"},
            "first": {"Source": "_source.first", "Target": "_profile.FirstName"},
            "tier": {"Source": "_source.tier", "Target": "_profile.Attributes.Tier"},
        },
        Keys={
            "personId": [{"FieldNames": ["id"], "StandardIdentifiers": ["PROFILE", "UNIQUE"]}],
            "tier": [{"FieldNames": ["tier"]}],
        },
        **more,
    )


def put(client: Any, text: str) -> str:
    answer = client.put_profile_object(DomainName=DOMAIN, ObjectTypeName="Person", Object=text)
    return str(answer["ProfileObjectUniqueKey"])


def find(client: Any, key: str, value: str) -> list[dict[str, Any]]:
    answer = client.search_profiles(DomainName=DOMAIN, KeyName=key, Values=[value])
    return list(answer["Items"])


def everything(client: Any) -> list[Any]:
    """All that the API tells about the account."""
    tiers = find(client, "tier", "gold")
    reads = [client.list_domains(), client.get_domain(DomainName=DOMAIN)]
    reads += [client.list_profile_object_types(DomainName=DOMAIN)]
    reads += [client.get_profile_object_type(DomainName=DOMAIN, ObjectTypeName="Person")]
    reads += [
        client.list_profile_objects(
            DomainName=DOMAIN, ProfileId=profile["ProfileId"], ObjectTypeName="Person"
        )
        for profile in tiers
    ]
    return [tiers, *({n: v for n, v in r.items() if n != "ResponseMetadata"} for r in reads)]


def test_everything_is_there_after_a_restart(run: Restarted) -> None:
    with run() as (_, client):
        client.create_domain(DomainName=DOMAIN, DefaultExpirationDays=30, Tags={"team": "care"})
        client.create_domain(DomainName="other", DefaultExpirationDays=60)
        declare(client, Tags={"stage": "dev"}, SourcePriority=3)
        for number in range(5):
            put(client, f'{{"id": "{number}",\n "tier": "gold", "first": "Åse {number}"}}')
        created = client.create_profile(DomainName=DOMAIN, FirstName="Grace")["ProfileId"]
        key = {"ProfileId": created, "KeyName": "tier", "Values": ["gold"]}
        client.add_profile_key(DomainName=DOMAIN, **key)
        before = everything(client)
        assert len(before[0]) == 6
    with run() as (_, client):
        assert everything(client) == before


def test_after_a_restart_objects_match_and_merge_as_before(run: Restarted) -> None:
    with run() as (_, client):
        client.create_domain(DomainName=DOMAIN, DefaultExpirationDays=30)
        declare(client)
        key = put(client, '{"id": "1", "first": "Ada", "tier": "gold"}')
        (profile,) = find(client, "personId", "1")
        client.update_profile(
            DomainName=DOMAIN, ProfileId=profile["ProfileId"], FirstName="Augusta"
        )
    with run() as (_, client):
        assert put(client, '{"id": "1", "first": "Eve", "tier": "silver"}') == key
        assert put(client, '{"id": "2", "tier": "silver"}') != key
        # What people wrote is still theirs, and what comes later still stands later.
        first, second = find(client, "tier", "silver")
        assert first["ProfileId"] == profile["ProfileId"]
        assert (first["FirstName"], first["Attributes"]) == ("Augusta", {"Tier": "silver"})
        assert second["Attributes"] == {"Tier": "silver"}
        client.merge_profiles(
            DomainName=DOMAIN,
            MainProfileId=first["ProfileId"],
            ProfileIdsToBeMerged=[second["ProfileId"]],
        )
    with run() as (_, client):
        assert find(client, "personId", "2") == find(client, "personId", "1") != []


def test_what_was_deleted_stays_deleted(run: Restarted) -> None:
    with run() as (_, client):
        for name in (DOMAIN, "other"):
            client.create_domain(DomainName=name, DefaultExpirationDays=30)
        declare(client)
        declare(client, "Visitor")
        put(client, '{"id": "1", "tier": "gold"}')
        client.delete_domain(DomainName="other")
        client.delete_profile_object_type(DomainName=DOMAIN, ObjectTypeName="Person")
    with run() as (_, client):
        assert [each["DomainName"] for each in client.list_domains()["Items"]] == [DOMAIN]
        types = client.list_profile_object_types(DomainName=DOMAIN)["Items"]
        assert [each["ObjectTypeName"] for each in types] == ["Visitor"]
        assert find(client, "tier", "gold") == []
        assert client.get_domain(DomainName=DOMAIN)["Stats"]["ProfileCount"] == 1


def test_what_was_answered_outlives_a_killed_process(run: Restarted) -> None:
    with run() as (emulator, client):
        client.create_domain(DomainName=DOMAIN, DefaultExpirationDays=30)
        declare(client)
        for number in range(20):
            put(client, f'{{"id": "{number}", "tier": "gold"}}')
        emulator.process.send_signal(signal.SIGKILL)
        emulator.process.wait()
    with run() as (_, client):
        assert client.get_domain(DomainName=DOMAIN)["Stats"]["ObjectCount"] == 20
        assert len(find(client, "tier", "gold")) == 20


def test_a_token_of_before_is_refused(run: Restarted, refused: Any) -> None:
    with run() as (_, client):
        for name in (DOMAIN, "other"):
            client.create_domain(DomainName=name, DefaultExpirationDays=30)
        token = client.list_domains(MaxResults=1)["NextToken"]
    with run() as (_, client):
        assert refused(client.list_domains, NextToken=token).status == 400


# Files that cannot keep the state


def says(data: Path, *, bound: bool = False) -> str:
    """Run an emulator that must refuse to start; the one line that it says.

    bound: let the permissions of files bind root too, as they bind anyone else.
    """
    prefix = ["setpriv", "--bounding-set=-dac_override"] if bound and os.geteuid() == 0 else []
    done = subprocess.run(
        [*prefix, str(LIFECYCLE), "emulator", "--port", "0", "--data", str(data)],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert str(data) in done.stderr
    return done.stderr


@contextmanager
def database(data: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(data)
    try:
        with connection:
            yield connection
    finally:
        connection.close()


@pytest.mark.parametrize("mark", [0, 1])
def test_a_database_of_another_program_is_refused_and_left_as_it_is(data: Path, mark: int) -> None:
    with database(data) as connection:
        connection.execute("CREATE TABLE letters (text TEXT)")
        connection.execute(f"PRAGMA application_id={mark}")
    before = data.read_bytes()
    assert "another program" in says(data)
    assert data.read_bytes() == before


def test_a_file_of_a_newer_format_is_refused_and_left_as_it_is(run: Restarted, data: Path) -> None:
    with run() as (_, client):
        client.create_domain(DomainName=DOMAIN, DefaultExpirationDays=30)
    with database(data) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        connection.execute(f"PRAGMA user_version={VERSION + 1}")
    before = data.read_bytes()
    said = says(data)
    assert f"format {VERSION + 1}" in said
    assert f"up to {VERSION}" in said
    assert data.read_bytes() == before


def test_a_file_that_another_emulator_uses_is_refused(run: Restarted, data: Path) -> None:
    with run() as (_, client):
        client.create_domain(DomainName=DOMAIN, DefaultExpirationDays=30)
        assert "another process uses it" in says(data)
        client.create_domain(DomainName="other", DefaultExpirationDays=30)
        assert len(client.list_domains()["Items"]) == 2


@pytest.mark.parametrize("what", ["file", "folder", "file that is to be made"])
def test_what_may_only_be_read_is_refused(run: Restarted, data: Path, what: str) -> None:
    if what != "file that is to be made":
        with run() as (_, client):
            client.create_domain(DomainName=DOMAIN, DefaultExpirationDays=30)
    place = data if what == "file" else data.parent
    mode = place.stat().st_mode
    place.chmod(mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    try:
        assert "cannot be used as state file" in says(data, bound=True)
    finally:
        place.chmod(mode)
    if what != "file that is to be made":
        with run() as (_, client):
            assert len(client.list_domains()["Items"]) == 1


def test_a_file_cut_short_is_refused(run: Restarted, data: Path) -> None:
    with run() as (_, client):
        client.create_domain(DomainName=DOMAIN, DefaultExpirationDays=30)
    data.write_bytes(data.read_bytes()[:100] + secrets.token_bytes(3_000))
    assert "cannot be used as state file" in says(data)


def test_an_empty_file_is_taken(run: Restarted, data: Path) -> None:
    data.touch()
    with run() as (_, client):
        client.create_domain(DomainName=DOMAIN, DefaultExpirationDays=30)
    with run() as (_, client):
        assert len(client.list_domains()["Items"]) == 1


# A disk without room


def failed_creation(control: Any) -> str:
    """The error code of a domain that Cloud Control fails to create."""
    state = '{"DomainName": "other", "DefaultExpirationDays": 9}'
    answer = control.create_resource(TypeName="AWS::CustomerProfiles::Domain", DesiredState=state)
    event = answer["ProgressEvent"]
    while event["OperationStatus"] == "IN_PROGRESS":
        token = event["RequestToken"]
        event = control.get_resource_request_status(RequestToken=token)["ProgressEvent"]
    return str(event["ErrorCode"])


def test_a_file_that_cannot_grow_refuses_writes_and_goes_on_reading(
    run: Restarted, refused: Any, account: str, tmp_path: Path
) -> None:
    with run() as (emulator, client):
        client.create_domain(DomainName=DOMAIN, DefaultExpirationDays=30)
        declare(client)
        put(client, '{"id": "1", "tier": "gold"}')
        _, most = resource.prlimit(emulator.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(emulator.process.pid, resource.RLIMIT_FSIZE, (4_096, most))
        refusal = refused(put, client, '{"id": "2", "tier": "gold"}')
        assert (refusal.status, refusal.code) == (500, "InternalServerException")
        assert "cannot be written" in refusal.message
        assert failed_creation(emulator.client("cloudcontrol", account)) == (
            "GeneralServiceException"
        )
        assert len(find(client, "tier", "gold")) == 1
        assert client.get_domain(DomainName=DOMAIN)["Stats"]["ObjectCount"] == 1
        resource.prlimit(emulator.process.pid, resource.RLIMIT_FSIZE, (most, most))
        put(client, '{"id": "2", "tier": "gold"}')
    assert (tmp_path / "log").read_text(encoding="utf-8").count("cannot be written") == 1
    with run() as (_, client):
        assert len(find(client, "tier", "gold")) == 2
