"""A stack's configuration as one typed, checked value."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pulumi
from pulumi.runtime import get_config_env, is_config_secret
from pulumi.runtime.config import CONFIG

from components import ingestion_settings
from components.errors import SettingsError
from components.ingestion_declared import INGESTION
from components.ingestion_settings import IngestionSettings, region_of
from components.plain_secrets import refuse_plain_secrets
from components.setting_kinds import Boolean, Map, Number, Setting, Text, Texts
from components.setting_reader import read_members

__all__ = ["Settings", "SettingsError"]

MAX_EXPIRATION_DAYS: Final = 1098
MAX_RETENTION_DAYS: Final = 14
MAX_TAGS: Final = 50
MAX_DOMAIN_NAME: Final = 64
_ACCOUNT_DIGITS: Final = 12
REQUIRED_TAGS: Final = ("project", "environment")
_REGION: Final = r"[a-z]{2}(-[a-z]+)+-\d"
# Shape `TagKey` of the service's API model; `name` is that of a domain, `typeName` of a type.
_TAG_KEY: Final = r"(?!aws:)[a-zA-Z+-=._:/]{1,128}"
_TYPE_NAME: Final = r"[a-zA-Z_][a-zA-Z_0-9-]{0,254}"

SETTINGS: Final[tuple[Setting, ...]] = (
    Text(
        name="domainName",
        pattern=r"[a-zA-Z0-9_-]{1,64}",
        says="1-64 letters, digits, _ or -",
        example="customer-lifecycle",
        meaning="Name of the Customer Profiles domain; what delivers into it is named after it.",
    ),
    Texts(
        name="moreRegions",
        pattern=_REGION,
        says="regions",
        default=[],
        example="eu-central-1",
        meaning="Further regions, each with a domain, object types and ways in of its own. The "
        "first region is `aws-native:region`.",
    ),
    Number(
        name="defaultExpirationDays",
        least=1,
        most=MAX_EXPIRATION_DAYS,
        unit="days",
        default=366,
        example="366",
        meaning="When objects of types without an expiry of their own expire.",
    ),
    Number(
        name="deadLetterRetentionDays",
        least=1,
        most=MAX_RETENTION_DAYS,
        unit="days",
        default=14,
        example="14",
        meaning="How long rejected objects wait to be looked at.",
    ),
    Boolean(
        name="keepsCustomerData",
        default=True,
        example="true",
        meaning="Whether losing the domain loses customers' data. Domain, object types and key are "
        "then protected and kept whatever happens to the program.",
    ),
    Texts(
        name="deletableObjectTypes",
        pattern=_TYPE_NAME,
        says="names of object types",
        default=[],
        example="TrialSubscription",
        meaning="Object types that may be deleted **with their customers' data**: deployed "
        "once with the name here, the next deployment without its mapping deletes the type.",
    ),
    Text(
        name="connectInstanceAlias",
        # Shape `DirectoryAlias` of Amazon Connect's API model.
        pattern=r"(?=.{1,45}$)(?!d-)[\da-zA-Z]+(-*[\da-zA-Z])*",
        says="an alias: 1-45 letters, digits or -",
        default=None,
        example="my-contact-centre",
        meaning="The Amazon Connect instance, in the first region, whose agents are to see the "
        "profiles. `lifecycle verify --connect` checks the association.",
    ),
    Text(
        name="endpoint",
        pattern=r"(https?://\S+)?",
        says="a URL such as http://127.0.0.1:4566",
        default=None,
        example="http://127.0.0.1:4566",
        meaning="URL of the local AWS; without it AWS itself.",
    ),
    Map(
        name="tags",
        keys=_TAG_KEY,
        values=r"(?s).{0,256}",
        most=MAX_TAGS,
        says=f"a map of at most {MAX_TAGS} texts: keys of 1-128 letters, digits and +-=._:/ that "
        "do not start with aws:, values of at most 256 characters",
        default={},
        example="team crm",
        meaning="On every resource that takes tags.",
    ),
    Texts(
        name="requiredTags",
        pattern=_TAG_KEY,
        says="keys of tags",
        default=list(REQUIRED_TAGS),
        example="project",
        meaning="Tags that a stack must have, with a value.",
    ),
    INGESTION,
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one stack (`Pulumi.<stack>.yaml`). What each member means stands in SETTINGS.

    region: the first, e.g. `us-east-1` (aws-native:region). endpoint: None for AWS itself.
    """

    domain_name: str
    region: str
    default_expiration_days: int
    dead_letter_retention_days: int
    keeps_customer_data: bool
    endpoint: str | None
    tags: Mapping[str, str] = field(default_factory=dict)
    ingestion: IngestionSettings = field(default_factory=IngestionSettings)
    more_regions: tuple[str, ...] = ()
    deletable_object_types: frozenset[str] = frozenset()
    connect_instance_alias: str | None = None

    @classmethod
    def load(cls, config: pulumi.Config, object_types: Sequence[str] = ()) -> "Settings":
        """The stack's settings; object_types: names that they may name. Raises: SettingsError."""
        everything = {**get_config_env(), **CONFIG.get()}
        read = read_members("", _own(config.name, everything), SETTINGS)
        endpoint = read["endpoint"] or None
        refuse_plain_secrets(everything, is_config_secret, local=endpoint is not None)
        region = pulumi.Config("aws-native").get("region")
        if not region:
            raise SettingsError("aws-native:region", "is missing", "aws-native:region us-east-1")
        ingestion = ingestion_settings.from_members(read[INGESTION.name], object_types)
        regions = [region, *read["moreRegions"]]
        _check_regions(regions, ingestion)
        longest = min(_longest_domain_name(ingestion, each) for each in regions)
        if len(read["domainName"]) > longest:
            message = f"must have at most {longest} characters: what delivers is named after it"
            raise SettingsError("domainName", message, "domainName customers")
        alias = read["connectInstanceAlias"]
        if alias and endpoint:
            message = "the local AWS has no Amazon Connect"
            raise SettingsError("connectInstanceAlias", message, None)
        return cls(
            domain_name=read["domainName"],
            region=region,
            default_expiration_days=read["defaultExpirationDays"],
            dead_letter_retention_days=read["deadLetterRetentionDays"],
            keeps_customer_data=read["keepsCustomerData"],
            endpoint=endpoint,
            tags=_tags(read["tags"], read["requiredTags"]),
            ingestion=ingestion,
            more_regions=tuple(read["moreRegions"]),
            deletable_object_types=frozenset(read["deletableObjectTypes"]),
            connect_instance_alias=alias,
        )


def _own(project: str, everything: Mapping[str, Any]) -> dict[str, Any]:
    """This project's settings by their names; the engine hands over everything as text."""
    texts = {each.name for each in SETTINGS if isinstance(each, Text)}
    own = {}
    for key, value in everything.items():
        space, _, name = key.partition(":")
        if space == project:
            own[name] = value if name in texts else _value(value)
    return own


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _check_regions(regions: Sequence[str], ingestion: IngestionSettings) -> None:
    if regions[0] in regions[1:]:
        message = f"{regions[0]} is the first region already"
        raise SettingsError("moreRegions", message, "--path 'moreRegions[0]' eu-central-1")
    for position, source in enumerate(ingestion.sources):
        for name, arn in (("clusterArn", source.cluster_arn), ("secretArn", source.secret_arn)):
            wanted = regions if name == "clusterArn" else [region_of(source.cluster_arn)]
            if region_of(arn) not in wanted:
                path = f"{INGESTION.name}.batch.sources[{position}].{name}"
                message = f"is in {region_of(arn) or 'no region'}, not in {' or '.join(wanted)}"
                raise SettingsError(path, message, f"--path '{path}' 'ARN'")


def _longest_domain_name(ingestion: IngestionSettings, region: str) -> int:
    """By the longest names that are made of it: a bucket's (63) or a function's (64)."""
    if ingestion.sources:
        return 63 - len("-batches-") - _ACCOUNT_DIGITS - len("-") - len(region)
    return 64 - len("-deliver") if ingestion.any else MAX_DOMAIN_NAME


def _tags(tags: dict[str, str], required: Sequence[str]) -> dict[str, str]:
    for name in required:
        if not tags.get(name, "").strip():
            message = f"{name} is required, with a value (see requiredTags)"
            raise SettingsError("tags", message, f"--path tags.{name} VALUE")
    return tags
