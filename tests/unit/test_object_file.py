"""Files of objects: whatever their form, the same objects come out, each on one line."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle import object_file
from lifecycle.object_file import Entry, ObjectFile

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
OBJECTS = st.dictionaries(st.text(max_size=6), VALUES, max_size=4)

Write = Callable[[list[Any]], str]


def raw(value: Any) -> str:
    """With every character that JSON lets stand as it is."""
    return json.dumps(value, ensure_ascii=False)


WRITE: dict[str, Write] = {
    "lines": lambda values: "".join(raw(each) + "\n" for each in values),
    "lines of windows": lambda values: "\r\n".join(raw(each) for each in values),
    "lines with blank ones": lambda values: "\n\n  " + "\n \n".join(raw(each) for each in values),
    "list": raw,
    "pretty list": lambda values: json.dumps(values, indent=4),
    "list of lines": lambda values: "[\n" + ",\n".join(raw(each) for each in values) + "\n]\n",
    "byte order mark": lambda values: "\ufeff" + raw(values),
}


def read(text: str | bytes) -> list[Entry]:
    return list(ObjectFile(io.BytesIO(text if isinstance(text, bytes) else text.encode())))


@pytest.mark.parametrize("form", WRITE)
@pytest.mark.parametrize("chunk", [1, 7, object_file.CHUNK])
def test_every_form_of_file_has_the_same_objects(
    form: str, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_file, "CHUNK", chunk)
    objects = [{"a": 1}, {"b": {"c": [1, {"d": "}]"}]}}, {"é": "\u2028 ü", "n": -1.5e30}, {}]
    entries = read(WRITE[form](objects))
    assert [json.loads(each.text) for each in entries] == objects
    assert not [each for each in entries if each.problem]


@given(st.lists(OBJECTS, max_size=4), st.sampled_from(sorted(WRITE)))
def test_any_objects_come_out_as_they_went_in_each_on_one_line(
    objects: list[dict[str, Any]], form: str
) -> None:
    entries = read(WRITE[form](objects))
    assert [json.loads(each.text) for each in entries] == objects
    for entry in entries:
        assert entry.text.splitlines() == [entry.text]


def test_a_line_that_is_no_json_stays_in_its_place_word_for_word() -> None:
    texts = ['{"a": 1.10}', "no json", '{"b":', "[1]", '{"c": 2}']
    assert [each.text for each in read("\n".join(texts))] == texts


def test_numbers_are_those_of_the_lines() -> None:
    assert [each.number for each in read('{"a": 1}\n\n{"b": 2}\n{"c": 3}')] == [1, 3, 4]
    assert ObjectFile(io.BytesIO(b'{"a": 1}\n')).unit == "line"


def test_elements_of_a_list_are_counted_however_many_stand_on_a_line() -> None:
    assert [each.number for each in read('[{"a": 1}, {"b": 2},\n\n{"c": 3}]')] == [1, 2, 3]
    assert ObjectFile(io.BytesIO(b"[]")).unit == "object"


def test_a_number_is_not_cut_where_the_file_is_read_in_pieces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(object_file, "CHUNK", 1)
    assert [each.text for each in read('[12345, {"a": 678}, 9]')] == ["12345", '{"a": 678}', "9"]


def test_one_object_may_stand_over_several_lines() -> None:
    (entry,) = read(json.dumps({"a": {"b": "c"}}, indent=2))
    assert json.loads(entry.text) == {"a": {"b": "c"}}
    assert "\n" not in entry.text


def test_values_are_sent_as_they_are_spelt() -> None:
    assert [each.text for each in read('[{"price": 1.10, "big": 1e400}]')] == [
        '{"price": 1.10, "big": 1e400}'
    ]


@pytest.mark.parametrize("text", ["", "\n\n", " ", "[]", "[ ]\n", "\ufeff"])
def test_a_file_without_objects_has_none(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ('[{"a": 1}', 1),
        ('[{"a": 1} {"b": 2}]', 1),
        ('[{"a": 1}, {"b": }, {"c": 3}]', 1),
        ('[{"a": 1},]', 1),
        ('[{"a": 1}] {"b": 2}', 1),
        ("[", 0),
        ("[" * 100_000, 0),
    ],
)
def test_after_a_mistake_in_a_list_nothing_can_be_read_and_the_place_is_named(
    text: str, before: int
) -> None:
    entries = read(text)
    assert len(entries) == before + 1
    assert entries[-1].number == before + 1
    assert entries[-1].problem is not None
    assert "not well-formed" in entries[-1].problem


def test_a_line_that_is_no_text_is_a_problem_of_its_own() -> None:
    entries = read(b'{"a": 1}\n\xff\xfe\n{"b": 2}\n')
    assert [each.problem is None for each in entries] == [True, False, True]
    assert [each.number for each in entries] == [1, 2, 3]


def test_a_list_that_is_no_text_is_a_problem_too() -> None:
    assert [each.problem is None for each in read(b'[{"a": "\xff"}]')] == [False]


@pytest.mark.parametrize("end", ["\n", ""])
def test_a_line_without_end_is_not_held_and_the_next_is_read(
    end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_file, "MAX_ENTRY", 32)
    entries = read('{"a": 1}\n{"b": "' + "x" * 200 + f'"}}\n{{"c": 3}}{end}')
    assert [(each.number, each.problem is None) for each in entries] == [
        (1, True),
        (2, False),
        (3, True),
    ]
    assert not [each for each in entries if "xx" in each.text]


def test_a_pipe_can_be_read_twice() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: int) -> int:
            raise OSError("a pipe")

        def tell(self) -> int:
            raise OSError("a pipe")

    with ObjectFile(Pipe(b'{"a": 1}\n{"b": 2}\n')) as objects:
        assert list(objects) == list(objects)
        assert len(list(objects)) == 2


class Endless(io.RawIOBase):
    """A list that never ends; read: how much of it was taken."""

    def __init__(self) -> None:
        self.position = 0
        self.taken = 0

    def seekable(self) -> bool:
        return True

    def seek(self, position: int, _: int = 0) -> int:
        self.position = position
        return position

    def tell(self) -> int:
        return self.position

    def read(self, size: int = -1) -> bytes:
        assert size > 0
        self.taken += size
        text = (b"[" if self.position == 0 else b"") + b'{"a": 1},' * (size // 9 + 1)
        self.position += size
        return text

    def readline(self, size: int | None = -1) -> bytes:
        assert size is not None
        assert size > 0
        return self.read(size)


def test_a_long_list_is_read_as_a_stream() -> None:
    endless = Endless()
    entries = iter(ObjectFile(endless))
    begun = endless.taken
    for _, entry in zip(range(100_000), entries, strict=False):
        assert entry.text == '{"a": 1}'
    assert endless.taken - begun < 2_000_000
