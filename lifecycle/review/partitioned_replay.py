"""A large replay, in parts that are replayed beside each other.

No process ever holds more than a part of the profiles, and yet the result is exactly that of
replaying all objects one after the other in the order of the files:

1. What the engine does with an object depends on the object, on its object type, and on what it
   finds by its key values, its UNIQUE value and the keys of its standard objects: profiles and
   objects, and what these hold. On nothing else: ids and sequence numbers are compared for
   equality and order alone, nothing expires, and no rule looks at the domain as a whole.
2. Whatever is found by a value was left there by an object of which `key_links` gives a number that
   it also gives of the object that looks. Call all objects that are connected by a chain of shared
   numbers, under either version, a component. Then an object finds only what objects of its own
   component left; it attaches to one of its component's profiles or starts one, writes there, and
   binds its values there. So, by induction over the objects in their order, the profiles of a
   component are the same whether or not objects of other components come in between.
3. No component is ever cut, and the objects of a part keep the order of the files.
4. Profiles of the two versions are compared where they share objects, so within a component. All
   that is reported are sums over objects and profiles, and the samples that come first in an order
   which their content alone gives.

A component that is larger than a part (a PROFILE key with few values connects nearly all objects)
is replayed in one piece by one process, in the memory that its profiles take: some 4 kB an object.
"""

from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from lifecycle.review.object_sources import ObjectLines, unwrap
from lifecycle.review.partitions import Linked, Piece, assign, bad_lines, cut, link, spill
from lifecycle.review.progress import Progress
from lifecycle.review.replay_domains import replay_objects
from lifecycle.review.replay_model import ReplayOptions
from lifecycle.review.sides import Side
from lifecycle.review.tallies import Reading, Samples, Tally
from lifecycle.review.workers import Workers

WEIGHT: Final = 12
"""How long replaying a byte takes, beside reading it once."""

_Part = list[tuple[Path, str | None]]
"""Files of one bucket, in order, and the object type of their lines."""


def replay_partitioned(
    files: Sequence[ObjectLines],
    sides: tuple[Side, Side],
    options: ReplayOptions,
    processes: int,
    folder: Path,
) -> tuple[Tally, Reading]:
    """Replay the files; the folder takes a copy of them in parts."""
    total = sum(each.size for each in files)
    progress = Progress(options.progress, total * (2 + WEIGHT))
    sizes = options.sizes
    with Workers(processes) as workers:
        pieces = [piece for each in files for piece in cut(each, sizes.chunk)]
        linked = _link(workers, pieces, sides, progress)
        reading = _read(pieces, linked)
        count = max(-(-reading.objects // sizes.bucket_objects), -(-total // sizes.bucket_bytes))
        # As many for each process, so that none waits for another in the end.
        count = max(1, -(-count // processes)) * processes
        parts = _spill(workers, pieces, list(assign(linked, count)), folder, progress)
        del linked
        tally = Tally(Samples(options.samples))
        tasks = [(part, sides, options.samples) for part, _ in parts]
        for number, each in workers.run(_replay, tasks):
            tally.merge(each)
            progress.add(parts[number][1] * WEIGHT)
        progress.finish()
    return tally, reading


def _link(
    workers: Workers, pieces: list[Piece], sides: tuple[Side, Side], progress: Progress
) -> list[Linked]:
    linked: dict[int, Linked] = {}
    for number, each in workers.run(link, [(piece, sides) for piece in pieces]):
        linked[number] = each
        progress.add(pieces[number].size)
    return [linked[number] for number in range(len(pieces))]


def _read(pieces: list[Piece], linked: list[Linked]) -> Reading:
    reading = Reading()
    for piece, each in zip(pieces, linked, strict=True):
        reading.add(piece.lines.name, each.objects, each.bad_count)
    reading.first_bad_lines += bad_lines(pieces, linked)
    return reading


def _spill(
    workers: Workers,
    pieces: list[Piece],
    buckets: "list[array[int]]",
    folder: Path,
    progress: Progress,
) -> list[tuple[_Part, int]]:
    """The parts and their bytes, the largest first, so that none is left for the end."""
    runs = list(_runs(pieces, workers.count))
    tasks = [
        (pieces[start:end], buckets[start:end], folder, f"{number:06}")
        for number, (start, end) in enumerate(runs)
    ]
    written: dict[int, dict[int, int]] = {}
    for number, sizes in workers.run(spill, tasks):
        written[number] = sizes
        progress.add(sum(piece.size for piece in tasks[number][0]))
    parts: dict[int, tuple[_Part, int]] = {}
    for number, task in enumerate(tasks):
        object_type = task[0][0].lines.object_type
        for bucket, size in written[number].items():
            part, before = parts.get(bucket, ([], 0))
            part.append((folder / str(bucket) / task[3], object_type))
            parts[bucket] = part, before + size
    return sorted(parts.values(), key=lambda part: -part[1])


def _runs(pieces: list[Piece], count: int) -> Iterator[tuple[int, int]]:
    """Consecutive pieces of one file: about `count` runs of each file."""
    start = 0
    while start < len(pieces):
        lines = pieces[start].lines
        end = start
        while end < len(pieces) and pieces[end].lines is lines:
            end += 1
        step = -(-(end - start) // count)
        for first in range(start, end, step):
            yield first, min(first + step, end)
        start = end


def _replay(part: _Part, sides: tuple[Side, Side], samples: int) -> Tally:
    return replay_objects(_objects(part), sides, samples)


def _objects(part: _Part) -> Iterator[tuple[str, str]]:
    for path, object_type in part:
        with path.open("rb") as file:
            for line in file:
                yield unwrap(line[:-1], object_type)
