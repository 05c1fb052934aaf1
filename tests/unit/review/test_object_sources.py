"""Exports of profile objects: what can be read, and how what cannot is told."""

import gzip
import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from lifecycle.errors import CouldNotRunError
from lifecycle.review import object_sources
from lifecycle.review.object_sources import (
    LineError,
    ObjectLines,
    ObjectSource,
    open_source,
    parse_line,
    parse_source,
    read_lines,
    unwrap,
)

TYPES = {"Crm", "Web"}
ANN = {"id": "1", "name": "Ann"}
BOB = {"id": "2", "name": "Böb"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where copies go."""
    made = tmp_path / "copies"
    made.mkdir()
    return made


def written(tmp_path: Path, text: str | bytes, name: str = "objects.ndjson") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def opened(path: Path, folder: Path, object_type: str | None = None) -> ObjectLines:
    return open_source(ObjectSource(path, object_type), TYPES, folder)


def objects(lines: ObjectLines) -> list[tuple[str, Any]]:
    """What the lines hold, all of which have to be good."""
    found = []
    with lines.path.open("rb") as file:
        for line in read_lines(file, lines.size):
            if line != b"":
                assert line is not None
                parse_line(line, lines.object_type, TYPES)
                name, text = unwrap(line, lines.object_type)
                found.append((name, json.loads(text)))
    return found


def problem(line: str | bytes | None, object_type: str | None = None) -> str:
    given = line.encode() if isinstance(line, str) else line
    with pytest.raises(LineError) as told:
        parse_line(given, object_type, TYPES)
    return str(told.value)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Crm=crm.csv", ObjectSource(Path("crm.csv"), "Crm")),
        ("export.ndjson", ObjectSource(Path("export.ndjson"))),
        ("./Crm=crm.csv", ObjectSource(Path("Crm=crm.csv"))),
        ("/data/a=b", ObjectSource(Path("/data/a=b"))),
        ("my_Crm-2=a=b", ObjectSource(Path("a=b"), "my_Crm-2")),
    ],
)
def test_a_source_is_a_file_or_a_type_and_a_file(text: str, source: ObjectSource) -> None:
    assert parse_source(text) == source


def test_each_line_of_a_file_with_a_type_is_an_object_of_it(tmp_path: Path, folder: Path) -> None:
    path = written(tmp_path, f"{json.dumps(ANN)}\n{json.dumps(BOB)}")
    lines = opened(path, folder, "Crm")
    assert objects(lines) == [("Crm", ANN), ("Crm", BOB)]
    assert (lines.name, lines.path) == (str(path), path)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("text", [True, False])
def test_each_line_of_a_file_without_a_type_says_its_own(
    tmp_path: Path, folder: Path, *, text: bool
) -> None:
    entries = [
        {"ObjectTypeName": name, "Object": json.dumps(each) if text else each, "More": 1}
        for name, each in (("Crm", ANN), ("Web", BOB))
    ]
    path = written(tmp_path, "\n".join(json.dumps(each) for each in entries))
    assert objects(opened(path, folder)) == [("Crm", ANN), ("Web", BOB)]


def test_the_text_of_an_object_is_kept_as_it_is() -> None:
    text = '{ "id":1.0,\n "n": "\\u00e4" }'
    line = json.dumps({"ObjectTypeName": "Crm", "Object": text}).encode()
    assert unwrap(line, None) == ("Crm", text)


def test_blank_lines_a_byte_order_mark_and_line_ends_of_windows_are_no_objects(
    tmp_path: Path, folder: Path
) -> None:
    text = f"\ufeff{json.dumps(ANN)}\r\n\r\n  \n{json.dumps(BOB)}\r\n"
    lines = opened(written(tmp_path, text), folder, "Crm")
    assert objects(lines) == [("Crm", ANN), ("Crm", BOB)]
    with lines.path.open("rb") as file:
        assert len(list(read_lines(file, lines.size))) == 4


@pytest.mark.parametrize("name", ["objects.csv", "OBJECTS.CSV", "objects.csv.gz"])
def test_each_row_of_a_csv_is_an_object_of_texts_without_its_empty_cells(
    tmp_path: Path, folder: Path, name: str
) -> None:
    text = '\ufeffid,name,note\r\n1,Ann,\r\n\r\n2,,"a, ""b""\nc"\r\n3\r\n'
    content = gzip.compress(text.encode()) if name.endswith(".gz") else text
    lines = opened(written(tmp_path, content, name), folder, "Crm")
    assert objects(lines) == [
        ("Crm", {"id": "1", "name": "Ann"}),
        ("Crm", {"id": "2", "note": 'a, "b"\nc'}),
        ("Crm", {"id": "3"}),
    ]
    assert lines.bad_lines == 0


def test_bad_rows_of_a_csv_are_named_by_the_line_on_which_they_end(
    tmp_path: Path, folder: Path
) -> None:
    text = b'id,name\n1,"a\nb"\n2,x,surplus\n3,\xff\n4,Ann\n5,' + b"x" * 200_000 + b"\n6,Bob\n"
    lines = opened(written(tmp_path, text, "objects.csv"), folder, "Crm")
    assert [(each.line, each.problem) for each in lines.first_bad_lines] == [
        (4, object_sources.TOO_MANY_CELLS),
        (5, object_sources.NOT_CSV),
        (7, object_sources.NOT_CSV),
    ]
    assert [record["id"] for _, record in objects(lines)] == ["1", "4", "6"]
    assert {each.file for each in lines.first_bad_lines} == {str(tmp_path / "objects.csv")}


def test_bad_rows_are_all_counted_and_the_first_ones_are_named(
    tmp_path: Path, folder: Path
) -> None:
    lines = opened(written(tmp_path, "id\n" + "1,2\n" * 30, "o.csv"), folder, "Crm")
    assert (lines.bad_lines, len(lines.first_bad_lines)) == (30, 10)


@pytest.mark.parametrize("header", ["id,,name", "id,name,id"])
def test_a_header_that_names_a_column_twice_or_not_at_all_is_refused(
    tmp_path: Path, folder: Path, header: str
) -> None:
    path = written(tmp_path, f"{header}\n1,2,3\n", "o.csv")
    with pytest.raises(CouldNotRunError, match="each column needs a name of its own"):
        opened(path, folder, "Crm")


def test_an_empty_csv_has_no_objects(tmp_path: Path, folder: Path) -> None:
    assert objects(opened(written(tmp_path, "", "o.csv"), folder, "Crm")) == []


def test_a_csv_needs_a_type(tmp_path: Path, folder: Path) -> None:
    path = written(tmp_path, "id\n1\n", "o.csv")
    with pytest.raises(CouldNotRunError, match=f"give TYPE={path}"):
        opened(path, folder)


def test_a_file_compressed_by_gzip_is_read_whatever_its_name(tmp_path: Path, folder: Path) -> None:
    path = written(tmp_path, gzip.compress(json.dumps(ANN).encode()), "export")
    lines = opened(path, folder, "Crm")
    assert (objects(lines), lines.name) == ([("Crm", ANN)], str(path))


def test_a_damaged_gzip_is_told(tmp_path: Path, folder: Path) -> None:
    whole = gzip.compress(json.dumps([ANN] * 100).encode())
    for number, content in enumerate((whole[:-20], whole[:15] + b"\0\0\0" + whole[18:])):
        path = written(tmp_path, content, f"export{number}")
        with pytest.raises(CouldNotRunError, match=f"{path} cannot be read"):
            opened(path, folder, "Crm")


def test_the_elements_of_a_json_list_are_objects(tmp_path: Path, folder: Path) -> None:
    path = written(tmp_path, f" \n{json.dumps([ANN, 'secret', BOB, [1]], indent=2)}")
    lines = opened(path, folder, "Crm")
    assert objects(lines) == [("Crm", ANN), ("Crm", BOB)]
    assert [(each.line, each.problem) for each in lines.first_bad_lines] == [
        (2, object_sources.NOT_AN_OBJECT),
        (4, object_sources.NOT_AN_OBJECT),
    ]


def test_a_pipe_is_read_once(tmp_path: Path, folder: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(json.dumps(ANN) + "\n",))
    writer.start()
    lines = opened(pipe, folder, "Crm")
    writer.join()
    assert objects(lines) == objects(lines) == [("Crm", ANN)]


def test_a_file_that_is_not_there_or_is_a_folder_is_told(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(CouldNotRunError, match="nowhere cannot be read: No such file"):
        opened(tmp_path / "nowhere", folder, "Crm")
    with pytest.raises(CouldNotRunError, match="cannot be read: Is a directory"):
        opened(tmp_path, folder, "Crm")


def test_a_type_that_neither_version_has_is_told_before_anything_is_read(folder: Path) -> None:
    with pytest.raises(CouldNotRunError, match="Crn is in neither version; there are Crm, Web"):
        opened(Path("nowhere"), folder, "Crn")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (None, object_sources.TOO_LONG),
        ("secret", object_sources.NOT_JSON),
        (b'{"id": "\xff"}', object_sources.NOT_JSON),
        ('{"id": NaN}', object_sources.NOT_JSON),
        ("[1]", object_sources.NOT_AN_OBJECT),
        ('{"id": 1}', object_sources.NO_TYPE),
        ('{"ObjectTypeName": 1}', object_sources.NO_TYPE),
        ('{"ObjectTypeName": "Crn", "Object": {}}', object_sources.UNKNOWN_TYPE),
        ('{"ObjectTypeName": "Crm"}', object_sources.NO_OBJECT),
        ('{"ObjectTypeName": "Crm", "Object": [1]}', object_sources.NO_OBJECT),
        ('{"ObjectTypeName": "Crm", "Object": "secret"}', object_sources.NOT_JSON),
        ('{"ObjectTypeName": "Crm", "Object": "[1]"}', object_sources.NOT_AN_OBJECT),
        (
            '{"ObjectTypeName": "Crm", "Object": {"a": ' + "[" * 500 + "]" * 500 + "}}",
            object_sources.TOO_DEEP,
        ),
    ],
)
def test_a_line_without_an_object_is_told_and_not_quoted(line: str | None, told: str) -> None:
    assert problem(line) == told
    assert "secret" not in told


def test_a_line_of_a_file_with_a_type_is_not_unwrapped() -> None:
    line = b'{"ObjectTypeName": "Web", "Object": {}}'
    assert parse_line(line, "Crm", TYPES) == ("Crm", json.loads(line))
    assert problem("[1]", "Crm") == object_sources.NOT_AN_OBJECT


def test_a_line_that_is_far_too_long_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_sources, "MAX_ENTRY", 10)
    path = written(tmp_path, "short\n" + "x" * 35 + "\nexactly10\n" + "y" * 10)
    with path.open("rb") as file:
        assert list(read_lines(file, path.stat().st_size)) == [b"short", None, b"exactly10", None]


def test_a_file_that_becomes_shorter_while_it_is_read_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, "{}\n")
    with path.open("rb") as file, pytest.raises(CouldNotRunError, match="became shorter"):
        list(read_lines(file, 100))
