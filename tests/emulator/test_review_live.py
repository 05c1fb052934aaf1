"""What is deployed as a version: nothing differs after a deployment, and drift is told."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

import mappings
from lifecycle.errors import CouldNotRunError
from lifecycle.review import live
from lifecycle.review.diff import compare
from lifecycle.review.live import load_deployed, load_live
from lifecycle.review.model import Version
from lifecycle.review.versions import load_folder
from lifecycle.stack_outputs import Deployed
from profiles import ObjectType
from profiles.requests import to_request

KEY = "test"
"""The access key with which a client signs where an endpoint is given."""


class Domain:
    """A domain in the account that review uses. `at`: where it is."""

    def __init__(self, emulator: Any) -> None:
        self.client = emulator.client("customer-profiles", KEY)
        self.name = f"reviewed-{secrets.token_hex(4)}"
        self.at = Deployed(self.name, "us-east-1", emulator.url)
        self.client.create_domain(DomainName=self.name, DefaultExpirationDays=366)

    def put(self, *object_types: ObjectType) -> None:
        for each in object_types:
            self.client.put_profile_object_type(DomainName=self.name, **to_request(each))

    def load(self) -> Version:
        return load_deployed(self.at, "live:dev")


@pytest.fixture
def domain(emulator: Any) -> Iterator[Domain]:
    domain = Domain(emulator)
    yield domain
    domain.client.delete_domain(DomainName=domain.name)


@pytest.fixture(scope="module")
def declared() -> Version:
    """The mappings of this repository."""
    return load_folder()


def types() -> list[ObjectType]:
    return [each.object_type for each in mappings.load()]


def test_what_was_just_deployed_is_what_the_mappings_declare(
    domain: Domain, declared: Version
) -> None:
    every = replace(
        types()[0],
        name="Every",
        source_priority=2,
        max_profile_object_count=9,
        expiration_days=None,
        source_last_updated_timestamp_format="EpochMilli",
        encryption_key="arn:aws:kms:us-east-1:111122223333:key/k",
    )
    contact = ObjectType("Contact", "Contacts", template_id="Salesforce-Contact")
    domain.put(*types(), every, contact)
    found = domain.load()
    assert found.name == "live:dev"
    named = {each.object_type.name: each.object_type for each in found.snapshots}
    assert named["Every"] == every
    assert named["Contact"] == contact
    only = Version(found.name, tuple(s for s in found.snapshots if s.object_type in types()))
    assert len(only.snapshots) == len(declared.snapshots)
    assert compare(only, declared) == compare(declared, only) == ()


def test_drift_is_told_as_the_change_that_a_deployment_would_make(
    domain: Domain, declared: Version
) -> None:
    first, second, third = types()
    other = replace(first, name="Forgotten", fields=first.fields[:1], keys=first.keys[:1])
    domain.put(replace(first, expiration_days=1), third, other)
    found = compare(domain.load(), declared)
    assert [(each.rule.id, each.object_type, each.before, each.after) for each in found] == [
        ("TYPE_REMOVED", "Forgotten", "Forgotten", None),
        ("EXPIRY_LENGTHENED", first.name, "1", str(first.expiration_days)),
        ("TYPE_ADDED", second.name, None, second.name),
    ]
    assert found[1].place.file == "mappings/marketing_assigned_offers.py"


def test_every_page_of_types_is_read(domain: Domain) -> None:
    many = [replace(types()[0], name=f"Type{number:02}") for number in range(23)]
    domain.put(*many)
    names = [each.object_type.name for each in domain.load().snapshots]
    assert names == [each.name for each in many]


def test_types_of_the_service_itself_are_left_out(
    domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    domain.put(types()[0])
    client = live.client

    def more(parsed: dict[str, Any], **_: Any) -> None:
        parsed["Items"].append({"ObjectTypeName": "_webAnalytics"})

    def with_more(*arguments: Any, **options: Any) -> Any:
        made = client(*arguments, **options)
        made.meta.events.register("after-call.customer-profiles.ListProfileObjectTypes", more)
        return made

    monkeypatch.setattr(live, "client", with_more)
    assert [each.object_type for each in domain.load().snapshots] == [types()[0]]


def test_nothing_but_reading_is_asked(domain: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[str] = set()
    client = live.client

    def watched(*arguments: Any, **options: Any) -> Any:
        made = client(*arguments, **options)
        made.meta.events.register("before-call", lambda model, **_: asked.add(model.name))
        return made

    monkeypatch.setattr(live, "client", watched)
    domain.put(*types())
    domain.load()
    assert asked == {"ListProfileObjectTypes", "GetProfileObjectType"}


def test_a_word_that_is_newer_than_our_vocabulary_is_a_failure_of_that_type(
    domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = live.client

    def newer(*arguments: Any, **options: Any) -> Any:
        made = client(*arguments, **options)

        def change(parsed: dict[str, Any], **_: Any) -> None:
            parsed["Fields"]["UserId"]["ContentType"] = "COLOUR"

        made.meta.events.register("after-call.customer-profiles.GetProfileObjectType", change)
        return made

    monkeypatch.setattr(live, "client", newer)
    domain.put(types()[0])
    version = domain.load()
    assert version.snapshots == ()
    assert version.failures == {types()[0].name: "'COLOUR' is not a valid ContentType"}


def test_a_domain_that_is_not_there_could_not_run(emulator: Any) -> None:
    with pytest.raises(CouldNotRunError) as refused:
        load_deployed(Deployed("nowhere", "us-east-1", emulator.url), "live:dev")
    assert str(refused.value).startswith(
        "ListProfileObjectTypes on domain nowhere: ResourceNotFoundException: "
    )


def test_a_stack_is_read_where_its_outputs_say(
    domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def outputs(stack: str) -> Deployed:
        asked.append(stack)
        return domain.at

    monkeypatch.setattr(live, "read_outputs", outputs)
    domain.put(types()[0])
    version = load_live("staging")
    assert (version.name, asked) == ("live:staging", ["staging"])
    assert [each.object_type for each in version.snapshots] == [types()[0]]
