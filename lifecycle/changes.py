"""One change through each of the three ways in, and how long until the profile shows it."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lifecycle.clients import client
from lifecycle.errors import CouldNotRunError
from lifecycle.object_file import Entry
from lifecycle.object_keys import ObjectKeys
from lifecycle.send import send
from lifecycle.stack_outputs import Deployed
from lifecycle.ways import Events, Topic, Way
from profiles import ObjectTypeMapping

WAIT_SECONDS: Final = 60.0
PAUSE_SECONDS: Final = 0.01

# What a customer of the seed does next: each object type changes by another way.
_TRIAL: Final = ("TrialSubscription", {"status": "Converted"}, "TrialStatus")
_PURCHASE: Final = ("PurchasedSubscription", {"autoRenew": "True"}, "SubscriptionAutoRenew")
_OFFER: Final = ("MarketingAssignedOffers", {"offerViewed": "true"}, "offerViewed")

_TABLE: Final = "marketing_assigned_offers"
_COLUMNS: Final = {
    "user_id": "UserId",
    "email": "email",
    "phone": "phone",
    "offer_name": "offerName",
    "offer_viewed": "offerViewed",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One attribute before and after. seconds: from sending until search showed it."""

    way: str
    object_type: str
    attribute: str
    before: str | None
    after: str | None
    seconds: float


class Changes:
    """Changes of the customer with this account, whose profile must be there.

    say: takes the lines that tell how far it is.
    """

    def __init__(
        self,
        deployed: Deployed,
        mappings: Sequence[ObjectTypeMapping],
        account: str,
        say: Callable[[str], None],
    ) -> None:
        self._deployed = deployed
        self._mappings = {each.object_type.name: each for each in mappings}
        self._account = account
        self._say = say
        self._profiles = client(deployed, "customer-profiles")

    def run(self) -> list[Change]:
        """Every way that the stack has. Raises: CouldNotRunError for one that does not arrive."""
        deployed = self._deployed
        changes = []
        if deployed.event_bus_name:
            changes.append(self._change("events", *_TRIAL, self._by_event))
        if deployed.topic_arn:
            changes.append(self._change("topic", *_PURCHASE, self._by_message))
        if deployed.batch_state_machines:
            changes.append(self._change("batch", *_OFFER, self._by_row))
        return changes

    def _change(
        self,
        way: str,
        object_type: str,
        members: Mapping[str, str],
        attribute: str,
        submit: Callable[[str, dict[str, Any]], None],
    ) -> Change:
        before = self._attribute(attribute)
        example = self._mappings[object_type].examples[0]
        record = {**example, "UserId": self._account, **members}
        (wanted,) = members.values()
        self._say(f"  {way}: {object_type} {attribute} becomes {wanted}")
        started = time.monotonic()
        submit(object_type, record)
        while (after := self._attribute(attribute)) != wanted:
            if time.monotonic() > started + WAIT_SECONDS:
                raise CouldNotRunError(f"the change by {way} did not arrive in {WAIT_SECONDS:g} s")
            time.sleep(PAUSE_SECONDS)
        seconds = time.monotonic() - started
        return Change(way, object_type, f"Attributes.{attribute}", before, after, seconds)

    def _attribute(self, name: str) -> str | None:
        found = self._profiles.search_profiles(
            DomainName=self._deployed.domain, KeyName="_account", Values=[self._account]
        )["Items"]
        return found[0].get("Attributes", {}).get(name) if found else None

    def _by_event(self, object_type: str, record: dict[str, Any]) -> None:
        bus = self._deployed.event_bus_name or ""
        _send(Events(client(self._deployed, "events"), bus, object_type), record)

    def _by_message(self, object_type: str, record: dict[str, Any]) -> None:
        keys = ObjectKeys(self._mappings[object_type])
        topic = self._deployed.topic_arn or ""
        _send(Topic(client(self._deployed, "sns"), topic, object_type, keys), record)

    def _by_row(self, object_type: str, record: dict[str, Any]) -> None:  # noqa: ARG002 - as others
        """A row of the source database changes, and the schedule's time has come."""
        columns = ", ".join(_COLUMNS)
        declared = ", ".join(f"{column} text" for column in _COLUMNS)
        values = ", ".join(f":{column}" for column in _COLUMNS)
        self._sql(f"CREATE TABLE IF NOT EXISTS {_TABLE} ({declared}, updated_at timestamp)")
        self._sql(
            f"INSERT INTO {_TABLE} ({columns}, updated_at)"  # noqa: S608 - our own names
            f" VALUES ({values}, CURRENT_TIMESTAMP)",
            {column: record.get(member) for column, member in _COLUMNS.items()},
        )
        machine = (self._deployed.batch_state_machines or {})["offers"]
        client(self._deployed, "stepfunctions").start_execution(stateMachineArn=machine, input="{}")

    def _sql(self, text: str, values: Mapping[str, str | None] | None = None) -> None:
        client(self._deployed, "rds-data").execute_statement(
            resourceArn="arn:aws:rds:us-east-1:000000000000:cluster:crm",
            secretArn="arn:aws:secretsmanager:us-east-1:000000000000:secret:crm",
            database="crm",
            sql=text,
            parameters=[
                {
                    "name": name,
                    "value": {"isNull": True} if value is None else {"stringValue": value},
                }
                for name, value in (values or {}).items()
            ],
        )


def _send(way: Way, record: dict[str, Any]) -> None:
    done = send([Entry(1, json.dumps(record))], way, lambda _: None)
    for reason in done.not_sent:
        raise CouldNotRunError(f"{way.name}: {reason}")
