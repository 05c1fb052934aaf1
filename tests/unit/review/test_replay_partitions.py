"""How a file is cut, and which profiles of two domains belong together."""

import json
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecycle.errors import CouldNotRunError
from lifecycle.review.model import Version
from lifecycle.review.object_sources import ObjectLines
from lifecycle.review.partitions import Components, assign, bad_lines, cut, link, spill
from lifecycle.review.profile_groups import SharedObjects
from lifecycle.review.sides import make_side
from profiles import PROFILE, UNIQUE, Field, Key, ObjectType
from tests.unit.review.replaying import version

CRM = ObjectType(
    name="Crm",
    description="Customers",
    fields=(Field("id", "_source.id"), Field("mail", "_source.mail")),
    keys=(Key("id", ("id",), (UNIQUE, PROFILE)), Key("mail", ("mail",), (PROFILE,))),
    allow_profile_creation=True,
)
SIDES = (make_side(version(CRM)), make_side(Version("none", ())))

pairs = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 12)), max_size=12)


def file_of(folder: Path, content: bytes) -> ObjectLines:
    path = folder / "objects"
    path.write_bytes(content)
    return ObjectLines("objects", path, "Crm", len(content))


def naive(links: list[tuple[str, str]]) -> list[set[str]]:
    """Sets of what is linked, in no order."""
    sets: list[set[str]] = []
    for link_ends in links:
        joined = set(link_ends).union(*(each for each in sets if not each.isdisjoint(link_ends)))
        sets = [each for each in sets if each.isdisjoint(link_ends)] + [joined]
    return sets


@given(pairs)
@settings(deadline=None)
def test_numbers_are_connected_exactly_where_a_chain_of_links_connects_them(
    links: list[tuple[int, int]],
) -> None:
    components, copy = Components(), Components()
    for one, other in links:
        components.link(one, other)
    told = iter(components.pairs())
    for one, other in zip(told, told, strict=True):
        copy.link(one, other)
    expected = naive([(str(one), str(other)) for one, other in links])
    for one in range(1, 13):
        for other in range(1, 13):
            together = one == other or any({str(one), str(other)} <= each for each in expected)
            assert (components.find(one) == components.find(other)) is together
            assert (copy.find(one) == copy.find(other)) is together


@given(st.lists(st.binary(max_size=12), max_size=20).map(b"\n".join), st.integers(1, 30))
@settings(deadline=None)
def test_pieces_cover_a_file_and_begin_with_a_line(content: bytes, size: int) -> None:
    with TemporaryDirectory() as folder:
        pieces = cut(file_of(Path(folder), content), size)
    assert [piece.start for piece in pieces[:1]] == [0] * bool(content)
    for one, other in pairwise(pieces):
        assert one.start + one.size == other.start
        assert content[other.start - 1 : other.start] == b"\n"
    assert sum(piece.size for piece in pieces) == len(content)
    assert all(piece.size > 0 for piece in pieces)


def test_a_bucket_has_whole_components_in_the_order_of_the_file(tmp_path: Path) -> None:
    records = [
        {"id": "1", "mail": "a"},
        {"id": "2", "mail": "b"},
        {"id": "3", "mail": "a"},
        {"id": "2", "mail": "c"},
        {"id": "4", "mail": "c"},
    ]
    lines = file_of(tmp_path, b"\n".join(json.dumps(each).encode() for each in records))
    pieces = cut(lines, 30)
    assert len(pieces) > 1
    buckets = list(assign([link(piece, SIDES) for piece in pieces], 1 << 20))
    spill(pieces, buckets, tmp_path, "run")
    parts = [path.read_text().splitlines() for path in sorted(tmp_path.glob("*/run"))]
    found = sorted([json.loads(line)["id"] for line in part] for part in parts)
    assert found == [["1", "3"], ["2", "2", "4"]]


def test_what_a_piece_spills_is_told_in_bytes(tmp_path: Path) -> None:
    content = b'{"id": "1"}\n\nbad\n{"id": "22"}\n'
    pieces = cut(file_of(tmp_path, content), 1 << 20)
    linked = [link(piece, SIDES) for piece in pieces]
    assert linked[0].objects == 2
    written = spill(pieces, list(assign(linked, 5)), tmp_path, "run")
    sizes = {int(path.parent.name): path.stat().st_size for path in tmp_path.glob("*/run")}
    assert written == sizes
    assert sum(sizes.values()) == len(b'{"id": "1"}\n{"id": "22"}\n')


def test_bad_lines_have_their_numbers_in_the_whole_file(tmp_path: Path) -> None:
    content = b"".join(b"bad\n" if n % 3 == 0 else b'{"id": "1"}\n' for n in range(1, 31))
    lines = file_of(tmp_path, content)
    twice = [*cut(lines, 40), *cut(lines, 40)]
    linked = [link(piece, SIDES) for piece in twice]
    assert len(linked) > 4
    assert [each.line for each in bad_lines(twice, linked)] == [*range(3, 31, 3)]
    assert sum(each.bad_count for each in linked) == 20


def test_a_file_that_changes_between_two_readings_is_told(tmp_path: Path) -> None:
    lines = file_of(tmp_path, b'{"id": "1"}\n{"id": "2"}\n{"id": "3"}\n')
    pieces = cut(lines, 1 << 20)
    buckets = list(assign([link(piece, SIDES) for piece in pieces], 2))
    lines.path.write_bytes(b'{"id": "1",     "more":   "xyz"}\n{ }\n')
    with pytest.raises(CouldNotRunError, match="objects changed while it was read"):
        spill(pieces, buckets, tmp_path, "run")


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=14))
@settings(deadline=None)
def test_profiles_are_grouped_by_the_objects_that_they_share(
    objects: list[tuple[int, int]],
) -> None:
    before, after = ([f"{side}{n}" for n in range(8)] for side in "ba")
    shared = SharedObjects()
    links = [(f"b{one}", f"a{other}") for one, other in objects]
    for each in links:
        shared.add(*each)
    groups = list(shared.groups(before, after))
    expected = naive([*links, *((each, each) for each in (*before, *after))])
    assert sorted(map(sorted, expected)) == sorted(
        sorted((*group.before, *group.after)) for group in groups
    )
    assert sorted(pair for group in groups for pair in group.shared) == sorted(set(links))
    for group in groups:
        assert list(group.before) == sorted(group.before)
        assert list(group.after) == sorted(group.after)
        assert all({one, other} <= {*group.before, *group.after} for one, other in group.shared)
