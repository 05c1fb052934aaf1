"""Named parameters in SQL: what is one, and what only looks like one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.rds_data.statements import POSTGRESQL, SQLITE, Dialect, scan

BOTH = pytest.mark.parametrize("dialect", [POSTGRESQL, SQLITE], ids=["postgresql", "sqlite"])


@BOTH
@pytest.mark.parametrize(
    ("sql", "names", "text"),
    [
        ("SELECT 1", (), "SELECT 1"),
        (":a", ("a",), "@1"),
        ("x=:a AND y=:b", ("a", "b"), "x=@1 AND y=@2"),
        ("(:a,:b)", ("a", "b"), "(@1,@2)"),
        (":a+:b+:a", ("a", "b", "a"), "@1+@2+@3"),
        (":customer_id2", ("customer_id2",), "@1"),
        (":0", ("0",), "@1"),
        (":größe", ("größe",), "@1"),
        ("a:b", ("b",), "a@1"),
        (": a", (), ": a"),
        ("f(x := :a)", ("a",), "f(x := @1)"),
        ("", (), ""),
    ],
)
def test_a_colon_and_a_name_are_a_parameter_each_time(
    dialect: Dialect, sql: str, names: tuple[str, ...], text: str
) -> None:
    statement = scan(sql, dialect)
    assert statement.names == names
    assert statement.text == text.replace("@", dialect.placeholder)


@BOTH
@pytest.mark.parametrize(
    "hidden",
    [
        "':a'",
        "'it''s :a'",
        "''':a'''",
        '":a"',
        '""":a"""',
        "-- :a",
        "-- don't :a",
        "/* :a */",
        "/* ' */",
        "/* -- :a\n:a */",
        "x::a",
        "x::::a",
        "':a",
        '":a',
        "/* :a",
    ],
)
def test_what_stands_in_quotes_comments_or_casts_is_no_parameter(
    dialect: Dialect, hidden: str
) -> None:
    statement = scan(f":x {hidden}", dialect)
    assert statement.names == ("x",)
    assert statement.text == f"{dialect.placeholder}1 {hidden}"


@BOTH
@pytest.mark.parametrize("closed", ["'it''s'", '"a"" b"', "-- it's\n", "/* ' \" */", "x::text "])
def test_a_parameter_after_quotes_comments_and_casts_is_found(
    dialect: Dialect, closed: str
) -> None:
    assert scan(f"{closed}:a", dialect).names == ("a",)


@pytest.mark.parametrize(
    "hidden",
    [
        "$$ :a $$",
        "$$ ' $$",
        "$fn$ $$ :a $$ ' $fn$",
        "$größe$ :a $größe$",
        "$$ :a",
        r"E'\':a'",
        r"e'\\'':a'",
        "E'a'\n  '\\':a'",
        r"E':a\'",
        "E':a\\",
        "/* /* ' */ :a */",
        "/* /* */ :a",
    ],
)
def test_postgresql_hides_more(hidden: str) -> None:
    assert scan(f":x {hidden}", POSTGRESQL).names == ("x",)


@pytest.mark.parametrize(
    "closed",
    [
        r"E'\''",
        r"'\'",
        r"name_e'\'",
        "$$ ' $$",
        "$a$ $b$ ' $a$",
        "/* /* ' */ ' */",
        "column$$",
        "a$b$",
        "-- it's\r",
        "$1",
    ],
)
def test_postgresql_ends_what_it_hides_where_postgresql_does(closed: str) -> None:
    assert scan(f"{closed} :a", POSTGRESQL).names == ("a",)


@pytest.mark.parametrize("hidden", ["`:a`", "`a``:a`", "[:a]", "[it's :a]", "[:a"])
def test_sqlite_quotes_names_in_more_ways(hidden: str) -> None:
    assert scan(f":x {hidden}", SQLITE).names == ("x",)


@pytest.mark.parametrize("closed", ["/* /* */", r"'\'", "[a'b]", "`a'b`", "$$ "])
def test_sqlite_ends_what_it_hides_where_sqlite_does(closed: str) -> None:
    assert scan(f"{closed} :a", SQLITE).names == ("a",)


def test_a_range_of_an_array_is_read_as_a_parameter_as_the_service_does() -> None:
    assert scan("items[1:2]", POSTGRESQL).names == ("2",)


NOISE = st.text(st.sampled_from("':\"`[]$-/*\\aeE1_ \n"), max_size=12)


def quoted(opening: str, closing: str, doubled: str) -> st.SearchStrategy[tuple[str, str]]:
    return NOISE.map(lambda inner: ("", opening + inner.replace(doubled, doubled * 2) + closing))


PARAMETERS = st.from_regex(r"[a-z_][a-z0-9_]{0,6}", fullmatch=True).map(
    lambda name: (name, f":{name}")
)
PLAIN = st.sampled_from(["SELECT", "x", "=", "(", ",", "1.5", "a_e", "::text", ":=", "->>"])
SHARED = (
    PARAMETERS
    | PLAIN.map(lambda text: ("", text))
    | quoted("'", "'", "'")
    | quoted('"', '"', '"')
    | NOISE.map(lambda inner: ("", f"--{inner.replace(chr(10), ' ')}\n"))
)
POSTGRESQL_PARTS = (
    SHARED
    | NOISE.map(lambda inner: ("", f"$tag${inner.replace('$tag$', '')}$tag$"))
    | NOISE.map(lambda inner: ("", f"$${inner.replace('$', '')}$$"))
    | NOISE.map(lambda inner: ("", "E'" + inner.replace("\\", "\\\\").replace("'", "\\'") + "'"))
    | NOISE.map(lambda inner: ("", f"/* /*{inner.replace('/', '').replace('*', '')}*/ :no */"))
)
SQLITE_PARTS = (
    SHARED
    | quoted("`", "`", "`")
    | NOISE.map(lambda inner: ("", f"[{inner.replace(']', '')}]"))
    | NOISE.map(lambda inner: ("", f"/*{inner.replace('*', '')}*/"))
)


def check(parts: list[tuple[str, str]], dialect: Dialect) -> None:
    """Parts, each (name if a parameter, text), are read as what they were written as."""
    statement = scan(" ".join(text for _, text in parts), dialect)
    names = [name for name, _ in parts if name]
    numbers = iter(range(1, len(names) + 1))
    expected = [f"{dialect.placeholder}{next(numbers)}" if name else text for name, text in parts]
    assert list(statement.names) == names
    assert statement.text == " ".join(expected)


@given(st.lists(POSTGRESQL_PARTS, max_size=8))
@settings(deadline=None)
def test_no_mix_of_quotes_and_comments_confuses_postgresqls(parts: list[tuple[str, str]]) -> None:
    check(parts, POSTGRESQL)


@given(st.lists(SQLITE_PARTS, max_size=8))
@settings(deadline=None)
def test_no_mix_of_quotes_and_comments_confuses_sqlites(parts: list[tuple[str, str]]) -> None:
    check(parts, SQLITE)


@given(st.text(st.sampled_from("':\"`[]$-/*\\aE \n"), max_size=40))
@settings(deadline=None)
def test_whatever_the_text_says_only_parameters_change(sql: str) -> None:
    for dialect in (POSTGRESQL, SQLITE):
        statement = scan(sql, dialect)
        restored = statement.text
        for number in range(len(statement.names), 0, -1):
            head, _, tail = restored.rpartition(f"{dialect.placeholder}{number}")
            restored = f"{head}:{statement.names[number - 1]}{tail}"
        assert restored == sql
