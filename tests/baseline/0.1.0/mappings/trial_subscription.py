"""Trial subscriptions of an online product: dates, plan and current status."""

from profiles import PROFILE, UNIQUE, Field, Key, ObjectType

OBJECT_TYPE = ObjectType(
    name="TrialSubscription",
    description="Trial Subscription Signups",
    allow_profile_creation=True,
    expiration_days=100,
    fields=(
        Field("UserId", "_source.UserId", "_profile.AccountNumber"),
        Field("startdate", "_source.startDate", "_profile.Attributes.TrialStartDate"),
        Field("enddate", "_source.endDate", "_profile.Attributes.TrialEndDate"),
        Field("trialdays", "_source.trialDays", "_profile.Attributes.TrialDays"),
        Field("plantype", "_source.planType", "_profile.Attributes.TrialPlanType"),
        Field("status", "_source.status", "_profile.Attributes.TrialStatus"),
    ),
    keys=(Key("_account", ("UserId",), (PROFILE, UNIQUE)),),
)

EXAMPLES = (
    {
        "id": "trial-id-1",
        "UserId": "00001",
        "startDate": "2020-01-19",
        "endDate": "2020-03-19",
        "trialDays": "90",
        "planType": "Standard",
        "status": "Expired",
    },
)
