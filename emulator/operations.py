"""Our own services from the outside: which operation a request is, and how a service refuses."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

from botocore.model import ServiceModel

from emulator.cloud_control import wire as cloud_control
from emulator.customer_profiles import wire as customer_profiles
from emulator.http import Request, Response, ServiceError
from emulator.rds_data import model as rds_data_model
from emulator.rds_data import wire as rds_data


@dataclass(frozen=True, slots=True)
class Protocol:
    """What a service's requests and errors look like.

    operation: raises ServiceError for a request that names none.
    """

    model: Callable[[], ServiceModel]
    operation: Callable[[Request], str]
    refusal: Callable[[ServiceError], Response]


@cache
def customer_profiles_router() -> customer_profiles.Router:
    """The routes of Customer Profiles."""
    return customer_profiles.Router()


def _customer_profiles_operation(request: Request) -> str:
    route, _ = customer_profiles_router().find(request.method, request.path)
    return route.operation


PROTOCOLS: Final = {
    "profile": Protocol(
        customer_profiles.service_model, _customer_profiles_operation, customer_profiles.refusal
    ),
    "cloudcontrolapi": Protocol(
        cloud_control.service_model, cloud_control.operation_of, cloud_control.refusal
    ),
    "rds-data": Protocol(rds_data_model.service_model, rds_data.operation_of, rds_data.refusal),
}
"""By the name under which the gateway knows the service."""
