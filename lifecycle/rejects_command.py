"""`lifecycle rejects`: look at what did not reach its profile, and put it again."""

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from lifecycle.errors import CouldNotRunError
from lifecycle.signals import ended_by_signals
from lifecycle.stack_outputs import Deployed, read_outputs
from lifecycle.where import region_of_stack

if TYPE_CHECKING:
    from lifecycle.held_queue import HeldQueue
    from lifecycle.rejects import Redriven, Types
    from lifecycle.undelivered import Undelivered

EXIT_NOT_ALL: Final = 1
EXIT_COULD_NOT_RUN: Final = 2

_UNKNOWN: Final = "-"
_WIDTH: Final = 180
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

Command = TypeVar("Command", bound=Callable[..., None])


def _common(command: Command) -> Command:
    """The options of every command of the group."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print a line of JSON."),
        click.option(
            "--queue",
            type=click.Choice(["rejects", "domain", "events", "topic", "all"]),
            default="all",
            show_default=True,
            help="Refused by the delivery function; by the domain later; or given up on the way.",
        ),
        region_of_stack,
        click.option("-s", "--stack", help="Stack; by default the one that is selected."),
    ):
        command = option(command)
    return command


def _filters(command: Command) -> Command:
    for option in (
        click.option("--reason", "reason", help="Only those whose reason has this text."),
        click.option("--object-type", help="Only those of this object type; - for unknown ones."),
    ):
        command = option(command)
    return command


@click.group()
def rejects() -> None:
    """Look at objects that did not reach their profiles, and put them again."""


@rejects.command("list")
@_common
@_filters
def list_(
    stack: str | None,
    region: str | None,
    queue: str,
    object_type: str | None,
    reason: str | None,
    *,
    as_json: bool,
) -> None:
    """Show what was not delivered and why, oldest first, without the objects themselves.

    Nothing is lost by looking: all messages are given back at once. While they are looked at, for
    some seconds, nobody else sees them.
    """
    wanted = _Filter(object_type, reason)
    with _running(), _open(stack, region, queue) as place:
        from lifecycle.rejects import not_shown, read  # noqa: PLC0415 - help needs none of it

        found = read(place.queues, place.types)
        rest = not_shown(place.queues, found)
    shown = [each for each in found if wanted(each)]
    if as_json:
        click.echo(json.dumps({"undelivered": [_row(each) for each in shown], "not_shown": rest}))
    else:
        _print_table(shown)
    if rest:
        click.echo(
            f"about {rest} more are not shown: somebody else has received them, they wait behind"
            " others of the same customer, or they are too many to be read at once",
            err=True,
        )


@rejects.command()
@click.argument("identifier", metavar="ID")
@_common
def show(
    identifier: str, stack: str | None, region: str | None, queue: str, *, as_json: bool
) -> None:
    """Print the object with this ID, and all that is known about it.

    Exits 0, 1 if nothing undelivered has the ID, 2 if it could not run.
    """
    with _running(), _open(stack, region, queue) as place:
        from lifecycle.rejects import read  # noqa: PLC0415 - help needs none of it

        found = [each for each in read(place.queues, place.types) if each.id == identifier]
    if not found:
        _say_not_found([identifier])
        sys.exit(EXIT_NOT_ALL)
    each = found[0]
    text = each.body if each.text is None else each.text
    if as_json:
        click.echo(json.dumps({**_row(each), "attributes": dict(each.attributes), "object": text}))
        return
    known = _row(each)
    others = {name: value for name, value in each.attributes.items() if value not in known.values()}
    for name, value in {**known, **others}.items():
        click.echo(f"{name}: {_clean(str(value))}")
    click.echo(f"\n{text}")


@rejects.command()
@click.argument("identifiers", metavar="[ID]...", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Everything that the filters leave.")
@click.option("--dry-run", is_flag=True, help="Say what would be put, and put nothing.")
@click.option("--as", "as_type", metavar="TYPE", help="Put them as this object type.")
@_common
@_filters
def redrive(
    identifiers: tuple[str, ...],
    stack: str | None,
    region: str | None,
    queue: str,
    object_type: str | None,
    reason: str | None,
    as_type: str | None,
    *,
    every: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Put objects again, oldest first, for example after a mapping was corrected.

    Each message is deleted once its object was taken; one that is refused again stays where it is.
    What the domain rejects later, after it took the object, comes into its queue anew.

    WARNING: an object may be older than what the profile has by now, and would overwrite it. Look
    at its date first, or let the source system send what is true now.

    Exits 0 if all were put, 1 if some were not, 2 if it could not run.
    """
    if bool(identifiers) == every:
        raise click.UsageError("say which: IDs, or --all")
    if as_type is not None and every and object_type is None:
        raise click.UsageError("--as with --all needs --object-type, so that no other type changes")
    wanted = _Filter(object_type, reason, frozenset(identifiers))
    with _running(), _open(stack, region, queue) as place:
        from lifecycle.clients import client  # noqa: PLC0415 - help needs none of it
        from lifecycle.rejects import Redrive  # noqa: PLC0415

        result = Redrive(
            client=client(place.deployed, "customer-profiles"),
            domain=place.deployed.domain,
            queues=place.queues,
            types=place.types,
            chosen=wanted,
            as_type=as_type,
            dry_run=dry_run,
            say=_Told(as_type, as_json=as_json, dry_run=dry_run),
        ).run()
        incomplete = every and any(each.full for each in place.queues)
    missing = sorted(set(identifiers) - {each.id for each in _all(result)})
    _say_not_found(missing)
    if incomplete:
        click.echo("more is left than could be read at once: run it again", err=True)
    ok = not (result.refused or missing or incomplete)
    if as_json:
        refused = [{"id": each.id, "reason": why} for each, why in result.refused]
        answer = {"ok": ok, "dry_run": dry_run, "redriven": [each.id for each in result.done]}
        click.echo(json.dumps({**answer, "refused": refused, "not_found": missing}))
    else:
        verb = "would be put" if dry_run else "put again"
        click.echo(f"{len(result.done)} {verb}, {len(result.refused)} not")
    sys.exit(0 if ok else EXIT_NOT_ALL)


@dataclass(frozen=True, slots=True)
class _Place:
    deployed: Deployed
    queues: "list[HeldQueue]"
    types: "Types"


@dataclass(frozen=True, slots=True)
class _Filter:
    object_type: str | None
    reason: str | None
    identifiers: frozenset[str] = frozenset()

    def __call__(self, each: "Undelivered") -> bool:
        """Whether it is one of those that are meant."""
        return (
            (not self.identifiers or each.id in self.identifiers)
            and self.object_type in (None, each.object_type or _UNKNOWN)
            and (self.reason is None or self.reason.lower() in each.reason.lower())
        )


@dataclass(frozen=True, slots=True)
class _Told:
    """Says what becomes of each object when it does."""

    as_type: str | None
    as_json: bool
    dry_run: bool

    def __call__(self, each: "Undelivered", refused: str | None) -> None:
        """refused: why it was not put."""
        done = "would be put" if self.dry_run else "put again"
        state = done if refused is None else f"not put: {_clean(refused)}"
        object_type = _clean(self.as_type or each.object_type or _UNKNOWN)
        line = f"{each.id} {each.queue} {object_type} {state}"
        click.echo(line, err=self.as_json)
        sys.stdout.flush()


@contextmanager
def _running() -> Iterator[None]:
    from profiles import InvalidMappingError  # noqa: PLC0415 - help needs none of it

    try:
        with ended_by_signals():
            yield
    except (CouldNotRunError, InvalidMappingError) as error:
        click.echo(f"could not run: {error}", err=True)
        sys.exit(EXIT_COULD_NOT_RUN)


@contextmanager
def _open(stack: str | None, region: str | None, queue: str) -> Iterator[_Place]:
    import mappings  # noqa: PLC0415 - help needs none of it
    from lifecycle.object_keys import by_type  # noqa: PLC0415
    from lifecycle.rejects import opened  # noqa: PLC0415

    types = by_type(mappings.load())
    deployed = read_outputs(stack, region=region)
    with opened(deployed, queue) as queues:
        yield _Place(deployed, queues, types)


def _all(result: "Redriven") -> "list[Undelivered]":
    return result.done + [each for each, _ in result.refused]


def _say_not_found(identifiers: Sequence[str]) -> None:
    for each in identifiers:
        click.echo(
            f"{_clean(each)}: nothing undelivered has this ID; it was put again already, or"
            " somebody else has received it",
            err=True,
        )


def _row(each: "Undelivered") -> dict[str, Any]:
    when = datetime.fromtimestamp(each.when, UTC).isoformat(timespec="seconds")
    return {
        "id": each.id,
        "when": when.replace("+00:00", "Z"),
        "queue": each.queue,
        "object_type": each.object_type or _UNKNOWN,
        "reason": each.reason,
        "origin": each.origin or _UNKNOWN,
        "received": each.received,
    }


def _clean(text: str) -> str:
    """Without what would move a terminal's cursor."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


def _print_table(found: "Sequence[Undelivered]") -> None:
    from rich.console import Console  # noqa: PLC0415 - only for people
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    if not found:
        click.echo("nothing is undelivered")
        return
    console = Console(width=None if sys.stdout.isatty() else _WIDTH, highlight=False)
    table = Table()
    for column in ("ID", "When", "Queue", "Object type", "Reason", "Origin", "Received"):
        table.add_column(column, overflow="fold", no_wrap=column in ("ID", "When", "Queue"))
    for each in found:
        table.add_row(*(Text(_clean(str(value))) for value in _row(each).values()))
    console.print(table)
