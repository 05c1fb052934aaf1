"""Pages of domains: all of them, one, its object types, and searches in it."""

from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import orjson

from emulator.console import words
from emulator.console.context import Context
from emulator.console.page import NothingHereError, Page
from emulator.console.words import display_name
from emulator.customer_profiles.browse import LAST, newest_profiles, object_count, summaries
from emulator.customer_profiles.world import Domain
from profiles.engine import Engine
from profiles.errors import NotFoundError
from profiles.plan import PROFILE_ID_KEY
from profiles.search import definitions_of, search
from profiles.standard import STANDARD_INDEXES
from profiles.store import Profile

MOST_DOMAINS: Final = 200
PER_PAGE: Final = 25
_LATEST: Final = 8
_SHOWN: Final = ("AccountNumber", "EmailAddress", "PhoneNumber")


@dataclass(frozen=True, slots=True)
class Line:
    """A profile in a list. shown: its value for each of the columns."""

    id: str
    name: str
    shown: tuple[str, ...]
    objects: int


def overview(context: Context) -> Page:
    """All domains."""
    containing = context.query.text("name")
    found = summaries(context.world, containing, MOST_DOMAINS + 1)
    given = {
        "domains": found[:MOST_DOMAINS],
        "more": len(found) > MOST_DOMAINS,
        "containing": containing,
        "total": context.world.total(),
        "endpoint": context.endpoint,
        "outcomes": context.traces.total,
        "requests": context.requests.total,
    }
    return Page("overview.html", given)


def domain(context: Context, domain: Domain) -> Page:
    """One domain: what it holds, and a page of its profiles."""
    before = context.query.number("before")
    found = newest_profiles(context.world, domain, PER_PAGE + 1, before or LAST)
    types = [
        (name, record, object_count(context.world, domain, name))
        for name, record in sorted(domain.types.items())
    ]
    given = {
        "domain": domain,
        "keys": _keys(domain.engine),
        "types": types,
        "objects": sum(count for _, _, count in types),
        "profiles": domain.engine.store.profile_count(),
        "columns": _SHOWN,
        "lines": [_line(domain.engine, profile_id) for profile_id, _ in found[:PER_PAGE]],
        "before": before,
        "older": found[PER_PAGE - 1][1] if len(found) > PER_PAGE else 0,
        "words": words,
        "latest": list(islice(context.traces.newest(domain), _LATEST)),
    }
    return Page("domain.html", given)


def object_type(context: Context, domain: Domain, name: str) -> Page:
    """One object type. Raises: NothingHereError."""
    record = domain.types.get(name)
    if record is None:
        raise NothingHereError(f"Domain {domain.name} has no object type {name}.")
    given = {
        "domain": domain,
        "name": name,
        "record": record,
        "type": domain.engine.plans[name].object_type,
        "objects": object_count(context.world, domain, name),
        "text": orjson.dumps({"ObjectTypeName": name, **record.body}).decode(),
    }
    return Page("type.html", given)


def search_results(context: Context, domain: Domain) -> Page:
    """The profiles that a key value finds, or the form for a key of several fields."""
    engine, key = domain.engine, context.query.text("key")
    values = [value for value in context.query.texts("value") if value]
    fields = _fields(engine, key)
    problem = ""
    found: list[Profile] = []
    if len(fields) > 1 and len(values) not in {0, len(fields)}:
        problem = f"Key {key} has {len(fields)} fields, so a search takes as many values."
    elif values:
        try:
            hits = search(engine, [(key, values)], every=False)
        except NotFoundError as error:
            problem = f"{error}."
        else:
            found = [hit.profile for hit in hits]
    given: dict[str, Any] = {
        "domain": domain,
        "keys": _keys(engine),
        "key": key,
        "fields": fields,
        "values": values,
        "problem": problem,
        "columns": _SHOWN,
        "count": len(found),
        "most": PER_PAGE,
        "lines": [_line(engine, each.id) for each in found[:PER_PAGE]],
    }
    return Page("search.html", given)


def _keys(engine: Engine) -> list[str]:
    """Names of the keys by which profiles of the domain can be found."""
    defined = {key.name for plan in engine.plans.values() for key in plan.keys}
    return [*sorted(defined - STANDARD_INDEXES.keys()), *STANDARD_INDEXES, PROFILE_ID_KEY]


def _fields(engine: Engine, key: str) -> tuple[str, ...]:
    """Names of the fields of a key, those of the definition that has the most."""
    fields = [definition.key.fields for definition in definitions_of(engine, key)]
    return max(fields, key=len, default=())


def _line(engine: Engine, profile_id: str) -> Line:
    profile = engine.store.profile(profile_id)
    assert profile is not None  # noqa: S101 - nothing has run since it was found
    shown = tuple(str(profile.values.get(name, "")) for name in _SHOWN)
    objects = sum(engine.store.object_counts(profile_id).values())
    return Line(profile_id, display_name(profile), shown, objects)
