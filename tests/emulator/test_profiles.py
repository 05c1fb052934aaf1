"""Create, Update, Delete and BatchGetProfile over HTTP (aws-semantics 3.2 and 3.3)."""

import re
from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[..., Any]

NOBODY = "0" * 32
ADDRESS = {
    "Address1": "Main St 1",
    "Address2": "Floor 2",
    "Address3": "Room 3",
    "Address4": "Desk 4",
    "City": "Oslo",
    "County": "Viken",
    "State": "Oslo",
    "Province": "East",
    "Country": "Norway",
    "PostalCode": "0150",
}
CONTACT = {"KeyName": "_email", "KeyValue": "ada@example.com", "ContactType": "EmailAddress"}
WHOLE: dict[str, Any] = {
    "AccountNumber": "A-1",
    "AdditionalInformation": "i" * 1000,
    "PartyType": "INDIVIDUAL",
    "PartyTypeString": "INDIVIDUAL",
    "BusinessName": "Engines Ltd",
    "FirstName": "Ada",
    "MiddleName": "King",
    "LastName": "L" * 255,
    "BirthDate": "1815-12-10",
    "Gender": "FEMALE",
    "GenderString": "female",
    "PhoneNumber": "1",
    "MobilePhoneNumber": "2",
    "HomePhoneNumber": "3",
    "BusinessPhoneNumber": "4",
    "EmailAddress": "ada@example.com",
    "PersonalEmailAddress": "ada@example.net",
    "BusinessEmailAddress": "ada@example.org",
    "Address": ADDRESS,
    "ShippingAddress": {"City": "Bergen"},
    "MailingAddress": {"City": "Tromsø"},
    "BillingAddress": {"City": "Bodø"},
    "Attributes": {"Tier": "gold", "a.b c": "Åse 👩\u200d🚀", "k" * 255: "v" * 255},
    "ProfileType": "ACCOUNT_PROFILE",
    "EngagementPreferences": {"Email": [CONTACT], "Phone": [{"ProfileId": NOBODY}]},
}


def create(customers: Any, **members: Any) -> str:
    return str(customers.call("create_profile", **members)["ProfileId"])


def update(customers: Any, profile_id: str, **members: Any) -> Any:
    return customers.call("update_profile", ProfileId=profile_id, **members)


def shown(customers: Any, profile_id: str) -> dict[str, Any]:
    """The profile's members but its id."""
    return {n: v for n, v in customers.profile(profile_id).items() if n != "ProfileId"}


def as_tuple(refusal: Any) -> tuple[int, str]:
    return refusal.status, refusal.code


def test_a_profile_is_read_as_it_was_created(customers: Any) -> None:
    profile_id = create(customers, **WHOLE)
    assert re.fullmatch("[0-9a-f]{32}", profile_id)
    assert shown(customers, profile_id) == WHOLE


def test_a_profile_may_be_created_without_any_value(customers: Any) -> None:
    assert shown(customers, create(customers)) == {}


def test_profiles_may_be_created_alike(customers: Any) -> None:
    assert create(customers, FirstName="Ada") != create(customers, FirstName="Ada")
    assert customers.stats()["ProfileCount"] == 2


def test_a_created_profile_is_found_by_the_standard_keys(customers: Any) -> None:
    profile_id = create(customers, **(WHOLE | {"LastName": "Lovelace"}))
    values = {
        "_account": ["A-1"],
        "_email": ["ADA@example.com", "ada@example.net", "ada@example.org"],
        "_phone": ["1", "2", "3", "4"],
        "_fullName": ["ada king lovelace"],
    }
    found = {(key, value): customers.id_of(key, value) for key in values for value in values[key]}
    assert set(found.values()) == {profile_id}


def test_an_object_joins_the_profile_that_people_created(people: Any) -> None:
    created = create(people, FirstName="Ada")
    people.call("add_profile_key", ProfileId=created, KeyName="personId", Values=["1"])
    people.put("Person", id="1", first="Augusta", tier="gold")
    # What people wrote stands; the rest is filled.
    assert shown(people, created) == {"FirstName": "Ada", "Attributes": {"Tier": "gold"}}


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("FirstName", ""),
        ("FirstName", "A" * 256),
        ("AdditionalInformation", "i" * 1001),
        ("Gender", "DIVERS"),
        ("PartyType", "individual"),
        ("ProfileType", "PERSON"),
        ("Address", {"City": ""}),
        ("Address", {"City": "O" * 256}),
        ("Address", {"Planet": "Earth"}),
        ("Attributes", {"Tier": ""}),
        ("Attributes", {"": "gold"}),
        ("Attributes", {"T" * 256: "gold"}),
        ("Attributes", {"Tier": 1}),
        ("Attributes", {"Tier": None}),
        ("EngagementPreferences", {"Email": [{"ContactType": "Letter"}]}),
        ("EngagementPreferences", {"Email": [{"ProfileId": "ada"}]}),
        ("Nickname", "Ada"),
    ],
)
def test_a_profile_out_of_bounds_is_not_created(
    customers: Any, raw: Any, member: str, value: Any
) -> None:
    answer = raw("POST", f"/domains/{customers.name}/profiles", {member: value})
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (400, "BadRequestException")
    assert customers.stats()["ProfileCount"] == 0


def test_an_update_answers_the_id_and_keeps_what_it_does_not_name(customers: Any) -> None:
    profile_id = create(customers, **WHOLE)
    assert update(customers, profile_id, LastName="Byron")["ProfileId"] == profile_id
    assert shown(customers, profile_id) == WHOLE | {"LastName": "Byron"}
    update(customers, profile_id)
    assert shown(customers, profile_id) == WHOLE | {"LastName": "Byron"}


STRINGS = sorted(
    name
    for name, value in WHOLE.items()
    if isinstance(value, str) and name not in {"Gender", "PartyType", "ProfileType"}
)


def test_empty_texts_clear_every_plain_field(customers: Any) -> None:
    plain = {name: WHOLE[name] for name in STRINGS}
    profile_id = create(customers, **plain, ProfileType="PROFILE")
    update(customers, profile_id, **dict.fromkeys(STRINGS, ""))
    assert shown(customers, profile_id) == {"ProfileType": "PROFILE"}
    assert customers.find("_email", "ada@example.com") == []


@pytest.mark.parametrize(
    "name", ["Address", "ShippingAddress", "MailingAddress", "BillingAddress", "Attributes"]
)
def test_members_of_a_structure_are_changed_cleared_and_kept_one_by_one(
    customers: Any, name: str
) -> None:
    before = {"City": "Oslo", "Country": "Norway", "State": "Viken"}
    profile_id = create(customers, **{name: before})
    update(customers, profile_id, **{name: {"City": "Bergen", "State": "", "County": "Vest"}})
    after = {"City": "Bergen", "Country": "Norway", "County": "Vest"}
    assert shown(customers, profile_id) == {name: after}
    update(customers, profile_id, **{name: {}})
    assert shown(customers, profile_id) == {name: after}
    update(customers, profile_id, **{name: dict.fromkeys(after, "")})
    assert shown(customers, profile_id) == {}


def test_null_is_absent(customers: Any, raw: Any) -> None:
    profile_id = create(customers, FirstName="Ada", Address={"City": "Oslo"})
    body = {"ProfileId": profile_id, "FirstName": None, "Address": {"City": None}, "Gender": None}
    assert raw("PUT", f"/domains/{customers.name}/profiles", body).status == 200
    assert shown(customers, profile_id) == {"FirstName": "Ada", "Address": {"City": "Oslo"}}


def test_standard_keys_follow_an_update(customers: Any) -> None:
    profile_id = create(customers, EmailAddress="old@example.com", PhoneNumber="1")
    update(customers, profile_id, EmailAddress="new@example.com", PhoneNumber="")
    assert customers.id_of("_email", "new@example.com") == profile_id
    assert customers.find("_email", "old@example.com") == customers.find("_phone", "1") == []


def test_what_an_object_wrote_may_be_cleared_and_is_then_filled_again(people: Any) -> None:
    people.put("Person", id="1", first="Ada")
    profile_id = people.id_of("personId", "1")
    update(people, profile_id, FirstName="")
    assert shown(people, profile_id) == {}
    people.put("Person", id="1", first="Ada")
    assert shown(people, profile_id) == {"FirstName": "Ada"}


def test_an_update_out_of_bounds_changes_nothing(customers: Any, refused: Refused) -> None:
    profile_id = create(customers, FirstName="Ada")
    wrong: list[dict[str, Any]] = [
        {"LastName": "L" * 256},
        {"Gender": "x"},
        {"Address": {"City": "O" * 256}},
        {"Attributes": {"": "x"}},
        {"Attributes": {"Tier": "x" * 256}},
    ]
    for members in wrong:
        refusal = refused(update, customers, profile_id, FirstName="Eve", **members)
        assert as_tuple(refusal) == (400, "BadRequestException")
    assert shown(customers, profile_id) == {"FirstName": "Ada"}


def test_a_deleted_profile_takes_its_data_along(people: Any, refused: Refused) -> None:
    people.put("Person", id="1", email="ada@example.com")
    people.put("Person", id="2")
    gone, other = people.id_of("personId", "1"), people.id_of("personId", "2")
    people.call("add_profile_key", ProfileId=gone, KeyName="tier", Values=["gold"])
    assert people.call("delete_profile", ProfileId=gone)["Message"]
    assert [people.find(*pair) for pair in (("_profileId", gone), ("personId", "1"))] == [[], []]
    assert people.find("_email", "ada@example.com") == people.find("tier", "gold") == []
    assert people.objects(gone, "Person") == []
    assert people.profile(other)["ProfileId"] == other
    assert people.stats()["ProfileCount"] == people.stats()["ObjectCount"] == 1
    assert as_tuple(refused(people.call, "delete_profile", ProfileId=gone))[0] == 404


def test_an_object_of_a_deleted_profile_starts_a_new_one(people: Any) -> None:
    people.put("Person", id="1", first="Ada")
    gone = people.id_of("personId", "1")
    people.call("delete_profile", ProfileId=gone)
    people.put("Person", id="1", last="Byron")
    assert people.id_of("personId", "1") != gone
    assert "FirstName" not in people.find("personId", "1")[0]


def test_profiles_are_read_by_id_and_unknown_ones_are_listed_apart(people: Any) -> None:
    people.put("Person", id="1", first="Ada")
    known = [people.id_of("personId", "1"), create(people, FirstName="Grace")]
    unknown = ["a" * 32, NOBODY]
    ids = [unknown[0], known[1], known[0], unknown[1]]
    answer = people.call("batch_get_profile", ProfileIds=ids)
    assert answer["Profiles"] == [people.profile(known[1]), people.profile(known[0])]
    assert [error["ProfileId"] for error in answer["Errors"]] == unknown
    for error in answer["Errors"]:
        assert error["Code"] == "ResourceNotFoundException"
        assert error["Message"]


def test_a_profile_of_another_domain_is_unknown(customers: Any, open_domain: Any) -> None:
    other = create(open_domain(customers.client), FirstName="Ada")
    answer = customers.call("batch_get_profile", ProfileIds=[other])
    assert answer["Profiles"] == []
    assert [error["ProfileId"] for error in answer["Errors"]] == [other]


def test_a_profile_that_is_asked_for_twice_is_shown_once(customers: Any) -> None:
    profile_id = create(customers)
    answer = customers.call("batch_get_profile", ProfileIds=[profile_id, profile_id, NOBODY])
    assert (len(answer["Profiles"]), len(answer["Errors"])) == (1, 1)


def test_1_to_20_profiles_are_read_at_once(customers: Any, refused: Refused) -> None:
    ids = [create(customers) for _ in range(21)]
    answer = customers.call("batch_get_profile", ProfileIds=ids[:20])
    assert [profile["ProfileId"] for profile in answer["Profiles"]] == ids[:20]
    for wrong in (ids, [], ["ada"], ["A" * 32]):
        refusal = refused(customers.call, "batch_get_profile", ProfileIds=wrong)
        assert as_tuple(refusal) == (400, "BadRequestException")
        assert "'profileIds'" in refusal.message


@pytest.mark.parametrize("operation", ["update_profile", "delete_profile"])
def test_an_unknown_profile_is_not_found(
    customers: Any, open_domain: Any, refused: Refused, operation: str
) -> None:
    other = create(open_domain(customers.client))
    for profile_id in (NOBODY, other):
        refusal = refused(customers.call, operation, ProfileId=profile_id)
        assert as_tuple(refusal) == (404, "ResourceNotFoundException")


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("create_profile", {}),
        ("update_profile", {"ProfileId": NOBODY}),
        ("delete_profile", {"ProfileId": NOBODY}),
        ("batch_get_profile", {"ProfileIds": [NOBODY]}),
    ],
)
def test_an_unknown_domain_has_no_profiles(
    customer_profiles: Any, account: str, refused: Refused, operation: str, members: Any
) -> None:
    refusal = refused(getattr(customer_profiles, operation), DomainName="nowhere", **members)
    text = f"DomainName nowhere is not found in account {account}"
    assert (refusal.status, refusal.message) == (404, text)
