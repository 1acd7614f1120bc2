"""The objects of one account by kind and id, as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from stripe_invoice_payments_api.models import JSONObject

from . import shapes
from .checks import MAX_ACCOUNTS
from .events import Event
from .facts import Invoice, Payment
from .state import State
from .world import FIRST_SECOND

# Older than any payment; more accounts do not change the second of the others.
_FIRST_ACCOUNT = FIRST_SECOND - MAX_ACCOUNTS


class Objects:
    """Looks up the objects of one account, with nothing expanded.

    Args:
        state: What the account holds.
        accounts: The ids of the accounts that are connected to it.
    """

    def __init__(self, state: State, accounts: Sequence[str] = ()) -> None:
        self.state = state
        self.accounts = accounts

    def invoice_payment(self, payment: Payment) -> JSONObject:
        """A payment as an `invoice_payment`."""
        return shapes.invoice_payment(payment, self.state.ids, self.state.livemode)

    def invoice(self, facts: Invoice) -> JSONObject:
        """An `invoice`, deleted or not."""
        if facts.deleted:
            return shapes.deleted_invoice(facts.number, self.state.ids)
        return shapes.invoice(facts, self.state.ids, self.state.livemode)

    def source(self, kind: str, payment: Payment) -> JSONObject:
        """The `payment_intent`, `charge` or `payment_record` of a payment."""
        value = _SHAPES[kind](payment, self.state.ids, self.state.livemode)
        if value.get("customer") is not None:
            value["customer"] = self.state.customer_of(payment.invoice_number) or value["customer"]
        return value

    def event(self, event: Event) -> JSONObject:
        """An `event`."""
        state = self.state
        return shapes.event(event, state.ids, account=state.account, livemode=state.livemode)

    def account_at(self, position: int) -> JSONObject:
        """The connected account at this position, 0 being the oldest."""
        return shapes.account(self.accounts[position], _FIRST_ACCOUNT + position)

    def count_accounts_before(self, second: int) -> int:
        """How many of the connected accounts are older than `second`."""
        return min(max(second - _FIRST_ACCOUNT, 0), len(self.accounts))

    def find(self, kind: str, object_id: str) -> JSONObject | None:
        """The object with this id, or None."""
        state = self.state
        if kind == "invoice":
            invoice = state.find_invoice(object_id)
            return None if invoice is None else self.invoice(invoice)
        if kind == "invoice_payment":
            number = state.find_payment(object_id)
            return None if number is None else self.invoice_payment(state.payment(number))
        payment = state.find_source(kind, object_id)
        return None if payment is None else self.source(kind, payment)

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


_SHAPES = {
    "payment_intent": shapes.payment_intent,
    "charge": shapes.charge,
    "payment_record": shapes.payment_record,
}
