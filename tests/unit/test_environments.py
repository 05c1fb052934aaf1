"""What differs between stacks, and what a stack with several regions or an instance has."""

import json
import subprocess
import sys
from typing import Any

import pulumi
import pytest
from pulumi.runtime.rpc import is_rpc_secret, unwrap_rpc_secret

import plugin.customer_profiles
from components import renamed
from components.connect import exported_instance
from tests.unit.conftest import INSTANCE_ARN
from tests.unit.test_program import committed, program

DOMAIN = "aws-native:customerprofiles:Domain"
SHARED = ("dev", "staging", "prod")
CLUSTER = "arn:aws:rds:eu-central-1:111122223333:cluster:crm"
SECRET = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:crm"
SOURCE = {
    "name": "trials",
    "objectType": "TrialSubscription",
    "query": "SELECT 1",
    "watermarkColumn": "updated_at",
    "keyColumn": "id",
    "clusterArn": CLUSTER,
    "secretArn": SECRET,
    "database": "crm",
}
EVERY_WAY = {
    "events": True,
    "topic": {"enabled": True},
    "batch": {"sources": [SOURCE]},
    "alarmTopicArn": "arn:aws:sns:us-east-1:111122223333:on-call",
}


def config(stack: str, **settings: Any) -> dict[str, str]:
    """The committed configuration of a stack with some settings of this project changed."""
    changed = {
        f"customer-lifecycle:{name}": value if isinstance(value, str) else json.dumps(value)
        for name, value in settings.items()
    }
    return committed(stack) | changed


def registered(engine: Any) -> list[Any]:
    """Everything that the engine was asked to register, in an order of its own."""
    found = []
    for each in engine.resources:
        # What has no parent is below the stack itself, which is called after itself.
        parent = "" if each.parent.startswith("pulumi:pulumi:Stack::") else each.parent
        found.append(vars(each) | {"dependencies": sorted(each.dependencies), "parent": parent})
    return sorted(found, key=lambda each: json.dumps(each, sort_keys=True))


@pytest.mark.parametrize("stack", SHARED)
@pytest.mark.parametrize("more", [{}, {"ingestion": EVERY_WAY, "moreRegions": ["eu-central-1"]}])
def test_stacks_differ_in_their_settings_alone(
    run_program: Any, stack: str, more: dict[str, Any]
) -> None:
    """With another stack's settings a stack is that stack, whatever either sets."""
    settings = config(stack, **more)
    own = registered(run_program(program, settings, stack))
    for other in {*SHARED, "local"} - {stack}:
        assert registered(run_program(program, settings, other)) == own
    assert len(own) > (80 if more else 8)


def test_the_first_region_is_as_in_a_stack_with_one_region(run_program: Any) -> None:
    one = run_program(program, config("dev", ingestion={"events": True}), "dev").resources
    several = config("dev", ingestion={"events": True}, moreRegions=["eu-central-1", "us-west-2"])
    engine = run_program(program, several, "dev")

    assert all(each in engine.resources for each in one)
    # In each further region its provider and its parent.
    assert len(engine.resources) == 3 * len(one) + 2 * 2


def test_each_region_has_a_domain_and_a_provider_of_its_own(run_program: Any) -> None:
    several = config("dev", ingestion=EVERY_WAY, moreRegions=["eu-central-1"])
    engine = run_program(program, several, "dev")

    assert [each.inputs["domainName"] for each in engine.created("customerprofiles:Domain")] == [
        "customer-lifecycle-dev",
        "customer-lifecycle-dev",
    ]
    (provider,) = [each for each in engine.resources if each.type == "pulumi:providers:aws-native"]
    assert provider.inputs["region"] == "eu-central-1"
    assert {each.provider for each in engine.created("customerprofiles:Domain")} == {
        "",
        "eu-central-1",
    }
    assert engine.stack_outputs["regions"]["eu-central-1"]["region"] == "eu-central-1"
    # Dashboards are global.
    names = [each.inputs["dashboardName"] for each in engine.created("cloudwatch:Dashboard")]
    assert len(set(names)) == 2
    # The database is in one region alone.
    assert len(engine.created("stepfunctions:StateMachine")) == 1
    alarms = engine.created("cloudwatch:Alarm")
    topics = {topic for each in alarms for topic in each.inputs["alarmActions"]}
    assert {topic.split(":")[3] for topic in topics} == {"us-east-1", "eu-central-1"}


def test_the_provider_of_a_further_region_is_set_up_like_the_default_one(run_program: Any) -> None:
    values = {
        "assumeRole": '{"roleArn": "arn:aws:iam::111122223333:role/deploy"}',
        "defaultTags": '{"tags": {"team": "crm"}}',
        "endpoints": '{"sts": "http://127.0.0.1:1"}',
        "maxRetries": "2",
        "profile": "123",
        "sharedCredentialsFile": "keys",
    }
    settings = config("dev", moreRegions=["eu-central-1"])
    settings |= {f"aws-native:{name}": value for name, value in values.items()}
    engine = run_program(program, settings, "dev")
    (provider,) = [each for each in engine.resources if each.type == "pulumi:providers:aws-native"]
    assert provider.inputs["region"] == "eu-central-1"
    for name in ("profile", "sharedCredentialsFile"):
        assert provider.inputs[name] == values[name]
    for name in ("assumeRole", "defaultTags", "endpoints", "maxRetries"):
        assert json.loads(provider.inputs[name]) == json.loads(values[name])


def test_a_setting_of_the_provider_that_is_encrypted_stays_so(run_program: Any) -> None:
    settings = config("dev", moreRegions=["eu-central-1"]) | {"aws-native:secretKey": "hidden"}
    engine = run_program(program, settings, "dev", secrets=["aws-native:secretKey"])
    (provider,) = [each for each in engine.resources if each.type == "pulumi:providers:aws-native"]
    assert is_rpc_secret(provider.inputs["secretKey"])
    assert unwrap_rpc_secret(provider.inputs["secretKey"]) == "hidden"


def test_an_instance_is_looked_up_by_its_alias_in_the_first_region(run_program: Any) -> None:
    engine = run_program(program, config("prod", connectInstanceAlias="contact-centre"), "prod")

    asked = {token: arguments for token, arguments in engine.asked if token.startswith("aws:")}
    assert asked == {"aws:connect/getInstance:getInstance": {"instanceAlias": "contact-centre"}}
    (provider,) = [each for each in engine.resources if each.type == "pulumi:providers:aws"]
    assert provider.inputs["region"] == "us-east-1"
    assert engine.stack_outputs["connect_instance_arn"] == INSTANCE_ARN
    assert engine.stack_outputs["connect_instance_id"] == "instance-1"


def test_it_is_looked_up_in_the_account_that_the_stack_is_deployed_to(run_program: Any) -> None:
    role = "arn:aws:iam::111122223333:role/deploy"
    engine = run_program(
        program,
        config("prod", connectInstanceAlias="contact-centre")
        | {
            "aws-native:assumeRole": json.dumps({"roleArn": role, "durationSeconds": 900}),
            "aws-native:allowedAccountIds": '["111122223333"]',
            "aws-native:profile": "crm",
        },
        "prod",
    )
    (provider,) = [each for each in engine.resources if each.type == "pulumi:providers:aws"]
    assert json.loads(provider.inputs["assumeRoles"]) == [{"roleArn": role, "duration": "900s"}]
    assert json.loads(provider.inputs["allowedAccountIds"]) == ["111122223333"]
    assert provider.inputs["profile"] == "crm"


def test_without_an_instance_pulumi_aws_is_not_even_imported() -> None:
    code = (
        "import sys, components.regions, components.connect;sys.exit('pulumi_aws' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert exported_instance.__module__ == "components.connect"


def test_a_stack_without_an_instance_asks_for_none(run_program: Any) -> None:
    engine = run_program(program, committed("prod"), "prod")
    assert {token for token, _ in engine.asked if not token.startswith("aws-native:")} == set()
    assert "connect_instance_arn" not in engine.stack_outputs


def test_a_renamed_resource_says_what_it_was_called(
    run_program: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = {
        (DOMAIN, "domain"): "customers",
        ("aws-native:sqs:Queue", "rejects"): "refused",
        ("customer-lifecycle:index:Ingestion", "ingestion"): "ways",
    }
    monkeypatch.setattr(renamed, "FORMERLY", earlier)
    engine = run_program(program, config("dev", ingestion={"events": True}), "dev")
    aliases = {(each.type, each.name): each.aliases for each in engine.resources if each.aliases}
    assert {named: set(aliases[named]) for named in earlier} == {
        named: {name} for named, name in earlier.items()
    }


def test_it_says_so_in_a_program_in_another_language_too(
    run_program: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renamed, "FORMERLY", {(DOMAIN, "domain"): "customers"})
    args: Any = {"domain_name": "shop", "region": "us-east-1", "object_types": []}
    engine = run_program(lambda: plugin.customer_profiles.CustomerProfiles("profiles", args))
    aliases = {each.name: each.aliases for each in engine.resources if each.aliases}
    assert aliases == {"domain": ("customers",)}


def test_a_type_that_is_deletable_and_has_no_mapping_is_pointed_out(
    run_program: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(pulumi, "warn", said.append)
    run_program(program, config("dev", deletableObjectTypes=["Gone", "TrialSubscription"]), "dev")
    assert len(said) == 1
    assert "Gone" in said[0]
