"""Bodies of PutProfileObjectType, of the shape that the API model has."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from lifecycle.errors import CouldNotRunError
from lifecycle.importing.model import Imported
from profiles.requests import from_request

_NOT_DECLARED: Final = frozenset(
    """CreatedAt DomainName LastUpdatedAt MaxAvailableProfileObjectCount ResponseMetadata
    Tags""".split()
)
"""Members that no mapping declares: the stack's, or the service's own."""


def imported(body: Mapping[str, Any], where: str, *left_out: str) -> Imported:
    """The object type of a request, or of GetProfileObjectType's answer.

    Raises: CouldNotRunError if it has not the modelled shape.
    """
    declared = {name: value for name, value in body.items() if name not in _NOT_DECLARED}
    declared = {name: value for name, value in declared.items() if value is not None}
    # A mapping has no domain, but the request must.
    said = _validate({**declared, "DomainName": "any"})
    if said:
        raise CouldNotRunError(f"{where}: this is no PutProfileObjectType request: {said}")
    try:
        return Imported(from_request(declared["ObjectTypeName"], declared), where, (), left_out)
    except ValueError as error:
        raise CouldNotRunError(f"{where}: {error}") from None


def _validate(request: Mapping[str, Any]) -> str:
    """What the SDK has against it; "" if nothing."""
    from botocore.validate import ParamValidator  # noqa: PLC0415 - slow to import

    report = ParamValidator().validate(request, _shape())
    return "; ".join(report.generate_report().splitlines()) if report.has_errors() else ""


@cache
def _shape() -> Any:
    import botocore.session  # noqa: PLC0415 - slow to import

    model = botocore.session.get_session().get_service_model("customer-profiles")
    return model.operation_model("PutProfileObjectType").input_shape
