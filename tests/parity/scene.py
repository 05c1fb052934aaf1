"""What a case has to do with: a domain of its own, the calls that it makes, what was answered."""

import json
import time
from collections.abc import Callable
from itertools import count
from typing import Any

from botocore.exceptions import ClientError

from tests.parity.normalise import Transformers
from tests.parity.service import POLICY_SID, TAGS, ServiceUnderTest

Step = dict[str, Any]

PROFILE_FIELDS: dict[str, tuple[str, ...]] = {
    "id": ("_source.id",),
    "first": ("_source.first", "_profile.FirstName"),
    "last": ("_source.last", "_profile.LastName"),
    "email": ("_source.email", "_profile.EmailAddress", "EMAIL_ADDRESS"),
    "phone": ("_source.phone", "_profile.PhoneNumber", "PHONE_NUMBER"),
    "tier": ("_source.tier", "_profile.Attributes.Tier"),
}
PROFILE_KEYS: dict[str, tuple[str, ...]] = {
    "personId": ("id", "PROFILE", "UNIQUE"),
    "personEmail": ("email",),
    "personPhone": ("phone",),
}


def object_type(
    fields: dict[str, tuple[str, ...]], keys: dict[str, tuple[str, ...]], **more: Any
) -> dict[str, Any]:
    """The members of a PutProfileObjectType. fields: name to (source, target, content type).

    keys: name to (fields with commas between, identifiers...). more: members beside, or instead.
    """
    members = ("Source", "Target", "ContentType")
    shown_keys = {}
    for name, (names, *identifiers) in keys.items():
        key: dict[str, Any] = {"FieldNames": names.split(",")}
        shown_keys[name] = [key | ({"StandardIdentifiers": identifiers} if identifiers else {})]
    body = {
        "Description": "parity",
        "AllowProfileCreation": True,
        "Fields": {
            name: {m: v for m, v in zip(members, field, strict=False) if v}
            for name, field in fields.items()
        },
        "Keys": shown_keys,
    }
    return body | more


class Scene:
    """A case at work. `steps`: what it asked, and was answered, as a snapshot holds it."""

    def __init__(self, service: ServiceUnderTest, title: str) -> None:
        self.service = service
        self.account = service.account
        self.region = service.region
        self.steps: list[Step] = []
        self._title = title
        self._names = Transformers({service.account: "<account>", service.region: "<region>"})
        self._domain: str | None = None
        self._undo: list[Callable[[], Any]] = []
        self._numbers = count(1)

    # What a case needs before it asks.

    @property
    def domain(self) -> str:
        """The case's own domain, created when it is first named."""
        if self._domain is None:
            self._domain = self.new_domain()
        return self._domain

    def new_domain(self, **members: Any) -> str:
        """One more domain of the case, tagged, which goes when the case ends."""
        name = self.new_name()
        asked = {"DomainName": name, "DefaultExpirationDays": 1, "Tags": TAGS} | members
        self.service.call("CreateDomain", asked)
        if self._domain is None:
            self._domain = name
        return name

    def new_name(self) -> str:
        """A name for a domain; if the case creates it, it goes when the case ends."""
        name = self.service.new_name()
        self._names.name(name, f"<domain {next(self._numbers)}>")
        self._undo.append(lambda: self.service.delete_domain(name))
        return name

    def new_queue(self) -> str:
        """The URL of a queue to which Customer Profiles may send, and which goes with the case."""
        name = self.service.new_name()
        sqs = self.service.client("sqs")
        url = str(sqs.create_queue(QueueName=name, tags=TAGS)["QueueUrl"])
        self._undo.append(lambda: sqs.delete_queue(QueueUrl=url))
        statement = {
            "Sid": POLICY_SID,
            "Effect": "Allow",
            "Principal": {"Service": "profile.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:SourceAccount": self.account}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        self._names.name(url, "<queue>")
        return url

    def declare(self, name: str, body: dict[str, Any]) -> None:
        """Put an object type, which must succeed and is no part of the snapshot."""
        members = {"DomainName": self.domain, "ObjectTypeName": name} | body
        self.service.call("PutProfileObjectType", members)

    def people(self, **more: Any) -> None:
        """The object type `Person`: id (PROFILE and UNIQUE), first, last, email, phone, tier."""
        self.declare("Person", object_type(PROFILE_FIELDS, PROFILE_KEYS, **more))

    # What it asks.

    def ask(self, operation: str, *, ordered: bool = False, **members: Any) -> Any:
        """One call in the domain; its answer or refusal is part of the snapshot."""
        answer, told = self._call(operation, members)
        self._note(operation, members, answer, told, ordered=ordered)
        return answer

    def put(self, type_name: str = "Person", **record: Any) -> Any:
        """One object by PutProfileObject."""
        return self.ask("PutProfileObject", ObjectTypeName=type_name, Object=json.dumps(record))

    def find(self, key: str, *values: str, count: int = 1, **more: Any) -> list[dict[str, Any]]:
        """A search that goes on until it finds so many, or for as long as AWS may lag.

        What is noted is what it found last, whatever that is.
        """
        members = {"KeyName": key, "Values": list(values)} | more
        return self.until(lambda items: len(items) >= count, "SearchProfiles", **members)

    def until(
        self,
        holds: Callable[[list[dict[str, Any]]], bool],
        operation: str,
        *,
        ordered: bool = False,
        **members: Any,
    ) -> list[dict[str, Any]]:
        """The Items of a listing, asked for until `holds` or for as long as AWS may lag."""
        end = time.monotonic() + self.service.patience
        while True:
            answer, told = self._call(operation, members)
            items: list[dict[str, Any]] = (answer or {}).get("Items") or []
            if holds(items) or time.monotonic() >= end:
                self._note(operation, members, answer, told, ordered=ordered)
                return items
            time.sleep(self.service.pause)

    def settle(self) -> None:
        """Wait for as long as AWS may lag: before a question whose answer may be nothing."""
        time.sleep(self.service.patience)

    def letters(self, url: str, count: int) -> None:
        """Note the dead letters of a queue: body and attributes, in the order of their bodies."""
        sqs = self.service.client("sqs")
        end = time.monotonic() + max(self.service.patience, 5)
        found: list[dict[str, Any]] = []
        while len(found) < count and time.monotonic() < end:
            answer = sqs.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=10,
                MessageAttributeNames=["All"],
                WaitTimeSeconds=1,
            )
            found += answer.get("Messages", [])
        shown = [
            {"Body": each["Body"], "MessageAttributes": each.get("MessageAttributes", {})}
            for each in sorted(found, key=lambda each: str(each["Body"]))
        ]
        self.note("dead letters", shown)

    def note(self, what: str, value: Any) -> None:
        """Keep something else that was seen in the snapshot."""
        self.steps.append({"seen": what, "value": self._names(value)})

    def wire(self, operation: str, **members: Any) -> Any:
        """(status, error header, body) of a call as they came, nulls and all; not noted."""
        _, told = self._call(operation, members)
        return told

    def close(self) -> None:
        """Remove whatever the case created, the last first, also when a removal fails."""
        failures = []
        for undo in reversed(self._undo):
            try:
                undo()
            except ClientError as error:
                failures.append(error)
        if failures:
            raise ExceptionGroup(f"{self._title}: left behind in {self.account}", failures)

    def _call(self, operation: str, members: dict[str, Any]) -> tuple[Any, Any]:
        if "DomainName" not in members and self.service.is_in_domain(operation):
            members = {"DomainName": self.domain} | members
        return self.service.told(operation, members)

    def _note(
        self, operation: str, members: dict[str, Any], answer: Any, told: Any, *, ordered: bool
    ) -> None:
        asked = {name: value for name, value in members.items() if value != self._domain}
        step: Step = {"asked": operation, "members": self._names(asked, ordered=True)}
        if answer is None:
            status, code, body = told
            step["refused"] = {"status": status, "code": code, "body": self._names(body)}
        else:
            step["answered"] = self._names(told[2], ordered=ordered)
        self.steps.append(step)
