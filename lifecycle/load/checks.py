"""What Customer Profiles would refuse of a row, told from the row alone, and whom it is about."""

from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Final

from lifecycle.object_keys import ObjectKeys
from lifecycle.review.key_links import KeyLinks
from lifecycle.verify_record import fingerprint
from profiles import ObjectTypeMapping
from profiles.engine import content_problem

_HASH_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Checked:
    """unique, content: hashes of the UNIQUE key's value, and of the object under its mapping: after
    a mapping change every object is to be put again. links: numbers that rows of one customer
    share; see `KeyLinks`.
    """

    unique: bytes
    content: bytes
    links: tuple[int, ...]


class Checks:
    """The checks of one object type."""

    def __init__(self, mapping: ObjectTypeMapping) -> None:
        self._keys = ObjectKeys(mapping)
        self._links = KeyLinks([mapping.object_type])
        # Only people read the description.
        meant = replace(mapping.object_type, description="")
        self._mapping = fingerprint([meant]).encode()

    def run(self, text: str) -> Checked | str:
        """What is known of the row, or why it would be rejected; no value stands in the reason."""
        found = self._keys.read(text)
        if isinstance(found, str):
            return found
        record, values = found
        plan = self._keys.plan
        problem = content_problem(plan, text, record)
        if problem is not None:
            return problem
        unique = None if plan.unique is None else values[plan.unique]
        links = tuple(self._links.numbers(plan.name, record))
        return Checked(_hash(unique or ""), _hash(text, self._mapping), links or (1,))


def _hash(text: str, key: bytes = b"") -> bytes:
    data = text.encode(errors="surrogatepass")
    return blake2b(data, digest_size=_HASH_BYTES, key=key).digest()
