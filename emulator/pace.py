"""AWS's default request rates: token buckets by operation, account and region.

The rates are those of the quotas page (aws-semantics 2.9); an operation that it does not name has
none. A bucket holds what a second brings, and is filled by the clock that tests can move.
"""

from collections.abc import Mapping
from typing import Any, Final

from emulator.clock import Clock
from emulator.http import Caller, ServiceError
from emulator.json_values import is_number
from emulator.operations import PROTOCOLS

_BY_RATE: Final = {
    100: """PutProfileObject SearchProfiles ListProfileObjects CreateProfile UpdateProfile
        DeleteProfile AddProfileKey DeleteProfileKey DeleteProfileObject MergeProfiles
        GetMatches""",
    10: "GetProfileObjectType",
    5: """GetDomain ListDomains ListProfileObjectTypes GetProfileObjectTypeTemplate
        ListProfileObjectTypeTemplates TagResource UntagResource ListTagsForResource""",
    1: """CreateDomain UpdateDomain DeleteDomain PutProfileObjectType DeleteProfileObjectType
        PutIntegration""",
}
AWS: Final[Mapping[str, float]] = {
    name: rate for rate, names in _BY_RATE.items() for name in names.split()
}
"""Requests per second by operation of Customer Profiles."""

_MAX_RATE: Final = 1_000_000


class Pace:
    """Lets through what the rates allow. throttled: how often it did not, by operation."""

    def __init__(self, rates: Mapping[str, float], clock: Clock) -> None:
        self.throttled: dict[str, int] = {}
        self._rates = rates
        self._clock = clock
        self._buckets: dict[tuple[str, str, str], tuple[float, float]] = {}

    def refusal(self, operation: str, caller: Caller) -> ServiceError | None:
        """The error for a request that comes too soon; None for one that may go on."""
        rate = self._rates.get(operation)
        if rate is None:
            return None
        place = (caller.account, caller.region, operation)
        now, most = self._clock.now(), max(rate, 1.0)
        tokens, then = self._buckets.get(place, (most, now))
        # A clock that was set back fills nothing and empties nothing.
        tokens = min(most, tokens + max(now - then, 0.0) * rate)
        if tokens < 1:
            self._buckets[place] = tokens, now
            self.throttled[operation] = self.throttled.get(operation, 0) + 1
            return ServiceError("ThrottlingException", "Rate exceeded", 429)
        self._buckets[place] = tokens - 1, now
        return None


def rates_of(asked: Any) -> tuple[Mapping[str, float], list[str]]:
    """(rates, mistakes) of what was asked for: None, "aws", or rates by operation."""
    if asked is None:
        return {}, []
    if asked == "aws":
        return AWS, []
    known = PROTOCOLS["profile"].model().operation_names
    if not isinstance(asked, dict) or not asked:
        return {}, ['pace: must be "aws", or requests per second by operation']
    mistakes = [
        f"pace: Customer Profiles has no operation {name}" for name in asked if name not in known
    ] + [
        f"pace: {name}: must be a number above 0 and at most {_MAX_RATE}"
        for name, rate in asked.items()
        if not is_number(rate) or not 0 < rate <= _MAX_RATE
    ]
    return asked, mistakes
