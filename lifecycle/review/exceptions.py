"""`review-exceptions.yaml`: changes that may pass, each with its reason and until when.

- rule: EXPIRY_SHORTENED
  objectType: TrialSubscription
  place: field status        # optional: only for this field or key
  reason: Legal asked for it, ticket 123
  expires: 2027-03-31        # the last day on which it counts
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import yaml

from lifecycle.errors import CouldNotRunError
from lifecycle.review import rules
from lifecycle.review.diff import in_order
from lifecycle.review.model import Change, Place, Rule

FILE: Final = "review-exceptions.yaml"

_REQUIRED: Final = ("rule", "objectType", "reason", "expires")
_MEMBERS: Final = (*_REQUIRED, "place")
_ABOUT_EXCEPTIONS: Final = frozenset({rules.EXCEPTION_EXPIRED.id, rules.EXCEPTION_UNUSED.id})
_IDS: Final = frozenset(each.id for each in rules.RULES) - _ABOUT_EXCEPTIONS


@dataclass(frozen=True, slots=True)
class Exemption:
    """One entry. place: `field X` or `key Y`, "" for every place. line: in the file, from 1."""

    rule: str
    object_type: str
    place: str
    reason: str
    expires: date
    line: int

    def covers(self, change: Change) -> bool:
        """Whether it is about this change."""
        return (self.rule, self.object_type) == (
            change.rule.id,
            change.object_type,
        ) and self.place in {"", change.subject}


def read_exceptions(path: Path) -> tuple[Exemption, ...]:
    """The entries of the file; none where it does not exist. Raises: CouldNotRunError."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise CouldNotRunError(f"{path.name} cannot be read: {error}") from None
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        entries = None if node is None else loader.construct_document(node)
    except (yaml.YAMLError, ValueError) as error:
        said = " ".join(str(error).split())
        raise CouldNotRunError(f"{path.name} is not YAML: {said}") from None
    if node is None or entries is None:
        return ()
    if not isinstance(entries, list):
        raise CouldNotRunError(f"{path.name}: write a list of entries, each beginning with -")
    lines = [each.start_mark.line + 1 for each in node.value]
    return tuple(
        _exemption(entry, line, f"{path.name}: entry {number} (line {line})")
        for number, (entry, line) in enumerate(zip(entries, lines, strict=True), 1)
    )


def except_changes(
    changes: Sequence[Change], exemptions: Iterable[Exemption], today: date
) -> tuple[Change, ...]:
    """The changes, the excepted ones marked; and a change more for each entry that is of no use.

    An expired entry lets nothing pass and has the category of the worst that it would let pass.
    """
    found = list(changes)
    for each in exemptions:
        covered = [n for n, change in enumerate(changes) if each.covers(change)]
        if not covered:
            found.append(_unused(each))
        elif each.expires < today:
            worst = max(changes[n].category for n in covered)
            found.append(_expired(each, replace(rules.EXCEPTION_EXPIRED, category=worst)))
        else:
            for n in covered:
                found[n] = replace(found[n], excepted=each.reason)
    return in_order(found)


def _unused(exemption: Exemption) -> Change:
    return _change(
        exemption,
        rules.EXCEPTION_UNUSED,
        "There is no such change: the entry would let the next one pass unseen.",
        f"Remove the entry from {FILE}.",
    )


def _expired(exemption: Exemption, rule: Rule) -> Change:
    return _change(
        exemption,
        rule,
        f"It ended on {exemption.expires.isoformat()}, so the change counts again.",
        f"Undo the change, or renew the entry in {FILE} with a reason that still holds.",
    )


def _change(exemption: Exemption, rule: Rule, consequence: str, action: str) -> Change:
    return Change(
        rule,
        exemption.object_type,
        exemption.place,
        f"{exemption.rule} until {exemption.expires.isoformat()}: {exemption.reason}",
        None,
        consequence,
        action,
        Place(FILE, exemption.line),
    )


def _exemption(entry: Any, line: int, where: str) -> Exemption:
    if not isinstance(entry, Mapping):
        raise CouldNotRunError(f"{where}: write {', '.join(_REQUIRED)} and, if wanted, place")
    for member in entry:
        if member not in _MEMBERS:
            raise CouldNotRunError(f"{where}: there is no member {member}; there are {_listed()}")
    for member in _REQUIRED:
        if member not in entry:
            raise CouldNotRunError(f"{where}: {member} is missing")
    texts = {member: entry.get(member, "") for member in ("rule", "objectType", "reason", "place")}
    for member, text in texts.items():
        if not isinstance(text, str) or (not text.strip() and member in entry):
            raise CouldNotRunError(f"{where}: {member} is no text, or an empty one")
    if texts["rule"] not in _IDS:
        raise CouldNotRunError(
            f"{where}: rule {texts['rule']} does not exist; lifecycle review --rules lists them"
        )
    return Exemption(
        texts["rule"],
        texts["objectType"],
        texts["place"],
        texts["reason"].strip(),
        _date(entry["expires"], where),
        line,
    )


def _date(value: Any, where: str) -> date:
    # A datetime is a date to Python; nobody knows which day is meant.
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise CouldNotRunError(f"{where}: expires is no date; write it as 2027-03-31") from None


def _listed() -> str:
    return ", ".join(sorted(_MEMBERS))
