"""A stack's configuration as one typed, checked value."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pulumi

from components import ingestion_settings
from components.errors import SettingsError
from components.ingestion_settings import IngestionSettings

__all__ = ["Settings", "SettingsError"]

MAX_EXPIRATION_DAYS: Final = 1098
MAX_RETENTION_DAYS: Final = 14
MAX_TAGS: Final = 50
MAX_DOMAIN_NAME: Final = 64
_ACCOUNT_DIGITS: Final = 12
MAX_TAG_VALUE: Final = 256
# Shapes `name` and `TagKey` of the service's API model.
_DOMAIN_NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_TAG_KEY: Final = re.compile(r"(?!aws:)[a-zA-Z+-=._:/]{1,128}")


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one stack (`Pulumi.<stack>.yaml`, keys of this project).

    domain_name: 1-64 letters, digits, _ or -. region: e.g. `us-east-1` (aws-native:region).
    default_expiration_days: 1-1098, for objects of types without their own.
    dead_letter_retention_days: 1-14, how long rejected objects wait to be looked at.
    keeps_customer_data: whether losing the domain loses customers' data; it is then protected.
    endpoint: URL of the local AWS; None for AWS itself. tags: on every resource that takes them.
    ingestion: which ways in there are.
    """

    domain_name: str
    region: str
    default_expiration_days: int
    dead_letter_retention_days: int
    keeps_customer_data: bool
    endpoint: str | None
    tags: Mapping[str, str] = field(default_factory=dict)
    ingestion: IngestionSettings = field(default_factory=IngestionSettings)

    @classmethod
    def load(cls, config: pulumi.Config, object_types: Sequence[str] = ()) -> "Settings":
        """The stack's settings; object_types: names that they may name. Raises: SettingsError."""
        domain_name = config.get("domainName") or ""
        if _DOMAIN_NAME.fullmatch(domain_name) is None:
            message = "must have 1-64 letters, digits, _ or -"
            raise SettingsError("domainName", message, "domainName customer-lifecycle")
        region = pulumi.Config("aws-native").get("region")
        if not region:
            raise SettingsError("aws-native:region", "is missing", "aws-native:region us-east-1")
        ingestion = ingestion_settings.read(_object(config, "ingestion"), object_types)
        longest = _longest_domain_name(ingestion, region)
        if len(domain_name) > longest:
            message = f"must have at most {longest} characters: what delivers is named after it"
            raise SettingsError("domainName", message, "domainName customers")
        return cls(
            domain_name=domain_name,
            region=region,
            default_expiration_days=_days(
                config, "defaultExpirationDays", default=366, most=MAX_EXPIRATION_DAYS
            ),
            dead_letter_retention_days=_days(
                config, "deadLetterRetentionDays", default=14, most=MAX_RETENTION_DAYS
            ),
            keeps_customer_data=_boolean(config, "keepsCustomerData", default=True),
            endpoint=config.get("endpoint") or None,
            tags=_tags(config),
            ingestion=ingestion,
        )


def _longest_domain_name(ingestion: IngestionSettings, region: str) -> int:
    """By the longest names that are made of it: a bucket's (63) or a function's (64)."""
    if ingestion.sources:
        return 63 - len("-batches-") - _ACCOUNT_DIGITS - len("-") - len(region)
    return 64 - len("-deliver") if ingestion.any else MAX_DOMAIN_NAME


def _days(config: pulumi.Config, key: str, *, default: int, most: int) -> int:
    text = config.get(key)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
        raise SettingsError(key, f"must be a number of days, 1-{most}", f"{key} {default}")
    return int(text)


def _boolean(config: pulumi.Config, key: str, *, default: bool) -> bool:
    text = config.get(key)
    if text is None:
        return default
    if text not in {"true", "false"}:
        raise SettingsError(key, "must be true or false", f"{key} {str(default).lower()}")
    return text == "true"


def _object(config: pulumi.Config, key: str) -> Any:
    try:
        return config.get_object(key)
    except pulumi.ConfigTypeError:
        return "not even JSON"


def _tags(config: pulumi.Config) -> dict[str, str]:
    tags = _object(config, "tags")
    if tags is None:
        return {}
    if (
        not isinstance(tags, dict)
        or len(tags) > MAX_TAGS
        or not all(_TAG_KEY.fullmatch(key) for key in tags)
        or not all(isinstance(each, str) and len(each) <= MAX_TAG_VALUE for each in tags.values())
    ):
        message = (
            f"must be a map of at most {MAX_TAGS} texts: keys of 1-128 letters, digits and "
            f"+-=._:/ that do not start with aws:, values of at most {MAX_TAG_VALUE} characters"
        )
        raise SettingsError("tags", message, "--path tags.team crm")
    return tags
