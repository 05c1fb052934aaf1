"""Results as the API shapes them."""

import json
from decimal import Decimal
from typing import Any

import pytest

from emulator.http import ServiceError
from emulator.rds_data.databases import Array, Cell, Column, Result
from emulator.rds_data.results import MAX_JSON_BYTES, shaped

DOUBLE_OR_LONG = {"decimalReturnType": "DOUBLE_OR_LONG"}
AS_STRING = {"longReturnType": "STRING"}


def field(cell: Cell, **options: str) -> dict[str, Any]:
    """The one field of a result of one cell."""
    answer = shaped(Result([Column("c")], [[cell]]), {"resultSetOptions": options})
    ((only,),) = answer["records"]
    return dict(only)


def in_json(cell: Cell, **options: str) -> Any:
    """The same cell in a JSON result."""
    members = {"resultSetOptions": options, "formatRecordsAs": "JSON"}
    answer = shaped(Result([Column("c")], [[cell]]), members)
    (record,) = json.loads(answer["formattedRecords"])
    return record["c"]


@pytest.mark.parametrize(
    ("cell", "expected", "plain"),
    [
        (None, {"isNull": True}, None),
        (True, {"booleanValue": True}, True),
        (0, {"longValue": 0}, 0),
        (2.0, {"doubleValue": 2.0}, 2.0),
        (float("-inf"), {"doubleValue": "-Infinity"}, "-Infinity"),
        (float("nan"), {"doubleValue": "NaN"}, "NaN"),
        ("", {"stringValue": ""}, ""),
        (b"\0\1", {"blobValue": "AAE="}, "AAE="),
        (Decimal("1.50"), {"stringValue": "1.50"}, "1.50"),
        (Decimal("0.0000001"), {"stringValue": "0.0000001"}, "0.0000001"),
        (Array("longValues", [1, None]), {"arrayValue": {"longValues": [1, None]}}, [1, None]),
        (
            Array("doubleValues", [float("inf")]),
            {"arrayValue": {"doubleValues": ["Infinity"]}},
            ["Infinity"],
        ),
    ],
)
def test_a_cell_is_a_field_of_its_kind(cell: Cell, expected: dict[str, Any], plain: Any) -> None:
    assert field(cell) == expected
    assert in_json(cell) == plain


@pytest.mark.parametrize(
    ("cell", "options", "expected"),
    [
        (Decimal(5), DOUBLE_OR_LONG, {"longValue": 5}),
        (Decimal("5.0"), DOUBLE_OR_LONG, {"doubleValue": 5.0}),
        (Decimal(2**63), DOUBLE_OR_LONG, {"doubleValue": float(2**63)}),
        (Decimal("1.5"), {"decimalReturnType": "STRING"}, {"stringValue": "1.5"}),
        (7, AS_STRING, {"stringValue": "7"}),
        (True, AS_STRING, {"booleanValue": True}),
        (7, {"longReturnType": "LONG"}, {"longValue": 7}),
        (Decimal(5), DOUBLE_OR_LONG | AS_STRING, {"stringValue": "5"}),
    ],
)
def test_options_choose_how_numbers_come(
    cell: Cell, options: dict[str, str], expected: dict[str, Any]
) -> None:
    assert field(cell, **options) == expected
    assert in_json(cell, **options) == next(iter(expected.values()))


def test_a_statement_without_a_result_set_has_no_records() -> None:
    answer = shaped(Result(updated=2, generated=[9]), {"formatRecordsAs": "JSON"})
    assert answer == {"numberOfRecordsUpdated": 2, "generatedFields": [{"longValue": 9}]}


def test_an_empty_result_set_is_one() -> None:
    assert shaped(Result([Column("c")]), {}) == {"numberOfRecordsUpdated": 0, "records": []}
    answer = shaped(Result([Column("c")]), {"formatRecordsAs": "JSON"})
    assert answer == {"numberOfRecordsUpdated": 0, "formattedRecords": "[]"}


def test_records_as_json_leave_the_metadata_out() -> None:
    members = {"formatRecordsAs": "JSON", "includeResultMetadata": True}
    answer = shaped(Result([Column("a"), Column("b")], [["Zoë", 10.0]]), members)
    assert answer == {
        "numberOfRecordsUpdated": 0,
        "formattedRecords": '[{"a":"Zoë","b":10.0}]',
    }


def test_records_as_json_need_a_name_for_each_column() -> None:
    with pytest.raises(ServiceError, match="several are a") as caught:
        shaped(Result([Column("a"), Column("a")]), {"formatRecordsAs": "JSON"})
    assert caught.value.code == "BadRequestException"


def test_records_as_json_have_a_limit_of_their_own() -> None:
    column = Column("a" * 1000)
    enough = Result([column], [[0]] * (MAX_JSON_BYTES // 1010))
    assert shaped(enough, {"formatRecordsAs": "JSON"})
    too_many = Result([column], [[0]] * (MAX_JSON_BYTES // 1000))
    with pytest.raises(ServiceError) as caught:
        shaped(too_many, {"formatRecordsAs": "JSON"})
    assert caught.value.code == "BadRequestException"
