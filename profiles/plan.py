"""An object type made ready for ingestion: what to read, which keys to try, what to write.

Working this out once per object type keeps the work per object close to that of parsing it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from profiles.content import NORMALISERS, Normaliser
from profiles.sources import as_text, parse
from profiles.standard import (
    ATTRIBUTES,
    ENGAGEMENT_PREFERENCES,
    ENUMERATIONS,
    PROFILE_ROOT,
    STANDARD_INDEXES,
    STANDARD_OBJECTS,
)
from profiles.structures import Convert, attributes, members_of, preferences, text
from profiles.targets import Target, parse_target
from profiles.vocabulary import ContentType, Identifier, Key, ObjectType

Record = Mapping[str, Any]
Read = Callable[[Record], Any]
Row = tuple[Read, str, Convert]
"""(reader, path, what the value becomes)."""

SECONDS_PER_DAY: Final = 86_400
PROFILE_ID_KEY: Final = "_profileId"
LOWEST_RANK: Final = 1 << 31
"""Rank of an object type without SourcePriority: below every number of 32 bits."""
_UNRETURNED: Final = "SourceLastUpdatedTimestamp"


@dataclass(frozen=True, slots=True)
class KeyPlan:
    """One key entry. `member`: the record's member that is the whole key, the usual case.

    plain: whether one look-up under the key's own name and form finds all it can find.
    standard_form: how the domain's own index of that name (`_email`, ...) compares values, when
    that differs from the key's own content type; both are looked up.
    """

    key: Key
    name: str
    member: str | None
    normalise: Normaliser | None
    readers: tuple[tuple[Read, Normaliser | None], ...]
    standard_form: Callable[[str], str] | None
    plain: bool
    stored: bool
    new_only: bool

    def raw_parts(self, record: Record) -> list[str]:
        """The key's values as text, "" for what the record lacks."""
        return [as_text(read(record)) or "" for read, _ in self.readers]

    def value(self, record: Record) -> str | None:
        """The key's normalised value; None when every one of its fields is empty."""
        return self.normal_form(self.raw_parts(record))

    def normal_form(self, parts: list[str]) -> str | None:
        """The normalised value of the given parts, one for each field of the key.

        None when nothing is left of any. Several parts become a JSON array, so that no two
        different combinations ever look alike.
        """
        normal = [
            part if normalise is None else normalise(part)
            for part, (_, normalise) in zip(parts, self.readers, strict=True)
        ]
        if not any(normal):
            return None
        return normal[0] if len(normal) == 1 else orjson.dumps(normal).decode()


@dataclass(frozen=True, slots=True)
class StandardPlan:
    """What an object type does with one kind of standard object other than the profile.

    keys: positions in `Plan.keys` of those that carry its identifier.
    """

    root: str
    keys: tuple[int, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that `Engine.put` needs to know about one object type.

    lifetime: seconds until an object expires, None for the domain's default.
    key_rows: (member, normaliser, key) of each key. stored_keys, keys_stored_if_new: (position,
    name) of those that stay searchable. unique: position of the UNIQUE key. primary, secondary:
    positions of the PROFILE keys. trials: (position, name, whether plain) of these, in the order
    in which they are tried.
    simple_rows: (record member, profile path). other_rows: what is no text of one member.
    indexed: written paths that feed a standard index.
    inferred_rows: (reader, path) that apply only when the ingestion creates the profile.
    examined: whether even a short object may have to be rejected, or fills standard objects.
    """

    object_type: ObjectType
    name: str
    rank: int
    lifetime: int | None
    keys: tuple[KeyPlan, ...]
    key_rows: tuple[tuple[str | None, Normaliser | None, KeyPlan], ...]
    stored_keys: tuple[tuple[int, str], ...]
    keys_stored_if_new: tuple[tuple[int, str], ...]
    unique: int | None
    primary: tuple[int, ...]
    secondary: tuple[int, ...]
    trials: tuple[tuple[int, str, bool], ...]
    simple_rows: tuple[tuple[str, str], ...]
    other_rows: tuple[Row, ...]
    indexed: tuple[str, ...]
    inferred_rows: tuple[tuple[Read, str], ...]
    standards: tuple[StandardPlan, ...]
    examined: bool


def make_plan(object_type: ObjectType, *, infer_beside_targets: bool = False) -> Plan:
    """The plan of an object type that validation accepts.

    infer_beside_targets: whether an e-mail or phone field also fills the standard profile field on
    creation although another field of the type targets that (aws-semantics 1.4 and 7).
    Raises: SourceError, TargetError for expressions that validation would have refused.
    """
    return _Planner(object_type, infer_beside_targets=infer_beside_targets).plan()


class _Planner:
    def __init__(self, object_type: ObjectType, *, infer_beside_targets: bool) -> None:
        self._type = object_type
        self._sources = {entry.name: parse(entry.source) for entry in object_type.fields}
        self._content = {entry.name: entry.content_type for entry in object_type.fields}
        self._targets = {
            entry.name: parse_target(entry.target)
            for entry in object_type.fields
            if entry.target is not None
        }
        self._infer_beside_targets = infer_beside_targets

    def plan(self) -> Plan:
        simple, other = self._profile_rows()
        keys = tuple(self._key(key) for key in self._type.keys)
        written = {path for _, path in simple} | {path for _, path, _ in other}
        indexed = tuple(
            path for index in STANDARD_INDEXES.values() for path in index.paths if path in written
        )
        primary = self._positions(Identifier.PROFILE, without=Identifier.SECONDARY)
        secondary = tuple(p for p in self._positions(Identifier.PROFILE) if p not in primary)
        stored = [(position, key) for position, key in enumerate(keys) if key.stored]
        standards = self._standards()
        templates = any(source.path is None for source in self._sources.values())
        days = self._type.expiration_days
        return Plan(
            object_type=self._type,
            name=self._type.name,
            rank=self._type.source_priority or LOWEST_RANK,
            lifetime=None if days is None else days * SECONDS_PER_DAY,
            keys=keys,
            key_rows=tuple((key.member, key.normalise, key) for key in keys),
            stored_keys=tuple((at, key.name) for at, key in stored if not key.new_only),
            keys_stored_if_new=tuple((at, key.name) for at, key in stored if key.new_only),
            unique=next(iter(self._positions(Identifier.UNIQUE)), None),
            primary=primary,
            secondary=secondary,
            trials=tuple((at, keys[at].name, keys[at].plain) for at in primary + secondary),
            simple_rows=tuple(simple),
            other_rows=tuple(other),
            indexed=indexed,
            inferred_rows=self._inferred_rows(written),
            standards=standards,
            examined=bool(standards) or templates,
        )

    def _positions(
        self, identifier: Identifier, *, without: Identifier | None = None
    ) -> tuple[int, ...]:
        """Positions of the keys with an identifier, in the order of the object type."""
        return tuple(
            position
            for position, key in enumerate(self._type.keys)
            if identifier in key.identifiers and without not in key.identifiers
        )

    def _profile_rows(self) -> tuple[list[tuple[str, str]], list[Row]]:
        """((member, path) of texts of one member, all other rows)."""
        simple: list[tuple[str, str]] = []
        other: list[Row] = []
        for name, target in self._targets.items():
            if target.root != PROFILE_ROOT or target.path == (_UNRETURNED,):
                continue
            path, source = ".".join(target.path), self._sources[name]
            if path in ENUMERATIONS:
                path, _ = ENUMERATIONS[path]
            convert = _conversion(target)
            if convert is text and source.path is not None and len(source.path) == 1:
                simple.append((source.path[0], path))
            else:
                other.append((source.evaluate, path, convert))
        return simple, other

    def _key(self, key: Key) -> KeyPlan:
        readers = tuple(
            (self._sources[name].evaluate, NORMALISERS[self._content[name]]) for name in key.fields
        )
        member: str | None = None
        normalise: Normaliser | None = None
        if len(key.fields) == 1:
            path = self._sources[key.fields[0]].path
            if path is not None and len(path) == 1:
                member, normalise = path[0], readers[0][1]
        standard_form = self._standard_form(key)
        return KeyPlan(
            key=key,
            name=key.name,
            member=member,
            normalise=normalise,
            readers=readers,
            standard_form=standard_form,
            plain=standard_form is None and key.name != PROFILE_ID_KEY,
            stored=Identifier.LOOKUP_ONLY not in key.identifiers,
            new_only=Identifier.NEW_ONLY in key.identifiers,
        )

    def _standard_form(self, key: Key) -> Callable[[str], str] | None:
        index = STANDARD_INDEXES.get(key.name)
        if index is None or len(key.fields) != 1:
            return None
        if index.content_type is self._content[key.fields[0]]:
            return None
        return NORMALISERS[index.content_type] or str

    def _inferred_rows(self, written: set[str]) -> tuple[tuple[Read, str], ...]:
        rows: list[tuple[Read, str]] = []
        for content_type, path in (
            (ContentType.EMAIL_ADDRESS, "EmailAddress"),
            (ContentType.PHONE_NUMBER, "PhoneNumber"),
        ):
            if path in written and not self._infer_beside_targets:
                continue
            rows.extend(
                (self._sources[name].evaluate, path)
                for name, kind in self._content.items()
                if kind is content_type
            )
        return tuple(rows)

    def _standards(self) -> tuple[StandardPlan, ...]:
        rows: dict[str, list[Row]] = {}
        for name, target in self._targets.items():
            if target.root != PROFILE_ROOT:
                row = (self._sources[name].evaluate, ".".join(target.path), _conversion(target))
                rows.setdefault(target.root, []).append(row)
        return tuple(
            StandardPlan(root, self._identified(root), tuple(written))
            for root, written in rows.items()
        )

    def _identified(self, root: str) -> tuple[int, ...]:
        """Positions of the keys that look standard objects of this kind up."""
        identifier = STANDARD_OBJECTS[root].identifier
        return () if identifier is None else self._positions(identifier)


def _conversion(target: Target) -> Convert:
    """What a value becomes under this target."""
    top, *members = target.path
    if target.root == PROFILE_ROOT and top == ENGAGEMENT_PREFERENCES:
        return preferences
    if members:
        return text
    if top == ATTRIBUTES:
        return attributes
    known = dict(STANDARD_OBJECTS[target.root].structures).get(top)
    return text if known is None else members_of(known)
