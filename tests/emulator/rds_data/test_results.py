"""Result sets: their columns, their forms and their limits."""

import json
from collections.abc import Callable
from typing import Any

import pytest

Param = Callable[..., dict[str, Any]]

SERIES = """WITH RECURSIVE series(n) AS
  (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < :rows)
SELECT n FROM series"""


def test_metadata_names_each_column(customers: Any) -> None:
    answer = customers.execute(
        "SELECT id, name AS label, count(*) AS number FROM customers GROUP BY id, name",
        includeResultMetadata=True,
    )
    assert answer["records"] == []
    columns = answer["columnMetadata"]
    assert [column["name"] for column in columns] == ["id", "label", "number"]
    assert [column["label"] for column in columns] == ["id", "label", "number"]
    assert all(len(column) == 14 for column in columns)


def test_without_being_asked_there_is_no_metadata(customers: Any) -> None:
    assert "columnMetadata" not in customers.execute("SELECT * FROM customers")


def test_postgresqls_columns_are_described_as_its_driver_does(postgresql_cluster: Any) -> None:
    postgresql_cluster.execute("""CREATE TABLE described (
        id SERIAL PRIMARY KEY, amount NUMERIC(10, 2), code CHAR(3) NOT NULL, note VARCHAR(40),
        big BIGINT GENERATED ALWAYS AS IDENTITY, tags TEXT[], at TIMESTAMPTZ, paid BOOLEAN)""")
    answer = postgresql_cluster.execute(
        "SELECT *, 1 + 1 AS two FROM described", includeResultMetadata=True
    )
    shown = [
        (
            each["name"], each["typeName"], each["type"], each["nullable"], each["tableName"],
            each["isAutoIncrement"], each["isSigned"], each["precision"], each["scale"],
        )
        for each in answer["columnMetadata"]
    ]  # fmt: skip
    unbounded = 2147483647
    assert shown == [
        ("id", "serial", 4, 0, "described", True, True, 10, 0),
        ("amount", "numeric", 2, 1, "described", False, True, 10, 2),
        ("code", "bpchar", 1, 0, "described", False, False, 3, 0),
        ("note", "varchar", 12, 1, "described", False, False, 40, 0),
        ("big", "bigserial", -5, 0, "described", True, True, 19, 0),
        ("tags", "_text", 2003, 1, "described", False, False, unbounded, 0),
        ("at", "timestamptz", 93, 1, "described", False, False, 35, 6),
        ("paid", "bool", -7, 1, "described", False, False, 1, 0),
        ("two", "int4", 4, 2, "", False, True, 10, 0),
    ]
    kinds = [each["arrayBaseColumnType"] for each in answer["columnMetadata"]]
    assert kinds == [0, 0, 0, 0, 0, 12, 0, 0, 0]


def test_sqlites_columns_have_the_type_of_their_first_value(sqlite_cluster: Any) -> None:
    answer = sqlite_cluster.execute(
        "SELECT NULL AS a, 1 AS b, 1.5 AS c, 'x' AS d, x'00' AS e UNION ALL"
        " SELECT 7, 1, 1.5, 'x', x'00'",
        includeResultMetadata=True,
    )
    assert [column["typeName"] for column in answer["columnMetadata"]] == [
        "INTEGER",
        "INTEGER",
        "REAL",
        "TEXT",
        "BLOB",
    ]


def test_records_can_come_as_one_json_text(customers: Any) -> None:
    customers.execute("INSERT INTO customers (id, name) VALUES (1, 'Zoë \"Z\"'), (2, 'b')")
    answer = customers.execute(
        "SELECT id, name, plan AS subscription FROM customers ORDER BY id",
        formatRecordsAs="JSON",
        includeResultMetadata=True,
    )
    assert set(answer) == {"formattedRecords", "numberOfRecordsUpdated"}
    assert json.loads(answer["formattedRecords"]) == [
        {"id": 1, "name": 'Zoë "Z"', "subscription": None},
        {"id": 2, "name": "b", "subscription": None},
    ]


def test_json_without_a_result_set_changes_nothing(customers: Any) -> None:
    answer = customers.execute(
        "INSERT INTO customers (id, name) VALUES (1, 'a')", formatRecordsAs="JSON"
    )
    assert answer["numberOfRecordsUpdated"] == 1


def test_rows_without_columns_are_rows(postgresql_cluster: Any) -> None:
    answer = postgresql_cluster.execute("SELECT FROM generate_series(1, 2)")
    assert answer == {"numberOfRecordsUpdated": 0, "records": [[], []]}


def test_json_needs_unique_names(cluster: Any, refused: Callable[..., Any]) -> None:
    error = refused(cluster.execute, "SELECT 1 AS a, 2 AS a", formatRecordsAs="JSON")
    assert (error.status, error.code) == (400, "BadRequestException")
    assert cluster.rows("SELECT 1 AS a, 2 AS a") == [[1, 2]]


def test_decimals_are_texts_unless_numbers_are_asked_for(cluster: Any) -> None:
    cluster.execute("CREATE TABLE prices (price DECIMAL(10, 2))")
    cluster.execute("INSERT INTO prices VALUES (99.75)")
    select = "SELECT price FROM prices"
    assert cluster.execute(select)["records"] == [[{"stringValue": "99.75"}]]
    options = {"decimalReturnType": "DOUBLE_OR_LONG"}
    answer = cluster.execute(select, resultSetOptions=options)
    assert answer["records"] == [[{"doubleValue": 99.75}]]


def test_longs_are_numbers_unless_texts_are_asked_for(customers: Any) -> None:
    customers.execute("INSERT INTO customers (id, name) VALUES (9007199254740993, 'a')")
    select = "SELECT id FROM customers"
    assert customers.execute(select)["records"] == [[{"longValue": 9007199254740993}]]
    answer = customers.execute(select, resultSetOptions={"longReturnType": "STRING"})
    assert answer["records"] == [[{"stringValue": "9007199254740993"}]]


def test_an_option_that_there_is_not_is_refused(cluster: Any, refused: Callable[..., Any]) -> None:
    error = refused(cluster.execute, "SELECT 1", resultSetOptions={"decimalReturnType": "FLOAT"})
    assert error.code == "ValidationException"
    assert "resultSetOptions.decimalReturnType" in error.message


def test_a_result_of_up_to_one_mebibyte_is_returned(
    cluster: Any, param: Param, refused: Callable[..., Any]
) -> None:
    """Counted as the service does: 2 bytes a row, 4 a value, and the values as text."""
    text = "x" * 1_018
    rows = 1024 * 1024 // (2 + 4 + len(text))
    cluster.execute("CREATE TABLE texts (value TEXT)")
    cluster.batch(
        "INSERT INTO texts VALUES (:value)", *[[param("value", stringValue=text)]] * (rows + 1)
    )
    within = cluster.rows("SELECT value FROM texts LIMIT :rows", param("rows", longValue=rows))
    assert len(within) == rows == 1024
    error = refused(cluster.execute, "SELECT value FROM texts")
    assert (error.status, error.code) == (400, "UnsupportedResultException")
    assert error.message == "The result exceeds the size limit 1 MB."


def test_a_result_without_end_is_cut_off(
    cluster: Any, param: Param, refused: Callable[..., Any]
) -> None:
    """What would fill the memory is not even fetched."""
    endless = param("rows", longValue=10**12)
    error = refused(cluster.execute, SERIES, endless)
    assert error.code == "UnsupportedResultException"
    assert cluster.rows(SERIES, param("rows", longValue=3)) == [[1], [2], [3]]


def test_a_result_that_is_too_large_leaves_the_transaction_usable_in_sqlite(
    sqlite_cluster: Any, param: Param, refused: Callable[..., Any]
) -> None:
    transaction = sqlite_cluster.begin()
    sqlite_cluster.execute("CREATE TABLE kept (n BIGINT)", transactionId=transaction)
    many = param("rows", longValue=10**6)
    refused(sqlite_cluster.execute, SERIES, many, transactionId=transaction)
    assert sqlite_cluster.commit(transaction) == "Transaction Committed"
    assert sqlite_cluster.value("SELECT count(*) FROM kept") == 0


@pytest.mark.parametrize(
    ("expression", "field"),
    [
        ("'{1,2,NULL}'::int[]", {"longValues": [1, 2, None]}),
        ("'{t,f}'::bool[]", {"booleanValues": [True, False]}),
        ("'{1.5}'::float8[]", {"doubleValues": [1.5]}),
        ("'{1.50}'::numeric[]", {"stringValues": ["1.50"]}),
        ("ARRAY['a,b', '\"c\"']", {"stringValues": ["a,b", '"c"']}),
        ("'{}'::text[]", {"stringValues": []}),
        ("'{2024-01-01 00:00:00.5}'::timestamp[]", {"stringValues": ["2024-01-01 00:00:00.500"]}),
    ],
)
def test_postgresqls_arrays_are_array_values(
    postgresql_cluster: Any, expression: str, field: dict[str, Any]
) -> None:
    answer = postgresql_cluster.execute(f"SELECT {expression}")
    assert answer["records"] == [[{"arrayValue": field}]]


@pytest.mark.parametrize(
    ("expression", "field"),
    [
        ("'2024-01-15 12:34:56.789+09'::timestamptz", {"stringValue": "2024-01-15 03:34:56.789"}),
        ("'2024-01-15 12:34:56'::timestamp", {"stringValue": "2024-01-15 12:34:56"}),
        ("'12:34:56.1'::time", {"stringValue": "12:34:56.100"}),
        ("1.10::numeric", {"stringValue": "1.10"}),
        ("'ab'::char(4)", {"stringValue": "ab  "}),
        ("'{\"a\": 1}'::jsonb", {"stringValue": '{"a": 1}'}),
        ("'10.1.0.0/16'::cidr", {"stringValue": "10.1.0.0/16"}),
        ("'new'::stage", {"stringValue": "new"}),
        ("'NaN'::float8", {"doubleValue": pytest.approx(float("nan"), nan_ok=True)}),
        ("1::float4 / 3", {"doubleValue": 0.3333333333333333}),
        ("pg_sleep(0)", {"stringValue": ""}),
    ],
)
def test_postgresqls_types_are_fields(
    postgresql_cluster: Any, expression: str, field: dict[str, Any]
) -> None:
    postgresql_cluster.execute("CREATE TYPE stage AS ENUM ('new', 'old')")
    assert postgresql_cluster.execute(f"SELECT {expression}")["records"] == [[field]]


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("'1 day'::interval", "The result contains the unsupported data type INTERVAL."),
        ("'10:00+02'::timetz", "The result contains the unsupported data type TIMETZ."),
        ("1::money", "The result contains the unsupported data type MONEY."),
        ("point(1, 2)", "The result contains the unsupported data type POINT."),
        ("'{{1},{2}}'::int[]", "The result contains a multidimensional array."),
        ("'infinity'::date", "The result contains the unsupported value infinity."),
    ],
)
def test_types_that_the_service_does_not_return_are_refused(
    postgresql_cluster: Any, refused: Callable[..., Any], expression: str, said: str
) -> None:
    error = refused(postgresql_cluster.execute, f"SELECT {expression}")
    assert (error.status, error.code) == (400, "UnsupportedResultException")
    assert error.message == said
    assert isinstance(postgresql_cluster.value(f"SELECT ({expression})::text"), str)
