"""SearchProfiles over HTTP: keys, values, and what is found (aws-semantics 1.4, 1.6 and 3.1)."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.loaders import Loader

Refused = Callable[..., Any]

PREDEFINED = """_profileId _account _email _phone _fullName _assetId _caseId _orderId _ctrContactId
_marketoLeadId _salesforceAccountId _salesforceContactId _salesforceAssetId _zendeskUserId
_zendeskExternalId _zendeskTicketId _serviceNowSystemId _serviceNowIncidentId _segmentUserId
_shopifyCustomerId _shopifyOrderId""".split()

VALUE_TEXT = (
    "Member must satisfy constraint: [Member must have length less than or equal to 255, "
    "Member must have length greater than or equal to 1"
)


def as_tuple(refusal: Any) -> tuple[int, str, str]:
    return refusal.status, refusal.code, refusal.message


def raw_search(raw: Any, customers: Any, **members: Any) -> Any:
    return raw("POST", f"/domains/{customers.name}/profiles/search", members)


# Keys


@pytest.mark.parametrize("key", PREDEFINED)
def test_predefined_keys_are_known_in_every_domain(customers: Any, key: str) -> None:
    assert customers.find(key, "nothing") == []


def test_a_known_key_without_hit_finds_nothing(people: Any) -> None:
    people.put("Person", id="1")
    answer = people.search("personId", "2")
    assert answer["Items"] == []
    assert "NextToken" not in answer


def test_an_unknown_key_is_not_found(people: Any, refused: Refused) -> None:
    status, code, text = as_tuple(refused(people.find, "color", "red"))
    assert (status, code) == (404, "ResourceNotFoundException")
    assert "KeyName" in text
    assert "is not defined in the domain" in text


def test_a_key_of_another_domain_is_unknown(
    people: Any, open_domain: Any, refused: Refused
) -> None:
    other = open_domain(people.client)
    assert refused(other.find, "personId", "1").status == 404


def test_an_unknown_domain_is_named_with_the_account(
    customer_profiles: Any, account: str, refused: Refused
) -> None:
    refusal = refused(
        customer_profiles.search_profiles, DomainName="nowhere", KeyName="_email", Values=["a"]
    )
    text = f"DomainName nowhere is not found in account {account}"
    assert as_tuple(refusal) == (404, "ResourceNotFoundException", text)


def test_a_profile_of_another_domain_is_not_found(people: Any, open_domain: Any) -> None:
    other = open_domain(people.client)
    profile_id = other.call("create_profile", EmailAddress="ada@example.com")["ProfileId"]
    assert people.find("_email", "ada@example.com") == []
    assert people.find("_profileId", profile_id) == []


def test_the_standard_indexes_hold_every_field_that_belongs_to_them(customers: Any) -> None:
    fields = {
        "_account": ["AccountNumber"],
        "_email": ["EmailAddress", "PersonalEmailAddress", "BusinessEmailAddress"],
        "_phone": "PhoneNumber MobilePhoneNumber HomePhoneNumber BusinessPhoneNumber".split(),
    }
    for key, names in fields.items():
        for number, name in enumerate(names):
            value = f"{len(key)}{number}"
            profile_id = customers.call("create_profile", **{name: value})["ProfileId"]
            assert customers.id_of(key, value) == profile_id


@pytest.mark.parametrize(
    ("names", "full"),
    [
        ({"FirstName": "Ada", "MiddleName": "King", "LastName": "Byron"}, "Ada King Byron"),
        ({"FirstName": "Ada", "LastName": "Byron"}, "ada  BYRON"),
        ({"LastName": "Byron"}, "Byron"),
    ],
)
def test_the_full_name_is_the_parts_that_there_are(
    customers: Any, names: dict[str, str], full: str
) -> None:
    customers.call("create_profile", **names)
    assert len(customers.find("_fullName", full)) == 1
    assert customers.find("_fullName", "Ada") == []


def test_the_full_name_is_indexed_though_no_mapping_names_it(people: Any) -> None:
    people.put("Person", id="1", first="Michael", last="Mac")
    assert people.id_of("_fullName", "Michael Mac") == people.id_of("personId", "1")


# Values


@pytest.mark.parametrize("value", ["1", "12", "1234", "123*", "%", "123 ", " 123", "%23"])
def test_a_match_is_exact(people: Any, value: str) -> None:
    people.put("Person", id="123")
    assert people.find("personId", value) == []
    assert len(people.find("personId", "123")) == 1


@pytest.mark.parametrize(
    ("key", "stored", "asked"),
    [
        ("_email", "Ada@Example.com", "ada@example.COM"),
        ("_phone", "+1 (206) 345-7890", "2063457890"),
        ("_phone", "+15551234567", "(555)-123-4567"),
    ],
)
def test_a_value_is_compared_by_its_content_type(
    people: Any, key: str, stored: str, asked: str
) -> None:
    people.put("Person", id="1", **{key.strip("_"): stored})
    assert people.id_of(key, asked) == people.id_of("personId", "1")


@pytest.mark.parametrize(
    "value", ["a\0b", "\0", "\u2028", "Åse 👩\u200d🚀", '"', "\\", "' OR 1=1 --", "é", "x" * 255]
)
def test_any_text_may_be_stored_and_found(people: Any, value: str) -> None:
    people.put("Person", id=value, tier=value)
    (profile,) = people.find("personId", value)
    assert profile["Attributes"] == {"Tier": value}
    assert people.find("personId", value + "x" if len(value) < 255 else value[:-1]) == []


def test_a_text_after_a_nul_character_counts(people: Any) -> None:
    people.put("Person", id="a\0b")
    people.put("Person", id="a\0c")
    assert people.stats()["ProfileCount"] == 2
    assert people.find("personId", "a") == []


def test_several_values_are_alternatives(people: Any) -> None:
    for number in "123":
        people.put("Person", id=number)
    found = [profile["ProfileId"] for profile in people.find("personId", "3", "9", "1")]
    assert found == [people.id_of("personId", number) for number in "13"]


def test_a_profile_that_two_values_find_is_one_item(people: Any) -> None:
    people.put("Person", id="1", email="ada@example.com", phone="555")
    people.put("Person", id="1", email="ada@example.org")
    assert len(people.find("_email", "ada@example.com", "ada@example.org")) == 1
    phone = {"KeyName": "_phone", "Values": ["555"]}
    assert len(people.find("_email", "ada@example.com", AdditionalSearchKeys=[phone])) == 1


def test_a_key_of_several_fields_is_searched_by_a_value_for_each_in_order(customers: Any) -> None:
    fields = {"id": ("id",), "a": ("a",), "b": ("b", "", "EMAIL_ADDRESS")}
    customers.declare("Visit", fields, {"visit": ("id", "UNIQUE"), "ab": (("a", "b"), "PROFILE")})
    customers.put("Visit", id="1", a="x", b="Y@example.com")
    customers.put("Visit", id="2", a="x", b="z@example.com")
    assert customers.find("ab", "x", "y@EXAMPLE.com") == customers.find("visit", "1") != []
    for values in (
        ["x"],
        ["y@example.com", "x"],
        ["x", "y@example.com", "x"],
        ["X", "y@example.com"],
    ):
        assert customers.find("ab", *values) == []


@pytest.mark.parametrize("values", [[""], ["x" * 256], ["fine", ""], ["fine", "x" * 256]])
def test_an_empty_or_over_long_value_is_refused_with_the_text_of_the_service(
    people: Any, refused: Refused, values: list[str]
) -> None:
    status, code, text = as_tuple(refused(people.find, "personId", *values))
    assert (status, code) == (400, "BadRequestException")
    assert text.startswith("1 validation error detected: Value")
    assert f"at 'values' failed to satisfy constraint: {VALUE_TEXT}" in text
    assert "xxx" not in text


@pytest.mark.parametrize(
    ("members", "place"),
    [
        ({"KeyName": "_email"}, "'values'"),
        ({"KeyName": "_email", "Values": None}, "'values'"),
        ({"KeyName": "_email", "Values": []}, "'values'"),
        ({"KeyName": "_email", "Values": "a"}, "'values'"),
        ({"KeyName": "_email", "Values": [None]}, "'values.1.member'"),
        ({"KeyName": "_email", "Values": [1]}, "'values.1.member'"),
        ({"Values": ["a"]}, "'keyName'"),
        ({"KeyName": "", "Values": ["a"]}, "'keyName'"),
        ({"KeyName": "a b", "Values": ["a"]}, "'keyName'"),
        ({"KeyName": "k" * 65, "Values": ["a"]}, "'keyName'"),
    ],
)
def test_a_search_needs_a_key_and_values(
    customers: Any, raw: Any, members: dict[str, Any], place: str
) -> None:
    answer = raw_search(raw, customers, **members)
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (400, "BadRequestException")
    assert place in answer.json["Message"]


# The wire


def test_members_without_value_are_null_on_the_wire(customers: Any, raw: Any) -> None:
    profile_id = customers.call(
        "create_profile", FirstName="Ada", Address={"City": "Oslo"}, Gender="FEMALE"
    )["ProfileId"]
    answer = raw_search(raw, customers, KeyName="_profileId", Values=[profile_id])
    (item,) = answer.json["Items"]
    model = Loader().load_service_model("customer-profiles", "service-2")["shapes"]
    scalars = {
        name
        for name, member in model["Profile"]["members"].items()
        if model[member["shape"]]["type"] == "string"
    }
    values = {"ProfileId": profile_id, "FirstName": "Ada", "Gender": "FEMALE"}
    values |= {"GenderString": "FEMALE"}
    assert item == dict.fromkeys(scalars) | values | {"Address": {"City": "Oslo"}}
    assert answer.json.keys() == {"Items", "NextToken"}
    assert answer.json["NextToken"] is None


def test_an_answer_without_hit_has_an_empty_list_and_a_null_token(customers: Any, raw: Any) -> None:
    answer = raw_search(raw, customers, KeyName="_email", Values=["nobody"])
    assert (answer.status, answer.json) == (200, {"Items": [], "NextToken": None})
