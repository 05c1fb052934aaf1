"""SearchProfiles: which profiles hold the given key values (aws-semantics 3.1).

A match is exact on the normalised value. Several values of a key are alternatives; for a key of
several fields, that many values are its parts in order (aws-semantics section 7).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from profiles.content import normal_form
from profiles.engine import Engine
from profiles.errors import NotFoundError
from profiles.plan import PROFILE_ID_KEY, KeyPlan
from profiles.standard import SEARCH_KEYS, STANDARD_INDEXES
from profiles.store import Profile

Criterion = tuple[str, Sequence[str]]
"""(key name, values)."""


@dataclass(slots=True)
class Found:
    """One profile and the positions of the criteria that found it."""

    profile: Profile
    criteria: list[int] = field(default_factory=list)


def search(engine: Engine, criteria: Sequence[Criterion], *, every: bool) -> list[Found]:
    """Profiles that meet every criterion, or any of them, in order of creation.

    Raises: NotFoundError for a key that neither the service nor an object type defines.
    """
    found: dict[str, list[int]] = {}
    for position, (key, values) in enumerate(criteria):
        for profile_id in _holders(engine, key, values):
            found.setdefault(profile_id, []).append(position)
    hits = [
        Found(profile, positions)
        for profile_id, positions in found.items()
        if (not every or len(positions) == len(criteria))
        and (profile := engine.store.profile(profile_id)) is not None
    ]
    if len(hits) > 1:
        hits.sort(key=lambda hit: hit.profile.sequence)
    return hits


def _holders(engine: Engine, key: str, values: Sequence[str]) -> set[str]:
    if key == PROFILE_ID_KEY:
        return {value for value in values if engine.store.profile(value) is not None}
    holders: set[str] = set()
    for form in forms_of(engine, key, values):
        holders.update(engine.store.profiles_with(key, form))
    return holders


def forms_of(engine: Engine, key: str, values: Sequence[str]) -> set[str]:
    """Every normalised form under which these values may stand in the index of this key.

    A value of which normalising leaves nothing is no value, and has none.
    Raises: NotFoundError for a key that neither the service nor an object type defines.
    """
    definitions = definitions_of(engine, key)
    index = STANDARD_INDEXES.get(key)
    if not definitions and index is None and key not in SEARCH_KEYS:
        raise NotFoundError(f"KeyName {key} is not defined in the domain")
    forms: set[str] = set()
    for definition in definitions:
        arity = len(definition.readers)
        if arity == 1:
            normalise = definition.readers[0][1]
            forms.update(values if normalise is None else map(normalise, values))
        elif arity == len(values):
            form = definition.normal_form(list(values))
            if form is not None:
                forms.add(form)
    if index is not None:
        forms.update(normal_form(value, index.content_type) for value in values)
    elif not definitions:
        forms.update(values)
    forms.discard("")
    return forms


def definitions_of(engine: Engine, key: str) -> list[KeyPlan]:
    """The entries under this key name in all of the domain's object types."""
    return [plan for each in engine.plans.values() for plan in each.keys if plan.name == key]
