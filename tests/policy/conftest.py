"""The recording engine of the unit tests, for the rules over what the program registers."""

from tests.unit.conftest import run_program

__all__ = ["run_program"]
