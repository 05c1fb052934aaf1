"""What a replay says of the profiles that a change of the mappings makes different."""

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lifecycle.review.object_sources import ObjectSource
from lifecycle.review.replay import replay
from lifecycle.review.replay_model import AttributeCount, Kind, Rejection, ReplayOptions
from profiles import EMAIL_ADDRESS, PROFILE, UNIQUE, Field, Key, ObjectType
from tests.unit.review.replaying import Object, export, replayed, version

ACCOUNT = Field("account", "_source.account", "_profile.AccountNumber")
EMAIL = Field("email", "_source.email", "_profile.EmailAddress", EMAIL_ADDRESS)
TIER = Field("tier", "_source.tier", "_profile.Attributes.Tier")
NUMBER = Field("number", "_source.number")
BY_NUMBER = Key("number", ("number",), (UNIQUE,))
BY_ACCOUNT = Key("_account", ("account",), (PROFILE,))
BY_EMAIL = Key("_email", ("email",), (PROFILE,))

CRM = ObjectType(
    name="Crm",
    description="Customers",
    fields=(NUMBER, ACCOUNT, EMAIL, TIER),
    keys=(BY_NUMBER, BY_ACCOUNT),
    allow_profile_creation=True,
)
WEB = replace(CRM, name="Web", description="Visits", fields=(NUMBER, ACCOUNT, EMAIL))

ANN: Object = ("Crm", {"number": 1, "account": "a", "email": "ann@x.org", "tier": "gold"})
BOB: Object = ("Crm", {"number": 2, "account": "b", "email": "bob@x.org", "tier": "silver"})
ANN_AGAIN: Object = ("Web", {"number": 1, "account": "a", "email": "ann@home.org"})


@pytest.fixture
def objects(tmp_path: Path) -> ObjectSource:
    return export(tmp_path / "objects.ndjson", [ANN, BOB, ANN_AGAIN])


def changed(object_type: ObjectType, name: str, **members: Any) -> ObjectType:
    """The object type with one field changed."""
    fields = (replace(f, **members) if f.name == name else f for f in object_type.fields)
    return replace(object_type, fields=tuple(fields))


def test_a_version_against_itself_changes_no_profile(objects: ObjectSource) -> None:
    done = replayed(objects, version(CRM, WEB), version(CRM, WEB))
    assert (done.objects, done.profiles_before, done.profiles_after, done.unchanged) == (3, 2, 2, 2)
    assert (done.attributes, done.samples, done.rejections) == ((), (), ())
    assert not done.differs


def test_the_order_of_fields_keys_and_types_is_no_difference(objects: ObjectSource) -> None:
    reordered = replace(CRM, fields=CRM.fields[::-1], keys=CRM.keys[::-1])
    done = replayed(objects, version(CRM, WEB), version(WEB, reordered))
    assert (done.unchanged, done.differs) == (2, False)


def test_a_renamed_target_is_an_attribute_lost_and_one_added(objects: ObjectSource) -> None:
    renamed = changed(CRM, "tier", target="_profile.Attributes.Level")
    done = replayed(objects, version(CRM, WEB), version(renamed, WEB))
    assert (done.changed, done.losing, done.unchanged) == (2, 2, 0)
    assert done.attributes == (
        AttributeCount("Attributes.Level", added=2, changed=0, lost=0),
        AttributeCount("Attributes.Tier", added=0, changed=0, lost=2),
    )
    assert done.attribute_count == 2
    assert done.differs


def test_a_sample_shows_the_profile_before_and_after(tmp_path: Path) -> None:
    renamed = changed(CRM, "tier", target="_profile.Attributes.Level")
    source = export(tmp_path / "objects", [ANN, ANN_AGAIN])
    (sample,) = replayed(source, version(CRM, WEB), version(renamed, WEB)).samples
    rest = {"AccountNumber": "a", "EmailAddress": "ann@home.org"}
    assert sample.kind is Kind.CHANGED
    assert sample.before == ({**rest, "Attributes": {"Tier": "gold"}},)
    assert sample.after == ({**rest, "Attributes": {"Level": "gold"}},)
    assert (sample.profiles_before, sample.profiles_after) == (1, 1)
    assert sample.objects == {"Crm": 1, "Web": 1}
    assert (sample.added, sample.changed, sample.lost) == (
        ("Attributes.Level",),
        (),
        ("Attributes.Tier",),
    )


def test_another_source_is_an_attribute_changed(objects: ObjectSource) -> None:
    done = replayed(
        objects, version(CRM, WEB), version(changed(CRM, "tier", source="_source.account"), WEB)
    )
    assert done.attributes == (AttributeCount("Attributes.Tier", added=0, changed=2, lost=0),)
    assert (done.changed, done.losing) == (2, 0)
    assert [sample.changed for sample in done.samples] == [("Attributes.Tier",)] * 2


def test_a_key_that_matches_less_splits_a_profile(objects: ObjectSource) -> None:
    by_email = replace(WEB, keys=(BY_NUMBER, BY_EMAIL))
    done = replayed(objects, version(CRM, WEB), version(CRM, by_email))
    assert (done.profiles_before, done.profiles_after) == (2, 3)
    assert (done.split, done.unchanged, done.changed, done.appeared) == (1, 1, 0, 0)
    (sample,) = done.samples
    assert (sample.kind, sample.profiles_before, sample.profiles_after) == (Kind.SPLIT, 1, 2)
    assert [each["EmailAddress"] for each in sample.after] == ["ann@x.org", "ann@home.org"]
    assert sample.lost == ()


def test_an_attribute_is_kept_if_any_part_of_a_split_profile_has_it(tmp_path: Path) -> None:
    source = export(
        tmp_path / "objects",
        [
            ("Crm", {"number": 1, "account": "a", "email": "1@x.org", "tier": "gold"}),
            ("Crm", {"number": 2, "account": "a", "email": "2@x.org"}),
        ],
    )
    done = replayed(source, version(CRM), version(replace(CRM, keys=(BY_NUMBER, BY_EMAIL))))
    assert (done.split, done.losing, done.attributes) == (1, 0, ())


def test_a_key_that_matches_more_merges_profiles(objects: ObjectSource) -> None:
    by_email = replace(WEB, keys=(BY_NUMBER, BY_EMAIL))
    done = replayed(objects, version(CRM, by_email), version(CRM, WEB))
    assert (done.profiles_before, done.profiles_after) == (3, 2)
    assert (done.merged, done.unchanged) == (2, 1)
    (sample,) = done.samples
    assert (sample.kind, sample.profiles_before, sample.profiles_after) == (Kind.MERGED, 2, 1)
    assert sample.changed == ("EmailAddress",)


def test_profiles_that_are_cut_anew_count_as_split_and_merged(tmp_path: Path) -> None:
    source = export(
        tmp_path / "objects",
        [
            ("Crm", {"number": 1, "account": "a", "email": "1@x.org"}),
            ("Crm", {"number": 2, "account": "a", "email": "2@x.org"}),
            ("Crm", {"number": 3, "account": "b", "email": "2@x.org"}),
        ],
    )
    done = replayed(source, version(CRM), version(replace(CRM, keys=(BY_NUMBER, BY_EMAIL))))
    assert (done.split, done.merged, done.profiles_before, done.profiles_after) == (1, 1, 2, 2)
    (sample,) = done.samples
    assert (sample.kind, len(sample.before), len(sample.after)) == (Kind.SPLIT, 2, 2)


def test_profiles_vanish_when_all_their_objects_are_rejected(objects: ObjectSource) -> None:
    done = replayed(
        objects, version(CRM, WEB), version(replace(CRM, allow_profile_creation=False), WEB)
    )
    assert (done.vanished, done.profiles_after, done.changed) == (1, 1, 1)
    assert (done.rejected_before, done.rejected_after) == (0, 2)
    (rejection,) = done.rejections
    assert (rejection.object_type, rejection.before, rejection.after) == ("Crm", 0, 2)
    assert "does not allow profile creation" in rejection.reason
    (vanished, _) = done.samples
    assert (vanished.kind, vanished.before[0]["AccountNumber"]) == (Kind.VANISHED, "b")
    assert (vanished.after, vanished.lost) == ((), ())
    # What a profile loses by vanishing is not told again attribute by attribute.
    assert done.losing == 1


def test_profiles_appear_when_their_objects_are_no_longer_rejected(objects: ObjectSource) -> None:
    done = replayed(
        objects, version(replace(CRM, allow_profile_creation=False), WEB), version(CRM, WEB)
    )
    assert (done.appeared, done.profiles_before, done.profiles_after) == (1, 1, 2)
    assert (done.samples[0].kind, done.samples[0].before) == (Kind.APPEARED, ())
    assert done.rejected_before == 2


def test_objects_of_a_removed_type_are_rejected(objects: ObjectSource) -> None:
    done = replayed(objects, version(CRM, WEB), version(CRM))
    assert done.rejections == (Rejection("Web", "its object type is not there", 0, 1),)
    assert done.changed == 1


def test_an_object_without_its_keys_is_rejected_by_both(tmp_path: Path) -> None:
    source = export(tmp_path / "objects", [("Crm", {"number": 1})])
    done = replayed(source, version(CRM), version(CRM))
    ((reason, before, after),) = [(r.reason, r.before, r.after) for r in done.rejections]
    assert ("key does not exist" in reason, before, after) == (True, 1, 1)
    assert not done.differs


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (replace(CRM, keys=(BY_ACCOUNT,)), "no UNIQUE key"),
        (changed(CRM, "tier", source="tier"), "a path starts with _source"),
        (replace(CRM, keys=(*CRM.keys, Key("x", ("nowhere",)))), "nowhere"),
        (changed(CRM, "tier", target="Tier"), "a target is an accessor"),
    ],
)
def test_a_type_that_the_service_would_refuse_takes_no_object_and_the_report_says_why(
    objects: ObjectSource, broken: ObjectType, reason: str
) -> None:
    report = replay(version(CRM, WEB), version(broken, WEB), [objects], ReplayOptions())
    ((name, object_type, told),) = report.not_replayed
    assert (name, object_type, reason in told) == ("a version", "Crm", True)
    assert report.exported is not None
    assert (report.exported.rejected_after, report.exported.profiles_after) == (2, 1)
    assert [each.reason for each in report.exported.rejections] == [told]


def test_customers_are_followed_although_the_unique_key_is_another_one(
    objects: ObjectSource,
) -> None:
    keys = (Key("_account", ("account",), (PROFILE, UNIQUE)),)
    done = replayed(objects, version(CRM, WEB), version(replace(CRM, keys=keys), WEB))
    assert (done.unchanged, done.differs) == (2, False)


def test_a_profile_whose_object_moved_on_is_still_compared(tmp_path: Path) -> None:
    moved: Object = ("Crm", {"number": 1, "account": "b"})
    source = export(tmp_path / "objects", [ANN, moved])
    done = replayed(source, version(CRM), version(changed(CRM, "tier", target=None)))
    assert (done.profiles_before, done.changed, done.unchanged) == (2, 1, 1)
    assert done.samples[0].before[0]["AccountNumber"] == "a"


def test_a_gender_is_the_same_in_both_of_its_spellings(tmp_path: Path) -> None:
    source = export(tmp_path / "o", [("Crm", {"number": 1, "account": "a", "tier": "female"})])
    one = changed(CRM, "tier", target="_profile.Gender")
    other = changed(CRM, "tier", target="_profile.GenderString")
    assert replayed(source, version(one), version(other)).unchanged == 1
    (sample,) = replayed(source, version(CRM), version(one)).samples
    shown = sample.after[0]
    assert (shown["Gender"], shown["GenderString"]) == ("FEMALE", "female")


def test_what_is_put_later_wins_whichever_file_it_is_in(tmp_path: Path) -> None:
    first = export(tmp_path / "first", [("Crm", {"number": 1, "account": "a", "tier": "1"})])
    second = export(tmp_path / "second", [("Crm", {"number": 2, "account": "a", "tier": "2"})])
    new = version(changed(CRM, "tier", target="_profile.Attributes.Level"))
    for sources, last in (((first, second), "2"), ((second, first), "1")):
        (sample,) = replayed(sources, version(CRM), new).samples
        assert sample.before[0]["Attributes"] == {"Tier": last}


def test_few_samples_of_each_kind_are_kept_whatever_the_order_of_the_customers(
    tmp_path: Path,
) -> None:
    objects: list[Object] = [
        ("Crm", {"number": n, "account": f"a{n}", "email": f"{n}@x.org", "tier": "t"})
        for n in range(40)
    ]
    objects += [
        ("Web", {"number": n, "account": f"a{n}", "email": f"{n}@home.org"}) for n in range(20)
    ]
    new = version(
        changed(CRM, "tier", target="_profile.Attributes.Level"),
        replace(WEB, keys=(BY_NUMBER, BY_EMAIL)),
    )
    kept = []
    for seed in range(3):
        random.Random(seed).shuffle(objects)
        objects.sort(key=lambda each: each[0])
        done = replayed(export(tmp_path / "o", objects), version(CRM, WEB), new, samples=2)
        assert [each.kind for each in done.samples] == [Kind.SPLIT] * 2 + [Kind.CHANGED] * 2
        kept.append(done.samples)
    assert kept[0] == kept[1] == kept[2]


def test_a_sample_of_very_many_profiles_shows_the_first_and_says_how_many(tmp_path: Path) -> None:
    objects: list[Object] = [
        ("Crm", {"number": n, "account": "a", "email": f"{n}@x.org"}) for n in range(9)
    ]
    by_email = version(replace(CRM, keys=(BY_NUMBER, BY_EMAIL)))
    (sample,) = replayed(export(tmp_path / "o", objects), version(CRM), by_email).samples
    assert (sample.profiles_after, len(sample.after)) == (9, 5)
    assert [each["EmailAddress"] for each in sample.after] == [f"{n}@x.org" for n in range(5)]


def test_the_attributes_that_are_told_are_those_of_most_profiles(tmp_path: Path) -> None:
    fields = tuple(
        Field(f"f{n}", f"_source.f{n}", f"_profile.Attributes.F{n:02}") for n in range(25)
    )
    objects: list[Object] = [
        ("Crm", {"number": n, "account": f"{n}", **{f"f{k}": "v" for k in range(n + 1)}})
        for n in range(25)
    ]
    wide = version(replace(CRM, fields=(*CRM.fields, *fields)))
    done = replayed(export(tmp_path / "o", objects), version(CRM), wide)
    assert done.attribute_count == 25
    assert [each.path for each in done.attributes] == [f"Attributes.F{n:02}" for n in range(20)]
    assert [each.touched for each in done.attributes] == list(range(25, 5, -1))


def test_examples_are_replayed_apart_from_the_objects_of_files(objects: ObjectSource) -> None:
    renamed = changed(CRM, "tier", target="_profile.Attributes.Level")
    examples = {"Crm": [ANN[1]]}
    report = replay(
        version(CRM, WEB, examples=examples),
        version(renamed, WEB, examples=examples),
        [objects],
        ReplayOptions(),
    )
    assert (report.examples.objects, report.examples.profiles_before) == (1, 1)
    assert report.examples.samples[0].before[0]["EmailAddress"] == "ann@x.org"
    assert report.exported is not None
    assert report.exported.objects == 3


def test_without_files_the_examples_alone_are_replayed() -> None:
    report = replay(version(), version(), [], ReplayOptions())
    assert (report.exported, report.examples.objects, report.examples.differs) == (None, 0, False)


def test_the_new_versions_examples_stand_for_the_types_that_it_has() -> None:
    old = version(CRM, WEB, examples={"Crm": [ANN[1], BOB[1]], "Web": [ANN_AGAIN[1]]})
    new = version(CRM, examples={"Crm": [BOB[1]]})
    examples = replay(old, new, [], ReplayOptions()).examples
    assert (examples.objects, examples.profiles_before, examples.profiles_after) == (2, 2, 1)
    assert (examples.vanished, examples.unchanged) == (1, 1)


def test_values_of_customers_are_masked_unless_they_are_asked_for(objects: ObjectSource) -> None:
    renamed = changed(CRM, "tier", target="_profile.Attributes.Level")
    old, new = version(CRM, WEB), version(renamed, WEB)
    for show_values in (False, True):
        report = replay(old, new, [objects], ReplayOptions(show_values=show_values))
        assert report.masked is not show_values
        assert report.exported is not None
        shown = json.dumps([(each.before, each.after) for each in report.exported.samples])
        assert "Attributes" in shown
        for value in ("ann@home.org", "bob@x.org", "gold", "silver"):
            assert (value in shown) is show_values


def test_bad_lines_are_counted_and_named_but_never_quoted(tmp_path: Path) -> None:
    path = tmp_path / "crm.ndjson"
    lines = [json.dumps(ANN[1]), "secret", "", "[1]", json.dumps(BOB[1]), '{"number": ']
    path.write_text("\n".join(lines), encoding="utf-8")
    done = replayed(ObjectSource(path, "Crm"), version(CRM), version(CRM))
    assert (done.objects, done.bad_lines, done.files) == (2, 3, {str(path): 2})
    assert [(each.file, each.line) for each in done.first_bad_lines] == [
        (str(path), number) for number in (2, 4, 6)
    ]
    assert "secret" not in str(done)


def test_progress_grows_until_all_is_done(tmp_path: Path) -> None:
    objects: list[Object] = [("Crm", {"number": n, "account": f"{n}"}) for n in range(3000)]
    told: list[tuple[int, int]] = []
    replayed(
        export(tmp_path / "o", objects),
        version(CRM),
        version(CRM),
        progress=lambda done, total: told.append((done, total)),
    )
    assert len(told) > 2
    assert told == sorted(told)
    assert told[-1] == ((size := (tmp_path / "o").stat().st_size), size)
