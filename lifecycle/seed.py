"""Example objects under an account of their own, and the profiles that they must give.

Verify may run where customers are. So every value that could match or find a customer is made the
run's own: what the account key carries becomes the run's account, and what any other key carries,
and every e-mail address and phone number, becomes a value that nobody has.
"""

import copy
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from lifecycle.errors import CouldNotRunError
from profiles import ContentType, Identifier, Key, ObjectTypeMapping
from profiles.documents import document, flatten
from profiles.engine import Engine
from profiles.memory import MemoryStore
from profiles.search import search
from profiles.sources import as_text, parse

PREFIX: Final = "verify-"
_ADDRESSES: Final = frozenset({ContentType.EMAIL_ADDRESS, ContentType.PHONE_NUMBER})
"""No account number can stand in their place."""


@dataclass(frozen=True, slots=True)
class SeedObject:
    """One object to put. text: its JSON. key, search: what finds its profile."""

    object_type: str
    text: str
    key: str
    search: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExpectedProfile:
    """One profile that the objects must give: how to find it and every value it must have.

    search: the value of each field of the key. values: path to value, e.g.
    `Attributes.TrialStatus`.
    """

    key: str
    search: tuple[str, ...]
    values: Mapping[str, Any]

    @property
    def value(self) -> str:
        """What finds it, for people."""
        return " ".join(self.search)


@dataclass(frozen=True, slots=True)
class Seed:
    """The objects of one run, and what must come of them."""

    account: str
    objects: tuple[SeedObject, ...]
    expected: tuple[ExpectedProfile, ...]


def make_seed(mappings: Sequence[ObjectTypeMapping], account: str | None = None) -> Seed:
    """The mappings' example objects for one run.

    account: None for one of the run's own; otherwise exactly this, and all other values as the
    examples have them. Raises: CouldNotRunError where a key cannot be given a value.
    """
    if account == "":
        raise CouldNotRunError("--account is empty: give a number, or leave it out")
    values = _Values(account)
    objects = tuple(
        _prepared(mapping, example, values) for mapping in mappings for example in mapping.examples
    )
    if not objects:
        raise CouldNotRunError("no mapping has an example object; add one to EXAMPLES")
    return Seed(values.account, objects, _expected(mappings, objects))


@dataclass
class _Values:
    """Replaces values of keys, the same value always by the same one: objects still meet."""

    given: str | None
    account: str = ""
    replaced: dict[tuple[ContentType | None, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._run = secrets.token_hex(6)
        self.account = self.given or f"{PREFIX}{self._run}"

    def of_account(self, original: str) -> str:
        """The run's account; a second customer in the examples gets one of its own."""
        place = (None, original)
        if place not in self.replaced:
            number = sum(kind is None for kind, _ in self.replaced)
            self.replaced[place] = self.account + (f"-{number + 1}" if number else "")
        return self.replaced[place]

    def of_key(self, original: str, content_type: ContentType) -> str:
        """A value of this content type that no customer has; the original if one was given."""
        if self.given is not None:
            return original
        place = (content_type, original)
        if place not in self.replaced:
            name = f"{PREFIX}{self._run}-{len(self.replaced)}"
            self.replaced[place] = {
                # Reserved for use where no address may be real (RFC 2606).
                ContentType.EMAIL_ADDRESS: f"{name}@example.invalid",
                # No country has the code 999.
                ContentType.PHONE_NUMBER: f"+999{secrets.randbelow(10**11):011d}",
                ContentType.NUMBER: f"{secrets.randbelow(10**15):015d}",
            }.get(content_type, name)
        return self.replaced[place]


def _prepared(
    mapping: ObjectTypeMapping, example: Mapping[str, Any], values: _Values
) -> SeedObject:
    object_type = mapping.object_type
    fields = {each.name: each for each in object_type.fields}
    account_fields = {
        name for name in account_key(mapping).fields if fields[name].content_type not in _ADDRESSES
    }
    record = copy.deepcopy(dict(example))
    names = {name for key in object_type.keys for name in key.fields}
    # The account last: a member of the record that feeds another key too carries the account.
    for name in sorted(names, key=lambda name: (name in account_fields, name)):
        source = parse(fields[name].source)
        original = as_text(source.evaluate(example))
        if original is None:
            continue
        if name in account_fields:
            value = values.of_account(original)
        else:
            value = values.of_key(original, fields[name].content_type)
        if value == original:
            continue
        if source.path is None:
            raise CouldNotRunError(
                f"{mapping.file}: field {name} of a key has a template as source, so verify cannot "
                "give it a value of its own; use an accessor there"
            )
        _set(record, source.path, value)
    text = orjson.dumps(record).decode()
    return SeedObject(object_type.name, text, *_finding(mapping, record))


def _finding(mapping: ObjectTypeMapping, record: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The account key and its values; if the record lacks one, those of another PROFILE key."""
    sources = {each.name: parse(each.source) for each in mapping.object_type.fields}
    first = account_key(mapping)
    others = (key for key in mapping.object_type.keys if Identifier.PROFILE in key.identifiers)
    for key in (first, *others):
        found = [as_text(sources[name].evaluate(record)) for name in key.fields]
        if None not in found:
            return key.name, tuple(map(str, found))
    raise CouldNotRunError(
        f"{mapping.file}: an example has no value for a PROFILE key; correct EXAMPLES"
    )


def account_key(mapping: ObjectTypeMapping) -> Key:
    """The key that both names the object and finds the customer, or else the first PROFILE key."""
    keys = mapping.object_type.keys
    both = {Identifier.PROFILE, Identifier.UNIQUE}
    for wanted in (both, {Identifier.PROFILE}):
        for key in keys:
            if wanted <= set(key.identifiers):
                return key
    raise CouldNotRunError(f"{mapping.file}: no key has the identifier PROFILE")


def _set(record: dict[str, Any], path: tuple[str, ...], value: str) -> None:
    for name in path[:-1]:
        record = record[name]
    record[path[-1]] = value


def _expected(
    mappings: Sequence[ObjectTypeMapping], objects: Sequence[SeedObject]
) -> tuple[ExpectedProfile, ...]:
    """Each profile once, in the order of the objects."""
    engine = Engine(MemoryStore())
    for mapping in mappings:
        engine.put_type(mapping.object_type)
    for each in objects:
        engine.put(each.object_type, each.text)
    expected: dict[str, ExpectedProfile] = {}
    for each in objects:
        found = search(engine, [(each.key, each.search)], every=False)
        if len(found) != 1:
            raise CouldNotRunError(
                f"{each.object_type}: the examples of one customer give {len(found)} profiles; "
                "correct the mappings"
            )
        shown = document(found[0].profile)
        profile_id = shown.pop("ProfileId")
        expected.setdefault(profile_id, ExpectedProfile(each.key, each.search, flatten(shown)))
    return tuple(expected.values())
