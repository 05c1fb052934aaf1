"""The local AWS for the tests of other projects; the fixtures are in `emulator.testing.plugin`."""

from emulator.testing.local import LocalAws, StartError, local_aws

__all__ = ["LocalAws", "StartError", "local_aws"]
