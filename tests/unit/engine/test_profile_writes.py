"""What people and operators do to profiles (aws-semantics 3.3), and what a deletion takes away."""

from collections.abc import Callable
from typing import Any

import pytest

from profiles import EMAIL_ADDRESS, PROFILE, UNIQUE, Field, Key, ObjectType
from profiles.documents import flatten
from profiles.errors import NotFoundError
from profiles.outcome import Verdict
from profiles.profile_writes import (
    add_key,
    create_profile,
    delete_key,
    delete_object,
    delete_profile,
    delete_type,
    merge_profiles,
    update_profile,
)

StartDomain = Callable[..., Any]

UNKNOWN = "f" * 32
CRM = ObjectType(
    name="Crm",
    description="Customers",
    fields=(
        Field("id", "_source.id"),
        Field("email", "_source.email", "_profile.EmailAddress", EMAIL_ADDRESS),
        Field("tier", "_source.tier", "_profile.Attributes.Tier"),
    ),
    keys=(Key("crmId", ("id",), (PROFILE, UNIQUE)), Key("_email", ("email",), (PROFILE,))),
    allow_profile_creation=True,
)
SHOP = ObjectType(
    name="Shop",
    description="Orders",
    fields=(
        Field("id", "_source.id"),
        Field("city", "_source.city", "_profile.Address.City"),
        Field("tier", "_source.tier", "_profile.Attributes.Tier"),
    ),
    keys=(Key("crmId", ("id",), (PROFILE, UNIQUE)), Key("cityKey", ("city",))),
    allow_profile_creation=True,
)
ANN = "ann@example.com"
BOB = "bob@example.com"


# CreateProfile and UpdateProfile


def test_two_profiles_may_be_created_alike(start_domain: StartDomain) -> None:
    domain = start_domain()
    ids = [create_profile(domain.engine, {"EmailAddress": ANN}).id for _ in range(2)]
    assert domain.ids("_email", ANN) == ids


def test_a_profile_may_be_created_without_any_value(start_domain: StartDomain) -> None:
    domain = start_domain()
    profile = create_profile(domain.engine, {})
    assert len(profile.id) == 32
    assert domain.profile(profile.id) == {}


def test_empty_values_of_a_new_profile_are_left_out(start_domain: StartDomain) -> None:
    domain = start_domain()
    values = {"FirstName": "", "Address.City": "", "LastName": "Lee"}
    assert domain.profile(create_profile(domain.engine, values).id) == {"LastName": "Lee"}


def test_an_update_changes_what_it_names_clears_with_empty_text_and_keeps_the_rest(
    start_domain: StartDomain,
) -> None:
    domain = start_domain()
    document = {
        "FirstName": "Ann",
        "LastName": "Lee",
        "Address": {"City": "Oslo", "Country": "NO"},
        "Attributes": {"Tier": "gold", "Points": "7"},
    }
    profile = create_profile(domain.engine, flatten(document))
    changes = {"FirstName": "", "Address": {"City": ""}, "Attributes": {"Tier": "", "New": "1"}}
    update_profile(domain.engine, profile.id, flatten(changes))
    assert domain.profile(profile.id) == {
        "LastName": "Lee",
        "Address": {"Country": "NO"},
        "Attributes": {"Points": "7", "New": "1"},
    }


@pytest.mark.parametrize(
    "write",
    [
        lambda engine: update_profile(engine, UNKNOWN, {"FirstName": "Ann"}),
        lambda engine: delete_profile(engine, UNKNOWN),
        lambda engine: add_key(engine, UNKNOWN, "_email", [ANN]),
        lambda engine: delete_key(engine, UNKNOWN, "_email", [ANN]),
    ],
    ids=["update", "delete", "add_key", "delete_key"],
)
def test_a_write_to_an_unknown_profile_is_refused(
    start_domain: StartDomain, write: Callable[[Any], object]
) -> None:
    domain = start_domain(CRM)
    with pytest.raises(NotFoundError, match=f"^Profile {UNKNOWN} does not exist$"):
        write(domain.engine)
    assert domain.store.profile_count() == 0


# DeleteProfile


def test_deleting_a_profile_removes_all_its_data_and_nothing_of_another(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(CRM)
    ann = domain.put("Crm", id="1", email=ANN).profile_id
    bob = domain.put("Crm", id="2", email=BOB).profile_id
    add_key(domain.engine, ann, "_phone", ["2063457890"])
    delete_profile(domain.engine, ann)
    for key, value in (("crmId", "1"), ("_email", ANN), ("_phone", "2063457890")):
        assert domain.find(key, value) == []
    assert domain.objects(ann, "Crm") == []
    assert domain.store.totals()[0] == 1
    assert list(domain.store.profile_ids()) == [bob]
    assert domain.ids("_email", BOB) == [bob]


def test_after_a_deletion_the_same_object_starts_a_new_profile(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    first = domain.put("Crm", id="1", email=ANN, tier="gold")
    delete_profile(domain.engine, first.profile_id)
    second = domain.put("Crm", id="1", email=ANN)
    assert (second.verdict, second.previous) == (Verdict.CREATED, None)
    assert second.profile_id != first.profile_id
    assert domain.profile(second.profile_id) == {"EmailAddress": ANN}


# AddProfileKey and DeleteProfileKey


def test_objects_with_an_added_key_value_join_that_profile(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    profile = create_profile(domain.engine, {"FirstName": "Ann"})
    add_key(domain.engine, profile.id, "_email", ["Ann@Example.com", BOB])
    assert domain.put("Crm", id="1", email=ANN).profile_id == profile.id
    assert domain.ids("_email", BOB) == [profile.id]


def test_an_added_key_value_changes_no_value_of_the_profile(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    profile = create_profile(domain.engine, {"FirstName": "Ann"})
    add_key(domain.engine, profile.id, "_email", [ANN])
    update_profile(domain.engine, profile.id, {"LastName": "Lee"})
    assert domain.find("_email", ANN) == [{"FirstName": "Ann", "LastName": "Lee"}]


def test_a_deleted_key_value_finds_and_matches_the_profile_no_more(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(CRM)
    first = domain.put("Crm", id="1", email=ANN)
    delete_key(domain.engine, first.profile_id, "crmId", ["1"])
    assert domain.find("crmId", "1") == []
    assert domain.ids("_email", ANN) == [first.profile_id]
    assert domain.put("Crm", id="1", email=BOB).verdict is Verdict.CREATED


def test_deleting_a_key_value_of_one_profile_leaves_it_to_the_others(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(CRM)
    ids = [create_profile(domain.engine, {}).id for _ in range(2)]
    for profile_id in ids:
        add_key(domain.engine, profile_id, "crmId", ["1"])
    delete_key(domain.engine, ids[0], "crmId", ["1", "unknown"])
    assert domain.ids("crmId", "1") == ids[1:]


@pytest.mark.parametrize("write", [add_key, delete_key])
def test_an_unknown_key_is_refused(start_domain: StartDomain, write: Callable[..., None]) -> None:
    domain = start_domain(CRM)
    profile = create_profile(domain.engine, {})
    with pytest.raises(NotFoundError, match="KeyName nobodyId is not defined in the domain"):
        write(domain.engine, profile.id, "nobodyId", ["1"])


# DeleteProfileObject


def test_deleting_an_object_leaves_what_it_wrote_and_its_keys(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    first = domain.put("Crm", id="1", email=ANN, tier="gold")
    domain.put("Crm", id="2", email=ANN)
    delete_object(domain.engine, first.profile_id, "Crm", first.unique_key)
    assert domain.objects(first.profile_id, "Crm") == [{"id": "2", "email": ANN}]
    assert domain.find("crmId", "1") == [{"EmailAddress": ANN, "Attributes": {"Tier": "gold"}}]
    again = domain.put("Crm", id="1")
    assert (again.profile_id, again.previous) == (first.profile_id, None)


def test_an_object_is_deleted_only_by_its_own_profile_type_and_key(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(CRM, SHOP)
    first = domain.put("Crm", id="1", email=ANN)
    other = domain.put("Crm", id="2", email=BOB)
    for place in (
        (other.profile_id, "Crm", first.unique_key),
        (first.profile_id, "Shop", first.unique_key),
        (first.profile_id, "Crm", other.unique_key),
        (UNKNOWN, "Crm", first.unique_key),
    ):
        with pytest.raises(NotFoundError, match="does not exist"):
            delete_object(domain.engine, *place)
    assert domain.store.totals()[0] == 2


# MergeProfiles


def two_profiles(domain: Any) -> tuple[str, str]:
    ann = domain.put("Crm", id="1", email=ANN, tier="gold").profile_id
    bob = domain.put("Crm", id="2", email=BOB, tier="silver").profile_id
    return ann, bob


def test_a_merge_moves_objects_and_keys_to_the_main_profile_and_removes_the_other(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(CRM)
    ann, bob = two_profiles(domain)
    merge_profiles(domain.engine, ann, [bob], {})
    assert list(domain.store.profile_ids()) == [ann]
    assert domain.find("_profileId", bob) == []
    assert [each["id"] for each in domain.objects(ann, "Crm")] == ["1", "2"]
    for key, value in (("crmId", "1"), ("crmId", "2"), ("_email", ANN), ("_email", BOB)):
        assert domain.ids(key, value) == [ann]


def test_a_later_object_with_a_merged_key_joins_the_main_profile(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(CRM)
    ann, bob = two_profiles(domain)
    merge_profiles(domain.engine, ann, [bob], {})
    outcome = domain.put("Crm", id="2", tier="bronze")
    assert (outcome.profile_id, outcome.previous) == (ann, ann)
    assert domain.profile(ann)["Attributes"] == {"Tier": "bronze"}


def test_the_values_of_a_merge_are_united_and_the_main_profile_wins(
    start_domain: StartDomain,
) -> None:
    domain = start_domain()
    main, other, third = (
        create_profile(domain.engine, flatten(document)).id
        for document in (
            {"FirstName": "Ann", "Attributes": {"Tier": "gold"}},
            {"FirstName": "Bob", "LastName": "Lee", "Attributes": {"Tier": "silver", "Old": "1"}},
            {"LastName": "Roe", "PhoneNumber": "2063457890"},
        )
    )
    merge_profiles(domain.engine, main, [other, third], {})
    assert domain.profile(main) == {
        "FirstName": "Ann",
        "LastName": "Lee",
        "PhoneNumber": "2063457890",
        "Attributes": {"Tier": "gold", "Old": "1"},
    }
    assert domain.ids("_fullName", "Ann Lee") == [main]


def test_an_address_is_taken_from_one_profile_as_a_whole(start_domain: StartDomain) -> None:
    domain = start_domain()
    main = create_profile(domain.engine, flatten({"Address": {"City": "Oslo"}})).id
    other = create_profile(
        domain.engine, flatten({"Address": {"City": "Rome", "Country": "IT"}})
    ).id
    merge_profiles(domain.engine, main, [other], {})
    assert domain.profile(main) == {"Address": {"City": "Oslo"}}


def test_a_field_source_names_the_profile_whose_value_stands_even_where_it_has_none(
    start_domain: StartDomain,
) -> None:
    domain = start_domain()
    main = create_profile(
        domain.engine,
        flatten({"FirstName": "Ann", "LastName": "Lee", "Address": {"City": "Oslo"}})
        | {"Attributes.Tier": "gold"},
    ).id
    other = create_profile(
        domain.engine,
        flatten({"FirstName": "Bob", "Address": {"Country": "IT"}, "Attributes": {"Tier": "low"}}),
    ).id
    sources = {"FirstName": other, "LastName": other, "Address": other, "Attributes.Tier": other}
    merge_profiles(domain.engine, main, [other], sources)
    assert domain.profile(main) == {
        "FirstName": "Bob",
        "Address": {"Country": "IT"},
        "Attributes": {"Tier": "low"},
    }


@pytest.mark.parametrize("place", ["main", "merged", "source"])
def test_a_merge_with_an_unknown_profile_is_refused_and_changes_nothing(
    start_domain: StartDomain, place: str
) -> None:
    domain = start_domain(CRM)
    ann, bob = two_profiles(domain)
    main = UNKNOWN if place == "main" else ann
    merged = [bob, UNKNOWN] if place == "merged" else [bob]
    sources = {"FirstName": UNKNOWN} if place == "source" else {}
    with pytest.raises(NotFoundError, match=r"^Unknown profile IDs$"):
        merge_profiles(domain.engine, main, merged, sources)
    assert list(domain.store.profile_ids()) == [ann, bob]
    assert len(domain.objects(bob, "Crm")) == 1
    assert domain.ids("_email", BOB) == [bob]


def test_a_profile_merged_with_itself_or_named_twice_is_merged_once(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(CRM)
    ann, bob = two_profiles(domain)
    merge_profiles(domain.engine, ann, [ann, bob, bob], {})
    assert list(domain.store.profile_ids()) == [ann]
    assert len(domain.objects(ann, "Crm")) == 2


def test_the_rank_of_a_value_survives_a_merge(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    ann = domain.put("Crm", id="1", email=ANN).profile_id
    bob = create_profile(domain.engine, {"Attributes.Tier": "by hand"}).id
    merge_profiles(domain.engine, ann, [bob], {})
    domain.put("Crm", id="1", tier="gold")
    assert domain.profile(ann)["Attributes"] == {"Tier": "by hand"}


def test_an_inferred_contact_stays_unsearchable_after_a_merge(start_domain: StartDomain) -> None:
    contact = Field("contact", "_source.contact", None, EMAIL_ADDRESS)
    plain = ObjectType(
        name="Plain",
        description="Plain",
        fields=(Field("id", "_source.id"), contact),
        keys=(Key("crmId", ("id",), (PROFILE, UNIQUE)),),
        allow_profile_creation=True,
    )
    domain = start_domain(plain)
    main = create_profile(domain.engine, {"FirstName": "Ann"}).id
    other = domain.put("Plain", id="1", contact=ANN).profile_id
    merge_profiles(domain.engine, main, [other], {})
    assert domain.profile(main) == {"FirstName": "Ann", "EmailAddress": ANN}
    assert domain.find("_email", ANN) == []


# DeleteProfileObjectType


def test_deleting_a_type_removes_its_objects_values_and_keys_but_no_profile(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(CRM, SHOP)
    domain.put("Crm", id="1", email=ANN, tier="gold")
    profile_id = domain.put("Shop", id="1", city="Oslo").profile_id
    only_shop = domain.put("Shop", id="2", city="Rome").profile_id
    delete_type(domain.engine, "Shop")
    assert domain.objects(profile_id, "Shop") == []
    assert len(domain.objects(profile_id, "Crm")) == 1
    assert domain.profile(profile_id) == {"EmailAddress": ANN, "Attributes": {"Tier": "gold"}}
    assert domain.profile(only_shop) == {}
    with pytest.raises(NotFoundError, match="cityKey"):
        domain.find("cityKey", "Oslo")
    assert domain.ids("crmId", "1") == [profile_id]
    assert domain.find("crmId", "2") == []


def test_a_value_that_another_type_wrote_last_outlives_the_deleted_type(
    start_domain: StartDomain,
) -> None:
    domain = start_domain(CRM, SHOP)
    domain.put("Shop", id="1", tier="silver")
    profile_id = domain.put("Crm", id="1", tier="gold").profile_id
    delete_type(domain.engine, "Shop")
    assert domain.profile(profile_id) == {"Attributes": {"Tier": "gold"}}
    delete_type(domain.engine, "Crm")
    assert domain.profile(profile_id) == {}


def test_standard_indexes_follow_the_values_of_a_deleted_type(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    domain.put("Crm", id="1", email=ANN)
    delete_type(domain.engine, "Crm")
    assert domain.find("_email", ANN) == []


def test_after_the_strongest_type_is_deleted_weaker_ones_write_again(
    start_domain: StartDomain,
) -> None:
    strong = ObjectType(
        name="Strong",
        description="Strong",
        fields=SHOP.fields,
        keys=SHOP.keys,
        allow_profile_creation=True,
        source_priority=1,
    )
    domain = start_domain(strong, SHOP)
    domain.put("Strong", id="1", tier="gold")
    delete_type(domain.engine, "Strong")
    profile_id = domain.put("Shop", id="1", tier="silver").profile_id
    assert domain.profile(profile_id)["Attributes"] == {"Tier": "silver"}


def test_an_unknown_type_cannot_be_deleted(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    with pytest.raises(NotFoundError, match=r"^Object type Shop is not defined in the domain$"):
        delete_type(domain.engine, "Shop")


def test_a_type_that_was_deleted_takes_no_objects(start_domain: StartDomain) -> None:
    domain = start_domain(CRM)
    delete_type(domain.engine, "Crm")
    with pytest.raises(NotFoundError, match=r"^Object type Crm is not defined in the domain$"):
        domain.put("Crm", id="1")
