"""What a class calls its amounts as money: by convention, or as the overlay says."""

import copy
import re
from typing import Any

import pytest

from scripts.pipeline.repository import PACKAGE

from .support import TINY_OVERLAY, Checkout, Result, cat_properties, tiny_document

AMOUNT = {"type": "integer"}
CURRENCY = {"type": "string", "format": "currency"}
MODELS = f"{PACKAGE}/models.py"


def regenerated(tiny: Checkout, overlaid: dict[str, Any], **properties: Any) -> Result:
    """A cat with these properties, to some of which the overlay adds something."""
    document = tiny_document()
    cat_properties(document).update(properties)
    overlay = copy.deepcopy(TINY_OVERLAY)
    overlay["actions"] += [
        {"target": f"$.components.schemas.cat.properties.{name}", "update": update}
        for name, update in overlaid.items()
    ]
    tiny.configure(overlay=overlay)
    return tiny.run("--from", tiny.write_document(document))


def properties(tiny: Checkout, result: Result) -> list[str]:
    assert result.code == 0, result.err
    text = (tiny.repository.generated / MODELS).read_text("utf-8")
    return re.findall(r"@property\n +def (.+):\n", text)


def test_an_amount_of_a_class_with_a_currency_has_a_property(tiny):
    result = regenerated(tiny, {}, amount_paid=AMOUNT, currency=CURRENCY, total=AMOUNT)
    assert properties(tiny, result) == ["paid(self) -> Money | None"]


@pytest.mark.parametrize(
    "given",
    [
        {"amount_paid": AMOUNT},
        {"amount_paid": AMOUNT, "currency": {"type": "object"}},
        {"amount_paid": {"type": "string"}, "currency": CURRENCY},
        {"paid_amount": AMOUNT, "currency": CURRENCY},
        {"amount_paid": AMOUNT, "currency": CURRENCY, "paid": {"type": "boolean"}},
    ],
)
def test_nothing_else_has_one(tiny, given):
    assert properties(tiny, regenerated(tiny, {}, **given)) == []


def test_the_overlay_gives_another_name_or_none(tiny):
    result = regenerated(
        tiny,
        {
            "amount_due": {"x-money": False},
            "amount_from": {"x-money": "start"},
            "amount_paid": {"x-money": "paid_money"},
            "total": {"x-money": "total_money"},
        },
        **dict.fromkeys(("amount_due", "amount_from", "amount_paid", "total"), AMOUNT),
        currency=CURRENCY,
        paid={"type": "boolean"},
    )
    assert properties(tiny, result) == [
        "start(self) -> Money | None",
        "paid_money(self) -> Money | None",
        "total_money(self) -> Money | None",
    ]


@pytest.mark.parametrize(
    ("overlaid", "given", "problem"),
    [
        ({}, {"amount_from": AMOUNT}, "'amount_from' would become the property 'from', a name"),
        ({}, {"amount_to_dict": AMOUNT}, "would become the property 'to_dict', a name that Python"),
        ({}, {"amount_property": AMOUNT}, "would become the property 'property', a name"),
        ({}, {"amount_": AMOUNT}, "would become the property '', a name"),
        ({"total": {"x-money": "a-b"}}, {"total": AMOUNT}, "the property 'a-b', a name"),
        ({"total": {"x-money": "name"}}, {"total": AMOUNT}, "property 'name', which is a field"),
        ({"name": {"x-money": "worth"}}, {}, "its amount 'name' is no amount in the class's own"),
    ],
)
def test_a_name_that_cannot_be_is_refused(tiny, overlaid, given, problem):
    result = regenerated(tiny, overlaid, currency=CURRENCY, **given)
    assert result.code == 2
    assert "class Cat: its amount" in result.err
    assert problem in result.err
    assert "Give it another name with `x-money` in spec/overlay.yaml, or none with" in result.err


def test_two_of_one_name_are_refused(tiny):
    result = regenerated(
        tiny, {"total": {"x-money": "paid"}}, total=AMOUNT, amount_paid=AMOUNT, currency=CURRENCY
    )
    assert result.code == 2
    assert "'total' and 'amount_paid' both give it a 'paid'" in result.err
