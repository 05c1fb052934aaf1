"""What is refused, and how it is said: never as an error of the service."""

import json
from collections.abc import Callable
from typing import Any

import pytest

Param = Callable[..., dict[str, Any]]

BAD_SQL = [
    "SELEC 1",
    "SELECT FROM WHERE",
    "SELECT * FROM missing",
    "SELECT missing FROM customers",
    "INSERT INTO customers (id, name) VALUES (1, NULL)",
    "INSERT INTO customers VALUES (1, 2, 3, 4, 5, 6, 7)",
    "SELECT 'never closed",
    "SELECT ((1)",
    "CREATE TABLE customers (id BIGINT)",
    "COMMIT PREPARED 'missing'",
    "SELECT \ud7ff",
]


@pytest.mark.parametrize("statement", BAD_SQL)
def test_sql_that_is_wrong_is_a_database_error(
    customers: Any, refused: Callable[..., Any], statement: str
) -> None:
    error = refused(customers.execute, statement)
    assert (error.status, error.code) == (400, "DatabaseErrorException")
    assert error.message
    assert customers.value("SELECT count(*) FROM customers") == 0


@pytest.mark.parametrize("statement", BAD_SQL)
def test_the_same_goes_for_a_batch(
    customers: Any, refused: Callable[..., Any], statement: str
) -> None:
    error = refused(customers.batch, statement, [])
    assert (error.status, error.code) == (400, "DatabaseErrorException")


def test_postgresql_speaks_as_the_services_driver_does(
    postgresql_cluster: Any, refused: Callable[..., Any]
) -> None:
    error = refused(postgresql_cluster.execute, "SELECT * FROM missing")
    assert error.message == (
        'ERROR: relation "missing" does not exist\n  Position: 15; SQLState: 42P01'
    )
    postgresql_cluster.execute("CREATE TABLE plans (id BIGINT PRIMARY KEY)")
    postgresql_cluster.execute("INSERT INTO plans VALUES (1)")
    error = refused(postgresql_cluster.execute, "INSERT INTO plans VALUES (1)")
    assert error.message == (
        'ERROR: duplicate key value violates unique constraint "plans_pkey"\n'
        "  Detail: Key (id)=(1) already exists.; SQLState: 23505"
    )


def test_sqlite_speaks_for_itself(sqlite_cluster: Any, refused: Callable[..., Any]) -> None:
    error = refused(sqlite_cluster.execute, "SELECT * FROM missing")
    assert error.message == "no such table: missing"


@pytest.mark.parametrize(
    "statement",
    ["SELECT 1; SELECT 2", "CREATE TABLE a (id BIGINT); SELECT 1", "SELECT 1;; SELECT 2"],
)
def test_a_call_is_one_statement(cluster: Any, refused: Callable[..., Any], statement: str) -> None:
    error = refused(cluster.execute, statement)
    assert (error.status, error.code) == (400, "ValidationException")
    assert error.message == "Multistatements aren't supported."
    assert refused(cluster.execute, "SELECT * FROM a").code == "DatabaseErrorException"


def test_a_statement_may_hold_semicolons(cluster: Any) -> None:
    assert cluster.value("SELECT 'a; b' -- ; c") == "a; b"


def test_a_body_of_statements_is_one_statement(cluster: Any) -> None:
    cluster.execute("CREATE TABLE changes (id BIGINT)")
    body = {
        "sqlite": "CREATE TRIGGER more AFTER INSERT ON changes WHEN new.id < 3"
        " BEGIN INSERT INTO changes VALUES (new.id + 1); SELECT 1; END",
        "postgresql": "CREATE PROCEDURE more() LANGUAGE SQL"
        " BEGIN ATOMIC INSERT INTO changes VALUES (1); INSERT INTO changes VALUES (2); END",
    }
    cluster.execute(body[cluster.kind])
    use = {"sqlite": "INSERT INTO changes VALUES (2)", "postgresql": "CALL more()"}
    cluster.execute(use[cluster.kind])
    assert cluster.value("SELECT count(*) FROM changes") == 2


def test_a_parameter_that_is_not_given_is_named(
    cluster: Any, param: Param, refused: Callable[..., Any]
) -> None:
    error = refused(cluster.execute, "SELECT :one, :two", param("one", longValue=1))
    assert (error.status, error.code) == (400, "ValidationException")
    assert error.message == "Cannot find parameter: two"
    error = refused(cluster.batch, "SELECT :one", [param("one", longValue=1)], [])
    assert error.message == "Cannot find parameter: one"


@pytest.mark.parametrize("mark", ["?", "$1", "?1"])
def test_other_marks_are_no_parameters(
    cluster: Any, refused: Callable[..., Any], mark: str
) -> None:
    error = refused(cluster.execute, f"SELECT {mark}")
    assert (error.status, error.code) == (400, "DatabaseErrorException")


@pytest.mark.parametrize("operation", ["execute", "batch"])
def test_the_schema_parameter_is_refused(
    cluster: Any, refused: Callable[..., Any], operation: str
) -> None:
    error = refused(getattr(cluster, operation), "SELECT 1", schema="public")
    assert (error.status, error.code) == (400, "ValidationException")
    assert error.message == "The schema parameter isn't supported"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"resourceArn": None}, "Value at 'resourceArn' failed to satisfy constraint"),
        ({"secretArn": None}, "Value at 'secretArn' failed to satisfy constraint"),
        ({"sql": None}, "Value at 'sql' failed to satisfy constraint"),
        ({"sql": "x" * 65_537}, "less than or equal to 65536"),
        ({"secretArn": "short"}, "Value at 'secretArn'"),
        ({"database": "x" * 65}, "Value at 'database'"),
        ({"formatRecordsAs": "CSV"}, "[JSON, NONE]"),
        ({"includeResultMetadata": "yes"}, "Value at 'includeResultMetadata'"),
        ({"parameters": {"a": 1}}, "Value at 'parameters'"),
        ({"parameters": [{"typeHint": "INET"}]}, "Value at 'parameters.1.member.typeHint'"),
        ({"timeout": 1}, "unknown members"),
        ({"resourceArn": "arn:aws:secretsmanager:us-east-1:111122223333:secret:x"}, "DB cluster"),
        ({"resourceArn": "arn:aws:rds:us-east-1:111122223333:db:crm"}, "DB cluster"),
        ({"sql": "SELECT 1 \0 + 1"}, "NUL"),
        ({"database": "crm\0"}, "NUL"),
        ({"continueAfterTimeout": True, "transactionId": "x"}, "not supported in a transaction"),
    ],
)
def test_a_call_that_is_wrong_is_a_validation_error(
    raw_call: Callable[..., Any], changed: dict[str, Any], said: str
) -> None:
    status, headers, body = raw_call("/Execute", **({"sql": "SELECT 1"} | changed))
    assert (status, headers["x-amzn-errortype"]) == (400, "ValidationException")
    assert said in body["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"sql"', b'{"sql": "\xff"}'])
def test_a_body_that_is_no_request_is_a_validation_error(
    raw_call: Callable[..., Any], body: bytes
) -> None:
    status, headers, _ = raw_call("/Execute", body=body)
    assert (status, headers["x-amzn-errortype"]) == (400, "ValidationException")


@pytest.mark.parametrize(
    ("path", "method"), [("/Execute", "GET"), ("/execute", "POST"), ("/", "POST")]
)
def test_a_path_of_no_operation_is_not_found(
    raw_call: Callable[..., Any], path: str, method: str
) -> None:
    status, headers, _ = raw_call(path, method=method)
    assert (status, headers["x-amzn-errortype"]) == (404, "UnknownOperationException")


def test_every_answer_has_a_request_id(raw_call: Callable[..., Any]) -> None:
    _, one, _ = raw_call("/Execute", sql="SELECT 1")
    _, other, _ = raw_call("/Execute", sql="SELEC 1")
    assert one["x-amzn-requestid"] != other["x-amzn-requestid"]


def test_the_deprecated_operation_points_to_its_successor(raw_call: Callable[..., Any]) -> None:
    arn = "arn:aws:rds:us-east-1:111122223333:cluster:crm"
    members = {"dbClusterOrInstanceArn": arn, "awsSecretStoreArn": arn, "sqlStatements": "x"}
    status, headers, body = raw_call("/ExecuteSql", body=json.dumps(members).encode())
    assert (status, headers["x-amzn-errortype"]) == (400, "BadRequestException")
    assert "Use ExecuteStatement" in body["message"]


def test_only_what_is_signed_for_the_service_is_its(raw_call: Callable[..., Any]) -> None:
    status, headers, _ = raw_call("/Execute", scope="profile", sql="SELECT 1")
    assert (status, headers["x-amzn-errortype"]) == (404, "UnknownOperationException")


def test_what_a_client_copies_is_refused(
    postgresql_cluster: Any, refused: Callable[..., Any]
) -> None:
    """There is no client at the other end that would take or send the rows."""
    postgresql_cluster.execute("CREATE TABLE plans (id BIGINT)")
    for statement in ("COPY plans TO STDOUT", "COPY plans FROM STDIN"):
        transaction = postgresql_cluster.begin()
        error = refused(postgresql_cluster.execute, statement, transactionId=transaction)
        assert error.code == "DatabaseErrorException"
        after = refused(postgresql_cluster.execute, "SELECT 1", transactionId=transaction)
        assert after.code == "TransactionNotFoundException"
