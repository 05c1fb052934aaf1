"""What a resource type's handler answers when it fails, and how the API carries it.

A handler's code ends in a FAILED progress event; where the API answers at once (GetResource,
ListResources, an update of what never changes) the same code is an exception (Cloud Control API
reference, HandlerErrorCode and the errors of each operation). What the API finds wrong before any
handler has a say is a ValidationException (live: pulumi-aws-native issues 581 and 941,
terraform-provider-awscc issue 3235).
"""

from typing import Final

from emulator.http import ServiceError

NOT_FOUND: Final = "NotFound"
ALREADY_EXISTS: Final = "AlreadyExists"
INVALID_REQUEST: Final = "InvalidRequest"
NOT_UPDATABLE: Final = "NotUpdatable"
NOT_STABILIZED: Final = "NotStabilized"
GENERAL: Final = "GeneralServiceException"
INTERNAL: Final = "InternalFailure"
VALIDATION: Final = "ValidationException"

_EXCEPTIONS: Final = {
    NOT_FOUND: "ResourceNotFoundException",
    ALREADY_EXISTS: "AlreadyExistsException",
    INVALID_REQUEST: "InvalidRequestException",
    NOT_UPDATABLE: "NotUpdatableException",
    NOT_STABILIZED: "NotStabilizedException",
    GENERAL: "GeneralServiceException",
    INTERNAL: "HandlerInternalFailureException",
}

_SIGNS: Final = (
    (
        ALREADY_EXISTS,
        (
            "already exist",
            "AlreadyExist",
            "ResourceConflict",
            "NameConflict",
            "already associated with an active EventStream",
        ),
    ),
    (
        NOT_FOUND,
        (
            "NotFound",
            "not found",
            "cannot be found",
            "DoesNotExist",
            "does not exist",
            "NonExist",
            "NoSuch",
        ),
    ),
    (INVALID_REQUEST, ("Validation", "Invalid", "BadRequest", "Malformed", "must", "an only ")),
)


class HandlerError(Exception):
    """A handler's failure. code: HandlerErrorCode. identifier: of what stands in the way."""

    def __init__(self, code: str, message: str, identifier: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.identifier = identifier


def invalid(message: str) -> ServiceError:
    """A request that no handler gets to see."""
    return ServiceError(VALIDATION, message)


def not_found(type_name: str, identifier: str) -> HandlerError:
    """No such resource, in AWS's words."""
    text = f"Resource of type '{type_name}' with identifier '{identifier}' was not found."
    return HandlerError(NOT_FOUND, text)


def already_exists(type_name: str, identifier: str) -> HandlerError:
    """Such a resource stands already, in AWS's words."""
    text = f"Resource of type '{type_name}' with identifier '{identifier}' already exists."
    return HandlerError(ALREADY_EXISTS, text, identifier)


def exception(error: HandlerError) -> ServiceError:
    """The same failure as an answer instead of an event; always a 4xx."""
    return ServiceError(_EXCEPTIONS[error.code], error.message)


def classified(code: str, message: str) -> HandlerError:
    """A failure that a service reported by its own code (may be empty) and message."""
    for known in (code, message):
        for handler_code, signs in _SIGNS:
            if any(sign in known for sign in signs):
                return HandlerError(handler_code, message)
    return HandlerError(GENERAL, message)
