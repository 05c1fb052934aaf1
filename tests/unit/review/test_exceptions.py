"""`review-exceptions.yaml`: what may pass, for which reason and until when."""

from datetime import date
from pathlib import Path

import pytest

from lifecycle.errors import CouldNotRunError
from lifecycle.review.diff import in_order
from lifecycle.review.exceptions import Exemption, except_changes, read_exceptions
from lifecycle.review.model import Change, Place
from tests.unit.review.tables import CRM, TIER, changes, crm

ENTRY = """\
- rule: EXPIRY_SHORTENED
  objectType: Crm
  reason: Legal asked for it
  expires: 2027-03-31
"""
FIELD_ENTRY = """\

# Nobody reads it.
- rule: FIELD_REMOVED
  objectType: Crm
  place: field tier
  reason: "  Ticket 123 "
  expires: "2027-03-31"
"""
LAST_DAY = date(2027, 3, 31)
FOUND = changes(CRM, crm(expiration_days=1, without=(TIER,)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "review-exceptions.yaml"


def read(file: Path, text: str) -> tuple[Exemption, ...]:
    file.write_text(text, encoding="utf-8")
    return read_exceptions(file)


def told(found: tuple[Change, ...]) -> list[tuple[str, str, str | None]]:
    """(category, rule, reason) of each."""
    return [(each.category.name, each.rule.id, each.excepted) for each in found]


def test_the_entries_are_read_with_their_lines(file: Path) -> None:
    assert read(file, ENTRY + FIELD_ENTRY) == (
        Exemption("EXPIRY_SHORTENED", "Crm", "", "Legal asked for it", LAST_DAY, 1),
        Exemption("FIELD_REMOVED", "Crm", "field tier", "Ticket 123", LAST_DAY, 7),
    )


def test_no_file_or_an_empty_one_has_no_entries(file: Path) -> None:
    assert read_exceptions(file) == ()
    for text in ("", "# none yet\n", "[]\n", "null\n"):
        assert read(file, text) == ()


def test_an_excepted_change_stays_and_carries_the_reason(file: Path) -> None:
    excepted = except_changes(FOUND, read(file, ENTRY), LAST_DAY)
    assert told(excepted) == [
        ("BACKFILL", "FIELD_REMOVED", None),
        ("FORWARD_ONLY", "EXPIRY_SHORTENED", "Legal asked for it"),
    ]


@pytest.mark.parametrize(
    ("member", "other"),
    [
        ("EXPIRY_SHORTENED", "EXPIRY_LENGTHENED"),
        ("objectType: Crm", "objectType: Shop"),
        ("reason:", "place: field tier\n  reason:"),
    ],
)
def test_an_entry_is_about_one_rule_one_type_and_one_place(
    file: Path, member: str, other: str
) -> None:
    found = except_changes(FOUND, read(file, ENTRY.replace(member, other)), LAST_DAY)
    assert [each.excepted for each in found] == [None, None, None]
    assert found[2].rule.id == "EXCEPTION_UNUSED"


def test_an_entry_without_a_place_lets_every_place_pass(file: Path) -> None:
    found = changes(CRM, crm(without=(*CRM.fields[1:3],)))
    entry = ENTRY.replace("EXPIRY_SHORTENED", "FIELD_REMOVED")
    excepted = except_changes(found, read(file, entry), LAST_DAY)
    assert [(each.subject, each.excepted is not None) for each in excepted] == [
        ("field plan", True),
        ("field tier", True),
    ]


def test_an_expired_entry_lets_nothing_pass_and_is_as_bad_as_what_it_would_let_pass(
    file: Path,
) -> None:
    both = read(file, ENTRY + FIELD_ENTRY)
    found = except_changes(FOUND, both, date(2027, 4, 1))
    assert told(found) == [
        ("BACKFILL", "FIELD_REMOVED", None),
        ("BACKFILL", "EXCEPTION_EXPIRED", None),
        ("FORWARD_ONLY", "EXPIRY_SHORTENED", None),
        ("FORWARD_ONLY", "EXCEPTION_EXPIRED", None),
    ]
    assert found[1].subject == "field tier"
    assert found[1].place == Place("review-exceptions.yaml", 7)
    assert found[1].before == "FIELD_REMOVED until 2027-03-31: Ticket 123"
    assert found[1].consequence == "It ended on 2027-03-31, so the change counts again."


def test_an_unused_entry_is_a_cosmetic_change_expired_or_not(file: Path) -> None:
    for today in (LAST_DAY, date(2027, 4, 1)):
        found = except_changes((), read(file, ENTRY), today)
        assert told(found) == [("COSMETIC", "EXCEPTION_UNUSED", None)]
        assert (found[0].object_type, found[0].place.line) == ("Crm", 1)


def test_an_entry_that_holds_counts_beside_one_that_has_expired(file: Path) -> None:
    text = ENTRY.replace("2027", "2026") + ENTRY.replace("Legal asked", "Sales asked")
    assert ("FORWARD_ONLY", "EXPIRY_SHORTENED", "Sales asked for it") in told(
        except_changes(FOUND, read(file, text), LAST_DAY)
    )


def test_without_entries_the_changes_are_as_they_were() -> None:
    assert except_changes(FOUND, (), LAST_DAY) == in_order(FOUND) == FOUND


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ENTRY + "- x\n", "entry 2 (line 5): write rule, objectType, reason, expires and, if wa"),
        (ENTRY.replace("reason: Legal", "cause: Legal"), "entry 1 (line 1): there is no member ca"),
        (
            ENTRY.replace("  reason: Legal asked for it\n", ""),
            "entry 1 (line 1): reason is missing",
        ),
        (ENTRY.replace("  expires: 2027-03-31\n", ""), "entry 1 (line 1): expires is missing"),
        (
            ENTRY.replace("Legal asked for it", '" "'),
            "(line 1): reason is no text, or an empty one",
        ),
        (ENTRY.replace("Legal asked for it", "12"), "(line 1): reason is no text, or an empty one"),
        (ENTRY.replace("Crm", "[Crm]"), "(line 1): objectType is no text, or an empty one"),
        (ENTRY + "  place:\n", "(line 1): place is no text, or an empty one"),
        (
            ENTRY.replace("EXPIRY_SHORTENED", "EXPIRED"),
            "rule EXPIRED does not exist; lifecycle rev",
        ),
        (ENTRY.replace("EXPIRY_SHORTENED", "EXCEPTION_UNUSED"), "rule EXCEPTION_UNUSED does not"),
        (ENTRY.replace("2027-03-31", "never"), "expires is no date; write it as 2027-03-31"),
        (ENTRY.replace("2027-03-31", "2027-03-31 10:00:00"), "expires is no date; write it as"),
        (ENTRY.replace("2027-03-31", "20270331"), "expires is no date; write it as"),
        ("rule: EXPIRY_SHORTENED\n", "yaml: write a list of entries, each beginning with -"),
        ("- [\n", "review-exceptions.yaml is not YAML: while parsing"),
        (
            "- !!python/object:os.system {}\n",
            "review-exceptions.yaml is not YAML: could not determ",
        ),
        (
            ENTRY.replace("2027-03-31", "2027-02-31"),
            "review-exceptions.yaml is not YAML: day is out",
        ),
    ],
)
def test_a_malformed_file_could_not_run_and_names_entry_and_member(
    file: Path, text: str, said: str
) -> None:
    with pytest.raises(CouldNotRunError) as refused:
        read(file, text)
    assert str(refused.value).startswith("review-exceptions.yaml")
    assert said in str(refused.value)


def test_a_file_that_cannot_be_read_could_not_run(file: Path) -> None:
    file.write_bytes(b"\xff")
    with pytest.raises(CouldNotRunError, match=r"review-exceptions\.yaml cannot be read: 'utf-8'"):
        read_exceptions(file)
    file.unlink()
    file.mkdir()
    with pytest.raises(CouldNotRunError, match=r"review-exceptions\.yaml cannot be read: "):
        read_exceptions(file)
