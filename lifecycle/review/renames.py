"""Which row of the new version continues which row of the old one: by name, or as a rename.

Rows are paired in rounds, from the surest sign to the weakest. A sign counts only where one row
alone has it on each side, so that comparing the other way round gives the same pairs.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from lifecycle.review.model import Snapshot
from profiles import PROFILE, Field, Identifier, Key, ObjectType

_Row = TypeVar("_Row")
_Sign = Callable[[_Row], Hashable | None]

FieldPair = tuple[Field | None, Field | None]
KeyPair = tuple[Key | None, Key | None]
TypePair = tuple[Snapshot | None, Snapshot | None]

MOSTLY: Final = 0.5
"""Share of equal rows above which an object type under another name is the same type."""


def pair_fields(old: ObjectType, new: ObjectType) -> list[FieldPair]:
    """(old, new) for each field; None where it has no counterpart.

    A field with the same source, target and content type is the same under another name, even
    where another field took its old one. After that the name decides, then the target, then the
    source.
    """
    signs: list[_Sign[Field]] = [
        lambda row: row,
        lambda row: (row.source, row.target, row.content_type),
        lambda row: row.name,
        lambda row: row.target,
        lambda row: row.source,
    ]
    return _pairs(_by_name(old.fields), _by_name(new.fields), signs)


def field_names(pairs: Iterable[FieldPair]) -> dict[str, str]:
    """Old name of each field to its new one; to what no field is called where it is gone.

    Another field may have taken the name of one that is gone: a key over that is another key.
    """
    return {
        before.name: after.name if after else f"{before.name} (gone)"
        for before, after in pairs
        if before
    }


def pair_keys(old: ObjectType, new: ObjectType, names: Mapping[str, str]) -> list[KeyPair]:
    """(old, new) for each key entry; names: of `field_names`.

    Of several entries under one name those belong together that share fields or identifiers. A key
    under another name with the same fields and identifiers is the same key.
    """
    signs: list[_Sign[_Entry]] = [
        lambda entry: entry,
        lambda entry: (entry.name, entry.fields),
        lambda entry: (entry.name, entry.identifiers),
        lambda entry: entry.name,
        lambda entry: (entry.fields, entry.identifiers),
    ]
    pairs = _pairs(_entries(old.keys, names), _entries(new.keys, {}), signs)
    return [
        (None if before is None else before.key, None if after is None else after.key)
        for before, after in pairs
    ]


def pair_types(old: Sequence[Snapshot], new: Sequence[Snapshot]) -> list[TypePair]:
    """(old, new) for each object type; one that kept most of its rows is the same, renamed."""
    before = {each.object_type.name: each for each in old}
    after = {each.object_type.name: each for each in new}
    pairs: list[TypePair] = [(before.pop(name), after.pop(name)) for name in before.keys() & after]
    candidates = [
        (likeness, sorted((gone, come)), gone, come)
        for gone in before
        for come in after
        if (likeness := _likeness(before[gone].object_type, after[come].object_type)) > MOSTLY
    ]
    for _, _, gone, come in sorted(candidates, key=lambda each: (-each[0], each[1])):
        if gone in before and come in after:
            pairs.append((before.pop(gone), after.pop(come)))
    return [
        *pairs,
        *((each, None) for each in before.values()),
        *((None, each) for each in after.values()),
    ]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A key entry as it is compared. fields: by their names in the new version."""

    name: str
    fields: tuple[str, ...]
    identifiers: frozenset[Identifier]
    key: Key = field(compare=False)


def _entries(keys: Iterable[Key], names: Mapping[str, str]) -> list[_Entry]:
    entries = (
        _Entry(
            key.name, tuple(names.get(n, n) for n in key.fields), frozenset(key.identifiers), key
        )
        for key in keys
    )
    return list(dict.fromkeys(entries))


def _by_name(fields: Iterable[Field]) -> list[Field]:
    """The last of a name stands, as in a request."""
    return list({each.name: each for each in fields}.values())


def _pairs(
    old: list[_Row], new: list[_Row], signs: Iterable[_Sign[_Row]]
) -> list[tuple[_Row | None, _Row | None]]:
    pairs: list[tuple[_Row | None, _Row | None]] = []
    for sign in signs:
        before, after = _alone(old, sign), _alone(new, sign)
        for shared in before.keys() & after.keys():
            pairs.append((before[shared], after[shared]))
            old.remove(before[shared])
            new.remove(after[shared])
    return [*pairs, *((row, None) for row in old), *((None, row) for row in new)]


def _alone(rows: list[_Row], sign: _Sign[_Row]) -> dict[Hashable, _Row]:
    """Sign to the one row that has it."""
    counts = Counter(map(sign, rows))
    return {found: row for row in rows if (found := sign(row)) is not None and counts[found] == 1}


def _likeness(old: ObjectType, new: ObjectType) -> float:
    """Share of both types' rows that the other has too.

    Fields of PROFILE keys and keys count only where there is nothing else: types of one domain
    share them on purpose.
    """
    own = _own_rows(old), _own_rows(new)
    before, after = own if any(own) else (_all_rows(old), _all_rows(new))
    return 2 * len(before & after) / max(1, len(before) + len(after))


def _own_rows(object_type: ObjectType) -> set[Hashable]:
    shared = {n for key in object_type.keys if PROFILE in key.identifiers for n in key.fields}
    rows: set[Hashable] = {each for each in object_type.fields if each.name not in shared}
    if object_type.template_id is not None:
        rows.add(object_type.template_id)
    return rows


def _all_rows(object_type: ObjectType) -> set[Hashable]:
    return {*object_type.fields, *object_type.keys}
