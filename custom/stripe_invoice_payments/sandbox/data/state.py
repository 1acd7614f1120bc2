"""What one account holds in one mode: its seeded world, and what was changed in it since.

Only changes are stored, so a million payments of which ten were changed take the memory of ten.
"""

from __future__ import annotations

from collections import defaultdict

from .facts import UNEDITED, Invoice, InvoiceEdits, Payment
from .order import Order
from .world import World


class State:
    """The invoice payments of one account and the objects around them."""

    def __init__(self, world: World) -> None:
        self.ids = world.ids
        self.livemode = world.livemode
        self._world = world
        self.forget_changes()

    def forget_changes(self) -> None:
        """Go back to the seeded world."""
        self._order = Order(self._world.size, self._world.count_created_before)
        # By number: the payments that differ from the world's, and those that it does not have.
        self._changed: dict[int, Payment] = {}
        self._added_to: defaultdict[int, list[int]] = defaultdict(list)
        self._deleted: set[int] = set()
        self._edits: dict[int, InvoiceEdits] = {}
        self._next_invoice = self._world.first_free_invoice

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

    def invoice(self, number: int) -> Invoice | None:
        """Invoice `number`, or None where no payment belongs to it."""
        payments = self._world.payments_of_invoice(number)
        if self._changed:
            payments = [self.payment(payment.number) for payment in payments]
        if number in self._added_to:
            payments += [self.payment(added) for added in self._added_to[number]]
            payments.sort(key=_by_age)
        deleted = number in self._deleted or self._world.is_deleted(number)
        edits = self._edits.get(number, UNEDITED)
        return Invoice(number, deleted, tuple(payments), edits) if payments else None

    def find_payment(self, invoice_payment_id: str) -> int | None:
        """The number of the invoice payment with this id."""
        return self._find("invoice_payment", invoice_payment_id)

    def find_payment_made_by(self, kind: str, object_id: str) -> int | None:
        """The number of the payment that a `payment_intent`, `charge` or `payment_record` made."""
        number = self._find(kind, object_id)
        if number is None:
            return None
        payment = self.payment(number)
        has_charge = payment.type == "payment_intent" and payment.status == "paid"
        return number if payment.type == kind or (kind == "charge" and has_charge) else None

    def find_invoice(self, invoice_id: str) -> Invoice | None:
        """The invoice with this id."""
        number = self.ids["invoice"].decode(invoice_id)
        return None if number is None else self.invoice(number)

    def change_payment(self, payment: Payment) -> None:
        """Let these be the facts of a payment from here on; it must exist and keep its second."""
        self._changed[payment.number] = payment

    def add_payment(self, payment: Payment) -> None:
        """Add a payment, which has the number `size`."""
        self._changed[payment.number] = payment
        self._added_to[payment.invoice_number].append(payment.number)
        self._order.add(payment.created, payment.number)

    def take_invoice_number(self) -> int:
        """The number of an invoice that does not exist yet; another one each time."""
        self._next_invoice += 1
        return self._next_invoice - 1

    def delete_invoice(self, number: int) -> None:
        """Delete an invoice. Its payments stay."""
        self._deleted.add(number)

    def edit_invoice(self, number: int, edits: InvoiceEdits) -> None:
        """Let these be the edits of an invoice from here on."""
        self._edits[number] = edits

    def customer_of(self, invoice_number: int) -> str | None:
        """The customer that an invoice was given, if it was given one."""
        return self._edits.get(invoice_number, UNEDITED).customer

    def _find(self, kind: str, object_id: str) -> int | None:
        number = self.ids[kind].decode(object_id)
        return number if number is not None and number < self.size else None


def _by_age(payment: Payment) -> tuple[int, int]:
    return payment.created, payment.number
