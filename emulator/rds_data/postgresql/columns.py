"""Columns of a PostgreSQL result: their types, and what the catalogues say of their tables."""

from collections.abc import Callable
from typing import Final

from psycopg.pq.abc import PGresult

from emulator.rds_data.databases import Column
from emulator.rds_data.errors import UNSUPPORTED_RESULT, data_api_error
from emulator.rds_data.postgresql.column_types import (
    BY_OID,
    ELEMENT_OF,
    PostgreSqlType,
    array_type,
    named_type,
    precision_and_scale,
)

Lookup = Callable[..., list[list[bytes]]]
"""(SQL, one value for each placeholder) -> rows of text."""

_TYPE: Final = "SELECT typname, typtype FROM pg_catalog.pg_type WHERE oid = $1::oid"

_ATTRIBUTES: Final = """
SELECT a.attrelid, a.attnum, c.relname, a.attnotnull,
  a.attidentity <> '' OR coalesce(pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%', false)
FROM unnest($1::oid[], $2::int2[]) AS wanted(relation, number)
JOIN pg_catalog.pg_attribute a ON (a.attrelid, a.attnum) = (wanted.relation, wanted.number)
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
LEFT JOIN pg_catalog.pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
"""

_SERIAL: Final = {"int2": "smallserial", "int4": "serial", "int8": "bigserial"}


class Columns:
    """lookup: asks the catalogues of the database that the results come from."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._named: dict[int, PostgreSqlType] = {}

    def types(self, result: PGresult) -> list[PostgreSqlType]:
        """The type of each column. Raises: ServiceError for one that the service refuses."""
        return [self._type(result.ftype(at)) for at in range(result.nfields)]

    def named(self, result: PGresult) -> list[Column]:
        """The columns, with no more than their names."""
        return [Column(_name(result, at)) for at in range(result.nfields)]

    def described(self, result: PGresult) -> list[Column]:
        """The columns, with all that the service tells of them."""
        tables = self._tables(result)
        columns = []
        for at, kind in enumerate(self.types(result)):
            precision, scale = precision_and_scale(result.ftype(at), kind, result.fmod(at))
            place = (result.ftable(at), result.ftablecol(at))
            table_name, nullable, is_serial = tables.get(place, ("", 2, False))
            element = BY_OID.get(ELEMENT_OF.get(result.ftype(at), 0))
            columns.append(
                Column(
                    _name(result, at),
                    _SERIAL.get(kind.name, kind.name) if is_serial else kind.name,
                    kind.jdbc,
                    nullable,
                    table_name,
                    is_auto_increment=is_serial,
                    is_signed=kind.is_signed,
                    is_case_sensitive=kind.is_case_sensitive,
                    precision=precision,
                    scale=scale,
                    array_base_column_type=element.jdbc if element else 0,
                )
            )
        return columns

    def _type(self, oid: int) -> PostgreSqlType:
        known = BY_OID.get(oid) or self._named.get(oid)
        if known is not None:
            return known
        if oid in ELEMENT_OF:
            return array_type(BY_OID[ELEMENT_OF[oid]])
        ((name, kind),) = self._lookup(_TYPE, b"%d" % oid)
        found = named_type(name.decode(), is_enumeration=kind == b"e")
        if found is None:
            text = f"The result contains the unsupported data type {name.decode().upper()}."
            raise data_api_error(UNSUPPORTED_RESULT, text)
        self._named[oid] = found
        return found

    def _tables(self, result: PGresult) -> dict[tuple[int, int], tuple[str, int, bool]]:
        """(table name, nullable, whether it numbers its rows) of each column of a table."""
        places = {
            (result.ftable(at), result.ftablecol(at))
            for at in range(result.nfields)
            if result.ftable(at)
        }
        if not places:
            return {}
        relations = b"{%s}" % b",".join(b"%d" % relation for relation, _ in places)
        numbers = b"{%s}" % b",".join(b"%d" % number for _, number in places)
        return {
            (int(relation), int(number)): (name.decode(), int(not_null == b"f"), serial == b"t")
            for relation, number, name, not_null, serial in self._lookup(
                _ATTRIBUTES, relations, numbers
            )
        }


def _name(result: PGresult, at: int) -> str:
    return (result.fname(at) or b"").decode()
