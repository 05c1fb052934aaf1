"""The program `__main__.py` as a whole, with the committed configuration of every stack."""

import json
import runpy
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

import mappings
from profiles import InvalidMappingError
from tests.programs import ROOT, SAMPLE

PROGRAM = ROOT / "__main__.py"
PROTECTED = ("dev", "staging", "prod")

WRONG = """
from profiles import PROFILE, UNIQUE, Field, Key, ObjectType

OBJECT_TYPE = ObjectType(
    name="WrongType",
    description="Four mistakes",
    allow_profile_creation=True,
    fields=(
        Field("Account", "_source.Id", "_profile.AccountNumber"),
        Field("Title", "_source.Title", "_profile.Foo"),
        Field("Home.City", "_source.City", "_profile.Attributes.City"),
    ),
    keys=(
        Key("_account", ("Account",), (PROFILE, UNIQUE)),
        Key("ticket", ("Account",), (UNIQUE,)),
        Key("contract", ("ContractNumber",)),
    ),
)
EXAMPLES = ()
"""


def program() -> None:
    """What the Python host of Pulumi does with the repository."""
    runpy.run_path(str(PROGRAM), run_name="__main__")


def committed(stack: str, source: Path = SAMPLE) -> dict[str, str]:
    """A stack's configuration of the sample as the engine hands it over: everything as text.

    source: where it comes from instead; ROOT has the team's own.
    """
    config = yaml.safe_load((source / f"Pulumi.{stack}.yaml").read_text())["config"]
    return {k: v if isinstance(v, str) else json.dumps(v) for k, v in config.items()}


@pytest.fixture
def local_aws() -> Iterator[str]:
    """URL of a server that says it is healthy, which is all that the program itself asks."""

    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/_emulator/health" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Health) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def wrong_mappings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Adds a module with four mistakes to the repository's own."""
    load = mappings.load
    folder = tmp_path / "mappings"
    folder.mkdir()
    for path in mappings.FOLDER.glob("*.py"):
        (folder / path.name).write_text(path.read_text())
    (folder / "wrong_type.py").write_text(WRONG)
    monkeypatch.setattr(mappings, "load", lambda: load(folder))


@pytest.mark.parametrize("stack", PROTECTED)
def test_a_stack_of_the_repository_deploys_every_mapping(run_program: Any, stack: str) -> None:
    engine = run_program(program, committed(stack), stack)

    declared = [mapping.object_type.name for mapping in mappings.load()]
    assert sorted(engine.named("customerprofiles:ObjectType")) == sorted(declared)
    assert engine.only("customerprofiles:Domain").inputs["domainName"] == (
        f"customer-lifecycle-{stack}"
    )


@pytest.mark.parametrize("stack", PROTECTED)
def test_what_holds_customers_data_is_protected_on_a_shared_stack(
    run_program: Any, stack: str
) -> None:
    engine = run_program(program, committed(stack), stack)

    kept = {each.type for each in engine.resources if each.protect and each.retain_on_delete}
    assert kept == {
        "aws-native:customerprofiles:Domain",
        "aws-native:customerprofiles:ObjectType",
        "aws-native:kms:Key",
    }


def test_the_local_stack_protects_nothing_so_that_it_can_be_torn_down(
    run_program: Any, local_aws: str
) -> None:
    config = committed("local") | {"customer-lifecycle:endpoint": local_aws}

    engine = run_program(program, config)

    assert len(engine.resources) > 0
    assert not any(each.protect or each.retain_on_delete for each in engine.resources)


def test_the_outputs_tell_verify_where_the_domain_is(run_program: Any, local_aws: str) -> None:
    config = committed("local") | {"customer-lifecycle:endpoint": local_aws}

    outputs = run_program(program, config).stack_outputs

    told = ("domain_name", "region", "endpoint", "object_types", "dead_letter_queue_url")
    assert {name: outputs[name] for name in (*told, "encryption_key_arn")} == {
        "domain_name": "customer-lifecycle-local",
        "region": "us-east-1",
        "endpoint": local_aws,
        "object_types": sorted(mapping.object_type.name for mapping in mappings.load()),
        "dead_letter_queue_url": "https://sqs.us-east-1.amazonaws.com/111122223333/"
        "customer-lifecycle-local-dead-letters",
        "encryption_key_arn": "arn:aws:kms:us-east-1:111122223333:key/encryption",
    }


def test_a_stack_on_aws_has_no_endpoint_of_its_own(run_program: Any) -> None:
    assert run_program(program, committed("dev"), "dev").stack_outputs["endpoint"] is None


@pytest.mark.usefixtures("wrong_mappings")
def test_wrong_mappings_stop_the_program_before_any_call_with_every_finding(
    run_program: Any,
) -> None:
    with pytest.raises(InvalidMappingError) as known:
        mappings.load()

    with pytest.raises(pulumi.RunError) as stopped:
        run_program(program, committed("dev"), "dev")

    lines = str(stopped.value).splitlines()
    assert [line.strip() for line in lines[1:]] == [str(each) for each in known.value.findings]
    assert all("mappings/wrong_type.py: WrongType" in line for line in lines[1:])
    assert {each.rule.id for each in known.value.findings} == {
        "FIELD_NAME_DOTTED",
        "TARGET_UNKNOWN",
        "KEY_UNIQUE_COUNT",
        "KEY_UNKNOWN_FIELD",
    }
    assert run_program.engine.resources == []
    assert run_program.engine.calls == []


def test_a_local_aws_that_does_not_answer_stops_the_program_with_the_way_to_start_it(
    run_program: Any,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    config = committed("local") | {"customer-lifecycle:endpoint": f"http://127.0.0.1:{port}"}

    with pytest.raises(pulumi.RunError, match=rf"lifecycle emulator --port {port}$"):
        run_program(program, config)

    assert run_program.engine.calls == []


def test_a_wrong_setting_stops_the_program_with_its_name(run_program: Any) -> None:
    config = committed("dev") | {"customer-lifecycle:defaultExpirationDays": "1099"}

    with pytest.raises(pulumi.RunError, match="defaultExpirationDays"):
        run_program(program, config, "dev")


def test_the_program_fits_on_a_screen() -> None:
    assert len(PROGRAM.read_text().splitlines()) < 60
