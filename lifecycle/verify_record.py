"""What the last `lifecycle verify` of a domain found: kept in a parameter of its account.

docs/decisions/0014 says why there.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Self

from profiles import ObjectType
from profiles.requests import to_request

if TYPE_CHECKING:
    from types_boto3_ssm import SSMClient

_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class VerifyRecord:
    """at: when it ended. ok: whether every profile was right. mappings: their fingerprint."""

    at: datetime
    ok: bool
    mappings: str

    @classmethod
    def of(cls, object_types: Iterable[ObjectType], *, ok: bool) -> Self:
        """A verify of these object types that ends now."""
        return cls(datetime.now(UTC).replace(microsecond=0), ok, fingerprint(object_types))

    def text(self) -> str:
        """As it is kept; `parse` reads it."""
        shown = {"at": self.at.isoformat(), "ok": self.ok, "mappings": self.mappings}
        return json.dumps(shown)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises: ValueError if it is no such record."""
        told = json.loads(text)
        try:
            at, ok, mappings = told["at"], told["ok"], told["mappings"]
            when = datetime.fromisoformat(at)
        except (KeyError, TypeError) as error:
            raise ValueError(f"no record of a verify: {error}") from None
        if not isinstance(ok, bool) or not isinstance(mappings, str) or when.tzinfo is None:
            raise ValueError("no record of a verify: a member is of another type")
        return cls(when, ok, mappings)


def parameter_name(domain: str) -> str:
    """Of the Systems Manager parameter that holds a domain's record."""
    return f"/customer-lifecycle/{domain}/last-verify"


def fingerprint(object_types: Iterable[ObjectType]) -> str:
    """The same for object types that deploy the same, in whatever order: 16 hexadecimal digits."""
    requests = sorted(
        (to_request(each) for each in object_types), key=lambda r: r["ObjectTypeName"]
    )
    text = json.dumps(requests, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def write(client: "SSMClient", domain: str, record: VerifyRecord) -> None:
    """Replaces the record of an earlier verify. Raises: ClientError."""
    client.put_parameter(
        Name=parameter_name(domain), Value=record.text(), Type="String", Overwrite=True
    )


def read(client: "SSMClient", domain: str) -> VerifyRecord | None:
    """The last record, None if there is none. Raises: ClientError; ValueError if it is not ours."""
    try:
        answer = client.get_parameter(Name=parameter_name(domain))
    except client.exceptions.ParameterNotFound:
        return None
    return VerifyRecord.parse(answer["Parameter"]["Value"])
