"""Two of Stripe's own documents: 2026-04-22 to 2026-05-27, and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openapi_python_client.config import Config

from scripts.pipeline.document.overlay import Action, apply_overlay
from scripts.pipeline.inputs.slice_config import SliceConfig
from scripts.spec_changes.compare import Comparison
from scripts.spec_changes.python_api import compare_packages
from scripts.spec_changes.verdicts import Effect, Level

from .conftest import Compare
from .slices import fitted, stored_slice


@pytest.fixture(scope="module")
def overlays(
    april: dict[str, Any], may: dict[str, Any], config: SliceConfig, overlay: list[Action]
) -> tuple[list[Action], list[Action]]:
    """The overlay as it would have been with each of them."""
    return fitted(overlay, stored_slice(april, config)), fitted(overlay, stored_slice(may, config))


def _changes(comparison: Comparison) -> set[tuple[str, str, Effect]]:
    return {(change.kind, change.symbols[0], change.effect) for change in comparison.changes}


def test_forward_is_additive(
    april: dict[str, Any],
    may: dict[str, Any],
    overlays: tuple[list[Action], list[Action]],
    compared: Compare,
    parser: Config,
) -> None:
    comparison = compared(
        april, may, old_overlay=overlays[0], new_overlay=overlays[1], parser=parser
    )
    assert _changes(comparison) == {
        ("api-version", "API_VERSION", Effect.ADDITIVE),
        ("field-added", "Invoice.amount_paid_off_stripe", Effect.ADDITIVE),
        (
            "enum-value-added",
            "PaymentIntent.excluded_payment_method_types",
            Effect.ADDITIVE,
        ),
    }
    assert not comparison.findings
    assert not comparison.hidden


def test_forward_with_the_old_overlay_asks_for_prose(
    april: dict[str, Any],
    may: dict[str, Any],
    overlays: tuple[list[Action], list[Action]],
    compared: Compare,
) -> None:
    comparison = compared(april, may, old_overlay=overlays[0], new_overlay=overlays[0])
    (finding,) = comparison.findings
    assert (finding.kind, finding.subject) == ("undescribed", "Invoice.amount_paid_off_stripe")
    assert "outside of Stripe" in finding.upstream
    assert not finding.blocking


def test_back_breaks_those_who_read_the_field(
    april: dict[str, Any],
    may: dict[str, Any],
    overlays: tuple[list[Action], list[Action]],
    compared: Compare,
) -> None:
    comparison = compared(may, april, old_overlay=overlays[1], new_overlay=overlays[0])
    assert _changes(comparison) == {
        ("api-version", "API_VERSION", Effect.ADDITIVE),
        ("field-removed", "Invoice.amount_paid_off_stripe", Effect.READERS),
        (
            "enum-value-removed",
            "PaymentIntent.excluded_payment_method_types",
            Effect.DOCS,
        ),
    }
    assert not comparison.findings
    (version,) = [c for c in comparison.changes if c.kind == "api-version"]
    assert "older" in version.caution


def test_back_with_the_new_overlay_has_to_be_settled_first(
    april: dict[str, Any],
    may: dict[str, Any],
    overlays: tuple[list[Action], list[Action]],
    compared: Compare,
) -> None:
    comparison = compared(may, april, old_overlay=overlays[1], new_overlay=overlays[1])
    (finding,) = comparison.blocking
    assert finding.kind == "stale-prose"
    assert "`amount_paid_off_stripe`" in finding.text
    assert "$.components.schemas.invoice)" in finding.subject


def test_what_lies_outside_the_cut(
    april: dict[str, Any], may: dict[str, Any], compared: Compare
) -> None:
    notes = {finding.subject: finding.text for finding in compared(april, may).outside}
    assert notes["PaymentIntent.transfer_data"].endswith(
        "`transfer_data` has the new fields `description`, `metadata`, `payment_data`"
    )
    assert "`blik_authorize`" in notes["PaymentIntent.next_action"]
    assert not compared(april, may, with_old_document=False).outside


@pytest.mark.parametrize(("back", "level"), [(False, Level.MINOR), (True, Level.MAJOR)])
def test_the_packages_say_the_same(
    *,
    back: bool,
    level: Level,
    april: dict[str, Any],
    may: dict[str, Any],
    config: SliceConfig,
    overlay: list[Action],
    rendered: Callable[..., Path],
    tmp_path: Path,
) -> None:
    packages = [
        rendered(
            apply_overlay(stored_slice(document, config), overlay).document,
            tmp_path / name,
        )
        for name, document in (("april", april), ("may", may))
    ]
    old, new = reversed(packages) if back else packages
    api = compare_packages(old, new)
    assert api.level is level
    assert {change.symbol for change in api.changes} == {
        "API_VERSION",
        "Invoice.amount_paid_off_stripe",
        "Invoice.paid_off_stripe",
        "PaymentIntent.excluded_payment_method_types",
    }
