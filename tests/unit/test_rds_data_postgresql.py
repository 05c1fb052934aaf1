"""PostgreSQL behind the Data API, as far as it needs no server."""

import pytest

from emulator.http import ServiceError
from emulator.rds_data import DsnError, choose_database
from emulator.rds_data.postgresql.arrays import read_array
from emulator.rds_data.postgresql.column_types import BY_OID
from emulator.rds_data.postgresql.dsn import connection_settings


@pytest.mark.parametrize(
    ("dsn", "address"),
    [
        ("postgresql://me@127.0.0.1:5433/crm", "127.0.0.1"),
        ("postgres://me:secret@127.0.0.1/crm", "127.0.0.1"),  # pragma: allowlist secret
        ("postgresql://localhost/crm", "127.0.0.1"),
        ("postgresql://[::1]/crm", "::1"),
        ("postgresql://127.3.2.1/crm", "127.3.2.1"),
        ("postgresql://db.example/crm?hostaddr=127.0.0.1", "127.0.0.1"),
    ],
)
def test_a_server_on_this_machine_is_reached_at_its_address(dsn: str, address: str) -> None:
    assert connection_settings(dsn)["hostaddr"] == address


@pytest.mark.parametrize(
    ("dsn", "said"),
    [
        ("postgresql://me@db.example/crm", "must be 127.0.0.1, not 'db.example'"),
        ("postgresql://10.0.0.1/crm", "not '10.0.0.1'"),
        ("postgresql://127.0.0.1,10.0.0.1/crm", "not '10.0.0.1'"),
        ("postgresql://127.0.0.1/crm?hostaddr=10.0.0.1", "not '10.0.0.1'"),
        ("postgresql://127.0.0.1/crm?host=db.example", "not 'db.example'"),
        ("postgresql:///crm", "not ''"),
        ("postgresql:///crm?host=/run/postgresql", "not '/run/postgresql'"),
        ("postgresql://127.0.0.1/crm?service=production", "a service can lead anywhere"),
        ("mysql://127.0.0.1/crm", "write it as postgresql://"),
        ("127.0.0.1:5432", "write it as postgresql://"),
        ("postgresql://127.0.0.1/crm?nonsense=1", "cannot be read"),
    ],
)
def test_what_could_lead_to_another_machine_is_refused(dsn: str, said: str) -> None:
    with pytest.raises(DsnError) as caught:
        choose_database(dsn, None)
    assert said in str(caught.value)


def test_a_refusal_never_repeats_a_password() -> None:
    for dsn in (
        "postgresql://me:hunter2@db.example/crm",  # pragma: allowlist secret
        "postgresql://me:hunter2@[/crm",  # pragma: allowlist secret
    ):
        with pytest.raises(DsnError) as caught:
            connection_settings(dsn)
        assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("{}", []),
        ("{1,2}", ["1", "2"]),
        ("{1,NULL}", ["1", None]),
        ('{"NULL"}', ["NULL"]),
        ('{"a b","c,d","{}",""}', ["a b", "c,d", "{}", ""]),
        (r'{"say \"hi\"","a\\b"}', ['say "hi"', r"a\b"]),
        ("[0:1]={a,b}", ["a", "b"]),
        ('{"two\nlines"}', ["two\nlines"]),
    ],
)
def test_an_array_is_read_from_its_text(text: str, values: list[str | None]) -> None:
    assert read_array(text, str) == values


@pytest.mark.parametrize("text", ["{{1},{2}}", "[0:0][1:2]={{1,2}}"])
def test_an_array_of_arrays_is_refused(text: str) -> None:
    with pytest.raises(ServiceError, match="multidimensional") as caught:
        read_array(text, str)
    assert caught.value.code == "UnsupportedResultException"


@pytest.mark.parametrize(
    ("type_name", "text", "read"),
    [
        ("timestamp", "2024-02-29 10:00:00", "2024-02-29 10:00:00"),
        ("timestamp", "2024-02-29 10:00:00.5", "2024-02-29 10:00:00.500"),
        ("timestamp", "2024-02-29 10:00:00.1234", "2024-02-29 10:00:00.123400"),
        ("timestamptz", "2024-02-29 10:00:00.25+00", "2024-02-29 10:00:00.250"),
        ("timestamptz", "2024-03-01 01:00:00.5+09", "2024-02-29 16:00:00.500"),
        ("timestamptz", "2024-02-29 10:00:00-03:30", "2024-02-29 13:30:00"),
        ("timestamptz", "0044-03-15 10:00:00+00 BC", "0044-03-15 10:00:00+00 BC"),
        ("time", "10:00:00.000001", "10:00:00.000001"),
        ("date", "2024-02-29", "2024-02-29"),
        ("bytea", "\\x00ff", b"\0\xff"),
        ("bool", "t", True),
        ("bool", "f", False),
        ("int8", "-9223372036854775808", -(2**63)),
        ("float8", "1e-07", 1e-07),
    ],
)
def test_values_are_read_as_the_service_returns_them(
    type_name: str, text: str, read: object
) -> None:
    (kind,) = (each for each in BY_OID.values() if each.name == type_name)
    assert kind.read(text) == read


@pytest.mark.parametrize("type_name", ["date", "timestamp", "timestamptz"])
def test_a_moment_without_end_cannot_be_returned(type_name: str) -> None:
    (kind,) = (each for each in BY_OID.values() if each.name == type_name)
    with pytest.raises(ServiceError) as caught:
        kind.read("-infinity")
    assert caught.value.code == "UnsupportedResultException"
