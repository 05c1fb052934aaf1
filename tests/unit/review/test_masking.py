"""What is left to see of customers' values: their length, and which of them are equal."""

from lifecycle.review.masking import Mask
from lifecycle.review.replay_model import Kind, Sample


def test_a_value_is_masked_to_its_length_and_a_number() -> None:
    assert Mask().value("ann@example.org") == "•••• (15 characters, #1)"
    assert Mask().value("x") == "•••• (1 character, #1)"


def test_equal_values_have_one_number_wherever_they_stand_and_others_have_others() -> None:
    mask = Mask()
    before = mask.document({"FirstName": "Ann", "LastName": "Lee", "MiddleName": "Ann"})
    after = mask.document({"LastName": "Ann", "FirstName": "Lea"})
    assert before["FirstName"] == before["MiddleName"] == after["LastName"]
    assert before["LastName"] == "•••• (3 characters, #2)"
    assert after["FirstName"] == "•••• (3 characters, #3)"


def test_names_of_attributes_and_the_shape_of_a_document_stay() -> None:
    document = {
        "Attributes": {"Tier": "gold", "Plan": "gold"},
        "EngagementPreferences": {"Email": [{"KeyName": "k", "KeyValue": "v"}]},
    }
    gold = "•••• (4 characters, #1)"
    assert Mask().document(document) == {
        "Attributes": {"Tier": gold, "Plan": gold},
        "EngagementPreferences": {
            "Email": [{"KeyName": "•••• (1 character, #2)", "KeyValue": "•••• (1 character, #3)"}]
        },
    }


def test_what_is_no_text_is_masked_too() -> None:
    assert Mask().value(12345) == "•••• (5 characters, #1)"


def test_samples_are_masked_before_and_after_and_keep_the_rest() -> None:
    sample = Sample(
        kind=Kind.CHANGED,
        profiles_before=1,
        profiles_after=1,
        before=({"FirstName": "Ann"},),
        after=({"LastName": "Ann"},),
        objects={"Crm": 1},
        added=("LastName",),
        changed=(),
        lost=("FirstName",),
    )
    (masked,) = Mask().samples([sample])
    assert masked.before == ({"FirstName": "•••• (3 characters, #1)"},)
    assert masked.after == ({"LastName": "•••• (3 characters, #1)"},)
    assert (masked.kind, masked.objects, masked.added, masked.lost) == (
        Kind.CHANGED,
        {"Crm": 1},
        ("LastName",),
        ("FirstName",),
    )
