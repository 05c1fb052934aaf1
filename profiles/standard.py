"""The standard objects: which fields a target may name, and the indexes that the service keeps.

Sources: admin guide, "Standard profile definition", "Standard asset / order / case definition",
"Reference for standard objects", "Field definitions"; API reference, SearchProfiles (KeyName).
The travel, loyalty, device and web objects nest further structures than the tables here hold:
they are marked incomplete, so that validation warns about an unknown field instead of refusing it.
"""

from dataclasses import dataclass
from typing import Final

from profiles.vocabulary import ContentType, Identifier

PROFILE_ROOT: Final = "_profile"
ATTRIBUTES: Final = "Attributes"
ENGAGEMENT_PREFERENCES: Final = "EngagementPreferences"
"""The one field of a profile that holds lists (admin guide, account-based profiles)."""
ENGAGEMENT_CHANNELS: Final = ("Email", "Phone")
ENUMERATIONS: Final = {
    "Gender": ("GenderString", frozenset({"MALE", "FEMALE", "UNSPECIFIED"})),
    "PartyType": ("PartyTypeString", frozenset({"INDIVIDUAL", "BUSINESS", "OTHER"})),
}
"""Fields that were given up for texts: name to (name of the text, members).

The two are one value in two spellings, kept as the text (live: aws-semantics 2.4).
"""
MAX_ATTRIBUTE_NAME: Final = 255


@dataclass(frozen=True, slots=True)
class StandardDefinition:
    """One standard object.

    id_field: the id that the service makes; no target. identifier: the standard identifier of the
    keys that look such an object up, None where none is documented. fields: plain fields.
    structures: field to its members. complete: whether fields and structures are all there are.
    indexes: key name to the field that the service itself indexes.
    """

    root: str
    id_field: str
    identifier: Identifier | None
    fields: frozenset[str] = frozenset()
    structures: tuple[tuple[str, frozenset[str]], ...] = ()
    complete: bool = False
    indexes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StandardIndex:
    """An index over fields of the standard profile, and how its values are compared."""

    paths: tuple[str, ...]
    content_type: ContentType


ADDRESS_MEMBERS: Final = frozenset(
    "Address1 Address2 Address3 Address4 City County State Province Country PostalCode".split()
)
ADDRESSES: Final = ("Address", "ShippingAddress", "MailingAddress", "BillingAddress")
STRUCTURES: Final = frozenset({*ADDRESSES, ATTRIBUTES})
"""Profile fields that a whole JSON object may fill at once."""

_PROFILE_FIELDS: Final = frozenset(
    """AccountNumber AdditionalInformation PartyType PartyTypeString BusinessName FirstName
    MiddleName LastName BirthDate Gender GenderString PhoneNumber MobilePhoneNumber HomePhoneNumber
    BusinessPhoneNumber EmailAddress PersonalEmailAddress BusinessEmailAddress ProfileType
    SourceLastUpdatedTimestamp""".split()
)
_ASSET_FIELDS: Final = frozenset(
    """AssetName SerialNumber ModelNumber ModelName ProductSKU PurchaseDate UsageEndDate Status
    Price Quantity Description AdditionalInformation DataSource
    SourceLastUpdatedTimestamp""".split()
)
_CASE_FIELDS: Final = frozenset(
    """Title Summary Status Reason CreatedBy CreatedDate UpdatedDate ClosedDate
    AdditionalInformation DataSource SourceLastUpdatedTimestamp""".split()
)
_ORDER_FIELDS: Final = frozenset(
    """CustomerEmail CustomerPhone CreatedDate UpdatedDate ProcessedDate ClosedDate CancelledDate
    CancelReason Name AdditionalInformation Gateway Status StatusCode StatusUrl CreditCardNumber
    CreditCardCompany FulfillmentStatus TotalPrice TotalTax TotalDiscounts TotalItemsPrice
    TotalShippingPrice TotalTipReceived Currency TotalWeight OrderItems DataSource
    SourceLastUpdatedTimestamp""".split()
)
_ORDER_ADDRESS: Final = ADDRESS_MEMBERS | {"Name"}

_DEFINITIONS: Final = (
    StandardDefinition(
        PROFILE_ROOT,
        "ProfileId",
        Identifier.PROFILE,
        _PROFILE_FIELDS,
        (
            *((name, ADDRESS_MEMBERS) for name in ADDRESSES),
            (ENGAGEMENT_PREFERENCES, frozenset(ENGAGEMENT_CHANNELS)),
        ),
        complete=True,
    ),
    StandardDefinition(
        "_asset",
        "AssetId",
        Identifier.ASSET,
        _ASSET_FIELDS,
        complete=True,
        indexes=(("_assetName", "AssetName"), ("_serialNumber", "SerialNumber")),
    ),
    StandardDefinition("_case", "CaseId", Identifier.CASE, _CASE_FIELDS, complete=True),
    StandardDefinition(
        "_order",
        "OrderId",
        Identifier.ORDER,
        _ORDER_FIELDS,
        (("BillingAddress", _ORDER_ADDRESS), ("ShippingAddress", _ORDER_ADDRESS)),
        complete=True,
    ),
    StandardDefinition(
        "_communicationRecord", "CommunicationRecordId", Identifier.COMMUNICATION_RECORD
    ),
    StandardDefinition("_airPreference", "PreferenceId", Identifier.AIR_PREFERENCE),
    StandardDefinition("_hotelPreference", "PreferenceId", Identifier.HOTEL_PREFERENCE),
    StandardDefinition("_airBooking", "BookingId", Identifier.AIR_BOOKING),
    StandardDefinition("_airSegment", "SegmentId", Identifier.AIR_SEGMENT),
    StandardDefinition("_hotelReservation", "ReservationId", Identifier.HOTEL_RESERVATION),
    StandardDefinition("_hotelStayRevenue", "StayRevenueId", Identifier.HOTEL_STAY_REVENUE),
    StandardDefinition("_loyalty", "LoyaltyId", Identifier.LOYALTY),
    StandardDefinition("_loyaltyTransaction", "TransactionId", Identifier.LOYALTY_TRANSACTION),
    StandardDefinition("_loyaltyPromotion", "PromotionId", Identifier.LOYALTY_PROMOTION),
    StandardDefinition("_device", "DeviceId", Identifier.DEVICE),
    StandardDefinition("_webAnalytics", "EventId", Identifier.WEB_ANALYTICS),
)

STANDARD_OBJECTS: Final = {definition.root: definition for definition in _DEFINITIONS}

STANDARD_INDEXES: Final = {
    "_account": StandardIndex(("AccountNumber",), ContentType.STRING),
    "_email": StandardIndex(
        ("EmailAddress", "PersonalEmailAddress", "BusinessEmailAddress"), ContentType.EMAIL_ADDRESS
    ),
    "_phone": StandardIndex(
        ("PhoneNumber", "MobilePhoneNumber", "HomePhoneNumber", "BusinessPhoneNumber"),
        ContentType.PHONE_NUMBER,
    ),
    "_fullName": StandardIndex(("FirstName", "MiddleName", "LastName"), ContentType.NAME),
}
"""Indexes that follow from the standard profile itself, whatever keys the domain defines."""

LOOKUP_KEYS: Final = frozenset({"_profileId", "_assetId", "_caseId", "_orderId"})
"""Keys over ids that the service makes."""

SEARCH_KEYS: Final = (
    frozenset(STANDARD_INDEXES)
    | LOOKUP_KEYS
    | frozenset(
        """_assetName _serialNumber _ctrContactId _marketoLeadId _salesforceAccountId
        _salesforceContactId _salesforceAssetId _zendeskUserId _zendeskExternalId _zendeskTicketId
        _serviceNowSystemId _serviceNowIncidentId _segmentUserId _shopifyCustomerId
        _shopifyOrderId""".split()
    )
)
"""Key names that SearchProfiles knows in every domain."""


def id_key(definition: StandardDefinition) -> str:
    """The key name over the object's own id: AssetId -> `_assetId`."""
    return f"_{definition.id_field[0].lower()}{definition.id_field[1:]}"
