"""State files of older formats, and a disk that is full, without a process around them."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import orjson
import pytest

from emulator.customer_profiles.database import VERSION, Database
from emulator.customer_profiles.migrations import STEPS, Steps
from emulator.customer_profiles.service import CustomerProfiles
from emulator.customer_profiles.sqlite_store import SqliteStore
from emulator.errors import StateError
from emulator.http import Caller, ServiceError

FORMER: Steps = ()
WITH_NOTES: Steps = (
    (
        "ALTER TABLE domains ADD COLUMN note TEXT NOT NULL DEFAULT 'none'",
        "CREATE INDEX domains_by_note ON domains (note)",
    ),
)
BROKEN: Steps = (("CREATE TABLE notes (text TEXT)", "INSERT INTO nowhere VALUES (1)"),)
CALLER = Caller("111122223333", "us-east-1")


class NoQueues:
    """Nothing is rejected here."""

    async def keep(self) -> None:
        raise AssertionError

    async def call(
        self, service: str, operation: str, parameters: object, caller: Caller
    ) -> dict[str, object]:
        raise AssertionError((service, operation, parameters, caller))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of format 1 with one domain."""
    file = tmp_path / "state.db"
    with closing(Database(file, FORMER)) as database:
        database.execute(
            "INSERT INTO domains (account, region, name, body, tags, created, updated)"
            " VALUES ('1', 'r', 'customers', '{}', '{}', 1, 1)"
        )
    return file


def columns(database: Database | sqlite3.Connection) -> list[str]:
    return [row[1] for row in database.execute("PRAGMA table_info(domains)")]


def version(database: Database | sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def test_an_older_file_is_brought_to_the_new_format_with_all_it_holds(file: Path) -> None:
    with closing(Database(file, WITH_NOTES)) as database:
        assert version(database) == 2
        assert database.execute("SELECT name, note FROM domains").fetchall() == [
            ("customers", "none")
        ]


def test_a_copy_of_the_older_file_is_kept_beside_it(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        Database(file, WITH_NOTES).close()
    copy = file.with_name("state.db.format-1")
    assert str(copy) in caplog.text
    with closing(Database(copy, FORMER)) as database:
        assert version(database) == 1
        assert "note" not in columns(database)
        assert database.execute("SELECT name FROM domains").fetchall() == [("customers",)]


def test_a_migration_that_fails_leaves_the_file_as_it_was(file: Path) -> None:
    with pytest.raises(StateError, match="cannot be used as state file"):
        Database(file, BROKEN)
    with closing(sqlite3.connect(file)) as connection:
        assert version(connection) == 1
        tables = connection.execute("SELECT name FROM sqlite_master WHERE name='notes'").fetchall()
        assert tables == []
    with closing(Database(file, WITH_NOTES)) as database:
        assert version(database) == 2


def test_every_step_after_the_format_of_the_file_is_taken_and_no_other(file: Path) -> None:
    Database(file, WITH_NOTES).close()
    further: Steps = (*WITH_NOTES, ("UPDATE domains SET note='third'",))
    with closing(Database(file, further)) as database:
        assert version(database) == 3
        assert database.execute("SELECT note FROM domains").fetchall() == [("third",)]
    assert file.with_name("state.db.format-2").exists()


def test_a_new_file_has_the_tables_of_a_migrated_one(file: Path, tmp_path: Path) -> None:
    with (
        closing(Database(file, WITH_NOTES)) as migrated,
        closing(Database(tmp_path / "new.db", WITH_NOTES)) as new,
    ):
        assert columns(migrated) == columns(new)
        assert version(migrated) == version(new)
    assert not (tmp_path / "new.db.format-1").exists()


def test_a_file_of_the_present_format_is_not_copied(file: Path) -> None:
    Database(file, FORMER).close()
    assert {each.name for each in file.parent.iterdir()} == {"state.db"}


def test_a_file_of_the_first_release_is_brought_to_the_present_format(file: Path) -> None:
    with closing(Database(file)) as database:
        assert version(database) == VERSION
        assert database.execute("SELECT name FROM domains").fetchall() == [("customers",)]
        assert database.execute("SELECT count(*) FROM letters").fetchone() == (0,)


def test_a_profile_of_format_2_still_tells_who_wrote_each_value(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    trial, people = ["Trial", "k1", 1, 7], ["", "", 9, 8]
    values = {"AccountNumber": "1", "LastName": "A", "Attributes.Status": "On"}
    writers = {"AccountNumber": trial, "LastName": people, "Attributes.Status": trial}
    with closing(Database(file, STEPS[:1])) as database:
        body = orjson.dumps((values, writers, 1, ["LastName"]))
        database.execute("INSERT INTO profiles VALUES (1, 'p', 5, ?)", (body,))
    with closing(Database(file)) as database:
        profile = SqliteStore(database, 1, iter(())).profile("p")
        assert profile is not None
        assert profile.values == values
        assert profile.writers == {path: tuple(writer) for path, writer in writers.items()}
        assert (profile.sequence, profile.strongest, profile.inferred) == (5, 1, {"LastName"})


@pytest.mark.parametrize("place", ["memory", "file"])
def test_what_fails_half_way_leaves_nothing_behind(tmp_path: Path, place: str) -> None:
    with closing(Database(tmp_path / "state.db" if place == "file" else None)) as database:
        database.execute("INSERT INTO types VALUES (1, 'before', '', '', 1, 1)")

        def fail_half_way() -> None:
            with database.transaction():
                database.execute("INSERT INTO types VALUES (1, 'half', '', '', 1, 1)")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail_half_way()
        with database.transaction():
            database.execute("INSERT INTO types VALUES (1, 'after', '', '', 1, 1)")
        names = database.execute("SELECT name FROM types").fetchall()
        assert sorted(names) == [("after",), ("before",)]


# A full disk


@pytest.fixture
def full(tmp_path: Path) -> Iterator[CustomerProfiles]:
    """A service with one domain whose file cannot grow any more."""
    service = CustomerProfiles(tmp_path / "state.db", NoQueues())
    create(service, "customers")
    database = service.world.database
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    database.execute(f"PRAGMA max_page_count={pages}")
    yield service
    database.close()


def create(service: CustomerProfiles, name: str, description: str = "d") -> None:
    service.call(
        "CreateDomain",
        {"DomainName": name, "DefaultExpirationDays": 30, "Tags": {"about": description}},
        CALLER,
    )


def fill(service: CustomerProfiles) -> ServiceError:
    """Create domains until one is refused; the refusal."""
    with pytest.raises(ServiceError) as refused:
        create_many(service)
    return refused.value


def create_many(service: CustomerProfiles) -> None:
    for number in range(99):
        create(service, f"{number}", "d" * 250)


def test_a_write_on_a_full_disk_is_refused_as_one_that_may_be_repeated(
    full: CustomerProfiles, caplog: pytest.LogCaptureFixture
) -> None:
    refusal = fill(full)
    assert (refusal.code, refusal.status) == ("InternalServerException", 500)
    assert "full" in refusal.message
    fill(full)
    assert [each.levelname for each in caplog.records] == ["ERROR"]
    assert "state.db cannot be written" in caplog.text


def test_reads_go_on_while_the_disk_is_full(full: CustomerProfiles) -> None:
    fill(full)
    told = full.call("GetDomain", {"DomainName": "customers"}, CALLER)
    assert told["Stats"]["ProfileCount"] == 0
    assert full.call("ListDomains", {}, CALLER)["Items"]


def test_what_was_refused_is_not_half_there(full: CustomerProfiles) -> None:
    fill(full)
    listed = full.call("ListDomains", {"MaxResults": 100}, CALLER)["Items"]
    refused = f"{len(listed) - 1}"
    with pytest.raises(ServiceError, match="is not found"):
        full.call("GetDomain", {"DomainName": refused}, CALLER)


def test_writes_are_taken_again_once_there_is_room(full: CustomerProfiles) -> None:
    fill(full)
    full.world.database.execute("PRAGMA max_page_count=100000")
    create(full, "later")
    assert full.call("GetDomain", {"DomainName": "later"}, CALLER)["DomainName"] == "later"
