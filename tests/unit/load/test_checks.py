"""What a row's own content forbids is told before it is sent, and which rows were put already."""

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

import mappings
from lifecycle.errors import CouldNotRunError
from lifecycle.load.checks import Checked, Checks
from lifecycle.load.journal import Journal
from lifecycle.load.staging import Staged
from profiles import PROFILE, UNIQUE, Field, Key, ObjectType, ObjectTypeMapping

ROW = '{"UserId": "1", "seats": "25"}'
(MAPPING,) = [each for each in mappings.load() if each.object_type.name == "TrialSubscription"]


def test_a_value_that_a_template_makes_too_long_is_rejected_however_short_the_row() -> None:
    repeated = "{{_source.name}}" * 40
    mapping = ObjectTypeMapping(
        ObjectType(
            name="Crm",
            description="Customers",
            fields=(
                Field("id", "_source.id"),
                Field("name", repeated, "_profile.Attributes.Name"),
            ),
            keys=(Key("id", ("id",), (PROFILE, UNIQUE)),),
            allow_profile_creation=True,
        )
    )
    checks = Checks(mapping)
    found = checks.run(json.dumps({"id": 1, "name": "1234567"}))
    assert found == "The value for _profile.Attributes.Name is longer than 255 characters"
    assert isinstance(checks.run(json.dumps({"id": 1, "name": "123456"})), Checked)


def row(number: int) -> Staged:
    return Staged(number, "f", number, number, 1, number.to_bytes(16), bytes(16), "{}")


def test_a_journal_on_a_full_disk_says_so_and_keeps_what_it_had(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with Journal(path, "here") as journal:
        journal.add([row(1)])
        journal._connection.execute("PRAGMA max_page_count = 4")
        with pytest.raises(CouldNotRunError, match="full; what was sent so far is in the domain"):
            journal.add(map(row, range(2, 2_000)))
    with Journal(path, "here") as journal:
        assert [number for number in range(1, 2_000) if journal.has(row(number))] == [1]
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def checked(mapping: ObjectTypeMapping) -> Checked:
    found = Checks(mapping).run(ROW)
    assert isinstance(found, Checked)
    return found


def test_a_row_is_another_one_under_a_mapping_that_makes_something_else_of_it() -> None:
    seats = Field("seats", "_source.seats", "_profile.Attributes.TrialSeats")
    old = MAPPING.object_type
    changed = replace(MAPPING, object_type=replace(old, fields=(*old.fields, seats)))
    assert checked(changed).content != checked(MAPPING).content
    assert checked(changed).unique == checked(MAPPING).unique


def test_a_description_and_an_example_change_nothing_about_a_row() -> None:
    described = replace(MAPPING.object_type, description="Trials")
    assert checked(replace(MAPPING, object_type=described, examples=())) == checked(MAPPING)
