"""`lifecycle emulator`: the local AWS."""

from emulator.command import emulator

__all__ = ["emulator"]
