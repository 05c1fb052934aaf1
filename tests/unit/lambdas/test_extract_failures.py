"""Rows that cannot be ordered, and what a failure says of the data: nothing."""

import io
import json
import traceback
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.response import StreamingBody
from hypothesis import given, settings
from hypothesis import strategies as st

COLUMNS = '"UserId" TEXT, note TEXT, updated'
SECRET = "secret@marker"


@pytest.mark.parametrize(
    "row",
    [
        (SECRET, SECRET, None),
        (None, SECRET, 2),
        (SECRET, SECRET, SECRET),
        (SECRET, SECRET, 1.5),
    ],
)
def test_a_row_that_has_no_place_in_the_order_fails_the_round(extraction: Any, row: Any) -> None:
    extraction.table(COLUMNS, [("a", "x", 1), row])
    with pytest.raises(ValueError, match="a row's watermark is no integer, or its key no") as error:
        extraction()
    assert SECRET not in "".join(traceback.format_exception(error.value)) + extraction.printed
    assert extraction.files == {}


def test_a_query_without_the_columns_that_the_settings_name_fails_the_round(
    extraction: Any,
) -> None:
    extraction.table(COLUMNS, [("a", "x", 1)])
    with pytest.raises(ValueError, match="a row's watermark is no integer"):
        extraction(query='SELECT "UserId", note FROM changes')


def test_rows_that_come_again_fail_the_round_instead_of_going_on_for_ever(extraction: Any) -> None:
    rows = [
        {"UserId": "a", "updated": "2024-01-01 10:00:00.1234"},
        {"UserId": "b", "updated": "2024-01-01 10:00:00.1235"},
    ]
    extraction.execute_statement.answer = lambda _: {"formattedRecords": json.dumps(rows)}
    with pytest.raises(ValueError, match="round watermarks to milliseconds"):
        extraction(watermarkType="timestamp", pageRows=2)
    assert len(extraction.execute_statement.calls) == 2


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        (
            "DatabaseErrorException",
            'ERROR: column "up" does not exist; SQLState: 42703',
            'DatabaseErrorException: ERROR: column "up" does not exist; SQLState: 42703',
        ),
        (
            "BadRequestException",
            'ERROR: syntax error at or near "FORM"; SQLState: 42601',
            'BadRequestException: ERROR: syntax error at or near "FORM"; SQLState: 42601',
        ),
        (
            "DatabaseErrorException",
            f'ERROR: invalid input syntax for type integer: "{SECRET}"; SQLState: 22P02',
            "DatabaseErrorException: SQLState: 22P02",
        ),
        (
            "DatabaseErrorException",
            "no such column: up",
            "DatabaseErrorException: no such column: up",
        ),
        (
            "DatabaseErrorException",
            'near "FORM": syntax error',
            'DatabaseErrorException: near "FORM": syntax error',
        ),
        (
            "DatabaseErrorException",
            f'ERROR: invalid value "no such {SECRET} SQLState: 42703": syntax; SQLState: 22P02',
            "DatabaseErrorException: SQLState: 22P02",
        ),
        (
            "BadRequestException",
            f"could not read {SECRET}",
            "BadRequestException: the database refused",
        ),
        ("AccessDeniedException", "not authorized", "AccessDeniedException: not authorized"),
        ("DatabaseResumingException", "resuming", "DatabaseResumingException: resuming"),
    ],
)
def test_an_error_of_the_database_is_told_without_what_may_be_data(
    extraction: Any, made: Any, code: str, text: str, expected: str
) -> None:
    extraction.execute_statement.answer = _always(
        made.refusal(code, text, operation="ExecuteStatement")
    )
    with pytest.raises(extraction.module.ExtractError) as error:
        extraction()
    assert str(error.value) == f"ExecuteStatement: {expected}"
    assert SECRET not in "".join(traceback.format_exception(error.value))


def test_a_database_that_does_not_answer_is_told_by_the_kind_of_error(extraction: Any) -> None:
    extraction.execute_statement.answer = _always(ReadTimeoutError(endpoint_url=SECRET))
    with pytest.raises(extraction.module.ExtractError, match=r"^ReadTimeoutError$") as error:
        extraction()
    assert SECRET not in "".join(traceback.format_exception(error.value))


def test_a_watermark_that_may_not_be_read_does_not_mean_that_there_is_none(
    extraction: Any, made: Any
) -> None:
    extraction.table(COLUMNS, [("a", "x", 1)])
    extraction.get_parameter.answer = _always(made.refusal("AccessDeniedException"))
    with pytest.raises(extraction.module.ExtractError, match="AccessDeniedException"):
        extraction()
    assert extraction.execute_statement.calls == []


def test_a_column_named_like_a_limit_does_not_look_like_a_page_too_large(
    extraction: Any, made: Any
) -> None:
    text = 'ERROR: column "size" does not exist; SQLState: 42703'
    extraction.execute_statement.answer = _always(made.refusal("DatabaseErrorException", text))
    with pytest.raises(extraction.module.ExtractError, match='column "size" does not exist'):
        extraction()
    assert len(extraction.execute_statement.calls) == 1


def test_clients_are_made_once_and_wait_longer_than_a_statement_may_take(
    load_function: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    module = load_function("extract")
    client = module.client("rds-data")
    assert module.client("rds-data") is client
    assert client.meta.config.read_timeout > 45
    attempts = client.meta.config.retries["total_max_attempts"]
    assert attempts * client.meta.config.read_timeout < module.RESERVE_SECONDS


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just(SECRET),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
members = st.sampled_from(
    "action source executionArn query watermarkColumn watermarkType keyColumn pageRows runRows"
    " after round bucket key batch".split()
)
actions = st.sampled_from(["extract", "measure", "record", "release", "acquire"])


@given(actions, st.dictionaries(members, anything, max_size=3))
@settings(max_examples=150, deadline=None)
def test_whatever_a_step_is_asked_it_does_or_refuses_without_printing_data(
    new_extraction: Any, action: str, changed: dict[str, Any]
) -> None:
    with closing(new_extraction()) as extraction:
        extraction.table(COLUMNS, [(SECRET, SECRET, 1)])
        extraction.put_object.answer = lambda _: {}
        extraction.get_object = lambda **_: _Lock()
        extraction.delete_object = lambda **_: {}
        raised = ""
        try:
            extraction(**{"action": action, **changed})
        except (ValueError, extraction.module.ExtractError) as refused:
            raised = str(refused)
        assert SECRET not in extraction.printed + raised


class _Lock(dict[str, Any]):
    """An answer of GetObject: a lock that the run itself has."""

    def __init__(self) -> None:
        body = b"arn:aws:states:us-east-1:111122223333:execution:customers-batch-trials:run-1"
        moment = datetime.fromtimestamp(0, UTC)
        stream = StreamingBody(io.BytesIO(body), len(body))
        super().__init__(Body=stream, ETag='"tag"', LastModified=moment)


def _always(error: Exception) -> Any:
    def answer(_: Any) -> Any:
        raise error

    return answer
