"""How much of the service's quotas is used (admin guide, "Amazon Connect service quotas")."""

from collections.abc import Iterator
from typing import Any, Final

from botocore.exceptions import ClientError

from lifecycle.clients import pages, said
from lifecycle.doctor import rules
from lifecycle.doctor.model import Finding, Quota, Usage, found
from lifecycle.doctor.patient import Patient
from profiles.validation import MAX_FIELDS, MAX_KEYS, MAX_TYPES

SERVICE_CODE: Final = "profile"
NEAR: Final = 0.8


DOMAINS: Final = Quota("domains", 100, ("amazon connect customer profiles domains",))
TYPES: Final = Quota("object types in the domain", MAX_TYPES, ("object types per domain",))
KEYS: Final = Quota("keys of an object type", MAX_KEYS, ("keys per object type",))
FIELDS: Final = Quota("fields of an object type", MAX_FIELDS)
OBJECTS: Final = Quota("objects of an average profile", 1000, ("objects per profile",))
INTEGRATIONS: Final = Quota("integrations", 50, ("maximum number of integrations",))
CALCULATED: Final = Quota("calculated attributes", 50, ("calculated attributes per domain",))


def check_quotas(patient: Patient) -> Iterator[Finding]:
    """Raises: ClientError."""
    limits, unknown = _limits(patient)
    if unknown:
        yield found(rules.QUOTA_DEFAULT, "quotas", unknown)
    for usage in usages(patient, limits):
        patient.usages.append(usage)
        if usage.share >= NEAR:
            rule = rules.QUOTA_REACHED if usage.share >= 1 else rules.QUOTA_NEAR
            yield found(rule, usage.subject, str(usage))


def usages(patient: Patient, limits: dict[str, int]) -> Iterator[Usage]:
    """limits: the account's, by lower-case name. Raises: ClientError."""

    def usage(quota: Quota, subject: str, used: int) -> Usage:
        known = [limits[name] for name in quota.names if name in limits]
        return Usage(quota, subject, used, known[0] if known else quota.default)

    profiles, domain = patient.client("customer-profiles"), patient.deployed.domain
    yield usage(DOMAINS, patient.account, _count(profiles.list_domains))
    for snapshot in patient.tree.snapshots:
        object_type = snapshot.object_type
        yield usage(KEYS, object_type.name, len(object_type.keys))
        yield usage(FIELDS, object_type.name, len(object_type.fields))
    if patient.domain is None:
        return
    for quota, operation in (
        (TYPES, profiles.list_profile_object_types),
        (INTEGRATIONS, profiles.list_integrations),
        (CALCULATED, profiles.list_calculated_attribute_definitions),
    ):
        yield usage(quota, domain, _count(operation, DomainName=domain))
    stats = patient.domain.get("Stats") or {}
    if stats.get("ProfileCount"):
        average = stats.get("ObjectCount", 0) / stats["ProfileCount"]
        yield usage(OBJECTS, domain, round(average))


def _count(operation: Any, **members: str) -> int:
    """How many items all pages have."""
    return sum(len(page.get("Items", ())) for page in pages(operation, **members))


def _limits(patient: Patient) -> tuple[dict[str, int], str]:
    """(the account's quotas by lower-case name, why they are not known)."""
    try:
        quotas = patient.client("service-quotas").get_paginator("list_service_quotas")
        return {
            each["QuotaName"].lower(): int(each["Value"])
            for page in quotas.paginate(ServiceCode=SERVICE_CODE)
            for each in page["Quotas"]
        }, ""
    except ClientError as error:
        return {}, said(error)
