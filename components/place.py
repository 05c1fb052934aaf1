"""Where a stack's resources are, and the ARNs that follow from names alone.

An ARN that is built from a name lets a policy name a resource that does not exist yet; the policy
and the resource would otherwise wait for each other.
"""

from dataclasses import dataclass

import pulumi
from pulumi_aws_native import get_account_id, get_partition


@dataclass(frozen=True, slots=True)
class Place:
    """partition: e.g. `aws`. account: 12 digits. region: e.g. `us-east-1`. domain: its name."""

    partition: str
    account: str
    region: str
    domain: str

    @classmethod
    def ask(cls, parent: pulumi.Resource, region: str, domain: str) -> "Place":
        """Asks with a parent, so that a provider given to it answers for its own account."""
        options = pulumi.InvokeOptions(parent=parent)
        account = get_account_id(options).account_id
        return cls(get_partition(options).partition, account, region, domain)

    def arn(self, service: str, resource: str) -> str:
        """`arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    @property
    def domain_arn(self) -> str:
        """Of the Customer Profiles domain."""
        return self.arn("profile", f"domains/{self.domain}")

    def name(self, suffix: str) -> str:
        """A name of this stack's own: domain names are unique in an account and region."""
        return f"{self.domain}-{suffix}"
