"""A scan as its consumer sees it: payments, one after the other, and what is durable of them."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from stripe_invoice_payments_api.models import InvoicePayment

from ._engine import AsyncEngine, Engine
from ._observability import logger
from ._scan_query import ScanSetup
from ._scan_readers import AsyncReaders, Readers
from ._scan_state import Batch, ScanProgress

if TYPE_CHECKING:
    from typing_extensions import Self


class _BaseScan:
    """What both kinds of scan decide alike. Nothing in here waits."""

    def __init__(self, setup: ScanSetup) -> None:
        self._setup = setup
        self._process = os.getpid()
        # What the consumer is being given, and how much of it it has got.
        self._batch: Batch | None = None
        self._count = 0
        self._untold: ScanProgress | None = None
        self._has_news = False
        self._reported_retries = 0
        self._has_started = self._has_ended = self._is_finished = self._is_closed = False
        # Whether the file says that nothing is left, if that is so.
        self._says_finished = setup.checkpoint is None or setup.checkpoint.windows == []

    def _next_of_batch(self) -> InvoicePayment | None:
        """The next payment, if it is at hand."""
        self._check_process()
        batch = self._batch
        if batch is None or self._count == len(batch.payments):
            if self._is_closed and not self._is_finished:
                raise RuntimeError("this scan was closed before its end")
            return None
        payment = batch.payments[self._count]
        self._count += 1
        return payment

    def _check_process(self) -> None:
        if os.getpid() != self._process:
            raise RuntimeError(
                "this scan belongs to the process that started it; a forked child needs a scan of "
                "its own"
            )

    def _look(self) -> bool:
        """Find out what to do next; the result is whether there is a batch.

        To be called under the lock, when what was at hand has been handed over.
        """
        state = self._setup.state
        self._settle()
        has_news, self._has_news = self._has_news, False
        if has_news and self._setup.autocommit:
            self._record()
        if state.error is not None:
            raise state.error
        self._batch, self._count = state.next_batch(), 0
        if self._batch is None and state.is_finished:
            self._is_finished = True
            if self._setup.autocommit:
                self._record()
        has_news |= self._is_finished or state.retries > self._reported_retries
        self._reported_retries = state.retries
        if has_news and self._setup.progress is not None:
            self._untold = state.progress(time.monotonic())
        return self._batch is not None

    def _settle(self) -> None:
        """Note how much of the batch has been handed over."""
        if self._batch is not None and self._count:
            is_complete = self._count == len(self._batch.payments)
            self._setup.state.hand_over(self._batch, self._count)
            if is_complete:
                self._batch, self._count, self._has_news = None, 0, True

    def _record(self) -> None:
        """Write what is left into the file."""
        checkpoint = self._setup.checkpoint
        if checkpoint is None:
            return
        if self._is_closed:
            raise RuntimeError("this scan is closed; nothing can be committed any more")
        windows = self._setup.state.left()
        checkpoint.write(windows)
        self._says_finished = not windows

    def _tell(self) -> None:
        untold, self._untold = self._untold, None
        if untold is not None and self._setup.progress is not None:
            self._setup.progress(untold)

    def _give_back(self) -> bool:
        """Let others use the checkpoint; the result is whether this is still to be closed."""
        if self._is_closed or os.getpid() != self._process:
            return False
        self._is_closed = self._has_ended = True
        checkpoint = self._setup.checkpoint
        if checkpoint is not None:
            checkpoint.close()
            if self._is_finished and not self._says_finished:
                logger.warning(
                    "checkpoint %s: the scan finished, but its end was not committed; call commit()"
                    " after the loop, or the next run reads what it does not know about again",
                    checkpoint.path,
                )
        return True


class Scan(_BaseScan):
    """The payments of a period, as an iterator. Close it, or use it in a `with` block.

    A loop that is left without either stops it as soon as nothing refers to it any more.

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
        self._readers = Readers(engine, setup)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> InvoicePayment:
        payment = self._next_of_batch()
        if payment is not None:
            return payment
        if self._has_ended:
            raise StopIteration
        try:
            while not self._wait():
                pass
        except BaseException:
            self._has_ended = True
            self._readers.stop()
            raise
        payment = self._next_of_batch()
        if payment is None:
            self._has_ended = True
            self._readers.stop()
            raise StopIteration
        return payment

    def _wait(self) -> bool:
        """Whether there is something to hand over, or nothing left; waits if not."""
        readers = self._readers
        if not self._has_started:
            self._has_started = True
            readers.start()
        with readers.lock:
            is_ready = self._look() or self._is_finished
            sleeper = None if is_ready else readers.bell.sleeper()
        if is_ready:
            readers.bell.ring()
        self._tell()
        if sleeper is not None and not self._is_closed:
            sleeper.wait()
        if self._is_closed:
            raise RuntimeError("this scan was closed while it was being read")
        return is_ready

    def commit(self) -> None:
        """Record in the checkpoint that everything yielded so far is durable on your side.

        The next run begins behind it. When this returns, the file has reached the disk. Without a
        checkpoint it does nothing.

        Raises:
            RuntimeError: The scan is closed.
            OSError: The file cannot be written.
        """
        self._check_process()
        with self._readers.lock:
            self._settle()
            self._record()
        self._readers.bell.ring()

    def close(self) -> None:
        """Stop reading, and let others use the checkpoint.

        Waits for the requests that are under way, and for nothing else. May be called by another
        thread than the one that reads, which then gets a `RuntimeError`.
        """
        if self._give_back():
            self._readers.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "_readers") and self._give_back():
            self._readers.cancel()


class AsyncScan(_BaseScan):
    """The payments of a period, as an asynchronous iterator. Close it, or use `async with`.

    Example:
        async with async_client.invoice_payments.scan(status="paid") as payments:
            async for payment in payments:
                print(payment.id)
    """

    def __init__(self, engine: AsyncEngine, setup: ScanSetup) -> None:
        super().__init__(setup)
        self._readers = AsyncReaders(engine, setup)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> InvoicePayment:
        payment = self._next_of_batch()
        if payment is not None:
            return payment
        if self._has_ended:
            raise StopAsyncIteration
        try:
            while not await self._wait():
                pass
        except BaseException:
            self._has_ended = True
            await self._readers.stop()
            raise
        payment = self._next_of_batch()
        if payment is None:
            self._has_ended = True
            await self._readers.stop()
            raise StopAsyncIteration
        return payment

    async def _wait(self) -> bool:
        """Whether there is something to hand over, or nothing left; waits if not."""
        readers = self._readers
        if not self._has_started:
            self._has_started = True
            readers.start()
        is_ready = self._look() or self._is_finished
        changed = readers.changed
        if is_ready:
            readers.ring()
        self._tell()
        if not is_ready and not self._is_closed:
            await changed.wait()
        if self._is_closed:
            raise RuntimeError("this scan was closed while it was being read")
        return is_ready

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
        if self._has_started:
            self._readers.ring()

    async def aclose(self) -> None:
        """Stop reading, and let others use the checkpoint. Requests under way are cancelled."""
        if self._give_back():
            await self._readers.stop()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __del__(self) -> None:
        if hasattr(self, "_readers") and self._give_back():
            self._readers.cancel()
