"""What a report counts, when it fails, and where its findings are to be seen."""

from dataclasses import replace

import pytest

from lifecycle.review import rules
from lifecycle.review.model import Category, Place, Snapshot, Version
from lifecycle.review.review_report import LoadFailure, Refusal, fingerprint
from tests.unit.review.reports import FILE, NEW, OLD, change, report
from tests.unit.review.tables import CRM, version

IDENTITY, BACKFILL, COSMETIC = Category.IDENTITY, Category.BACKFILL, Category.COSMETIC

UNIQUE_REMOVED = change(rules.KEY_UNIQUE_REMOVED)
TARGET_CHANGED = change(rules.FIELD_TARGET_CHANGED)
DESCRIBED = change(rules.DESCRIPTION_CHANGED)
LET_PASS = replace(UNIQUE_REMOVED, excepted="ticket 1")
REFUSED = version(CRM, name=NEW, findings=("mappings/Crm.py: Crm: wrong [RULE] -> right",))


def test_findings_are_counted_by_category_without_those_that_an_exception_lets_pass() -> None:
    made = report(LET_PASS, TARGET_CHANGED, TARGET_CHANGED, DESCRIBED)
    assert [(each.name, number) for each, number in made.counts.items()] == [
        ("IDENTITY", 0),
        ("BACKFILL", 2),
        ("FORWARD_ONLY", 0),
        ("ADDITIVE", 0),
        ("COSMETIC", 1),
    ]
    assert made.excepted == 1


@pytest.mark.parametrize(
    ("fail_on", "failing"),
    [
        (IDENTITY, (UNIQUE_REMOVED,)),
        (BACKFILL, (UNIQUE_REMOVED, TARGET_CHANGED)),
        (COSMETIC, (UNIQUE_REMOVED, TARGET_CHANGED, DESCRIBED)),
        (None, ()),
    ],
)
def test_a_finding_at_or_above_the_threshold_fails(
    fail_on: Category | None, failing: tuple[object, ...]
) -> None:
    made = report(UNIQUE_REMOVED, LET_PASS, TARGET_CHANGED, DESCRIBED, fail_on=fail_on)
    assert made.failing == failing
    assert made.fails is bool(failing)


def test_nothing_found_or_all_let_pass_does_not_fail() -> None:
    assert not report().fails
    assert not report(LET_PASS).fails


def test_what_the_service_would_refuse_fails_at_every_threshold_but_never() -> None:
    assert report(new=REFUSED, fail_on=IDENTITY).fails
    assert report(new=REFUSED, fail_on=COSMETIC).fails
    assert not report(new=REFUSED, fail_on=None).fails


def test_an_error_of_validation_is_at_the_line_that_it_names() -> None:
    places = {"": 5, "field tier": 7, "field tier two": 8, "key crmId": 9}
    new = Version(
        NEW,
        (Snapshot(CRM, FILE, places=places),),
        findings=(
            "mappings/Crm.py: Crm field tier two: wrong [R] -> right",
            "mappings/Crm.py: Crm field tier: wrong [R] -> right",
            "mappings/Crm.py: Crm field gone: wrong [R] -> right",
            "mappings/Crm.py: Crm: keys: none [R] -> right",
            "mappings/Crm.py: CrmTwo key crmId: wrong [R] -> right",
            "the domain is wrong [R] -> right",
        ),
    )
    places_found = [each.place for each in report(new=new).refusals]
    lines = [None if place is None else place.line for place in places_found]
    assert lines == [8, 7, 5, 5, None, None]
    assert places_found[0] == Place(FILE, 8)
    assert report(new=REFUSED).refusals == (Refusal(REFUSED.findings[0], Place(FILE, 0)),)


def test_mappings_that_do_not_load_are_told_with_their_version() -> None:
    old = version(name=OLD, failures={"mappings/a.py": "SyntaxError"})
    new = version(name=NEW, failures={"mappings/b.py": "NameError"})
    assert report(old=old, new=new).failures == (
        LoadFailure(OLD, "mappings/a.py", "SyntaxError"),
        LoadFailure(NEW, "mappings/b.py", "NameError"),
    )


def test_the_object_types_of_both_versions_and_of_all_findings_are_told() -> None:
    others = [replace(CRM, name=name) for name in ("Gone", "New")]
    old, new = version(CRM, others[0], name=OLD), version(CRM, others[1], name=NEW)
    made = report(change(object_type="Unloadable"), old=old, new=new)
    assert made.object_types == {
        "Crm": Place("mappings/Crm.py", 0),
        "Gone": None,
        "New": Place("mappings/New.py", 0),
        "Unloadable": None,
    }


def test_what_is_gone_is_marked_at_its_object_type_if_that_is_still_there() -> None:
    new = Version(NEW, (Snapshot(CRM, FILE, places={"": 5}),))
    made = report(new=new)
    old = Place("mappings/Old.py", 12, "old")
    assert made.mark(change()) == Place(FILE, 12)
    assert made.mark(change(place=old)) == Place(FILE, 5)
    assert made.mark(change(place=old, object_type="Gone")) is None
    assert made.mark(change(place=Place("", 0))) is None


def test_a_fingerprint_stays_when_lines_move_and_differs_with_what_changed() -> None:
    one = change()
    assert fingerprint(one) == fingerprint(replace(one, place=Place("elsewhere.py", 99)))
    others = [
        UNIQUE_REMOVED,
        *(
            replace(one, **{member: "another"})
            for member in ("object_type", "subject", "before", "after")
        ),
        replace(one, before=None),
    ]
    assert len({fingerprint(each) for each in (one, *others)}) == 7
