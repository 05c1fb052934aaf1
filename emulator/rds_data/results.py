"""Results as the API shapes them: records of fields, or one JSON text, and columns' metadata."""

import math
from base64 import b64encode
from collections import Counter
from decimal import Decimal
from typing import Any, Final

import orjson

from emulator.rds_data.databases import Array, Cell, Column, Result
from emulator.rds_data.errors import BAD_REQUEST, data_api_error

MAX_JSON_BYTES: Final = 10 * 1024 * 1024

_MAX_LONG: Final = 2**63


def shaped(result: Result, members: dict[str, Any]) -> dict[str, Any]:
    """The answer of ExecuteStatement. members: of its request. Raises: ServiceError."""
    if result.columns is None:
        return {
            "numberOfRecordsUpdated": result.updated,
            "generatedFields": generated_fields(result),
        }
    options = members.get("resultSetOptions", {})
    if members.get("formatRecordsAs") == "JSON":
        text = _as_json(result.columns, result, options)
        return {"numberOfRecordsUpdated": 0, "formattedRecords": text}
    answer: dict[str, Any] = {
        "numberOfRecordsUpdated": 0,
        "records": [[_field(cell, options) for cell in row] for row in result.rows],
    }
    if members.get("includeResultMetadata"):
        answer["columnMetadata"] = [_metadata(column) for column in result.columns]
    return answer


def generated_fields(result: Result) -> list[dict[str, Any]]:
    """Keys that the database gave to the rows inserted."""
    return [{"longValue": key} for key in result.generated]


def _as_json(columns: list[Column], result: Result, options: dict[str, Any]) -> str:
    names = [column.name for column in columns]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        text = f"Column names of a JSON result must be unique, but several are {twice[0]}."
        raise data_api_error(BAD_REQUEST, text)
    values = [[_plain(cell, options) for cell in row] for row in result.rows]
    written = orjson.dumps([dict(zip(names, row, strict=True)) for row in values])
    if len(written) > MAX_JSON_BYTES:
        text = "Database returned more than the allowed response size limit"
        raise data_api_error(BAD_REQUEST, text)
    return written.decode()


def _field(cell: Cell, options: dict[str, Any]) -> dict[str, Any]:
    """A cell as the one member of a Field that it is."""
    value = _plain(cell, options)
    match value:
        case None:
            return {"isNull": True}
        case bool():
            return {"booleanValue": value}
        case int():
            return {"longValue": value}
        case float():
            return {"doubleValue": value}
        case list():
            kind = cell.kind if isinstance(cell, Array) else "stringValues"
            return {"arrayValue": {kind: value}}
    kind = {bytes: "blobValue", float: "doubleValue"}.get(type(cell), "stringValue")
    return {kind: value}


def _plain(cell: Cell, options: dict[str, Any]) -> Any:
    """A cell as a value that JSON has."""
    if isinstance(cell, Decimal):
        if options.get("decimalReturnType") != "DOUBLE_OR_LONG":
            return format(cell, "f")
        is_long = cell.as_tuple().exponent == 0 and -_MAX_LONG <= cell < _MAX_LONG
        cell = int(cell) if is_long else float(cell)
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else _unwritable(cell)
    if isinstance(cell, bytes):
        return b64encode(cell).decode()
    if isinstance(cell, Array):
        return [_unwritable(each) if _is_unwritable(each) else each for each in cell.values]
    is_long = isinstance(cell, int) and not isinstance(cell, bool)
    return str(cell) if is_long and options.get("longReturnType") == "STRING" else cell


def _is_unwritable(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _unwritable(value: object) -> str:
    """A number that JSON does not have, by the name that it has in AWS's protocols."""
    return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]


def _metadata(column: Column) -> dict[str, Any]:
    return {
        "arrayBaseColumnType": column.array_base_column_type,
        "isAutoIncrement": column.is_auto_increment,
        "isCaseSensitive": column.is_case_sensitive,
        "isCurrency": False,
        "isSigned": column.is_signed,
        "label": column.name,
        "name": column.name,
        "nullable": column.nullable,
        "precision": column.precision,
        "scale": column.scale,
        "schemaName": "",
        "tableName": column.table_name,
        "type": column.type,
        "typeName": column.type_name,
    }
