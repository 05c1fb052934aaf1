"""Rows of every kind of file, and rejected rows that come back as they were."""

import csv
import gzip
import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.errors import CouldNotRunError
from lifecycle.load.rows import Row, as_rejected, read

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
RECORDS = st.dictionaries(st.text(min_size=1, max_size=8), VALUES, max_size=5)


def read_bytes(data: bytes, name: str = "rows.ndjson") -> list[Row]:
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        return list(read(path))


def ndjson(*records: Any) -> bytes:
    return "".join(json.dumps(each) + "\n" for each in records).encode()


@given(st.lists(RECORDS, min_size=2, max_size=6), st.booleans())
def test_all_records_come_in_order_whatever_is_in_them(records: list[Any], packed: bool) -> None:  # noqa: FBT001
    data = ndjson(*records)
    found = read_bytes(gzip.compress(data) if packed else data)
    assert [json.loads(each.text) for each in found] == records
    assert [each.number for each in found] == list(range(1, len(records) + 1))


@given(st.lists(RECORDS, min_size=2, max_size=4), st.text(max_size=20))
def test_a_rejected_row_comes_back_as_it_was(records: list[Any], reason: str) -> None:
    rejected = b"".join(
        as_rejected(Row("f", at, json.dumps(each)), reason) for at, each in enumerate(records)
    )
    found = read_bytes(rejected)
    assert [json.loads(each.text) for each in found] == records


@pytest.mark.parametrize("text", ["", "{", "[1]", '"text"', "{'a': 1}", "NaN"])
def test_a_rejected_row_that_is_no_object_comes_back_as_its_text(text: str) -> None:
    line = as_rejected(Row("f", 7, text), "bad")
    assert json.loads(line)["_rejected"] == {"reason": "bad", "file": "f", "row": 7, "text": text}
    (first, second) = read_bytes(line + line)
    assert first.text == second.text == text


def test_a_member_of_the_same_name_that_is_no_note_is_left_alone() -> None:
    records = [{"a": 1, "_rejected": "by the bank"}, {"_rejected": None}]
    assert [json.loads(each.text) for each in read_bytes(ndjson(*records))] == records


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=12)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5))
def test_cells_are_kept_as_they_are_and_empty_ones_are_none(cells: list[tuple[str, str]]) -> None:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([("one", "two"), *cells])
    found = read_bytes(file.getvalue().encode(), "rows.csv")
    wanted = [
        {name: cell for name, cell in zip(("one", "two"), row, strict=True) if cell}
        for row in cells
    ]
    assert [json.loads(each.text) for each in found] == wanted


def test_rows_of_other_encodings_and_with_too_many_cells_are_told_by_their_lines() -> None:
    data = "one,two\na,ä\n".encode("latin-1") + b"a,b,c\nd,e\n"
    first, second, third = read_bytes(data, "rows.csv")
    assert (first.number, first.problem) == (2, "it cannot be read as CSV in UTF-8")
    assert (second.number, second.problem) == (3, "it has more cells than the header")
    assert (third.number, third.problem) == (4, None)
    good, bad = read_bytes(b'{"a": "b"}\n{"a": "\xe4"}\n')
    assert good.problem is None
    assert bad.problem is not None
    assert bad.number == 2


def test_a_row_with_too_few_cells_is_kept_as_it_stands() -> None:
    first, second = read_bytes(b'one,two\r\n"a, b"\r\nc,d\r\n', "rows.csv")
    assert first == Row(first.file, 2, '"a, b"', "it has fewer cells than the header")
    assert second.problem is None


@pytest.mark.parametrize(
    "cells",
    ['"open,b', '"a"b,c', f'"{"x" * 200_000}",b'],
    ids=["at the end", "text behind a quote", "too long"],
)
def test_a_line_that_is_no_csv_is_kept_as_it_stands(cells: str) -> None:
    found = read_bytes(f"one,two\na,b\n{cells}\n".encode(), "rows.csv")
    assert [(each.number, each.problem is None) for each in found] == [(2, True), (3, False)]
    assert found[1].text == cells
    assert as_rejected(found[1], "bad")


@pytest.mark.parametrize("rest", ["", 'c,"d"\n', "c,d\n" * 100_000], ids=["end", "quote", "long"])
def test_a_quote_that_swallows_the_next_lines_stops_the_run_with_the_line_that_it_opens_in(
    rest: str,
) -> None:
    data = f'one,two\na,b\na,"b\nc,d\n{rest}'.encode()
    with pytest.raises(CouldNotRunError, match=r"rows\.csv: line 3: a quote that opens here"):
        read_bytes(data, "rows.csv")


def test_a_header_that_is_no_csv_stops_the_run() -> None:
    with pytest.raises(CouldNotRunError, match=r"rows\.csv: line 1: each column"):
        read_bytes(b'"one"x,two\na,b\n', "rows.csv")


def test_a_file_that_ends_too_early_is_told_with_its_last_row() -> None:
    data = gzip.compress(ndjson(*({"n": number} for number in range(9_000))))
    with pytest.raises(CouldNotRunError, match=r"rows\.ndjson: after row \d+: the compressed"):
        read_bytes(data[:-30])


@given(st.binary(max_size=200))
def test_any_bytes_are_rows_or_a_clear_refusal(data: bytes) -> None:
    for name in ("rows.ndjson", "rows.csv"):
        try:
            found = read_bytes(data, name)
        except CouldNotRunError:
            continue
        assert all(each.number > 0 for each in found)
