"""The objects of one account by kind and id, as JSON."""

from __future__ import annotations

from stripe_invoice_payments_api.models import JSONObject

from . import shapes
from .facts import Payment
from .state import State


class Objects:
    """Looks up what the API shows of one account, nothing expanded."""

    def __init__(self, state: State) -> None:
        self.state = state

    def invoice_payment(self, payment: Payment) -> JSONObject:
        """A payment as an `invoice_payment`."""
        return shapes.invoice_payment(payment, self.state.ids, self.state.livemode)

    def find(self, kind: str, object_id: str) -> JSONObject | None:
        """The object with this id, or None where there is none."""
        state = self.state
        if kind == "invoice":
            return self._find_invoice(object_id)
        if kind == "invoice_payment":
            number = state.find_payment(object_id)
        else:
            number = state.find_payment_made_by(kind, object_id)
        if number is None:
            return None
        payment = state.payment(number)
        value = _SHAPES[kind](payment, state.ids, state.livemode)
        customer = state.customer_of(payment.invoice_number)
        if customer is not None and "customer" in value:
            value["customer"] = customer
        return value

    def include_payments(self, invoice: JSONObject, limit: int) -> None:
        """Give an invoice its `limit` newest payments as a list. A deleted one gets none."""
        facts = self.state.find_invoice(str(invoice["id"]))
        if facts is None or facts.deleted:
            return
        newest = facts.payments[::-1][:limit]
        invoice["payments"] = {
            "object": "list",
            "url": f"/v1/invoice_payments?invoice={invoice['id']}",
            "has_more": len(newest) < len(facts.payments),
            "data": [self.invoice_payment(payment) for payment in newest],
        }

    def _find_invoice(self, invoice_id: str) -> JSONObject | None:
        facts = self.state.find_invoice(invoice_id)
        if facts is None:
            return None
        if facts.deleted:
            return shapes.deleted_invoice(facts.number, self.state.ids)
        return shapes.invoice(facts, self.state.ids, self.state.livemode)


_SHAPES = {
    "invoice_payment": shapes.invoice_payment,
    "payment_intent": shapes.payment_intent,
    "charge": shapes.charge,
    "payment_record": shapes.payment_record,
}
