"""Pages of one profile and of one of its objects: what is known, and who wrote it when."""

from dataclasses import dataclass
from typing import Any, Final

import orjson

from emulator.console import words
from emulator.console.context import Context
from emulator.console.page import NothingHereError, Page
from emulator.customer_profiles.browse import LAST, newest_objects, standard_objects
from emulator.customer_profiles.calculated_attributes import values_of
from emulator.customer_profiles.traces import Trace
from emulator.customer_profiles.world import Domain
from profiles.documents import document, nested
from profiles.store import MANUAL, Profile, StoredObject, Writer

PER_PAGE: Final = 20
LONGEST_TEXT: Final = 20_000
"""Characters of an object in a timeline; its own page has all."""

Known = dict[int, Trace]
"""Traces of a domain by the sequence numbers under which their objects wrote."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """A value of a profile and its writer. present: whether the writing object is still kept.

    at: when it was written, None where nothing tells. trace: of the object that wrote it.
    """

    path: str
    value: str
    writer: Writer
    by_hand: bool
    inferred: bool
    present: bool
    at: float | None
    trace: Trace | None


@dataclass(frozen=True, slots=True)
class TimelineObject:
    """A profile object, put last when it was ingested."""

    stored: StoredObject
    text: str
    whole: bool
    trace: Trace | None


def profile(context: Context, domain: Domain, profile_id: str) -> Page:
    """One profile. Raises: NothingHereError."""
    store = domain.engine.store
    found = store.profile(profile_id)
    if found is None:
        raise NothingHereError(
            "There is no profile with this id: it was deleted, or merged into another."
        )
    known = _known(context, domain)
    before = context.query.number("before")
    objects = newest_objects(context.world, domain, profile_id, PER_PAGE + 1, before or LAST)
    given: dict[str, Any] = {
        "domain": domain,
        "profile": found,
        "name": words.display_name(found),
        "words": words,
        "attributes": [
            _attribute(context, domain, found, path, known) for path in sorted(found.values)
        ],
        "calculated": values_of(context.world, domain, profile_id),
        "standards": [
            (each, orjson.dumps(nested(each.values)).decode())
            for each in standard_objects(domain, profile_id)
        ],
        "timeline": [_in_timeline(each, known) for each in objects[:PER_PAGE]],
        "counts": dict(sorted(store.object_counts(profile_id).items())),
        "before": before,
        "older": objects[PER_PAGE - 1].sequence if len(objects) > PER_PAGE else 0,
        "key_values": sorted(store.key_values(profile_id)),
        "document": orjson.dumps(document(found)).decode(),
    }
    return Page("profile.html", given)


def profile_object(context: Context, domain: Domain, type_name: str, unique_key: str) -> Page:
    """One object, word for word, and what became of each of its versions."""
    stored = domain.engine.store.object_by_key(type_name, unique_key)
    if stored is None or stored.expires <= context.world.clock():
        raise NothingHereError(
            "There is no such object: it was deleted, it expired, it made room for newer ones, or"
            " it was rejected."
        )
    profile = domain.engine.store.profile(stored.profile_id)
    writer_of = (type_name, unique_key)
    given: dict[str, Any] = {
        "domain": domain,
        "stored": stored,
        "name": stored.profile_id if profile is None else words.display_name(profile),
        "shown": _in_timeline(stored, _known(context, domain)),
        "text": stored.text,
        "words": words,
        "versions": [
            trace for trace in context.traces.newest(domain) if trace.bare.writer[:2] == writer_of
        ],
    }
    return Page("object.html", given)


def _known(context: Context, domain: Domain) -> Known:
    return {trace.bare.writer[3]: trace for trace in context.traces.newest(domain)}


def _attribute(
    context: Context, domain: Domain, profile: Profile, path: str, known: Known
) -> Attribute:
    writer, value = profile.writers[path], profile.values[path]
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    by_hand = writer[0] == MANUAL
    stored = None if by_hand else domain.engine.store.object_by_key(writer[0], writer[1])
    present = stored is not None and stored.expires > context.world.clock()
    trace = known.get(writer[3])
    at = None if trace is None else trace.at
    if at is None and stored is not None and stored.sequence == writer[3]:
        at = stored.ingested
    inferred = path in profile.inferred
    return Attribute(path, text, writer, by_hand, inferred, present, at, trace)


def _in_timeline(stored: StoredObject, known: Known) -> TimelineObject:
    whole = len(stored.text) <= LONGEST_TEXT
    text = stored.text[:LONGEST_TEXT]
    return TimelineObject(stored, text, whole, known.get(stored.sequence))
