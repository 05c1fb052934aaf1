"""Annotations of GitHub Actions, read as its runner reads them."""

import re
from urllib.parse import unquote

from lifecycle.review import rules
from lifecycle.review.formats.github import github
from lifecycle.review.formats.words import printable
from lifecycle.review.model import Place, Snapshot, Version
from lifecycle.review.replay_model import ReplayReport
from tests.unit.review.reports import (
    FILE,
    NEW,
    change,
    everything,
    for_any_text,
    replayed,
    report,
    sample,
)
from tests.unit.review.tables import CRM, version

COMMAND = re.compile(r"::(error|warning|notice) ((?:[a-z]+=[^,:]*)(?:,[a-z]+=[^,:]*)*)::(.*)")


def read(text: str) -> list[tuple[str, dict[str, str], str]]:
    """(level, properties, message) of each line, each of which is a command."""
    found = []
    for line in text.removesuffix("\n").splitlines():
        match = COMMAND.fullmatch(line)
        assert match is not None, line
        properties = dict(each.split("=", 1) for each in match[2].split(","))
        shown = {name: unquote(value) for name, value in properties.items()}
        found.append((match[1], shown, unquote(match[3])))
    return found


def test_a_finding_is_on_its_own_line_as_loud_as_its_category() -> None:
    found = [
        change(rules.KEY_UNIQUE_REMOVED, place=Place(FILE, 3)),
        change(),
        change(rules.EXPIRY_SHORTENED, subject="", place=Place(FILE, 0)),
        change(rules.FIELD_ADDED),
        change(rules.DESCRIPTION_CHANGED, before=None, after=None),
        change(rules.KEY_UNIQUE_MOVED, excepted="ticket 1"),
    ]
    commands = read(github(report(*found)))[1:]
    assert [(level, each.get("line")) for level, each, _ in commands] == [
        ("error", "3"),
        ("warning", "12"),
        ("warning", None),
        ("notice", "12"),
        ("notice", "12"),
        ("notice", "12"),
    ]
    assert {each["file"] for _, each, _ in commands} == {FILE}
    assert commands[1][1]["title"] == "BACKFILL FIELD_TARGET_CHANGED: Crm, field tier"
    assert commands[1][2] == (
        "_profile.Attributes.Tier -> _profile.Attributes.Level\n"
        "The old attribute stays.\nDo: Put the objects again."
    )
    assert commands[4][2] == "The old attribute stays.\nDo: Put the objects again."
    assert commands[5][2].endswith("\nLet pass: ticket 1")


def test_what_is_gone_is_marked_where_its_object_type_is_and_says_where_it_was() -> None:
    new = Version(NEW, (Snapshot(CRM, FILE, places={"": 5}),))
    gone = change(place=Place("mappings/Old.py", 9, "old"))
    _, (_, properties, message) = read(github(report(gone, new=new)))
    assert (properties["file"], properties["line"]) == (FILE, "5")
    assert message.endswith("\nIt was at mappings/Old.py:9 in main (1a2b3c4).")


def test_what_has_no_file_is_told_without_one() -> None:
    deployed = change(place=Place("", 0))
    removed = change(object_type="Gone", place=Place("mappings/Gone.py", 4, "old"))
    commands = read(github(report(deployed, removed)))[1:]
    assert [list(properties) for _, properties, _ in commands] == [["title"], ["title"]]
    assert commands[1][2].endswith("\nIt was at mappings/Gone.py:4 in main (1a2b3c4).")


def test_errors_of_validation_come_before_findings() -> None:
    new = version(CRM, name=NEW, findings=("mappings/Crm.py: Crm: wrong [RULE] -> right",))
    _, refused, found = read(github(report(change(), new=new)))
    assert refused == (
        "error",
        {"file": FILE, "title": "Validation"},
        "mappings/Crm.py: Crm: wrong [RULE] -> right",
    )
    assert found[0] == "warning"


def test_the_first_command_has_the_whole_and_the_profiles_before_and_after() -> None:
    replay = ReplayReport(replayed(sample()), None, masked=True)
    level, properties, message = read(github(report(change(), replay=replay)))[0]
    assert (level, properties) == ("notice", {"title": "Review of the mappings"})
    assert message.startswith(
        "Against main (1a2b3c4): 1 finding (1 BACKFILL).\nFails: 1 finding.\n"
    )
    assert re.search(r"^    lost  Attributes\.Tier  Gold    \(none\)$", message, re.MULTILINE)


def test_an_annotation_has_a_limit() -> None:
    many = ReplayReport(replayed(*[sample()] * 300), None, masked=True)
    message = read(github(report(replay=many)))[0][2]
    assert len(message) == 16_003
    assert message.endswith("...")


@for_any_text
def test_no_text_of_others_ends_a_command_or_begins_one(given_text: str) -> None:
    made = everything(given_text)
    commands = read(github(made))
    assert len(commands) == 1 + len(made.refusals) + len(made.changes)
    assert [level for level, _, _ in commands] == ["notice", "error", "error", "warning", "notice"]
    shown = printable(given_text)
    assert commands[1][1:] == ({"file": shown, "line": "3", "title": "Validation"}, shown)
    assert commands[3][1]["title"] == f"BACKFILL FIELD_TARGET_CHANGED: {shown}, {shown}"
    assert commands[3][2] == f"{shown} -> (none)\n{shown}\nDo: {shown}"
