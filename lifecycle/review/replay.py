"""Replay objects through two versions of the mappings, and tell how the profiles differ."""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from lifecycle.errors import CouldNotRunError
from lifecycle.review.masking import Mask
from lifecycle.review.model import Version
from lifecycle.review.object_sources import (
    LineError,
    ObjectLines,
    ObjectSource,
    open_source,
    parse_line,
    read_lines,
    unwrap,
)
from lifecycle.review.partitioned_replay import replay_partitioned
from lifecycle.review.progress import Progress
from lifecycle.review.replay_domains import replay_objects
from lifecycle.review.replay_model import (
    MAX_BAD_LINES,
    BadLine,
    Kind,
    Replayed,
    ReplayOptions,
    ReplayReport,
)
from lifecycle.review.sides import Side, make_side
from lifecycle.review.tallies import Reading, Tally

EXAMPLES: Final = "examples"

_PROGRESS_EVERY: Final = 1 << 16
"""Bytes."""


def replay(
    old: Version, new: Version, sources: Sequence[ObjectSource], options: ReplayOptions
) -> ReplayReport:
    """Replay the mappings' examples, and the objects of the sources in their order.

    Raises: CouldNotRunError for a source that cannot be read, and where there is no room for
    temporary files. Whatever happens, no process and no temporary file is left.
    """
    sides = make_side(old), make_side(new)
    mask = Mask()
    exported = None
    if sources:
        try:
            with TemporaryDirectory(prefix="lifecycle-replay-") as folder:
                tally, reading = _replay_sources(sources, sides, options, Path(folder))
        except OSError as error:
            reason = f"{error.strerror or error}; TMPDIR says where temporary files go"
            raise CouldNotRunError(f"the objects cannot be replayed: {reason}") from None
        except MemoryError:
            raise CouldNotRunError("memory is short; use fewer processes") from None
        exported = _replayed(tally, reading, None if options.show_values else mask)
    return ReplayReport(
        examples=_replay_examples(old, new, sides, options),
        exported=exported,
        masked=not options.show_values,
        not_replayed=tuple(
            (version.name, name, reason)
            for version, side in zip((old, new), sides, strict=True)
            for name, reason in side.refused.items()
        ),
    )


def _replay_examples(
    old: Version, new: Version, sides: tuple[Side, Side], options: ReplayOptions
) -> Replayed:
    """The new version's, and the old one's of object types that are there no more."""
    there = {each.object_type.name for each in new.snapshots}
    gone = [each for each in old.snapshots if each.object_type.name not in there]
    objects = [
        (snapshot.object_type.name, json.dumps(example, ensure_ascii=False))
        for snapshot in (*new.snapshots, *gone)
        for example in snapshot.examples
    ]
    reading = Reading()
    reading.add(EXAMPLES, len(objects), 0)
    return _replayed(replay_objects(objects, sides, options.samples), reading, None)


def _replay_sources(
    sources: Sequence[ObjectSource], sides: tuple[Side, Side], options: ReplayOptions, folder: Path
) -> tuple[Tally, Reading]:
    types = {name for side in sides for name in side.names}
    files = [open_source(source, types, folder) for source in sources]
    size, small = sum(each.size for each in files), options.sizes.in_process
    if size <= small:
        tally, reading = _replay_here(files, types, sides, options)
    else:
        # Each process has to be worth its start.
        processes = min(options.processes or os.cpu_count() or 1, 1 + size // max(1, small))
        parts = folder / "parts"
        parts.mkdir()
        tally, reading = replay_partitioned(files, sides, options, processes, parts)
    for each in files:
        reading.add(each.name, 0, each.bad_lines)
        reading.first_bad_lines += each.first_bad_lines
    return tally, reading


def _replay_here(
    files: Sequence[ObjectLines],
    types: set[str],
    sides: tuple[Side, Side],
    options: ReplayOptions,
) -> tuple[Tally, Reading]:
    progress = Progress(options.progress, sum(each.size for each in files))
    reading = Reading()
    objects = _objects(files, types, reading, progress)
    tally = replay_objects(objects, sides, options.samples)
    progress.finish()
    return tally, reading


def _objects(
    files: Sequence[ObjectLines], types: set[str], reading: Reading, progress: Progress
) -> Iterator[tuple[str, str]]:
    for each in files:
        reading.add(each.name, 0, 0)
        told = 0
        with each.path.open("rb") as file:
            for number, line in enumerate(read_lines(file, each.size), 1):
                if file.tell() - told >= _PROGRESS_EVERY:
                    progress.add(file.tell() - told)
                    told = file.tell()
                if line == b"":
                    continue
                try:
                    parse_line(line, each.object_type, types)
                except LineError as error:
                    reading.add(each.name, 0, 1)
                    if reading.bad_lines <= MAX_BAD_LINES:
                        reading.first_bad_lines.append(BadLine(each.name, number, str(error)))
                    continue
                reading.add(each.name, 1, 0)
                yield unwrap(line or b"", each.object_type)


def _replayed(tally: Tally, reading: Reading, mask: Mask | None) -> Replayed:
    samples = tally.samples.shown()
    kinds = tally.kinds
    return Replayed(
        files=reading.files,
        objects=tally.objects,
        bad_lines=reading.bad_lines,
        first_bad_lines=tuple(reading.first_bad_lines[:MAX_BAD_LINES]),
        rejected_before=tally.rejected(0),
        rejected_after=tally.rejected(1),
        rejections=tally.top_rejections(),
        profiles_before=tally.profiles[0],
        profiles_after=tally.profiles[1],
        unchanged=tally.unchanged,
        changed=kinds[Kind.CHANGED],
        split=kinds[Kind.SPLIT],
        merged=kinds[Kind.MERGED],
        vanished=kinds[Kind.VANISHED],
        appeared=kinds[Kind.APPEARED],
        losing=tally.losing,
        attributes=tally.top_attributes(),
        attribute_count=len(tally.attributes),
        samples=samples if mask is None else mask.samples(samples),
    )
