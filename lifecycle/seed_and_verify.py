"""Seed and verify: put the example objects, wait for the merged profile, compare every value.

Search is eventually consistent, so a profile that is absent or incomplete is no mismatch before the
deadline. What was put is removed again, also when something fails.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from lifecycle.clients import could_not_run
from lifecycle.errors import CouldNotRunError
from lifecycle.seed import ExpectedProfile, Seed
from profiles.documents import flatten

if TYPE_CHECKING:
    from types_boto3_customer_profiles import CustomerProfilesClient

FIRST_PAUSE_SECONDS: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 3.0
REMOVAL_SECONDS: Final = 15.0
SETTLE_SECONDS: Final = 3.0
"""How long an object that was just put may take to become a profile that search finds."""

_NOT_VALUES: Final = frozenset({"ProfileId", "FoundByItems"})


@dataclass(frozen=True, slots=True)
class Row:
    """One attribute of the profile; None where it has no value."""

    attribute: str
    expected: str | None
    actual: str | None

    @property
    def ok(self) -> bool:
        """Whether they agree."""
        return self.expected == self.actual


@dataclass(frozen=True, slots=True)
class Result:
    """One profile compared. profiles_found: how many the account finds; must be 1."""

    domain: str
    account: str
    profile_id: str | None
    profiles_found: int
    rows: tuple[Row, ...]
    seconds: float
    removed: bool

    @property
    def ok(self) -> bool:
        """Whether there is exactly one profile and every value agrees, no more and no less."""
        return self.profiles_found == 1 and all(row.ok for row in self.rows)


@dataclass(frozen=True, slots=True)
class Verification:
    """How to run it. timeout: seconds to wait for the profile. keep: leave what was put."""

    client: "CustomerProfilesClient"
    domain: str
    timeout: float
    keep: bool
    progress: Callable[[str], None]

    def run(self, seed: Seed) -> list[Result]:
        """Put, wait, compare, remove.

        Raises: CouldNotRunError; what was put by then is removed.
        """
        with could_not_run(self.domain):
            for expected in seed.expected:
                if self._search(expected):
                    raise CouldNotRunError(
                        f"the domain {self.domain} already has a profile under this account; verify"
                        " would change it and then delete it: give another --account, or none"
                    )
            started = time.monotonic()
            finished: list[tuple[ExpectedProfile, list[dict[str, Any]], float]] = []
            removed = settled = False
            try:
                self._put(seed)
                for expected in seed.expected:
                    profiles = self._wait(expected, started + self.timeout)
                    finished.append((expected, profiles, time.monotonic() - started))
                settled = True
            finally:
                if not self.keep:
                    removed = self._remove(seed, 0 if settled else SETTLE_SECONDS)
        return [self._compare(*each, removed=removed) for each in finished]

    def _put(self, seed: Seed) -> None:
        for number, each in enumerate(seed.objects, 1):
            self.progress(f"put {each.object_type} ({number} of {len(seed.objects)})")
            self.client.put_profile_object(
                DomainName=self.domain, ObjectTypeName=each.object_type, Object=each.text
            )

    def _wait(self, expected: ExpectedProfile, deadline: float) -> list[dict[str, Any]]:
        """The profiles as they are when they are complete, or at the deadline."""
        pause = FIRST_PAUSE_SECONDS
        self.progress("waiting for the merged profile")
        while True:
            profiles = self._search(expected)
            complete = len(profiles) == 1 and _values(profiles[0]) == expected.values
            left = deadline - time.monotonic()
            if complete or left <= 0:
                return profiles
            time.sleep(min(pause, left))
            pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)

    def _search(self, expected: ExpectedProfile) -> list[dict[str, Any]]:
        answer = self.client.search_profiles(
            DomainName=self.domain, KeyName=expected.key, Values=list(expected.search)
        )
        return [dict(item) for item in answer.get("Items", ())]

    def _remove(self, seed: Seed, settle: float) -> bool:
        """Delete the run's profiles with their objects; whether search finds none any more.

        They are the run's own: before it, the account found nothing. settle: seconds for which an
        object may still be on its way.
        """
        self.progress("removing what was put")
        begun = time.monotonic()
        gone = True
        for expected in seed.expected:
            profiles = self._search(expected)
            while time.monotonic() < begun + (REMOVAL_SECONDS if profiles else settle):
                for profile in profiles:
                    self._delete(profile["ProfileId"])
                time.sleep(FIRST_PAUSE_SECONDS)
                profiles = self._search(expected)
            gone = gone and not profiles
        return gone

    def _delete(self, profile_id: str) -> None:
        # Already deleted is fine: only search does not know yet.
        with suppress(self.client.exceptions.ResourceNotFoundException):
            self.client.delete_profile(DomainName=self.domain, ProfileId=profile_id)

    def _compare(
        self,
        expected: ExpectedProfile,
        profiles: list[dict[str, Any]],
        seconds: float,
        *,
        removed: bool,
    ) -> Result:
        actual = _values(profiles[0]) if profiles else {}
        names = sorted(expected.values.keys() | actual.keys(), key=_order)
        return Result(
            domain=self.domain,
            account=expected.value,
            profile_id=profiles[0]["ProfileId"] if profiles else None,
            profiles_found=len(profiles),
            rows=tuple(
                Row(name, _text(expected.values.get(name)), _text(actual.get(name)))
                for name in names
            ),
            seconds=seconds,
            removed=removed,
        )


def _values(profile: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in profile.items() if name not in _NOT_VALUES}
    return flatten(shown)


def _order(path: str) -> tuple[bool, str]:
    """Standard fields first, then attributes."""
    return "." in path, path


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
