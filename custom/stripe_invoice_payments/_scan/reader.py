"""What the consumer of a scan receives next. Nothing in this module waits: it yields steps."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from stripe_invoice_payments_api.models import InvoicePayment

from .checkpoint import Checkpoint, Committable, check_process
from .state import Run, WindowPage
from .steps import Call, Signal, Steps
from .tokens import Position

T = TypeVar("T")
P_co = TypeVar("P_co", bound=Committable, covariant=True)


class Source(Protocol):
    """What is read: one scan or several."""

    @property
    def run(self) -> Run:
        """What the workers and the consumer share."""
        ...

    @property
    def retries(self) -> int:
        """How many requests were retried because of outages."""
        ...

    @property
    def is_finished(self) -> bool:
        """Whether everything has been read and yielded."""
        ...

    def next_page(self) -> WindowPage | None:
        """The page to yield next; None if it has not been read yet, or if nothing remains."""
        ...

    def add_worker(self) -> None:
        """Count one more worker."""
        ...


class Meter(Protocol):
    """Measures the progress."""

    def measure(self, now: float) -> Any:
        """The progress."""
        ...


class Setup(Protocol[P_co]):
    """What is read, and the options of the consumer; see `ScanSetup`."""

    @property
    def source(self) -> Source: ...
    @property
    def workers(self) -> int: ...
    @property
    def checkpoint(self) -> Checkpoint[Any] | None: ...
    @property
    def autocommit(self) -> bool: ...
    @property
    def progress(self) -> Callable[[Any], object] | None: ...
    @property
    def meter(self) -> Meter: ...
    def position(self, number: int) -> P_co: ...


class Reader(Generic[T, P_co]):
    """Yields the payments of a scan, page by page; subclasses decide in what form.

    Attributes:
        has_ended: Whether the iteration is over, for whatever reason.
    """

    def __init__(self, setup: Setup[P_co]) -> None:
        self.has_ended = False
        self._setup = setup
        self._source = setup.source
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

    def position(self) -> P_co:
        """What remains after everything that has been yielded."""
        self._settle()
        self._positions += 1
        return self._setup.position(self._positions)

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
        self._page.state.hand_over(self._page, self._count)
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
        for _ in range(self._setup.workers):
            self._source.add_worker()
            yield Signal.START

    def _turn_page(self) -> None:
        """Continue with the next page, if it is available, or with the end."""
        if self._is_closed:
            raise RuntimeError("this scan was closed while it was being read")
        if self._source.run.error is not None:
            raise self._source.run.error
        self._page = self._source.next_page()
        if self._page is None and self._source.is_finished and not self._is_finished:
            self._is_finished = self._has_news = True
            if self._setup.checkpoint is not None:
                self._setup.checkpoint.is_scan_finished = True

    def _autocommit(self, position: Committable) -> Steps[None]:
        checkpoint = self._setup.checkpoint
        if checkpoint is not None and self._setup.autocommit:
            yield Call(partial(checkpoint.record, position))

    def _report(self) -> Call | None:
        """The call of the progress hook, if it is due."""
        is_due = self._has_news or self._source.retries > self._reported_retries
        self._has_news, self._reported_retries = False, self._source.retries
        hook = self._setup.progress
        if hook is None or not is_due:
            return None
        return Call(partial(hook, self._setup.meter.measure(time.monotonic())))


class ItemReader(Reader[T, P_co]):
    """Yields one payment after the other; subclasses decide in what form."""

    def item(self, page: WindowPage, payment: InvoicePayment) -> T:
        """The form in which a payment is yielded."""
        raise NotImplementedError

    def at_hand(self) -> T | None:
        """The next payment of the current page; None at its end."""
        self.check_process()
        page = self._page
        if page is None or self._count == len(page.payments):
            return super().at_hand()
        payment = page.payments[self._count]
        self._count += 1
        return self.item(page, payment)

    def steps(self) -> Steps[T | None]:
        """The first payment of the next page, as soon as it is available; None at the end."""
        if self._settle():
            yield from self._autocommit(self.position())
        has_page = yield from self._next_page()
        if not has_page:
            yield from self._autocommit(self.position())
        return self.at_hand()


class PaymentReader(ItemReader[InvoicePayment, Position]):
    """Yields the payments themselves."""

    def item(self, page: WindowPage, payment: InvoicePayment) -> InvoicePayment:  # noqa: ARG002
        """The payment."""
        return payment
