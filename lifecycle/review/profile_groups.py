"""Which profiles of two domains are the same customer, by the objects that were put into both."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Group:
    """Profiles that share objects, directly or by way of others, in the order of their creation.

    shared: the pairs of a profile before and one after that have an object in common.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    shared: tuple[tuple[str, str], ...]


class SharedObjects:
    """Takes, object by object, the profiles on which the two domains have it."""

    def __init__(self) -> None:
        # Nearly all profiles share with one other; only what is beyond that costs more.
        self._after: dict[str, str] = {}
        self._further: dict[tuple[str, str], None] = {}

    def add(self, before: str, after: str) -> None:
        """An object is on these two."""
        if self._after.setdefault(before, after) != after:
            self._further[before, after] = None

    def groups(self, before: Collection[str], after: Collection[str]) -> Iterator[Group]:
        """Every profile is in one. before, after: all there are, in the order of their creation."""
        before_of: dict[str, str] = {}
        for one, other in self._after.items():
            if before_of.setdefault(other, one) != one:
                self._further[one, other] = None
        entangled = self._entangled(before_of)
        for one in before:
            partner = self._after.get(one)
            if partner is None:
                yield Group((one,), (), ())
            elif one not in entangled:
                yield Group((one,), (partner,), ((one, partner),))
        for other in after:
            if other not in before_of and other not in entangled:
                yield Group((), (other,), ())
        yield from _tangles(entangled, before, after)

    def _entangled(self, before_of: dict[str, str]) -> dict[str, set[str]]:
        """Both domains' profiles of all groups that are more than a pair, with what they share."""
        sharing: dict[str, set[str]] = {}
        waiting = [profile for pair in self._further for profile in pair]
        further: dict[str, set[str]] = {}
        for one, other in self._further:
            further.setdefault(one, set()).add(other)
            further.setdefault(other, set()).add(one)
        while waiting:
            profile = waiting.pop()
            if profile in sharing:
                continue
            sharing[profile] = set(further.get(profile, ()))
            for first in (self._after.get(profile), before_of.get(profile)):
                if first is not None:
                    sharing[profile].add(first)
            waiting.extend(sharing[profile])
        return sharing


def _tangles(
    sharing: dict[str, set[str]], before: Collection[str], after: Collection[str]
) -> Iterator[Group]:
    if not sharing:
        return
    places: dict[str, int] = {profile: place for place, profile in enumerate((*before, *after))}
    first_after = len(before)
    seen: set[str] = set()
    for start in before:
        if start not in sharing or start in seen:
            continue
        members, waiting = {start}, [start]
        while waiting:
            new = sharing[waiting.pop()] - members
            members |= new
            waiting.extend(new)
        seen |= members
        ordered = sorted(members, key=places.__getitem__)
        ours = tuple(each for each in ordered if places[each] < first_after)
        yield Group(
            ours,
            tuple(ordered[len(ours) :]),
            tuple(
                (one, other)
                for one in ours
                for other in sorted(sharing[one], key=places.__getitem__)
            ),
        )
