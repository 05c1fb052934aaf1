"""Errors of the Data API, with the status that botocore's model gives each of them."""

from typing import Final

from emulator.http import ServiceError
from emulator.rds_data.model import error_status

VALIDATION: Final = "ValidationException"
"""What is wrong with a call. The model does not list it; the Aurora guide quotes it."""

BAD_REQUEST: Final = "BadRequestException"
DATABASE_ERROR: Final = "DatabaseErrorException"
DATABASE_NOT_FOUND: Final = "DatabaseNotFoundException"
STATEMENT_TIMEOUT: Final = "StatementTimeoutException"
TRANSACTION_NOT_FOUND: Final = "TransactionNotFoundException"
UNSUPPORTED_RESULT: Final = "UnsupportedResultException"


def data_api_error(code: str, message: str) -> ServiceError:
    """An error of this code."""
    return ServiceError(code, message, error_status(code))


def too_many_statements() -> ServiceError:
    """More than one statement in a call."""
    return data_api_error(VALIDATION, "Multistatements aren't supported.")


def too_large_result() -> ServiceError:
    """More rows than the service hands out."""
    return data_api_error(UNSUPPORTED_RESULT, "The result exceeds the size limit 1 MB.")
