"""Transactions: what others see of them, and how they end."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

INSERT = "INSERT INTO customers (id, name) VALUES ({}, 'a')"
WAITING = 40
"""More than may run at once outside transactions."""

COUNT = "SELECT count(*) FROM customers"


def insert(customers: Any, number: int, transaction: str) -> None:
    customers.execute(INSERT.format(number), transactionId=transaction)


def test_what_a_transaction_does_is_its_own_until_it_commits(customers: Any) -> None:
    transaction = customers.begin()
    insert(customers, 1, transaction)
    assert customers.value(COUNT, transactionId=transaction) == 1
    assert customers.value(COUNT) == 0
    assert customers.commit(transaction) == "Transaction Committed"
    assert customers.value(COUNT) == 1


def test_a_rollback_undoes_everything(customers: Any) -> None:
    transaction = customers.begin()
    insert(customers, 1, transaction)
    customers.batch(INSERT.format(2), [], transactionId=transaction)
    assert customers.value(COUNT, transactionId=transaction) == 2
    assert customers.rollback(transaction) == "Rollback Complete"
    assert customers.value(COUNT) == 0


def test_two_transactions_do_not_see_each_other(customers: Any) -> None:
    one, other = customers.begin(), customers.begin()
    assert one != other
    insert(customers, 1, one)
    assert customers.value(COUNT, transactionId=other) == 0
    customers.commit(one)
    customers.rollback(other)
    assert customers.value(COUNT) == 1


def test_definitions_are_part_of_a_transaction(cluster: Any, refused: Callable[..., Any]) -> None:
    transaction = cluster.begin()
    cluster.execute("CREATE TABLE gone (id BIGINT)", transactionId=transaction)
    cluster.rollback(transaction)
    assert refused(cluster.execute, "SELECT * FROM gone").code == "DatabaseErrorException"


def test_a_writer_waits_for_the_one_before_it(customers: Any) -> None:
    customers.execute(INSERT.format(1))
    transaction = customers.begin()
    update = "UPDATE customers SET name = 'first' WHERE id = 1"
    customers.execute(update, transactionId=transaction)
    with ThreadPoolExecutor() as pool:
        second = "UPDATE customers SET name = name || ', second' WHERE id = 1"
        waiting = pool.submit(customers.execute, second)
        assert customers.value("SELECT name FROM customers") == "a"
        assert not waiting.done()
        customers.commit(transaction)
        assert waiting.result()["numberOfRecordsUpdated"] == 1
    assert customers.value("SELECT name FROM customers") == "first, second"


def test_waiting_writers_hold_nobody_up(customers: Any, emulator: Any, account: str) -> None:
    """However many wait: the transaction that they wait for can go on, and others too."""
    customers.execute(INSERT.format(0))
    transaction = customers.begin()
    customers.execute("DELETE FROM customers", transactionId=transaction)
    with ThreadPoolExecutor(WAITING) as pool:
        waiting = [
            pool.submit(customers.execute, "UPDATE customers SET name = 'b'")
            for _ in range(WAITING)
        ]
        client = emulator.client("customer-profiles", account)
        assert client.list_domains()["Items"] == []
        insert(customers, 1, transaction)
        customers.rollback(transaction)
        assert [each.result()["numberOfRecordsUpdated"] for each in waiting] == [1] * WAITING


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_a_transaction_that_ended_is_not_found(
    customers: Any, refused: Callable[..., Any], end: str
) -> None:
    transaction = customers.begin()
    getattr(customers, end)(transaction)
    for call in (
        lambda: customers.execute(COUNT, transactionId=transaction),
        lambda: customers.batch(INSERT.format(1), [], transactionId=transaction),
        lambda: customers.commit(transaction),
        lambda: customers.rollback(transaction),
    ):
        error = refused(call)
        assert (error.status, error.code) == (404, "TransactionNotFoundException")
        assert error.message == (
            f"Transaction {transaction} is not found."
            " One previous call resulted in a termination of your transaction."
        )


def test_a_transaction_that_never_was_is_not_found(
    customers: Any, refused: Callable[..., Any]
) -> None:
    error = refused(customers.execute, COUNT, transactionId="nonsense")
    assert (error.status, error.code) == (404, "TransactionNotFoundException")
    assert error.message == "Transaction nonsense is not found. Transaction may be expired."


def test_a_transaction_belongs_to_its_cluster(customers: Any, refused: Callable[..., Any]) -> None:
    transaction = customers.begin()
    arn = f"{customers.arn}-2"
    error = refused(customers.execute, COUNT, transactionId=transaction, resourceArn=arn)
    assert error.code == "TransactionNotFoundException"
    assert customers.value(COUNT, transactionId=transaction) == 0
    customers.rollback(transaction)


def test_a_transaction_belongs_to_its_database(customers: Any, refused: Callable[..., Any]) -> None:
    transaction = customers.begin()
    error = refused(customers.execute, COUNT, transactionId=transaction, database="other")
    assert (error.status, error.code) == (400, "BadRequestException")
    assert error.message == "Database name is not the same as transaction"
    assert customers.value(COUNT, transactionId=transaction, database="") == 0
    customers.rollback(transaction)


def test_a_statement_can_end_its_transaction_itself(
    customers: Any, refused: Callable[..., Any]
) -> None:
    transaction = customers.begin()
    insert(customers, 1, transaction)
    customers.execute("COMMIT", transactionId=transaction)
    assert customers.value(COUNT) == 1
    error = refused(customers.execute, COUNT, transactionId=transaction)
    assert error.code == "TransactionNotFoundException"


def test_a_savepoint_is_a_statement_like_any_other(customers: Any) -> None:
    transaction = customers.begin()
    insert(customers, 1, transaction)
    customers.execute("SAVEPOINT here", transactionId=transaction)
    insert(customers, 2, transaction)
    customers.execute("ROLLBACK TO SAVEPOINT here", transactionId=transaction)
    customers.commit(transaction)
    assert customers.rows("SELECT id FROM customers") == [[1]]


def test_postgresql_does_nothing_more_after_an_error(
    postgresql_cluster: Any, refused: Callable[..., Any]
) -> None:
    transaction = postgresql_cluster.begin()
    postgresql_cluster.execute("CREATE TABLE gone (id BIGINT)", transactionId=transaction)
    refused(postgresql_cluster.execute, "SELECT * FROM nothing", transactionId=transaction)
    after = refused(postgresql_cluster.execute, "SELECT 1", transactionId=transaction)
    assert after.message.endswith("; SQLState: 25P02")
    committed = refused(postgresql_cluster.commit, transaction)
    assert committed.code == "DatabaseErrorException"
    assert committed.message.endswith("; SQLState: 25P02")
    error = refused(postgresql_cluster.execute, "SELECT * FROM gone")
    assert error.message.endswith("; SQLState: 42P01")


def test_sqlite_undoes_the_statement_that_failed_alone(
    sqlite_cluster: Any, refused: Callable[..., Any]
) -> None:
    transaction = sqlite_cluster.begin()
    sqlite_cluster.execute("CREATE TABLE kept (id BIGINT)", transactionId=transaction)
    refused(sqlite_cluster.execute, "SELECT * FROM nothing", transactionId=transaction)
    sqlite_cluster.commit(transaction)
    assert sqlite_cluster.value("SELECT count(*) FROM kept") == 0


def test_what_is_checked_at_the_end_can_still_fail(
    cluster: Any, refused: Callable[..., Any]
) -> None:
    cluster.execute("CREATE TABLE plans (id BIGINT PRIMARY KEY)")
    cluster.execute(
        "CREATE TABLE subscriptions"
        " (plan BIGINT REFERENCES plans (id) DEFERRABLE INITIALLY DEFERRED)"
    )
    transaction = cluster.begin()
    cluster.execute("INSERT INTO subscriptions VALUES (1)", transactionId=transaction)
    assert refused(cluster.commit, transaction).code == "DatabaseErrorException"
    assert cluster.value("SELECT count(*) FROM subscriptions") == 0


def test_a_transaction_runs_one_statement_at_a_time(
    postgresql_cluster: Any, refused: Callable[..., Any], until: Callable[..., None]
) -> None:
    """The second is refused while the first waits for a lock that a third party holds."""
    postgresql_cluster.execute("CREATE TABLE locked (id BIGINT)")
    holder, transaction = postgresql_cluster.begin(), postgresql_cluster.begin()
    lock = "LOCK TABLE locked"
    postgresql_cluster.execute(lock, transactionId=holder)
    waits = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    with ThreadPoolExecutor() as pool:
        first = pool.submit(postgresql_cluster.execute, lock, transactionId=transaction)
        until(lambda: bool(postgresql_cluster.value(waits)))
        for call in (
            lambda: postgresql_cluster.execute("SELECT 1", transactionId=transaction),
            lambda: postgresql_cluster.commit(transaction),
        ):
            error = refused(call)
            assert error.code == "DatabaseErrorException"
            assert error.message == "Transaction is still running a query"
        postgresql_cluster.rollback(holder)
        first.result()
    postgresql_cluster.commit(transaction)
