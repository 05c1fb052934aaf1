"""The service that is asked: the emulator, or AWS with its pace, its lag and its leftovers."""

import json
import secrets
import time
from collections.abc import Iterator
from typing import Any

from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.loaders import Loader
from botocore.model import ServiceModel

from emulator.pace import AWS as RATES

PREFIX = "lifecycle-parity-"
TAGS = {"lifecycle-parity": "remove-me"}
POLICY_SID = "LifecycleParity"

SECONDS_PER_DAY = 86_400
LAG_SECONDS = 60.0
"""As long as people were seen to poll (aws-semantics 2.5)."""

_MODEL = ServiceModel(Loader().load_service_model("customer-profiles", "service-2"))
_AMAZON = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")


class ServiceUnderTest:
    """session: of boto3, with credentials and a region. endpoint: None for AWS's own.

    lags: whether it lags and limits rates as AWS does: calls are paced under the default rates,
    and an answer that is awaited has a minute. unmodelled: members that the next call has beside.
    """

    def __init__(self, session: Any, account: str, *, endpoint: str | None, lags: bool) -> None:
        self.account = account
        self.region = str(session.region_name)
        self.patience = LAG_SECONDS if lags else 0.0
        self.pause = 2.0 if lags else 0.02
        self._session = session
        self._endpoint = endpoint
        self._lags = lags
        self._run = secrets.token_hex(4)
        self._named = 0
        self._last: dict[str, float] = {}
        self.unmodelled: dict[str, Any] = {}
        self._told: tuple[int, str, Any] = 0, "", None
        self._clients: dict[str, Any] = {}
        profiles = self.client("customer-profiles")
        profiles.meta.events.register("before-call.customer-profiles.*", self._add)
        profiles.meta.events.register("before-parse.customer-profiles.*", self._keep)
        host = profiles.meta.endpoint_url.partition("://")[2].partition("/")[0]
        self.is_aws = host.partition(":")[0].endswith(_AMAZON)

    def client(self, service: str) -> Any:
        """A boto3 client; it repeats what AWS throttles, and slows down then."""
        if service not in self._clients:
            config = Config(
                # The service shall see bad requests, which botocore would keep back.
                parameter_validation=False,
                retries={"mode": "adaptive", "total_max_attempts": 10 if self._lags else 1},
            )
            self._clients[service] = self._session.client(
                service, endpoint_url=self._endpoint, config=config
            )
        return self._clients[service]

    def new_name(self) -> str:
        """A name that no other run has; whatever has it may be removed."""
        self._named += 1
        return f"{PREFIX}{self._run}-{self._named}"

    def call(self, operation: str, members: dict[str, Any]) -> Any:
        """One operation of Customer Profiles. Raises: ClientError."""
        if self._lags:
            self._pace(operation)
        return getattr(self.client("customer-profiles"), xform_name(operation))(**members)

    def told(self, operation: str, members: dict[str, Any]) -> tuple[Any, tuple[int, str, Any]]:
        """(parsed answer or None, (status, header x-amzn-errortype, body as it came))."""
        try:
            answer = self.call(operation, members)
        except ClientError:
            answer = None
        return answer, self._told

    def delete_domain(self, name: str) -> None:
        """Remove a domain, if it is there."""
        try:
            self.call("DeleteDomain", {"DomainName": name})
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise

    def sweep(self) -> list[str]:
        """Remove what this run left behind, and what earlier ones did more than a day ago.

        Returns the names. A run that goes on beside this one keeps what it has.
        """
        removed = []
        for each in self._tagged_domains():
            if self._is_left(each["DomainName"], each["CreatedAt"].timestamp()):
                self.delete_domain(each["DomainName"])
                removed.append(each["DomainName"])
        sqs = self.client("sqs")
        for url in sqs.list_queues(QueueNamePrefix=PREFIX).get("QueueUrls", []):
            name = url.rpartition("/")[2]
            attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["CreatedTimestamp"])
            if self._is_left(name, float(attributes["Attributes"]["CreatedTimestamp"])):
                sqs.delete_queue(QueueUrl=url)
                removed.append(name)
        return removed

    def _is_left(self, name: str, created: float) -> bool:
        of_this_run = name.startswith(f"{PREFIX}{self._run}-")
        return of_this_run or created < time.time() - SECONDS_PER_DAY

    def _tagged_domains(self) -> Iterator[dict[str, Any]]:
        """Those that the name and the tag say are of these tests."""
        token: dict[str, str] = {}
        while True:
            answer = self.call("ListDomains", {"MaxResults": 100} | token)
            for each in answer["Items"]:
                tagged = TAGS.items() <= (each.get("Tags") or {}).items()
                if each["DomainName"].startswith(PREFIX) and tagged:
                    yield each
            if not answer.get("NextToken"):
                return
            token = {"NextToken": answer["NextToken"]}

    def is_in_domain(self, operation: str) -> bool:
        """Whether the operation has a member DomainName."""
        shape = _MODEL.operation_model(operation).input_shape
        return shape is not None and "DomainName" in shape.members

    def _pace(self, operation: str) -> None:
        """Keep a tenth below the operation's default rate, and below ten a second in any case."""
        apart = 1.1 / min(RATES.get(operation, 10), 10)
        wait = self._last.get(operation, 0.0) + apart - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        self._last[operation] = time.monotonic()

    def _add(self, params: dict[str, Any], **_: Any) -> None:
        """Put into the body what no SDK would."""
        if self.unmodelled:
            params["body"] = json.dumps(json.loads(params["body"]) | self.unmodelled).encode()
            self.unmodelled = {}

    def _keep(self, response_dict: dict[str, Any], **_: Any) -> None:
        code = response_dict["headers"].get("x-amzn-errortype", "")
        self._told = response_dict["status_code"], code, json.loads(response_dict["body"] or b"{}")
