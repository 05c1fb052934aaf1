"""Every published mapping of tests/vectors, put through the engine (see the README there)."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from profiles.documents import flatten
from profiles.errors import MissingKeyError
from profiles.outcome import Verdict
from profiles.profile_writes import add_key, create_profile
from profiles.requests import from_request
from profiles.validation import check_object_type, errors

StartDomain = Callable[..., Any]

VECTORS = Path(__file__).parents[2] / "vectors"
FILES = sorted(VECTORS.glob("*.json"))

DESCRIPTIONS = {"name", "source", "format", "added_by_us", "notes", "ambiguous"}
"""What is for people to read. `ambiguous` names readings of which other tests show the chosen."""

OVER_HTTP = {"wire", "put_response", "dlq"}
"""What only the emulator's own tests can see: JSON members on the wire, statuses, the queue."""

EXPLAINED = {"basis", "why"}


class Vector:
    """One file, and the domain that it is played in."""

    def __init__(self, file: Path, start_domain: StartDomain) -> None:
        self.content = json.loads(file.read_text(encoding="utf-8"))
        self._start_domain = start_domain
        self._named: dict[str, str] = {}
        self._domain: Any = None
        self.reads = 0

    def play(self) -> None:
        """Everything in the order of the README; a member that it does not know fails."""
        content = self.content
        handlers = {
            "expected": self._expect,
            "list_objects": self._list,
            "re_put": self._put_again,
            "reverse_order": self._reverse,
            "invalid_object_types": self._refuse_types,
            "valid_object_types": self._accept_types,
        }
        played = {"object_types", "objects", "setup", "put_error", *handlers}
        known(content, DESCRIPTIONS | OVER_HTTP | played)
        self._begin(content["objects"])
        for member, handler in handlers.items():
            if member in content:
                handler(content[member])
        assert self.reads

    def _begin(self, objects: Iterable[Mapping[str, Any]]) -> None:
        types = [
            from_request(each["ObjectTypeName"], each) for each in self.content["object_types"]
        ]
        self._domain = self._start_domain(*types)
        self._named = {}
        for step in self.content.get("setup", []):
            self._set_up(step)
        verdicts = []
        for each in objects:
            known(each, {"type", "object"})
            if "put_error" in self.content:
                self._put_wrongly(each)
            else:
                verdicts.append(self._domain.put(each["type"], **each["object"]).verdict)
        assert (Verdict.REJECTED in verdicts) is ("dlq" in self.content)

    def _set_up(self, step: Mapping[str, Any]) -> None:
        known(step, {"op", "as", "params"})
        if step["op"] == "CreateProfile":
            profile = create_profile(self._domain.engine, flatten(step["params"]))
            self._named[step["as"]] = profile.id
        else:
            assert step["op"] == "AddProfileKey"
            params = step["params"]
            profile_id = self._named[params["ProfileId"]]
            add_key(self._domain.engine, profile_id, params["KeyName"], params["Values"])

    def _put_wrongly(self, each: Mapping[str, Any]) -> None:
        error = self.content["put_error"]
        known(error, {"code", "status", "message", "basis"})
        with pytest.raises(MissingKeyError) as refused:
            self._domain.put(each["type"], **each["object"])
        assert str(refused.value) == error["message"]

    def _expect(self, searches: Iterable[Mapping[str, Any]]) -> None:
        for each in searches:
            wanted = {"search", "profile", "exact", "count", "is_profile"}
            known(each, EXPLAINED | wanted | {"exact_standard_fields_empty"})
            known(each["search"], {"KeyName", "Values"})
            place = (each["search"]["KeyName"], *each["search"]["Values"])
            found = self._domain.find(*place)
            self.reads += 1
            if each["profile"] is None:
                assert found == []
                assert each["count"] == 0
                continue
            assert len(found) == each.get("count", 1)
            assert subset(each["profile"], found[0])
            if each.get("exact") or each.get("exact_standard_fields_empty"):
                assert found[0] == each["profile"]
            if "is_profile" in each:
                assert self._domain.ids(*place) == [self._named[each["is_profile"]]]

    def _list(self, lists: Iterable[Mapping[str, Any]], profile_id: str | None = None) -> None:
        for each in lists:
            forms = {"object_equals", "object_subset", "standard_object_subset"}
            known(each, EXPLAINED | forms | {"search", "profile", "type", "count"})
            holder = profile_id or self._holder(each)
            if each["type"].startswith("_"):
                items = self._domain.standard(holder, each["type"])
            else:
                items = self._domain.objects(holder, each["type"])
            self.reads += 1
            assert len(items) == each["count"]
            for form in forms & each.keys():
                assert subset(each[form], items[0])
            if "object_equals" in each:
                assert items[0] == each["object_equals"]

    def _holder(self, each: Mapping[str, Any]) -> str:
        if "profile" in each:
            return self._named[each["profile"]]
        if "search" in each:
            (holder,) = self._domain.ids(*each["search"].split("=", 1))
        else:
            (holder,) = self._domain.store.profile_ids()
        return str(holder)

    def _put_again(self, puts: Iterable[Mapping[str, Any]]) -> None:
        (name,) = {each["type"] for each in self.content["objects"]}
        for each in puts:
            counts = {"profile_count", "object_count"}
            known(each, EXPLAINED | counts | {"object", "then", "list_objects"})
            outcome = self._domain.put(name, **each["object"])
            self._expect(each.get("then", []))
            self._list(each.get("list_objects", []), outcome.profile_id)
            if "profile_count" in each:
                assert self._domain.store.profile_count() == each["profile_count"]
            assert len(self._domain.objects(outcome.profile_id, name)) == each["object_count"]

    def _reverse(self, searches: Iterable[Mapping[str, Any]]) -> None:
        self._begin(reversed(self.content["objects"]))
        self._expect(searches)

    def _refuse_types(self, requests: Iterable[Mapping[str, Any]]) -> None:
        for each in requests:
            known(each, {"why", "request", "expect"})
            self.reads += 1
            assert findings(each["request"]), each["why"]

    def _accept_types(self, requests: Iterable[Mapping[str, Any]]) -> None:
        for each in requests:
            known(each, {"why", "request"})
            assert not findings(each["request"]), each["why"]


def findings(request: Mapping[str, Any]) -> tuple[Any, ...]:
    object_type = from_request(request["ObjectTypeName"], request)
    return tuple(errors(check_object_type(object_type, backend="api")))


def known(entry: Mapping[str, Any], names: set[str]) -> None:
    """A vector with a member that nobody checks must not pass."""
    assert entry.keys() <= names


def subset(wanted: Any, found: Any) -> bool:
    """Whether everything wanted stands in what was found."""
    if isinstance(wanted, Mapping):
        return all(name in found and subset(wanted[name], found[name]) for name in wanted)
    return bool(wanted == found)


def test_there_are_vectors() -> None:
    assert len(FILES) >= 12


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_published_mapping_gives_the_published_profile(
    start_domain: StartDomain, file: Path
) -> None:
    Vector(file, start_domain).play()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_object_types_of_a_vector_are_valid(file: Path) -> None:
    vector = json.loads(file.read_text(encoding="utf-8"))
    assert [findings(each) for each in vector["object_types"]] == [()] * len(vector["object_types"])


@pytest.mark.parametrize("place", ["", "objects", "expected", "list_objects", "re_put"])
def test_a_vector_with_an_unknown_member_fails(
    start_domain: StartDomain, tmp_path: Path, place: str
) -> None:
    content = json.loads((VECTORS / "05-docs2026-ex3-asset.json").read_text(encoding="utf-8"))
    (content[place][0] if place else content)["surprise"] = True
    file = tmp_path / "vector.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(AssertionError):
        Vector(file, start_domain).play()


@pytest.mark.parametrize(
    ("place", "name"), [("AccountNumber", "0"), ("EmailAddress", ""), ("LastName", None)]
)
def test_a_vector_that_expects_another_profile_fails(
    start_domain: StartDomain, tmp_path: Path, place: str, name: str | None
) -> None:
    path = VECTORS / "04-docs2026-ex2-standard-profile.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["expected"][0]["profile"][place] = name
    file = tmp_path / "vector.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(AssertionError):
        Vector(file, start_domain).play()
