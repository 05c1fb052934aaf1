"""JUnit's XML."""

from xml.etree import ElementTree as ET

from lifecycle.review import rules
from lifecycle.review.formats.junit import junit
from lifecycle.review.formats.words import printable
from lifecycle.review.model import Category, Place
from lifecycle.review.replay_model import ReplayReport
from lifecycle.review.review_report import ReviewReport
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


def read(made: ReviewReport) -> ET.Element:
    return ET.fromstring(junit(made).encode("utf-8"))  # noqa: S314 - written by ourselves


def cases(made: ReviewReport) -> dict[str, list[str]]:
    """`class name` to the names of what a test case has in it."""
    return {
        f"{case.get('classname')} {case.get('name')}": [each.tag for each in case]
        for case in read(made).iter("testcase")
    }


def test_a_finding_is_a_test_case_that_fails_passes_or_is_skipped() -> None:
    found = (
        change(rules.KEY_UNIQUE_REMOVED, subject="key crmId"),
        change(rules.KEY_UNIQUE_ADDED, subject="key other", excepted="ticket 1"),
        change(rules.DESCRIPTION_CHANGED, subject=""),
    )
    assert cases(report(*found, fail_on=Category.BACKFILL)) == {
        "Crm KEY_UNIQUE_REMOVED key crmId": ["failure"],
        "Crm KEY_UNIQUE_ADDED key other": ["skipped"],
        "Crm DESCRIPTION_CHANGED": ["system-out"],
        "validation the service takes the new version": [],
    }


def test_an_object_type_that_is_the_same_passes() -> None:
    assert "Crm unchanged" in cases(report())
    assert "Crm unchanged" not in cases(report(change()))


def test_a_failure_says_where_what_follows_and_what_to_do() -> None:
    root = read(report(change()))
    case = next(root.iter("testcase"))
    assert (case.get("file"), case.get("line")) == (FILE, "12")
    failure = case.find("failure")
    assert failure is not None
    assert failure.attrib == {"type": "BACKFILL", "message": "The old attribute stays."}
    assert failure.text == (
        f"BACKFILL: {rules.FIELD_TARGET_CHANGED.purpose}\n"
        "_profile.Attributes.Tier -> _profile.Attributes.Level\n"
        "The old attribute stays.\n"
        "Do: Put the objects again.\n"
        "mappings/Crm.py:12"
    )


def test_what_is_skipped_says_why() -> None:
    skipped = next(read(report(change(excepted="ticket 1"))).iter("skipped"))
    assert skipped.get("message") == "ticket 1"


def test_a_case_without_a_file_has_no_place() -> None:
    case = next(read(report(change(place=Place("", 0)))).iter("testcase"))
    assert not case.attrib.keys() & {"file", "line"}


def test_errors_of_validation_fail() -> None:
    new = version(CRM, name=NEW, findings=("mappings/Crm.py: Crm: wrong", "elsewhere"))
    assert cases(report(new=new)) == {
        "Crm unchanged": [],
        "validation error 1": ["failure"],
        "validation error 2": ["failure"],
    }
    failure = next(read(report(new=new)).iter("failure"))
    assert failure.text == failure.get("message") == "mappings/Crm.py: Crm: wrong"


def test_profiles_are_there_before_and_after_and_never_fail() -> None:
    replay = ReplayReport(replayed(sample()), None, masked=True)
    suite = list(read(report(replay=replay)))[-1]
    assert suite.get("name") == "profiles before and after"
    shown = suite.findtext("testcase/system-out") or ""
    assert "\n    lost  Attributes.Tier  Gold    (none)\n" in shown


def test_every_suite_and_the_whole_are_counted() -> None:
    new = version(CRM, name=NEW, findings=("wrong",))
    root = read(report(change(), change(excepted="ticket 1"), change(), new=new))
    numbers = [
        [each.get(name) for name in ("name", "tests", "failures", "errors", "skipped")]
        for each in (root, *root)
    ]
    assert numbers == [
        ["lifecycle review", "4", "3", "0", "1"],
        ["Crm", "3", "2", "0", "1"],
        ["validation", "1", "1", "0", "0"],
    ]


@for_any_text
def test_any_text_leaves_it_xml_and_is_there(given_text: str) -> None:
    root = read(everything(given_text))
    shown = printable(given_text)
    assert root.get("tests") == "5"
    assert next(root.iter("testcase")).get("classname") == shown
    assert next(root.iter("skipped")).get("message") == shown
    assert [each.text for each in root.iter("failure")][1:] == [shown, shown]
