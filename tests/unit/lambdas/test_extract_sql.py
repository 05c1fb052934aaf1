"""The SQL of a page, its parameters, and that pages follow one another without a gap."""

import json
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

COLUMNS = '"UserId" TEXT, status TEXT, updated INTEGER'
FRAME = "SELECT * FROM (\nSELECT * FROM changes\n) AS source_rows"


@pytest.fixture
def source(extraction: Any) -> Any:
    """An extraction over a table of three rows, two of them changed at the same moment."""
    extraction.table(COLUMNS, [("b", "on", 5), ("a", "on", 5), ("c", "off", 9)])
    return extraction


def statements(extraction: Any) -> list[str]:
    return [" ".join(each["sql"].split()) for each in extraction.execute_statement.calls]


def parameters(extraction: Any) -> list[Any]:
    return [each["parameters"] for each in extraction.execute_statement.calls]


def test_without_a_watermark_every_row_is_read(source: Any) -> None:
    answer = source()
    assert source.items(answer) == [
        {"UserId": "a", "status": "on"},
        {"UserId": "b", "status": "on"},
        {"UserId": "c", "status": "off"},
    ]
    (request,) = source.execute_statement.calls
    assert request["sql"] == f'{FRAME}  ORDER BY "updated", "UserId" LIMIT 500'
    assert request["parameters"] == []
    assert request["formatRecordsAs"] == "JSON"
    assert request["resourceArn"] == "arn:aws:rds:us-east-1:111122223333:cluster:crm"
    assert request["secretArn"] == "arn:aws:secretsmanager:us-east-1:111122223333:secret:crm"
    assert request["database"] == "crm"


def test_a_run_begins_with_the_rows_at_its_watermark(source: Any) -> None:
    source.watermark = json.dumps({"watermark": 5, "key": "b"})
    assert [each["UserId"] for each in source.items(source())] == ["a", "b", "c"]
    assert statements(source) == [
        " ".join(FRAME.split())
        + ' WHERE "updated" >= :watermark ORDER BY "updated", "UserId" LIMIT 500'
    ]
    assert parameters(source) == [[{"name": "watermark", "value": {"longValue": 5}}]]


def test_the_next_page_begins_after_the_last_row(source: Any) -> None:
    assert len(source.items(source(pageRows=2))) == 3
    assert statements(source)[1] == (
        " ".join(FRAME.split())
        + ' WHERE ("updated" > :watermark) OR ("updated" = :watermark AND "UserId" > :key)'
        + ' ORDER BY "updated", "UserId" LIMIT 2'
    )
    assert parameters(source)[1] == [
        {"name": "watermark", "value": {"longValue": 5}},
        {"name": "key", "value": {"stringValue": "b"}},
    ]


def test_a_round_begins_after_the_round_before_it(source: Any) -> None:
    source.watermark = json.dumps({"watermark": 1, "key": "z"})
    answer = source(after={"watermark": 5, "key": "a"}, round=1)
    assert [each["UserId"] for each in source.items(answer)] == ["b", "c"]
    assert source.get_parameter.calls == []


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (
            "timestamp",
            "2024-02-29 10:00:00.123",
            {
                "name": "watermark",
                "value": {"stringValue": "2024-02-29 10:00:00.123"},
                "typeHint": "TIMESTAMP",
            },
        ),
        ("integer", 7, {"name": "watermark", "value": {"longValue": 7}}),
        ("text", "v7", {"name": "watermark", "value": {"stringValue": "v7"}}),
    ],
)
def test_the_watermark_is_a_parameter_of_its_type(
    extraction: Any, kind: str, value: Any, expected: Any
) -> None:
    extraction.table('"UserId" TEXT, updated', [("a", value)])
    extraction.watermark = json.dumps({"watermark": value, "key": "a"})
    assert extraction(watermarkType=kind)["after"] == {"watermark": value, "key": "a"}
    assert parameters(extraction) == [[expected]]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("a", {"stringValue": "a"}),
        (7, {"longValue": 7}),
        (7.5, {"doubleValue": 7.5}),
        (True, {"booleanValue": True}),
    ],
)
def test_the_key_is_a_parameter_of_the_type_of_its_value(
    source: Any, key: Any, expected: Any
) -> None:
    source(after={"watermark": 100, "key": key}, round=1)
    assert parameters(source)[0][1] == {"name": "key", "value": expected}


def test_one_column_can_be_watermark_and_key(extraction: Any) -> None:
    extraction.table("number INTEGER, status TEXT", [(number, "on") for number in (3, 1, 2)])
    answer = extraction(watermarkColumn="number", keyColumn="number", pageRows=1)
    assert [each["number"] for each in extraction.items(answer)] == [1, 2, 3]


def test_a_comment_at_the_end_of_the_query_hides_nothing(source: Any) -> None:
    assert source(query="SELECT * FROM changes -- all of them")["count"] == 3


def test_names_of_columns_are_quoted(extraction: Any) -> None:
    extraction.table('"order" INTEGER, "group" TEXT', [(2, "b"), (1, "a")])
    answer = extraction(watermarkColumn="order", keyColumn="group")
    assert extraction.items(answer) == [{"group": "a"}, {"group": "b"}]


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"watermarkColumn": 'updated" OR "1'}, "watermarkColumn must be letters"),
        ({"keyColumn": "a.b"}, "keyColumn must be letters"),
        ({"keyColumn": "1st"}, "keyColumn must be letters"),
        ({"query": "SELECT 1; DROP TABLE changes"}, "without a semicolon"),
        ({"watermarkType": "uuid"}, "must be one of timestamp, integer, text"),
        ({"query": "", "database": None}, "as it should be: query, database"),
        ({"pageRows": 0, "runRows": "9"}, "as it should be: pageRows, runRows"),
        ({"pageRows": True}, "as it should be: pageRows"),
        ({"round": "1"}, "round must be a whole number"),
        ({"source": "../locks"}, "a source"),
        ({"source": None}, "a source"),
        ({"executionArn": "run-1"}, "an executionArn"),
        ({"action": "delete"}, "accepted are the actions"),
        ({"after": "z"}, "a position is"),
        ({"after": {"watermark": 5}}, "a position is"),
        ({"after": {"watermark": 5, "key": None}}, "no text or number"),
        ({"after": {"watermark": "5", "key": "a"}}, "no integer"),
    ],
)
def test_a_wrong_setting_is_named_before_anything_is_read(
    source: Any, changed: dict[str, Any], text: str
) -> None:
    with pytest.raises(ValueError, match=text):
        source(**changed)
    assert source.execute_statement.calls == []


@pytest.mark.parametrize("event", [None, [], "text", {}, {"action": "extract"}])
def test_an_event_of_another_shape_is_refused(extraction: Any, event: Any) -> None:
    with pytest.raises(ValueError, match="accepted are the actions"):
        extraction.module.handler(event, None)


@pytest.mark.parametrize("stored", ["", "5", '{"watermark": 5}', '{"watermark": "x", "key": "a"}'])
def test_a_watermark_that_cannot_be_read_is_named(source: Any, stored: str) -> None:
    source.watermark = stored
    with pytest.raises(ValueError, match="parameter /customer-lifecycle/customers/watermarks/tri"):
        source()


rows = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from("abcdefghijkl")),
    max_size=12,
    unique_by=lambda row: row[1],
)


@given(rows, st.integers(1, 5), st.integers(1, 7), st.none() | st.integers(0, 4))
@settings(max_examples=80, deadline=None)
def test_every_changed_row_is_read_once_and_in_order_however_it_is_cut(
    new_extraction: Any, table: list[Any], page: int, run: int, watermark: int | None
) -> None:
    with closing(new_extraction()) as extraction:
        extraction.table(COLUMNS, [(key, "on", moment) for moment, key in table])
        if watermark is not None:
            extraction.watermark = json.dumps({"watermark": watermark, "key": "f"})
        seen: list[str] = []
        answer = {"after": None, "round": 0, "more": True}
        while answer["more"]:
            start = {"after": answer["after"], "round": answer["round"]}
            answer = extraction(pageRows=page, runRows=run, **start)
            assert answer["count"] <= run
            assert answer["advance"] is (answer["count"] > 0)
            seen += [each["UserId"] for each in extraction.items(answer)]
        changed = sorted(row for row in table if watermark is None or row[0] >= watermark)
        assert seen == [key for _, key in changed]
        if changed:
            moment, key = changed[-1]
            assert answer["after"] == {"watermark": moment, "key": key}
