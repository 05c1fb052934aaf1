"""What a mapping's settings mean, in sentences for people who do not know the service by heart."""

from typing import Final

from lifecycle.catalogue.attributes import SearchKey
from profiles import ContentType, Identifier, Key, ObjectType

COMPARED: Final = {
    ContentType.STRING: "letter by letter",
    ContentType.NUMBER: "as a number, so 1234 equals 01234.0",
    ContentType.PHONE_NUMBER: "as a phone number, however it is written",
    ContentType.EMAIL_ADDRESS: "as an e-mail address, capitals or not",
    ContentType.NAME: "as a name, whatever its capitals and spaces",
}
"""How values of each content type are compared when profiles are matched or searched."""

_STANDARD: Final = {
    Identifier.ASSET: "asset",
    Identifier.CASE: "case",
    Identifier.ORDER: "order",
    Identifier.COMMUNICATION_RECORD: "communication record",
    Identifier.AIR_PREFERENCE: "air preference",
    Identifier.HOTEL_PREFERENCE: "hotel preference",
    Identifier.AIR_BOOKING: "air booking",
    Identifier.AIR_SEGMENT: "air segment",
    Identifier.HOTEL_RESERVATION: "hotel reservation",
    Identifier.HOTEL_STAY_REVENUE: "hotel stay revenue",
    Identifier.LOYALTY: "loyalty membership",
    Identifier.LOYALTY_TRANSACTION: "loyalty transaction",
    Identifier.LOYALTY_PROMOTION: "loyalty promotion",
    Identifier.DEVICE: "device",
    Identifier.WEB_ANALYTICS: "web analytics event",
}


def key_does(key: Key) -> tuple[str, ...]:
    """What a key is used for, a sentence for each use."""
    identifiers = set(key.identifiers)
    said = []
    if Identifier.PROFILE in identifiers:
        said.append(
            "Finds the customer if no primary key did: the one profile that has this value."
            if Identifier.SECONDARY in identifiers
            else "Finds the customer: the one profile that has this value takes the object."
        )
    if Identifier.UNIQUE in identifiers:
        said.append("Names the object: a later one with this value replaces it.")
    said += [
        f"Finds the {noun} that the object describes, or creates one."
        for identifier, noun in _STANDARD.items()
        if identifier in identifiers
    ]
    if Identifier.LOOKUP_ONLY in identifiers:
        said.append("The value is only looked up, never kept: nobody can search for it.")
    elif Identifier.NEW_ONLY in identifiers:
        said.append("The value is kept for searches only if the object creates the profile.")
    elif not said:
        said.append("For searches only: it has no say in which profile takes the object.")
    return tuple(said)


def key_compared(key: Key, object_type: ObjectType) -> str:
    """How the values of a key are compared, for each of its fields where they differ."""
    types = {field.name: field.content_type for field in object_type.fields}
    kinds = [types[name] for name in key.fields]
    if len(set(kinds)) == 1:
        together = "together, each " if len(kinds) > 1 else ""
        return f"{together}{COMPARED[kinds[0]]}"
    each = [f"{name} {COMPARED[kind]}" for name, kind in zip(key.fields, kinds, strict=True)]
    return f"together: {'; '.join(each)}"


def search_finds(key: SearchKey) -> str:
    """How a search key finds a profile by an attribute's value."""
    said = "By its value"
    if key.others:
        said += f" together with {listed(key.others)}"
    if key.only_new:
        said += ", if the object created the profile"
    return f"{said}."


def expiry(object_type: ObjectType) -> str:
    """When an object goes."""
    days = object_type.expiration_days
    if days is None:
        return "after the default of the domain"
    return f"after {counted(days, 'day')}"


def creates(object_type: ObjectType) -> str:
    """Whether objects create profiles."""
    if object_type.template_id is not None:
        return "as its template"
    return "yes" if object_type.allow_profile_creation else "no"


def creation(object_type: ObjectType) -> str:
    """What becomes of an object that matches no profile."""
    if object_type.template_id is not None:
        return "The service knows what becomes of an object that matches no profile."
    if object_type.allow_profile_creation:
        return "An object that matches no profile creates one."
    return "An object that matches no profile is rejected to the dead-letter queue."


def priority(object_type: ObjectType) -> str:
    """Whose value stands where two object types write one attribute."""
    if object_type.source_priority is None:
        return "Every type that has a number is stronger; between equals the last write stands."
    return "Types with a lower number are stronger; between equals the last write stands."


def counted(number: int, noun: str) -> str:
    """`1 field`, `2 fields`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(words: tuple[str, ...] | list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(words) < 2:  # noqa: PLR2004 - nothing to join
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
