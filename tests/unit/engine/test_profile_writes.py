"""What people and operators do to profiles (aws-semantics 3.3), and what a deletion takes away."""

from collections.abc import Callable
from typing import Any

import pytest

from profiles.documents import flatten
from profiles.errors import NotFoundError
from profiles.outcome import Verdict
from profiles.profile_writes import (
    add_key,
    create_profile,
    delete_key,
    delete_object,
    delete_profile,
    update_profile,
)
from tests.unit.engine.customers import ANN, BOB, CRM, SHOP, UNKNOWN

StartDomain = Callable[..., Any]


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
