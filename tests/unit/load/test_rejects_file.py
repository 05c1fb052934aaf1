"""Rejected rows are in their file once, and none is lost on the way."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from lifecycle.errors import CouldNotRunError
from lifecycle.load.rejects_file import RejectsFile
from lifecycle.load.rows import Row


def run(path: Path, *inputs: str, rows: Sequence[str] = (), expires: bool = False) -> RejectsFile:
    """A run over these files that rejects these rows of the first."""
    with RejectsFile(path, [Path(each) for each in inputs]) as rejects:
        for number, text in enumerate(rows, 1):
            rejects.add(Row(inputs[0], number, text), "bad")
        if expires:
            raise CouldNotRunError("expired")
        rejects.finish()
    return rejects


def held(path: Path) -> list[tuple[str, int]]:
    notes = [json.loads(line)["_rejected"] for line in path.read_text().splitlines()]
    assert sorted(each.name for each in path.parent.iterdir()) == [path.name]
    return [(note["file"], note["row"]) for note in notes]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rejected.ndjson"


def test_a_second_run_over_a_file_tells_its_rejected_rows_anew(path: Path) -> None:
    run(path, "a", rows=("{}", "{}"))
    assert run(path, "a", rows=("{}",)).kept == 0
    assert held(path) == [("a", 1)]
    run(path, "a")
    assert not path.exists()


def test_a_run_over_another_file_keeps_what_is_not_loaded_yet(path: Path) -> None:
    run(path, "a", rows=("{}", "{}"))
    assert run(path, "b", rows=("{}",)).kept == 2
    assert held(path) == [("a", 1), ("a", 2), ("b", 1)]
    assert run(path, "b").kept == 2
    assert held(path) == [("a", 1), ("a", 2)]


def test_loading_the_rejected_rows_leaves_those_that_are_still_rejected(path: Path) -> None:
    run(path, "a", rows=("{}", "{}"))
    assert run(path, str(path), rows=("{}",)).kept == 0
    assert held(path) == [(str(path), 1)]
    run(path, str(path))
    assert not path.exists()


@pytest.mark.parametrize("content", ['{"UserId": "1"}\n', "text\n", "[]\n", '{"_rejected": 1}\n'])
def test_a_file_of_anything_else_is_left_alone(path: Path, content: str) -> None:
    path.write_text(content)
    with pytest.raises(CouldNotRunError, match="something else than rejected rows; name another"):
        run(path, str(path), rows=("{}",))
    assert path.read_text() == content
    assert list(path.parent.iterdir()) == [path]


def test_a_run_that_cannot_go_on_leaves_what_was_there(path: Path) -> None:
    run(path, "a", rows=("{}", "{}"))
    with pytest.raises(CouldNotRunError, match="expired"):
        run(path, "a", rows=("{}",), expires=True)
    assert held(path) == [("a", 1), ("a", 2)]


def test_a_full_disk_is_told_and_leaves_what_was_there(path: Path) -> None:
    run(path, "a", rows=("{}", "{}"))
    before = path.read_bytes()
    path.with_name("rejected.ndjson.partial").symlink_to("/dev/full")
    with pytest.raises(
        CouldNotRunError, match=r"partial: No space left on device; --rejects names"
    ):
        run(path, "b", rows=["{}"] * 1_000)
    assert path.read_bytes() == before


def test_a_disk_that_is_full_when_a_run_ends_is_told(path: Path) -> None:
    path.with_name("rejected.ndjson.partial").symlink_to("/dev/full")
    with pytest.raises(CouldNotRunError, match="No space left"):
        run(path, "a", rows=("{}",))
    assert not path.exists()
