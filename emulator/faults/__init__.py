"""Faults on demand: a share of the calls to our own services fails, is slow, or gets no answer.

`PUT /_emulator/faults` says which; every draw comes from the seed, in the order of the requests.
"""

from emulator.faults.faults import DroppedError, Faults
from emulator.faults.rules import FaultsError

__all__ = ["DroppedError", "Faults", "FaultsError"]
