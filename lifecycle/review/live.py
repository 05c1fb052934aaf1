"""What is deployed, as a version: read by GetProfileObjectType, never written."""

from typing import Any, Final

from lifecycle.clients import client, could_not_run, pages
from lifecycle.review.model import Snapshot, Version
from lifecycle.stack_outputs import Deployed, read_outputs
from profiles.requests import from_request

# The service answers 5 or 10 such calls a second (aws-semantics 2.9).
_ATTEMPTS: Final = 10


def load_live(stack: str) -> Version:
    """The object types of the stack's domain. Raises: CouldNotRunError."""
    return load_deployed(read_outputs(stack), f"live:{stack}")


def load_deployed(deployed: Deployed, name: str) -> Version:
    """The domain's object types, those without a mapping too; they have no file and no examples.

    The service's own, whose names start with _, are left out. Raises: CouldNotRunError.
    """
    profiles = client(deployed, "customer-profiles", attempts=_ATTEMPTS)
    snapshots: list[Snapshot] = []
    failures: dict[str, str] = {}
    with could_not_run(f"domain {deployed.domain}"):
        for type_name in _type_names(profiles, deployed.domain):
            answer = profiles.get_profile_object_type(
                DomainName=deployed.domain, ObjectTypeName=type_name
            )
            try:
                snapshots.append(Snapshot(from_request(type_name, answer)))
            except ValueError as error:
                # A word of the service that is newer than our vocabulary.
                failures[type_name] = str(error)
    return Version(name, tuple(snapshots), failures)


def _type_names(profiles: Any, domain: str) -> list[str]:
    names = [
        each["ObjectTypeName"]
        for page in pages(profiles.list_profile_object_types, DomainName=domain)
        for each in page.get("Items", ())
    ]
    return sorted(name for name in names if not name.startswith("_"))
