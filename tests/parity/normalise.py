"""Transformers: what differs from run to run, replaced by what it is."""

import json
import re
from typing import Any

TIMES = frozenset({"CreatedAt", "LastUpdatedAt", "LastObjectTimestamp"})
TOKENS = frozenset({"NextToken"})
UNIQUE_KEYS = frozenset({"ProfileObjectUniqueKey"})

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_PROFILE_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
_LISTS = frozenset({"Items", "Profiles", "Errors", "Successful", "Failed"})


class Transformers:
    """Those of one case: an id has the same name wherever the case meets it.

    names: texts of the run (account, region, domain, queue) to what they are called.
    """

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names
        self._ids: dict[str, str] = {}

    def name(self, text: str, called: str) -> None:
        """Call a text of the run so."""
        # The longer first: a queue's URL has the account within.
        named = self._names | {text: called}
        self._names = dict(sorted(named.items(), key=lambda each: -len(each[0])))

    def __call__(self, value: Any, *, ordered: bool = False) -> Any:
        """The value as a snapshot holds it: without nulls, which SDKs take as absent.

        ordered: whether the order of the lists in it is a fact; otherwise they are sorted.
        """
        return self._value(value if ordered else self._sorted(value), "")

    def _sorted(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {
                name: sorted(map(self._sorted, inner), key=_without_ids)
                if name in _LISTS and isinstance(inner, list)
                else self._sorted(inner)
                for name, inner in value.items()
            }
        return [self._sorted(each) for each in value] if isinstance(value, list) else value

    def _value(self, value: Any, member: str) -> Any:
        if isinstance(value, dict):
            return {
                self._text(name): self._value(inner, name)
                for name, inner in sorted(value.items())
                if inner is not None
            }
        if isinstance(value, list):
            return [self._value(each, member) for each in value]
        if isinstance(value, str):
            return self._member(value, member)
        if member in TIMES:
            return "<time in epoch seconds>" if 1e9 < value < 1e11 else "<time of another form>"
        return value

    def _member(self, text: str, member: str) -> str:
        if member in TOKENS:
            return "<token>"
        return self._id(text, "object") if member in UNIQUE_KEYS else self._text(text)

    def _text(self, text: str) -> str:
        for each, called in self._names.items():
            text = text.replace(each, called)
        text = _PROFILE_ID.sub(lambda found: self._id(found[0], "id"), text)
        return _UUID.sub(lambda found: self._id(found[0], "uuid"), text)

    def _id(self, text: str, what: str) -> str:
        if text not in self._ids:
            number = sum(each.startswith(f"<{what} ") for each in self._ids.values()) + 1
            self._ids[text] = f"<{what} {number}>"
        return self._ids[text]


def _without_ids(value: Any) -> str:
    """An order in which ids play no part."""
    return _UUID.sub("", _PROFILE_ID.sub("", json.dumps(value, sort_keys=True)))
