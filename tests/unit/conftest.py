"""Helpers of the unit tests: a Pulumi engine that records what a program registers."""

import asyncio
import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks, rpc, settings
from pulumi.runtime.config import _SECRET_KEYS, CONFIG

ACCOUNT = "111122223333"
INSTANCE_ARN = f"arn:aws:connect:us-east-1:{ACCOUNT}:instance/instance-1"


@dataclass(frozen=True)
class Registered:
    """A resource as the engine is asked to register it; dependencies and parent by logical name.

    provider: name of one of the program's own. aliases: earlier names.
    """

    type: str
    name: str
    inputs: dict[str, Any]
    parent: str
    dependencies: frozenset[str]
    protect: bool
    retain_on_delete: bool
    ignore_changes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    provider: str = ""

    def without_dependencies(self) -> dict[str, Any]:
        """All that a change of could lead to an update of the resource."""
        return {name: value for name, value in vars(self).items() if name != "dependencies"}


@dataclass
class Engine(mocks.Mocks):
    """Answers like the provider and keeps every registration and every function call."""

    resources: list[Registered] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    component_outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    stack_outputs: dict[str, Any] = field(default_factory=dict)

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        self.calls.append(args.token)
        self.asked.append((args.token, dict(args.args)))
        return {
            "aws-native:index:getAccountId": {"accountId": ACCOUNT},
            "aws-native:index:getPartition": {"partition": "aws"},
            "aws:connect/getInstance:getInstance": {"arn": INSTANCE_ARN, "id": "instance-1"},
        }[args.token]

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        name = args.inputs.get("queueName", args.name)
        made = {
            "aws-native:sqs:Queue": {
                "arn": _arn("sqs", name),
                "queueUrl": f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/{name}",
            },
            "aws-native:kms:Key": {"arn": _arn("kms", f"key/{name}"), "keyId": f"key-{name}"},
            "aws-native:iam:Role": {"arn": f"arn:aws:iam::{ACCOUNT}:role/{name}"},
            "aws-native:lambda:Function": {
                "arn": _arn("lambda", f"function:{args.inputs.get('functionName')}")
            },
            "aws-native:events:Rule": {
                "arn": _arn("events", f"rule/{args.inputs.get('eventBusName')}/{name}")
            },
            "aws-native:sns:Topic": {"topicArn": _arn("sns", str(args.inputs.get("topicName")))},
            "aws-native:s3:Bucket": {"arn": f"arn:aws:s3:::{args.inputs.get('bucketName')}"},
            "aws-native:stepfunctions:StateMachine": {
                "arn": _arn("states", f"stateMachine:{args.inputs.get('stateMachineName')}")
            },
        }
        return f"{args.name}-id", {**args.inputs, **made.get(args.typ, {})}

    def created(self, kind: str) -> list[Registered]:
        """The registered resources of one type, such as `sqs:Queue`, in order."""
        return [each for each in self.resources if each.type == f"aws-native:{kind}"]

    def only(self, kind: str) -> Registered:
        """The single registered resource of one type."""
        (found,) = self.created(kind)
        return found

    def named(self, kind: str) -> dict[str, Registered]:
        """The registered resources of one type by logical name."""
        found = self.created(kind)
        by_name = {each.name: each for each in found}
        assert len(by_name) == len(found)
        return by_name


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:us-east-1:{ACCOUNT}:{resource}"


class _Monitor(mocks.MockMonitor):
    """The mock monitor, which by itself forgets the options of a resource."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._engine = engine

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the engine's protocol
        if request.type != "pulumi:pulumi:Stack":
            self._engine.resources.append(
                Registered(
                    type=request.type,
                    name=request.name,
                    inputs=copy.deepcopy(rpc.deserialize_properties(request.object)),
                    parent=_name(request.parent),
                    dependencies=frozenset(map(_name, request.dependencies)),
                    protect=request.protect,
                    retain_on_delete=request.retainOnDelete,
                    ignore_changes=tuple(request.ignoreChanges),
                    aliases=tuple(each.spec.name for each in request.aliases),
                    provider=_provider(request.provider),
                )
            )
        return super().RegisterResource(request)

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - the engine's protocol
        outputs = rpc.deserialize_properties(request.outputs)
        self._engine.component_outputs[_name(request.urn)] = outputs
        return super().RegisterResourceOutputs(request)


def _name(urn: str) -> str:
    """`type::name` of a URN (urn:pulumi:STACK::PROJECT::PARENT_TYPE$TYPE::NAME)."""
    if not urn:
        return ""
    _, _, types, name = urn.split("::")
    return f"{types.rpartition('$')[2]}::{name}"


def _provider(reference: str) -> str:
    """The name in a provider's reference, which is its URN and its id; "" for a default one."""
    urn = reference.rpartition("::")[0]
    name = urn.rpartition("::")[2]
    return "" if name.startswith("default") else name


class Runner:
    """Runs Pulumi programs, each against a fresh recording engine, the last one being `engine`."""

    engine: Engine

    def __call__(
        self,
        program: Callable[[], object],
        config: Mapping[str, str] | None = None,
        stack: str = "local",
        secrets: Iterable[str] = (),
    ) -> Engine:
        """config has fully qualified keys, secrets are those that are encrypted.

        An error of the program is raised as it is.
        """
        self.engine = Engine()
        # Outputs and transformations belong to the root, which otherwise outlives its program.
        settings.ROOT.set(None)
        pulumi.runtime.set_mocks(
            self.engine, project="customer-lifecycle", stack=stack, monitor=_Monitor(self.engine)
        )
        token, secret_token = CONFIG.set(dict(config or {})), _SECRET_KEYS.set(set(secrets))
        try:
            pulumi.runtime.test(program)()
            root = settings.get_root_resource()
            assert root is not None
            self.engine.stack_outputs = _resolved(root.outputs)
        finally:
            CONFIG.reset(token)
            _SECRET_KEYS.reset(secret_token)
        return self.engine


def _resolved(outputs: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    pulumi.runtime.test(lambda: pulumi.Output.all(**outputs).apply(values.update))()
    return values


@pytest.fixture
def run_program() -> Iterator[Runner]:
    """Runs Pulumi programs; see Runner."""
    # The mock monitor wants a loop in the threads that it is called on, and never closes it.
    loop, monitor_loop = asyncio.new_event_loop(), asyncio.new_event_loop()
    with ThreadPoolExecutor(1, initializer=asyncio.set_event_loop, initargs=[monitor_loop]) as one:
        loop.set_default_executor(one)
        asyncio.set_event_loop(loop)
        yield Runner()
        loop.close()
    asyncio.set_event_loop(None)
    monitor_loop.close()
