"""The settings of the ways in, as they are declared: for the reader and for the page."""

from typing import Final

from components.setting_kinds import Boolean, Choice, Group, Number, Setting, Text

_ARN: Final = r"arn:[^:\s]+:[a-z0-9-]+:[^:\s]*:\d{12}:\S+"
_COLUMN: Final = r"[A-Za-z_][A-Za-z0-9_]{0,62}"
_COLUMN_SAYS: Final = "a column's name: 1-63 letters, digits or _"
LOG_RETENTION_DAYS: Final = frozenset(
    {1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922}
    | {3288, 3653}
)
"""The numbers of days that CloudWatch Logs takes (API reference, PutRetentionPolicy)."""

SOURCE: Final[tuple[Setting, ...]] = (
    Text(
        name="name",
        pattern=r"[a-z][a-z0-9-]{0,19}",
        says="1-20 lower-case letters, digits or -",
        example="trials",
        meaning="Names the source's state machine, schedule and watermark.",
    ),
    Text(
        name="objectType",
        pattern=r".+",
        says="the name of an object type that a mapping defines",
        example="TrialSubscription",
        meaning="What a row becomes.",
    ),
    Text(
        name="query",
        pattern=r"(?is)\s*(select|with)\b[^;]+",
        says="one SELECT, without a semicolon",
        example="SELECT ...",
        meaning="Its column names are the members of the object.",
    ),
    Text(
        name="watermarkColumn",
        pattern=_COLUMN,
        says=_COLUMN_SAYS,
        example="updated_at",
        meaning="Grows whenever a row changes.",
    ),
    Text(
        name="keyColumn",
        pattern=_COLUMN,
        says=_COLUMN_SAYS,
        example="UserId",
        meaning="Unique in the query's rows.",
    ),
    Text(
        name="clusterArn",
        pattern=_ARN,
        says="an ARN",
        example="arn:aws:rds:REGION:ACCOUNT:cluster:NAME",
        meaning="The database cluster. The source runs in its region, which is one of the stack's.",
    ),
    Text(
        name="secretArn",
        pattern=_ARN,
        says="an ARN",
        example="arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME",
        meaning="Where Secrets Manager keeps the database's password. Only its name stands here.",
    ),
    Text(
        name="database",
        pattern=r"\S{1,64}",
        says="1-64 characters without blanks",
        example="crm",
        meaning="Name of the database.",
    ),
    Choice(
        name="watermarkType",
        words=("timestamp", "integer", "text"),
        default="timestamp",
        example="timestamp",
        meaning="What the watermark column holds.",
    ),
    Text(
        name="schedule",
        pattern=r"(rate|cron|at)\(.+\)",
        says="rate(...), cron(...) or at(...), as EventBridge Scheduler takes it",
        default="rate(15 minutes)",
        example="rate(15 minutes)",
        meaning="When changed rows are fetched.",
    ),
    Boolean(
        name="enabled",
        default=True,
        example="true",
        meaning="Whether the schedule is on; off it is still there.",
    ),
    Number(
        name="pageRows",
        least=1,
        most=10_000,
        default=500,
        example="500",
        meaning="Rows per statement.",
    ),
    Number(
        name="runRows",
        least=1,
        most=100_000,
        default=20_000,
        example="20000",
        meaning="Rows per round, after which the watermark moves.",
    ),
    Number(
        name="itemsPerBatch",
        least=1,
        most=1_000,
        default=100,
        example="100",
        meaning="Objects that one run of the delivery function gets.",
    ),
    Number(
        name="maxConcurrency",
        least=1,
        most=1_000,
        default=5,
        example="5",
        meaning="Runs of the delivery function at a time.",
    ),
    Number(
        name="toleratedFailurePercentage",
        least=0,
        most=100,
        default=5,
        example="5",
        meaning="Share of failed batches above which a run fails.",
    ),
)

TOPIC: Final[tuple[Setting, ...]] = (
    Boolean(
        name="enabled",
        default=False,
        example="true",
        meaning="Whether changes can come as messages of an SNS topic.",
    ),
    Boolean(
        name="fifo",
        default=True,
        example="true",
        meaning="Whether the changes of one customer stay in order. Without, a late one "
        "overwrites a newer one: only where every object carries the whole truth.",
    ),
    # At least the function's timeout; and a repeated reject is recognised within five minutes.
    Number(
        name="visibilitySeconds",
        least=60,
        most=240,
        unit="seconds",
        default=120,
        example="120",
        meaning="How long a change that failed waits before it is tried again.",
    ),
)

INGESTION: Final = Group(
    name="ingestion",
    default=None,
    example="",
    meaning="The ways in; without it there are none.",
    members=(
        Boolean(
            name="events",
            default=False,
            example="true",
            meaning="Whether changes can come as events on an EventBridge bus.",
        ),
        Group(name="topic", default=None, example="", meaning="Messages.", members=TOPIC),
        Group(
            name="batch",
            default=None,
            example="",
            meaning="Rows of databases.",
            members=(
                Group(
                    name="sources",
                    default=None,
                    example="",
                    repeated=True,
                    meaning="Each a table or view whose changed rows become objects.",
                    members=SOURCE,
                ),
            ),
        ),
        Number(
            name="logRetentionDays",
            least=1,
            most=3653,
            among=LOG_RETENTION_DAYS,
            unit="days",
            default=30,
            example="30",
            meaning="How long the functions' logs are kept.",
        ),
        Text(
            name="alarmTopicArn",
            pattern=_ARN,
            says="an ARN",
            default=None,
            example="arn:aws:sns:REGION:ACCOUNT:NAME",
            meaning="The SNS topic that alarms are sent to; without it they are only seen. "
            "An alarm reaches topics of its own region alone: with several regions each has one of "
            "this name.",
        ),
    ),
)
