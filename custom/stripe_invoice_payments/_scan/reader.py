"""What the consumer of a scan receives next. Nothing in this module waits: it yields steps."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from functools import partial
from typing import Generic, TypeVar

from stripe_invoice_payments_api.models import InvoicePayment

from .checkpoint import check_process
from .setup import ScanSetup
from .state import WindowPage
from .steps import Call, Signal, Steps, start
from .tokens import Position

T = TypeVar("T")


class Reader(Generic[T]):
    """Yields the payments of a scan, page by page; subclasses decide in what form.

    Attributes:
        has_ended: Whether the iteration is over, for whatever reason.
    """

    def __init__(self, setup: ScanSetup) -> None:
        self.has_ended = False
        self._setup = setup
        self._state = setup.job.state
        self._process = os.getpid()
        # The page that is being handed over, and how many of its payments have been.
        self._page: WindowPage | None = None
        self._count = 0
        self._positions = 0
        self._has_news = self._has_started = self._is_finished = self._is_closed = False
        self._reported_retries = 0

    def at_hand(self) -> T | None:
        """The next item, if it requires no step."""
        self.check_process()
        if self._is_closed and not self._is_finished:
            raise RuntimeError("this scan was closed before its end")
        return None

    def steps(self) -> Steps[T | None]:
        """The next item, as soon as it is available; None at the end."""
        raise NotImplementedError

    def check_process(self) -> None:
        """Raise an error in a forked child."""
        check_process(self._process)

    def position(self) -> Position:
        """What remains after everything that has been yielded."""
        self._settle()
        self._positions += 1
        return Position(
            number=self._positions, identity=self._setup.identity, windows=self._state.left()
        )

    def release(self) -> bool:
        """End the iteration. Returns whether the workers must be stopped."""
        if self._is_closed or os.getpid() != self._process:
            return False
        self._is_closed = self.has_ended = True
        return True

    def close(self) -> bool:
        """Like `release`; in addition, nothing can be committed any more."""
        is_first = self.release()
        if is_first and self._setup.checkpoint is not None:
            self._setup.checkpoint.close()
        return is_first

    def _take(self, count: int) -> Sequence[InvoicePayment]:
        """The next payments of the current page, at most `count`."""
        if self._page is None:
            return ()
        payments = self._page.payments[self._count : self._count + count]
        self._count += len(payments)
        return payments

    def _settle(self) -> bool:
        """Record what has been taken from the page. Returns whether that was the rest of it."""
        if self._page is None or not self._count:
            return False
        is_complete = self._count == len(self._page.payments)
        self._state.hand_over(self._page, self._count)
        if is_complete:
            self._page, self._count, self._has_news = None, 0, True
        return is_complete

    def _next_page(self) -> Steps[bool]:
        """Continue with the next page, as soon as it is available; False at the end."""
        if not self._has_started:
            yield from self._start()
        self._settle()
        while True:
            self._turn_page()
            report = self._report()
            is_ready = self._page is not None or self._is_finished
            if report is not None:
                yield report
            elif not is_ready:
                yield Signal.IDLE
            if is_ready:
                return self._page is not None

    def _start(self) -> Steps[None]:
        self._has_started = True
        self._setup.meter.measure(time.monotonic())
        for _ in range(self._setup.job.workers):
            yield from start(self._state)

    def _turn_page(self) -> None:
        """Continue with the next page, if it is available, or with the end."""
        if self._is_closed:
            raise RuntimeError("this scan was closed while it was being read")
        if self._state.error is not None:
            raise self._state.error
        self._page = self._state.next_page()
        if self._page is None and self._state.is_finished and not self._is_finished:
            self._is_finished = self._has_news = True
            if self._setup.checkpoint is not None:
                self._setup.checkpoint.is_scan_finished = True

    def _autocommit(self, position: Position) -> Steps[None]:
        checkpoint = self._setup.checkpoint
        if checkpoint is not None and self._setup.autocommit:
            yield Call(partial(checkpoint.record, position))

    def _report(self) -> Call | None:
        """The call of the progress hook, if it is due."""
        is_due = self._has_news or self._state.retries > self._reported_retries
        self._has_news, self._reported_retries = False, self._state.retries
        hook = self._setup.progress
        if hook is None or not is_due:
            return None
        return Call(partial(hook, self._setup.meter.measure(time.monotonic())))


class PaymentReader(Reader[InvoicePayment]):
    """Yields one payment after the other."""

    def at_hand(self) -> InvoicePayment | None:
        """The next payment of the current page; None at its end."""
        self.check_process()
        page = self._page
        if page is None or self._count == len(page.payments):
            return super().at_hand()
        payment = page.payments[self._count]
        self._count += 1
        return payment

    def steps(self) -> Steps[InvoicePayment | None]:
        """The first payment of the next page, as soon as it is available; None at the end."""
        if self._settle():
            yield from self._autocommit(self.position())
        has_page = yield from self._next_page()
        if not has_page:
            yield from self._autocommit(self.position())
        return self.at_hand()
