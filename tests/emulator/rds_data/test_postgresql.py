"""PostgreSQL behind the Data API: which server, which database, and what only PostgreSQL does."""

import secrets
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

LIFECYCLE = Path(sys.executable).with_name("lifecycle")

Param = Callable[..., dict[str, Any]]


def test_every_cluster_reaches_the_one_server(
    postgresql_cluster: Any, open_cluster: Callable[..., Any], postgresql_emulator: Any
) -> None:
    postgresql_cluster.execute("CREATE TABLE customers (id BIGINT)")
    database = postgresql_cluster.database
    other = open_cluster(postgresql_emulator, database, "postgresql", "shop")
    assert other.rows("SELECT * FROM customers") == []


def test_a_request_can_name_another_database(
    postgresql_cluster: Any, refused: Callable[..., Any]
) -> None:
    name = f"other_{secrets.token_hex(4)}"
    postgresql_cluster.execute(f"CREATE DATABASE {name}")
    select = "SELECT current_database()"
    assert postgresql_cluster.value(select, database=name) == name
    assert postgresql_cluster.value(select, database="") == "postgres"
    postgresql_cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")
    error = refused(postgresql_cluster.execute, select, database=name)
    assert (error.status, error.code) == (400, "DatabaseErrorException")
    assert error.message == f'FATAL: database "{name}" does not exist'


@pytest.mark.parametrize(
    "name", ["host=10.255.255.1", "postgresql://10.255.255.1/crm", "a' host='10.255.255.1", "\\"]
)
def test_the_name_of_a_database_leads_nowhere_else(
    postgresql_cluster: Any, refused: Callable[..., Any], name: str
) -> None:
    error = refused(postgresql_cluster.execute, "SELECT 1", database=name)
    assert error.message == f'FATAL: database "{name}" does not exist'


def test_nothing_of_a_session_is_left_for_the_next_call(
    postgresql_cluster: Any, refused: Callable[..., Any]
) -> None:
    postgresql_cluster.execute("SET TIME ZONE 'Asia/Tokyo'")
    assert postgresql_cluster.value("SHOW TIME ZONE") == "UTC"
    postgresql_cluster.execute("CREATE TEMPORARY TABLE gone (id BIGINT)")
    refused(postgresql_cluster.execute, "SELECT * FROM gone")
    postgresql_cluster.execute("BEGIN")
    refused(postgresql_cluster.execute, "SAVEPOINT here")


def test_a_transaction_is_a_session(postgresql_cluster: Any) -> None:
    transaction = postgresql_cluster.begin()
    within = {"transactionId": transaction}
    postgresql_cluster.execute("SET LOCAL TIME ZONE 'Asia/Tokyo'", **within)
    select = "SELECT '2024-01-01 00:00:00+00'::timestamptz"
    assert postgresql_cluster.value(select, **within) == "2024-01-01 00:00:00"
    assert postgresql_cluster.value("SHOW TIME ZONE", **within) == "Asia/Tokyo"
    postgresql_cluster.rollback(transaction)


def test_a_form_that_a_transaction_chose_for_itself_is_no_error_of_the_service(
    postgresql_cluster: Any, refused: Callable[..., Any]
) -> None:
    transaction = postgresql_cluster.begin()
    within = {"transactionId": transaction}
    postgresql_cluster.execute("SET LOCAL bytea_output = 'escape'", **within)
    error = refused(postgresql_cluster.execute, "SELECT 'xyz'::bytea", **within)
    assert error.code == "DatabaseErrorException"
    postgresql_cluster.rollback(transaction)


def test_statements_that_need_no_transaction_run_in_none(postgresql_cluster: Any) -> None:
    postgresql_cluster.execute("VACUUM")


def test_a_name_that_stands_twice_is_bound_twice(
    postgresql_cluster: Any, param: Param, refused: Callable[..., Any]
) -> None:
    """As in the service: PostgreSQL cannot know that both are the same value."""
    statement = (
        "SELECT substr(name, :n), count(*) FROM (VALUES ('ab')) AS v(name)"
        " GROUP BY substr(name, :n)"
    )
    number = param("n", longValue=1)
    error = refused(postgresql_cluster.execute, statement.replace(":n", ":n::int"), number)
    assert error.message.endswith("; SQLState: 42803")


def test_dollar_quotes_escapes_and_nested_comments_hide_names(
    postgresql_cluster: Any, param: Param
) -> None:
    statement = (
        r"SELECT $$ :no ' $$, $tag$ $$ :no $tag$, E'it\'s :no', 'a\', /* /* ' */ :no */ :yes"
    )
    assert postgresql_cluster.rows(statement, param("yes", longValue=1)) == [
        [" :no ' ", " $$ :no ", "it's :no", "a\\", 1]
    ]


def test_rows_as_they_come_are_not_kept_from_other_callers(
    postgresql_cluster: Any, postgresql: str, param: Param
) -> None:
    """A statement that waits holds up neither the event loop nor the next statement."""
    with psycopg.connect(postgresql) as connection, ThreadPoolExecutor() as pool:
        connection.execute("SELECT pg_advisory_lock(7)")
        waiting = pool.submit(postgresql_cluster.execute, "SELECT pg_advisory_lock(7)")
        number = param("n", longValue=2)
        for _ in range(20):
            assert postgresql_cluster.value("SELECT :n", number) == 2
        assert not waiting.done()
        connection.execute("SELECT pg_advisory_unlock(7)")
        assert waiting.result()["records"] == [[{"stringValue": ""}]]


def test_a_session_that_the_server_ends_is_a_database_error(
    postgresql_cluster: Any, postgresql: str, refused: Callable[..., Any]
) -> None:
    transaction = postgresql_cluster.begin()
    select = "SELECT pg_backend_pid()"
    session = postgresql_cluster.value(select, transactionId=transaction)
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", [session])
    error = refused(postgresql_cluster.execute, select, transactionId=transaction)
    assert (error.status, error.code) == (400, "DatabaseErrorException")
    after = refused(postgresql_cluster.execute, select, transactionId=transaction)
    assert after.code == "TransactionNotFoundException"


def test_a_server_that_is_not_there_is_named(
    start_emulator: Callable[..., Any],
    open_cluster: Callable[..., Any],
    refused: Callable[..., Any],
    tmp_path: Path,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    dsn = f"postgresql://me:hunter2@127.0.0.1:{port}/crm"  # pragma: allowlist secret
    with start_emulator(tmp_path / "log", "--database", dsn) as emulator:
        cluster = open_cluster(emulator, "", "postgresql")
        for call in (lambda: cluster.execute("SELECT 1"), cluster.begin):
            error = refused(call)
            assert (error.status, error.code) == (404, "DatabaseNotFoundException")
            assert error.message == f"No PostgreSQL answers at 127.0.0.1:{port}."
    assert (tmp_path / "log").read_text(encoding="utf-8") == ""


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://me:hunter2@db.example/crm",  # pragma: allowlist secret
        "mysql://me:hunter2@127.0.0.1/crm",  # pragma: allowlist secret
    ],
)
def test_a_source_name_that_leads_away_is_a_usage_error(dsn: str) -> None:
    done = subprocess.run(
        [str(LIFECYCLE), "emulator", "--port", "0", "--database", dsn],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "Invalid value for --database" in done.stderr
    assert "hunter2" not in done.stderr


def test_the_end_does_not_wait_for_a_statement(
    start_emulator: Callable[..., Any],
    open_cluster: Callable[..., Any],
    postgresql: str,
    until: Callable[..., None],
    tmp_path: Path,
) -> None:
    """A statement that would run for an hour is undone, and so is an open transaction."""
    running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(3600)%'"
    with ThreadPoolExecutor() as pool, psycopg.connect(postgresql, autocommit=True) as watch:
        with start_emulator(tmp_path / "log", "--database", postgresql) as emulator:
            cluster = open_cluster(emulator, "", "postgresql")
            cluster.begin()
            asleep = pool.submit(cluster.execute, "SELECT pg_sleep(3600)")
            until(lambda: watch.execute(running).fetchone() == (1,))
            assert emulator.stop() == 0
        assert watch.execute(running).fetchone() == (0,)
        assert asleep.exception() is not None
    assert "Traceback" not in (tmp_path / "log").read_text(encoding="utf-8")
