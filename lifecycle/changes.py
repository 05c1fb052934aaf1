"""One change through each of the ways in, and how long until the profile shows it."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lifecycle.change_plan import Step, Table, plan, read_table
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

_NOW: Final = {"integer": "strftime('%s', 'now')"}
"""A watermark of now in SQL, by its kind."""
_KINDS: Final = {bool: "booleanValue", int: "longValue", float: "doubleValue", str: "stringValue"}
"""How the Data API takes a value (RDS Data API reference, Field)."""
_TYPES: Final = {bool: "boolean", int: "integer", float: "real"}


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
    """Changes of customers of the examples, whose profiles must be there.

    account: under which the examples were put. sources: settings of the stack's batch sources.
    say: takes the lines that tell how far it is.
    """

    def __init__(
        self,
        deployed: Deployed,
        mappings: Sequence[ObjectTypeMapping],
        account: str,
        sources: Sequence[Mapping[str, Any]],
        say: Callable[[str], None],
    ) -> None:
        self._deployed = deployed
        self._mappings = {each.object_type.name: each for each in mappings}
        self._say = say
        self._profiles = client(deployed, "customer-profiles")
        submits = {
            "events": (deployed.event_bus_name, self._by_event),
            "topic": (deployed.topic_arn, self._by_message),
            "batch": (deployed.batch_state_machines, self._by_row),
        }
        self._submit = {way: submit for way, (there, submit) in submits.items() if there}
        tables = [read_table(each) for each in sources]
        machines = deployed.batch_state_machines or {}
        readable = [each for each in tables if each is not None and each.source in machines]
        self._plan = plan(mappings, account, self._submit, readable)

    def run(self) -> list[Change]:
        """Every way that the stack has. Raises: CouldNotRunError for one that does not arrive."""
        changes = []
        for way, step in self._plan.items():
            if step is not None:
                changes.append(self._change(step))
                continue
            needed = "an example with an attribute that is in no key"
            if way == "batch":
                needed += ", and a source whose query is columns of one table with that attribute"
            self._say(f"  {way}: no change to show; it takes {needed}")
        return changes

    def _change(self, step: Step) -> Change:
        before = self._attribute(step)
        self._say(f"  {step.way}: {step.object_type} {step.attribute} becomes {step.wanted}")
        started = time.monotonic()
        self._submit[step.way](step)
        while (after := self._attribute(step)) != step.wanted:
            if time.monotonic() > started + WAIT_SECONDS:
                raise CouldNotRunError(
                    f"the change by {step.way} did not arrive in {WAIT_SECONDS:g} s"
                )
            time.sleep(PAUSE_SECONDS)
        seconds = time.monotonic() - started
        attribute = f"Attributes.{step.attribute}"
        return Change(step.way, step.object_type, attribute, before, after, seconds)

    def _attribute(self, step: Step) -> str | None:
        found = self._profiles.search_profiles(
            DomainName=self._deployed.domain, KeyName=step.key, Values=list(step.search)
        )["Items"]
        return found[0].get("Attributes", {}).get(step.attribute) if found else None

    def _by_event(self, step: Step) -> None:
        bus = self._deployed.event_bus_name or ""
        _send(Events(client(self._deployed, "events"), bus, step.object_type), step.record)

    def _by_message(self, step: Step) -> None:
        keys = ObjectKeys(self._mappings[step.object_type])
        topic = self._deployed.topic_arn or ""
        _send(Topic(client(self._deployed, "sns"), topic, step.object_type, keys), step.record)

    def _by_row(self, step: Step) -> None:
        """A row of the source database changes, and the schedule's time has come."""
        table = step.table
        if table is None:
            raise CouldNotRunError("a batch has no table")
        row = {table.columns[member]: value for member, value in step.record.items()}
        declared = {
            column: _TYPES.get(type(row.get(column)), "text") for column in table.columns.values()
        }
        declared[table.watermark] = table.kind
        columns = ", ".join(f"{name} {kind}" for name, kind in declared.items())
        self._sql(table, f"CREATE TABLE IF NOT EXISTS {table.name} ({columns})")
        row.pop(table.watermark, None)
        values = ", ".join(f":{column}" for column in row)
        now = _NOW.get(table.kind, "CURRENT_TIMESTAMP")
        self._sql(
            table,
            f"INSERT INTO {table.name} ({', '.join(row)}, {table.watermark})"  # noqa: S608 - names
            f" VALUES ({values}, {now})",
            row,
        )
        machine = (self._deployed.batch_state_machines or {})[table.source]
        client(self._deployed, "stepfunctions").start_execution(stateMachineArn=machine, input="{}")

    def _sql(self, table: Table, text: str, values: Mapping[str, Any] | None = None) -> None:
        parameters = [
            {"name": name, "value": _field(value)} for name, value in (values or {}).items()
        ]
        client(self._deployed, "rds-data").execute_statement(
            **table.database, sql=text, parameters=parameters
        )


def _field(value: Any) -> dict[str, Any]:
    kind = _KINDS.get(type(value))
    return {"isNull": True} if kind is None else {kind: value}


def _send(way: Way, record: Mapping[str, Any]) -> None:
    done = send([Entry(1, json.dumps(record))], way, lambda _: None)
    for reason in done.not_sent:
        raise CouldNotRunError(f"{way.name}: {reason}")
