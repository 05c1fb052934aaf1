"""On which line of a mapping module what it declares stands."""

import pytest

from lifecycle.review.places import entry_place, places
from profiles import Key

HEAD = "from profiles import PROFILE, UNIQUE, Field, Key, ObjectType\n"


def test_the_type_its_members_fields_and_keys_have_their_lines() -> None:
    text = HEAD + (
        "\n"
        "OBJECT_TYPE = ObjectType(\n"
        "    name='Crm',\n"
        "    description=(\n"
        "        'long'\n"
        "    ),\n"
        "    fields=(\n"
        "        Field('id', '_source.id'),\n"
        "        Field(\n"
        "            'tier',\n"
        "            '_source.tier',\n"
        "        ),\n"
        "    ),\n"
        "    keys=(Key('crmId', ('id',), (PROFILE, UNIQUE)),),\n"
        ")\n"
    )
    assert places(text) == {
        "": 3,
        "name": 4,
        "description": 5,
        "fields": 8,
        "field id": 9,
        "field tier": 10,
        "keys": 15,
        "key crmId": 15,
        "key crmId over id": 15,
    }


def test_each_entry_of_one_key_name_has_its_own_place() -> None:
    text = HEAD + "ROWS = (\n    Key('_phone', ('home',)),\n    Key('_phone', ('work', 'id')),\n)\n"
    found = places(text)
    assert found["key _phone"] == found[entry_place(Key("_phone", ("home",)))] == 3
    assert found[entry_place(Key("_phone", ("work", "id")))] == 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Rows with a name of their own, in any way of writing a call.
        (HEAD + "ID = Field('id', '_source.id')\n", {"field id": 2}),
        (HEAD + "ID = Field(source='_source.id', name='id')\n", {"field id": 2}),
        ("from profiles import Field as F\n\nROWS = (F('id', 'x'),)\n", {"field id": 3}),
        ("import profiles\n\nID = profiles.Field('id', '_source.id')\n", {"field id": 3}),
        (HEAD + "OBJECT_TYPE: ObjectType = ObjectType('Crm')\n", {"": 2, "name": 2}),
        # Without the statement, the call.
        (HEAD + "\nOTHER = ObjectType(name='Crm')\n", {"": 3, "name": 3}),
        # What the text does not show has no line.
        (HEAD + "OBJECT_TYPE = make()\n", {"": 2}),
        (HEAD + "ROWS = tuple(Field(n, n) for n in 'ab')\n", {}),
        ("def Field(name):\n    return name\n\nField('id')\n", {}),
        ("OBJECT_TYPE = (\n", {}),
        ("x = '\0'\n", {}),
        ("", {}),
    ],
)
def test_lines_are_read_from_the_text_as_far_as_it_shows_them(
    text: str, expected: dict[str, int]
) -> None:
    assert places(text) == expected


def test_the_first_of_two_rows_of_one_name_gives_the_line() -> None:
    assert places(HEAD + "A = Field('id', 'x')\nB = Field('id', 'y')\n") == {"field id": 2}
