"""The two stores, driven by one random sequence of operations, stay alike after every step."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any
from unittest.mock import patch

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from emulator.customer_profiles.database import Database
from emulator.customer_profiles.sqlite_store import SqliteStore
from profiles import (
    EMAIL_ADDRESS,
    LOOKUP_ONLY,
    NAME,
    NEW_ONLY,
    PHONE_NUMBER,
    PROFILE,
    SECONDARY,
    UNIQUE,
    Field,
    Identifier,
    Key,
    ObjectType,
    profile_writes,
)
from profiles.engine import Engine, Switches
from profiles.errors import EngineError
from profiles.memory import MemoryStore
from profiles.outcome import Outcome
from profiles.plan import SECONDS_PER_DAY
from profiles.search import search
from profiles.store import Store

ID = Field("id", "_source.id", "_profile.AccountNumber")
EMAIL = Field("email", "_source.email", "_profile.EmailAddress", EMAIL_ADDRESS)
PHONE = Field("phone", "_source.phone", None, PHONE_NUMBER)
TIER = Field("tier", "_source.tier", "_profile.Attributes.Tier")
CITY = Field("city", "{{_source.home.city}}", "_profile.Address.City")
HOME = Field("home", "_source.home", "_profile.ShippingAddress")
LAST = Field("last", "_source.tier", "_profile.LastName", NAME)
SERIAL = Field("serial", "_source.serial", "_asset.SerialNumber")

# Three types that meet in their keys, each with one that may replace it.
CRM = ObjectType(
    name="Crm",
    description="Crm",
    fields=(ID, EMAIL, PHONE, TIER, CITY),
    keys=(
        Key("crmId", ("id",), (UNIQUE,)),
        Key("_account", ("id",), (PROFILE,)),
        Key("_email", ("email",), (PROFILE, SECONDARY)),
        Key("_phone", ("phone",)),
    ),
    allow_profile_creation=True,
    expiration_days=2,
)
WEB = ObjectType(
    name="Web",
    description="Web",
    fields=(replace(ID, target=None), replace(EMAIL, target=None), PHONE, TIER, LAST),
    keys=(
        Key("visit", ("id", "tier"), (UNIQUE,)),
        Key("_email", ("email",), (PROFILE, LOOKUP_ONLY)),
        Key("_phone", ("phone",), (PROFILE, NEW_ONLY)),
    ),
    source_priority=2,
)
SHOP = ObjectType(
    name="Shop",
    description="Shop",
    fields=(ID, EMAIL, SERIAL, HOME, TIER),
    keys=(
        Key("order", ("serial",), (UNIQUE, Identifier.ASSET)),
        Key("_account", ("id",), (PROFILE,)),
        Key("_email", ("email",), (PROFILE,)),
    ),
    allow_profile_creation=True,
    source_priority=1,
    max_profile_object_count=1,
)
VARIANTS = (
    CRM,
    WEB,
    SHOP,
    replace(CRM, source_priority=1, expiration_days=1, keys=CRM.keys[:2]),
    replace(WEB, source_priority=None, allow_profile_creation=True, keys=(*WEB.keys, SHOP.keys[1])),
    replace(SHOP, max_profile_object_count=None, fields=(ID, EMAIL, PHONE, SERIAL)),
)

VALUES = {
    "id": ["1", "01", 2, ""],
    "email": ["a@x.org", " A@X.org", "b@x.org", " "],
    "phone": ["+1 555 123 4567", "5551234567", "5559999999"],
    "tier": ["gold", "Göld", "Gold", True, None],
    "serial": ["s1", "s2", "s3"],
    "home": [{"city": "Oslo", "City": "Oslo"}, {"City": "", "State": "OS"}, "Oslo"],
}
KEYS = {
    "_account": ["1", "01", "2"],
    "_email": ["a@x.org", "b@x.org"],
    "_phone": ["15551234567", "5559999999"],
    "_fullName": ["gold"],
    "_serialNumber": ["s1", "s2"],
    "crmId": ["1", "2"],
    "order": ["s1", "s3"],
}
PATHS = ("AccountNumber", "EmailAddress", "Address.City", "Attributes.Tier", "PhoneNumber")

records = st.fixed_dictionaries(
    {name: st.sampled_from(VALUES[name]) for name in ("id", "tier", "serial")},
    optional={name: st.sampled_from(VALUES[name]) for name in ("email", "phone", "home")},
)
written = st.dictionaries(
    st.sampled_from(PATHS), st.sampled_from(["a@x.org", "1", "5551234567", ""]), max_size=3
)
key_values = st.sampled_from([(key, value) for key, values in KEYS.items() for value in values])
puts = st.tuples(st.sampled_from(["Crm", "Web", "Shop"]), records)
# Of the profiles that were ever made, counted from the newest: some are gone.
places = st.sampled_from([0, 0, 0, 1, 1, 2, 3, 99])


class StoresAgree(RuleBasedStateMachine):
    """Two engines that differ in nothing but their store."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_700_000_000.0
        self.seen: list[str] = []
        self.database = Database(None)
        stores: tuple[Store, ...] = (MemoryStore(), SqliteStore(self.database, 1, count(1)))
        self.engines: list[Engine] = []
        self.begin(stores, Switches())
        # So that a handful of objects is enough to reach the cap.
        self.cap = patch("profiles.engine.MAX_OBJECTS_PER_PROFILE", 3)
        self.cap.start()

    def begin(self, stores: tuple[Store, ...], switches: Switches) -> None:
        self.engines = []
        for store in stores:
            ids = count(1)
            engine = Engine(
                store,
                switches=switches,
                default_expiration_days=3,
                clock=lambda: self.now,
                new_id=lambda ids=ids: f"{next(ids):032x}",
            )
            self.engines.append(engine)

    def teardown(self) -> None:
        self.cap.stop()
        self.database.close()

    def both(self, operation: Callable[[Engine], Any]) -> Any:
        """Do it in both, and expect the same answer or the same refusal."""
        one, other = (answered(engine, operation) for engine in self.engines)
        assert one == other
        return one

    def profile(self, place: int) -> str:
        """The id of a profile that was made, or one that never was."""
        return self.seen[-1 - place] if place < len(self.seen) else "f" * 32

    @initialize(unique_per_profile=st.booleans(), some=st.lists(puts, min_size=3, max_size=6))
    def start(self, *, unique_per_profile: bool, some: list[tuple[str, dict[str, Any]]]) -> None:
        stores = tuple(engine.store for engine in self.engines)
        self.begin(stores, Switches(unique_per_profile=unique_per_profile))
        for object_type in (CRM, WEB, SHOP):
            self.both(lambda engine, each=object_type: engine.put_type(each))
        self.put_objects(some)

    @rule(some=st.lists(puts, min_size=1, max_size=3))
    def put_objects(self, some: list[tuple[str, dict[str, Any]]]) -> None:
        for name, record in some:
            text = json.dumps(record, ensure_ascii=False)
            self.both(lambda engine, n=name, t=text: told(engine.put(n, t)))
            self.see()

    @rule(values=written)
    def create_profile(self, values: dict[str, str]) -> None:
        self.both(lambda engine: profile_writes.create_profile(engine, values).id)

    @rule(place=places, values=written)
    def update_profile(self, place: int, values: dict[str, str]) -> None:
        profile_id = self.profile(place)
        self.both(lambda engine: profile_writes.update_profile(engine, profile_id, values).id)

    @rule(place=places)
    def delete_profile(self, place: int) -> None:
        profile_id = self.profile(place)
        self.both(lambda engine: profile_writes.delete_profile(engine, profile_id))

    @rule(place=places, key_value=key_values)
    def add_key(self, place: int, key_value: tuple[str, str]) -> None:
        profile_id, (key, value) = self.profile(place), key_value
        self.both(lambda engine: profile_writes.add_key(engine, profile_id, key, [value]))

    @rule(place=places, key_value=key_values)
    def delete_key(self, place: int, key_value: tuple[str, str]) -> None:
        profile_id, (key, value) = self.profile(place), key_value
        self.both(lambda engine: profile_writes.delete_key(engine, profile_id, key, [value]))

    @rule(main=places, others=st.lists(places, min_size=1, max_size=2), source=places)
    def merge_profiles(self, main: int, others: list[int], source: int) -> None:
        main_id, merged = self.profile(main), [self.profile(place) for place in others]
        sources = {"EmailAddress": self.profile(source)} if source < len(self.seen) else {}
        self.both(lambda engine: profile_writes.merge_profiles(engine, main_id, merged, sources))

    @precondition(lambda self: self.seen)
    @rule(place=places, name=st.sampled_from(["Crm", "Web", "Shop"]))
    def delete_oldest_object(self, place: int, name: str) -> None:
        profile_id = self.profile(place)
        oldest = self.engines[0].store.oldest_object(profile_id, name)
        key = "none" if oldest is None else oldest.unique_key
        self.both(lambda engine: profile_writes.delete_object(engine, profile_id, name, key))

    @rule(object_type=st.sampled_from(VARIANTS))
    def put_type(self, object_type: ObjectType) -> None:
        self.both(lambda engine: engine.put_type(object_type))

    @rule(name=st.sampled_from(["Crm", "Web", "Shop"]))
    def delete_type(self, name: str) -> None:
        self.both(lambda engine: profile_writes.delete_type(engine, name))

    @rule(days=st.integers(min_value=1, max_value=2))
    def time_passes(self, days: int) -> None:
        self.now += days * SECONDS_PER_DAY
        self.both(lambda engine: engine.store.remove_expired(self.now))

    def see(self) -> None:
        """Remember the profiles that there are, so that later steps can name them."""
        ids = self.both(lambda engine: list(engine.store.profile_ids()))
        self.seen += [each for each in ids if each not in self.seen]

    @invariant()
    def what_is_stored_is_the_same(self) -> None:
        self.see()
        self.both(lambda engine: contents(engine.store, self.seen))

    @invariant()
    def what_is_found_is_the_same(self) -> None:
        self.both(lambda engine: [found(engine, *each) for each in KEYS.items()])


def answered(engine: Engine, operation: Callable[[Engine], Any]) -> Any:
    try:
        return operation(engine)
    except EngineError as refused:
        return type(refused), str(refused)


def told(outcome: Outcome) -> Any:
    """All that an outcome says, but the store it came from."""
    return (
        outcome.verdict,
        outcome.profile_id,
        outcome.unique_key,
        outcome.matched_by,
        dict(outcome.written),
        outcome.kept,
        outcome.reason,
        outcome.previous,
        outcome.explain(),
    )


def found(engine: Engine, key: str, values: list[str]) -> Any:
    """The profiles that a key finds by each of its values, and by all of them at once."""
    asked = [[(key, [value])] for value in values] + [[(key, [value]) for value in values]]
    return [
        answered(
            engine,
            lambda engine, criteria=criteria: [
                (hit.profile.id, hit.criteria) for hit in search(engine, criteria, every=False)
            ],
        )
        for criteria in asked
    ]


def contents(store: Store, ids: list[str]) -> Any:
    """Everything that a store knows of profiles, those that are gone included."""
    profiles = [
        (
            store.profile(profile_id),
            sorted(store.key_values(profile_id)),
            {name: list(store.objects(profile_id, name)) for name in ("Crm", "Web", "Shop")},
            [store.oldest_object(profile_id, name) for name in ("Crm", "Web", "Shop")],
            dict(store.object_counts(profile_id)),
            list(store.standard_objects(profile_id, "_asset")),
        )
        for profile_id in ids
    ]
    bound = [
        {profile_id: sorted(origins) for profile_id, origins in store.origins_with(*each).items()}
        for key, values in KEYS.items()
        for each in ((key, value) for value in values)
    ]
    assets = [sorted(store.standard_objects_with("_asset", "order", s)) for s in KEYS["order"]]
    writers = [sorted(store.profiles_written_by(name)) for name in ("", "Crm", "Web", "Shop")]
    return profiles, bound, assets, writers, store.totals(), store.profile_count()


StoresAgree.TestCase.settings = settings(deadline=None, max_examples=140, stateful_step_count=15)
TestStoresAgree = StoresAgree.TestCase
