"""Calculated attributes of the emulator: their definitions, and their values for profiles."""

import json
from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[..., Any]

ORDER_TYPE: dict[str, Any] = {
    "ObjectTypeName": "Order",
    "Description": "An order",
    "AllowProfileCreation": True,
    "Fields": {
        "id": {"Source": "_source.id"},
        "customer": {"Source": "_source.customer", "Target": "_profile.AccountNumber"},
        "total": {"Source": "_source.total"},
    },
    "Keys": {
        "orderId": [{"FieldNames": ["id"], "StandardIdentifiers": ["UNIQUE"]}],
        "_account": [{"FieldNames": ["customer"], "StandardIdentifiers": ["PROFILE"]}],
    },
}
SPENT: dict[str, Any] = {
    "CalculatedAttributeName": "spent",
    "DisplayName": "Money spent",
    "Description": "The sum of all orders",
    "AttributeDetails": {"Attributes": [{"Name": "total"}], "Expression": "{Order.total}"},
    "Statistic": "SUM",
    "UseHistoricalData": True,
    "Tags": {"team": "care"},
}


class Shop:
    """A domain with orders of one customer."""

    def __init__(self, client: Any, domain: str) -> None:
        self.client, self.domain = client, domain
        client.put_profile_object_type(DomainName=domain, **ORDER_TYPE)

    def order(self, number: int, total: float, customer: str = "c") -> None:
        record = {"id": str(number), "customer": customer, "total": total}
        self.client.put_profile_object(
            DomainName=self.domain, ObjectTypeName="Order", Object=json.dumps(record)
        )

    def profile(self, customer: str = "c") -> str:
        found = self.client.search_profiles(
            DomainName=self.domain, KeyName="_account", Values=[customer]
        )
        return str(found["Items"][0]["ProfileId"])

    def define(self, **changed: Any) -> Any:
        return self.client.create_calculated_attribute_definition(
            DomainName=self.domain, **SPENT | changed
        )

    def value(self, name: str = "spent", **more: Any) -> Any:
        return self.client.get_calculated_attribute_for_profile(
            DomainName=self.domain,
            CalculatedAttributeName=name,
            ProfileId=self.profile(),
            **more,
        )


@pytest.fixture
def shop(customer_profiles: Any, domain: str) -> Shop:
    """A shop without orders."""
    return Shop(customer_profiles, domain)


def without_metadata(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def test_a_definition_is_shown_as_it_was_made(shop: Shop) -> None:
    made = without_metadata(shop.define())
    named = {"DomainName": shop.domain, "CalculatedAttributeName": "spent"}
    shown = without_metadata(shop.client.get_calculated_attribute_definition(**named))
    assert shown == made
    assert {key: value for key, value in shown.items() if key in SPENT} == SPENT
    assert (shown["Status"], shown["Readiness"]["ProgressPercentage"]) == ("COMPLETED", 100)
    (listed,) = shop.client.list_calculated_attribute_definitions(DomainName=shop.domain)["Items"]
    assert listed.items() <= shown.items()


def test_the_value_follows_the_objects_of_the_profile(shop: Shop) -> None:
    shop.define()
    shop.order(1, 10)
    shop.order(2, 2.5)
    shop.order(3, 99, customer="somebody else")
    answer = shop.value()
    assert (answer["Value"], answer["IsDataPartial"]) == ("12.5", "false")
    assert answer["DisplayName"] == "Money spent"
    shop.order(2, 7.5)
    assert shop.value()["Value"] == "17.5"


def test_objects_from_before_the_definition_count_only_if_it_says_so(shop: Shop) -> None:
    shop.order(1, 10)
    shop.define(UseHistoricalData=False)
    shop.define(CalculatedAttributeName="everSpent")
    shop.order(2, 5)
    late = shop.value()
    assert (late["Value"], late["IsDataPartial"]) == ("5", "true")
    assert shop.value("everSpent")["Value"] == "15"


def test_a_profile_lists_the_attributes_that_have_a_value(shop: Shop) -> None:
    shop.order(1, 10)
    shop.define()
    shop.define(CalculatedAttributeName="a-later-one", UseHistoricalData=False)
    found = shop.client.list_calculated_attributes_for_profile(
        DomainName=shop.domain, ProfileId=shop.profile()
    )
    assert [(each["CalculatedAttributeName"], each["Value"]) for each in found["Items"]] == [
        ("spent", "10")
    ]


def test_a_batch_tells_the_values_of_many_profiles_and_who_is_not_there(shop: Shop) -> None:
    shop.define()
    shop.order(1, 10)
    shop.order(2, 20, customer="d")
    ids = [shop.profile("c"), shop.profile("d"), "0" * 32]
    answer = shop.client.batch_get_calculated_attribute_for_profile(
        DomainName=shop.domain, CalculatedAttributeName="spent", ProfileIds=ids
    )
    values = {each["ProfileId"]: each["Value"] for each in answer["CalculatedAttributeValues"]}
    assert values == {ids[0]: "10", ids[1]: "20"}
    assert [(each["ProfileId"], each["Code"]) for each in answer["Errors"]] == [
        (ids[2], "ResourceNotFoundException")
    ]


def test_a_batch_may_override_the_range(shop: Shop) -> None:
    shop.define()
    shop.order(1, 10)
    override = {"Range": {"Start": -1, "End": -2, "Unit": "DAYS"}}
    answer = shop.client.batch_get_calculated_attribute_for_profile(
        DomainName=shop.domain,
        CalculatedAttributeName="spent",
        ProfileIds=[shop.profile()],
        ConditionOverrides=override,
    )
    assert "Value" not in answer["CalculatedAttributeValues"][0]
    assert answer["ConditionOverrides"] == override


def test_an_update_changes_what_it_names(shop: Shop) -> None:
    shop.define(Conditions={"ObjectCount": 5})
    shop.order(1, 10)
    shop.order(2, 20)
    named = {"DomainName": shop.domain, "CalculatedAttributeName": "spent"}
    answer = shop.client.update_calculated_attribute_definition(
        **named, Conditions={"ObjectCount": 1}
    )
    assert answer["DisplayName"] == "Money spent"
    assert answer["LastUpdatedAt"] >= answer["CreatedAt"]
    assert shop.value()["Value"] == "20"


def test_a_definition_that_is_deleted_is_gone(shop: Shop, refused: Refused) -> None:
    shop.define()
    named = {"DomainName": shop.domain, "CalculatedAttributeName": "spent"}
    shop.client.delete_calculated_attribute_definition(**named)
    for call in ("get", "delete", "update"):
        operation = getattr(shop.client, f"{call}_calculated_attribute_definition")
        assert refused(operation, **named).code == "ResourceNotFoundException"


def test_what_cannot_be_calculated_is_refused_when_it_is_defined(
    shop: Shop, refused: Refused
) -> None:
    details = {"Attributes": [{"Name": "sum"}], "Expression": "{Order.sum}"}
    refusal = refused(shop.define, AttributeDetails=details)
    assert (refusal.status, refusal.code) == (400, "BadRequestException")
    assert "sum is no field of object type Order" in refusal.message
    shop.define()
    assert "already exists" in refused(shop.define).message


def test_a_profile_that_is_not_there_has_no_values(shop: Shop, refused: Refused) -> None:
    shop.define()
    named = {"DomainName": shop.domain, "ProfileId": "0" * 32}
    client = shop.client
    assert refused(client.list_calculated_attributes_for_profile, **named).status == 404
    named["CalculatedAttributeName"] = "spent"
    assert refused(client.get_calculated_attribute_for_profile, **named).status == 404


def test_without_its_object_type_a_definition_has_no_values(shop: Shop) -> None:
    shop.define()
    shop.order(1, 10)
    profile = shop.profile()
    shop.client.delete_profile_object_type(DomainName=shop.domain, ObjectTypeName="Order")
    found = shop.client.list_calculated_attributes_for_profile(
        DomainName=shop.domain, ProfileId=profile
    )
    assert found["Items"] == []


def test_a_definition_carries_tags(shop: Shop, account: str) -> None:
    shop.define()
    tail = f"domains/{shop.domain}/calculated-attributes/spent"
    arn = f"arn:aws:profile:us-east-1:{account}:{tail}"
    shop.client.tag_resource(resourceArn=arn, tags={"stage": "dev"})
    shop.client.untag_resource(resourceArn=arn, tagKeys=["team"])
    assert shop.client.list_tags_for_resource(resourceArn=arn)["tags"] == {"stage": "dev"}
