"""What `pulumi up` does not do by accident, and how it is done on purpose."""

import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.e2e

DOMAIN = "customer-lifecycle-local"
REMOVED = "PurchasedSubscription"
MODULE = "purchased_subscription"
TYPES = ["MarketingAssignedOffers", REMOVED, "TrialSubscription"]
DELETABLE = "customer-lifecycle:deletableObjectTypes"
KEEPS = "customer-lifecycle:keepsCustomerData"
MORE_REGIONS = "customer-lifecycle:moreRegions"


@pytest.fixture
def keeping(deployment: Any) -> Any:
    """A deployed stack that keeps customers' data, with one customer's object in it."""
    # A way in knows all object types; here is looked at those alone.
    deployment.configure("customer-lifecycle:ingestion", {})
    deployment.configure(KEEPS, True)  # noqa: FBT003 - YAML
    deployment.up()
    bought = {"UserId": "00001", "planType": "gold", "autoRenew": "True"}
    deployment.client("customer-profiles").put_profile_object(
        DomainName=DOMAIN, ObjectTypeName=REMOVED, Object=json.dumps(bought)
    )
    return deployment


def types(deployment: Any) -> list[str]:
    """The object types that the service has."""
    listed = deployment.client("customer-profiles").list_profile_object_types(DomainName=DOMAIN)
    return sorted(each["ObjectTypeName"] for each in listed["Items"])


def customers(deployment: Any) -> int:
    """How many profiles the object's account has."""
    found = deployment.client("customer-profiles").search_profiles(
        DomainName=DOMAIN, KeyName="_account", Values=["00001"]
    )
    return len(found["Items"])


def remove(deployment: Any, module: str) -> None:
    """Take a mapping out of the tree."""
    Path(deployment.program / "mappings" / f"{module}.py").unlink()


def test_removing_a_mapping_is_refused_and_deletes_nothing(keeping: Any) -> None:
    remove(keeping, MODULE)
    for command in (["preview"], ["up", "--yes", "--skip-preview"]):
        done = keeping.cli(*command)
        assert done.returncode != 0
        assert "protected" in done.stdout + done.stderr
        assert REMOVED in done.stdout + done.stderr
    assert types(keeping) == TYPES
    assert customers(keeping) == 1


def test_allowing_and_removing_at_once_is_refused_too(keeping: Any) -> None:
    keeping.configure(DELETABLE, [REMOVED])
    remove(keeping, MODULE)
    assert keeping.cli("up", "--yes", "--skip-preview").returncode != 0
    assert types(keeping) == TYPES


def test_what_was_unprotected_by_hand_is_forgotten_and_not_deleted(keeping: Any) -> None:
    remove(keeping, MODULE)
    exported = json.loads(keeping.cli("stack", "export").stdout)
    resources = exported["deployment"]["resources"]
    (urn,) = [each["urn"] for each in resources if each["urn"].endswith(f"ObjectType::{REMOVED}")]
    keeping.pulumi("state", "unprotect", urn, "--yes")
    keeping.up()
    assert types(keeping) == TYPES
    assert customers(keeping) == 1


def test_an_object_type_goes_after_a_deployment_that_allowed_it(keeping: Any) -> None:
    keeping.configure(DELETABLE, [REMOVED])
    assert keeping.planned() == []
    keeping.up()
    remove(keeping, MODULE)
    assert keeping.planned() == [("delete", REMOVED)]
    keeping.up()
    assert types(keeping) == ["MarketingAssignedOffers", "TrialSubscription"]


def test_a_mapping_under_another_name_is_a_second_type_and_the_first_is_not_lost(
    keeping: Any,
) -> None:
    keeping.edit(MODULE, f'name="{REMOVED}"', 'name="Purchase"')
    done = keeping.cli("up", "--yes", "--skip-preview")
    assert done.returncode != 0
    assert "protected" in done.stdout + done.stderr
    assert REMOVED in types(keeping)
    assert customers(keeping) == 1


def test_a_resource_that_is_called_otherwise_is_replaced_unless_it_says_so(keeping: Any) -> None:
    file = keeping.program / "components" / "customer_profiles.py"
    text = file.read_text(encoding="utf-8")
    assert text.count('"domain",\n') == 1
    file.write_text(text.replace('"domain",\n', '"customers",\n'), encoding="utf-8")
    assert keeping.cli("preview").returncode != 0

    renamed = keeping.program / "components" / "renamed.py"
    row = '{("aws-native:customerprofiles:Domain", "customers"): "domain"}'
    text = renamed.read_text(encoding="utf-8")
    assert text.count("= {}") == 1
    renamed.write_text(text.replace("= {}", f"= {row}"), encoding="utf-8")
    assert keeping.planned() == []
    keeping.up("--expect-no-changes")


def domains(deployment: Any) -> dict[str, list[str]]:
    """The domains that the service has in each region of the tests."""
    return {
        region: [
            each["DomainName"]
            for each in deployment.emulator.client(
                "customer-profiles", "test", region
            ).list_domains()["Items"]
        ]
        for region in ("us-east-1", "eu-central-1")
    }


def test_a_second_region_touches_nothing_of_the_first(deployment: Any) -> None:
    deployment.up()
    deployment.configure(MORE_REGIONS, ["eu-central-1"])
    planned = deployment.planned()
    assert {operation for operation, _ in planned} == {"create"}
    deployment.up()
    deployment.up("--expect-no-changes")

    assert domains(deployment) == {"us-east-1": [DOMAIN], "eu-central-1": [DOMAIN]}
    outputs = json.loads(deployment.cli("stack", "output", "--json").stdout)
    assert outputs["regions"]["eu-central-1"]["object_types"] == TYPES
    for region in ((), ("--region", "eu-central-1")):
        verified = deployment.lifecycle("verify", "-s", "local", *region)
        assert verified.returncode == 0, verified.stdout + verified.stderr

    deployment.configure(MORE_REGIONS, None)
    assert {operation for operation, _ in deployment.planned()} == {"delete"}
    deployment.up()
    assert domains(deployment) == {"us-east-1": [DOMAIN], "eu-central-1": []}


def test_a_stack_in_two_regions_is_destroyed_in_both(deployment: Any) -> None:
    # How the ways in of a region go is looked at above.
    deployment.configure("customer-lifecycle:ingestion", {})
    deployment.configure(MORE_REGIONS, ["eu-central-1"])
    deployment.up()
    assert domains(deployment) == {"us-east-1": [DOMAIN], "eu-central-1": [DOMAIN]}
    deployment.pulumi("destroy", "--yes", "--skip-preview")
    assert domains(deployment) == {"us-east-1": [], "eu-central-1": []}


def test_a_region_with_customers_data_goes_after_a_deployment_that_said_so(keeping: Any) -> None:
    keeping.configure(MORE_REGIONS, ["eu-central-1"])
    keeping.up()
    keeping.configure(MORE_REGIONS, None)
    assert keeping.cli("preview").returncode != 0
    assert keeping.cli("up", "--yes", "--skip-preview").returncode != 0
    assert domains(keeping) == {"us-east-1": [DOMAIN], "eu-central-1": [DOMAIN]}

    keeping.configure(MORE_REGIONS, ["eu-central-1"])
    keeping.configure(KEEPS, False)  # noqa: FBT003 - YAML
    keeping.up()
    keeping.configure(MORE_REGIONS, None)
    keeping.configure(KEEPS, True)  # noqa: FBT003 - YAML
    keeping.up()
    assert domains(keeping) == {"us-east-1": [DOMAIN], "eu-central-1": []}
    assert customers(keeping) == 1
    assert keeping.cli("destroy", "--yes", "--skip-preview").returncode != 0
    assert domains(keeping) == {"us-east-1": [DOMAIN], "eu-central-1": []}
