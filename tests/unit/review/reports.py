"""Reports for the tests of the formats, and texts that break what is not escaped."""

from collections.abc import Callable, Iterable
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from lifecycle.review import rules
from lifecycle.review.model import Category, Change, Place, Rule, Version
from lifecycle.review.replay_model import (
    AttributeCount,
    BadLine,
    Kind,
    Rejection,
    Replayed,
    ReplayReport,
    Sample,
)
from lifecycle.review.review_report import Refusal, ReviewReport, make_report
from profiles import ObjectType
from tests.unit.review.tables import CRM, version

OLD, NEW = "main (1a2b3c4)", "the working tree"
FILE = "mappings/Crm.py"

BREAKING = [
    *"|`*_~<>&\"'\\%:,#@![](){}- \n\r\t\x00\x0b\x1b\x85\u2028\u202e\ud800\ufffe",
    *("<!--", "-->", "</details>", "</code>", "]]>", "::error::", "%0A", "```", "\n\n# ", "\n- "),
    *("[a](b)", "{0}", "{{_source.a}}", "@someone", "#1", "https://a.b", "www.a.b", "&lt;", "1. "),
]

hostile = st.lists(
    st.sampled_from(BREAKING) | st.text(min_size=1, max_size=2), min_size=1, max_size=8
).map("".join)
"""Never empty."""


def for_any_text(test: Callable[[str], None]) -> Callable[[], None]:
    """Runs the test with hostile texts, and with all that they are made of at once."""
    return settings(deadline=None)(example("".join(BREAKING))(given(hostile)(test)))


def change(rule: Rule = rules.FIELD_TARGET_CHANGED, **members: Any) -> Change:
    """A change of the type Crm; what is not given is plain."""
    given = {
        "object_type": "Crm",
        "subject": "field tier",
        "before": "_profile.Attributes.Tier",
        "after": "_profile.Attributes.Level",
        "consequence": "The old attribute stays.",
        "action": "Put the objects again.",
        "place": Place(FILE, 12),
        **members,
    }
    return Change(rule=rule, **given)


def sample(kind: Kind = Kind.CHANGED, **members: Any) -> Sample:
    """One profile that loses an attribute, unless told otherwise."""
    given: dict[str, Any] = {
        "before": ({"AccountNumber": "1", "Attributes": {"Tier": "Gold", "Plan": "A"}},),
        "after": ({"AccountNumber": "1", "Attributes": {"Plan": "A"}},),
        "objects": {"Crm": 1},
        "added": (),
        "changed": (),
        "lost": ("Attributes.Tier",),
        **members,
    }
    numbers = {"profiles_before": len(given["before"]), "profiles_after": len(given["after"])}
    return Sample(kind=kind, **(numbers | given))


def replayed(*samples: Sample, **members: Any) -> Replayed:
    """One object in one profile that changed, unless told otherwise."""
    given: dict[str, Any] = {
        "files": {"examples": 1},
        "objects": 1,
        "bad_lines": 0,
        "first_bad_lines": (),
        "rejected_before": 0,
        "rejected_after": 0,
        "rejections": (),
        "profiles_before": 1,
        "profiles_after": 1,
        "unchanged": 0,
        "changed": 1,
        "split": 0,
        "merged": 0,
        "vanished": 0,
        "appeared": 0,
        "losing": 1,
        "attributes": (AttributeCount("Attributes.Tier", 0, 0, 1),),
        "attribute_count": 1,
        **members,
    }
    return Replayed(samples=samples, **given)


def report(
    *changes: Change,
    old: Version | None = None,
    new: Version | None = None,
    types: Iterable[ObjectType] = (CRM,),
    replay: ReplayReport | None = None,
    fail_on: Category | None = Category.COSMETIC,
) -> ReviewReport:
    """A report about the type Crm, which both versions have."""
    return make_report(
        old or version(*types, name=OLD),
        new or version(*types, name=NEW),
        changes,
        replay,
        fail_on,
    )


def everything(text: str) -> ReviewReport:
    """A report with this text wherever one of others may be."""
    place = Place(text, 3)
    words = {"object_type": text, "subject": text, "consequence": text, "action": text}
    shown = sample(
        before=({"AccountNumber": text, text: text},),
        after=({"Attributes": {text: text}},),
        objects={text: 1},
        added=(f"Attributes.{text}",),
        lost=("AccountNumber", text),
    )
    some = replayed(
        shown,
        files={text: 1},
        bad_lines=1,
        first_bad_lines=(BadLine(text, 1, text),),
        rejected_after=1,
        rejections=(Rejection(text, text, 0, 1),),
        attributes=(AttributeCount(text, 0, 0, 1),),
    )
    made = report(
        change(before=text, after=None, place=place, **words),
        change(before=None, after=text, place=Place(text, 4, "old"), excepted=text, **words),
        old=version(name=text, failures={text: text}),
        replay=ReplayReport(some, some, masked=False, not_replayed=((text, text, text),)),
    )
    return ReviewReport(
        old=text,
        new=text,
        changes=made.changes,
        refusals=(Refusal(text, place), Refusal(text, None)),
        failures=made.failures,
        object_types={text: place},
        replay=made.replay,
        fail_on=made.fail_on,
    )
