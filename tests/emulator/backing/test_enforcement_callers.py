"""Callers of our own services: their signatures, and what their policies let them do."""

import json
import operator
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from tests.emulator.backing.accounts import Aws, allow, eventually, signed_client

TYPE = {"DomainName": "customers", "ObjectTypeName": "Trial"}


@pytest.fixture
def domain(enforcing: Aws) -> str:
    """The ARN of a domain with an object type, made by the account's root."""
    profiles = enforcing.client("customer-profiles")
    profiles.create_domain(DomainName="customers", DefaultExpirationDays=366)
    profiles.put_profile_object_type(
        **TYPE,
        Description="trials",
        AllowProfileCreation=True,
        Fields={"id": {"Source": "_source.id", "Target": "_profile.AccountNumber"}},
        Keys={"id": [{"StandardIdentifiers": ["UNIQUE", "PROFILE"], "FieldNames": ["id"]}]},
    )
    return enforcing.arn("profile", "domains/customers")


def put(client: Any) -> Any:
    return client.put_profile_object(**TYPE, Object='{"id": "1"}')


def put_batch(client: Any) -> Any:
    items = [{"Id": "1", "Object": '{"id": "1"}'}]
    return client.batch_put_profile_object(**TYPE, Items=items)


def refused(call: Callable[[], Any]) -> tuple[str, str, int]:
    """Code, message and status with which a call is refused."""
    with pytest.raises(ClientError) as error:
        call()
    told = error.value.response["Error"]
    status = error.value.response["ResponseMetadata"]["HTTPStatusCode"]
    return told["Code"], told["Message"], status


@pytest.mark.parametrize(
    ("operation", "call"), [("PutProfileObject", put), ("BatchPutProfileObject", put_batch)]
)
def test_an_object_is_put_by_whoever_may_on_domain_and_object_type(
    enforcing: Aws, domain: str, operation: str, call: Callable[[Any], Any]
) -> None:
    both = allow(f"profile:{operation}", domain, f"{domain}/object-types/Trial")
    answer = call(enforcing.user(both)("customer-profiles"))
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize("missing", ["", "/object-types/Trial"])
@pytest.mark.parametrize(
    ("operation", "call"), [("PutProfileObject", put), ("BatchPutProfileObject", put_batch)]
)
def test_an_object_is_refused_where_one_of_the_two_is_missing(
    enforcing: Aws, domain: str, operation: str, call: Callable[[Any], Any], missing: str
) -> None:
    resources = {"", "/object-types/Trial"} - {missing}
    allowed = allow(f"profile:{operation}", *(domain + each for each in resources))
    client = enforcing.user(allowed)("customer-profiles")
    user = f"arn:aws:iam::{enforcing.account}:user/"
    code, message, status = refused(lambda: call(client))
    assert (code, status) == ("AccessDeniedException", 403)
    assert message.startswith(f"User: {user}")
    assert message.endswith(
        f" is not authorized to perform: profile:{operation} on resource: {domain}{missing}"
        f" because no identity-based policy allows the profile:{operation} action"
    )


INTEGRATED = {"DomainName": "customers", "Uri": "arn:aws:s3:::exports"}
STREAM = {"DomainName": "customers", "EventStreamName": "changes"}
SEGMENT = {"DomainName": "customers", "SegmentDefinitionName": "lapsed"}
NEWEST = {"DomainName": "customers", "CalculatedAttributeName": "newest"}


@pytest.mark.parametrize(
    ("operation", "members", "within"),
    [
        ("PutIntegration", INTEGRATED | {"ObjectTypeName": "Trial"}, "integrations/{Uri}"),
        ("GetIntegration", INTEGRATED, "integrations/{Uri}"),
        ("DeleteIntegration", INTEGRATED, "integrations/{Uri}"),
        ("GetEventStream", STREAM, "event-streams/changes"),
        ("DeleteSegmentDefinition", SEGMENT, "segment-definitions/lapsed"),
        ("GetCalculatedAttributeDefinition", NEWEST, "calculated-attributes/newest"),
    ],
)
def test_what_stands_in_a_domain_is_asked_for_beside_the_domain(
    enforcing: Aws, domain: str, operation: str, members: dict[str, str], within: str
) -> None:
    action, inner = f"profile:{operation}", f"{domain}/{within.format(**members)}"
    call = operator.methodcaller(xform_name(operation), **members)
    for missing, left in ((inner, domain), (domain, inner)):
        client = enforcing.user(allow(action, left))("customer-profiles")
        code, message, _ = refused(lambda client=client: call(client))
        assert code == "AccessDeniedException"
        assert f" to perform: {action} on resource: {missing} because" in message
    client = enforcing.user(allow(action, domain, inner))("customer-profiles")
    # It may ask, also where it is told that there is none.
    with suppress(client.exceptions.ResourceNotFoundException):
        call(client)


def test_a_flow_is_an_integration_by_the_arn_that_it_gets(enforcing: Aws, domain: str) -> None:
    flow = enforcing.arn("appflow", "flow/contacts")
    allowed = allow("profile:PutIntegration", domain, f"{domain}/integrations/{flow}")
    definition = {
        "FlowName": "contacts",
        "KmsArn": "arn:aws:kms:us-east-1:111122223333:key/1",
        "SourceFlowConfig": {"ConnectorType": "S3", "SourceConnectorProperties": {}},
        "Tasks": [{"SourceFields": ["id"], "TaskType": "Filter"}],
        "TriggerConfig": {"TriggerType": "OnDemand"},
    }
    made = enforcing.user(allowed)("customer-profiles").put_integration(
        **TYPE, FlowDefinition=definition
    )
    assert made["Uri"] == flow


def test_what_a_policy_does_not_name_is_refused(enforcing: Aws, domain: str) -> None:
    client = enforcing.user(allow("profile:GetDomain", domain))("customer-profiles")
    assert client.get_domain(DomainName="customers")["DomainName"] == "customers"
    for call in (
        lambda: client.get_domain(DomainName="others"),
        client.list_domains,
        lambda: client.delete_domain(DomainName="customers"),
        lambda: client.list_tags_for_resource(resourceArn=domain),
    ):
        assert refused(call)[0] == "AccessDeniedException"


@pytest.mark.usefixtures("domain")
def test_an_explicit_deny_wins(enforcing: Aws) -> None:
    everything = allow("profile:*", "*")
    deny = {"Effect": "Deny", "Action": "profile:PutProfileObject", "Resource": "*"}
    client = enforcing.user(everything, deny)("customer-profiles")
    code, message, _ = refused(lambda: put(client))
    assert code == "AccessDeniedException"
    assert message.endswith("with an explicit deny in an identity-based policy")
    assert client.get_domain(DomainName="customers")


@pytest.mark.usefixtures("domain")
def test_the_accounts_root_may_do_everything(enforcing: Aws) -> None:
    assert put(enforcing.client("customer-profiles"))["ProfileObjectUniqueKey"]
    assert enforcing.client("cloudcontrol").list_resources(TypeName="AWS::SQS::Queue")


ANY_CLUSTER = "arn:aws:rds:us-east-1:111122223333:cluster:any"


@pytest.mark.parametrize(
    ("service", "operation", "members"),
    [
        ("customer-profiles", "list_domains", {}),
        (
            "rds-data",
            "execute_statement",
            {"resourceArn": ANY_CLUSTER, "secretArn": ANY_CLUSTER, "sql": "SELECT 1"},
        ),
        ("cloudcontrol", "list_resources", {"TypeName": "AWS::SQS::Queue"}),
        ("sqs", "list_queues", {}),
        ("lambda", "list_functions", {}),
    ],
)
def test_a_wrong_secret_is_refused_everywhere(
    enforcing: Aws, enforcing_emulator: Any, service: str, operation: str, members: dict[str, str]
) -> None:
    iam = enforcing.client("iam")
    iam.create_user(UserName="forged")
    access_key = iam.create_access_key(UserName="forged")["AccessKey"]["AccessKeyId"]
    client = signed_client(enforcing_emulator, service, access_key, "wrong")
    code, message, _ = refused(lambda: getattr(client, operation)(**members))
    assert code in {"InvalidSignatureException", "SignatureDoesNotMatch"}
    assert "signature we calculated does not match" in message


def test_an_unknown_key_is_refused(enforcing_emulator: Any) -> None:
    client = signed_client(enforcing_emulator, "customer-profiles", "AKIAUNKNOWN", "secret")
    code, _, status = refused(client.list_domains)
    assert (code, status) == ("UnrecognizedClientException", 403)


def test_a_request_without_signature_is_refused(enforcing_emulator: Any) -> None:
    target = {"X-Amz-Target": "CloudApiService.ListResources"}
    request = Request(enforcing_emulator.url, b"{}", target)  # noqa: S310 - loopback
    with pytest.raises(HTTPError) as error, urlopen(request):  # noqa: S310
        pass
    with error.value:
        assert json.load(error.value)["__type"] == "MissingAuthenticationTokenException"


def test_a_role_works_in_the_account_that_it_belongs_to(
    enforcing: Aws, enforcing_emulator: Any, domain: str
) -> None:
    root = {"AWS": f"arn:aws:iam::{enforcing.account}:root"}
    resources = (domain, f"{domain}/object-types/Trial")
    role = enforcing.role(
        "none", allow("profile:PutProfileObject", *resources), Principal=root, Condition={}
    )
    session = enforcing.client("sts").assume_role(RoleArn=role, RoleSessionName="session")[
        "Credentials"
    ]
    client = signed_client(
        enforcing_emulator,
        "customer-profiles",
        session["AccessKeyId"],
        session["SecretAccessKey"],
        session["SessionToken"],
    )
    assert put(client)["ProfileObjectUniqueKey"]
    name = role.rpartition("/")[2]
    _, message, _ = refused(lambda: client.get_domain(DomainName="customers"))
    assert f"User: arn:aws:sts::{enforcing.account}:assumed-role/{name}/session is not" in message


PUT = """
import boto3
def handler(event, context):
    client = boto3.client("customer-profiles")
    return client.put_profile_object(
        DomainName="customers", ObjectTypeName="Trial", Object=event)["ProfileObjectUniqueKey"]
"""


def test_a_function_calls_with_the_permissions_of_its_role(enforcing: Aws, domain: str) -> None:
    resources = (domain, f"{domain}/object-types/Trial")
    role = enforcing.role("lambda", allow("profile:PutProfileObject", *resources))
    function = enforcing.function(PUT, Role=role, Timeout=30)

    def invoke() -> Any:
        answer = enforcing.client("lambda").invoke(
            FunctionName=function, Payload=json.dumps('{"id": "1"}')
        )
        return json.loads(answer["Payload"].read())

    profiles = enforcing.client("customer-profiles")
    assert invoke() == put(profiles)["ProfileObjectUniqueKey"]
    enforcing.permit(role, allow("profile:PutProfileObject", domain))
    told = invoke()
    name = role.rpartition("/")[2]
    session = f"arn:aws:sts::{enforcing.account}:assumed-role/{name}/{function}"
    assert told["errorType"] == "AccessDeniedException"
    assert f"User: {session} is not authorized to perform: profile:PutProf" in told["errorMessage"]


def test_a_statement_needs_cluster_and_secret(enforcing: Aws) -> None:
    cluster = enforcing.arn("rds", "cluster:lifecycle")
    secret = enforcing.client("secretsmanager").create_secret(Name="db", SecretString="{}")["ARN"]
    runs = allow("rds-data:ExecuteStatement", cluster)
    reads = allow("secretsmanager:GetSecretValue", secret)

    def execute(*statements: dict[str, Any]) -> Any:
        client = enforcing.user(*statements)("rds-data")
        return client.execute_statement(resourceArn=cluster, secretArn=secret, sql="SELECT 1")

    assert execute(runs, reads)["records"] == [[{"longValue": 1}]]
    code, message, status = refused(lambda: execute(runs))
    assert (code, status) == ("AccessDeniedException", 403)
    assert f"secretsmanager:GetSecretValue on resource: {secret}" in message
    _, message, _ = refused(lambda: execute(reads))
    assert f"rds-data:ExecuteStatement on resource: {cluster}" in message


def test_cloud_control_asks_for_its_own_actions_on_everything(enforcing: Aws) -> None:
    client = enforcing.user(allow("cloudformation:ListResources", "*"))("cloudcontrol")
    assert client.list_resources(TypeName="AWS::SQS::Queue")["ResourceDescriptions"] == []
    code, message, status = refused(
        lambda: client.get_resource(TypeName="AWS::SQS::Queue", Identifier="none")
    )
    assert (code, status) == ("AccessDeniedException", 400)
    assert "cloudformation:GetResource on resource: *" in message


def test_cloud_control_creates_for_the_account_as_before(enforcing: Aws) -> None:
    client = enforcing.client("cloudcontrol")
    state = json.dumps({"QueueName": "made"})
    token = client.create_resource(TypeName="AWS::SQS::Queue", DesiredState=state)["ProgressEvent"][
        "RequestToken"
    ]

    def status() -> Any:
        event = client.get_resource_request_status(RequestToken=token)["ProgressEvent"]
        return event if event["OperationStatus"] != "IN_PROGRESS" else None

    assert eventually(status)["OperationStatus"] == "SUCCESS"
    assert enforcing.client("sqs").get_queue_url(QueueName="made")["QueueUrl"]


def test_nobody_is_asked_where_nothing_is_enforced(emulator: Any) -> None:
    client = signed_client(emulator, "customer-profiles", "AKIAUNKNOWN", "wrong")
    assert client.list_domains()["ResponseMetadata"]["HTTPStatusCode"] == 200
