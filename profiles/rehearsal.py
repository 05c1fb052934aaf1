"""What an empty domain would make of objects of one type, told without making it.

Which profile an object belongs to depends on its keys alone, as long as no index holds more than
keys bind. So it can be told at little more than the cost of parsing: neither profiles nor their
values are kept. `Engine` stays the rule: random types and objects prove that both say the same, and
what this cannot tell is the engine's.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

import orjson

from profiles.content import NORMALISERS
from profiles.engine import MAX_OBJECTS_PER_PROFILE, NO_PROFILE
from profiles.errors import MissingKeyError
from profiles.indexes import FULL_NAME
from profiles.matching import key_column
from profiles.plan import Plan, Record
from profiles.sources import as_text
from profiles.standard import STANDARD_INDEXES

_AT_ONCE: Final = 200
_NOBODY, _SEVERAL = -1, -2
"""In place of the one profile that holds a value."""


class CannotTellError(Exception):
    """A profile has as many objects as it may, so that the engine has to say which one goes."""


def can_rehearse(plan: Plan) -> bool:
    """Whether matching follows from what the keys of the type bind.

    It does not where objects fill standard objects, where a key is compared with an id that the
    service makes or in two forms, and where an index that is looked up is fed by a field of the
    standard profile whose value no stored key of that name binds as well.
    """
    if plan.unique is None or plan.standards:
        return False
    if not all(plain for _, _, plain in plan.trials):
        return False
    members = {path: member for member, path in plan.simple_rows}
    stored = [plan.keys[position] for position, _ in plan.stored_keys]
    for name in STANDARD_INDEXES.keys() & {name for _, name, _ in plan.trials}:
        index = STANDARD_INDEXES[name]
        form = NORMALISERS[index.content_type]
        bound = {key.member for key in stored if key.name == name and key.normalise is form}
        written = [path for path in index.paths if path in plan.indexed]
        # A full name is joined from several fields.
        if any(name == FULL_NAME or members.get(path, "") not in bound for path in written):
            return False
    return True


class Unfilled:
    """Which rows of a plan no record has had a value for so far, by their paths in the profile."""

    def __init__(self, plan: Plan) -> None:
        self._simple = {path: member for member, path in plan.simple_rows}
        self._others = {path: (read, convert) for read, path, convert in plan.other_rows}

    @property
    def paths(self) -> set[str]:
        """Profile paths."""
        return {*self._simple, *self._others}

    def meet(self, records: Sequence[Record]) -> None:
        """Forget the rows for which one of the records has a value."""
        for path, member in list(self._simple.items()):
            if any(as_text(record[member]) for record in records if member in record):
                del self._simple[path]
        for path, (read, convert) in list(self._others.items()):
            if any(convert(path, read(record)) for record in records):
                del self._others[path]


class Rehearsal:
    """plan: one that `can_rehearse` takes.

    rows: how many objects there were. rejected: by reason. objects: how many each profile has.
    met: how many of the objects taken have a value, for each name of a PROFILE key and each value;
    None counts those that have none.
    """

    def __init__(self, plan: Plan) -> None:
        names = dict.fromkeys(name for _, name, _ in plan.trials)
        self.rows = 0
        self.rejected: Counter[str] = Counter()
        self.objects: list[int] = []
        self.met: dict[str, Counter[str | None]] = {name: Counter() for name in names}
        self.unfilled = Unfilled(plan)
        self._creates = plan.object_type.allow_profile_creation
        # Nobody asks for the values of the other keys.
        read = [at for at, key in enumerate(plan.keys) if at == plan.unique or key.name in names]
        place = {at: number for number, at in enumerate(read)}
        holders: dict[str, dict[str | None, int]] = {name: {} for name in names}
        self._keys = [plan.keys[at] for at in read]
        self._unique = 0 if plan.unique is None else place[plan.unique]
        self._trials = [(place[at], name, holders[name]) for at, name, _ in plan.trials]
        self._stored, self._stored_if_new = (
            [(place[at], holders[name]) for at, name in keys if name in names]
            for keys in (plan.stored_keys, plan.keys_stored_if_new)
        )
        self._of_object: dict[str | None, int] = {}

    def run(self, objects: Iterable[bytes]) -> None:
        """objects: the JSON of each, of which `content_problem` finds nothing to say.

        Raises: MissingKeyError, CannotTellError.
        """
        left = iter(objects)
        while records := list(map(orjson.loads, islice(left, _AT_ONCE))):
            self.rows += len(records)
            columns = [key_column(key, records) for key in self._keys]
            if not self._creates:
                # Nobody else has made profiles either.
                self.rejected[NO_PROFILE] += len(records)
                continue
            self._attach(zip(*columns, strict=True))
            for at, name, _ in self._trials:
                self.met[name].update(columns[at])
            self.unfilled.meet(records)

    def _attach(self, rows: Iterable[tuple[str | None, ...]]) -> None:
        """Give each object to its profile. rows: of the values of the keys."""
        at_unique, trials, stored = self._unique, self._trials, self._stored
        of_object = self._of_object
        for values in rows:
            for at, _, holders in trials:
                profile = holders.get(values[at], _NOBODY)
                if profile >= 0:
                    break
            else:
                profile = self._create(values)
            unique = values[at_unique]
            before = of_object.get(unique)
            if before != profile:
                self._move(unique, before, profile)
            for at, holders in stored:
                value = values[at]
                if value is not None and holders.setdefault(value, profile) != profile:
                    holders[value] = _SEVERAL

    def _create(self, values: tuple[str | None, ...]) -> int:
        if all(values[at] is None for at, _, _ in self._trials):
            raise MissingKeyError
        profile = len(self.objects)
        self.objects.append(0)
        for at, holders in self._stored_if_new:
            # Had one profile held the value, the object would be that one's.
            if values[at] is not None:
                holders.setdefault(values[at], profile)
        return profile

    def _move(self, unique: str | None, before: int | None, profile: int) -> None:
        if unique is None:
            raise MissingKeyError
        if self.objects[profile] == MAX_OBJECTS_PER_PROFILE:
            raise CannotTellError
        if before is not None:
            self.objects[before] -= 1
        self.objects[profile] += 1
        self._of_object[unique] = profile
