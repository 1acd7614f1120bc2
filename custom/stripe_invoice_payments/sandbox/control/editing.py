"""How a test creates and changes objects: in Python, or over HTTP (`http.py`)."""

from __future__ import annotations

import time

from stripe_invoice_payments_api.models import (
    Invoice,
    InvoicePayment,
    PaymentIntent,
    PaymentRecord,
)

from ..core import Core
from ..data import changes, shapes
from ..data.facts import InvoiceEdits, Payment
from ..data.objects import Objects
from ..data.shapes import PAYMENT_INTENT_STATUSES
from ..data.state import State


class Editing:
    """Creates and changes invoices, their payments, and what pays them."""

    _core: Core

    def create_invoice_payment(
        self,
        *,
        invoice: str | None = None,
        amount_requested: int = 1000,
        amount_paid: int | None = None,
        currency: str | None = None,
        created: int | None = None,
        status: str = "open",
        type: str = "payment_intent",
        payment_intent: str | None = None,
        account: str | None = None,
        livemode: bool = False,
    ) -> InvoicePayment:
        """Create an invoice payment, and what pays it.

        Args:
            invoice: The id of the invoice that it is for; by default a new one.
            amount_requested: In the currency's minor unit.
            amount_paid: If `status` is `paid`: by default all of `amount_requested`.
            currency: By default that of the invoice, and `usd` on a new one.
            created: The second of its creation; by default now. A payment that is paid or canceled
                was so in the same second.
            status: `open`, `paid` or `canceled`.
            type: What pays: `payment_intent`, `payment_record` or `charge` (which must be paid).
            payment_intent: The id of a payment intent that exists, and pays this as well; by
                default a new one.
            account: The connected account that it belongs to.
            livemode: Whether it is live data, which the live key sees.

        Returns:
            The invoice payment as the client reads it.
        """
        with self._core.lock:
            state = self._core.state_of(account, livemode)
            payment = changes.create_payment(
                state,
                invoice=invoice,
                amount_requested=amount_requested,
                amount_paid=amount_paid,
                currency=currency,
                created=created,
                status=status,
                type=type,
                payment_intent=payment_intent,
            )
            return _as_read(payment, state)

    def set_invoice_payment_status(
        self,
        invoice_payment: str,
        status: str,
        *,
        amount_paid: int | None = None,
        at: int | None = None,
    ) -> InvoicePayment:
        """Change the status of an invoice payment; its invoice follows.

        Args:
            invoice_payment: Its id, whichever account it belongs to.
            status: `open`, `paid` or `canceled`.
            amount_paid: If `status` is `paid`: by default all of `amount_requested`.
            at: The second of the change; by default now.

        Returns:
            The invoice payment as the client reads it.
        """
        with self._core.lock:
            state, before = self._core.find_payment(invoice_payment)
            payment = changes.set_status(
                state,
                before,
                status,
                amount_paid=amount_paid,
                at=int(time.time()) if at is None else at,
            )
            return _as_read(payment, state)

    def update_invoice(
        self,
        invoice: str,
        *,
        total: int | None = None,
        amount_paid: int | None = None,
        status: str | None = None,
        customer: str | None = None,
        number: str | None = None,
        metadata: dict[str, str] | None = None,
        amount_paid_off_stripe: int | None = None,
        due_date: int | None = None,
    ) -> Invoice:
        """Set fields of an invoice, whether or not its payments add up to them.

        Fields that are None stay as they are. An amount or a status that was set no longer follows
        from the payments.

        Args:
            invoice: Its id, whichever account it belongs to.
            total: In the currency's minor unit; `amount_due` and `amount_remaining` follow.
            amount_paid: In the currency's minor unit.
            status: `draft`, `open`, `paid`, `uncollectible` or `void`.
            customer: The id of its customer, and of the customer of what pays it.
            number: The number that is printed on it.
            metadata: All of its metadata.
            amount_paid_off_stripe: In the currency's minor unit.
            due_date: When it is due, in Unix seconds; its `collection_method` is then
                `send_invoice`.

        Returns:
            The invoice as the client reads it.
        """
        edits = InvoiceEdits(
            total=total,
            amount_paid=amount_paid,
            status=status,
            customer=customer,
            number=number,
            metadata=metadata,
            amount_paid_off_stripe=amount_paid_off_stripe,
            due_date=due_date,
        )
        with self._core.lock:
            for state in self._core.states.values():
                if state.find_invoice(invoice) is not None:
                    facts = changes.edit_invoice(state, invoice, edits)
                    return Invoice.from_dict(shapes.invoice(facts, state.ids, state.livemode))
        raise ValueError(f"no such invoice: {invoice!r}")

    def create_invoice(
        self,
        *,
        total: int = 1000,
        currency: str = "usd",
        created: int | None = None,
        status: str = "open",
        customer: str | None = None,
        account: str | None = None,
        livemode: bool = False,
    ) -> Invoice:
        """Create an invoice without payments, to attach one to.

        Args:
            total: In the currency's minor unit.
            currency: Three lower-case letters.
            created: The second of its creation; by default now.
            status: `open` or `draft`.
            customer: The id of its customer; by default one of the sandbox's own.
            account: The connected account that it belongs to.
            livemode: Whether it is live data, which the live key sees.

        Returns:
            The invoice as the client reads it.
        """
        with self._core.lock:
            state = self._core.state_of(account, livemode)
            facts = changes.create_invoice(
                state,
                total=total,
                currency=currency,
                created=created,
                status=status,
                customer=customer,
            )
            return Invoice.from_dict(Objects(state).invoice(facts))

    def create_payment_intent(
        self,
        *,
        amount: int = 1000,
        currency: str = "usd",
        created: int | None = None,
        status: str = "requires_payment_method",
        account: str | None = None,
        livemode: bool = False,
    ) -> PaymentIntent:
        """Create a payment intent that pays no invoice yet, to attach it to one.

        Args:
            amount: In the currency's minor unit.
            currency: Three lower-case letters.
            created: The second of its creation; by default now.
            status: `requires_payment_method`, `succeeded` or `canceled`.
            account: The connected account that it belongs to.
            livemode: Whether it is live data, which the live key sees.

        Returns:
            The payment intent as the client reads it.
        """
        statuses = {name: status for status, name in PAYMENT_INTENT_STATUSES.items()}
        if status not in statuses:
            raise ValueError(f"status must be one of {', '.join(statuses)}, got {status!r:.100}")
        with self._core.lock:
            state = self._core.state_of(account, livemode)
            payment = changes.create_source(
                state,
                type="payment_intent",
                amount=amount,
                currency=currency,
                created=created,
                status=statuses[status],
            )
            return PaymentIntent.from_dict(Objects(state).source("payment_intent", payment))

    def create_payment_record(
        self,
        *,
        amount: int = 1000,
        currency: str = "usd",
        created: int | None = None,
        account: str | None = None,
        livemode: bool = False,
    ) -> PaymentRecord:
        """Create a payment record that pays no invoice yet: money that moved outside of Stripe.

        Args:
            amount: In the currency's minor unit.
            currency: Three lower-case letters.
            created: The second of its creation; by default now.
            account: The connected account that it belongs to.
            livemode: Whether it is live data, which the live key sees.

        Returns:
            The payment record as the client reads it.
        """
        with self._core.lock:
            state = self._core.state_of(account, livemode)
            payment = changes.create_source(
                state,
                type="payment_record",
                amount=amount,
                currency=currency,
                created=created,
                status="paid",
            )
            return PaymentRecord.from_dict(Objects(state).source("payment_record", payment))

    def delete_invoice(self, invoice: str) -> None:
        """Delete an invoice. Its payments remain; expanded, they have the deleted invoice."""
        with self._core.lock:
            for state in self._core.states.values():
                found = state.find_invoice(invoice)
                if found is not None:
                    changes.delete_invoice(state, found)
                    return
        raise ValueError(f"no such invoice: {invoice!r}")


def _as_read(payment: Payment, state: State) -> InvoicePayment:
    # A model, not JSON, so that tests are type-checked.
    return InvoicePayment.from_dict(shapes.invoice_payment(payment, state.ids, state.livemode))
