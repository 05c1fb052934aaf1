"""ExecuteStatement and BatchExecuteStatement: what runs, and what comes back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

Param = Callable[..., dict[str, Any]]


def test_a_table_is_made_filled_and_read(customers: Any, param: Param) -> None:
    inserted = customers.execute(
        "INSERT INTO customers (id, name, plan) VALUES (:id, :name, :plan)",
        param("id", longValue=1),
        param("name", stringValue="Zoë O'Neill"),
        param("plan", isNull=True),
    )
    assert (inserted["numberOfRecordsUpdated"], "records" in inserted) == (1, False)
    read = customers.execute("SELECT id, name, plan FROM customers")
    assert read == {
        "numberOfRecordsUpdated": 0,
        "records": [[{"longValue": 1}, {"stringValue": "Zoë O'Neill"}, {"isNull": True}]],
    }


def test_a_statement_tells_how_many_rows_it_changed(customers: Any) -> None:
    insert = "INSERT INTO customers (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c')"
    assert customers.execute(insert)["numberOfRecordsUpdated"] == 3
    update = "UPDATE customers SET plan = 'Pro' WHERE id > 1"
    assert customers.execute(update)["numberOfRecordsUpdated"] == 2
    delete = "DELETE FROM customers WHERE id = 9"
    assert customers.execute(delete)["numberOfRecordsUpdated"] == 0
    moved = "WITH old AS (SELECT 1 AS id) DELETE FROM customers WHERE id IN (SELECT id FROM old)"
    assert customers.execute(moved)["numberOfRecordsUpdated"] == 1


def test_a_statement_that_changes_no_rows_says_so(customers: Any) -> None:
    for statement in ("CREATE INDEX plans ON customers (plan)", "DROP TABLE customers"):
        answer = customers.execute(statement)
        assert answer == {"numberOfRecordsUpdated": 0, "generatedFields": []}


def test_rows_that_a_statement_returns_are_its_records(customers: Any, param: Param) -> None:
    answer = customers.execute(
        "INSERT INTO customers (id, name) VALUES (:id, 'a') RETURNING id, name",
        param("id", longValue=7),
    )
    assert answer["records"] == [[{"longValue": 7}, {"stringValue": "a"}]]
    assert "generatedFields" not in answer
    assert customers.value("SELECT count(*) FROM customers") == 1


def test_a_page_of_rows_after_a_watermark(customers: Any, param: Param) -> None:
    """The query that a batch extracts with."""
    sets = [
        [
            param("id", longValue=number),
            param("changed", "TIMESTAMP", stringValue=f"2024-01-01 00:00:{number:02}"),
        ]
        for number in range(10)
    ]
    customers.batch("INSERT INTO customers (id, name, changed) VALUES (:id, 'x', :changed)", *sets)
    page = customers.rows(
        "SELECT id, changed FROM customers WHERE changed > :after ORDER BY changed, id LIMIT :size",
        param("after", "TIMESTAMP", stringValue="2024-01-01 00:00:04"),
        param("size", longValue=3),
    )
    assert page == [
        [5, "2024-01-01 00:00:05"],
        [6, "2024-01-01 00:00:06"],
        [7, "2024-01-01 00:00:07"],
    ]


def test_a_name_that_stands_twice_has_one_value(customers: Any, param: Param) -> None:
    customers.execute("INSERT INTO customers (id, name) VALUES (1, 'a'), (2, 'b')")
    found = customers.rows(
        "SELECT id FROM customers WHERE name = :name OR :name = 'all' ORDER BY id",
        param("name", stringValue="all"),
    )
    assert found == [[1], [2]]


def test_a_parameter_that_no_statement_names_is_left_alone(cluster: Any, param: Param) -> None:
    assert cluster.value("SELECT 1", param("unused", longValue=2)) == 1


def test_names_in_quotes_and_comments_are_no_parameters(cluster: Any, param: Param) -> None:
    statement = """SELECT ':no', 'it''s :no', "a:no" -- it's :no
        , /* ' :no */ :yes FROM (SELECT 2 AS "a:no") AS q"""
    assert cluster.rows(statement, param("yes", stringValue="y")) == [[":no", "it's :no", 2, "y"]]


def test_a_statement_may_end_in_a_semicolon_and_a_comment(cluster: Any) -> None:
    assert cluster.value("SELECT 1; -- and no more") == 1


@pytest.mark.parametrize("statement", ["", "  ", "-- nothing"])
def test_a_statement_that_says_nothing_does_nothing(cluster: Any, statement: str) -> None:
    answer = cluster.execute(statement)
    assert answer == {"numberOfRecordsUpdated": 0, "generatedFields": []}


def test_a_batch_runs_once_for_each_set(customers: Any, param: Param) -> None:
    sets = [
        [param("id", longValue=number), param("name", stringValue=f"n{number}")]
        for number in range(50)
    ]
    results = customers.batch("INSERT INTO customers (id, name) VALUES (:id, :name)", *sets)
    assert len(results) == 50
    assert customers.rows("SELECT count(*), max(name) FROM customers") == [[50, "n9"]]


def test_a_batch_without_sets_runs_nothing(customers: Any) -> None:
    insert = "INSERT INTO customers (id, name) VALUES (1, 'a')"
    assert customers.batch(insert) == []
    assert customers.value("SELECT count(*) FROM customers") == 0
    assert len(customers.batch(insert, [])) == 1
    assert customers.value("SELECT count(*) FROM customers") == 1


def test_a_batch_that_fails_leaves_nothing(
    customers: Any, param: Param, refused: Callable[..., Any]
) -> None:
    sets = [[param("id", longValue=number)] for number in (1, 2, 1)]
    error = refused(customers.batch, "INSERT INTO customers (id, name) VALUES (:id, 'a')", *sets)
    assert error.code == "DatabaseErrorException"
    assert customers.value("SELECT count(*) FROM customers") == 0


def test_clients_that_ask_at_once_are_all_answered(customers: Any, param: Param) -> None:
    def insert(number: int) -> None:
        customers.execute(
            "INSERT INTO customers (id, name) VALUES (:id, 'a')", param("id", longValue=number)
        )

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(insert, range(100)))
    assert customers.value("SELECT count(*) FROM customers") == 100
