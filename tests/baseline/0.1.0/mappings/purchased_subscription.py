"""Paid subscriptions of an online product: dates, plan, price, status and automatic renewal."""

from profiles import PROFILE, UNIQUE, Field, Key, ObjectType

OBJECT_TYPE = ObjectType(
    name="PurchasedSubscription",
    description="Subscription Information",
    allow_profile_creation=True,
    expiration_days=400,
    fields=(
        Field("UserId", "_source.UserId", "_profile.AccountNumber"),
        Field("startdate", "_source.startDate", "_profile.Attributes.SubscriptionStartDate"),
        Field("enddate", "_source.endDate", "_profile.Attributes.SubscriptionEndDate"),
        Field("plantype", "_source.planType", "_profile.Attributes.SubscriptionPlanType"),
        Field("discount", "_source.discount", "_profile.Attributes.SubscriptionDiscount"),
        Field("price", "_source.price", "_profile.Attributes.SubscriptionPrice"),
        Field("status", "_source.status", "_profile.Attributes.SubscriptionStatus"),
        Field("autorenew", "_source.autoRenew", "_profile.Attributes.SubscriptionAutoRenew"),
    ),
    keys=(Key("_account", ("UserId",), (PROFILE, UNIQUE)),),
)

EXAMPLES = (
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
)
