"""Why a command could not run, as opposed to what it found."""


class CouldNotRunError(Exception):
    """Something that the user must put right first; the text says what and how."""
