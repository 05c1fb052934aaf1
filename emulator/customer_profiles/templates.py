"""Operations on templates of object types: what is public of them (aws-semantics 6).

Ids and tables of fields are documented; whole templates are not. What is not public is left out:
names of fields are those of their sources, and keys have no standard identifiers.
"""

from typing import Any, Final

from emulator.customer_profiles.paging import page
from emulator.customer_profiles.wire import NOT_FOUND
from emulator.customer_profiles.world import World
from emulator.http import Caller, ServiceError

_ADDRESS: Final = {
    "Street": "Address1",
    "City": "City",
    "State": "State",
    "PostalCode": "PostalCode",
    "Country": "Country",
}


def _address(prefix: str, target: str) -> dict[str, str]:
    return {f"{prefix}{name}": f"{target}.{member}" for name, member in _ADDRESS.items()}


_SOURCES: Final = {
    "CTR": ("Amazon Connect", "CTR"),
    "CTR-NoInferred": ("Amazon Connect", "CTR"),
    "CTR-AutoAssociateOnly": ("Amazon Connect", "CTR"),
    "Salesforce-Account": ("Salesforce", "Account"),
    "Salesforce-Contact": ("Salesforce", "Contact"),
    "Salesforce-Asset": ("Salesforce", "Asset"),
    "Zendesk-users": ("Zendesk", "users"),
    "Zendesk-tickets": ("Zendesk", "tickets"),
    "Servicenow-sys_user": ("Servicenow", "sys_user"),
    "Servicenow-incident": ("Servicenow", "incident"),
    "Segment-Identify": ("Segment", "Identify"),
    "Shopify-Customer": ("Shopify", "Customer"),
    "Campaign-Email": ("Campaign", "Email"),
    "Campaign-SMS": ("Campaign", "SMS"),
    "Campaign-Telephony": ("Campaign", "Telephony"),
    "Campaign-Orchestration": ("Campaign", "Orchestration"),
    "WebAnalytics-Clickstream": ("WebAnalytics", "Clickstream"),
}
"""Template id to (source, its object)."""

_FIELDS: Final[dict[str, dict[str, str]]] = {
    "Salesforce-Account": {
        "Id": "Attributes.sfdcAccountId",
        "Name": "BusinessName",
        "Phone": "PhoneNumber",
        "PersonMobilePhone": "MobilePhoneNumber",
        "PersonHomePhone": "HomePhoneNumber",
        "PersonEmail": "PersonalEmailAddress",
        "PersonBirthdate": "BirthDate",
        "FirstName": "FirstName",
        "MiddleName": "MiddleName",
        "LastName": "LastName",
        "AccountNumber": "AccountNumber",
        **_address("Billing", "BillingAddress"),
        **_address("Shipping", "ShippingAddress"),
    },
    "Salesforce-Contact": {
        "Id": "Attributes.sfdcContactId",
        "AccountId": "Attributes.sfdcAccountId",
        "FirstName": "FirstName",
        "MiddleName": "MiddleName",
        "LastName": "LastName",
        "Phone": "PhoneNumber",
        "HomePhone": "HomePhoneNumber",
        "MobilePhone": "MobilePhoneNumber",
        "Email": "EmailAddress",
        "Birthdate": "BirthDate",
        **_address("Other", "Address"),
        **_address("Mailing", "MailingAddress"),
    },
    "Zendesk-users": {
        "id": "Attributes.ZendeskUserId",
        "external_id": "Attributes.ZendeskExternalId",
        "email": "EmailAddress",
        "phone": "PhoneNumber",
    },
    "Segment-Identify": {"detail.event.detail.userId": "Attributes.SegmentUserId"},
    "Shopify-Customer": {"detail.event.detail.payload.id": "Attributes.ShopifyCustomerId"},
}
"""Template id to path in the source object and field of the profile."""

_KEYS: Final[dict[str, dict[str, str]]] = {
    "Salesforce-Account": {"_salesforceAccountId": "Id"},
    "Zendesk-users": {"_zendeskUserId": "id", "_zendeskExternalId": "external_id"},
    "Segment-Identify": {"_segmentUserId": "detail.event.detail.userId"},
}
"""Template id to name of a search key and the field that it holds."""

_CREATION: Final = {"CTR": True, "CTR-NoInferred": True, "CTR-AutoAssociateOnly": False}


def get_profile_object_type_template(
    world: World,  # noqa: ARG001 - the signature of an operation
    caller: Caller,  # noqa: ARG001
    members: dict[str, Any],
) -> dict[str, Any]:
    name = members["TemplateId"]
    if name not in _SOURCES:
        raise ServiceError(NOT_FOUND, f"Template {name} is not found", 404)
    answer: dict[str, Any] = _listed(name)
    if name in _CREATION:
        answer["AllowProfileCreation"] = _CREATION[name]
    if fields := _FIELDS.get(name):
        answer["Fields"] = {
            source: {"Source": f"_source.{source}", "Target": f"_profile.{target}"}
            for source, target in fields.items()
        }
    if keys := _KEYS.get(name):
        answer["Keys"] = {key: [{"FieldNames": [field]}] for key, field in keys.items()}
    return answer


def list_profile_object_type_templates(
    world: World,  # noqa: ARG001 - the signature of an operation
    caller: Caller,  # noqa: ARG001
    members: dict[str, Any],
) -> dict[str, Any]:
    names, token = page(sorted(_SOURCES), str, members, "templates")
    return {"Items": [_listed(name) for name in names], "NextToken": token}


def _listed(name: str) -> dict[str, Any]:
    source, source_object = _SOURCES[name]
    return {"TemplateId": name, "SourceName": source, "SourceObject": source_object}
