"""What holds of a replay, whatever the mappings and the objects: above all that a partitioned one
tells exactly what one replay of all objects in their order tells.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from lifecycle.review.model import Version
from lifecycle.review.replay_model import Replayed
from profiles import (
    LOOKUP_ONLY,
    NEW_ONLY,
    PROFILE,
    SECONDARY,
    UNIQUE,
    ContentType,
    Field,
    Identifier,
    Key,
    ObjectType,
)
from tests.unit.review.replaying import CUT_SMALL, Object, export, replayed, version

NAMES = ("Crm", "Web", "Shop")
SOURCES = {
    "id": ["1", "2", "01", 1],
    "ref": ["1", "a@x.org", "ann"],
    "mail": ["a@x.org", " A@X.org", "ann"],
    "phone": ["+1 555 123 4567", "5551234567", "1"],
    "first": ["Ann", "ann lee", "s1"],
    "last": ["Lee", "LEE ", "1"],
    "whole": [{"City": "Oslo"}, {"City": "ann", "State": "1"}, "Oslo"],
}
TEMPLATES = ("{{_source.first}} {{_source.last}}", "{{#if _source.ref}}{{_source.id}}{{/if}}")
PLAIN_TARGETS = (
    None,
    *("_profile.AccountNumber", "_profile.EmailAddress", "_profile.PhoneNumber") * 2,
    *("_profile.FirstName", "_profile.LastName", "_profile.MobilePhoneNumber", "_profile.Gender"),
    *("_profile.Attributes.Tier", "_profile.Attributes.Plan"),
    *("_asset.SerialNumber", "_asset.AssetName", "_asset.Status", "_order.Name"),
)
WHOLE_TARGETS = ("_profile.Attributes", "_profile.Address", "_profile.Address.City")
KEY_NAMES = ("_account", "_email", "_phone", "_fullName", "_serialNumber", "_assetName", "crmId")
USES: tuple[tuple[Identifier, ...], ...] = (
    *(((PROFILE,)),) * 6,
    (PROFILE, SECONDARY),
    (PROFILE, LOOKUP_ONLY),
    (PROFILE, NEW_ONLY),
    (PROFILE, SECONDARY, LOOKUP_ONLY),
    (PROFILE, Identifier.ASSET),
    (Identifier.ASSET,),
    (),
    (),
    (NEW_ONLY,),
)


@st.composite
def object_types(draw: st.DrawFn, name: str) -> ObjectType:
    sources = [f"_source.{member}" for member in SOURCES] + ["_source.whole.City", *TEMPLATES]
    fields = tuple(
        Field(
            f"f{number}",
            source := draw(st.sampled_from(sources)),
            draw(st.sampled_from(WHOLE_TARGETS if "whole" in source else PLAIN_TARGETS)),
            draw(st.sampled_from(ContentType)),
        )
        for number in range(draw(st.integers(2, 5)))
    )
    names = st.sampled_from([field.name for field in fields])
    some_fields = st.lists(names, min_size=1, max_size=2, unique=True)
    keys = [Key("own", ("own",), (UNIQUE,))]
    keys += [
        Key(draw(st.sampled_from(KEY_NAMES)), tuple(draw(some_fields)), draw(st.sampled_from(USES)))
        for _ in range(draw(st.integers(1, 3)))
    ]
    if draw(st.booleans()):
        taken = keys.pop()
        keys[0] = Key(taken.name, taken.fields, (*taken.identifiers, UNIQUE))
    return ObjectType(
        name=name,
        description=name,
        fields=(Field("own", "_source.own"), *fields),
        keys=tuple(keys),
        allow_profile_creation=draw(st.sampled_from([True, True, True, False])),
        source_priority=draw(st.sampled_from([None, None, 1, 2])),
        max_profile_object_count=draw(st.sampled_from([None, 1])),
    )


@st.composite
def versions(draw: st.DrawFn) -> Version:
    names = draw(st.sampled_from((NAMES, NAMES, NAMES[:2], NAMES[1:], NAMES[:1])))
    return version(*(draw(object_types(name)) for name in names))


members = {member: st.sampled_from(values) for member, values in SOURCES.items()}
records = st.fixed_dictionaries({"own": st.integers(1, 6)}, optional=members) | (
    st.fixed_dictionaries({"own": st.integers(1, 6), **members})
)
objects = st.lists(st.tuples(st.sampled_from(NAMES), records), min_size=4, max_size=14)


@given(versions(), versions(), objects)
@settings(deadline=None, max_examples=60)
def test_parts_add_up_to_what_all_objects_in_their_order_become(
    old: Version, new: Version, some: list[Object]
) -> None:
    # So that a handful of objects is enough to reach the cap.
    with TemporaryDirectory() as folder, patch("profiles.engine.MAX_OBJECTS_PER_PROFILE", 3):
        source = export(Path(folder) / "objects", some)
        # Beside no types at all, every profile is in a sample.
        for other in (new, version()):
            whole = replayed(source, old, other, samples=1000)
            parts = replayed(source, old, other, samples=1000, sizes=CUT_SMALL)
            assert parts == whole


@given(versions(), versions(), objects)
@settings(deadline=None, max_examples=40)
def test_the_other_way_round_what_was_lost_is_added_and_what_vanished_appears(
    old: Version, new: Version, some: list[Object]
) -> None:
    with TemporaryDirectory() as folder:
        source = export(Path(folder) / "objects", some)
        one, other = replayed(source, old, new), replayed(source, new, old)
    for done in (one, other):
        known = done.unchanged + done.changed + done.split + done.merged + done.vanished
        assert known == done.profiles_before
        assert done.losing <= done.profiles_before - done.unchanged
    assert (one.profiles_before, one.profiles_after) == (
        other.profiles_after,
        other.profiles_before,
    )
    assert (one.rejected_before, one.rejected_after) == (
        other.rejected_after,
        other.rejected_before,
    )
    assert (one.unchanged, one.changed) == (other.unchanged, other.changed)
    assert (one.vanished, one.appeared) == (other.appeared, other.vanished)
    assert (one.split > 0 or one.merged > 0) == (other.split > 0 or other.merged > 0)
    assert lost_and_added(one) == {
        (path, added, lost) for path, lost, added in lost_and_added(other)
    }


def lost_and_added(done: Replayed) -> set[tuple[str, int, int]]:
    """Path, numbers of profiles that lost it and that have it in addition."""
    counts = {(each.path, each.lost, each.added) for each in done.attributes}
    return {each for each in counts if any(each[1:])}


@given(versions(), objects)
@settings(deadline=None, max_examples=20)
def test_the_same_mappings_change_nothing(same: Version, some: list[Object]) -> None:
    with TemporaryDirectory() as folder:
        done = replayed(export(Path(folder) / "objects", some), same, same)
    assert (done.unchanged, done.differs, done.samples) == (done.profiles_before, False, ())
