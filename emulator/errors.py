"""What keeps the local AWS from starting."""


class StateError(Exception):
    """The state file is not ours, or of a version that this release does not read."""
