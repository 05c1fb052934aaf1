"""What Customer Profiles would refuse of a row, told from the row alone, and whom it is about."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from lifecycle.object_keys import ObjectKeys
from lifecycle.review.key_links import KeyLinks
from profiles import ObjectTypeMapping
from profiles.engine import MAX_VALUE_CHARACTERS, TOO_LARGE, VALUE_LIMITS, parse_object
from profiles.errors import MalformedObjectError
from profiles.merging import profile_values
from profiles.plan import make_plan
from profiles.structures import longest

MAX_OBJECT_BYTES: Final = 256_000
_HASH_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Checked:
    """unique, content: hashes of the UNIQUE key's value and of the object. links: numbers that rows
    of one customer share; see `KeyLinks`.
    """

    unique: bytes
    content: bytes
    links: tuple[int, ...]


class Checks:
    """The checks of one object type."""

    def __init__(self, mapping: ObjectTypeMapping) -> None:
        self._keys = ObjectKeys(mapping)
        self._plan = make_plan(mapping.object_type)
        self._links = KeyLinks([mapping.object_type])
        self._type = mapping.object_type.name

    def run(self, text: str) -> Checked | str:
        """What is known of the row, or why it would be rejected; no value stands in the reason."""
        problem = self._keys.problem(text)
        if problem is not None:
            return problem
        try:
            record = parse_object(text)
        except MalformedObjectError as error:
            return str(error)
        if len(text.encode()) > MAX_OBJECT_BYTES:
            return TOO_LARGE
        if len(text) > MAX_VALUE_CHARACTERS:
            for path, value in profile_values(self._plan, record).items():
                limit = VALUE_LIMITS.get(path, MAX_VALUE_CHARACTERS)
                if longest(value) > limit:
                    return f"The value for _profile.{path} is longer than {limit} characters"
        unique = self._keys.unique(text) or ""
        links = tuple(self._links.numbers(self._type, record))
        return Checked(_hash(unique), _hash(text), links or (1,))


def _hash(text: str) -> bytes:
    return blake2b(text.encode(errors="surrogatepass"), digest_size=_HASH_BYTES).digest()
