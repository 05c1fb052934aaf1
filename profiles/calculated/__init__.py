"""Calculated attributes: values that follow from the objects of one type of a profile.

Source: API reference (CreateCalculatedAttributeDefinition, Range, Threshold, Filter) and admin
guide, "Create a custom calculated attribute definition". What both leave open is listed in
docs/reference/differences.md.
"""

from profiles.calculated.definition import Definition, DefinitionError, Window, make_definition
from profiles.calculated.values import CalculatedValue, calculate

__all__ = [
    "CalculatedValue",
    "Definition",
    "DefinitionError",
    "Window",
    "calculate",
    "make_definition",
]
