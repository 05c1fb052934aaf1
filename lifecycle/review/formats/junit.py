"""JUnit's XML, for whatever shows test results.

A suite for each object type, with a test case for each finding, or one that passes if there is
none; then one suite for validation and one for the profiles before and after.
"""

from xml.etree import ElementTree as ET

from lifecycle.review.formats.text import profiles
from lifecycle.review.formats.words import is_explained, printable, value, where
from lifecycle.review.model import Change, Place
from lifecycle.review.review_report import ReviewReport

NAME = "lifecycle review"
VALIDATION, PROFILES = "validation", "profiles before and after"


def junit(report: ReviewReport) -> str:
    """The whole report, ended by a line break."""
    root = ET.Element("testsuites", name=NAME)
    for object_type in report.object_types:
        changes = [each for each in report.changes if each.object_type == object_type]
        suite = _suite(root, printable(object_type))
        for change in changes:
            _finding(suite, report, change)
        if not changes:
            _case(suite, "unchanged", None)
    _validation(root, report)
    if report.replay is not None:
        case = _case(_suite(root, PROFILES), PROFILES, None)
        ET.SubElement(case, "system-out").text = "\n".join(profiles(report.replay))
    for element in (*root, root):
        _count(element)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, "unicode")}\n'


def _finding(suite: ET.Element, report: ReviewReport, change: Change) -> None:
    name = " ".join(filter(None, (change.rule.id, printable(change.subject))))
    case = _case(suite, name, report.mark(change))
    details = "\n".join(_details(report, change))
    if change.excepted is not None:
        ET.SubElement(case, "skipped", message=printable(change.excepted)).text = details
    elif report.counts_against(change):
        message = printable(change.consequence)
        ET.SubElement(case, "failure", type=change.category.name, message=message).text = details
    else:
        ET.SubElement(case, "system-out").text = details


def _details(report: ReviewReport, change: Change) -> list[str]:
    lines = [f"{change.category.name}: {printable(change.rule.purpose)}"]
    if is_explained(change):
        lines.append(f"{value(change.before)} -> {value(change.after)}")
    lines += [printable(change.consequence), f"Do: {printable(change.action)}"]
    if place := where(report, change.place):
        lines.append(place)
    return lines


def _validation(root: ET.Element, report: ReviewReport) -> None:
    suite = _suite(root, VALIDATION)
    for number, refusal in enumerate(report.refusals, 1):
        case = _case(suite, f"error {number}", refusal.place)
        text = printable(refusal.text)
        ET.SubElement(case, "failure", type=VALIDATION, message=text).text = text
    if not report.refusals:
        _case(suite, "the service takes the new version", None)


def _suite(root: ET.Element, name: str) -> ET.Element:
    return ET.SubElement(root, "testsuite", name=name)


def _case(suite: ET.Element, name: str, place: Place | None) -> ET.Element:
    case = ET.SubElement(suite, "testcase", classname=suite.get("name", ""), name=name, time="0")
    if place is not None:
        case.set("file", printable(place.file))
        if place.line:
            case.set("line", str(place.line))
    return case


def _count(element: ET.Element) -> None:
    cases = list(element.iter("testcase"))
    numbers = {
        "tests": len(cases),
        "failures": sum(case.find("failure") is not None for case in cases),
        "errors": 0,
        "skipped": sum(case.find("skipped") is not None for case in cases),
    }
    for name, number in numbers.items():
        element.set(name, str(number))
