"""The example objects of a run, and the profile that they must give."""

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mappings
from lifecycle.errors import CouldNotRunError
from lifecycle.seed import Seed, account_key, make_seed
from profiles import (
    EMAIL_ADDRESS,
    NUMBER,
    PHONE_NUMBER,
    PROFILE,
    UNIQUE,
    ContentType,
    Field,
    Key,
    ObjectType,
    ObjectTypeMapping,
)

PUBLISHED = {
    "AccountNumber": "00001",
    "EmailAddress": "test@test.com",
    "Attributes.SubscriptionAutoRenew": "False",
    "Attributes.SubscriptionDiscount": "None",
    "Attributes.SubscriptionEndDate": "2020-03-20",
    "Attributes.SubscriptionPlanType": "Professional",
    "Attributes.SubscriptionPrice": "$99.99",
    "Attributes.SubscriptionStartDate": "2019-03-20",
    "Attributes.SubscriptionStatus": "Active",
    "Attributes.TrialDays": "90",
    "Attributes.TrialEndDate": "2020-03-19",
    "Attributes.TrialPlanType": "Standard",
    "Attributes.TrialStartDate": "2020-01-19",
    "Attributes.TrialStatus": "Expired",
    "Attributes.offerName": "30% Renewal",
    "Attributes.offerViewed": "false",
}
"""The result that the seed publishes."""

ACCOUNT = Field("UserId", "_source.UserId", "_profile.AccountNumber")
ACCOUNT_KEY = Key("_account", ("UserId",), (PROFILE, UNIQUE))


def mapping(
    *examples: Mapping[str, Any],
    fields: Sequence[Field] = (),
    keys: Sequence[Key] = (),
    name: str = "Order",
    account: Field = ACCOUNT,
) -> ObjectTypeMapping:
    """A mapping with an account key, and the given fields and keys besides."""
    object_type = ObjectType(
        name,
        f"{name} of a shop",
        (account, *fields),
        (ACCOUNT_KEY, *keys),
        allow_profile_creation=True,
    )
    return ObjectTypeMapping(object_type, examples, f"mappings/{name.lower()}.py")


def records(seed: Seed) -> list[dict[str, Any]]:
    """The objects of the seed as they are put."""
    return [orjson.loads(each.text) for each in seed.objects]


def test_the_given_account_00001_gives_the_published_profile_no_more_and_no_less() -> None:
    seed = make_seed(mappings.load(), "00001")
    (expected,) = seed.expected
    assert (expected.key, expected.value) == ("_account", "00001")
    assert expected.values == PUBLISHED


def test_with_a_given_account_every_other_value_is_the_examples_own() -> None:
    loaded = mappings.load()
    seed = make_seed(loaded, "00001")
    assert records(seed) == [dict(each) for one in loaded for each in one.examples]
    assert [each.object_type for each in seed.objects] == [one.object_type.name for one in loaded]


def test_a_run_has_an_account_of_its_own_that_nobody_mistakes_for_a_customer() -> None:
    first, second = (make_seed(mappings.load()) for _ in range(2))
    assert re.fullmatch("verify-[0-9a-f]{12}", first.account)
    assert first.account != second.account
    assert {record["UserId"] for record in records(first)} == {first.account}


def test_no_value_of_a_key_of_the_examples_stays_in_a_run_of_its_own() -> None:
    seed = make_seed(mappings.load())
    text = "".join(each.text for each in seed.objects)
    assert "00001" not in text
    assert "test@test.com" not in text


def test_values_of_no_key_are_the_same_in_a_run_of_its_own() -> None:
    seed = make_seed(mappings.load())
    (expected,) = seed.expected
    own = {"AccountNumber": seed.account, "EmailAddress": expected.values["EmailAddress"]}
    assert expected.values == PUBLISHED | own


def test_the_examples_themselves_are_never_changed() -> None:
    loaded = (mapping({"UserId": "1", "in": {"id": "2"}}, fields=[Field("in", "_source.in.id")]),)
    before = copy.deepcopy([one.examples for one in loaded])
    make_seed(loaded)
    make_seed(loaded, "7")
    assert [one.examples for one in loaded] == before


@pytest.mark.parametrize(
    ("content_type", "pattern"),
    [
        (EMAIL_ADDRESS, r"verify-[0-9a-f]{12}-\d+@example\.invalid"),
        (PHONE_NUMBER, r"\+999\d{11}"),
        (NUMBER, r"\d{15}"),
        (ContentType.STRING, r"verify-[0-9a-f]{12}-\d+"),
        (ContentType.NAME, r"verify-[0-9a-f]{12}-\d+"),
    ],
)
def test_a_value_of_another_key_becomes_one_of_its_kind_that_nobody_has(
    content_type: ContentType, pattern: str
) -> None:
    field = Field("other", "_source.other", "_profile.Attributes.Other", content_type)
    one = mapping({"UserId": "1", "other": "42"}, fields=[field], keys=[Key("_o", ("other",))])
    (record,) = records(make_seed([one]))
    assert re.fullmatch(pattern, record["other"])


def test_the_account_is_put_where_the_mapping_reads_it() -> None:
    nested = Field("UserId", "_source.customer.id", "_profile.AccountNumber")
    seed = make_seed([mapping({"customer": {"id": "1", "name": "A"}}, account=nested)])
    assert records(seed) == [{"customer": {"id": seed.account, "name": "A"}}]


def test_an_account_that_is_a_number_in_the_source_is_replaced_too() -> None:
    seed = make_seed([mapping({"UserId": 1})])
    assert records(seed) == [{"UserId": seed.account}]


def test_a_key_value_that_an_example_lacks_stays_absent() -> None:
    phone = Field("phone", "_source.phone", "_profile.PhoneNumber", PHONE_NUMBER)
    one = mapping({"UserId": "1"}, fields=[phone], keys=[Key("_phone", ("phone",))])
    (record,) = records(make_seed([one]))
    assert set(record) == {"UserId"}


def test_each_customer_of_the_examples_gets_an_account_and_a_profile_of_its_own() -> None:
    color = Field("color", "_source.color", "_profile.Attributes.Color")
    examples = (
        {"UserId": "1", "color": "red"},
        {"UserId": "2", "color": "blue"},
        {"UserId": "1", "color": "green"},
    )
    seed = make_seed([mapping(*examples, fields=[color])])
    accounts = [record["UserId"] for record in records(seed)]
    assert accounts == [seed.account, f"{seed.account}-2", seed.account]
    assert [(each.value, each.values["Attributes.Color"]) for each in seed.expected] == [
        (accounts[0], "green"),
        (accounts[1], "blue"),
    ]


def test_a_member_that_feeds_the_account_and_another_key_carries_the_account() -> None:
    fields = [Field(name, "_source.UserId", None, NUMBER) for name in ("a", "z", "Z")]
    one = mapping({"UserId": "1"}, fields=fields, keys=[Key("_n", ("a", "z", "Z"))])
    seed = make_seed([one])
    assert records(seed) == [{"UserId": seed.account}]


def test_a_template_as_source_of_a_key_is_refused_with_the_place_and_the_way_out() -> None:
    template = Field("UserId", "{{_source.UserId}}", "_profile.AccountNumber")
    with pytest.raises(CouldNotRunError) as refused:
        make_seed([mapping({"UserId": "secret-1"}, account=template)])
    assert "mappings/order.py" in str(refused.value)
    assert "UserId" in str(refused.value)
    assert "accessor" in str(refused.value)
    assert "secret-1" not in str(refused.value)


def test_an_object_type_without_a_profile_key_is_refused_by_its_file() -> None:
    object_type = ObjectType("Order", "An order", (ACCOUNT,), (Key("_account", ("UserId",)),))
    with pytest.raises(CouldNotRunError, match=r"mappings/order\.py: no key .* PROFILE"):
        make_seed([ObjectTypeMapping(object_type, ({"UserId": "1"},), "mappings/order.py")])


def test_mappings_without_any_example_are_refused() -> None:
    with pytest.raises(CouldNotRunError, match="EXAMPLES"):
        make_seed([mapping(), mapping(name="Refund")])


def test_an_empty_account_is_refused_because_the_examples_would_be_put_as_they_are() -> None:
    with pytest.raises(CouldNotRunError, match="--account"):
        make_seed(mappings.load(), "")


def test_examples_that_give_no_profile_are_refused_before_anything_is_put() -> None:
    only_known = ObjectType("Order", "An order", (ACCOUNT,), (ACCOUNT_KEY,))
    with pytest.raises(CouldNotRunError, match="0 profiles; correct the mappings"):
        make_seed([ObjectTypeMapping(only_known, ({"UserId": "1"},), "mappings/order.py")])


def test_the_account_key_is_the_one_that_also_names_the_object() -> None:
    email = Field("email", "_source.email", "_profile.EmailAddress", EMAIL_ADDRESS)
    object_type = ObjectType(
        "Order", "An order", (ACCOUNT, email), (Key("_email", ("email",), (PROFILE,)), ACCOUNT_KEY)
    )
    assert account_key(ObjectTypeMapping(object_type)) == ACCOUNT_KEY


def test_a_profile_key_serves_where_no_key_both_finds_and_names() -> None:
    keys = (Key("_order", ("UserId",), (UNIQUE,)), Key("_account", ("UserId",), (PROFILE,)))
    object_type = ObjectType("Order", "An order", (ACCOUNT,), keys)
    assert account_key(ObjectTypeMapping(object_type)) == keys[1]


NAMES = st.sampled_from(["a", "b", "c"])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=5))
def test_objects_that_shared_a_value_share_its_replacement_and_no_others_do(
    customers: list[tuple[str, str]],
) -> None:
    email = Field("email", "_source.email", "_profile.EmailAddress", EMAIL_ADDRESS)
    examples = [{"UserId": account, "email": f"{name}@shop.test"} for account, name in customers]
    seed = make_seed([mapping(*examples, fields=[email], keys=[Key("_email", ("email",))])])
    for member in ("UserId", "email"):
        pairs = {
            (old[member], new[member]) for old, new in zip(examples, records(seed), strict=True)
        }
        assert len(pairs) == len({old for old, _ in pairs}) == len({new for _, new in pairs})
    assert len(seed.expected) == len({account for account, _ in customers})


EMAIL = Field("email", "_source.email", "_profile.EmailAddress", EMAIL_ADDRESS)
TOPIC = Field("topic", "_source.topic", "_profile.Attributes.Topic")
SIGNUP = ObjectType(
    "Signup",
    "Signups by address",
    (EMAIL, TOPIC),
    (Key("_email", ("email",), (PROFILE, UNIQUE)),),
    allow_profile_creation=True,
)


def signup(email: str) -> ObjectTypeMapping:
    """A mapping that knows customers by their e-mail address alone."""
    return ObjectTypeMapping(SIGNUP, ({"email": email, "topic": "News"},), "mappings/signup.py")


def test_customers_that_are_known_by_an_address_have_their_profile_beside_those_with_an_account(
) -> None:  # fmt: skip
    seed = make_seed([mapping({"UserId": "1"}), signup("ann@shop.test")])
    by_account, by_address = seed.expected
    assert (by_account.key, by_account.search) == ("_account", (seed.account,))
    assert by_address.key == "_email"
    (address,) = by_address.search
    assert address.endswith("@example.invalid")
    assert by_address.values == {"EmailAddress": address, "Attributes.Topic": "News"}


def test_a_given_account_leaves_an_address_that_finds_the_customer_as_it_is() -> None:
    seed = make_seed([signup("ann@shop.test"), mapping({"UserId": "1"})], "7")
    assert [each.search for each in seed.expected] == [("ann@shop.test",), ("7",)]


def test_objects_that_meet_by_an_address_are_expected_as_the_one_profile_that_they_give() -> None:
    order = mapping(
        {"UserId": "1", "email": "ann@shop.test"},
        fields=[EMAIL],
        keys=[Key("_email", ("email",), (PROFILE,))],
    )
    (expected,) = make_seed([order, signup("ann@shop.test")]).expected
    assert expected.values.keys() == {"AccountNumber", "EmailAddress", "Attributes.Topic"}


def test_a_key_of_several_fields_finds_its_profile_by_all_of_them() -> None:
    shop = Field("shop", "_source.shop", "_profile.Attributes.Shop")
    object_type = ObjectType(
        "Order",
        "Orders of several shops",
        (ACCOUNT, shop),
        (Key("customerOfShop", ("shop", "UserId"), (PROFILE, UNIQUE)),),
        allow_profile_creation=True,
    )
    one = ObjectTypeMapping(object_type, ({"UserId": "1", "shop": "north"},), "mappings/order.py")
    (expected,) = make_seed([one]).expected
    assert len(expected.search) == 2
    assert expected.values["Attributes.Shop"] == expected.search[0]


def test_an_example_without_a_value_for_the_first_key_is_found_by_one_that_it_has() -> None:
    object_type = ObjectType(
        "Order",
        "Orders of customers and of guests",
        (Field("order", "_source.order"), ACCOUNT, EMAIL),
        (
            Key("orderId", ("order",), (UNIQUE,)),
            Key("_account", ("UserId",), (PROFILE,)),
            Key("_email", ("email",), (PROFILE,)),
        ),
        allow_profile_creation=True,
    )
    guest = {"order": "1", "email": "ann@shop.test"}
    (expected,) = make_seed(
        [ObjectTypeMapping(object_type, (guest,), "mappings/order.py")]
    ).expected
    assert expected.key == "_email"
