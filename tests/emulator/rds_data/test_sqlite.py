"""SQLite behind the Data API: clusters as files, and what only SQLite does."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

Param = Callable[..., dict[str, Any]]


@pytest.fixture
def start(
    start_emulator: Callable[..., Any], tmp_path: Path, open_cluster: Callable[..., Any]
) -> Iterator[Callable[..., Any]]:
    """`with start(*arguments) as open:` where `open(name)` is a cluster of the emulator."""

    @contextmanager
    def run(*arguments: str) -> Iterator[Any]:
        with start_emulator(tmp_path / "log", *arguments) as emulator:
            yield lambda name="crm": open_cluster(emulator, "crm", "sqlite", name)

    yield run
    assert "Traceback" not in (tmp_path / "log").read_text(encoding="utf-8")


def test_each_cluster_is_a_database_of_its_own(
    emulator: Any, open_cluster: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    one, other = (open_cluster(emulator, "crm", "sqlite", name) for name in ("crm", "shop"))
    one.execute("CREATE TABLE customers (id BIGINT)")
    assert refused(other.execute, "SELECT * FROM customers").message == ("no such table: customers")
    other.execute("CREATE TABLE customers (id BIGINT)")


def test_every_database_of_a_cluster_is_the_same_one(sqlite_cluster: Any) -> None:
    sqlite_cluster.execute("CREATE TABLE customers (id BIGINT)")
    for database in ("", "shop"):
        assert sqlite_cluster.rows("SELECT * FROM customers", database=database) == []


def test_data_beside_the_state_file_outlives_the_process(
    start: Callable[..., Any], tmp_path: Path
) -> None:
    state = tmp_path / "state"
    with start("--data", str(state)) as open_one:
        open_one().execute("CREATE TABLE customers (id BIGINT)")
        open_one().execute("INSERT INTO customers VALUES (1)")
        open_one("shop").execute("CREATE TABLE orders (id BIGINT)")
    with start("--data", str(state)) as open_one:
        assert open_one().rows("SELECT id FROM customers") == [[1]]
        assert open_one("shop").rows("SELECT id FROM orders") == []
    files = sorted((tmp_path / "state.rds").iterdir())
    assert [file.name.partition("-")[0] for file in files] == ["crm", "shop"]
    with sqlite3.connect(files[0]) as connection:
        assert connection.execute("SELECT id FROM customers").fetchall() == [(1,)]
    connection.close()


def test_a_transaction_that_was_open_at_the_end_is_undone(
    start: Callable[..., Any], tmp_path: Path
) -> None:
    state = str(tmp_path / "state")
    with start("--data", state) as open_one:
        cluster = open_one()
        cluster.execute("CREATE TABLE customers (id BIGINT)")
        transaction = cluster.begin()
        cluster.execute("INSERT INTO customers VALUES (1)", transactionId=transaction)
    with start("--data", state) as open_one:
        assert open_one().value("SELECT count(*) FROM customers") == 0


def test_without_a_state_file_nothing_is_left(
    start: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    with start() as open_one:
        open_one().execute("CREATE TABLE customers (id BIGINT)")
        assert len(list(temporary.glob("lifecycle-rds-*/*"))) > 0
    assert list(temporary.glob("lifecycle-rds-*")) == []


def test_a_key_that_the_table_numbers_is_a_generated_field(sqlite_cluster: Any) -> None:
    sqlite_cluster.execute("CREATE TABLE numbered (id INTEGER PRIMARY KEY, name TEXT)")
    insert = "INSERT INTO numbered (name) VALUES ('a')"
    assert sqlite_cluster.execute(insert)["generatedFields"] == [{"longValue": 1}]
    assert sqlite_cluster.batch(insert, [], []) == [
        {"generatedFields": [{"longValue": 2}]},
        {"generatedFields": [{"longValue": 3}]},
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO plain VALUES ('a')",
        "UPDATE numbered SET name = 'b'",
        "INSERT INTO numbered (id, name) VALUES (1, 'c') ON CONFLICT DO NOTHING",
        "CREATE TABLE more (id INTEGER PRIMARY KEY)",
    ],
)
def test_what_numbers_nothing_has_no_generated_fields(sqlite_cluster: Any, statement: str) -> None:
    sqlite_cluster.execute("CREATE TABLE numbered (id INTEGER PRIMARY KEY, name TEXT)")
    sqlite_cluster.execute("CREATE TABLE plain (name TEXT)")
    sqlite_cluster.execute("INSERT INTO numbered (name) VALUES ('a')")
    assert sqlite_cluster.execute(statement)["generatedFields"] == []


def test_a_count_is_that_of_the_statement_and_no_earlier_one(sqlite_cluster: Any) -> None:
    transaction = sqlite_cluster.begin()
    nothing = {"numberOfRecordsUpdated": 0, "generatedFields": []}
    for statement, answer in (
        ("CREATE TABLE numbered (id INTEGER PRIMARY KEY, name TEXT)", nothing),
        (
            "INSERT INTO numbered (name) VALUES ('a'), ('b')",
            {"numberOfRecordsUpdated": 2, "generatedFields": [{"longValue": 2}]},
        ),
        ("CREATE TABLE more (id INTEGER)", nothing),
        ("DELETE FROM numbered WHERE id > 5", nothing),
    ):
        assert sqlite_cluster.execute(statement, transactionId=transaction) == answer
    sqlite_cluster.rollback(transaction)


def test_declared_types_make_booleans_and_decimals(sqlite_cluster: Any) -> None:
    sqlite_cluster.execute(
        "CREATE TABLE typed (paid BOOLEAN, flag BOOL, price NUMERIC(10, 2), day DATE)"
    )
    sqlite_cluster.execute("INSERT INTO typed VALUES (1, 0, 9.5, '2024-02-29')")
    sqlite_cluster.execute("INSERT INTO typed VALUES ('maybe', 7, 'unknown', 5)")
    assert sqlite_cluster.execute("SELECT * FROM typed")["records"] == [
        [
            {"booleanValue": True},
            {"booleanValue": False},
            {"stringValue": "9.5"},
            {"stringValue": "2024-02-29"},
        ],
        [
            {"stringValue": "maybe"},
            {"stringValue": "7"},
            {"stringValue": "unknown"},
            {"stringValue": "5"},
        ],
    ]


@pytest.mark.parametrize(
    "statement",
    ["ATTACH DATABASE '{}' AS other", "VACUUM INTO '{}'", "SELECT load_extension('{}')"],
)
def test_files_of_the_user_stay_out_of_reach(
    sqlite_cluster: Any, refused: Callable[..., Any], tmp_path: Path, statement: str
) -> None:
    file = tmp_path / "file"
    error = refused(sqlite_cluster.execute, statement.format(file))
    assert (error.status, error.code) == (400, "DatabaseErrorException")
    assert "auth" in error.message
    assert not file.exists()


def test_a_reference_to_nothing_is_refused(
    sqlite_cluster: Any, refused: Callable[..., Any]
) -> None:
    sqlite_cluster.execute("CREATE TABLE plans (id INTEGER PRIMARY KEY)")
    sqlite_cluster.execute("CREATE TABLE subscriptions (plan INTEGER REFERENCES plans (id))")
    error = refused(sqlite_cluster.execute, "INSERT INTO subscriptions VALUES (1)")
    assert error.message == "FOREIGN KEY constraint failed"


def test_two_that_read_before_they_write_cannot_both_win(
    sqlite_cluster: Any, refused: Callable[..., Any]
) -> None:
    sqlite_cluster.execute("CREATE TABLE counters (n INTEGER)")
    sqlite_cluster.execute("INSERT INTO counters VALUES (0)")
    one, other = sqlite_cluster.begin(), sqlite_cluster.begin()
    update = "UPDATE counters SET n = n + 1"
    for transaction in (one, other):
        assert sqlite_cluster.value("SELECT n FROM counters", transactionId=transaction) == 0
    sqlite_cluster.execute(update, transactionId=one)
    sqlite_cluster.commit(one)
    error = refused(sqlite_cluster.execute, update, transactionId=other)
    assert (error.code, error.message) == ("DatabaseErrorException", "database is locked")
    sqlite_cluster.rollback(other)
    assert sqlite_cluster.value("SELECT n FROM counters") == 1


def test_text_that_is_none_is_said_to_be(sqlite_cluster: Any, refused: Callable[..., Any]) -> None:
    error = refused(sqlite_cluster.execute, "SELECT CAST(x'ff' AS TEXT)")
    assert error.code == "DatabaseErrorException"
    assert "UTF-8" in error.message


def test_a_file_that_is_no_database_is_left_alone(
    start: Callable[..., Any], refused: Callable[..., Any], tmp_path: Path
) -> None:
    with start("--data", str(tmp_path / "state")) as open_one:
        open_one().execute("CREATE TABLE customers (id BIGINT)")
    (file,) = (tmp_path / "state.rds").iterdir()
    file.write_text("not a database" * 100, encoding="utf-8")
    with start("--data", str(tmp_path / "state")) as open_one:
        error = refused(open_one().execute, "SELECT 1")
    assert (error.code, error.message) == ("DatabaseErrorException", "file is not a database")
    assert file.read_text(encoding="utf-8").startswith("not a database")
