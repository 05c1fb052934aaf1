"""Matching and merging: what PutProfileObject does, following aws-semantics sections 2.1 to 2.6.

Where AWS is silent the engine takes the defaults of aws-semantics section 7; each is a named
switch. It keeps no global state and does no I/O: what it knows is in its `Store`.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import orjson

from profiles.errors import MalformedObjectError, MissingKeyError, NotFoundError
from profiles.matching import key_values, resolve
from profiles.merging import add_inferred_values, merge, profile_values
from profiles.outcome import Ingestion, Outcome, Verdict
from profiles.plan import Plan, make_plan
from profiles.standard_objects import StandardMatch, match_standard_objects, write_standard_objects
from profiles.store import Profile, Store, StoredObject
from profiles.vocabulary import ObjectType

SECONDS_PER_DAY: Final = 86_400
MAX_OBJECT_BYTES: Final = 256_000
MAX_OBJECTS_PER_PROFILE: Final = 1_000
MAX_VALUE_CHARACTERS: Final = 255
VALUE_LIMITS: Final = {"AdditionalInformation": 1_000}
"""Characters, where it is not MAX_VALUE_CHARACTERS (API model, Profile)."""

AMBIGUOUS: Final = "All keys of this object are binding to more than one profiles"
TOO_LARGE: Final = f"Your data contains profile object larger than {MAX_OBJECT_BYTES} bytes"
NO_PROFILE: Final = (
    "No single profile matches the keys of this object and its object type does not allow "
    "profile creation"
)


@dataclass(frozen=True, slots=True)
class Switches:
    """Choices where the service's behaviour is not public (aws-semantics section 7).

    unique_per_profile: whether objects with one UNIQUE value on two profiles are two objects;
        by default the object moves with the newest put.
    keep_over_long_values: whether values above 255 characters are kept; by default the object is
        rejected to the dead-letter queue.
    infer_beside_targets: whether a created profile's EmailAddress and PhoneNumber are inferred
        though a field of the type targets them.
    manual_rank: the rank of values written by people; 0 is above every SourcePriority.
    """

    unique_per_profile: bool = False
    keep_over_long_values: bool = False
    infer_beside_targets: bool = False
    manual_rank: int = 0


class Engine:
    """One domain's object types over a store.

    default_expiration_days: for object types without their own (domain DefaultExpirationDays).
    clock: epoch seconds. new_id: 32 lower-case hexadecimal digits, never the same twice.
    """

    def __init__(
        self,
        store: Store,
        *,
        switches: Switches | None = None,
        default_expiration_days: int = 366,
        clock: Callable[[], float] = time.time,
        new_id: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        self.store = store
        self.switches = switches or Switches()
        self._unique_per_profile = self.switches.unique_per_profile
        self.default_expiration_days = default_expiration_days
        self.clock = clock
        self.new_id = new_id
        self.plans: dict[str, Plan] = {}

    def put_type(self, object_type: ObjectType) -> None:
        """Declare the object type, or replace it; objects put before are not looked at again.

        Raises: SourceError, TargetError for expressions that validation would have refused.
        """
        infer = self.switches.infer_beside_targets
        self.plans[object_type.name] = make_plan(object_type, infer_beside_targets=infer)

    def put(self, type_name: str, text: str) -> Outcome:
        """Ingest one profile object, given as JSON text.

        Raises: NotFoundError for an unknown object type, MalformedObjectError, MissingKeyError;
        nothing has changed then.
        """
        plan = self.plans.get(type_name)
        if plan is None:
            raise NotFoundError(f"Object type {type_name} is not defined in the domain")
        record = parse_object(text)
        values = key_values(plan, record)
        unique = None if plan.unique is None else values[plan.unique]
        if unique is None:
            raise MissingKeyError
        resolution = resolve(self.store, plan, record, values)
        if resolution.profile_id is None and resolution.no_value:
            raise MissingKeyError
        ingestion = Ingestion(plan, text, record, values, unique, resolution)
        written = profile_values(plan, record)
        standards: tuple[StandardMatch, ...] = ()
        # A value is no longer than the text it came from, unless a template made it.
        if len(text) > MAX_VALUE_CHARACTERS or plan.has_templates or plan.standards:
            reason, standards = self._examine(ingestion, written)
            if reason is not None:
                return self._reject(ingestion, reason)
        if resolution.profile_id is not None:
            return self._attach(ingestion, resolution.profile_id, written, standards)
        if plan.object_type.allow_profile_creation:
            return self._create(ingestion, written, standards)
        return self._reject(ingestion, AMBIGUOUS if resolution.all_ambiguous else NO_PROFILE)

    def _attach(
        self,
        ingestion: Ingestion,
        profile_id: str,
        written: dict[str, Any],
        standards: tuple[StandardMatch, ...],
    ) -> Outcome:
        plan, store = ingestion.plan, self.store
        profile = store.profile(profile_id)
        if profile is None:
            raise NotFoundError(f"Profile {profile_id} is indexed but does not exist")
        before = self._identify(ingestion, profile_id)
        sequence = store.next_sequence()
        writer = (plan.name, ingestion.unique_key, plan.rank, sequence)
        written, kept = merge(store, plan, profile, written, writer)
        values = ingestion.values
        for position, key in plan.stored_keys:
            value = values[position]
            if value is not None:
                store.add_key_value(profile_id, key, value, plan.name)
        self._keep_object(ingestion, profile_id, before, sequence)
        if standards:
            write_standard_objects(store, standards, ingestion, profile_id, self.new_id)
        previous = None if before is None else before.profile_id
        return Outcome(Verdict.ATTACHED, ingestion, profile_id, written, kept, None, previous)

    def _create(
        self,
        ingestion: Ingestion,
        written: dict[str, Any],
        standards: tuple[StandardMatch, ...],
    ) -> Outcome:
        plan, store = ingestion.plan, self.store
        profile_id = self.new_id()
        before = self._identify(ingestion, profile_id)
        previous = None if before is None else before.profile_id
        sequence = store.next_sequence()
        writer = (plan.name, ingestion.unique_key, plan.rank, sequence)
        profile = Profile(profile_id, sequence)
        merge(store, plan, profile, written, writer)
        if plan.inferred_rows:
            add_inferred_values(plan, profile, ingestion.record, writer)
            store.save_profile(profile)
        for position, key in (*plan.stored_keys, *plan.keys_stored_if_new):
            value = ingestion.values[position]
            if value is not None:
                store.add_key_value(profile_id, key, value, plan.name)
        self._keep_object(ingestion, profile_id, before, sequence)
        write_standard_objects(store, standards, ingestion, profile_id, self.new_id)
        values = dict(profile.values)
        return Outcome(Verdict.CREATED, ingestion, profile_id, values, [], None, previous)

    def _reject(self, ingestion: Ingestion, reason: str) -> Outcome:
        """The object goes to the dead-letter queue; only its answer is made here."""
        self._identify(ingestion, ingestion.resolution.profile_id or "")
        return Outcome(Verdict.REJECTED, ingestion, None, {}, [], reason, None)

    def _identify(self, ingestion: Ingestion, profile_id: str) -> StoredObject | None:
        """The earlier object that this one replaces; sets the ProfileObjectUniqueKey."""
        if self._unique_per_profile:
            ingestion.unique = f"{profile_id}/{ingestion.unique}"
        before = self.store.object(ingestion.plan.name, ingestion.unique)
        ingestion.unique_key = self.new_id() if before is None else before.unique_key
        return before

    def _examine(
        self, ingestion: Ingestion, written: dict[str, Any]
    ) -> tuple[str | None, tuple[StandardMatch, ...]]:
        """(why the object is rejected whatever it matches, its standard objects)."""
        text = ingestion.text
        if len(text) > MAX_OBJECT_BYTES // 4 and len(text.encode()) > MAX_OBJECT_BYTES:
            return TOO_LARGE, ()
        if not self.switches.keep_over_long_values:
            for path, value in written.items():
                if len(value) > MAX_VALUE_CHARACTERS and value.__class__ is str:
                    limit = VALUE_LIMITS.get(path, MAX_VALUE_CHARACTERS)
                    if len(value) > limit:
                        what = f"The value for _profile.{path} is longer than {limit} characters"
                        return what, ()
        return match_standard_objects(self.store, ingestion.plan, ingestion.values)

    def _keep_object(
        self, ingestion: Ingestion, profile_id: str, before: StoredObject | None, sequence: int
    ) -> None:
        """Store the object word for word, in place of the earlier one."""
        plan, text = ingestion.plan, ingestion.text
        days = plan.object_type.expiration_days or self.default_expiration_days
        expires = self.clock() + days * SECONDS_PER_DAY
        if before is not None and before.profile_id == profile_id:
            before.text, before.sequence, before.expires = text, sequence, expires
            self.store.save_object(before)
            return
        self._make_room(plan, profile_id)
        key, unique = ingestion.unique_key, ingestion.unique
        self.store.save_object(
            StoredObject(plan.name, unique, key, profile_id, text, sequence, expires)
        )

    def _make_room(self, plan: Plan, profile_id: str) -> None:
        """At the object cap the oldest object goes (aws-semantics 1.8): of the type furthest above
        its MaxProfileObjectCount, else of the incoming object's own type.
        """
        counts = self.store.object_counts(profile_id)
        if sum(counts.values()) < MAX_OBJECTS_PER_PROFILE:
            return
        excess = {
            name: count - limit
            for name, count in counts.items()
            if (other := self.plans.get(name)) is not None
            and (limit := other.object_type.max_profile_object_count) is not None
            and count > limit
        }
        # Between equals the first by name, whatever the order in which a store counts.
        name = max(sorted(excess), key=lambda each: excess[each]) if excess else plan.name
        oldest = self.store.oldest_object(profile_id, name)
        if oldest is not None:
            self.store.remove_object(oldest)


def parse_object(text: str) -> dict[str, Any]:
    """The JSON object in `text`.

    Raises: MalformedObjectError for anything that is not the text of one JSON object.
    """
    try:
        record = orjson.loads(text)
    except ValueError:
        raise MalformedObjectError("The profile object is not valid JSON.") from None
    if not isinstance(record, dict):
        raise MalformedObjectError("The profile object must be a JSON object.")
    return record
