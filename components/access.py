"""Roles with the statements that they need, and no more."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi_aws_native import iam

from components.place import Place
from components.policies import Document, policy
from components.tags import tag_list


def service_role(
    name: str,
    service: str,
    place: Place,
    tags: Mapping[str, str],
    parent: pulumi.Resource,
) -> iam.Role:
    """A role that one service may take on, for resources of this account only.

    service: its principal, e.g. `lambda.amazonaws.com`. The condition keeps the service from taking
    it on for somebody else's account (IAM user guide, "The confused deputy problem").
    """
    return iam.Role(
        name,
        assume_role_policy_document=policy(
            {
                "Effect": "Allow",
                "Principal": {"Service": service},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": place.account}},
            }
        ),
        tags=tag_list(tags),
        opts=pulumi.ResourceOptions(parent=parent),
    )


def grant(
    name: str,
    role: iam.Role,
    statements: pulumi.Input[Sequence[Mapping[str, Any]]],
    parent: pulumi.Resource,
) -> iam.RolePolicy:
    """A policy of its own in the role: what one way needs comes and goes with that way."""
    document: pulumi.Output[Document] = pulumi.Output.from_input(statements).apply(
        lambda resolved: policy(*resolved)
    )
    return iam.RolePolicy(
        name,
        role_name=role.id,
        policy_name=name,
        policy_document=document,
        opts=pulumi.ResourceOptions(parent=parent),
    )


def allow(actions: Sequence[str], *resources: str) -> Document:
    """One statement of an identity policy."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
