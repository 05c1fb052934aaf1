"""Source expressions: the documented forms, and a clear refusal of everything else."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.sources import MAX_DEPTH, SourceError, as_text, parse

RECORD: dict[str, Any] = {
    "email": "ann@example.com",
    "first": "Ann",
    "middle": "",
    "last": "Lee",
    "days": 90,
    "active": True,
    "opted_out": False,
    "nothing": None,
    "none": [],
    "empty": {},
    "zero": 0,
    "address": {"city": "Oslo", "geo": {"country": "Norway"}},
    "items": ["a", "b"],
    "orders": [{"id": "o-1", "lines": [{"sku": "x"}, {"sku": "y"}]}, {"id": "o-2"}],
}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "_source"]) | st.text(max_size=3), inner)
    ),
    max_leaves=10,
)
templates = st.lists(
    st.sampled_from(
        """{{_source.a}} {{_source.a.b}} {{#if|_source.a}} {{/if}} {{#unless|_source.b}} {{/unless}}
        {{#each|_source.a}} {{/each}} {{#with|_source.b}} {{/with}} {{#each|a}} {{#with|this}}
        {{#removeExtraSpace}} {{/removeExtraSpace}} {{this}} {{a}} {{this.b}} {{#each|_source}}
        {{#if|a}} {{#with|_source}} text _source.a {{ }} { } # / . {{{ {{else}} {{#}}""".replace(
            "|", "\0"
        ).split()
    ),
    max_size=8,
).map(lambda parts: "".join(parts).replace("\0", " "))


def value(source: str) -> Any:
    """What the expression gives for the record."""
    return parse(source).evaluate(RECORD)


# Accessors


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("_source.email", "ann@example.com"),
        ("_source.days", 90),
        ("_source.address.city", "Oslo"),
        ("_source.address.geo.country", "Norway"),
        ("_source.address", {"city": "Oslo", "geo": {"country": "Norway"}}),
        ("_source.items", ["a", "b"]),
        ("_source.nothing", None),
    ],
)
def test_an_accessor_gives_the_json_value_at_its_path(source: str, expected: Any) -> None:
    assert value(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        "_source.absent",
        "_source.Email",
        "_source.address.absent",
        "_source.absent.absent",
        "_source.email.length",
        "_source.items.0",
        "_source.nothing.city",
    ],
)
def test_a_path_that_the_record_lacks_is_no_value_and_no_error(source: str) -> None:
    assert value(source) is None


@pytest.mark.parametrize("name", ["first-name", "first_name", "$id", "größe", "名前", "9"])
def test_a_member_has_whatever_name_the_source_system_gave_it(name: str) -> None:
    assert parse(f"_source.{name}").evaluate({name: "x"}) == "x"


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("email", "a path starts with _source, e.g. _source.email"),
        ("_profile.EmailAddress", "a path starts with _source"),
        ("", "a path starts with _source"),
        (" _source.email", "a path starts with _source"),
        ("source.email", "a path starts with _source"),
        ("_source", "an accessor names a member of the record, e.g. _source.email"),
        ("_source.", "write _source.member or _source.member.member"),
        ("_source..email", "write _source.member"),
        ("_source.email.", "write _source.member"),
        ("_source.first name", "write _source.member"),
        ("_source.email\n", "write _source.member"),
        ("_sourceemail", "write _source.member"),
        ("_source.a + _source.b", "write _source.member"),
        ("_source.items[0]", "index access is not documented; only #each reads arrays"),
        ("$.email", "a path starts with _source"),
    ],
)
def test_what_is_no_accessor_is_refused_with_the_form_to_write(source: str, problem: str) -> None:
    with pytest.raises(SourceError) as refused:
        parse(source)
    assert problem in str(refused.value)
    assert refused.value.position == 0


# Templates


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{_source.email}}", "ann@example.com"),
        ("{{ _source.email }}", "ann@example.com"),
        ("{{_source.address.geo.country}}", "Norway"),
        ("{{_source.first}} {{_source.last}}", "Ann Lee"),
        ("customer-{{_source.first}}-{{_source.days}}", "customer-Ann-90"),
        ("{{_source.active}}/{{_source.opted_out}}", "true/false"),
        ("{{_source.absent}}", ""),
        ("[{{_source.nothing}}{{_source.address}}{{_source.items}}]", "[]"),
        ("{{_source.first}} & <{{_source.last}}>", "Ann & <Lee>"),
        ("{{#if _source.email}}web{{/if}}", "web"),
        ("{{#unless _source.email}}web{{/unless}}", ""),
        ("{{#unless _source.opted_out}}yes{{/unless}}", "yes"),
        ("{{#if _source.active}}{{_source.first}}{{/if}}", "Ann"),
        ("{{#each _source.items}}{{this}};{{/each}}", "a;b;"),
        ("{{#each _source.orders}}{{id}} {{/each}}", "o-1 o-2 "),
        ("{{#each _source.orders}}{{this.id}} {{/each}}", "o-1 o-2 "),
        ("{{#each _source.orders}}{{#each lines}}{{sku}}{{/each}}{{/each}}", "xy"),
        ("{{#each _source.orders}}{{#if lines}}{{id}}{{/if}}{{/each}}", "o-1"),
        ("{{#each _source.items}}{{this}}{{_source.days}}{{/each}}", "a90b90"),
        ("{{#each _source.absent}}x{{/each}}", ""),
        ("{{#each _source.email}}x{{/each}}", ""),
        ("{{#each _source.address.geo}}{{this}}{{/each}}", "Norway"),
        ("{{#with _source.address}}{{city}}, {{geo.country}}{{/with}}", "Oslo, Norway"),
        ("{{#with _source.address}}{{#with geo}}{{country}}{{/with}}{{/with}}", "Norway"),
        ("{{#with _source.absent}}x{{/with}}", ""),
        ("{{#with _source}}{{first}}{{/with}}", "Ann"),
        (
            "{{#removeExtraSpace}} {{_source.first}} {{_source.middle}}\n x {{/removeExtraSpace}}",
            "Ann x",
        ),
        ("{{#removeExtraSpace}}{{#if _source.first}} a  b {{/if}}{{/removeExtraSpace}}", "a b"),
    ],
)
def test_a_documented_template_gives_its_text(source: str, expected: str) -> None:
    assert value(source) == expected


@pytest.mark.parametrize("name", ["nothing", "middle", "none", "opted_out", "zero", "absent"])
def test_if_and_unless_take_what_carries_nothing_as_false(name: str) -> None:
    assert value(f"{{{{#if _source.{name}}}}}yes{{{{/if}}}}") == ""
    assert value(f"{{{{#unless _source.{name}}}}}no{{{{/unless}}}}") == "no"


@pytest.mark.parametrize("name", ["email", "days", "active", "items", "address", "empty"])
def test_if_and_unless_take_everything_else_as_true(name: str) -> None:
    assert value(f"{{{{#if _source.{name}}}}}yes{{{{/if}}}}") == "yes"
    assert value(f"{{{{#unless _source.{name}}}}}no{{{{/unless}}}}") == ""


@pytest.mark.parametrize(
    ("source", "problem", "position"),
    [
        ("{{email}}", "a path starts with _source, e.g. _source.email", 0),
        ("Hi {{_profile.FirstName}}", "a path starts with _source, e.g. _source.FirstName", 3),
        ("{{_source}}", "name a member, e.g. _source.email", 0),
        ("{{this}}", "a path starts with _source", 0),
        ("{{#if email}}x{{/if}}", "a path starts with _source, e.g. _source.email", 0),
        ("{{#each items}}x{{/each}}", "a path starts with _source", 0),
        ("{{#if _source.email}}{{first}}{{/if}}", "a path starts with _source", 21),
        ("{{#removeExtraSpace}}{{first}}{{/removeExtraSpace}}", "a path starts with _source", 21),
        ("{{}}", "neither a path nor a documented block", 0),
        ("{{_source.items.[0]}}", "neither a path nor a documented block", 0),
        ("{{_source.items[0]}}", "neither a path nor a documented block", 0),
        ("{{#if _source.a}}x{{else}}y{{/if}}", "neither a path nor a documented block", 18),
        ("{{#each _source.items}}{{@index}}{{/each}}", "neither a path", 23),
        ("{{#each _source.items}}{{../email}}{{/each}}", "neither a path", 23),
        ("{{! a remark }}", "neither a path nor a documented block", 0),
        ("{{&_source.email}}", "neither a path nor a documented block", 0),
        ("{{> partial}}", "neither a path nor a documented block", 0),
        ("{{toLowerCase _source.email}}", "neither a path nor a documented block", 0),
        ('{{"constant"}}', "neither a path nor a documented block", 0),
        ("{{{_source.email}}}", "{{{ }}} is not documented", 0),
        ("{{_source.email}}}", "{{{ }}} is not documented", 17),
        ("{{{_source.email}}", "{{{ }}} is not documented", 0),
        ("x {{_source.email", "unbalanced or triple braces", 2),
        ("_source.email}}", "unbalanced or triple braces", 13),
        ("{{_source.{{email}}", "unbalanced or triple braces", 0),
        ("{{#}}x{{/}}", "the documented blocks are #each, #if, #removeExtraSpace", 0),
        ("{{# }}", "the documented blocks are #each, #if, #removeExtraSpace", 0),
        ("{{#lowercase _source.a}}x{{/lowercase}}", "the documented blocks are", 0),
        ("{{#IF _source.a}}x{{/IF}}", "the documented blocks are", 0),
        ("{{#if}}x{{/if}}", "#if takes one path", 0),
        ("{{#if _source.a _source.b}}x{{/if}}", "#if takes one path", 0),
        ("{{#each _source.a as |item|}}x{{/each}}", "#each takes one path", 0),
        ("{{#removeExtraSpace _source.a}}x{{/removeExtraSpace}}", "takes no argument", 0),
        ("{{#if _source.a}}x", "#if is not closed", 18),
        ("{{#if _source.a}}x{{/unless}}", "this closing tag has no opening one", 18),
        ("x{{/if}}", "this closing tag has no opening one", 1),
    ],
)
def test_what_is_not_documented_is_refused_with_its_place(
    source: str, problem: str, position: int
) -> None:
    with pytest.raises(SourceError) as refused:
        parse(source)
    assert problem in str(refused.value)
    assert refused.value.position == position
    assert str(refused.value).endswith(f"(at character {position + 1})")


@pytest.mark.parametrize("block", ["each", "with"])
def test_a_loop_inside_a_loop_reads_the_item_so_that_no_template_runs_for_ever(block: str) -> None:
    opening = "{{#each _source.items}}" + f"{{{{#{block} _source.items}}}}"
    with pytest.raises(SourceError, match="inside #each, #each and #with take a path of the item"):
        parse(f"{opening}x{{{{/{block}}}}}{{{{/each}}}}")


def test_blocks_nest_to_a_limit() -> None:
    def nested(depth: int) -> str:
        return "{{#if _source.email}}" * depth + "x" + "{{/if}}" * depth

    assert value(nested(MAX_DEPTH)) == "x"
    with pytest.raises(SourceError, match=f"blocks nest at most {MAX_DEPTH} deep"):
        parse(nested(MAX_DEPTH + 1))


def test_the_paths_of_an_expression_are_those_below_the_record() -> None:
    assert parse("_source.address.city").paths == {("address", "city")}
    assert parse("{{_source.a}}{{#each _source.b.c}}{{d}}{{_source.e}}{{/each}}").paths == {
        ("a",),
        ("b", "c"),
        ("e",),
    }


@given(st.text() | templates | st.text(alphabet="{}#/._source ifeach\n", max_size=40))
@settings(deadline=None)
def test_any_text_is_parsed_or_refused_with_a_place_in_it(text: str) -> None:
    position = 0
    try:
        parse(text)
    except SourceError as refused:
        position = refused.position
    assert 0 <= position <= len(text)


@given(templates, st.dictionaries(st.sampled_from(["a", "b"]), json_values))
@settings(deadline=None)
def test_a_parsed_template_gives_a_text_for_any_record(source: str, record: dict[str, Any]) -> None:
    try:
        parsed = parse(source)
    except SourceError:
        return
    assert parsed.path is not None or isinstance(parsed.evaluate(record), str)


@given(st.lists(st.sampled_from(["a", "b", "_source"]), min_size=1, max_size=4), json_values)
@settings(deadline=None)
def test_an_accessor_never_fails_whatever_the_record_holds(path: list[str], inner: Any) -> None:
    found = parse(f"_source.{'.'.join(path)}").evaluate({"a": inner, "b": [inner]})
    assert found is None or json.dumps(found) in json.dumps([inner, [inner]])


# Values


@pytest.mark.parametrize(
    ("given_value", "text"),
    [
        ("Expired", "Expired"),
        (" ", " "),
        ("", None),
        (None, None),
        ([], None),
        (["a"], None),
        ({}, None),
        ({"a": "b"}, None),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-7, "-7"),
        (1234, "1234"),
        (449.0, "449"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1e-7, "1e-7"),
        (1.5e300, "1.5e+300"),
    ],
)
def test_a_json_value_becomes_the_text_of_a_profile_value(
    given_value: Any, text: str | None
) -> None:
    assert as_text(given_value) == text


@given(json_values)
@settings(deadline=None)
def test_only_scalars_that_carry_something_have_a_text(json_value: Any) -> None:
    text = as_text(json_value)
    carries = json_value not in (None, "") and not isinstance(json_value, (list, dict))
    assert (text is not None) is carries
    assert text != ""


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans())
@settings(deadline=None)
def test_the_text_of_a_number_or_boolean_reads_back_as_the_same_value(number: float) -> None:
    text = as_text(number)
    assert text is not None
    assert json.loads(text) == number


@given(st.text(min_size=1))
@settings(deadline=None)
def test_text_stays_as_it_came(text: str) -> None:
    assert as_text(text) == text
