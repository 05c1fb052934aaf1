"""What `lifecycle import` reads: templates, Terraform, requests, the sample; what it refuses."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

import mappings
from lifecycle.cli import main
from lifecycle.errors import CouldNotRunError
from lifecycle.importing.run import module_name, read_file
from profiles.requests import to_cloudformation, to_request

TYPES = {each.object_type.name: each.object_type for each in mappings.load()}
OFFERS = TYPES["MarketingAssignedOffers"]

TEMPLATE = """\
Parameters:
  Days: {Type: Number, Default: 1000}
  Word: {Type: String, Default: Managed}
  Key: {Type: String}
Resources:
  Domain:
    Type: AWS::CustomerProfiles::Domain
    Properties: {DomainName: !Sub "${AWS::StackName}-domain", DefaultExpirationDays: 366}
  Offers:
    Type: AWS::CustomerProfiles::ObjectType
    Properties:
      DomainName: !GetAtt Domain.DomainName
      ObjectTypeName: MarketingAssignedOffers
      Description: !Sub "Marketing ${Word} Offers"
      AllowProfileCreation: "true"
      ExpirationDays: !Ref Days
      EncryptionKey: !Ref Key
      SourcePriority: !Ref AWS::NoValue
      Fields:
        - Name: UserId
          ObjectTypeField: {Source: _source.UserId, Target: _profile.AccountNumber}
        - Name: email
          ObjectTypeField:
            Source: _source.email
            Target: _profile.EmailAddress
            ContentType: EMAIL_ADDRESS
        - Name: phone
          ObjectTypeField:
            Source: _source.phone
            Target: _profile.PhoneNumber
            ContentType: PHONE_NUMBER
        - Name: offer
          ObjectTypeField: {Source: _source.offerName, Target: _profile.Attributes.offerName}
        - Name: offerView
          ObjectTypeField: {Source: _source.offerViewed, Target: _profile.Attributes.offerViewed}
      Keys:
        - Name: _account
          ObjectTypeKeyList:
            - FieldNames: [UserId]
              StandardIdentifiers: [PROFILE, UNIQUE]
        - Name: _email
          ObjectTypeKeyList: [{FieldNames: [email]}]
        - Name: _phone
          ObjectTypeKeyList: [{FieldNames: [phone]}]
"""

Read = Callable[..., Any]
Run = Callable[..., Result]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """What is in a file of this text."""

    def run(content: Any) -> Any:
        file = tmp_path / "given"
        text = content if isinstance(content, str) else json.dumps(content)
        file.write_text(text, encoding="utf-8")
        return read_file(file)

    return run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """The command, writing to the folder `into` of the test."""

    def run(content: Any, *options: str) -> Result:
        file = tmp_path / "given.json"
        text = content if isinstance(content, str) else json.dumps(content)
        file.write_text(text, encoding="utf-8")
        into = ("--into", str(tmp_path / "into"))
        return CliRunner().invoke(main, ["import", str(file), *into, *options])

    return run


def snake(value: Any) -> Any:
    """Names of properties as Terraform spells them."""
    if isinstance(value, list):
        return [snake(each) for each in value]
    if not isinstance(value, dict):
        return value
    names = {key: "".join(f"_{c.lower()}" if c.isupper() else c for c in key) for key in value}
    return {names[key].lstrip("_"): snake(each) for key, each in value.items()}


def shown(*resources: dict[str, Any]) -> dict[str, Any]:
    """A state, with its resources in a module that the root calls."""
    modules = [{"address": "module.crm", "resources": list(resources)}]
    return {"format_version": "1.0", "values": {"root_module": {"child_modules": modules}}}


def test_a_template_with_short_forms_is_read_with_its_parameters_defaults(read: Read) -> None:
    (found,) = read(TEMPLATE)
    assert found.object_type == OFFERS
    assert found.left_out == ("EncryptionKey is made by the template: the domain's key is taken",)
    assert found.where == "given: Offers"


def test_a_template_in_json_is_read_too(read: Read) -> None:
    resource = {
        "Type": "AWS::CustomerProfiles::ObjectType",
        "Properties": to_cloudformation(OFFERS),
    }
    (found,) = read({"Resources": {"Offers": resource}})
    assert to_request(found.object_type) == to_request(OFFERS)


def test_a_value_that_only_a_deployment_knows_is_refused_with_its_place(read: Read) -> None:
    with pytest.raises(CouldNotRunError) as refused:
        read(TEMPLATE.replace("!Ref Days", "!ImportValue Days"))
    assert str(refused.value).startswith(
        "given: Offers: ExpirationDays: what Fn::ImportValue gives is not known before"
    )


@pytest.mark.parametrize("member", ["values", "planned_values"])
def test_a_state_and_a_plan_of_terraform_are_read_in_all_modules(read: Read, member: str) -> None:
    values = snake(to_cloudformation(OFFERS)) | {"id": "x", "domain_name": "d", "tags": None}
    resource = {"type": "awscc_customerprofiles_object_type", "address": "a.b", "values": values}
    other = {"type": "aws_sqs_queue", "values": {}}
    document = shown(other, resource)
    document[member] = document.pop("values")
    (found,) = read(document)
    assert to_request(found.object_type) == to_request(OFFERS)
    assert found.where == "given: a.b"


def test_terraforms_own_language_is_refused_with_what_to_give_instead(read: Read) -> None:
    with pytest.raises(CouldNotRunError, match="give what this prints: terraform show -json"):
        read('resource "awscc_customerprofiles_object_type" "offers" {\n  domain_name = var.d\n}\n')


def test_a_request_a_list_of_them_and_what_the_service_answers_are_read(read: Read) -> None:
    request = to_request(OFFERS) | {"DomainName": "customers"}
    answer = request | {"CreatedAt": "2026-01-01", "LastUpdatedAt": 1.5, "Tags": {"a": "b"}}
    assert [each.object_type for each in read(request)] == [OFFERS]
    assert [each.object_type for each in read([request, answer])] == [OFFERS, OFFERS]


SAMPLE = """
Text. ``` const domainName = 'my-domain-name';
client.putProfileObjectType({ "DomainName": domainName, "ObjectTypeName": "Trial",
  "Description": "It's {here}", "AllowProfileCreation": true, "ExpirationDays": 100,
  "Fields": { "UserId": { "Source": "_source.UserId", "Target": "_profile.AccountNumber" } },
  "Keys": { "_account": [ { "FieldNames": ["UserId"],
    "StandardIdentifiers": ["PROFILE", "UNIQUE"] } ] }
}).promise(); ``` More. ```
const trialObject = { id: 'trial-1', UserId: '00001', startDate: '2020-01-19', days: 90 };
return client.putProfileObject({ "DomainName": domainName, "ObjectTypeName": "Trial",
  "Object": JSON.stringify(trialObject) }).promise(); ```
"""


def test_code_that_calls_the_sdk_gives_types_and_examples(read: Read) -> None:
    (found,) = read(SAMPLE)
    assert (found.object_type.name, found.object_type.description) == ("Trial", "It's {here}")
    assert found.examples == (
        {"id": "trial-1", "UserId": "00001", "startDate": "2020-01-19", "days": 90},
    )
    assert found.where == "given: line 3"


def test_code_whose_request_is_computed_is_refused(read: Read) -> None:
    with pytest.raises(CouldNotRunError, match="line 3: this is no object literal"):
        read(SAMPLE.replace('"Trial",\n', '"Trial" + suffix(), }: ,\n', 1))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({}, "Missing required parameter"),
        ({"Resources": {}}, "has no object type"),
        ([1], "is no CloudFormation template"),
        ("{", "is neither JSON nor YAML (line"),
        ("just text", "is no CloudFormation template"),
        (to_request(OFFERS) | {"Fields": []}, "Invalid type for parameter Fields"),
        (to_request(OFFERS) | {"Colour": 1}, "Unknown parameter in input"),
        (
            to_request(OFFERS) | {"Fields": {"a": {"ContentType": "COLOUR"}}},
            "'COLOUR' is not a valid ContentType",
        ),
    ],
)
def test_what_is_no_object_type_is_refused_and_nothing_is_written(
    run: Run, tmp_path: Path, content: Any, said: str
) -> None:
    result = run(content)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not (tmp_path / "into").exists()


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=60)
    | st.text("{}[]:,!&*|>-'\"\n #%Refab ", max_size=60)
    | st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["Resources", "Type", "Properties", "Fields", "Ref", "format_version", "values"]
                ),
                inner,
                max_size=3,
            )
        ),
    ).map(json.dumps)
)
def test_no_file_is_more_than_a_sentence(tmp_path_factory: Any, text: str) -> None:
    file = tmp_path_factory.getbasetemp() / "anything"
    file.write_text(text, encoding="utf-8", newline="")
    with pytest.raises(CouldNotRunError):
        read_file(file)


def test_a_module_that_is_there_is_kept_and_nothing_is_written_without_force(
    run: Run, tmp_path: Path
) -> None:
    requests = [to_request(each) for each in TYPES.values()]
    into = tmp_path / "into"
    into.mkdir()
    kept = into / "trial_subscription.py"
    kept.write_text("# mine\n", encoding="utf-8")
    result = run(requests)
    assert result.exit_code == 2
    assert f"{kept} is there already, and nothing was written" in result.stderr
    assert [each.name for each in into.iterdir()] == [kept.name]
    assert run(requests, "--force").exit_code == 0
    assert {each.object_type for each in mappings.load(into)} == set(TYPES.values())


def test_what_the_service_would_refuse_is_written_and_said(run: Run, tmp_path: Path) -> None:
    wrong = to_request(OFFERS) | {"Keys": {"_email": [{"FieldNames": ["nowhere"]}]}}
    result = run(wrong)
    assert result.exit_code == 1
    assert "error: into/marketing_assigned_offers.py: MarketingAssignedOffers" in result.stderr
    assert (tmp_path / "into" / "marketing_assigned_offers.py").is_file()


def test_a_type_that_another_module_declares_is_said(run: Run, tmp_path: Path) -> None:
    assert run(to_request(OFFERS)).exit_code == 0
    into = tmp_path / "into"
    (into / "marketing_assigned_offers.py").rename(into / "other.py")
    result = run(to_request(OFFERS))
    assert result.exit_code == 1
    assert "other.py" in result.stderr


def test_only_the_types_that_are_asked_for_are_written(run: Run, tmp_path: Path) -> None:
    requests = [to_request(each) for each in TYPES.values()]
    assert run(requests, "--type", OFFERS.name).exit_code == 0
    assert len(list((tmp_path / "into").iterdir())) == 1
    refused = run(requests, "--type", "Nothing")
    assert refused.exit_code == 2
    assert f"there are: {', '.join(sorted(TYPES))}" in refused.stderr


def test_two_types_that_would_be_one_file_are_refused(run: Run) -> None:
    requests = [to_request(OFFERS) | {"ObjectTypeName": name} for name in ("A-b", "A_b")]
    result = run(requests)
    assert result.exit_code == 2
    assert "would both be" in result.stderr


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("TrialSubscription", "trial_subscription"),
        ("CRMContact2Old", "crm_contact2_old"),
        ("already_snake", "already_snake"),
        ("With-Dash", "with_dash"),
        ("__init__", "object_type"),
        ("../../x", "_x"),
    ],
)
def test_a_module_is_named_after_its_type(name: str, module: str) -> None:
    assert module_name(name) == module


def test_a_name_cannot_bring_code_into_the_module(run: Run, tmp_path: Path) -> None:
    hostile = to_request(OFFERS) | {"ObjectTypeName": '"""\nraise SystemExit\n"""'}
    assert run(hostile).exit_code == 1
    (found,), _ = mappings.read(tmp_path / "into")
    assert found.object_type.name == hostile["ObjectTypeName"]


def test_files_and_a_domain_at_once_are_a_usage_error(run: Run) -> None:
    result = run(to_request(OFFERS), "--stack", "dev")
    assert result.exit_code == 2
    assert "one of them" in result.stderr
