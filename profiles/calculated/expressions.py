"""The expression of a calculated attribute: `{OrderType.total}`, `{OrderType.total} * 2`.

References to fields of one object type, numbers, `+ - * /` and parentheses.
"""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext
from typing import Final

REFERENCE: Final = re.compile(r"\{\s*([^{}.\s]+)\.([^{}\s]+)\s*\}")
"""A place in an object: `{ObjectType.path}`."""

_NAME: Final = "field{}"
_MOST_DIGITS: Final = 30
_MOST_PRECISE: Final = 2_000
_OPERATORS: Final[dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}

Fields = Mapping[str, str | None]
"""Value of each field of one object as text, None where it has none."""


class ExpressionError(ValueError):
    """The message tells what is wrong, and shows nothing of a customer."""


@dataclass(frozen=True, slots=True)
class Expression:
    """object_type: whose fields it reads. fields: their names, in order of appearance."""

    object_type: str
    fields: tuple[str, ...]
    _tree: ast.expr

    @property
    def is_plain(self) -> bool:
        """Whether it is one field and nothing else."""
        return isinstance(self._tree, ast.Name)

    def text(self, values: Fields) -> str | None:
        """Its value for one object: a plain field as it stands, else the number; None without."""
        if self.is_plain:
            return values.get(self.fields[0])
        number = self.number(values)
        return None if number is None else shown(number)

    def number(self, values: Fields) -> Decimal | None:
        """Its value as a number; None where a field has none, or it divides by zero."""
        numbers = [as_number(values.get(name)) for name in self.fields]
        if any(number is None for number in numbers):
            return None
        named = {_NAME.format(at): number for at, number in enumerate(numbers)}
        with localcontext() as context:
            # A number too large for its kind is no number here either.
            context.traps[DivisionByZero] = context.traps[InvalidOperation] = True
            context.traps[Overflow] = True
            try:
                return _evaluated(self._tree, named)
            except (DivisionByZero, InvalidOperation, Overflow):
                return None


def parse(text: str) -> Expression:
    """Raises: ExpressionError."""
    types: list[str] = []
    fields: list[str] = []

    def named(found: re.Match[str]) -> str:
        types.append(found[1])
        if found[2] not in fields:
            fields.append(found[2])
        return f" {_NAME.format(fields.index(found[2]))} "

    rest = REFERENCE.sub(named, text)
    if not types:
        raise ExpressionError("the expression names no attribute as {ObjectTypeName.AttributeName}")
    if len(set(types)) > 1:
        raise ExpressionError("the expression may name one object type only")
    try:
        tree = ast.parse(rest.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionError("the expression is not arithmetic of attributes") from None
    known = {_NAME.format(at) for at in range(len(fields))}
    if not all(_is_allowed(node, known) for node in ast.walk(tree)):
        raise ExpressionError("the expression may hold attributes, numbers, + - * / and ( ) only")
    return Expression(types[0], tuple(fields), tree)


def as_number(text: str | None) -> Decimal | None:
    """The decimal number that a text is; None for any other text, and for sizes beyond all use."""
    if text is None or "_" in text:
        return None
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not number.is_finite() or (number and abs(number.adjusted()) > _MOST_DIGITS):
        return None
    return number or Decimal()


def shown(number: Decimal) -> str:
    """A number in its shortest plain form, to ten decimal places: `3`, `2.5`, `-0.125`."""
    with localcontext() as context:
        context.prec = _MOST_PRECISE
        text = f"{round(number, 10):f}"
    text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _is_allowed(node: ast.AST, names: set[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in names
    if isinstance(node, ast.Constant):
        return node.value.__class__ in {int, float}
    plain = (ast.BinOp, ast.UnaryOp, ast.USub, ast.UAdd, ast.Load, *_OPERATORS)
    return isinstance(node, plain)


def _evaluated(node: ast.expr, values: Mapping[str, Decimal | None]) -> Decimal:
    if isinstance(node, ast.BinOp):
        return _OPERATORS[type(node.op)](
            _evaluated(node.left, values), _evaluated(node.right, values)
        )
    if isinstance(node, ast.UnaryOp):
        operand = _evaluated(node.operand, values)
        return -operand if isinstance(node.op, ast.USub) else operand
    if isinstance(node, ast.Name):
        value = values[node.id]
        assert value is not None  # noqa: S101 - checked before
        return value
    assert isinstance(node, ast.Constant)  # noqa: S101 - nothing else is allowed
    return Decimal(str(node.value))
