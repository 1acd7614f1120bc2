"""What one account holds in one mode: its seeded world, and what was changed in it since.

Only changes are stored, so a million payments of which ten were changed take the memory of ten.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from .events import EventLog
from .facts import CUSTOMERS, DRAFT_SECONDS, UNEDITED, Invoice, InvoiceEdits, Payment
from .ids import MAX_NUMBER
from .order import Order
from .world import World


class _Added(NamedTuple):
    """The facts of an invoice that the world does not have, apart from its payments."""

    created: int
    finalized_at: int
    currency: str


class State:
    """The invoice payments of one account and the objects around them."""

    def __init__(self, world: World, account: str | None = None) -> None:
        self.ids = world.ids
        self.livemode = world.livemode
        self.account = account
        self.events = EventLog()
        self._world = world
        self.forget_changes()

    def forget_changes(self) -> None:
        """Go back to the seeded world, without events."""
        world = self._world
        self.events.clear()
        self.invoice_order = Order(world.first_free_invoice, world.count_invoices_created_before)
        self._order = Order(world.size, world.count_created_before)
        # By number: the payments that differ from the world's, and those that it does not have.
        self._changed: dict[int, Payment] = {}
        self._added_to: defaultdict[int, list[int]] = defaultdict(list)
        self._added_invoices: dict[int, _Added] = {}
        self._deleted: set[int] = set()
        self._edits: dict[int, InvoiceEdits] = {}
        # What a test made that paid no invoice at first, and the payment that became of it.
        self._sources: dict[int, Payment] = {}
        self._attached: defaultdict[int, list[int]] = defaultdict(list)

    # --- Payments ---

    @property
    def size(self) -> int:
        """How many payments there are."""
        return len(self._order)

    def payment(self, number: int) -> Payment:
        """Payment `number`, which must exist."""
        changed = self._changed.get(number)
        return self._world.payment(number) if changed is None else changed

    def payment_at(self, position: int) -> Payment:
        """The payment at this position of the whole list, 0 being the oldest."""
        if self._order.is_natural:
            return self.payment(position)
        return self.payment(self._order.number_at(position))

    def position_of(self, number: int) -> int:
        """Where payment `number` is in the whole list."""
        return self._order.position_of(number)

    def count_created_before(self, second: int) -> int:
        """How many payments are older than `second`: also the position of the first that is not."""
        return self._order.count_created_before(second)

    def find_payment(self, invoice_payment_id: str) -> int | None:
        """The number of the invoice payment with this id."""
        number = self.ids["invoice_payment"].decode(invoice_payment_id)
        return number if number is not None and number < self.size else None

    def change_payment(self, payment: Payment) -> None:
        """Replace the facts of a payment, which must exist and keep its second of creation."""
        self._changed[payment.number] = payment

    def add_payment(self, payment: Payment) -> None:
        """Add a payment, which has the number `size`."""
        self._changed[payment.number] = payment
        self._added_to[payment.invoice_number].append(payment.number)
        self._order.add(payment.created, payment.number)
        if payment.attached is not None:
            self._attached[payment.attached].append(payment.number)

    # --- What pays ---

    def find_source(self, kind: str, object_id: str) -> Payment | None:
        """The payment that a `payment_intent`, `charge` or `payment_record` makes.

        It is unattached if it pays no invoice yet.
        """
        number = self.ids[kind].decode(object_id)
        payment = None if number is None else self._made_by(number)
        if payment is None:
            return None
        has_charge = payment.type == "payment_intent" and payment.status == "paid"
        return payment if payment.type == kind or (kind == "charge" and has_charge) else None

    def made_by(self, source: int) -> list[int]:
        """The numbers of the payments that one object makes."""
        own = [source] if source < self.size and self.payment(source).source == source else []
        return own + self._attached.get(source, [])

    def take_source_number(self) -> int:
        """The number of the next object that pays no invoice yet."""
        return MAX_NUMBER - len(self._sources)

    def add_source(self, payment: Payment) -> None:
        """Add what pays no invoice yet, with a number that `take_source_number` gave."""
        self._sources[payment.number] = payment

    def _made_by(self, number: int) -> Payment | None:
        source = self._sources.get(number)
        if source is not None:
            if number not in self._attached:
                return source
            paying = self.payment(self._attached[number][0])
            return paying._replace(created=source.created, paid_at=source.paid_at or paying.paid_at)
        payment = self.payment(number) if number < self.size else None
        # What was attached has a number of its own, so the payment's number is that of nothing.
        return payment if payment is not None and payment.source == number else None

    # --- Invoices ---

    def invoice(self, number: int) -> Invoice | None:
        """Invoice `number`, or None where there is none."""
        payments = self._world.payments_of_invoice(number)
        added = self._added_invoices.get(number)
        if added is None:
            if not payments:
                return None
            first = payments[0]
            added = _Added(first.created - DRAFT_SECONDS, first.created, first.currency)
        if self._changed:
            payments = [self.payment(payment.number) for payment in payments]
        if number in self._added_to:
            payments += [self.payment(added_to) for added_to in self._added_to[number]]
            payments.sort(key=_by_age)
        deleted = number in self._deleted or self._world.is_deleted(number)
        edits = self._edits.get(number, UNEDITED)
        return Invoice(
            number,
            added.created,
            added.finalized_at,
            added.currency,
            deleted,
            tuple(payments),
            edits,
        )

    def find_invoice(self, invoice_id: str) -> Invoice | None:
        """The invoice with this id."""
        number = self.ids["invoice"].decode(invoice_id)
        return None if number is None else self.invoice(number)

    def add_invoice(self, *, created: int, finalized_at: int, currency: str) -> int:
        """Add an invoice without payments; returns its number."""
        number = self._world.first_free_invoice + len(self._added_invoices)
        self._added_invoices[number] = _Added(created, finalized_at, currency)
        self.invoice_order.add(created, number)
        return number

    def delete_invoice(self, number: int) -> None:
        """Delete an invoice. Its payments stay."""
        self._deleted.add(number)

    def edit_invoice(self, number: int, edits: InvoiceEdits) -> None:
        """Replace the edits of an invoice."""
        self._edits[number] = edits

    def has_customer(self, customer_id: str) -> bool:
        """Whether there is a customer with this id."""
        number = self.ids["customer"].decode(customer_id)
        if number is not None and number < CUSTOMERS:
            return True
        return any(edits.customer == customer_id for edits in self._edits.values())

    def customer_of(self, invoice_number: int) -> str | None:
        """The customer that an invoice was given, if it was given one."""
        return self._edits.get(invoice_number, UNEDITED).customer


def _by_age(payment: Payment) -> tuple[int, int]:
    return payment.created, payment.number
