"""MergeProfiles over HTTP (aws-semantics 3.3)."""

from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[..., Any]

NOBODY = "0" * 32


def create(customers: Any, **members: Any) -> str:
    return str(customers.call("create_profile", **members)["ProfileId"])


def merge(customers: Any, main: str, *merged: str, **sources: Any) -> Any:
    """sources: FieldSourceProfileIds, sent if there are any."""
    more = {"FieldSourceProfileIds": sources} if sources else {}
    members = {"MainProfileId": main, "ProfileIdsToBeMerged": list(merged)} | more
    return customers.call("merge_profiles", **members)


def shown(customers: Any, profile_id: str) -> dict[str, Any]:
    """The profile's members but its id."""
    return {n: v for n, v in customers.profile(profile_id).items() if n != "ProfileId"}


def as_tuple(refusal: Any) -> tuple[int, str, str]:
    return refusal.status, refusal.code, refusal.message


def test_the_answer_of_a_merge(customers: Any) -> None:
    answer = merge(customers, create(customers), create(customers))
    assert answer["Message"] == "Success!"


def test_merged_profiles_are_no_more(people: Any) -> None:
    for number in "123":
        people.put("Person", id=number)
    main, *others = (people.id_of("personId", number) for number in "123")
    merge(people, main, *others)
    assert people.stats()["ProfileCount"] == 1
    for gone in others:
        assert people.find("_profileId", gone) == []
        answer = people.call("batch_get_profile", ProfileIds=[gone])
        assert [error["ProfileId"] for error in answer["Errors"]] == [gone]
        assert people.objects(gone, "Person") == []


def test_objects_move_to_the_main_profile_and_are_replaced_there(people: Any) -> None:
    keys = {number: people.put("Person", id=number, note=number) for number in "12"}
    main, other = (people.id_of("personId", number) for number in "12")
    merge(people, main, other)
    assert sorted(each["note"] for each in people.objects(main, "Person")) == ["1", "2"]
    assert people.put("Person", id="2", note="again") == keys["2"]
    assert sorted(each["note"] for each in people.objects(main, "Person")) == ["1", "again"]
    members = {"ProfileObjectUniqueKey": keys["2"], "ObjectTypeName": "Person"}
    people.call("delete_profile_object", ProfileId=main, **members)
    assert people.stats()["ObjectCount"] == 1


def test_every_key_of_a_merged_profile_finds_the_main_one(people: Any) -> None:
    people.put("Person", id="1", email="ada@example.com", first="Ada", last="Byron")
    people.put("Person", id="2", email="grace@example.com", first="Grace", last="Hopper", tier="x")
    main, other = (people.id_of("personId", number) for number in "12")
    people.call("add_profile_key", ProfileId=other, KeyName="_ctrContactId", Values=["c-1"])
    merge(people, main, other)
    pairs = (
        ("personId", "1"),
        ("personId", "2"),
        ("tier", "x"),
        ("_email", "grace@example.com"),
        ("_fullName", "Grace Hopper"),
        ("_ctrContactId", "c-1"),
    )
    assert [people.id_of(*pair) for pair in pairs] == [main] * len(pairs)


def test_a_later_object_with_a_merged_key_joins_the_main_profile(people: Any) -> None:
    people.put("Person", id="1", first="Ada")
    people.put("Person", id="2", first="Augusta")
    main, other = (people.id_of("personId", number) for number in "12")
    merge(people, main, other)
    people.put("Person", id="2", last="Byron")
    assert shown(people, main) == {"FirstName": "Ada", "LastName": "Byron"}
    assert people.stats()["ProfileCount"] == 1


def test_standard_objects_move_too(customers: Any) -> None:
    fields = {"who": ("who",), "serial": ("serial", "_asset.SerialNumber")}
    keys = {"who": ("who", "PROFILE"), "serial": ("serial", "ASSET", "UNIQUE")}
    customers.declare("Product", fields, keys)
    customers.put("Product", who="ada", serial="S1")
    customers.put("Product", who="grace", serial="S2")
    main, other = customers.id_of("who", "ada"), customers.id_of("who", "grace")
    merge(customers, main, other)
    serials = [asset["SerialNumber"] for asset in customers.objects(main, "_asset")]
    assert serials == ["S1", "S2"]
    assert customers.id_of("_serialNumber", "S2") == main


FIRST = {
    "FirstName": "Ada",
    "Address": {"City": "Oslo", "Country": "Norway"},
    "Attributes": {"Tier": "gold", "Team": "a"},
}
SECOND = {
    "FirstName": "Augusta",
    "LastName": "Byron",
    "Address": {"City": "Bergen", "County": "Vest"},
    "MailingAddress": {"City": "Bodø"},
    "Attributes": {"Tier": "silver", "Stage": "b"},
}
THIRD = {"LastName": "King", "BusinessName": "Engines", "Attributes": {"Stage": "c", "Age": "36"}}


def test_values_are_united_and_the_main_profile_wins_then_the_others_in_order(
    customers: Any,
) -> None:
    main, *others = (create(customers, **each) for each in (FIRST, SECOND, THIRD))
    merge(customers, main, *others)
    assert shown(customers, main) == {
        "FirstName": "Ada",
        "LastName": "Byron",
        "BusinessName": "Engines",
        # An address is one thing: half of one and half of another is nobody's.
        "Address": FIRST["Address"],
        "MailingAddress": SECOND["MailingAddress"],
        "Attributes": {"Tier": "gold", "Team": "a", "Stage": "b", "Age": "36"},
    }


def test_a_field_source_names_the_profile_whose_value_stands(customers: Any) -> None:
    main, second, third = (create(customers, **each) for each in (FIRST, SECOND, THIRD))
    sources = {
        "FirstName": second,
        "LastName": third,
        "Address": second,
        "Attributes": {"Tier": second, "Stage": third},
    }
    merge(customers, main, second, third, **sources)
    assert shown(customers, main) == {
        "FirstName": "Augusta",
        "LastName": "King",
        "BusinessName": "Engines",
        "Address": SECOND["Address"],
        "MailingAddress": SECOND["MailingAddress"],
        "Attributes": {"Tier": "silver", "Team": "a", "Stage": "c", "Age": "36"},
    }


PLAIN = """AccountNumber AdditionalInformation BusinessName FirstName MiddleName LastName BirthDate
PhoneNumber MobilePhoneNumber HomePhoneNumber BusinessPhoneNumber EmailAddress PersonalEmailAddress
BusinessEmailAddress""".split()
ADDRESSES = ("Address", "ShippingAddress", "MailingAddress", "BillingAddress")


def test_every_field_may_have_its_own_source(customers: Any) -> None:
    def values(text: str, gender: str, party: str, kind: str) -> dict[str, Any]:
        addresses = {name: {"City": text} for name in ADDRESSES}
        chosen = {"Gender": gender, "PartyType": party, "ProfileType": kind}
        preferences = {"EngagementPreferences": {"Email": [{"KeyName": text}]}}
        return dict.fromkeys(PLAIN, text) | addresses | chosen | preferences

    main = create(customers, **values("main", "MALE", "BUSINESS", "PROFILE"))
    other = create(customers, **values("other", "FEMALE", "INDIVIDUAL", "ACCOUNT_PROFILE"))
    wanted = shown(customers, other)
    fields = (*PLAIN, *ADDRESSES, "Gender", "PartyType", "ProfileType", "EngagementPreferences")
    merge(customers, main, other, **dict.fromkeys(fields, other))
    assert shown(customers, main) == wanted


def test_engagement_preferences_are_taken_from_one_profile_as_a_whole(customers: Any) -> None:
    main = create(customers, EngagementPreferences={"Email": [{"KeyName": "a"}]})
    other = create(
        customers,
        EngagementPreferences={"Email": [{"KeyName": "b"}], "Phone": [{"KeyName": "c"}]},
    )
    third = create(customers, EngagementPreferences={"Phone": [{"KeyName": "d"}]})
    merge(customers, main, third)
    assert shown(customers, main) == {"EngagementPreferences": {"Email": [{"KeyName": "a"}]}}
    wanted = shown(customers, other)
    merge(customers, main, other, EngagementPreferences=other)
    assert shown(customers, main) == wanted


def test_a_gender_may_have_its_source_though_one_profile_has_it_as_text(customers: Any) -> None:
    main, other = create(customers, GenderString="diverse"), create(customers, Gender="FEMALE")
    wanted = shown(customers, other)
    merge(customers, main, other, Gender=other)
    assert shown(customers, main) == wanted


def test_a_field_source_stands_even_where_it_has_no_value(customers: Any) -> None:
    main, second, third = (create(customers, **each) for each in (FIRST, SECOND, THIRD))
    sources = {
        "FirstName": third,
        "LastName": main,
        "Address": third,
        "Attributes": {"Tier": third},
    }
    merge(customers, main, second, third, **sources)
    after = shown(customers, main)
    assert after.keys() == {"BusinessName", "MailingAddress", "Attributes"}
    assert after["Attributes"] == {"Team": "a", "Stage": "b", "Age": "36"}


def test_what_people_wrote_stays_protected_after_a_merge(people: Any) -> None:
    people.put("Person", id="1")
    main, other = people.id_of("personId", "1"), create(people, FirstName="Ada")
    merge(people, main, other)
    people.put("Person", id="1", first="Augusta", last="Byron")
    assert shown(people, main) == {"FirstName": "Ada", "LastName": "Byron"}


def test_1_to_20_profiles_are_merged_at_once(customers: Any, refused: Refused) -> None:
    main, *others = (create(customers, Attributes={f"a{n}": "x"}) for n in range(22))
    for wrong in (others, []):
        status, code, text = as_tuple(refused(merge, customers, main, *wrong))
        assert (status, code) == (400, "BadRequestException")
        assert "'profileIdsToBeMerged'" in text
    assert customers.stats()["ProfileCount"] == 22
    merge(customers, main, *others[:20])
    assert shown(customers, main) == {"Attributes": {f"a{n}": "x" for n in range(21)}}
    assert customers.stats()["ProfileCount"] == 2


def test_a_profile_merged_with_itself_or_named_twice_is_merged_once(customers: Any) -> None:
    main, other = create(customers, FirstName="Ada"), create(customers, LastName="Byron")
    merge(customers, main, main)
    assert shown(customers, main) == {"FirstName": "Ada"}
    merge(customers, main, other, main, other)
    assert shown(customers, main) == {"FirstName": "Ada", "LastName": "Byron"}


@pytest.mark.parametrize("where", ["main", "merged", "source"])
@pytest.mark.parametrize("who", ["nobody", "of another domain", "merged before"])
def test_an_unknown_id_refuses_the_merge_and_changes_nothing(
    people: Any, open_domain: Any, refused: Refused, where: str, who: str
) -> None:
    people.put("Person", id="1", first="Ada")
    people.put("Person", id="2", last="Byron")
    main, other, gone = (*(people.id_of("personId", number) for number in "12"), create(people))
    merge(people, main, gone)
    unknown = {
        "nobody": NOBODY,
        "of another domain": create(open_domain(people.client)),
        "merged before": gone,
    }[who]
    before = people.stats()
    calls: dict[str, Any] = {
        "main": ((unknown, other), {}),
        "merged": ((main, other, unknown), {}),
        "source": ((main, other), {"LastName": unknown}),
    }
    arguments, sources = calls[where]
    refusal = refused(merge, people, *arguments, **sources)
    assert as_tuple(refusal) == (400, "BadRequestException", "Unknown profile IDs")
    assert people.stats() == before
    assert [shown(people, each) for each in (main, other)] == [
        {"FirstName": "Ada"},
        {"LastName": "Byron"},
    ]
    assert len(people.objects(other, "Person")) == 1


def test_an_unknown_domain_is_told_before_unknown_ids(
    customer_profiles: Any, account: str, refused: Refused
) -> None:
    refusal = refused(
        customer_profiles.merge_profiles,
        DomainName="nowhere",
        MainProfileId=NOBODY,
        ProfileIdsToBeMerged=[NOBODY],
    )
    text = f"DomainName nowhere is not found in account {account}"
    assert as_tuple(refusal) == (404, "ResourceNotFoundException", text)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"MainProfileId": "ada"}, "'mainProfileId'"),
        ({"MainProfileId": NOBODY + "0"}, "'mainProfileId'"),
        ({"MainProfileId": None}, "'mainProfileId'"),
        ({"ProfileIdsToBeMerged": ["ada"]}, "'profileIdsToBeMerged'"),
        ({"ProfileIdsToBeMerged": [None]}, "'profileIdsToBeMerged.1.member'"),
        ({"FieldSourceProfileIds": {"FirstName": "ada"}}, "'fieldSourceProfileIds.firstName'"),
        ({"FieldSourceProfileIds": {"Nickname": NOBODY}}, "'fieldSourceProfileIds'"),
        ({"FieldSourceProfileIds": {"Attributes": {"a": "b"}}}, "attributes.member'"),
        ({"FieldSourceProfileIds": {"Attributes": {"": NOBODY}}}, "attributes.key'"),
    ],
)
def test_members_out_of_bounds_are_named(
    customers: Any, raw: Any, changes: dict[str, Any], place: str
) -> None:
    main, other = create(customers), create(customers)
    body = {"MainProfileId": main, "ProfileIdsToBeMerged": [other]} | changes
    answer = raw("POST", f"/domains/{customers.name}/profiles/objects/merge", body)
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (400, "BadRequestException")
    assert place in answer.json["Message"]
    assert customers.stats()["ProfileCount"] == 2
