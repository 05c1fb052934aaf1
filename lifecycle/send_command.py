"""`lifecycle send`: publish the objects of a file through one of the ways in."""

import json
import re
import sys
from dataclasses import asdict, dataclass
from typing import IO, TYPE_CHECKING, Any, Final, Self

import click

from lifecycle.errors import CouldNotRunError
from lifecycle.signals import ended_by_signals
from lifecycle.stack_outputs import Deployed, read_outputs
from lifecycle.where import region_of_stack

if TYPE_CHECKING:
    from lifecycle.backfill import Run
    from lifecycle.object_file import ObjectFile
    from lifecycle.object_keys import ObjectKeys
    from lifecycle.send import Sent
    from lifecycle.ways import Way

EXIT_NOT_ALL: Final = 1
EXIT_COULD_NOT_RUN: Final = 2

EVENTS, TOPIC, BATCH = "events", "topic", "batch"

_IDENTITY: Final = re.compile(r"[!-~]{1,100}")
_OPTIONS_OF: Final = {"--id": TOPIC, "--source": BATCH, "--wait": BATCH}
_PROGRESS_EVERY: Final = 1_000


@click.command()
@click.option(
    "--way",
    type=click.Choice([EVENTS, TOPIC, BATCH]),
    required=True,
    help="As events of the bus, as messages of the topic, or as a file for a batch.",
)
@click.option("--type", "object_type", required=True, help="Object type of every object.")
@click.option("-s", "--stack", help="Stack to send to; by default the one that is selected.")
@region_of_stack
@click.option("--source", help="With batch: the source, where several have the object type.")
@click.option("--id", "identity", help="With topic: deduplication ids are this, -, and the line.")
@click.option("--check/--no-check", default=True, help="Check every object before any is sent.")
@click.option("--wait", is_flag=True, help="With batch: wait for the end of the run.")
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON with counts.")
@click.argument("file", type=click.File("rb"))
def send(
    way: str,
    object_type: str,
    stack: str | None,
    region: str | None,
    source: str | None,
    identity: str | None,
    file: IO[bytes],
    *,
    check: bool,
    wait: bool,
    as_json: bool,
) -> None:
    """Publish the objects of FILE (- for stdin) as a source system would.

    FILE has one JSON object, a list of them, or one on each line (NDJSON). Before anything is sent,
    all objects are checked: that they are objects, have values for their keys, and are not too
    large.

    Exits 0 if all were sent, 1 if some were not, 2 if it could not run. Sent is not yet delivered:
    what cannot be delivered shows in `lifecycle rejects list`.
    """
    options = _Options(way, object_type, stack, region, source, identity, check=check, wait=wait)
    options.refuse_misplaced()
    from profiles import InvalidMappingError  # noqa: PLC0415 - help needs none of it

    try:
        report = _run(options, file)
    except (CouldNotRunError, InvalidMappingError) as error:
        click.echo(f"could not run: {error}", err=True)
        sys.exit(EXIT_COULD_NOT_RUN)
    _print(options, report, as_json=as_json)
    sys.exit(0 if report.ok else EXIT_NOT_ALL)


@dataclass(frozen=True, slots=True)
class _Options:
    way: str
    object_type: str
    stack: str | None
    region: str | None
    source: str | None
    identity: str | None
    check: bool
    wait: bool

    def refuse_misplaced(self) -> None:
        given = {"--id": self.identity, "--source": self.source, "--wait": self.wait or None}
        for option, value in given.items():
            if value is not None and self.way != _OPTIONS_OF[option]:
                raise click.UsageError(f"{option} is for --way {_OPTIONS_OF[option]}")
        if self.identity is not None and not _IDENTITY.fullmatch(self.identity):
            raise click.UsageError("--id takes up to 100 letters, digits and punctuation marks")


@dataclass(frozen=True, slots=True)
class _Report:
    """unit: what the numbers count. place: where the objects went, in the words of the answer."""

    done: "Sent"
    unit: str
    place: dict[str, Any]
    run: "Run | None" = None

    @property
    def ok(self) -> bool:
        """Whether all were sent, and the run that was waited for delivered them."""
        return not self.done.not_sent and (self.run is None or self.run.reason is None)


def _run(options: _Options, file: IO[bytes]) -> _Report:
    from lifecycle.backfill import MAX_OBJECT_BYTES  # noqa: PLC0415 - help needs none of it
    from lifecycle.object_file import ObjectFile  # noqa: PLC0415
    from lifecycle.send import check  # noqa: PLC0415
    from lifecycle.ways import largest_message  # noqa: PLC0415

    keys = _keys(options)
    with ended_by_signals(), ObjectFile(file) as objects:
        if options.check and keys is not None:
            most = {TOPIC: largest_message(options.object_type), BATCH: MAX_OBJECT_BYTES}
            found = check(objects, keys, most.get(options.way))
            if found.not_sent:
                return _Report(found, objects.unit, {})
        deployed = read_outputs(options.stack, region=options.region)
        if options.way == BATCH:
            return _backfill(options, objects, deployed)
        return _published(_way(options, deployed, keys), objects)


def _keys(options: _Options) -> "ObjectKeys | None":
    import mappings  # noqa: PLC0415 - help needs none of it
    from lifecycle.object_keys import ObjectKeys  # noqa: PLC0415

    types = {each.object_type.name: each for each in mappings.load()}
    if options.object_type in types:
        return ObjectKeys(types[options.object_type])
    if options.check:
        raise CouldNotRunError(
            f"no mapping has the object type {options.object_type}; there are {', '.join(types)}"
        )
    return None


def _way(options: _Options, deployed: Deployed, keys: "ObjectKeys | None") -> "Way":
    from lifecycle.clients import client  # noqa: PLC0415 - help needs none of it
    from lifecycle.ways import Events, Topic  # noqa: PLC0415

    if options.way == EVENTS and deployed.event_bus_name is not None:
        events = client(deployed, "events")
        return Events(events, deployed.event_bus_name, options.object_type)
    if options.way == TOPIC and deployed.topic_arn is not None:
        sns = client(deployed, "sns")
        return Topic(sns, deployed.topic_arn, options.object_type, keys, options.identity)
    raise CouldNotRunError(f"the stack has no {options.way}: see its setting ingestion")


def _published(way: "Way", objects: "ObjectFile") -> _Report:
    from lifecycle.send import send  # noqa: PLC0415 - help needs none of it

    with _Progress() as progress:
        done = send(objects, way, progress)
    if done.stopped and not done.sent:
        raise CouldNotRunError(f"nothing was sent: {done.stopped}")
    return _Report(done, objects.unit, {"to": way.name})


def _backfill(options: _Options, objects: "ObjectFile", deployed: Deployed) -> _Report:
    from lifecycle.backfill import Backfill  # noqa: PLC0415 - help needs none of it
    from lifecycle.send import Sent  # noqa: PLC0415

    anything = options.source is not None and not options.check
    backfill = Backfill(deployed, None if anything else options.object_type, options.source)
    done = Sent()
    key = backfill.upload(objects, done)
    place: dict[str, Any] = {"to": backfill.machine, "bucket": deployed.batch_bucket, "key": key}
    if not done.sent:
        return _Report(done, objects.unit, place)
    execution = backfill.start(key)
    place["execution"] = execution
    if not options.wait:
        return _Report(done, objects.unit, place)
    click.echo(f"send: waiting for {execution}", err=True)
    return _Report(done, objects.unit, place, backfill.wait(execution))


class _Progress:
    """Tells now and then how many were sent, and at the end, whatever ends it."""

    def __init__(self) -> None:
        self._sent = self._told = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._tell()

    def __call__(self, sent: int) -> None:
        self._sent = sent
        if sent - self._told >= _PROGRESS_EVERY:
            self._tell()

    def _tell(self) -> None:
        self._told = self._sent
        click.echo(f"send: {self._sent:,} sent", err=True)


def _print(options: _Options, report: _Report, *, as_json: bool) -> None:
    done, run = report.done, report.run
    for reason, numbers in done.not_sent.items():
        plural = "" if numbers.count == 1 else "s"
        click.echo(f"not sent: {report.unit}{plural} {numbers}: {reason}", err=True)
    if done.withheld or (done.not_sent and not report.place):
        click.echo("nothing was sent: put these right, or send with --no-check", err=True)
    if as_json:
        not_sent = [
            {"reason": reason, "count": numbers.count, f"{report.unit}s": str(numbers)}
            for reason, numbers in done.not_sent.items()
        ]
        answer = {
            "ok": report.ok,
            "way": options.way,
            "object_type": options.object_type,
            "read": done.read,
            "sent": done.sent,
            "not_sent": not_sent,
            **report.place,
            **({} if run is None else asdict(run)),
        }
        click.echo(json.dumps(answer))
        return
    click.echo(f"{done.sent:,} of {done.read:,} {options.object_type} sent as {options.way}")
    if "execution" in report.place:
        click.echo(f"execution: {report.place['execution']}")
    if run is not None:
        accounted = "" if run.accounted is None else f"; {run.accounted:,} delivered or in rejects"
        click.echo(f"{run.status}{accounted}{f': {run.reason}' if run.reason else ''}")
