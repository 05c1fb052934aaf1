"""Two types whose objects meet in one profile: customers and their orders."""

from profiles import EMAIL_ADDRESS, PROFILE, UNIQUE, Field, Key, ObjectType

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
