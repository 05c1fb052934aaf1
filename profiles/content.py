"""How values of each content type are compared: the normal form that goes into an index.

Values are kept as they came; only what is indexed and searched is normalised (admin guide,
"Mapping field definitions"). The guide names the equalities; the exact algorithms are not public,
so each function here says what it chose.
"""

import re
from collections.abc import Callable
from decimal import Context, Decimal
from typing import Final

from profiles.vocabulary import ContentType

Normaliser = Callable[[str], str]

_NOT_DIGITS: Final = re.compile(r"\D+", re.ASCII)
_NUMBER: Final = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,6})?\s*", re.ASCII)
# No object has more digits, so none is ever rounded away.
_EXACT: Final = Context(prec=256_000, Emax=10_000_000, Emin=-10_000_000)
_NORTH_AMERICAN_DIGITS: Final = 10


def normal_number(value: str) -> str:
    """Numerically equal spellings become one (`1234`, `01234`, `1234.0`).

    Other text is kept, without white space around it.
    """
    if _NUMBER.fullmatch(value) is None:
        return value.strip()
    number = Decimal(value.strip()).normalize(_EXACT)
    return str(number) if number else "0"


def normal_phone_number(value: str) -> str:
    """Digits alone, without the country code 1 in front of ten of them.

    The guide's equalities: `+15551234567` is `(555)-123-4567`, `+1 (206) 345-7890` is `2063457890`.
    Text without any digit is kept, in lower case and without white space around it.
    """
    digits = _NOT_DIGITS.sub("", value)
    if len(digits) == _NORTH_AMERICAN_DIGITS + 1 and digits[0] == "1":
        return digits[1:]
    return digits or value.strip().lower()


def normal_email_address(value: str) -> str:
    """Lower case, without white space around it."""
    return value.strip().lower()


def normal_name(value: str) -> str:
    """Lower case, runs of white space collapsed to one space, none around it."""
    return " ".join(value.split()).lower()


NORMALISERS: Final[dict[ContentType, Normaliser | None]] = {
    ContentType.STRING: None,
    ContentType.NUMBER: normal_number,
    ContentType.PHONE_NUMBER: normal_phone_number,
    ContentType.EMAIL_ADDRESS: normal_email_address,
    ContentType.NAME: normal_name,
}
"""The normaliser of each content type; None where the value itself is compared."""


def normal_form(value: str, content_type: ContentType) -> str:
    """The form of `value` that equal values of `content_type` share."""
    normaliser = NORMALISERS[content_type]
    return value if normaliser is None else normaliser(value)
