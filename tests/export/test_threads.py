"""That an export leaves other threads their turn while it computes."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from stripe_invoice_payments.export import export
from stripe_invoice_payments.export.threads import in_slices
from tests.export.fakes import TARGETS


@given(st.integers(0, 1000))
def test_slices_have_every_item_once_and_in_order(count):
    slices = [*in_slices(range(count))]
    assert [each for part in slices for each in part] == [*range(count)]
    assert all(0 < len(part) <= 100 for part in slices)


@pytest.mark.parametrize("name", TARGETS)
def test_no_more_than_a_page_is_computed_between_two_turns(
    name, stripe_sandbox, tmp_path, monkeypatch
):
    turns: list[float] = []
    monkeypatch.setattr("stripe_invoice_payments.export.threads.time.sleep", turns.append)
    with stripe_sandbox.client() as client:
        rows = export(client, to=f"{tmp_path}/{name}", rate_limit=1000).rows
    steps = 3 if name.endswith((".csv", ".jsonl")) else 2  # rows, their summary, and their text
    ours = [each for each in turns if each == 0.0001]
    assert len(ours) >= steps * rows / 100
