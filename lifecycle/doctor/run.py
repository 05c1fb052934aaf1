"""One examination from beginning to end."""

from collections.abc import Callable, Iterator
from typing import Final

from botocore.exceptions import ClientError

from lifecycle.clients import could_not_run, said
from lifecycle.doctor import rules
from lifecycle.doctor.domain import check_domain, check_mappings
from lifecycle.doctor.model import Finding, Report, found, worst_first
from lifecycle.doctor.patient import Patient
from lifecycle.doctor.permissions import check_credentials, check_permissions
from lifecycle.doctor.queues import check_domain_key, check_queues
from lifecycle.doctor.quotas import check_quotas
from lifecycle.doctor.roles import check_roles
from lifecycle.doctor.verified import check_verified

Check = Callable[[Patient], Iterator[Finding]]

CHECKS: Final[dict[str, Check]] = {
    "credentials": check_credentials,
    "permissions": check_permissions,
    "roles": check_roles,
    "domain": check_domain,
    "mappings": check_mappings,
    "encryption key": check_domain_key,
    "queues": check_queues,
    "last verify": check_verified,
    "quotas": check_quotas,
}
"""In this order: later ones use what earlier ones found out."""


def examine(patient: Patient) -> Report:
    """Make every check; one that AWS refuses is a finding, and the others are still made.

    Raises: CouldNotRunError where AWS cannot be reached.
    """
    findings: list[Finding] = []
    made: list[str] = []
    for name, check in CHECKS.items():
        made.append(name)
        with could_not_run(f"domain {patient.deployed.domain}"):
            try:
                findings += check(patient)
            except ClientError as error:
                text = f"{error.operation_name}: {said(error)}"
                findings.append(found(rules.CHECK_REFUSED, name, text))
        if not patient.caller:
            break
    return Report(
        patient.deployed.domain, tuple(made), worst_first(findings), tuple(patient.usages)
    )
