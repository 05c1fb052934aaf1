"""Offers that marketing assigned to a customer, and whether the customer has viewed them."""

from profiles import EMAIL_ADDRESS, PHONE_NUMBER, PROFILE, UNIQUE, Field, Key, ObjectType

OBJECT_TYPE = ObjectType(
    name="MarketingAssignedOffers",
    description="Marketing Managed Offers",
    allow_profile_creation=True,
    expiration_days=1000,
    fields=(
        Field("UserId", "_source.UserId", "_profile.AccountNumber"),
        Field("email", "_source.email", "_profile.EmailAddress", EMAIL_ADDRESS),
        Field("phone", "_source.phone", "_profile.PhoneNumber", PHONE_NUMBER),
        Field("offer", "_source.offerName", "_profile.Attributes.offerName"),
        Field("offerView", "_source.offerViewed", "_profile.Attributes.offerViewed"),
    ),
    keys=(
        Key("_account", ("UserId",), (PROFILE, UNIQUE)),
        Key("_email", ("email",)),
        Key("_phone", ("phone",)),
    ),
)

EXAMPLES = (
    {
        "UserId": "00001",
        "email": "test@test.com",
        "offerName": "30% Renewal",
        "offerViewed": "false",
    },
)
