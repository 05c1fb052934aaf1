"""The local AWS: one process and one loopback port that speak the real wire protocols."""

__version__ = "0.1.0"
