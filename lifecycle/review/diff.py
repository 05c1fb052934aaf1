"""The semantic difference of two versions of the mappings: by name, never by position."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from lifecycle.review import rules
from lifecycle.review.domain_diff import collisions
from lifecycle.review.fields_diff import compare_fields
from lifecycle.review.keys_diff import compare_keys
from lifecycle.review.model import Change, Place, Snapshot, Version
from lifecycle.review.renames import field_names, pair_fields, pair_keys, pair_types
from lifecycle.review.report import Report
from lifecycle.review.roles import Matching, Roles
from lifecycle.review.types_diff import compare_members, type_added, type_removed, type_renamed
from profiles import ObjectType


def compare(old: Version, new: Version) -> tuple[Change, ...]:
    """Every change from `old` to `new`, the worst first.

    A mapping that one version could not load is one change, and nothing else is said about it.
    """
    names = {each.object_type.name for each in new.snapshots}
    before = [
        each
        for each in old.snapshots
        if not _is_unknown(each, new) and (each.object_type.name in names or not _is_implicit(each))
    ]
    after = [each for each in new.snapshots if not _is_unknown(each, old)]
    pairs = pair_types(before, after)
    matching = Matching.of([each.object_type for each in (*old.snapshots, *new.snapshots)])
    changes = [*_unloadable(old, new, "old"), *_unloadable(new, old, "new")]
    for one, other in pairs:
        changes += _compare_types(one, other, matching)
    changes += collisions(pairs)
    return in_order(changes)


def in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The worst first, then by object type and line."""
    return tuple(
        sorted(
            changes,
            key=lambda each: (
                -each.category,
                each.object_type,
                each.place.file,
                each.place.line,
                each.subject,
                each.rule.id,
                each.before or "",
                each.after or "",
            ),
        )
    )


def _compare_types(old: Snapshot | None, new: Snapshot | None, matching: Matching) -> list[Change]:
    report = Report(old, new)
    if old is not None and new is not None:
        _compare_both(report, old.object_type, new.object_type, matching)
    elif new is not None:
        type_added(report, new.object_type)
    elif old is not None:
        type_removed(report, old.object_type, deployed=not old.file)
    return report.changes


def _compare_both(report: Report, old: ObjectType, new: ObjectType, matching: Matching) -> None:
    before, after = Roles(old, matching), Roles(new, matching)
    indexed = before.feeds_any_index or after.feeds_any_index
    compare_members(report, old, new, indexed=indexed)
    if old.template_id is None and new.template_id is None:
        fields = pair_fields(old, new)
        names = field_names(fields)
        compare_fields(report, fields, before, after)
        compare_keys(report, pair_keys(old, new, names), names, matching)
    if old.name != new.name:
        text = "It comes with the new type, whose objects must all be put again anyway."
        report.changes = [replace(each, consequence=text) for each in report.changes]
        type_renamed(report, old, new)


def _is_implicit(snapshot: Snapshot) -> bool:
    """Whether the service itself made a deployed type of a template (aws-semantics 1.7)."""
    return not snapshot.file and snapshot.object_type.template_id == snapshot.object_type.name


def _is_unknown(snapshot: Snapshot, other: Version) -> bool:
    """Whether the other version could not load what this is to be compared with."""
    return snapshot.file in other.failures or snapshot.object_type.name in other.failures


def _unloadable(version: Version, other: Version, side: str) -> Iterator[Change]:
    for file, reason in version.failures.items():
        names = [each.object_type.name for each in other.snapshots if each.file == file]
        yield Change(
            rules.VERSION_UNLOADABLE,
            names[0] if names else PurePosixPath(file).stem,
            "",
            reason if side == "old" else None,
            reason if side == "new" else None,
            f"What changes in it is not known, because {version.name} does not load: {reason}",
            "Correct the mapping, or compare with a version that loads.",
            _place(file, reason, side),
        )


def _place(file: str, reason: str, side: str) -> Place:
    """The line that the reason names. A deployed type has no file."""
    line = re.search(r"line (\d+)\)", reason)
    return Place(file if "/" in file else "", 0 if line is None else int(line[1]), side)
