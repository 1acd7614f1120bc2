"""A scan as its consumer sees it: payments one after the other, and a way to commit them."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from stripe_invoice_payments_api.models import InvoicePayment

from .._call.engine import AsyncEngine, Engine
from .._call.observability import logger
from .setup import ScanSetup
from .state import Batch
from .steps import Report, Signal, Steps, start
from .workers import AsyncTasks, Threads

if TYPE_CHECKING:
    from typing_extensions import Self


class _BaseScan:
    """What both kinds of scan have in common. Nothing in here waits."""

    def __init__(self, setup: ScanSetup) -> None:
        self._setup = setup
        self._process = os.getpid()
        # The page that is being yielded, and how many of its payments have been.
        self._batch: Batch | None = None
        self._count = 0
        self._has_yielded_page = False
        self._reported_retries = 0
        self._has_started = self._has_ended = self._is_finished = self._is_closed = False
        # Whether the file says that nothing is left; True without a file.
        self._says_finished = setup.checkpoint is None or setup.checkpoint.windows == []

    def _at_hand(self) -> InvoicePayment | None:
        """The next payment of the page that is being yielded; None at its end."""
        self._check_process()
        batch = self._batch
        if batch is None or self._count == len(batch.payments):
            if self._is_closed and not self._is_finished:
                raise RuntimeError("this scan was closed before its end")
            return None
        payment = batch.payments[self._count]
        self._count += 1
        return payment

    def _next_page(self) -> Steps[InvoicePayment | None]:
        """The first payment of the next page, as soon as there is one; None at the end."""
        if not self._has_started:
            self._has_started = True
            for _ in range(self._setup.workers):
                yield from start(self._setup.state)
        while True:
            report = self._turn_page()
            is_ready = self._batch is not None or self._is_finished
            if report is not None:
                yield report
            elif not is_ready:
                yield Signal.IDLE
            if is_ready:
                return self._at_hand()

    def _turn_page(self) -> Report | None:
        """Go on to the next page, if it is there; the result is the report that is due, if any."""
        setup, state = self._setup, self._setup.state
        if self._is_closed:
            raise RuntimeError("this scan was closed while it was being read")
        self._settle()
        has_news, self._has_yielded_page = self._has_yielded_page, False
        if has_news and setup.autocommit:
            self._record()
        if state.error is not None:
            raise state.error
        self._batch, self._count = state.next_batch(), 0
        if self._batch is None and state.is_finished:
            self._is_finished = has_news = True
            if setup.autocommit:
                self._record()
        has_news |= state.retries > self._reported_retries
        self._reported_retries = state.retries
        if not has_news or setup.progress is None:
            return None
        return Report(setup.progress, state.progress(time.monotonic()))

    def _settle(self) -> None:
        """Note how much of the page has been yielded."""
        if self._batch is not None and self._count:
            is_complete = self._count == len(self._batch.payments)
            self._setup.state.hand_over(self._batch, self._count)
            if is_complete:
                self._batch, self._count, self._has_yielded_page = None, 0, True

    def _check_process(self) -> None:
        if os.getpid() != self._process:
            raise RuntimeError(
                "this scan belongs to the process that started it; a forked child needs a scan of "
                "its own"
            )

    def _record(self) -> None:
        """Write what is left into the file."""
        checkpoint = self._setup.checkpoint
        if checkpoint is None:
            return
        if self._is_closed:
            raise RuntimeError("this scan is closed, so nothing can be committed")
        windows = self._setup.state.left()
        checkpoint.write(windows)
        self._says_finished = not windows

    def _release(self) -> bool:
        """Let others use the checkpoint; the result is whether the workers must be ended."""
        if self._is_closed or os.getpid() != self._process:
            return False
        self._is_closed = self._has_ended = True
        checkpoint = self._setup.checkpoint
        if checkpoint is not None:
            checkpoint.close()
            if self._is_finished and not self._says_finished:
                logger.warning(
                    "checkpoint %s: the scan finished, but its end was not committed; call commit()"
                    " after the loop, or the next run reads the uncommitted payments again",
                    checkpoint.path,
                )
        return True


class Scan(_BaseScan):
    """The payments of a period, as an iterator. Close it, or use it in a `with` block.

    Without either, a loop that is left stops the scan once nothing refers to it any more.

    Example:
        since = datetime(2025, 1, 1, tzinfo=timezone.utc)
        with client.invoice_payments.scan(
            created={"gte": since}, checkpoint="payments.scan"
        ) as payments:
            for payment in payments:
                print(payment.id, flush=True)
            payments.commit()  # everything yielded so far is durable
    """

    def __init__(self, engine: Engine, setup: ScanSetup) -> None:
        super().__init__(setup)
        self._workers = Threads(engine, setup)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> InvoicePayment:
        payment = self._at_hand()
        if payment is None and not self._has_ended:
            try:
                payment = self._workers.run(self._next_page())
            finally:
                if payment is None:
                    self._has_ended = True
                    self._workers.stop()
        if payment is None:
            raise StopIteration
        return payment

    def commit(self) -> None:
        """Record in the checkpoint that everything yielded so far is durable on your side.

        The next run starts behind it. When this returns, the file is on the disk. Without a
        checkpoint this does nothing.

        Raises:
            RuntimeError: The scan is closed.
            OSError: The file cannot be written.
        """
        self._check_process()
        with self._workers.lock:
            self._settle()
            self._record()
        self._workers.announce()

    def close(self) -> None:
        """Stop reading, and let others use the checkpoint.

        Waits for the requests that are under way, and for nothing else. May be called from another
        thread than the one that reads, which then gets a `RuntimeError`.
        """
        if self._release():
            self._workers.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "_workers") and self._release():
            self._workers.cancel()


class AsyncScan(_BaseScan):
    """The payments of a period, as an asynchronous iterator. Close it, or use `async with`.

    Example:
        async with async_client.invoice_payments.scan(status="paid") as payments:
            async for payment in payments:
                print(payment.id)
    """

    def __init__(self, engine: AsyncEngine, setup: ScanSetup) -> None:
        super().__init__(setup)
        self._workers = AsyncTasks(engine, setup)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> InvoicePayment:
        payment = self._at_hand()
        if payment is None and not self._has_ended:
            try:
                payment = await self._workers.run(self._next_page())
            finally:
                if payment is None:
                    self._has_ended = True
                    await self._workers.stop()
        if payment is None:
            raise StopAsyncIteration
        return payment

    def commit(self) -> None:
        """Record in the checkpoint that everything yielded so far is durable on your side.

        An ordinary method, which writes a small file; see `Scan.commit`.

        Raises:
            RuntimeError: The scan is closed.
            OSError: The file cannot be written.
        """
        self._check_process()
        self._settle()
        self._record()
        self._workers.announce()

    async def aclose(self) -> None:
        """Stop reading, and let others use the checkpoint. Requests under way are cancelled."""
        if self._release():
            await self._workers.stop()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __del__(self) -> None:
        if hasattr(self, "_workers") and self._release():
            self._workers.cancel()
