"""The objects of one account by kind and id, as JSON."""

from __future__ import annotations

from . import believed, shapes
from .facts import Payment
from .shapes import JsonObject
from .state import State


class Objects:
    """Looks up what the API shows of one account, nothing expanded."""

    def __init__(self, state: State) -> None:
        self._state = state

    def invoice_payment(self, payment: Payment) -> JsonObject:
        """A payment as an `invoice_payment`."""
        return shapes.invoice_payment(payment, self._state.ids, self._state.livemode)

    def find(self, kind: str, object_id: str) -> JsonObject | None:
        """The object with this id, or None where there is none."""
        state = self._state
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

    def include_payments(self, invoice: JsonObject) -> None:
        """Give an invoice its list of payments, newest first. A deleted one gets none."""
        facts = self._state.find_invoice(str(invoice["id"]))
        if facts is None or facts.deleted:
            return
        newest = facts.payments[::-1][: believed.EMBEDDED_LIST_LIMIT]
        invoice["payments"] = {
            "object": "list",
            "url": f"/v1/invoice_payments?invoice={invoice['id']}",
            "has_more": len(newest) < len(facts.payments),
            "data": [self.invoice_payment(payment) for payment in newest],
        }

    def _find_invoice(self, invoice_id: str) -> JsonObject | None:
        facts = self._state.find_invoice(invoice_id)
        if facts is None:
            return None
        if facts.deleted:
            return shapes.deleted_invoice(facts.number, self._state.ids)
        return shapes.invoice(facts, self._state.ids, self._state.livemode)


_SHAPES = {
    "invoice_payment": shapes.invoice_payment,
    "payment_intent": shapes.payment_intent,
    "charge": shapes.charge,
    "payment_record": shapes.payment_record,
}
