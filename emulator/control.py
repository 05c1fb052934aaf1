"""The local AWS's own endpoints below `/_emulator/`: health, and faults on demand."""

from importlib.metadata import version
from typing import Any, Final

import orjson

from emulator.customer_profiles import CustomerProfiles
from emulator.faults import Faults, FaultsError
from emulator.http import Request, Response

_JSON: Final = (b"content-type", b"application/json")
_KNOWN: Final = "Known here: GET /_emulator/health; GET, PUT and DELETE /_emulator/faults"


class Control:
    """`GET /_emulator/health` answers `{"status": "ok", "versions": {...}, "domains": N}`.

    `PUT /_emulator/faults` takes `{"seed": 1, "rules": [...]}`, `GET` shows the rules and how often
    each struck, `DELETE` removes them.
    """

    def __init__(self, customer_profiles: CustomerProfiles, faults: Faults) -> None:
        self._customer_profiles = customer_profiles
        self._faults = faults

    async def handle(self, request: Request) -> Response:
        if request.path == "/_emulator/faults" and request.method in {"GET", "PUT", "DELETE"}:
            return self._answer_faults(request)
        if (request.method, request.path) == ("GET", "/_emulator/health"):
            versions = {name: version(name) for name in ("botocore", "ministack")}
            domains = self._customer_profiles.domain_count()
            return _response(200, {"status": "ok", "versions": versions, "domains": domains})
        return _response(404, {"Message": _KNOWN})

    def _answer_faults(self, request: Request) -> Response:
        try:
            if request.method == "PUT":
                self._faults.set(request.body)
            elif request.method == "DELETE":
                self._faults.clear()
        except FaultsError as error:
            return _response(400, {"Message": str(error)})
        return _response(200, self._faults.described())


def _response(status: int, body: dict[str, Any]) -> Response:
    return Response(status, orjson.dumps(body), [_JSON])
