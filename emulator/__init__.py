"""The local AWS: one process and one loopback port that speak the real wire protocols."""
