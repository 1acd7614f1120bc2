"""What docs/maintain/updating.md says of accounts, responses and events of a newer API version."""

from __future__ import annotations

import pytest

from stripe_invoice_payments import API_VERSION, Invoice, PaymentIntent

from .helpers import FakeApi, payment, reply

# As the release of 2026-10-28 sends them: each has a field that the pinned version does not know.
INVOICE = {
    "id": "in_1",
    "object": "invoice",
    "status": "held",
    "status_details": {"uncollectible": None},
}
INTENT = {
    "id": "pi_1",
    "object": "payment_intent",
    "payment_record": "pr_1",
    "excluded_payment_method_types": ["card", "paypay"],
}
NEWER = payment(1, invoice=INVOICE, payment={"type": "payment_intent", "payment_intent": INTENT})


async def test_every_request_names_the_pinned_version(connect):
    source = FakeApi(reply(payment(1)))
    await connect(source).retrieve()
    assert source.requests[0].headers["stripe-version"] == API_VERSION


@pytest.mark.parametrize("options", [{}, {"stripe_version": "2026-10-28.endive"}])
async def test_what_a_newer_version_adds_is_kept_and_written_back(connect, options):
    found = await connect(reply(NEWER), **options).retrieve()

    invoice, intent = found.invoice, found.payment.payment_intent
    assert isinstance(invoice, Invoice)
    assert isinstance(intent, PaymentIntent)
    assert invoice.status == "held"
    assert invoice.additional_properties == {"status_details": {"uncollectible": None}}
    assert intent.additional_properties == {"payment_record": "pr_1"}
    assert intent.excluded_payment_method_types == ["card", "paypay"]
    assert found.to_dict() == NEWER
