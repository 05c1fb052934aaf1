"""What the checks look at: the stack, who asks, and clients of AWS."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from lifecycle.clients import client
from lifecycle.doctor.model import Usage
from lifecycle.review.model import Version
from lifecycle.stack_outputs import Deployed

SERVICE: Final = "profile.amazonaws.com"
"""The principal as which Customer Profiles acts (admin guide, "Enable Customer Profiles")."""


@dataclass
class Patient:
    """deployed: what the stack's outputs tell. tree: the mappings as they should be deployed.

    needs: names of `needs.NEEDS` that the caller should be able to do. verified_days: how old the
    last verify may be. caller: ARN of who asks; domain: what GetDomain answers; usages: of quotas.
    These are found out on the way, by the checks.
    """

    deployed: Deployed
    tree: Version
    needs: tuple[str, ...]
    verified_days: float
    connect: Callable[[str], Any]
    caller: str = ""
    domain: Mapping[str, Any] | None = None
    usages: list[Usage] = field(default_factory=list)
    _clients: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls, deployed: Deployed, tree: Version, needs: tuple[str, ...], verified_days: float
    ) -> "Patient":
        """A patient whose clients are those of every command."""
        return cls(deployed, tree, needs, verified_days, partial(client, deployed))

    def client(self, service: str) -> Any:
        """The one client of the service. Raises: CouldNotRunError."""
        if service not in self._clients:
            self._clients[service] = self.connect(service)
        return self._clients[service]

    @property
    def account(self) -> str:
        """Of who asks, and so of the domain: 12 digits."""
        return self.caller.split(":")[4]

    @property
    def partition(self) -> str:
        """E.g. `aws`."""
        return self.caller.split(":")[1]

    def arn(self, service: str, resource: str) -> str:
        """`arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`."""
        return f"arn:{self.partition}:{service}:{self.deployed.region}:{self.account}:{resource}"

    @property
    def domain_arn(self) -> str:
        """Of the Customer Profiles domain."""
        return self.arn("profile", f"domains/{self.deployed.domain}")

    def source(self, arn: str) -> dict[str, str]:
        """The condition keys under which Customer Profiles acts, in lower case."""
        return {"aws:sourceaccount": self.account, "aws:sourcearn": arn}
