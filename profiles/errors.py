"""What the engine refuses at once. Texts known from the service are quoted in aws-semantics."""


class EngineError(ValueError):
    """A request that the service refuses before anything changes."""


class MalformedObjectError(EngineError):
    """The object is not the text of a JSON object."""


class MissingKeyError(EngineError):
    """The object has no value for its UNIQUE key, or for none of its PROFILE keys."""

    def __init__(self) -> None:
        super().__init__("The UNIQUE key or PROFILE key does not exist in the profile object.")


class NotFoundError(EngineError):
    """An object type, profile, key or object that the domain does not have."""
