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
from profiles.matching import all_ambiguous, key_values, resolve
from profiles.merging import inferred_values, merge, profile_values
from profiles.outcome import Outcome
from profiles.plan import SECONDS_PER_DAY, Plan, Record, make_plan
from profiles.standard_objects import StandardMatch, match_standard_objects, write_standard_objects
from profiles.store import Profile, Store, StoredObject
from profiles.structures import longest
from profiles.vocabulary import ObjectType

MAX_OBJECT_BYTES: Final = 256_000
MAX_OBJECTS_PER_PROFILE: Final = 1_000
OBJECTS_PER_METERED_PROFILE: Final = 100
"""A profile counts once for each so many objects (API reference, GetDomain)."""
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
        try:
            record = orjson.loads(text)
        except ValueError:
            record = None
        if record.__class__ is not dict:
            record = parse_object(text)  # It tells what is wrong.
        values = key_values(plan, record)
        unique = None if plan.unique is None else values[plan.unique]
        if unique is None:
            raise MissingKeyError
        store = self.store
        profile_id, failed, bound = resolve(store, plan, record, values)
        standards: tuple[StandardMatch, ...] = ()
        if plan.examined or len(text) > MAX_VALUE_CHARACTERS:
            reason, standards = self._examine(plan, text, record, values)
            if reason is not None:
                return self._reject(plan, record, unique, profile_id, failed, reason)
        if profile_id is None:
            outcome = self._create(plan, text, record, unique, values, failed)
        else:
            profile = store.profile(profile_id)
            if profile is None:
                raise NotFoundError(f"Profile {profile_id} is indexed but does not exist")
            outcome = self._write(plan, text, record, unique, values, profile, failed, bound)
        if standards and outcome.profile_id is not None:
            profile_id = outcome.profile_id
            write_standard_objects(store, standards, plan, record, values, profile_id, self.new_id)
        return outcome

    def _write(
        self,
        plan: Plan,
        text: str,
        record: Record,
        unique: str,
        values: list[str | None],
        profile: Profile,
        failed: tuple[int, ...],
        bound: int | None,
        *,
        fresh: bool = False,
    ) -> Outcome:
        """Keep the object, and let it write into its profile. bound: a key that is there already.
        fresh: the profile is new, so that there is room for an object.

        What happens to every object stands in one place: a call costs as much as a look-up.
        """
        store, name, profile_id = self.store, plan.name, profile.id
        if self._unique_per_profile:
            unique = f"{profile_id}/{unique}"
        before = store.object(name, unique)
        now = self.clock()
        expires = now + (plan.lifetime or self.default_expiration_days * SECONDS_PER_DAY)
        if before is not None and before.profile_id == profile_id:
            unique_key = before.unique_key
            sequence = store.replace_object(before, text, expires, now)
        else:
            unique_key = self.new_id() if before is None else before.unique_key
            if not fresh:
                self._make_room(plan, profile_id)
            if before is not None:
                store.remove_object(before)
            sequence = store.next_sequence()
            store.save_object(
                StoredObject(name, unique, unique_key, profile_id, text, sequence, expires, now)
            )
        previous = None if before is None else before.profile_id
        writer = (name, unique_key, plan.rank, sequence)
        kept = merge(store, plan, profile, record, writer)
        for position, key in plan.stored_keys:
            if position != bound:
                value = values[position]
                if value is not None:
                    store.add_key_value(profile_id, key, value, name)
        return Outcome(plan, record, failed, profile_id, writer, kept, None, previous)

    def _create(
        self,
        plan: Plan,
        text: str,
        record: Record,
        unique: str,
        values: list[str | None],
        failed: tuple[int, ...],
    ) -> Outcome:
        """Let the object start a profile, if its type allows that."""
        if not plan.object_type.allow_profile_creation:
            reason = AMBIGUOUS if all_ambiguous(failed) else NO_PROFILE
            return self._reject(plan, record, unique, None, failed, reason)
        store = self.store
        profile = Profile(self.new_id(), store.next_sequence())
        outcome = self._write(plan, text, record, unique, values, profile, failed, None, fresh=True)
        inferred = inferred_values(plan, record, profile.values)
        if inferred:
            profile.values |= inferred
            profile.writers |= dict.fromkeys(inferred, outcome.writer)
            profile.inferred |= inferred.keys()
            store.save_profile(profile)
        for position, key in plan.keys_stored_if_new:
            value = values[position]
            if value is not None:
                store.add_key_value(profile.id, key, value, plan.name)
        return outcome

    def _reject(
        self,
        plan: Plan,
        record: Record,
        unique: str,
        profile_id: str | None,
        failed: tuple[int, ...],
        reason: str,
    ) -> Outcome:
        """The object goes to the dead-letter queue; only its answer is made here."""
        if self._unique_per_profile:
            unique = f"{profile_id or ''}/{unique}"
        before = self.store.object(plan.name, unique)
        unique_key = self.new_id() if before is None else before.unique_key
        writer = (plan.name, unique_key, plan.rank, 0)
        return Outcome(plan, record, failed, None, writer, (), reason, None)

    def _examine(
        self, plan: Plan, text: str, record: Record, values: list[str | None]
    ) -> tuple[str | None, tuple[StandardMatch, ...]]:
        """(why the object is rejected whatever it matches, its standard objects)."""
        keep = self.switches.keep_over_long_values
        reason = content_problem(plan, text, record, keep_over_long_values=keep)
        if reason is not None:
            return reason, ()
        return match_standard_objects(self.store, plan, values)

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


def content_problem(
    plan: Plan, text: str, record: Record, *, keep_over_long_values: bool = False
) -> str | None:
    """Why an object goes to the dead-letter queue for what it holds; None where it does not.

    text, record: the object, as it was put and decoded. No value stands in the answer.
    """
    # A value is no longer than the text it came from, unless a template made it.
    if len(text) <= MAX_VALUE_CHARACTERS and not plan.examined:
        return None
    if len(text) > MAX_OBJECT_BYTES // 4 and len(text.encode()) > MAX_OBJECT_BYTES:
        return TOO_LARGE
    if not keep_over_long_values:
        for path, value in profile_values(plan, record).items():
            limit = VALUE_LIMITS.get(path, MAX_VALUE_CHARACTERS)
            if longest(value) > limit:
                return f"The value for _profile.{path} is longer than {limit} characters"
    return None


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
