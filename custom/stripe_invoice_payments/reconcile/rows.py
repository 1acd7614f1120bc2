"""The input and the result of a comparison: plain rows, whatever their source."""

from __future__ import annotations

import json
from datetime import datetime
from enum import Enum

from attrs import define

from .. import Invoice, InvoicePayment, Money


@define(frozen=True, kw_only=True)
class PaymentRow:
    """An invoice payment in flat columns.

    Times are aware `datetime` objects. Expandable fields are ids, whether or not they are expanded.

    Attributes:
        account: The connected account, if the source names one.
        payment_type: The type of the object that pays: `payment_intent`, `charge`,
            `payment_record`, or one that Stripe adds later.
        extra: Fields that this version does not know, as JSON text.
    """

    account: str | None
    id: str
    status: str
    amount_requested: int
    amount_paid: int | None
    currency: str
    created: datetime
    paid_at: datetime | None
    canceled_at: datetime | None
    invoice: str
    payment_type: str
    payment_intent: str | None
    charge: str | None
    payment_record: str | None
    is_default: bool
    livemode: bool
    extra: str | None = None

    @classmethod
    def from_payment(cls, payment: InvoicePayment, account: str | None = None) -> PaymentRow:
        """The row of an invoice payment."""
        extra = payment.additional_properties
        return cls(
            account=account,
            id=payment.id,
            status=payment.status,
            amount_requested=payment.amount_requested,
            amount_paid=payment.amount_paid,
            currency=payment.currency,
            created=payment.created_datetime,
            paid_at=payment.status_transitions.paid_at_datetime,
            canceled_at=payment.status_transitions.canceled_at_datetime,
            invoice=payment.invoice_id,
            payment_type=payment.payment.type,
            payment_intent=payment.payment.payment_intent_id,
            charge=payment.payment.charge_id,
            payment_record=payment.payment.payment_record_id,
            is_default=payment.is_default,
            livemode=payment.livemode,
            extra=json.dumps(extra, sort_keys=True) if extra else None,
        )

    @property
    def paid_by(self) -> str | None:
        """The id of the object that paid."""
        return self.payment_intent or self.charge or self.payment_record


@define(frozen=True, kw_only=True)
class InvoiceRow:
    """What an invoice says about its payments. Amounts are in the currency's minor unit.

    Attributes:
        account: The connected account, if the source names one.
        created: When it was created, in Unix seconds.
        due_date: When it is due, in Unix seconds.
        amount_paid_off_stripe: None if the API version does not have this field.
    """

    account: str | None
    id: str
    status: str
    currency: str
    created: int
    due_date: int | None
    amount_due: int
    amount_paid: int
    amount_paid_off_stripe: int | None
    amount_overpaid: int

    @classmethod
    def from_invoice(cls, invoice: Invoice, account: str | None = None) -> InvoiceRow:
        """The row of an invoice.

        Raises:
            ValueError: It lacks a field that the comparison requires.
        """
        if (
            invoice.status is None
            or invoice.currency is None
            or invoice.created is None
            or invoice.amount_due is None
            or invoice.amount_paid is None
        ):
            raise ValueError(
                "invoice must have status, currency, created, amount_due and amount_paid, "
                f"got {invoice.id} without"
            )
        return cls(
            account=account,
            id=invoice.id,
            status=invoice.status,
            currency=invoice.currency,
            created=invoice.created,
            due_date=invoice.due_date,
            amount_due=invoice.amount_due,
            amount_paid=invoice.amount_paid,
            amount_paid_off_stripe=invoice.amount_paid_off_stripe,
            amount_overpaid=invoice.amount_overpaid or 0,
        )


class Reason(str, Enum):
    """Why an invoice is in the report. The first two are contradictions; the others are facts."""

    AMOUNT_PAID_DIFFERS = "amount_paid_differs"
    """`amount_paid` is not the sum of the invoice's paid payments."""

    AMOUNT_PAID_OFF_STRIPE_DIFFERS = "amount_paid_off_stripe_differs"
    """`amount_paid_off_stripe` is not the sum of what payment records paid."""

    PARTLY_PAID = "partly_paid"
    """Something was paid, but less than was due; the invoice is `open` or `uncollectible`."""

    OVERPAID = "overpaid"
    """More was paid than was due."""

    PAST_DUE = "past_due"
    """It is open, its due date has passed, and less was paid than was due."""

    PAID_OUT_OF_BAND = "paid_out_of_band"
    """Something was paid outside Stripe, or the invoice is paid without any payment."""

    SEVERAL_PAYMENTS = "several_payments"
    """Several payments paid it."""

    SHARED_PAYMENT_INTENT = "shared_payment_intent"
    """A payment intent of this invoice also pays another invoice of the period."""


@define(frozen=True, kw_only=True)
class Finding:
    """One invoice, and one reason to check it.

    Attributes:
        reason: Why the invoice is in the report.
        account: The connected account, if the source names one.
        invoice: The invoice's id.
        status: The invoice's status.
        expected: What the invoice says: for `PARTLY_PAID`, `OVERPAID` and `PAST_DUE` its
            `amount_due`, for `AMOUNT_PAID_OFF_STRIPE_DIFFERS` its `amount_paid_off_stripe`,
            otherwise its `amount_paid`.
        found: For `PARTLY_PAID`, `OVERPAID` and `PAST_DUE` what was paid according to the invoice,
            otherwise the sum of `payments`.
        payments: The ids of the invoice payments that the reason is about, oldest first.
        paid_by: The ids of the objects that made these payments, each once.
    """

    reason: Reason
    account: str | None
    invoice: str
    status: str
    expected: Money
    found: Money
    payments: tuple[str, ...]
    paid_by: tuple[str, ...]

    @property
    def difference(self) -> Money:
        """`found` minus `expected`."""
        return self.found - self.expected


@define(frozen=True, kw_only=True)
class Total:
    """Sums over all invoices of the period in one currency, and over their payments.

    Attributes:
        currency: The code of the currency.
        invoices: How many invoices there are.
        payments: How many paid payments they have.
        amount_due: The sum of the invoices' `amount_due`.
        amount_paid: The sum of the invoices' `amount_paid`.
        paid: The sum of what their payments paid.
    """

    currency: str
    invoices: int
    payments: int
    amount_due: Money
    amount_paid: Money
    paid: Money

    @property
    def difference(self) -> Money:
        """`paid` minus `amount_paid`."""
        return self.paid - self.amount_paid


@define(frozen=True, kw_only=True)
class Reconciliation:
    """The findings, and the sums of everything that was compared.

    Attributes:
        findings: By the invoices' creation, oldest first, then by id and by reason.
        totals: By currency, in alphabetical order.
        unmatched: How many payments belong to none of the compared invoices.
    """

    findings: tuple[Finding, ...]
    totals: tuple[Total, ...]
    unmatched: int
