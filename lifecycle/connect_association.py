"""Whether a domain is the one that an Amazon Connect instance uses.

The association is made in the console alone (API reference, CreateDomain). It shows as an
integration of the domain whose URI is the instance's ARN, for contact records (CloudFormation
reference, AWS::CustomerProfiles::Integration). An instance has one domain (admin guide, "Enable
Customer Profiles").
"""

from dataclasses import dataclass
from typing import Any, Final

from lifecycle.clients import could_not_run, pages
from lifecycle.errors import CouldNotRunError
from lifecycle.stack_outputs import Deployed

_CONSOLE: Final = (
    "in the AWS console choose Amazon Connect, the instance's alias, Customer profiles, then "
    "enable them or choose the existing domain {domain}; no API does it"
)


@dataclass(frozen=True, slots=True)
class Association:
    """What was found. instance: its ARN. domain: ours. found: domains that the instance uses."""

    instance: str
    domain: str
    found: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether the instance uses our domain."""
        return self.domain in self.found

    def __str__(self) -> str:
        if self.ok:
            return f"{self.instance} uses domain {self.domain}"
        uses = f"uses domain {', '.join(self.found)}" if self.found else "uses no domain"
        way_out = _CONSOLE.format(domain=self.domain)
        return f"{self.instance} {uses}, not {self.domain}: {way_out}"


def find_association(profiles: Any, deployed: Deployed) -> Association:
    """Ask which domains have an integration with the stack's instance.

    profiles: a client of Customer Profiles. Raises: CouldNotRunError.
    """
    instance = deployed.connect_instance_arn
    if instance is None:
        raise CouldNotRunError(
            f"the stack names no Amazon Connect instance in {deployed.region}; set the one of its "
            "first region with: pulumi config set connectInstanceAlias ALIAS, and deploy"
        )
    with could_not_run(instance):
        # What the console sets up may be hidden from lists of what people set up.
        answers = pages(profiles.list_account_integrations, Uri=instance, IncludeHidden=True)
        domains = {item["DomainName"] for page in answers for item in page.get("Items", [])}
    return Association(instance, deployed.domain, tuple(sorted(domains)))
