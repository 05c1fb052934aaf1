"""The comment of a pull request, read as GitHub reads it."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace

from hypothesis import example
from markdown_it import MarkdownIt
from markdown_it.token import Token

from lifecycle.review import rules
from lifecycle.review.formats.bounded import Part, bounded
from lifecycle.review.formats.markdown import MARKER, MAX_BYTES, markdown
from lifecycle.review.formats.markdown_text import code, prose
from lifecycle.review.formats.markdown_text import html as inside_html
from lifecycle.review.formats.words import printable
from lifecycle.review.model import Category
from lifecycle.review.replay_model import ReplayReport
from tests.unit.review.reports import (
    NEW,
    change,
    everything,
    for_any_text,
    replayed,
    report,
    sample,
)
from tests.unit.review.tables import CRM, version

PARSER = MarkdownIt("commonmark").enable("table")
TAG = re.compile(r"</?[a-z]+[^>]*>|<!--.*?-->", re.DOTALL)


def structure(text: str) -> list[str]:
    """What the text is made of, without words and without what only looks like code."""
    return list(_structure(PARSER.parse(text)))


def _structure(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield from _structure(token.children or [])
        elif token.type in {"html_block", "html_inline"}:
            yield from (tag for tag in TAG.findall(token.content) if "code" not in tag)
        elif token.type not in {"text", "code_inline"}:
            yield f"{token.type} {token.tag}"


def words(text: str) -> str:
    """What people read."""
    shown = html.unescape(TAG.sub("", PARSER.render(text)))
    return " ".join(shown.replace("\u200b", "").split())


def test_the_comment_begins_with_the_mark_by_which_it_is_found_again() -> None:
    assert markdown(report()).splitlines()[0] == "<!-- customer-lifecycle-review -->" == MARKER


def test_findings_are_counted_by_category_and_told_one_by_one() -> None:
    found = (
        change(rules.KEY_UNIQUE_REMOVED, subject="key crmId"),
        change(),
        change(excepted="ticket 1"),
    )
    shown = markdown(report(*found))
    assert "`the working tree` against `main (1a2b3c4)`: 2 findings" in shown
    assert "| IDENTITY | 1 |  | Customers are told apart" in shown
    assert "| BACKFILL | 1 | 1 | Profiles are wrong or stale" in shown
    assert "COSMETIC" not in shown
    assert shown.index("### IDENTITY") < shown.index("### BACKFILL")
    assert shown.count("### BACKFILL") == 1
    assert (
        "<details open>\n"
        "<summary><b>FIELD_TARGET_CHANGED</b> Crm, field tier</summary>\n"
        "\n"
        "`_profile.Attributes.Tier` → `_profile.Attributes.Level`\n"
        "\n"
        "**Then:** The old attribute stays.\n"
        "\n"
        "**Do:** Put the objects again.\n"
        "\n"
        "`mappings/Crm.py:12`\n"
        "\n"
        "</details>\n"
    ) in shown
    assert "**Let pass:** ticket 1" in shown
    assert shown.endswith("\n\n**Fails: 2 findings that no exception lets pass.**\n")


def test_what_needs_no_decision_is_closed() -> None:
    shown = markdown(report(change(rules.DESCRIPTION_CHANGED), change(excepted="ticket 1")))
    assert shown.count("<details>") == 2
    assert "<details open>" not in shown


def test_nothing_found_is_said_without_a_table() -> None:
    shown = markdown(report())
    assert "`the working tree` against `main (1a2b3c4)`: nothing." in shown
    assert "|" not in shown


def test_profiles_are_shown_before_and_after() -> None:
    some = replayed(sample(), attribute_count=3)
    unreplayed = ((NEW, "Crm", "no key"),)
    replay = ReplayReport(
        some, replace(some, files={"a.csv": 1}), masked=True, not_replayed=unreplayed
    )
    shown = markdown(report(replay=replay))
    assert shown.index("#### The mappings' examples") < shown.index("#### Objects of a.csv")
    assert "- 1 object: 1 profile before, 1 after.\n- Profiles: 1 changed.\n" in shown
    assert (
        "| Attribute, by profiles touched | Added | Changed | Lost |\n"
        "| --- | --- | --- | --- |\n"
        "| `Attributes.Tier` | 0 | 0 | 1 |\n"
        "\n"
        "And 2 attributes more.\n"
    ) in shown
    assert (
        "<summary>Changed: 1 profile (objects: 1 Crm)</summary>\n"
        "\n"
        "|  | Attribute | before | after |\n"
        "| --- | --- | --- | --- |\n"
        "|  | `AccountNumber` | `1` | `1` |\n"
        "| lost | `Attributes.Tier` | `Gold` | <i>(none)</i> |\n"
        "\n"
        "Not shown: 1 attribute that is the same.\n"
    ) in shown
    assert "Values of customers are masked" in shown
    assert "Under the working tree, objects of Crm are rejected: no key." in shown


def test_errors_of_validation_are_apart() -> None:
    shown = markdown(report(new=version(CRM, name=NEW, findings=("Crm: a_b [RULE] -> c",))))
    assert "### Validation\n\nThe service would refuse the new version" in shown
    assert "Error: Crm: a_b [RULE] -> c" in words(shown)


def test_what_is_too_much_is_left_out_and_told_with_the_worst_kept() -> None:
    worst = [change(rules.KEY_UNIQUE_REMOVED, consequence=f"{n} " + "x" * 390) for n in range(80)]
    others = [change(consequence=f"{n} " + "é" * 390) for n in range(200)]
    new = version(CRM, name=NEW, findings=("refused",))
    replay = ReplayReport(replayed(sample()), None, masked=True)
    shown = markdown(report(*worst, *others, new=new, replay=replay))
    assert MAX_BYTES - 2_000 < len(shown.encode("utf-8")) <= MAX_BYTES
    assert shown.count("KEY_UNIQUE_REMOVED") == 80
    kept = shown.count("FIELD_TARGET_CHANGED")
    assert "**Error:** refused" in shown
    assert shown.endswith(
        f"\n\nLeft out, since a comment has a limit: {200 - kept} findings, 2 summaries of replayed"
        " objects, 1 sample of profiles. `lifecycle review` shows all.\n"
    )
    assert "### Profiles" not in shown
    assert "**Fails: 280 findings, 1 error of validation.**" in shown
    assert structure(shown).count("<details open>") == structure(shown).count("</details>")


def test_once_something_is_left_out_nothing_less_urgent_is_shown() -> None:
    parts = [
        Part("# A", "short", ("a", "as"), 1),
        Part("# A", "x" * 90, ("b", "bs"), 2),
        Part("# B", "first", ("c", "cs"), 3),
        Part("# B", "second", ("c", "cs"), 3),
    ]
    assert bounded("head", parts, "foot", 70) == (
        "head\n\n# B\n\nfirst\n\nsecond\n\nfoot",
        "1 a, 1 b",
    )
    whole, left_out = bounded("head", parts, "foot", 170)
    assert left_out == ""
    assert whole.startswith("head\n\n# A\n\nshort\n\nxxx")


def test_plain_texts_are_plain_in_the_source_too() -> None:
    assert code("_profile.Attributes.Tier") == "`_profile.Attributes.Tier`"
    assert code("{{_source.a}} (1)") == "`{{_source.a}} (1)`"
    assert prose("Put it again, e.g. by _profile.EmailAddress; then look: all is well.") == (
        "Put it again, e.g. by `_profile.EmailAddress`; then look: all is well."
    )


def test_nobody_is_called_and_no_issue_is_referred_to() -> None:
    for text in (prose("@team see #12"), f"<p>{inside_html('@team see #12')}</p>"):
        shown = html.unescape(PARSER.render(text))
        assert "@\u200bteam see #\u200b12" in shown
    assert "://" not in prose("https://example.org")
    assert "www." not in prose("www.example.org")


@example("a | b `c` <!-- d")
@example("_profile.a`b`_source.c")
@for_any_text
def test_no_text_of_others_is_more_than_text(given_text: str) -> None:
    shown = markdown(everything(given_text))
    assert structure(shown) == structure(markdown(everything("x")))
    assert shown.count(MARKER) == 1
    assert len(shown.encode("utf-8")) <= MAX_BYTES
    whole = " ".join(printable(given_text).replace("\u200b", "").split())
    assert words(shown).count(whole) >= 40 or len(whole) > 100


@for_any_text
def test_what_is_shown_as_code_or_prose_is_what_was_given(given_text: str) -> None:
    whole = " ".join(printable(given_text).split())
    assert words(f"x {code(given_text)}") == f"x {whole}".strip()
    assert words(f"x {prose(given_text)}") == f"x {whole}".strip()


def test_the_threshold_is_in_the_verdict() -> None:
    shown = markdown(report(change(), fail_on=Category.IDENTITY))
    assert shown.endswith("**Passes: no finding of IDENTITY.**\n")
