"""The local AWS's own endpoints below `/_emulator/`: health now, knobs as they are needed."""

from importlib.metadata import version

import orjson

from emulator.customer_profiles import CustomerProfiles
from emulator.http import Request, Response

_JSON = (b"content-type", b"application/json")


class Control:
    """`GET /_emulator/health` answers `{"status": "ok", "versions": {...}, "domains": N}`."""

    def __init__(self, customer_profiles: CustomerProfiles) -> None:
        self._customer_profiles = customer_profiles

    async def handle(self, request: Request) -> Response:
        if (request.method, request.path) == ("GET", "/_emulator/health"):
            body = {
                "status": "ok",
                "versions": {name: version(name) for name in ("botocore", "ministack")},
                "domains": self._customer_profiles.domain_count(),
            }
            return Response(200, orjson.dumps(body), [_JSON])
        known = orjson.dumps({"Message": "Known here: GET /_emulator/health"})
        return Response(404, known, [_JSON])
