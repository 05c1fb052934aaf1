"""What the console tells of each object that was put: which key found whom, and what followed."""

import json
from typing import Any

import pytest

from profiles.engine import NO_PROFILE
from tests.emulator.console.conftest import Read, Shown


@pytest.fixture
def visits(people: Any) -> Any:
    """Beside Person an object type that creates no profile, and is weak."""
    people.declare(
        "Visit",
        {
            "number": ("number",),
            "person": ("person",),
            "mail": ("mail", "", "EMAIL_ADDRESS"),
            "tier": ("tier", "Attributes.Tier"),
        },
        {
            "visitNumber": ("number", "UNIQUE"),
            "_email": ("mail", "PROFILE"),
            "person": ("person", "PROFILE", "SECONDARY"),
        },
        AllowProfileCreation=False,
        SourcePriority=9,
    )
    return people


def outcomes(read: Read, people: Any, **query: str) -> list[list[str]]:
    """Object type, verdict and reason of each outcome in the list, the newest first."""
    rows = read("outcomes", domain=people.name, **query).tables.get("outcomes-table", [])
    return [[row[2], row[4], row[5]] for row in rows]


def newest(read: Read, people: Any) -> Shown:
    """The page of the object that was put last."""
    return read(read("outcomes", domain=people.name).link("/outcomes/"))


def test_the_list_says_what_became_of_each_object_and_why(read: Read, visits: Any) -> None:
    visits.put("Person", id="p1", email="anna@example.com")
    visits.put("Person", id="p1", tier="Gold")
    visits.put("Visit", number="v1", mail="nobody@example.com")
    assert outcomes(read, visits) == [
        [
            "Visit",
            "rejected",
            NO_PROFILE,
        ],
        ["Person", "attached", "key personId found one profile"],
        ["Person", "created", "no key found exactly one profile"],
    ]


def test_the_list_is_narrowed_by_verdict_and_by_object_type(read: Read, visits: Any) -> None:
    visits.put("Person", id="p1", email="anna@example.com")
    visits.put("Visit", number="v1", mail="anna@example.com")
    visits.put("Visit", number="v2", mail="nobody@example.com")
    assert [row[0] for row in outcomes(read, visits, verdict="attached")] == ["Visit"]
    assert len(outcomes(read, visits, type="Visit")) == 2
    assert [row[1] for row in outcomes(read, visits, type="Visit", verdict="rejected")] == [
        "rejected"
    ]
    assert outcomes(read, visits, type="Nothing") == []


def test_objects_of_a_batch_have_an_outcome_each(read: Read, people: Any) -> None:
    items = [{"Id": str(n), "Object": json.dumps({"id": f"p{n}"})} for n in range(3)]
    people.call("batch_put_profile_object", ObjectTypeName="Person", Items=items)
    assert [row[1] for row in outcomes(read, people)] == ["created"] * 3


def test_a_list_longer_than_a_page_goes_on_with_the_same_question(read: Read, people: Any) -> None:
    for number in range(53):
        people.put("Person", id=f"p{number}")
    first = read("outcomes", domain=people.name, verdict="created")
    second = read(first.link("before="))
    assert [len(page.tables["outcomes-table"]) for page in (first, second)] == [50, 3]
    assert 'value="' + people.name in second.html


def test_a_trace_says_which_key_was_tried_and_what_it_found(read: Read, visits: Any) -> None:
    visits.put("Person", id="p1", email="anna@example.com")
    visits.put("Person", id="p2", email="ANNA@example.com")
    visits.put("Visit", number="v1", mail="anna@example.com", person="p1")
    shown = newest(read, visits)
    assert "PROFILE key _email: 2 profiles, so the key was thrown away anna@example.com" in (
        shown.text
    )
    assert "SECONDARY key person: no profile p1" in shown.text
    assert "rejected: No single profile matches" in shown.text
    assert "Where it went nowhere" in shown.text
    assert json.loads(shown.listings[0])["person"] == "p1"


def test_keys_after_the_one_that_decided_are_said_not_to_be_tried(read: Read, visits: Any) -> None:
    visits.put("Person", id="p1", email="anna@example.com")
    visits.put("Visit", number="v1", mail="Anna@example.com", person="p1")
    shown = newest(read, visits)
    assert "PROFILE key _email: one profile anna@example.com" in shown.text
    assert "Not tried any more: person." in shown.text


def test_a_trace_shows_each_value_and_the_stronger_source_that_kept_its_own(
    read: Read, visits: Any
) -> None:
    visits.put("Person", id="p1", email="anna@example.com", tier="Gold")
    profile_id = visits.id_of("personId", "p1")
    visits.put("Visit", number="v1", mail="anna@example.com", tier="Silver")
    assert newest(read, visits).tables["written-table"] == [
        ["Attributes.Tier", "Silver", "written"]
    ]
    visits.call("update_profile", ProfileId=profile_id, Attributes={"Tier": "Bronze"})
    visits.put("Visit", number="v1", mail="anna@example.com", tier="Tin")
    shown = newest(read, visits)
    assert shown.tables["written-table"] == [
        ["Attributes.Tier", "Tin", "not written: a manual update ranks higher"]
    ]
    assert "replaced the earlier object with this UNIQUE value" in shown.text


def test_a_trace_leads_to_profile_and_object_and_they_lead_back(read: Read, people: Any) -> None:
    key = people.put("Person", id="p1")
    first = read("outcomes", domain=people.name).link("/outcomes/")
    people.put("Person", id="p1", tier="Gold")
    second = read("outcomes", domain=people.name).link("/outcomes/")
    trace = read(second)
    assert second in read(trace.link("/profiles/")).links
    object_page = read(trace.link(f"/objects/Person/{key}"))
    assert [row[3] for row in object_page.tables["versions-table"]] == ["attached", "created"]
    assert [link for link in object_page.links if "/outcomes/" in link] == [second, first]
    assert "Put again since" in read(first).text


def test_a_trace_that_is_not_kept_says_so(read: Read) -> None:
    for number in ("0", "999999999", "nonsense", "1" * 40):
        assert "not kept any more" in read(f"outcomes/{number}", 404).text


def test_a_change_of_the_object_type_leaves_the_trace_as_it_was(read: Read, people: Any) -> None:
    people.put("Person", id="p1", tier="Gold")
    people.declare("Person", {"id": ("id",)}, {"personId": ("id", "PROFILE", "UNIQUE")})
    rows = newest(read, people).tables["written-table"]
    assert rows == [["Attributes.Tier", "Gold", "written"]]


def test_a_new_domain_does_not_inherit_the_outcomes_of_one_that_is_gone(
    read: Read, people: Any, home: str
) -> None:
    people.put("Person", id="p1")
    assert len(read(home).tables["latest-table"]) == 1
    people.call("delete_domain")
    people.call("create_domain", DefaultExpirationDays=10)
    assert "No object was put since the local AWS started." in read(home).text


def test_following_live_is_a_choice_that_keeps_the_question(read: Read) -> None:
    still = read("outcomes", verdict="rejected")
    assert "http-equiv" not in still.html
    live = read(still.link("refresh=yes"))
    assert '<meta http-equiv="refresh" content="3">' in live.html
    assert "<option selected>rejected" in live.html
    assert "http-equiv" not in read(live.link("?verdict=rejected")).html
