"""The report for a terminal."""

from dataclasses import replace

import pytest

from lifecycle.review import rules
from lifecycle.review.formats.text import text
from lifecycle.review.formats.words import printable
from lifecycle.review.model import Category, Place
from lifecycle.review.replay_model import AttributeCount, BadLine, Kind, Rejection, ReplayReport
from tests.unit.review.reports import (
    NEW,
    OLD,
    change,
    everything,
    for_any_text,
    replayed,
    report,
    sample,
)
from tests.unit.review.tables import CRM, version


def test_a_change_tells_what_where_then_what_follows_and_what_to_do() -> None:
    gone = Place("mappings/Crm.py", 9, "old")
    shown = text(
        report(
            change(
                rules.KEY_UNIQUE_REMOVED,
                subject="key crmId",
                before="PROFILE, UNIQUE",
                after="PROFILE",
                consequence=f"The same record may become a second object{', and a third' * 4}.",
                action=f"Keep UNIQUE where it was{', or elsewhere' * 6}.",
            ),
            change(place=gone, after=None, excepted="ticket 1"),
        )
    )
    assert shown == (
        "Review of the working tree against main (1a2b3c4)\n"
        "Found: 1 finding (1 IDENTITY); 1 finding let pass by exception.\n"
        "\n"
        "IDENTITY (1)\n"
        "Customers are told apart or matched differently: profiles split, merge or lose what they"
        " are known\n"
        "by, or objects are rejected.\n"
        "\n"
        "  KEY_UNIQUE_REMOVED  Crm, key crmId                                            "
        "  mappings/Crm.py:12\n"
        "    PROFILE, UNIQUE -> PROFILE\n"
        "    The same record may become a second object, and a third, and a third, and a third,"
        " and a third.\n"
        "    Do: Keep UNIQUE where it was, or elsewhere, or elsewhere, or elsewhere, or elsewhere,"
        " or\n"
        "        elsewhere, or elsewhere.\n"
        "\n"
        "BACKFILL (1)\n"
        "Profiles are wrong or stale until their objects are put again; a value that nothing"
        " writes any more\n"
        "stands until somebody clears it.\n"
        "\n"
        "  FIELD_TARGET_CHANGED  Crm, field tier                        "
        "  mappings/Crm.py:9 in main (1a2b3c4)\n"
        "    _profile.Attributes.Tier -> (none)\n"
        "    The old attribute stays.\n"
        "    Do: Put the objects again.\n"
        "    Let pass: ticket 1\n"
        "\n"
        "Fails: 1 finding that no exception lets pass.\n"
    )


def test_nothing_is_said_to_be_found_where_nothing_is() -> None:
    assert text(report()).splitlines()[1:] == ["Found: nothing.", "", "Passes: no finding."]


@pytest.mark.parametrize(
    ("length", "lines"),
    [
        (59, [f"  FIELD_TARGET_CHANGED  Crm, field tier  {'x' * 57}:7"]),
        (60, ["  FIELD_TARGET_CHANGED  Crm, field tier", f"    {'x' * 58}:7"]),
    ],
)
def test_a_place_that_leaves_no_room_is_on_a_line_of_its_own(length: int, lines: list[str]) -> None:
    shown = text(report(change(place=Place("x" * (length - 2), 7)))).splitlines()
    assert shown[7 : 7 + len(lines)] == lines


def test_a_change_without_before_and_after_or_file_says_nothing_about_them() -> None:
    shown = text(report(change(before=None, after=None, place=Place("", 0))))
    assert "->" not in shown
    assert "  FIELD_TARGET_CHANGED  Crm, field tier\n    The old attribute" in shown
    assert "tier  mappings" not in shown


def test_profiles_are_shown_before_and_after() -> None:
    attributes = tuple(AttributeCount(f"Attributes.A{n:02}", n, 0, 1_000) for n in range(20))
    some = replayed(sample(), objects=3, attributes=attributes, attribute_count=25)
    shown = text(report(replay=ReplayReport(some, None, masked=True)))
    assert "The mappings' examples:\n  3 objects: 1 profile before, 1 after.\n" in shown
    assert "  Profiles: 1 changed.\n  1 profile loses an attribute.\n" in shown
    assert (
        "    Attribute, by profiles touched  added  changed   lost\n"
        "    Attributes.A00                      0        0  1,000\n"
    ) in shown
    assert (
        "    Attributes.A09                      9        0  1,000\n  and 15 attributes more\n"
        in shown
    )
    assert (
        "  Changed: 1 profile (objects: 1 Crm)\n"
        "          Attribute        before  after\n"
        "          AccountNumber    1       1\n"
        "    lost  Attributes.Tier  Gold    (none)\n"
        "    Not shown: 1 attribute that is the same.\n"
    ) in shown
    assert "masked" not in shown


def test_a_replay_that_changes_nothing_says_so() -> None:
    same = replayed(changed=0, unchanged=1, losing=0, attributes=(), attribute_count=0)
    shown = text(report(replay=ReplayReport(same, None, masked=True)))
    assert "  1 object: 1 profile before, 1 after.\n  No profile differs.\n" in shown
    assert "Attribute" not in shown


def test_what_was_rejected_or_no_object_is_told() -> None:
    some = replayed(
        files={"export.ndjson": 7},
        rejected_before=1,
        rejected_after=2_000,
        rejections=(Rejection("Crm", "no key", 1, 2_000),),
        bad_lines=2,
        first_bad_lines=(BadLine("export.ndjson", 9, "it is not JSON"),),
        split=2,
        merged=3,
        vanished=4,
        appeared=5,
        unchanged=6,
        losing=2,
    )
    unreplayed = ((NEW, "Crm", "its object type has no UNIQUE key"),)
    shown = text(
        report(replay=ReplayReport(replayed(), some, masked=True, not_replayed=unreplayed))
    )
    assert "Objects of export.ndjson:\n" in shown
    assert (
        "  Profiles: 1 changed, 2 split, 3 merged, 4 vanished, 5 appeared, 6 unchanged.\n" in shown
    )
    assert "  2 profiles lose an attribute.\n" in shown
    assert "  Rejected objects: 1 before, 2,000 after.\n" in shown
    assert "  Rejected Crm: 1 before, 2,000 after: no key\n" in shown
    assert "  2 lines hold no object, and were left out; the first:\n" in shown
    assert "  In export.ndjson, line 9: it is not JSON\n" in shown
    assert (
        "Under the working tree, objects of Crm are rejected: its object type has no UNIQUE key.\n"
        in shown
    )
    assert "Values of customers are masked; equal ones have the same number.\n" in shown


def test_values_that_are_shown_are_not_said_to_be_masked() -> None:
    shown = text(report(replay=ReplayReport(replayed(), replayed(), masked=False)))
    assert "masked" not in shown


def test_errors_of_validation_are_apart_with_what_to_do() -> None:
    new = version(CRM, name=NEW, findings=("mappings/Crm.py: Crm: wrong [RULE] -> right",))
    shown = text(report(new=new))
    assert "Found: 1 error of validation, so that the service would refuse it.\n" in shown
    assert "\nVALIDATION (1)\nThe service would refuse the new version" in shown
    assert "\n  mappings/Crm.py: Crm: wrong [RULE] -> right\n" in shown
    assert shown.endswith("\nFails: 1 error of validation.\n")


def test_the_verdict_names_the_threshold() -> None:
    found = change(), replace(change(), excepted="ticket 1")
    last = {
        fail_on: text(report(*found, fail_on=fail_on)).splitlines()[-1]
        for fail_on in (Category.IDENTITY, Category.BACKFILL, None)
    }
    assert last == {
        Category.IDENTITY: "Passes: no finding of IDENTITY that no exception lets pass.",
        Category.BACKFILL: "Fails: 1 finding of IDENTITY or BACKFILL that no exception lets pass.",
        None: "Passes: nothing was asked to fail.",
    }
    assert text(report(change())).endswith("\nFails: 1 finding.\n")


def test_mappings_that_do_not_load_are_counted() -> None:
    old = version(name=OLD, failures={"mappings/a.py": "SyntaxError"})
    assert "Found: 1 mapping that cannot be loaded.\n" in text(report(old=old))


def test_colour_adds_nothing_but_colour() -> None:
    made = report(
        change(),
        change(place=Place(f"mappings/{'x' * 90}.py", 7)),
        new=version(CRM, name=NEW, findings=("wrong",)),
        replay=ReplayReport(replayed(sample()), None, masked=True),
    )
    coloured = text(made, colour=True)
    assert "\x1b[" in coloured
    for code in ("0", "1", *map(str, range(31, 38))):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == text(made)


def test_profiles_too_wide_for_the_page_are_folded_and_cut() -> None:
    kinds = [
        {"AccountNumber": f"{n}", "Attributes": {"A" * 40: f"{n} {'word ' * 40}"}} for n in range(5)
    ]
    some = replayed(sample(Kind.SPLIT, before=kinds[:1], after=kinds[1:], lost=()))
    lines = text(report(replay=ReplayReport(some, None, masked=True))).splitlines()
    assert max(map(len, lines)) <= 100
    assert any("before" in line and "after 3" in line for line in lines)
    assert any(line.rstrip().endswith("…") for line in lines)
    assert "    Not shown: 1 profile after." in lines


@for_any_text
def test_no_text_of_others_breaks_a_line_or_hides_anything(given_text: str) -> None:
    lines = text(everything(given_text)).split("\n")
    assert all(len(line) <= 100 and line.isprintable() for line in lines)
    assert len(lines) - 1 == len("\n".join(lines).splitlines())
    first, *_ = (*printable(given_text).split(), "")
    assert first[:20] in "\n".join(lines)


def test_the_way_out_of_a_long_error_is_not_cut_off() -> None:
    new = version(CRM, name=NEW, findings=(f"mappings/Crm.py: Crm: {'wrong ' * 100}-> right",))
    assert "-> right\n" in text(report(new=new))
    new = version(CRM, name=NEW, findings=(f"mappings/Crm.py: Crm: {'wrong ' * 200}-> right",))
    assert "...\n" in text(report(new=new))
