"""What a change says: the order, the texts, the line; and what cannot be compared."""

from dataclasses import replace

import pytest

from lifecycle.review.diff import compare
from lifecycle.review.model import Change, Place, Snapshot, Version
from lifecycle.review.places import places
from mappings import FOLDER
from profiles import PROFILE, UNIQUE, Field, Identifier, Key, ObjectType
from profiles.validation import check_object_type
from tests.unit.review.tables import CRM, CRM_ID, ID, PLAN, TIER, changes, crm, table, version

MODULE = """\
from profiles import EMAIL_ADDRESS, PROFILE, UNIQUE, Field, Key, ObjectType

OBJECT_TYPE = ObjectType(
    name="Crm",
    description="Customers of the sales team",
    allow_profile_creation=True,
    expiration_days=100,
    fields=(
        Field("id", "_source.id"),
        Field("tier", "_source.tier", "_profile.Attributes.Tier"),
        Field("plan", "_source.plan", "_profile.Attributes.Plan"),
        Field("email", "_source.email", "_profile.EmailAddress", EMAIL_ADDRESS),
    ),
    keys=(
        Key("crmId", ("id",), (PROFILE, UNIQUE)),
        Key("_email", ("email",)),
    ),
)

EXAMPLES = ()
"""


def module(*edits: tuple[str, str], file: str = "mappings/crm.py") -> Version:
    """The version of this module after edits of its text."""
    text = MODULE
    for old, new in edits:
        assert text.count(old) == 1
        text = text.replace(old, new)
    made: dict[str, ObjectType] = {}
    exec(compile(text, file, "exec"), made)  # noqa: S102 - the module above
    return Version("v", (Snapshot(made["OBJECT_TYPE"], file, (), places(text)),))


def only(old: Version, new: Version) -> Change:
    (change,) = compare(old, new)
    return change


def test_the_module_is_the_type_of_the_table() -> None:
    assert module().snapshots[0].object_type == CRM


def test_three_edits_and_another_order_of_rows_are_exactly_three_changes() -> None:
    tier = '        Field("tier", "_source.tier", "_profile.Attributes.Tier"),\n'
    new = module(
        (tier, ""),
        ("EMAIL_ADDRESS),\n    ),", f"EMAIL_ADDRESS),\n{tier.replace('.Tier', '.Level')}    ),"),
        ("(PROFILE, UNIQUE)", "(PROFILE,)"),
        ("expiration_days=100", "expiration_days=30"),
    )
    found = compare(module(), new)
    assert [(each.rule.id, each.subject, each.before, each.after) for each in found] == [
        ("KEY_UNIQUE_REMOVED", "key crmId", "PROFILE, UNIQUE", "PROFILE"),
        (
            "FIELD_TARGET_CHANGED",
            "field tier",
            "_profile.Attributes.Tier",
            "_profile.Attributes.Level",
        ),
        ("EXPIRY_SHORTENED", "", "100", "30"),
    ]
    assert [each.place for each in found] == [
        Place("mappings/crm.py", line) for line in (15, 12, 7)
    ]
    assert check_object_type(new.snapshots[0].object_type)[0].rule.id == "KEY_UNIQUE_COUNT"


def test_every_change_says_what_it_does_and_what_to_do() -> None:
    change = only(module(), module(("Attributes.Tier", "Attributes.Level")))
    assert change.consequence == (
        "_profile.Attributes.Tier keeps its last value for ever, since nothing clears it; "
        "_profile.Attributes.Level is empty until objects are put again."
    )
    assert change.action == (
        "Put the objects again, move whoever reads _profile.Attributes.Tier, and clear it with "
        "UpdateProfile where an old value would mislead."
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "side"),
    [
        ("Customers of the sales team", "Sales", 5, "new"),
        ("    expiration_days=100,\n", "", 7, "old"),
        ("expiration_days=100", "expiration_days=101", 7, "new"),
        ("expiration_days=100", "expiration_days=100,\n    source_priority=1", 8, "new"),
        ('        Field("tier", "_source.tier", "_profile.Attributes.Tier"),\n', "", 10, "old"),
        ('Field("tier"', 'Field("level"', 10, "new"),
        ('        Key("_email", ("email",)),\n', "", 16, "old"),
        ('"_email", ("email",)', '"_email", ("plan",)', 16, "new"),
        ('name="Crm"', 'name="Sales"', 4, "new"),
    ],
)
def test_a_change_stands_on_its_line_in_the_new_version_or_in_the_old_one_if_it_is_gone(
    old: str, new: str, line: int, side: str
) -> None:
    change = only(module(), module((old, new)))
    assert change.place == Place("mappings/crm.py", line, side)


def test_an_entry_of_a_key_name_stands_on_its_own_line() -> None:
    entries = 'Key("_email", ("email",)),\n        Key("_email", ("plan",)),'
    new = module(('Key("_email", ("email",)),', entries))
    assert only(module(), new).place == Place("mappings/crm.py", 17)
    assert only(new, module()).place == Place("mappings/crm.py", 17, "old")


def test_a_removed_type_stands_where_it_was_and_a_new_one_where_it_is() -> None:
    empty = Version("empty", ())
    assert only(module(), empty).place == Place("mappings/crm.py", 3, "old")
    assert only(empty, module()).place == Place("mappings/crm.py", 4)


def test_what_differs_from_a_deployed_type_stands_in_the_mapping() -> None:
    deployed = Version("live:dev", (Snapshot(crm(Field("x", "_source.x", "_profile.BirthDate"))),))
    change = only(deployed, module())
    assert (change.rule.id, change.place) == ("FIELD_REMOVED", Place("mappings/crm.py", 3))


def test_changes_come_worst_first_then_by_type_and_line() -> None:
    old = module()
    new = module(
        ("Customers of the sales team", "Sales"),
        ("_source.plan", "_source.contract"),
        ("_source.tier", "_source.level"),
        ("(PROFILE, UNIQUE)", "(UNIQUE,)"),
    )
    shop = replace(CRM, name="Shop")
    later = Version("v", (*new.snapshots, Snapshot(replace(shop, expiration_days=1))))
    found = compare(Version("v", (Snapshot(shop), *old.snapshots)), later)
    assert [(each.category.name, each.object_type, each.place.line) for each in found] == [
        ("IDENTITY", "Crm", 15),
        ("BACKFILL", "Crm", 10),
        ("BACKFILL", "Crm", 11),
        ("FORWARD_ONLY", "Shop", 0),
        ("COSMETIC", "Crm", 5),
    ]


def test_identifiers_are_told_in_one_order() -> None:
    (change,) = changes(CRM, crm(Key("crmId", ("id",), (Identifier.ASSET, UNIQUE, PROFILE))))
    assert (change.before, change.after) == ("PROFILE, UNIQUE", "PROFILE, ASSET, UNIQUE")


def test_a_type_renamed_with_other_changes_says_of_them_that_all_is_put_again_anyway() -> None:
    found = changes(CRM, crm(replace(PLAN, target="_profile.Attributes.Contract"), name="Sales"))
    assert [(each.rule.id, each.object_type) for each in found] == [
        ("TYPE_RENAMED", "Sales"),
        ("FIELD_TARGET_CHANGED", "Sales"),
    ]
    assert found[1].consequence == (
        "It comes with the new type, whose objects must all be put again anyway."
    )


# Types that collide


def shop(*fields: Field, name: str = "Shop", priority: int | None = None) -> ObjectType:
    keys = (Key("shopId", ("id",), (PROFILE, UNIQUE)),)
    return ObjectType(name, "Orders", (ID, *fields), keys, source_priority=priority)


def collisions(old: tuple[ObjectType, ...], new: tuple[ObjectType, ...]) -> list[str]:
    return [
        f"{each.object_type} {each.subject}: {each.consequence.partition(' write')[0]}"
        for each in changes(old, new)
        if each.rule.id == "TARGET_COLLISION"
    ]


def test_a_collision_is_told_of_the_type_that_brings_it_and_names_the_others() -> None:
    also = replace(TIER, name="level")
    assert collisions((CRM, shop()), (CRM, shop(also))) == ["Shop field level: Crm"]
    assert collisions((crm(without=(TIER,)), shop(also)), (CRM, shop(also))) == [
        "Crm field tier: Shop"
    ]
    assert collisions((CRM, shop(also)), (CRM, shop(also), shop(TIER, name="App"))) == [
        "App field tier: Crm and Shop"
    ]


def test_a_collision_that_was_there_before_or_is_settled_by_priority_is_none() -> None:
    assert collisions((CRM, shop(TIER)), (crm(description="x"), shop(TIER))) == []
    assert collisions((CRM, shop(TIER)), (crm(name="Sales"), shop(TIER))) == []
    assert collisions((CRM, shop()), (CRM, shop(TIER, priority=1))) == []
    assert collisions((CRM, shop(TIER, priority=1)), (CRM, shop(TIER))) == ["Shop field tier: Crm"]


def test_what_profile_keys_share_and_the_time_of_an_object_are_no_collision() -> None:
    account = replace(ID, target="_profile.AccountNumber")
    stamp = Field("at", "_source.at", "_profile.SourceLastUpdatedTimestamp")
    old, new = (CRM, shop()), (crm(account, stamp), replace(shop(), fields=(account, stamp)))
    assert collisions(old, new) == []


# What cannot be compared


def test_a_module_that_does_not_load_is_one_change_and_nothing_else_is_said_about_it() -> None:
    broken = Version("main (1a2b3c4)", (), {"mappings/Crm.py": "NameError: x (line 12)"})
    change = only(broken, version(CRM, name="the working tree"))
    assert (change.rule.id, change.object_type, change.before, change.after) == (
        "VERSION_UNLOADABLE",
        "Crm",
        "NameError: x (line 12)",
        None,
    )
    assert change.place == Place("mappings/Crm.py", 12, "old")
    assert change.consequence == (
        "What changes in it is not known, because main (1a2b3c4) does not load: "
        "NameError: x (line 12)"
    )
    change = only(version(CRM), broken)
    assert (change.after, change.place.side) == ("NameError: x (line 12)", "new")


def test_a_broken_module_whose_type_is_not_known_goes_by_the_name_of_its_file() -> None:
    change = only(Version("v", (), {"mappings/purchases.py": "SyntaxError"}), version())
    assert (change.object_type, change.place.line) == ("purchases", 0)


def test_a_deployed_type_that_cannot_be_read_is_one_change() -> None:
    live = Version("live:dev", (), {"Crm": "'COLOUR' is not a valid ContentType"})
    change = only(live, module())
    assert (change.rule.id, change.object_type, change.place.file) == (
        "VERSION_UNLOADABLE",
        "Crm",
        "",
    )


def test_a_deployed_type_without_a_mapping_may_be_deleted() -> None:
    change = only(Version("live:dev", (Snapshot(CRM),)), version())
    assert change.rule.id == "TYPE_REMOVED"
    assert change.consequence.startswith("No mapping declares it; if the stack made it, the serv")


def test_a_type_that_the_service_made_of_a_template_is_no_drift() -> None:
    implicit = ObjectType("CTR", "Contacts", template_id="CTR")
    live = Version("live:dev", (Snapshot(implicit),))
    assert compare(live, version()) == ()
    calls = replace(implicit, name="Calls")
    assert only(live, version(calls)).rule.id == "TYPE_ADDED"
    assert compare(live, version(implicit)) == ()
    assert table(implicit, ()) == "IDENTITY TYPE_REMOVED"


def test_a_mapping_that_validation_refuses_is_compared_all_the_same() -> None:
    odd = ObjectType(
        "Odd",
        "",
        (ID, ID, Field("x", "", content_type="COLOUR"), Field("y", "{{", "nonsense")),  # type: ignore[arg-type]
        (Key("k", ()), Key("k", ("none",), ("PROFILE", "PROFILE", "X"))),  # type: ignore[arg-type]
    )
    assert table(odd, odd) == ""
    assert table(odd, replace(odd, description="x")) == "COSMETIC DESCRIPTION_CHANGED"
    assert table(odd, replace(odd, keys=(CRM_ID,))).count("KEY_REMOVED") == 2


def test_fields_and_keys_beside_a_template_are_the_templates_matter() -> None:
    contact = crm(template_id="CTR")
    other = replace(contact, fields=(), keys=(), allow_profile_creation=False)
    assert table(contact, other) == ""


def test_the_samples_mappings_are_told_with_their_lines() -> None:
    path = FOLDER / "trial_subscription.py"
    found = places(path.read_text(encoding="utf-8"))
    lines = path.read_text(encoding="utf-8").splitlines()
    assert 'Field("status"' in lines[found["field status"] - 1]
    assert 'Key("_account"' in lines[found["key _account"] - 1]
    assert "expiration_days" in lines[found["expiration_days"] - 1]
