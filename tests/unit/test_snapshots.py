"""Files that change together: what a start finds after a kill at any step of writing them."""

from pathlib import Path

import pytest

from emulator.snapshots import recover


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the state of two services."""
    for name in ("sqs", "sns"):
        (tmp_path / f"{name}.json").write_text("before", encoding="utf-8")
    return tmp_path


def begun(folder: Path, stage: str, *names: str) -> None:
    """Files on their way to their places."""
    (folder / stage).mkdir()
    for name in names:
        (folder / stage / f"{name}.json").write_text("after", encoding="utf-8")


def contents(folder: Path) -> dict[str, str]:
    return {each.name: each.read_text(encoding="utf-8") for each in folder.iterdir()}


def test_what_was_not_complete_is_as_if_it_had_never_begun(folder: Path) -> None:
    begun(folder, "pending", "sqs")
    recover(folder)
    assert contents(folder) == {"sqs.json": "before", "sns.json": "before"}


def test_what_was_complete_is_put_in_its_place(folder: Path) -> None:
    begun(folder, "committed", "sqs", "sns", "kms")
    recover(folder)
    assert contents(folder) == dict.fromkeys(("sqs.json", "sns.json", "kms.json"), "after")


def test_what_was_half_in_its_place_is_completed(folder: Path) -> None:
    (folder / "sqs.json").write_text("after", encoding="utf-8")
    begun(folder, "committed", "sns")
    recover(folder)
    assert contents(folder) == dict.fromkeys(("sqs.json", "sns.json"), "after")


def test_a_completed_change_counts_and_the_next_one_that_had_begun_does_not(folder: Path) -> None:
    begun(folder, "committed", "sqs")
    begun(folder, "pending", "sns")
    recover(folder)
    assert contents(folder) == {"sqs.json": "after", "sns.json": "before"}


def test_a_folder_that_is_still_to_be_made_needs_nothing(tmp_path: Path) -> None:
    recover(tmp_path / "none")
    assert not (tmp_path / "none").exists()
