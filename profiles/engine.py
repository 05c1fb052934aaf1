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
from profiles.outcome import EMPTY, Outcome, Verdict
from profiles.plan import Plan, make_plan
from profiles.standard_objects import StandardMatch, match_standard_objects, write_standard_object
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
        store = self.store
        values = key_values(plan, record)
        unique = None if plan.unique is None else values[plan.unique]
        if unique is None:
            raise MissingKeyError
        profile_id, matched_by, primary, secondary = resolve(store, plan, record, values)
        if profile_id is None and all(count == EMPTY for _, count in primary + secondary):
            raise MissingKeyError
        written = profile_values(plan, record)
        reason = self._refusal(plan, text, written)
        standards: tuple[StandardMatch, ...] = ()
        if plan.standards and reason is None:
            reason, standards = match_standard_objects(store, plan, values)
        if profile_id is None and reason is None and not plan.object_type.allow_profile_creation:
            tried = [count for _, count in primary + secondary if count != EMPTY]
            reason = AMBIGUOUS if all(count > 1 for count in tried) else NO_PROFILE
        created = profile_id is None
        if profile_id is None:
            profile_id = self.new_id()
        if self.switches.unique_per_profile:
            unique = f"{profile_id}/{unique}"
        before = store.object(type_name, unique)
        unique_key = self.new_id() if before is None else before.unique_key
        if reason is not None:
            verdict = Verdict.REJECTED
            return Outcome(
                verdict, plan, None, unique_key, None, primary, secondary, {}, [], reason
            )

        sequence = store.next_sequence()
        writer = (type_name, unique_key, plan.rank, sequence)
        profile = None if created else store.profile(profile_id)
        if profile is None:
            profile = Profile(profile_id, sequence)
            written, kept = merge(store, plan, profile, written, writer)
            if plan.inferred_rows:
                add_inferred_values(plan, profile, record, writer)
                store.save_profile(profile)
        else:
            written, kept = merge(store, plan, profile, written, writer)
        for key, value in zip(plan.keys, values, strict=True):
            if value is not None and key.stored and (created or not key.new_only):
                store.add_key_value(profile_id, key.name, value, type_name)
        moved_from = self._keep_object(plan, before, unique, unique_key, profile_id, text, sequence)
        for match in standards:
            write_standard_object(store, match, plan, record, values, profile_id, self.new_id)
        verdict = Verdict.CREATED if created else Verdict.ATTACHED
        return Outcome(
            verdict, plan, profile_id, unique_key, matched_by, primary, secondary, written, kept,
            None, before is not None, moved_from,
        )  # fmt: skip

    def _refusal(self, plan: Plan, text: str, written: dict[str, Any]) -> str | None:
        """Why the object goes to the dead-letter queue whatever it matches; None if nothing."""
        size = len(text)
        if size > MAX_OBJECT_BYTES // 4 and len(text.encode()) > MAX_OBJECT_BYTES:
            return TOO_LARGE
        # A value is no longer than the text it came from, unless a template made it.
        if size <= MAX_VALUE_CHARACTERS and not plan.has_templates:
            return None
        if self.switches.keep_over_long_values:
            return None
        for path, value in written.items():
            if len(value) > MAX_VALUE_CHARACTERS and value.__class__ is str:
                limit = VALUE_LIMITS.get(path, MAX_VALUE_CHARACTERS)
                if len(value) > limit:
                    return f"The value for _profile.{path} is longer than {limit} characters"
        return None

    def _keep_object(
        self,
        plan: Plan,
        before: StoredObject | None,
        unique: str,
        unique_key: str,
        profile_id: str,
        text: str,
        sequence: int,
    ) -> str | None:
        """Store the object itself; the profile that an earlier one moved away from, if any."""
        days = plan.object_type.expiration_days or self.default_expiration_days
        expires = self.clock() + days * SECONDS_PER_DAY
        if before is not None and before.profile_id == profile_id:
            before.text, before.sequence, before.expires = text, sequence, expires
            self.store.save_object(before)
            return None
        self._make_room(plan, profile_id)
        self.store.save_object(
            StoredObject(plan.name, unique, unique_key, profile_id, text, sequence, expires)
        )
        return None if before is None else before.profile_id

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
        name = max(excess, key=lambda each: excess[each]) if excess else plan.name
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
