"""Does the report notice where the overlay no longer says what it was written to say?"""

from __future__ import annotations

import json
from typing import Any

import pytest

from scripts.pipeline.document.overlay import Action, read_actions, read_overlay
from scripts.pipeline.errors import PipelineError
from scripts.pipeline.repository import THIS_REPOSITORY
from scripts.spec_changes.compare import Comparison
from scripts.spec_changes.overlay_health import unreasoned
from scripts.spec_changes.verdicts import Finding

from . import edits as e
from .conftest import Compare

STATUS = "$.components.schemas.invoice_payment.properties.status"


def _of_kind(comparison: Comparison, kind: str) -> list[Finding]:
    return [finding for finding in comparison.findings if finding.kind == kind]


def _with_action(overlay: list[Action], *actions: Any) -> list[Action]:
    return [*overlay, *read_actions({"overlay": "1.0.0", "actions": list(actions)})]


def test_a_comparison_with_itself_finds_nothing(pinned: dict[str, Any], compared: Compare) -> None:
    comparison = compared(pinned, pinned)
    assert not comparison.changes
    assert not comparison.findings
    assert not comparison.hidden
    assert not comparison.outside


def test_every_override_in_the_repository_states_its_reason() -> None:
    actions = read_overlay(THIS_REPOSITORY.overlay)
    assert any(action.is_override for action in actions)
    assert not list(unreasoned(actions))


def test_no_override_in_the_repository_gives_a_name() -> None:
    """What overrides keep from users is found in a document without them, by the same names."""
    names = ('"title":', '"operationId":', '"tags":')
    for action in filter(lambda one: one.is_override, read_overlay(THIS_REPOSITORY.overlay)):
        assert not any(name in json.dumps(action.update) for name in names), action.label


def test_an_override_without_a_reason_is_named(
    pinned: dict[str, Any], overlay: list[Action], compared: Compare
) -> None:
    silent = {"target": STATUS, "update": {"nullable": True}}
    comparison = compared(pinned, pinned, new_overlay=_with_action(overlay, silent))
    (finding,) = _of_kind(comparison, "no-reason")
    assert STATUS in finding.subject


def test_all_actions_that_match_nothing_are_collected(
    pinned: dict[str, Any], compared: Compare
) -> None:
    edit = e.both(
        e.remove_parameter("status"), e.remove_parameter("limit"), e.remove_field("charge", "paid")
    )
    comparison = compared(pinned, edit(pinned))
    stale = _of_kind(comparison, "stale-action")
    assert [s for s in ("'status'", "'limit'") if any(s in f.subject for f in stale)] == [
        "'status'",
        "'limit'",
    ]
    assert any("documents the bounds" in finding.reason for finding in stale)
    (prose,) = _of_kind(comparison, "stale-prose")
    assert "`paid`" in prose.text
    assert all(finding.blocking and finding.remedy for finding in (*stale, prose))


def test_an_enum_that_upstream_states_itself(pinned: dict[str, Any], compared: Compare) -> None:
    same = e.field("invoice_payment", "status", e.add_values("paid", "open", "canceled"))
    comparison = compared(pinned, same(pinned))
    (finding,) = comparison.findings
    assert (finding.kind, finding.blocking) == ("redundant-override", True)
    assert "prose only" in finding.reason
    assert finding.remedy == f"Delete {finding.subject.split(' on ')[0]}"
    assert not comparison.changes
    values = comparison.document["components"]["schemas"]["invoice_payment"]["properties"]["status"]
    assert sorted(values["enum"]) == ["canceled", "open", "paid"]

    more = e.field(
        "invoice_payment", "status", e.add_values("open", "paid", "canceled", "refunded")
    )
    comparison = compared(pinned, more(pinned))
    (finding,) = comparison.findings
    assert finding.kind == "contradiction"
    assert "`refunded`" in finding.text
    assert "prose only" in finding.reason
    assert finding.blocking
    assert "cannot stay in it" in finding.remedy
    (change,) = comparison.changes
    assert (change.kind, change.symbols) == ("enum-value-added", ("InvoicePayment.status",))


def test_other_values_than_those_of_the_overlay_can_be_taken_over(
    pinned: dict[str, Any], compared: Compare
) -> None:
    edit = e.field("invoice_payment", "status", e.add_values("refunded"))
    (finding,) = compared(pinned, edit(pinned)).findings
    assert (finding.kind, finding.blocking) == ("contradiction", False)


@pytest.mark.parametrize("maximum", [50, 1000])
def test_a_bound_that_upstream_states_itself(
    maximum: int, pinned: dict[str, Any], compared: Compare
) -> None:
    edit = e.parameter_schema("limit", e.updated(maximum=maximum))
    for with_old in (True, False):
        comparison = compared(pinned, edit(pinned), with_old_document=with_old)
        (finding,) = comparison.findings
        assert (finding.kind, finding.blocking) == ("contradiction", False)
        assert f"`{maximum}`" in finding.text
        assert "Delete action" in finding.remedy


def test_what_an_override_corrects_is_of_another_type(
    pinned: dict[str, Any], compared: Compare
) -> None:
    edit = e.field("payment_intent", "client_secret", e.to({"type": "integer", "nullable": True}))
    (finding,) = _of_kind(compared(pinned, edit(pinned)), "contradiction")
    assert "`type` was `string` and is `integer`" in finding.text
    assert "stays out of `repr`" in finding.reason


def test_a_get_that_carries_a_form_has_parameters_in_it(
    pinned: dict[str, Any], compared: Compare
) -> None:
    body = ("requestBody", "content", "application/x-www-form-urlencoded", "schema")
    edit = e.at(*e.LIST, *body, "properties", change=lambda _: {"currency": {"type": "string"}})
    comparison = compared(pinned, edit(pinned))
    (finding,) = comparison.findings
    assert (finding.kind, finding.subject) == ("undescribed", "ListInvoicePaymentsParams.currency")
    assert "parameter-added" in {change.kind for change in comparison.changes}


def test_a_required_field_that_is_gone(pinned: dict[str, Any], compared: Compare) -> None:
    comparison = compared(pinned, e.remove_field("charge", "id")(pinned))
    (finding,) = _of_kind(comparison, "contradiction")
    assert (finding.subject, "`id`" in finding.text) == ("schema charge", True)


def test_requiredness_is_kept_from_users_and_named_with_the_reason(
    pinned: dict[str, Any], compared: Compare
) -> None:
    comparison = compared(pinned, e.release("invoice", "total")(pinned))
    (hidden,) = comparison.hidden
    assert hidden.change.symbols == ("Invoice.total",)
    assert any("differs between API versions" in action.reason for action in hidden.overrides)


def test_what_is_new_and_without_prose(pinned: dict[str, Any], compared: Compare) -> None:
    field = {"type": "string", "description": "A <b>memo</b> of\n`yours`."}
    edit = e.both(e.add_field("charge", "memo", field), e.add_parameter("memo", {"type": "string"}))
    findings = _of_kind(compared(pinned, edit(pinned)), "undescribed")
    assert {f.subject: f.upstream for f in findings} == {
        "Charge.memo": "A memo of 'yours'.",
        "ListInvoicePaymentsParams.memo": "",
    }
    assert all("new and without prose" in finding.text for finding in findings)


@pytest.mark.parametrize(
    "action", [{"target": "$.info"}, {"update": {}}, "a text", {"target": "$", "remove": True}]
)
def test_an_action_that_is_wrong_by_itself_is_an_error(
    action: Any, pinned: dict[str, Any], overlay: list[Action], compared: Compare
) -> None:
    with pytest.raises(PipelineError, match=r"spec/overlay.yaml"):
        compared(pinned, pinned, new_overlay=_with_action(overlay, action))


@pytest.mark.parametrize(
    ("target", "complaint"),
    [("$.info.title", "selects a plain value"), ("$[", "is not a JSONPath"), ("$.x", "matches no")],
)
def test_a_target_that_cannot_be_used_is_said_in_the_words_of_the_pipeline(
    target: str, complaint: str, pinned: dict[str, Any], overlay: list[Action], compared: Compare
) -> None:
    action = {"target": target, "description": "Why.", "update": {"nullable": True}}
    comparison = compared(pinned, pinned, new_overlay=_with_action(overlay, action))
    (finding,) = comparison.blocking
    assert complaint in finding.text
    assert finding.reason == "Why."


def test_what_the_templates_refuse_without_an_override_is_compared_with_it(
    pinned: dict[str, Any], overlay: list[Action], compared: Compare
) -> None:
    old = e.add_parameter("from", {"type": "string"})(pinned)
    target = "$.paths['/v1/invoice_payments'].get.parameters[?@.name=='from']"
    reason = "Python has another use for the word."
    removal = {"target": target, "description": reason, "remove": True}
    ours = _with_action(overlay, removal)
    new = e.add_field("charge", "memo", {"type": "string"})(old)
    comparison = compared(old, new, old_overlay=ours, new_overlay=ours)
    assert [change.kind for change in comparison.changes] == ["field-added"]
    assert not comparison.blocking
