"""Values on their way in and out: each kind comes back as it was sent."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Param = Callable[..., dict[str, Any]]

KINDS = ("booleanValue", "longValue", "doubleValue", "stringValue", "blobValue")

TABLE = """CREATE TABLE kinds (number BIGINT PRIMARY KEY, booleanValue BOOLEAN, longValue BIGINT,
  doubleValue DOUBLE PRECISION, stringValue TEXT, blobValue BYTEA)"""
INSERT = """INSERT INTO kinds
  VALUES (:number, :booleanValue, :longValue, :doubleValue, :stringValue, :blobValue)"""
SELECT = """SELECT booleanValue, longValue, doubleValue, stringValue, blobValue
  FROM kinds ORDER BY number"""

ROWS = st.fixed_dictionaries(
    {
        "booleanValue": st.none() | st.booleans(),
        "longValue": st.none() | st.integers(-(2**63), 2**63 - 1),
        "doubleValue": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        # PostgreSQL stores no NUL in a text, and no text of ours has half a character.
        "stringValue": st.none()
        | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
        "blobValue": st.none() | st.binary(),
    }
)


def field(kind: str, value: Any) -> dict[str, Any]:
    return {"isNull": True} if value is None else {kind: value}


@pytest.fixture
def values(cluster: Any) -> Any:
    """A cluster with a table that has a column of each kind."""
    cluster.execute(TABLE)
    return cluster


@given(rows=st.lists(ROWS, min_size=1, max_size=20))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_value_comes_back_as_it_was_sent(
    values: Any, param: Param, rows: list[dict[str, Any]]
) -> None:
    sets = [
        [
            param("number", longValue=number),
            *(param(kind, **field(kind, row[kind])) for kind in KINDS),
        ]
        for number, row in enumerate(rows)
    ]
    values.execute("DELETE FROM kinds")
    values.batch(INSERT, *sets)
    sent = [[field(kind, row[kind]) for kind in KINDS] for row in rows]
    assert values.execute(SELECT)["records"] == sent


@pytest.mark.parametrize(
    ("hint", "column", "text"),
    [
        ("TIMESTAMP", "TIMESTAMP", "2024-02-29 23:59:59"),
        ("TIMESTAMP", "TIMESTAMP", "2024-02-29 23:59:59.123"),
        ("TIMESTAMP", "TIMESTAMP", "2024-02-29 23:59:59.123456"),
        ("DATE", "DATE", "2024-02-29"),
        ("TIME", "TIME", "23:59:59.500"),
        ("DECIMAL", "DECIMAL(12, 2)", "-1234567890.25"),
        ("UUID", "UUID", "0f8fad5b-d9cb-469f-a165-70867728950e"),
        ("JSON", "JSON", '{"plan": "Pro", "n": [1, null, "ü"]}'),
    ],
)
def test_a_text_with_a_hint_is_of_the_type_that_it_stands_for(
    cluster: Any, param: Param, hint: str, column: str, text: str
) -> None:
    cluster.execute(f"CREATE TABLE hints (value {column})")
    cluster.execute("INSERT INTO hints VALUES (:value)", param("value", hint, stringValue=text))
    assert cluster.execute("SELECT value FROM hints")["records"] == [[{"stringValue": text}]]
    found = "SELECT count(*) FROM hints WHERE value = :value"
    if hint != "JSON":  # which PostgreSQL does not compare
        assert cluster.value(found, param("value", hint, stringValue=text)) == 1


def test_null_fits_every_type(values: Any, param: Param) -> None:
    nulls = [param(name, isNull=True) for name in KINDS]
    values.execute(INSERT, param("number", longValue=1), *nulls)
    assert values.rows("SELECT * FROM kinds") == [[1, None, None, None, None, None]]


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 10**30])
def test_a_number_that_is_no_long_is_refused(
    cluster: Any, param: Param, refused: Callable[..., Any], value: int
) -> None:
    error = refused(cluster.execute, "SELECT :n", param("n", longValue=value))
    assert (error.status, error.code) == (400, "ValidationException")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"arrayValue": {"longValues": [1]}}, "Array parameters are not supported."),
        ({"longValue": "1"}, "parameters.1.member.value.longValue"),
        ({"stringValue": 1}, "parameters.1.member.value.stringValue"),
        ({"booleanValue": "true"}, "parameters.1.member.value.booleanValue"),
        ({"numberValue": 1}, "unknown members"),
    ],
)
def test_a_value_of_no_kind_is_refused(
    raw_call: Callable[..., Any], value: dict[str, Any], said: str
) -> None:
    status, headers, body = raw_call(
        "/Execute", sql="SELECT :p", parameters=[{"name": "p", "value": value}]
    )
    assert (status, headers["x-amzn-errortype"]) == (400, "ValidationException")
    assert said in body["message"]


def test_a_text_without_a_hint_is_a_text(
    postgresql_cluster: Any, param: Param, refused: Callable[..., Any]
) -> None:
    """PostgreSQL says so; SQLite has no types that it would not fit."""
    postgresql_cluster.execute("CREATE TABLE hints (value UUID)")
    text = param("value", stringValue="0f8fad5b-d9cb-469f-a165-70867728950e")
    error = refused(postgresql_cluster.execute, "INSERT INTO hints VALUES (:value)", text)
    assert "of type uuid but expression is of type text" in error.message
    assert error.message.endswith("; SQLState: 42804")
    postgresql_cluster.execute("INSERT INTO hints VALUES (:value::uuid)", text)
    assert postgresql_cluster.value("SELECT count(*) FROM hints") == 1


def test_postgresql_refuses_a_text_with_a_nul_instead_of_cutting_it(
    postgresql_cluster: Any, param: Param, refused: Callable[..., Any]
) -> None:
    text = param("value", stringValue="before\0after")
    error = refused(postgresql_cluster.execute, "SELECT :value", text)
    assert error.code == "DatabaseErrorException"
    assert error.message.endswith("; SQLState: 22021")


def test_sqlite_keeps_a_text_with_a_nul(sqlite_cluster: Any, param: Param) -> None:
    text = param("value", stringValue="before\0after")
    assert sqlite_cluster.value("SELECT :value", text) == "before\0after"
