"""The ways in: what each registers, who may do what, and what a change touches."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

import mappings
from components.delivery import unique_keys
from components.ingestion import Ingestion
from components.ingestion_settings import BatchSource, IngestionSettings
from profiles import PROFILE, UNIQUE, Field, Key, ObjectType

ACCOUNT = "111122223333"
KEY_ARN = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/ingestion"
DELIVER_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:customers-deliver"
TYPES = tuple(mapping.object_type for mapping in mappings.load())
NAMES = [each.name for each in TYPES]

TRIALS = BatchSource(
    name="trials",
    object_type="TrialSubscription",
    query='SELECT user_id AS "UserId", status, updated_at FROM trials',
    watermark_column="updated_at",
    key_column="UserId",
    cluster_arn=f"arn:aws:rds:us-east-1:{ACCOUNT}:cluster:crm",
    secret_arn=f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:crm",
    database="crm",
)
ALL = IngestionSettings(events=True, topic=True, sources=(TRIALS,))


@pytest.fixture
def deploy(run_program: Any) -> Any:
    """Registers the component with these settings; returns the recording engine."""

    def run(settings: IngestionSettings, *object_types: ObjectType) -> Any:
        def program() -> None:
            Ingestion(
                "ingestion",
                {
                    "domain": "customers",
                    "domain_name": "customers",
                    "region": "us-east-1",
                    "object_types": object_types or TYPES,
                    "settings": settings,
                    "tags": {"team": "crm"},
                },
            )

        return run_program(program)

    return run


def documents(engine: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """(name of the resource, statement) of every policy that is registered."""
    for each in engine.resources:
        for member in ("policyDocument", "keyPolicy", "assumeRolePolicyDocument"):
            if member in each.inputs:
                for statement in each.inputs[member]["Statement"]:
                    yield f"{each.type} {each.name} {member}", statement


def actions(statement: dict[str, Any]) -> list[str]:
    found = statement["Action"]
    return [found] if isinstance(found, str) else found


def test_a_stack_without_any_way_in_has_only_what_watches_its_dead_letters(deploy: Any) -> None:
    engine = deploy(IngestionSettings())
    kinds = {each.type for each in engine.resources if each.type.startswith("aws-native")}
    assert kinds == {"aws-native:cloudwatch:Alarm", "aws-native:cloudwatch:Dashboard"}


def test_all_ways_share_one_delivery_function(deploy: Any) -> None:
    engine = deploy(ALL)
    functions = engine.named("lambda:Function")
    assert sorted(functions) == ["deliver", "extract"]
    targets = [rule.inputs["targets"][0]["arn"] for rule in engine.created("events:Rule")]
    assert set(targets) == {DELIVER_ARN}
    mapping = engine.only("lambda:EventSourceMapping")
    assert mapping.inputs["functionName"] == "customers-deliver"
    definition = engine.only("stepfunctions:StateMachine").inputs["definitionString"]
    assert DELIVER_ARN in definition


def test_a_function_is_deployed_inline_from_its_one_file(deploy: Any) -> None:
    function = deploy(ALL).named("lambda:Function")["deliver"].inputs
    assert function["handler"] == "index.handler"
    assert "def handler(" in function["code"]["zipFile"]
    variables = function["environment"]["variables"]
    assert json.loads(variables["OBJECT_KEYS"]) == dict.fromkeys(NAMES, "UserId")


def test_the_log_names_objects_by_the_source_of_their_unique_key() -> None:
    order = ObjectType(
        name="Order",
        description="Orders",
        fields=(
            Field("number", "_source.order.number", "_profile.Attributes.Order"),
            Field("who", "{{_source.a}}-{{_source.b}}", "_profile.AccountNumber"),
        ),
        keys=(Key("number", ("number",), (PROFILE, UNIQUE)),),
    )
    template = replace(order, name="Visit", keys=(Key("who", ("who",), (PROFILE, UNIQUE)),))
    assert unique_keys([order, template]) == {"Order": "order.number"}


def test_an_event_goes_by_its_detail_type_and_an_unknown_one_is_put_on_record_too(
    deploy: Any,
) -> None:
    rules = deploy(ALL).named("events:Rule")
    patterns = {name: json.loads(rule.inputs["eventPattern"]) for name, rule in rules.items()}
    unknown = patterns.pop("unknown-object-type")
    assert patterns == {name: {"detail-type": [name]} for name in NAMES}
    assert unknown == {"detail-type": [{"anything-but": sorted(NAMES)}]}


def test_rules_of_object_types_with_long_names_have_names_of_their_own(deploy: Any) -> None:
    long = [replace(TYPES[0], name=f"{'Long' * 20}{number}") for number in range(2)]
    rules = [rule.inputs["name"] for rule in deploy(ALL, *long).created("events:Rule")]
    assert len(set(rules)) == 3
    assert max(map(len, rules)) <= 64


def test_an_event_that_cannot_be_handed_over_or_delivered_is_kept(deploy: Any) -> None:
    engine = deploy(ALL)
    dead_letters = f"arn:aws:sqs:us-east-1:{ACCOUNT}:customers-events-dead-letters"
    for rule in engine.created("events:Rule"):
        (target,) = rule.inputs["targets"]
        assert target["deadLetterConfig"] == {"arn": dead_letters}
        assert target["retryPolicy"]["maximumRetryAttempts"] > 0
    config = engine.only("lambda:EventInvokeConfig").inputs
    assert config["destinationConfig"]["onFailure"]["destination"] == dead_letters


def test_a_customers_messages_stay_in_order_and_a_poisonous_one_ends_in_its_queue(
    deploy: Any,
) -> None:
    engine = deploy(ALL)
    topic = engine.only("sns:Topic").inputs
    assert (topic["topicName"], topic["fifoTopic"]) == ("customers-changes.fifo", True)
    # A status that goes back to what it was must not be taken for a repetition.
    assert topic["contentBasedDeduplication"] is False
    queue = engine.named("sqs:Queue")["changes"].inputs
    assert (queue["queueName"], queue["fifoQueue"]) == ("customers-changes.fifo", True)
    redrive = queue["redrivePolicy"]
    assert redrive["deadLetterTargetArn"].endswith(":customers-topic-dead-letters.fifo")
    mapping = engine.only("lambda:EventSourceMapping").inputs
    assert mapping["functionResponseTypes"] == ["ReportBatchItemFailures"]
    assert engine.only("sns:Subscription").inputs["rawMessageDelivery"] is True


@pytest.mark.parametrize("fifo", [True, False])
def test_what_the_topic_may_not_put_into_its_queue_ends_in_the_dead_letters(
    deploy: Any, *, fifo: bool
) -> None:
    engine = deploy(replace(ALL, topic_fifo=fifo))
    name = "customers-topic-dead-letters" + (".fifo" if fifo else "")
    redrive = engine.only("sns:Subscription").inputs["redrivePolicy"]
    assert redrive["deadLetterTargetArn"].endswith(f":{name}")
    policy = engine.named("sqs:QueueInlinePolicy")["topic-dead-letters"].inputs
    (statement,) = policy["policyDocument"]["Statement"]
    assert statement["Resource"] == redrive["deadLetterTargetArn"]
    topic = engine.only("sns:Subscription").inputs["topicArn"]
    assert statement["Condition"]["ArnLike"] == {"aws:SourceArn": [topic]}


def test_the_unordered_variant_is_a_setting(deploy: Any) -> None:
    engine = deploy(replace(ALL, topic_fifo=False))
    assert engine.only("sns:Topic").inputs["topicName"] == "customers-changes"
    assert "fifoTopic" not in engine.only("sns:Topic").inputs
    assert "fifoQueue" not in engine.named("sqs:Queue")["changes"].inputs
    # Rejects are deduplicated all the same.
    assert engine.named("sqs:Queue")["rejects"].inputs["fifoQueue"] is True


def test_a_repeated_reject_is_recognised_while_its_message_can_come_again(deploy: Any) -> None:
    queue = deploy(ALL).named("sqs:Queue")["changes"].inputs
    deduplication_seconds = 300
    function_seconds = 60
    assert function_seconds < queue["visibilityTimeout"] < deduplication_seconds


def test_a_watermark_is_moved_by_runs_and_never_by_a_deployment(deploy: Any) -> None:
    parameter = deploy(ALL).only("ssm:Parameter")
    assert parameter.inputs["name"] == "/customer-lifecycle/customers/watermarks/trials"
    assert json.loads(parameter.inputs["value"]) == {"watermark": None, "key": None}
    assert parameter.ignore_changes == ("value",)


def test_the_bucket_keeps_versions_encrypted_and_for_a_time(deploy: Any) -> None:
    bucket = deploy(ALL).only("s3:Bucket").inputs
    assert bucket["bucketName"] == f"customers-batches-{ACCOUNT}-us-east-1"
    assert bucket["versioningConfiguration"] == {"status": "Enabled"}
    (rule,) = bucket["bucketEncryption"]["serverSideEncryptionConfiguration"]
    assert rule["serverSideEncryptionByDefault"]["kmsMasterKeyId"] == KEY_ARN
    assert bucket["lifecycleConfiguration"]["rules"][0]["expirationInDays"] > 0
    assert all(bucket["publicAccessBlockConfiguration"].values())


def test_every_queue_topic_and_log_group_is_encrypted_and_logs_are_kept_for_a_time(
    deploy: Any,
) -> None:
    engine = deploy(replace(ALL, log_retention_days=90))
    queues = engine.created("sqs:Queue")
    assert len(queues) == 4
    assert {queue.inputs["kmsMasterKeyId"] for queue in queues} == {KEY_ARN}
    assert engine.only("sns:Topic").inputs["kmsMasterKeyId"] == KEY_ARN
    groups = engine.named("logs:LogGroup")
    assert sorted(groups) == ["deliver", "extract"]
    assert {group.inputs["kmsKeyId"] for group in groups.values()} == {KEY_ARN}
    assert {group.inputs["retentionInDays"] for group in groups.values()} == {90}


def test_no_role_and_no_resource_policy_has_a_star_in_an_action(deploy: Any) -> None:
    for where, statement in documents(deploy(ALL)):
        if statement.get("Sid") != "AccountAdministersThroughIam":
            assert not any("*" in action for action in actions(statement)), where


def test_no_statement_is_about_every_resource_but_in_a_keys_own_policy(deploy: Any) -> None:
    for where, statement in documents(deploy(ALL)):
        if "keyPolicy" not in where:
            assert statement.get("Resource") != "*", where
            assert "*" not in statement.get("Resource", []), where


def test_no_service_acts_for_somebody_elses_account(deploy: Any) -> None:
    found = 0
    for where, statement in documents(deploy(ALL)):
        principal = statement.get("Principal")
        if isinstance(principal, dict) and "Service" in principal:
            found += 1
            condition = statement["Condition"]
            narrowed = condition.get("StringEquals", {}).get("aws:SourceAccount") == ACCOUNT
            own_log_groups = "kms:EncryptionContext:aws:logs:arn" in condition.get("ArnLike", {})
            assert narrowed or own_log_groups, where
    assert found > 5


def test_a_way_that_is_off_leaves_nothing_in_the_role_of_the_function(deploy: Any) -> None:
    only_events = deploy(IngestionSettings(events=True))
    assert sorted(only_events.named("iam:RolePolicy")) == ["deliver", "deliver-events"]
    everything = deploy(ALL)
    assert sorted(everything.named("iam:RolePolicy")) == [
        "batch-schedules",
        "batch-trials",
        "deliver",
        "deliver-events",
        "deliver-topic",
        "extract",
    ]


def test_switching_a_way_on_or_off_touches_no_other_way(deploy: Any) -> None:
    def shown(engine: Any) -> dict[str, Any]:
        return {
            f"{each.type} {each.name}": each.without_dependencies()
            for each in engine.resources
            # What watches over the ways, and the key that all of them use, know of each.
            if each.name != "ingestion" and "cloudwatch" not in each.type
        }

    everything = shown(deploy(ALL))
    without_topic = shown(deploy(replace(ALL, topic=False)))
    assert without_topic.items() <= everything.items()
    gone = {name for name in everything if name not in without_topic}
    assert gone == {
        "aws-native:iam:RolePolicy deliver-topic",
        "aws-native:lambda:EventSourceMapping changes",
        "aws-native:sns:Subscription changes",
        "aws-native:sns:Topic changes",
        "aws-native:sns:TopicInlinePolicy changes",
        "aws-native:sqs:Queue changes",
        "aws-native:sqs:Queue topic-dead-letters",
        "aws-native:sqs:QueueInlinePolicy changes",
        "aws-native:sqs:QueueInlinePolicy topic-dead-letters",
        "customer-lifecycle:index:TopicIngestion topic",
    }


def test_adding_an_object_type_adds_its_rule_and_changes_what_knows_all_types(deploy: Any) -> None:
    def rules(engine: Any) -> dict[str, Any]:
        named = engine.named("events:Rule")
        return {name: rule.without_dependencies() for name, rule in named.items()}

    before, after = rules(deploy(ALL, *TYPES[:2])), rules(deploy(ALL))
    changed = {name for name in after if before.get(name) != after[name]}
    assert changed == {TYPES[2].name, "unknown-object-type"}


def test_there_is_an_alarm_on_every_queue_of_undelivered_objects_and_on_failed_runs(
    deploy: Any,
) -> None:
    engine = deploy(replace(ALL, alarm_topic_arn=f"arn:aws:sns:us-east-1:{ACCOUNT}:on-call"))
    alarms = engine.created("cloudwatch:Alarm")
    watched = {
        (alarm.inputs["metricName"], alarm.inputs["dimensions"][0]["value"]) for alarm in alarms
    }
    machine = f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:customers-batch-trials"
    visible = "ApproximateNumberOfMessagesVisible"
    assert watched == {
        (visible, "customers-dead-letters"),
        (visible, "customers-rejects.fifo"),
        (visible, "customers-events-dead-letters"),
        (visible, "customers-topic-dead-letters.fifo"),
        ("ApproximateAgeOfOldestMessage", "customers-changes.fifo"),
        ("ExecutionsFailed", machine),
        ("ExecutionsTimedOut", machine),
        ("ExecutionsAborted", machine),
    }
    assert all(alarm.inputs["alarmActions"] for alarm in alarms)


def test_the_dashboard_shows_what_the_alarms_watch_and_what_the_function_counts(
    deploy: Any,
) -> None:
    body = json.loads(deploy(ALL).only("cloudwatch:Dashboard").inputs["dashboardBody"])
    text = json.dumps(body)
    for word in ("Delivered", "Retried", "Rejected", "ObjectAge", "customers-rejects.fifo"):
        assert word in text
    places = [(widget["x"], widget["y"]) for widget in body["widgets"]]
    assert len(set(places)) == len(places)
