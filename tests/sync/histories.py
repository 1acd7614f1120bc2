"""An account that changes at random, before syncs and while they run, and what a mirror may say.

Times are made up, so that two months of an outage take no time.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable
from typing import Any

from stripe_invoice_payments import InvoicePayment
from stripe_invoice_payments.export import export_rows
from stripe_invoice_payments.sandbox import Sandbox
from tests.sync.mirrors import without_time

LOOK_BACK = 60
DAY = 86_400
FINAL = ("paid", "canceled")

Row = dict[str, Any]


class World:
    """The payments of a sandbox, and the versions that each has had since a moment.

    It keeps to the assumption of a sync: a payment that a sync may have read as paid or canceled
    changes only to open, and stays open until a sync has ended. `break_assumption` does not.

    Args:
        server: The sandbox, which nobody else changes.
        payments: What it holds.
        rng: What decides.
    """

    def __init__(
        self, server: Sandbox, payments: Iterable[InvoicePayment], rng: random.Random
    ) -> None:
        self._server = server
        self._rng = rng
        self._lock = threading.Lock()
        self.rows = {row["id"]: row for row in rows_of(payments)}
        self.now = max(int(row["created"].timestamp()) for row in self.rows.values())
        self._seen_final: set[str] = set()
        self._reopened: set[str] = set()
        self._is_syncing = False
        self.start_sync()
        self.end_sync(None)

    # --- Syncs ---

    def start_sync(self) -> None:
        """From here on a mirror may have any version."""
        self._is_syncing = True
        self._versions = {key: [row] for key, row in self.rows.items()}
        self._present = {*self.rows}
        self._note_final(self.rows)

    def fail_sync(self) -> None:
        """A sync has ended before its end; what it stored is not known."""
        self._is_syncing = False
        self._watermark: int | None = None

    def end_sync(self, watermark: int | None) -> None:
        """A sync has ended. What was open all the time is open in the mirror."""
        self._is_syncing = False
        self._watermark = watermark
        always_open = {
            key
            for key, rows in self._versions.items()
            if all(row["status"] == "open" for row in rows)
        }
        self._seen_final -= always_open
        self._reopened -= always_open

    def wrong(self, mirror: list[Row]) -> list[object]:
        """What a mirror has that was never so since the start of the sync, or lacks."""
        found = {row["id"]: row for row in mirror}
        problems: list[object] = [
            (row, self._versions.get(key))
            for key, row in found.items()
            if row not in self._versions.get(key, ())
        ]
        problems += [("missing", self.rows[key]) for key in self._present - found.keys()]
        if len(found) < len(mirror):
            problems.append("an id is there twice")
        return problems

    # --- Changes ---

    def pass_time(self, seconds: int, changes: int) -> None:
        """Let so many things happen in this time."""
        begin = self.now
        for moment in sorted(self._rng.randint(0, seconds) for _ in range(changes)):
            self.now = begin + moment
            self.change()
        self.now = begin + seconds

    def change(self) -> None:
        """Let one thing happen."""
        with self._lock:
            kind = self._rng.random()
            if kind < 0.35:
                self._create()
            elif kind < 0.4:
                self._delete_invoice()
            else:
                self._move()

    def break_assumption(self, count: int) -> set[str]:
        """Change payments that are final to another final state; returns their ids."""
        assert self._watermark is not None
        old = [
            key
            for key, row in self.rows.items()
            if row["status"] in FINAL
            and row["payment_type"] != "charge"
            and row["created"].timestamp() < self._watermark - LOOK_BACK
        ]
        chosen = self._rng.sample(old, min(count, len(old)))
        for key in chosen:
            status = "canceled" if self.rows[key]["status"] == "paid" else "paid"
            self._set_status(key, status)
        return set(chosen)

    def _create(self) -> None:
        created = self.now - self._rng.choice([0, 0, 0, self._rng.randrange(LOOK_BACK)])
        status = self._rng.choice(["open", "open", "open", "paid", "canceled"])
        invoice = None
        if self._rng.random() < 0.3:
            invoice = self._rng.choice([row["invoice"] for row in self.rows.values()])
        try:
            payment = self._server.create_invoice_payment(
                invoice=invoice, created=created, status=status, amount_requested=1000
            )
        except ValueError:  # an invoice that is deleted
            payment = self._server.create_invoice_payment(created=created, status=status)
        self._note(payment)

    def _move(self) -> None:
        open_ones = [key for key, row in self.rows.items() if row["status"] == "open"]
        if open_ones and self._rng.random() < 0.8:
            key, status = self._rng.choice(open_ones), self._rng.choice(FINAL)
        else:
            key, status = self._rng.choice([*self.rows]), self._rng.choice((*FINAL, "open"))
        row = self.rows[key]
        if row["payment_type"] == "charge" or key in self._reopened:
            return
        if key in self._seen_final and not self._is_seen_by_look_back(row):
            status = "open"
            self._reopened.add(key)
        self._set_status(key, status)

    def _is_seen_by_look_back(self, row: Row) -> bool:
        return (
            not self._is_syncing
            and self._watermark is not None
            and row["created"].timestamp() >= self._watermark - LOOK_BACK
        )

    def _set_status(self, key: str, status: str) -> None:
        amount = None
        if status == "paid" and self._rng.random() < 0.3:
            amount = self._rng.randint(0, self.rows[key]["amount_requested"] // 10) * 10
        self._note(
            self._server.set_invoice_payment_status(key, status, amount_paid=amount, at=self.now)
        )

    def _delete_invoice(self) -> None:
        self._server.delete_invoice(
            self._rng.choice([row["invoice"] for row in self.rows.values()])
        )

    def _note(self, payment: InvoicePayment) -> None:
        (row,) = rows_of([payment])
        self.rows[row["id"]] = row
        self._versions.setdefault(row["id"], []).append(row)
        if self._is_syncing:
            self._note_final([row["id"]])

    def _note_final(self, ids: Iterable[str]) -> None:
        self._seen_final |= {key for key in ids if self.rows[key]["status"] in FINAL}

    def note_read(self, ids: Iterable[str]) -> None:
        """A mirror has read these, because of an event."""
        with self._lock:
            self._note_final(ids)


def rows_of(payments: Iterable[InvoicePayment]) -> list[Row]:
    """The rows that a mirror has of payments."""
    return without_time(list(export_rows(payments)))
