"""What changes in the keys of one object type, and whom that tells apart or unites."""

from collections.abc import Iterable, Mapping, Sequence

from lifecycle.review import rules
from lifecycle.review.model import Rule
from lifecycle.review.places import entry_place
from lifecycle.review.renames import KeyPair
from lifecycle.review.report import Report
from lifecycle.review.roles import MODIFIERS, Matching
from profiles import PROFILE, UNIQUE, Identifier, Key

_REPLAY = "Look at the profiles that split and merge."
_PUT_AGAIN = "Put the objects again, so that old ones are found by it."


def compare_keys(
    report: Report,
    pairs: Sequence[KeyPair],
    names: Mapping[str, str],
    matching: Matching,
) -> None:
    """All changes of the keys.

    pairs: as `pair_keys` finds them. names: old name of a field to its new one.
    matching: of the whole domain.
    """
    _compare_unique(report, pairs)
    for before, after in pairs:
        if before is not None and after is not None:
            _Pair(report, before, after, matching).compare(names)
        elif after is not None:
            _added(report, after, matching)
        elif before is not None:
            _removed(report, before, matching)


def _compare_unique(report: Report, pairs: Iterable[KeyPair]) -> None:
    """UNIQUE of keys that are there in both versions; one that moves is one change."""
    both = [(before, after) for before, after in pairs if before and after]
    lost = [pair for pair in both if _has(UNIQUE, pair[0]) and not _has(UNIQUE, pair[1])]
    gained = [pair for pair in both if _has(UNIQUE, pair[1]) and not _has(UNIQUE, pair[0])]
    if len(lost) == len(gained) == 1:
        (before, _), (_, after) = lost[0], gained[0]
        _add(
            report,
            rules.KEY_UNIQUE_MOVED,
            after,
            before.name,
            after.name,
            f"Objects replace each other by {after.name} instead of {before.name}: a record that "
            "is put again becomes a second object, and records that share the new value overwrite "
            "each other.",
            "Delete the old objects, or let them expire, before the same records are put again.",
        )
        return
    for before, after in lost:
        _add(
            report,
            rules.KEY_UNIQUE_REMOVED,
            after,
            identifiers(before),
            identifiers(after),
            "The service refuses the mapping unless another key is UNIQUE; if one is, the same "
            "record may become a second object instead of an update.",
            "Keep UNIQUE where it was, or delete the old objects before they are put again.",
        )
    for before, after in gained:
        _add(
            report,
            rules.KEY_UNIQUE_ADDED,
            after,
            identifiers(before),
            identifiers(after),
            "Objects with the same value of this key replace each other from now on; the service "
            "refuses the mapping if another key is UNIQUE too.",
            "Make sure that one value stands for one record.",
        )


def _added(report: Report, key: Key, matching: Matching) -> None:
    if matching.uses(key):
        _add(
            report,
            rules.MATCHING_KEY_ADDED,
            key,
            None,
            content(key),
            "Objects put from now on are matched by it too, and may attach to other profiles; "
            "profiles that are apart already stay apart.",
            f"{_REPLAY} {_PUT_AGAIN}",
        )
    else:
        _add(
            report,
            rules.SEARCH_KEY_ADDED,
            key,
            None,
            content(key),
            "Searches by it find what is put from now on, and old objects only when they are put "
            "again.",
            _PUT_AGAIN,
        )


def _removed(report: Report, key: Key, matching: Matching) -> None:
    if matching.uses(key):
        _add(
            report,
            rules.MATCHING_KEY_REMOVED,
            key,
            content(key),
            None,
            "Objects put from now on are not matched by it: customers known by it alone get a "
            "second profile, or their objects are rejected.",
            _REPLAY,
        )
    else:
        _add(
            report,
            rules.SEARCH_KEY_REMOVED,
            key,
            content(key),
            None,
            f"Searches by {key.name} do not find what is put from now on, and fail once no object "
            "type has the key.",
            "Move whoever searches by it (contact flows, the agent's screen) first.",
        )


class _Pair:
    """One key entry in both versions."""

    def __init__(self, report: Report, before: Key, after: Key, matching: Matching) -> None:
        self._report = report
        self._before, self._after = before, after
        self._matching = matching.uses(before) or matching.uses(after)

    def compare(self, names: Mapping[str, str]) -> None:
        """Name, fields and identifiers, each by itself."""
        if self._before.name != self._after.name:
            self._renamed()
        if tuple(names.get(name, name) for name in self._before.fields) != self._after.fields:
            self._fields()
        self._identifiers()

    def _renamed(self) -> None:
        before, after = self._before.name, self._after.name
        if self._matching:
            self._add(
                rules.MATCHING_KEY_RENAMED,
                before,
                after,
                f"What profiles hold under {before} is not found under {after}: customers whose "
                "objects are not put again get a second profile.",
                f"Keep {before}, or put all objects again before new ones come.",
            )
        else:
            self._add(
                rules.SEARCH_KEY_RENAMED,
                before,
                after,
                f"Searches by {before} fail once no object type has it; {after} finds old objects "
                "only when they are put again.",
                f"{_PUT_AGAIN} Move whoever searches by {before}.",
            )

    def _fields(self) -> None:
        before, after = ", ".join(self._before.fields), ", ".join(self._after.fields)
        if self._matching:
            self._add(
                rules.MATCHING_KEY_FIELDS_CHANGED,
                before,
                after,
                "Objects put from now on are matched by another value, and do not meet those that "
                "were put with the old one.",
                f"{_REPLAY} {_PUT_AGAIN}",
            )
        else:
            self._add(
                rules.SEARCH_KEY_FIELDS_CHANGED,
                before,
                after,
                "Searches by the new value find old objects only when they are put again.",
                _PUT_AGAIN,
            )

    def _identifiers(self) -> None:
        before, after = set(self._before.identifiers), set(self._after.identifiers)
        changed = before ^ after
        if PROFILE in after - before:
            self._changed(
                rules.KEY_PROFILE_ADDED,
                "Objects put from now on are matched by it, and may attach to other profiles; "
                "profiles that are apart already stay apart.",
                _REPLAY,
            )
        elif PROFILE in before - after:
            self._changed(
                rules.KEY_PROFILE_REMOVED,
                "Objects put from now on are not matched by it: customers known by it alone get a "
                "second profile, or their objects are rejected.",
                _REPLAY,
            )
        elif changed & MODIFIERS and self._matching:
            self._changed(
                rules.KEY_LOOKUP_CHANGED,
                "Keys are asked in another order, or hold other values for later objects to find: "
                "objects may attach to other profiles.",
                _REPLAY,
            )
        elif changed & MODIFIERS:
            self._changed(
                rules.SEARCH_KEY_LOOKUP_CHANGED,
                "Whether objects put from now on can be found by it is another matter; what was "
                "put is found as before.",
                _PUT_AGAIN,
            )
        if changed - MODIFIERS - {PROFILE, UNIQUE}:
            self._changed(
                rules.KEY_STANDARD_OBJECT_CHANGED,
                "Objects look up other standard objects by it: assets, orders and the like are "
                "made a second time, or objects that find several are rejected.",
                _REPLAY,
            )

    def _changed(self, rule: Rule, consequence: str, action: str) -> None:
        self._add(rule, identifiers(self._before), identifiers(self._after), consequence, action)

    def _add(self, rule: Rule, before: str, after: str, consequence: str, action: str) -> None:
        _add(self._report, rule, self._after, before, after, consequence, action)


def identifiers(key: Key) -> str:
    """The key's identifiers, always in one order; `none` for a key that is only searched."""
    order = {each: position for position, each in enumerate(Identifier)}
    known = sorted(set(key.identifiers), key=lambda each: order.get(each, len(order)))
    return ", ".join(known) or "none"


def content(key: Key) -> str:
    """`(UserId) PROFILE, UNIQUE`, or `(email)` for a key that is only searched."""
    fields = f"({', '.join(key.fields)})"
    return f"{fields} {identifiers(key)}" if key.identifiers else fields


def _has(identifier: Identifier, key: Key) -> bool:
    return identifier in key.identifiers


def _add(
    report: Report,
    rule: Rule,
    key: Key,
    before: str | None,
    after: str | None,
    consequence: str,
    action: str,
) -> None:
    subject = f"key {key.name}"
    report.add(rule, subject, before, after, consequence, action, entry_place(key))
