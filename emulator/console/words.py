"""What facts are called on the pages."""

from typing import Final

from profiles.outcome import Outcome, Verdict
from profiles.plan import LOWEST_RANK
from profiles.store import ADDED_KEY, MANUAL, STANDARD_INDEX, Profile, Writer

_ORIGINS: Final = {
    ADDED_KEY: "bound by AddProfileKey",
    STANDARD_INDEX: "the index of the standard fields",
}
_NAMES: Final = ("FirstName", "MiddleName", "LastName")
_OTHER_NAMES: Final = ("BusinessName", "EmailAddress", "AccountNumber", "PhoneNumber")


def display_name(profile: Profile) -> str:
    """What an agent would call the profile; the first digits of its id when it has no name."""
    values = profile.values
    whole = " ".join(str(values[name]) for name in _NAMES if values.get(name))
    others = (str(values[name]) for name in _OTHER_NAMES if values.get(name))
    return whole or next(others, f"Profile {profile.id[:8]}")


def rank(writer: Writer) -> str:
    """How strong the source of a value is."""
    if writer[0] == MANUAL:
        return "above every source" if writer[2] == 0 else str(writer[2])
    return "no priority" if writer[2] >= LOWEST_RANK else f"priority {writer[2]}"


def origin(name: str) -> str | None:
    """Where a key value comes from; None when it is the object type of this name."""
    return _ORIGINS.get(name)


def because(outcome: Outcome) -> str:
    """The reason for a verdict, in a few words; asks nothing of the record."""
    if outcome.verdict is Verdict.ATTACHED:
        return f"key {outcome.matched_by} found one profile"
    if outcome.verdict is Verdict.CREATED:
        return "no key found exactly one profile"
    return str(outcome.reason)
