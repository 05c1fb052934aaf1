"""What changes in the fields of one object type, and what that does to profiles."""

from collections.abc import Iterable

from lifecycle.review import rules
from lifecycle.review.model import Rule
from lifecycle.review.renames import FieldPair
from lifecycle.review.report import Report
from lifecycle.review.roles import Roles
from profiles import STRING, Field

_REPLAY = "Look at the profiles before and after; put the objects again once it is deployed."


def compare_fields(report: Report, pairs: Iterable[FieldPair], old: Roles, new: Roles) -> None:
    """All changes of the fields. pairs: as `pair_fields` finds them; old, new: of both versions."""
    for before, after in pairs:
        if before is not None and after is not None:
            _Pair(report, before, after, old, new).compare()
        elif after is not None:
            _added(report, after, new)
        elif before is not None:
            _removed(report, before, old)


def _added(report: Report, field: Field, roles: Roles) -> None:
    subject, row, target = _subject(field), _row(field), field.target
    if roles.feeds_index(field):
        _index(report, subject, None, target)
    elif target is not None:
        report.add(
            rules.FIELD_ADDED,
            subject,
            None,
            row,
            f"Objects put from now on fill {target}; those that are there fill it when they are "
            "put again.",
            "Put the objects again if all profiles shall have it.",
        )
    elif roles.infers(field):
        _inferred(report, subject, None, row)
    else:
        report.add(
            rules.FIELD_WITHOUT_TARGET_ADDED,
            subject,
            None,
            row,
            "No attribute is filled by it.",
            "Nothing, if a key names it; give it a target otherwise.",
        )


def _removed(report: Report, field: Field, roles: Roles) -> None:
    subject, row, target = _subject(field), _row(field), field.target
    if roles.feeds_index(field):
        _index(report, subject, target, None)
    elif target is not None:
        report.add(rules.FIELD_REMOVED, subject, row, None, _stays(target), _clear(target))
    elif roles.infers(field):
        _inferred(report, subject, row, None)
    else:
        report.add(
            rules.FIELD_WITHOUT_TARGET_REMOVED,
            subject,
            row,
            None,
            "No attribute was filled by it.",
            "Nothing.",
        )


class _Pair:
    """One field in both versions."""

    def __init__(self, report: Report, before: Field, after: Field, old: Roles, new: Roles) -> None:
        self._report = report
        self._before, self._after = before, after
        self._old, self._new = old, new
        self._subject = _subject(after)

    def compare(self) -> None:
        """Each member by itself."""
        before, after = self._before, self._after
        if before.name != after.name:
            self._report.add(
                rules.FIELD_RENAMED,
                self._subject,
                before.name,
                after.name,
                "Keys follow the new name; profiles are as they were.",
                "Nothing.",
            )
        if before.source != after.source:
            self._source()
        if before.target != after.target:
            self._target()
        if before.content_type != after.content_type:
            self._content_type()

    @property
    def _matches(self) -> bool:
        return self._old.matches(self._before) or self._new.matches(self._after)

    @property
    def _is_searched(self) -> bool:
        return self._old.is_searched(self._before) or self._new.is_searched(self._after)

    @property
    def _infers(self) -> bool:
        return self._old.infers(self._before) or self._new.infers(self._after)

    def _source(self) -> None:
        before, after = self._before.source, self._after.source
        fills = self._before.target is not None or self._after.target is not None
        if self._matches:
            self._add(
                rules.MATCHED_FIELD_SOURCE_CHANGED,
                before,
                after,
                f"Objects put from now on are matched by {after}: they may attach to other "
                f"profiles than those that {before} led to.",
                _REPLAY,
            )
        elif fills or self._is_searched:
            self._add(
                rules.FIELD_SOURCE_CHANGED,
                before,
                after,
                f"Profiles keep what came from {before} until their objects are put again; where "
                f"{after} is empty they keep it for ever.",
                "Put the objects again.",
            )
        elif self._infers:
            _inferred(self._report, self._subject, before, after)
        else:
            self._add(
                rules.FIELD_WITHOUT_TARGET_CHANGED,
                before,
                after,
                "No attribute is filled by it.",
                "Nothing.",
            )

    def _target(self) -> None:
        before, after = self._before.target, self._after.target
        if self._old.feeds_index(self._before) or self._new.feeds_index(self._after):
            _index(self._report, self._subject, before, after)
        elif before is None:
            self._add(
                rules.FIELD_TARGET_ADDED,
                before,
                after,
                f"Objects put from now on fill {after}; those that are there fill it when they "
                "are put again.",
                "Put the objects again if all profiles shall have it.",
            )
        elif after is None:
            self._add(rules.FIELD_TARGET_REMOVED, before, after, _stays(before), _clear(before))
        else:
            self._add(
                rules.FIELD_TARGET_CHANGED,
                before,
                after,
                f"{before} keeps its last value for ever, since nothing clears it; {after} is "
                "empty until objects are put again.",
                f"Put the objects again, move whoever reads {before}, and clear it with "
                "UpdateProfile where an old value would mislead.",
            )

    def _content_type(self) -> None:
        before, after = self._before.content_type, self._after.content_type
        if self._matches:
            self._add(
                rules.MATCHED_FIELD_CONTENT_TYPE_CHANGED,
                before,
                after,
                f"Values are compared as {after}: customers may be told apart who were one as "
                f"{before}, or the other way round, and what was put as {before} may not be found.",
                _REPLAY,
            )
        elif self._is_searched:
            self._add(
                rules.SEARCHED_FIELD_CONTENT_TYPE_CHANGED,
                before,
                after,
                f"Searches compare as {after}; what was put as {before} may not be found until it "
                "is put again.",
                "Put the objects again.",
            )
        elif self._infers:
            _inferred(self._report, self._subject, before, after)
        else:
            self._add(
                rules.FIELD_CONTENT_TYPE_CHANGED,
                before,
                after,
                "Values are kept as they come, and no key compares them.",
                "Nothing.",
            )

    def _add(
        self, rule: Rule, before: str | None, after: str | None, consequence: str, action: str
    ) -> None:
        self._report.add(rule, self._subject, before, after, consequence, action)


def _index(report: Report, subject: str, before: str | None, after: str | None) -> None:
    report.add(
        rules.MATCHED_FIELD_TARGET_CHANGED,
        subject,
        before,
        after,
        "The profile's own index holds other values from now on, and objects are matched by that "
        "index: they may attach to other profiles.",
        _REPLAY,
    )


def _inferred(report: Report, subject: str, before: str | None, after: str | None) -> None:
    report.add(
        rules.INFERRED_FIELD_CHANGED,
        subject,
        before,
        after,
        "Only profiles that are created from now on show it: an e-mail address or phone number is "
        "inferred when an object starts a profile, and never again.",
        "Give the field a target if every profile shall have the value.",
    )


def _stays(target: str) -> str:
    return f"{target} keeps its last value for ever where nothing else writes it."


def _clear(target: str) -> str:
    return f"Clear {target} with UpdateProfile where an old value would mislead, or let it stand."


def _subject(field: Field) -> str:
    return f"field {field.name}"


def _row(field: Field) -> str:
    """The row as a mapping has it: source, target, and a content type that is not the default."""
    kind = "" if field.content_type == STRING else f" {field.content_type}"
    return f"{field.source} -> {field.target}{kind}" if field.target else f"{field.source}{kind}"
