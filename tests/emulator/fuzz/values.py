"""Random values: such as a model's shapes want, odd ones, and good ones after an accident.

All chance comes from one `Random`, so that a seed gives the same values again.
"""

import json
from random import Random
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from tests.emulator.conformance import fits

MAX_DEPTH = 6

PLAIN_TEXTS = (
    *(
        "a",
        "b",
        "id",
        "own",
        "Ada",
        "a1",
        "_source.a",
        "_profile.FirstName",
        "1",
        "x" * 40,
        "0" * 32,
    ),
    *("arn:aws:iam::111122223333:role/a", "arn:aws:kinesis:us-east-1:111122223333:stream/s"),
)

ODD_TEXTS = (
    *("", " ", "\0", "\ud800", "\udc00\ud800", "é", "👩\u200d🚀", "\u202e", "\r\n", "\x7f"),
    *("x" * 255, "x" * 256, "x" * 1_001, "0" * 32, "f" * 32, "../..", "%", "%ff", "||", "d|Person"),
    *(
        "{{",
        "{{_source.a}}",
        "_source",
        "_source.",
        "_source.a.b",
        "_profile.",
        "_profile.FirstName",
    ),
    *("_asset.AssetName", "_profile.Attributes.", "_email", "_profileId", "_fullName", "Tags"),
    *("0", "-1", "1e999", "NaN", "null", "[]", "{}", "true", "2026-01-01T00:00:00Z", "aws:tag"),
    "'; DROP TABLE profiles; --",
    "arn:aws:profile:us-east-1:111122223333:domains/d",
    "https://sqs.us-east-1.amazonaws.com/1/q",
)
ODD_NUMBERS = (0, -1, 1, 1.5, 100, 2**31, 2**53 + 1, 2**63, 2**64, 10**40, -(2**70), 1e308, -0.0)
ODD_BODIES = (
    *(b"", b"{", b"[]", b"null", b'""', b"0", b"{}{}", b"a=b", b"\xff\xfe", b"\0" * 40),
    *(b'{"a":NaN}', b'{"a":1e999}', b'{"a":"\\ud800"}', b'\xef\xbb\xbf{"a":1}'),
    *(b"[" * 5_000, b'{"a":' * 5_000),
)
METHODS = ("GET", "PUT", "POST", "DELETE", "HEAD", "PATCH", "OPTIONS", "TRACE", "X")


class Values:
    """known: what the service gave or was given, by member name, to be named again."""

    def __init__(self, chance: Random, known: dict[str, list[Any]]) -> None:
        self.chance = chance
        self.known = known
        self._fitting: dict[str, Any] = {}

    def one_in(self, number: int) -> bool:
        return self.chance.randrange(number) == 0

    def of_shape(self, shape: Shape, name: str = "", depth: int = 0) -> Any:
        """A value that fits the shape more often than not."""
        known = self.known.get(name)
        if known and not self.one_in(12):
            return self.chance.choice(known)
        if self.one_in(80) or depth > MAX_DEPTH:
            return self.odd()
        if isinstance(shape, StructureShape):
            required = shape.required_members
            return {
                member: self.of_shape(inner, member, depth + 1)
                for member, inner in shape.members.items()
                if (member in required and not self.one_in(60)) or self._is_given(member)
            }
        if isinstance(shape, ListShape):
            size = self._size(shape)
            return [self.of_shape(shape.member, name, depth + 1) for _ in range(size)]
        if isinstance(shape, MapShape):
            keys = [
                str(self.of_shape(shape.key, f"{name}Key", depth)) for _ in range(self._size(shape))
            ]
            return {key: self.of_shape(shape.value, f"{name}Value", depth + 1) for key in keys}
        return self._scalar(shape)

    def _is_given(self, member: str) -> bool:
        """Whether a member that may be absent is there; a token only if one was given out."""
        return self.one_in(30 if member.endswith("Token") and member not in self.known else 4)

    def _size(self, shape: Shape) -> int:
        least = shape.metadata.get("min", 0)
        return least if self.one_in(4) else max(least, self.chance.randrange(4))

    def _scalar(self, shape: Shape) -> Any:
        bounds = shape.metadata
        if bounds.get("enum"):
            return self.chance.choice(bounds["enum"])
        if shape.type_name == "boolean":
            return self.one_in(2)
        if shape.type_name in {"integer", "long"}:
            return self.chance.randint(bounds.get("min", 0), min(bounds.get("max", 100), 2**31 - 1))
        if shape.type_name in {"double", "float"}:
            return self.chance.random()
        texts = self._fitting.get(shape.name)
        if texts is None:
            texts = [text for text in PLAIN_TEXTS if fits(shape, text)] or PLAIN_TEXTS
            self._fitting[shape.name] = texts
        return self.chance.choice(texts)

    def odd(self) -> Any:
        """A value that nobody asked for."""
        chance = self.chance
        kind = chance.randrange(7)
        if kind < 3:
            return chance.choice(ODD_TEXTS)
        if kind == 3:
            return chance.choice(ODD_NUMBERS)
        if kind == 4:
            return chance.choice((None, True, False))
        if kind == 5:
            return [self.odd() for _ in range(chance.randrange(4))]
        return {chance.choice(ODD_TEXTS): self.odd() for _ in range(chance.randrange(3))}

    def broken(self, value: Any) -> Any:
        """The value with one place of it changed."""
        if isinstance(value, dict) and value and not self.one_in(6):
            name = self.chance.choice(list(value))
            changed = dict(value)
            what = self.chance.randrange(5)
            if what == 0:
                del changed[name]
            elif what == 1:
                changed[str(self.chance.choice(ODD_TEXTS))] = self.odd()
            else:
                changed[name] = self.broken(value[name])
            return changed
        if isinstance(value, list) and value and not self.one_in(6):
            at = self.chance.randrange(len(value))
            if self.one_in(8):
                return value * self.chance.choice((2, 11, 120))
            return [*value[:at], self.broken(value[at]), *value[at + 1 :]]
        if isinstance(value, str) and self.one_in(2):
            return self.torn(value)
        return self.odd()

    def torn(self, text: str) -> str:
        """The text cut, doubled, or with something in the middle of it."""
        at = self.chance.randrange(len(text) + 1)
        what = self.chance.randrange(4)
        if what == 0:
            return text[:at]
        if what == 1:
            return text + text
        return text[:at] + str(self.chance.choice(ODD_TEXTS)) + text[at if what == 2 else at + 1 :]

    def noisy(self, body: bytes) -> bytes:
        """The bytes with some of them changed, lost or repeated."""
        if self.one_in(3):
            return self.chance.choice(ODD_BODIES)
        noisy = bytearray(body)
        for _ in range(self.chance.randrange(1, 5)):
            at = self.chance.randrange(len(noisy) + 1)
            what = self.chance.randrange(4)
            if what == 0:
                del noisy[at : at + self.chance.randrange(1, 20)]
            elif what == 1:
                noisy[at:at] = self.chance.randbytes(self.chance.randrange(1, 6))
            elif what == 2:
                noisy[at:at] = noisy[max(0, at - 30) : at]
            elif at < len(noisy):
                noisy[at] ^= 1 << self.chance.randrange(8)
        return bytes(noisy)

    def encoded(self, value: Any) -> bytes:
        """JSON, spelled one way or another, sometimes no longer JSON."""
        text = json.dumps(value, ensure_ascii=self.one_in(2), indent=self.chance.choice((None, 1)))
        body = text.encode("utf-8", "surrogatepass")
        return self.noisy(body) if self.one_in(12) else body
