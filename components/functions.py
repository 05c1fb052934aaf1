"""Lambda functions from one file each, with an encrypted log group and a role of their own."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pulumi
from pulumi_aws_native import iam, kms, lambda_, logs

from components.access import allow, grant, service_role
from components.place import Place
from components.tags import tag_list

FOLDER: Final = Path(__file__).resolve().parent.parent / "lambdas"
RUNTIME: Final = "python3.13"


class Function:
    """What one file of `lambdas/` becomes.

    name: the resource, its role and its log group. role: with what every function needs, that is,
    writing its log. `statements` are what this function needs beyond that.
    """

    def __init__(
        self,
        name: str,
        place: Place,
        key: kms.Key,
        parent: pulumi.Resource,
        *,
        description: str,
        environment: Mapping[str, pulumi.Input[str]],
        statements: pulumi.Input[Sequence[Mapping[str, Any]]],
        timeout_seconds: int,
        memory_megabytes: int,
        log_retention_days: int,
        tags: Mapping[str, str],
    ) -> None:
        self.name: Final = place.name(name)
        options = pulumi.ResourceOptions(parent=parent)
        group = logs.LogGroup(
            name,
            log_group_name=f"/aws/lambda/{self.name}",
            kms_key_id=key.arn,
            retention_in_days=log_retention_days,
            tags=tag_list(tags),
            opts=options,
        )
        self.role: Final[iam.Role] = service_role(name, "lambda.amazonaws.com", place, tags, parent)
        log_group = place.arn("logs", f"log-group:/aws/lambda/{self.name}:*")
        writes_log = allow(["logs:CreateLogStream", "logs:PutLogEvents"], log_group)
        policy = grant(
            name,
            self.role,
            pulumi.Output.from_input(statements).apply(lambda own: [writes_log, *own]),
            parent,
        )
        self.function: Final = lambda_.Function(
            name,
            function_name=self.name,
            description=description,
            runtime=RUNTIME,
            architectures=[lambda_.FunctionArchitecturesItem.ARM64],
            handler="index.handler",
            code={"zip_file": (FOLDER / f"{name}.py").read_text(encoding="utf-8")},
            environment={"variables": environment},
            role=self.role.arn,
            timeout=timeout_seconds,
            memory_size=memory_megabytes,
            tags=tag_list(tags),
            # Its first run may come at once: by then it can write its log and do its work.
            opts=pulumi.ResourceOptions(parent=parent, depends_on=[group, policy]),
        )
        self.arn: Final[pulumi.Output[str]] = self.function.arn
