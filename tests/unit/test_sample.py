"""The sample that tests know: its object types and objects, value for value."""

import json
import subprocess
from typing import Any

import pytest

import mappings
from profiles import ObjectTypeMapping
from profiles.requests import to_request
from tests.conftest import LIFECYCLE

# The calls of the sample that this project starts from, value for value. A content type that a
# call leaves out is STRING (admin guide, "Mapping field definitions").
TRIAL_SUBSCRIPTION = {
    "ObjectTypeName": "TrialSubscription",
    "Description": "Trial Subscription Signups",
    "AllowProfileCreation": True,
    "ExpirationDays": 100,
    "Fields": {
        "UserId": {
            "ContentType": "STRING",
            "Source": "_source.UserId",
            "Target": "_profile.AccountNumber",
        },
        "startdate": {
            "ContentType": "STRING",
            "Source": "_source.startDate",
            "Target": "_profile.Attributes.TrialStartDate",
        },
        "enddate": {
            "ContentType": "STRING",
            "Source": "_source.endDate",
            "Target": "_profile.Attributes.TrialEndDate",
        },
        "trialdays": {
            "ContentType": "STRING",
            "Source": "_source.trialDays",
            "Target": "_profile.Attributes.TrialDays",
        },
        "plantype": {
            "ContentType": "STRING",
            "Source": "_source.planType",
            "Target": "_profile.Attributes.TrialPlanType",
        },
        "status": {
            "ContentType": "STRING",
            "Source": "_source.status",
            "Target": "_profile.Attributes.TrialStatus",
        },
    },
    "Keys": {
        "_account": [{"FieldNames": ["UserId"], "StandardIdentifiers": ["PROFILE", "UNIQUE"]}]
    },
}
PURCHASED_SUBSCRIPTION = {
    "ObjectTypeName": "PurchasedSubscription",
    "Description": "Subscription Information",
    "AllowProfileCreation": True,
    "ExpirationDays": 400,
    "Fields": {
        "UserId": {
            "ContentType": "STRING",
            "Source": "_source.UserId",
            "Target": "_profile.AccountNumber",
        },
        "startdate": {
            "ContentType": "STRING",
            "Source": "_source.startDate",
            "Target": "_profile.Attributes.SubscriptionStartDate",
        },
        "enddate": {
            "ContentType": "STRING",
            "Source": "_source.endDate",
            "Target": "_profile.Attributes.SubscriptionEndDate",
        },
        "plantype": {
            "ContentType": "STRING",
            "Source": "_source.planType",
            "Target": "_profile.Attributes.SubscriptionPlanType",
        },
        "discount": {
            "ContentType": "STRING",
            "Source": "_source.discount",
            "Target": "_profile.Attributes.SubscriptionDiscount",
        },
        "price": {
            "ContentType": "STRING",
            "Source": "_source.price",
            "Target": "_profile.Attributes.SubscriptionPrice",
        },
        "status": {
            "ContentType": "STRING",
            "Source": "_source.status",
            "Target": "_profile.Attributes.SubscriptionStatus",
        },
        "autorenew": {
            "ContentType": "STRING",
            "Source": "_source.autoRenew",
            "Target": "_profile.Attributes.SubscriptionAutoRenew",
        },
    },
    "Keys": {
        "_account": [{"FieldNames": ["UserId"], "StandardIdentifiers": ["PROFILE", "UNIQUE"]}]
    },
}
MARKETING_ASSIGNED_OFFERS = {
    "ObjectTypeName": "MarketingAssignedOffers",
    "Description": "Marketing Managed Offers",
    "AllowProfileCreation": True,
    "ExpirationDays": 1000,
    "Fields": {
        "UserId": {
            "ContentType": "STRING",
            "Source": "_source.UserId",
            "Target": "_profile.AccountNumber",
        },
        "email": {
            "ContentType": "EMAIL_ADDRESS",
            "Source": "_source.email",
            "Target": "_profile.EmailAddress",
        },
        "phone": {
            "ContentType": "PHONE_NUMBER",
            "Source": "_source.phone",
            "Target": "_profile.PhoneNumber",
        },
        "offer": {
            "ContentType": "STRING",
            "Source": "_source.offerName",
            "Target": "_profile.Attributes.offerName",
        },
        "offerView": {
            "ContentType": "STRING",
            "Source": "_source.offerViewed",
            "Target": "_profile.Attributes.offerViewed",
        },
    },
    "Keys": {
        "_account": [{"FieldNames": ["UserId"], "StandardIdentifiers": ["PROFILE", "UNIQUE"]}],
        "_email": [{"FieldNames": ["email"]}],
        "_phone": [{"FieldNames": ["phone"]}],
    },
}


def loaded(name: str) -> ObjectTypeMapping:
    """The sample's mapping of one module."""
    (mapping,) = (each for each in mappings.load() if each.file == f"mappings/{name}.py")
    return mapping


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("trial_subscription", TRIAL_SUBSCRIPTION),
        ("purchased_subscription", PURCHASED_SUBSCRIPTION),
        ("marketing_assigned_offers", MARKETING_ASSIGNED_OFFERS),
    ],
)
def test_an_object_type_is_put_value_for_value_as_in_the_sample(
    name: str, call: dict[str, Any]
) -> None:
    request = to_request(loaded(name).object_type)
    assert request == call
    # A type's rows read in the order of the sample.
    assert list(request["Fields"]) == list(call["Fields"])
    assert list(request["Keys"]) == list(call["Keys"])


@pytest.mark.parametrize(
    ("name", "example"),
    [
        (
            "trial_subscription",
            {
                "id": "trial-id-1",
                "UserId": "00001",
                "startDate": "2020-01-19",
                "endDate": "2020-03-19",
                "trialDays": "90",
                "planType": "Standard",
                "status": "Expired",
            },
        ),
        (
            "purchased_subscription",
            {
                "UserId": "00001",
                "startDate": "2019-03-20",
                "endDate": "2020-03-20",
                "planType": "Professional",
                "discount": "None",
                "price": "$99.99",
                "status": "Active",
                "autoRenew": "False",
            },
        ),
        (
            "marketing_assigned_offers",
            {
                "UserId": "00001",
                "email": "test@test.com",
                "offerName": "30% Renewal",
                "offerViewed": "false",
            },
        ),
    ],
)
def test_the_example_of_a_type_is_the_object_of_the_sample(
    name: str, example: dict[str, str]
) -> None:
    assert loaded(name).examples == (example,)


def test_the_sample_has_three_mappings_sorted_by_file_name() -> None:
    assert [mapping.file for mapping in mappings.load()] == [
        "mappings/marketing_assigned_offers.py",
        "mappings/purchased_subscription.py",
        "mappings/trial_subscription.py",
    ]


def test_the_commands_that_tests_start_have_the_mappings_of_the_sample_too() -> None:
    command = [str(LIFECYCLE), "schemas"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert set(json.loads(done.stdout)) == {each.object_type.name for each in mappings.load()}
