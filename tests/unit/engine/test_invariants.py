"""What holds whatever objects arrive, in whatever order."""

import copy
import json
from collections.abc import Iterable
from itertools import count
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from profiles import (
    EMAIL_ADDRESS,
    LOOKUP_ONLY,
    NEW_ONLY,
    PHONE_NUMBER,
    PROFILE,
    SECONDARY,
    UNIQUE,
    Field,
    Identifier,
    Key,
    ObjectType,
)
from profiles.engine import Engine
from profiles.errors import EngineError
from profiles.indexes import standard_entries
from profiles.matching import all_ambiguous
from profiles.memory import MemoryStore
from profiles.outcome import Outcome, Verdict
from profiles.search import search
from profiles.store import STANDARD_INDEX
from profiles.validation import check_object_type, errors

ACCOUNT = Field("account", "_source.account", "_profile.AccountNumber")
EMAIL = Field("email", "_source.email", "_profile.EmailAddress", EMAIL_ADDRESS)
PHONE = Field("phone", "_source.phone", None, PHONE_NUMBER)
NUMBER = Field("number", "_source.number")
TIER = Field("tier", "_source.tier", "_profile.Attributes.Tier")
NAME = Field("name", "{{_source.tier}} {{_source.account}}", "_profile.LastName")
SERIAL = Field("serial", "_source.serial", "_asset.SerialNumber")

TYPES = (
    ObjectType(
        name="Crm",
        description="The customers of the sales team",
        fields=(NUMBER, ACCOUNT, EMAIL, PHONE, TIER, NAME),
        keys=(
            Key("crmId", ("number",), (UNIQUE,)),
            Key("_account", ("account",), (PROFILE,)),
            Key("_email", ("email",), (PROFILE, SECONDARY)),
            Key("_phone", ("phone",)),
            Key("pair", ("account", "tier")),
        ),
        allow_profile_creation=True,
        source_priority=2,
    ),
    ObjectType(
        name="Web",
        description="Visits, which never start a profile",
        fields=(NUMBER, EMAIL, PHONE, TIER),
        keys=(
            Key("visit", ("number",), (UNIQUE,)),
            Key("_email", ("email",), (PROFILE, LOOKUP_ONLY)),
            Key("_phone", ("phone",), (PROFILE,)),
        ),
    ),
    ObjectType(
        name="Shop",
        description="Orders of assets",
        fields=(NUMBER, ACCOUNT, PHONE, SERIAL, TIER),
        keys=(
            Key("order", ("number",), (UNIQUE,)),
            Key("serial", ("serial",), (Identifier.ASSET,)),
            Key("_account", ("account",), (PROFILE,)),
            Key("_phone", ("phone",), (PROFILE, NEW_ONLY)),
        ),
        allow_profile_creation=True,
        source_priority=1,
    ),
)

records = st.fixed_dictionaries(
    {"number": st.sampled_from(["1", "2", "3", "4", ""])},
    optional={
        "account": st.sampled_from(["a", "b", "", 7]),
        "email": st.sampled_from(["x@x.org", "X@x.org", "y@x.org", " "]),
        "phone": st.sampled_from(["+1 555 123 4567", "5551234567", "999"]),
        "tier": st.sampled_from(["gold", "silver", None, True, "t" * 256]),
        "serial": st.sampled_from(["s", "t"]),
    },
)
puts = st.lists(
    st.tuples(st.sampled_from([each.name for each in TYPES]), records), min_size=1, max_size=10
)
unhurried = settings(deadline=None, max_examples=60)


def started() -> Engine:
    """A domain with the three types and without profiles."""
    ids = count(1)
    engine = Engine(MemoryStore(), clock=lambda: 0.0, new_id=lambda: f"{next(ids):032x}")
    for object_type in TYPES:
        engine.put_type(object_type)
    return engine


def ingest(engine: Engine, objects: Iterable[tuple[str, dict[str, Any]]]) -> list[Outcome]:
    """The outcomes of what was not refused at once."""
    outcomes = []
    for name, record in objects:
        outcome = ingested(engine, name, record)
        if outcome is not None:
            outcomes.append(outcome)
    return outcomes


def ingested(engine: Engine, name: str, record: dict[str, Any]) -> Outcome | None:
    try:
        return engine.put(name, json.dumps(record))
    except EngineError:
        return None


def snapshot(engine: Engine) -> dict[str, Any]:
    """All that the engine remembers."""
    return copy.deepcopy(vars(engine.store))


def test_the_types_of_these_tests_are_valid() -> None:
    assert [errors(check_object_type(each)) for each in TYPES] == [(), (), ()]


@given(puts)
@unhurried
def test_every_stored_key_of_an_object_finds_the_profile_that_took_it(
    objects: list[tuple[str, dict[str, Any]]],
) -> None:
    engine = started()
    for outcome in ingest(engine, objects):
        if outcome.verdict is Verdict.REJECTED:
            continue
        created = outcome.verdict is Verdict.CREATED
        for key in outcome.plan.keys:
            parts = key.raw_parts(outcome.record)
            kept = key.stored and (created or not key.new_only)
            if kept and key.normal_form(parts) is not None:
                found = search(engine, [(key.name, parts)], every=False)
                assert outcome.profile_id in [hit.profile.id for hit in found]


@given(puts)
@unhurried
def test_every_value_of_a_profile_has_a_writer_that_was_put(
    objects: list[tuple[str, dict[str, Any]]],
) -> None:
    engine = started()
    outcomes = ingest(engine, objects)
    put = {(each.plan.name, each.unique_key, each.profile_id) for each in outcomes}
    for profile_id in engine.store.profile_ids():
        profile = engine.store.profile(profile_id)
        assert profile is not None
        assert profile.writers.keys() == profile.values.keys()
        for name, unique_key, rank, _ in profile.writers.values():
            assert (name, unique_key, profile_id) in put
            assert rank == engine.plans[name].rank
            assert rank >= profile.strongest


@given(puts)
@unhurried
def test_no_value_was_overwritten_by_a_weaker_source(
    objects: list[tuple[str, dict[str, Any]]],
) -> None:
    engine = started()
    ranks: dict[tuple[str, str], int] = {}
    for outcome in ingest(engine, objects):
        rank = outcome.plan.rank
        for path in outcome.written:
            place = (str(outcome.profile_id), path)
            assert rank <= ranks.get(place, rank)
            ranks[place] = rank


@given(puts)
@unhurried
def test_the_indexes_of_a_profile_follow_its_values(
    objects: list[tuple[str, dict[str, Any]]],
) -> None:
    engine = started()
    ingest(engine, objects)
    for profile_id in engine.store.profile_ids():
        profile = engine.store.profile(profile_id)
        assert profile is not None
        bound = engine.store.key_values(profile_id)
        indexed = {(key, value) for key, value, origin in bound if origin == STANDARD_INDEX}
        assert indexed == standard_entries(profile)


@given(puts)
@unhurried
def test_an_object_that_is_rejected_or_refused_changes_nothing(
    objects: list[tuple[str, dict[str, Any]]],
) -> None:
    engine = started()
    for name, record in objects:
        before = snapshot(engine)
        outcome = ingested(engine, name, record)
        if outcome is None or outcome.verdict is Verdict.REJECTED:
            assert snapshot(engine) == before
        else:
            assert snapshot(engine) != before


@given(puts)
@unhurried
def test_every_object_is_kept_once_on_a_profile_that_exists(
    objects: list[tuple[str, dict[str, Any]]],
) -> None:
    engine = started()
    accepted = [each for each in ingest(engine, objects) if each.verdict is not Verdict.REJECTED]
    newest = {(each.plan.name, each.unique_key): each for each in accepted}
    kept = {
        (stored.object_type, stored.unique_key): (stored.profile_id, json.loads(stored.text))
        for profile_id in engine.store.profile_ids()
        for each in TYPES
        for stored in engine.store.objects(profile_id, each.name)
    }
    assert kept == {place: (each.profile_id, each.record) for place, each in newest.items()}
    assert engine.store.totals()[0] == len(newest)


@given(puts)
@unhurried
def test_there_are_as_many_profiles_as_were_created(
    objects: list[tuple[str, dict[str, Any]]],
) -> None:
    engine = started()
    created = [
        each.profile_id for each in ingest(engine, objects) if each.verdict is Verdict.CREATED
    ]
    assert list(engine.store.profile_ids()) == created


@given(puts)
@unhurried
def test_an_object_put_again_at_once_lands_on_the_same_profile_and_changes_no_value(
    objects: list[tuple[str, dict[str, Any]]],
) -> None:
    engine = started()
    for name, record in objects:
        first = ingested(engine, name, record)
        if first is None or first.profile_id is None or all_ambiguous(first.failed):
            continue
        profile = engine.store.profile(first.profile_id)
        assert profile is not None
        values = dict(profile.values)
        again = ingested(engine, name, record)
        assert again is not None
        assert (again.verdict, again.profile_id) == (Verdict.ATTACHED, first.profile_id)
        assert again.unique_key == first.unique_key
        assert profile.values == values
