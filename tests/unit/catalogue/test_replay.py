"""The profiles that example objects give, and who last wrote each value."""

from collections.abc import Sequence

import pytest

import mappings
from lifecycle.catalogue.replay import MergedProfile, Replay, examples_of, replay
from profiles import PROFILE, UNIQUE, Field, Key, ObjectTypeMapping
from tests.unit.catalogue.samples import ACCOUNT_KEY, ASSET, attribute_field, mapping

STATUS = attribute_field("status")


def all_of(given: Sequence[ObjectTypeMapping]) -> Replay:
    """Every example of these mappings, in order."""
    return replay(given, [example for each in given for example in examples_of(each)])


def written(profile: MergedProfile) -> dict[str, tuple[str, str]]:
    """Attribute to (value, name of the example that last wrote it)."""
    return {value.name: (value.text, value.writer.name) for value in profile.values}


def test_each_value_names_the_object_that_wrote_it_last() -> None:
    given = [
        mapping({"UserId": "1", "status": "new"}, name="Order", fields=(STATUS,)),
        mapping({"UserId": "1", "status": "back"}, name="Refund", fields=(STATUS,)),
        mapping({"UserId": "1"}, name="Visit", fields=(STATUS,)),
    ]
    (profile,) = all_of(given).profiles
    assert written(profile) == {
        "AccountNumber": ("1", "Visit"),
        "Attributes.status": ("back", "Refund"),
    }


def test_a_stronger_source_is_not_overwritten_and_the_step_says_so() -> None:
    given = [
        mapping({"UserId": "1", "status": "a"}, name="Crm", fields=(STATUS,), source_priority=1),
        mapping({"UserId": "1", "status": "b"}, name="Web", fields=(STATUS,), source_priority=2),
    ]
    found = all_of(given)
    (profile,) = found.profiles
    assert written(profile)["Attributes.status"] == ("a", "Crm")
    assert any("kept Attributes.status" in line for line in found.steps[1].explanation)


def test_several_examples_of_one_type_are_told_apart_by_number() -> None:
    given = mapping(
        {"UserId": "1", "status": "new"}, {"UserId": "1", "status": "done"}, fields=(STATUS,)
    )
    (profile,) = all_of([given]).profiles
    assert written(profile)["Attributes.status"] == ("done", "Order 2")
    assert [example.name for example in profile.examples] == ["Order 1", "Order 2"]


def test_customers_who_share_no_key_give_a_profile_each() -> None:
    found = all_of([mapping({"UserId": "1"}, {"UserId": "2"})])
    assert [written(profile) for profile in found.profiles] == [
        {"AccountNumber": ("1", "Order 1")},
        {"AccountNumber": ("2", "Order 2")},
    ]


def test_an_object_that_may_create_nothing_gives_no_profile_by_itself() -> None:
    given = mapping({"UserId": "1"}, allow_profile_creation=False)
    found = replay([given], examples_of(given))
    assert found.profiles == ()
    assert found.steps[0].explanation[-1].startswith("rejected: No single profile")


def test_an_object_without_its_keys_says_that_it_is_refused() -> None:
    (step,) = all_of([mapping({"other": "1"})]).steps
    (line,) = step.explanation
    assert line.startswith("refused: ")


def test_the_steps_do_not_repeat_what_the_table_shows() -> None:
    (step,) = all_of([mapping({"UserId": "1"})]).steps
    assert step.explanation == (
        "PROFILE key _account: no profile",
        "no key found exactly one profile: a new profile was created",
    )


def asset_mapping(*records: dict[str, str]) -> ObjectTypeMapping:
    """Objects that describe assets."""
    return mapping(
        *records,
        fields=(
            Field("serial", "_source.serial", "_asset.SerialNumber"),
            Field("state", "_source.state", "_asset.Status"),
        ),
        keys=(Key("serial", ("serial",), (ASSET,)),),
    )


def test_an_asset_shows_below_the_profile_that_has_it() -> None:
    given = asset_mapping(
        {"UserId": "1", "serial": "a", "state": "new"}, {"UserId": "1", "serial": "a"}
    )
    (profile,) = all_of([given]).profiles
    assert written(profile) == {
        "AccountNumber": ("1", "Order 2"),
        "_asset.SerialNumber": ("a", "Order 2"),
        "_asset.Status": ("new", "Order 1"),
    }
    assert {value.number for value in profile.values} == {0}


def test_several_assets_of_a_profile_are_numbered() -> None:
    given = asset_mapping({"UserId": "1", "serial": "a"}, {"UserId": "1", "serial": "b"})
    (profile,) = all_of([given]).profiles
    assets = [(each.text, each.number) for each in profile.values if each.name.startswith("_asset")]
    assert assets == [("a", 1), ("b", 2)]


def test_a_whole_address_shows_member_by_member() -> None:
    fields = (Field("home", "_source.home", "_profile.Address"),)
    record = {"UserId": "1", "home": {"City": "Oslo", "Country": "NO"}}
    (profile,) = all_of([mapping(record, fields=fields)]).profiles
    assert written(profile)["Address.City"] == ("Oslo", "Order")


def test_a_gender_has_a_writer_under_whichever_name_it_shows() -> None:
    fields = (Field("gender", "_source.gender", "_profile.Gender"),)
    (profile,) = all_of([mapping({"UserId": "1", "gender": "Female"}, fields=fields)]).profiles
    genders = {name: writer for name, writer in written(profile).items() if "Gender" in name}
    assert set(genders.values()) == {("Female", "Order")}


def test_an_object_that_moves_to_another_profile_leaves_both_explained() -> None:
    order = mapping(
        {"UserId": "1", "number": "7"},
        {"UserId": "2", "number": "7"},
        fields=(attribute_field("number"),),
        keys=(Key("number", ("number",), (UNIQUE,)),),
    )
    account = Key(ACCOUNT_KEY.name, ACCOUNT_KEY.fields, (PROFILE,))
    keys = (account, *order.object_type.keys[1:])
    moved = ObjectTypeMapping(
        type(order.object_type)(
            "Order", "Orders", order.object_type.fields, keys, allow_profile_creation=True
        ),
        order.examples,
    )
    found = all_of([moved])
    assert [each.examples[0].number for each in found.profiles] == [1, 2]
    assert "moved here from another profile" in found.steps[1].explanation[-1]


def test_the_example_is_shown_with_its_letters_and_their_order() -> None:
    (example,) = examples_of(mapping({"UserId": "1", "name": "Ærø", "amount": 3}))
    assert example.text == '{\n  "UserId": "1",\n  "name": "Ærø",\n  "amount": 3\n}'


def test_the_published_examples_give_the_published_profile_with_its_writers() -> None:
    (profile,) = all_of(mappings.load()).profiles
    found = written(profile)
    assert len(found) == 16
    assert found["EmailAddress"] == ("test@test.com", "MarketingAssignedOffers")
    assert found["Attributes.SubscriptionPrice"] == ("$99.99", "PurchasedSubscription")
    assert found["Attributes.TrialStatus"] == ("Expired", "TrialSubscription")


@pytest.mark.parametrize("value", ["\ud800", "x" * 300])
def test_an_example_that_the_service_would_not_take_is_shown_all_the_same(value: str) -> None:
    found = all_of([mapping({"UserId": "1", "status": value}, fields=(STATUS,))])
    assert found.profiles == ()
    assert found.steps[0].explanation
