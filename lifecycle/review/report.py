"""Collects the changes of one object type, each with the line that it stands on."""

from dataclasses import dataclass, field

from lifecycle.review.model import Change, Place, Rule, Snapshot


@dataclass(slots=True)
class Report:
    """The changes so far. old, new: the object type; None where that version lacks it."""

    old: Snapshot | None
    new: Snapshot | None
    changes: list[Change] = field(default_factory=list)

    @property
    def object_type(self) -> str:
        """The type's name, the new one if it was renamed."""
        snapshot = self.new or self.old
        return "" if snapshot is None else snapshot.object_type.name

    def add(
        self,
        rule: Rule,
        subject: str,
        before: str | None,
        after: str | None,
        consequence: str,
        action: str,
        at: str = "",
    ) -> None:
        """One more change. at: a place in the module that is closer than that of the subject."""
        place = self._place(at, subject)
        self.changes.append(
            Change(rule, self.object_type, subject, before, after, consequence, action, place)
        )

    def _place(self, *names: str) -> Place:
        """The line in the new version; in the old one for what only that has."""
        for name in filter(None, names):
            for snapshot, side in ((self.new, "new"), (self.old, "old")):
                if snapshot is not None and name in snapshot.places:
                    return Place(snapshot.file, snapshot.places[name], side)
        if self.new is not None:
            return Place(self.new.file, self.new.places.get("", 0), "new")
        if self.old is not None:
            return Place(self.old.file, self.old.places.get("", 0), "old")
        return Place("", 0)
