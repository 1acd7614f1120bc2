"""A scan as its consumer sees it: an iterator over payments or batches."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from stripe_invoice_payments_api.models import InvoicePayment

from .._call.engine import AsyncEngine, Engine
from .batches import ScanBatch, ScanBatchReader
from .checkpoint import Checkpoint
from .reader import PaymentReader, Reader
from .setup import ScanSetup
from .steps import work
from .workers import AsyncTasks, Threads

if TYPE_CHECKING:
    from typing_extensions import Self

T = TypeVar("T")


class Reading(Generic[T]):
    """An iterator whose items are read by threads. Close it, or use it in a `with` block.

    Otherwise, the threads stop once the loop has ended and nothing references the iterator.
    """

    def __init__(self, workers: Threads, reader: Reader[T, Any]) -> None:
        self._reader = reader
        self._workers = workers

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        item = self._reader.at_hand()
        if item is None and not self._reader.has_ended:
            try:
                item = self._workers.run(self._reader.steps())
            finally:
                if item is None:
                    self._reader.has_ended = True
                    self._workers.stop()
        if item is None:
            raise StopIteration
        return item

    def close(self) -> None:
        """Stop reading, and release the checkpoint.

        Waits for the requests in progress, and for nothing else. Another thread may call it; the
        thread that is reading then gets a `RuntimeError`.
        """
        if self._reader.close():
            self._workers.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "_workers") and self._reader.release():
            self._workers.cancel()


class Committable(Reading[T]):
    """A reading whose consumer says when what it has received is durable."""

    def __init__(
        self, workers: Threads, reader: Reader[T, Any], checkpoint: Checkpoint[Any] | None
    ) -> None:
        super().__init__(workers, reader)
        self._checkpoint = checkpoint

    def commit(self) -> None:
        """Record in the checkpoint that everything yielded so far is durable on your side.

        The next run starts after it. When this returns, the file is on disk. Without a checkpoint,
        this does nothing.

        Raises:
            RuntimeError: The scan is closed.
            OSError: The file cannot be written.
        """
        self._reader.check_process()
        with self._workers.lock:
            position = self._reader.position()
        self._workers.announce()
        if self._checkpoint is not None:
            self._checkpoint.record(position)


class Scan(Committable[InvoicePayment]):
    """The payments of a period, as an iterator. Close it, or use it in a `with` block.

    Otherwise, the scan stops once the loop has ended and nothing references the scan.

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
        workers = Threads(engine, setup.job.state.run, partial(work, setup.job))
        super().__init__(workers, PaymentReader(setup), setup.checkpoint)


class ScanBatches(Reading[ScanBatch]):
    """The payments of a period in batches, as an iterator. Close it, or use it in a `with` block.

    Example:
        with client.invoice_payments.scan_batches(checkpoint="payments.scan") as batches:
            for batch in batches:
                for payment in batch.payments:
                    print(payment.id, flush=True)
                batch.commit()  # this batch and all before it are durable
    """

    def __init__(self, engine: Engine, setup: ScanSetup) -> None:
        workers = Threads(engine, setup.job.state.run, partial(work, setup.job))
        super().__init__(workers, ScanBatchReader(setup))
        self._setup = setup

    @property
    def query(self) -> Mapping[str, Any]:
        """What is requested, as JSON data without secrets.

        A token is valid only with the same `filters`, period (`start` and `end` in Unix seconds;
        None: no end), `base_url`, `stripe_account`, `stripe_context`, `mode` of the key, and
        `headers` (hashes). `stripe_version` is included as well, but may change.
        """
        return self._setup.described()


class AsyncReading(Generic[T]):
    """An asynchronous iterator whose items are read by tasks. Close it, or use `async with`."""

    def __init__(self, workers: AsyncTasks, reader: Reader[T, Any]) -> None:
        self._reader = reader
        self._workers = workers

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        item = self._reader.at_hand()
        if item is None and not self._reader.has_ended:
            try:
                item = await self._workers.run(self._reader.steps())
            finally:
                if item is None:
                    self._reader.has_ended = True
                    await self._workers.stop()
        if item is None:
            raise StopAsyncIteration
        return item

    async def aclose(self) -> None:
        """Stop reading, and release the checkpoint. Requests in progress are cancelled."""
        if self._reader.close():
            await self._workers.stop()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __del__(self) -> None:
        if hasattr(self, "_workers") and self._reader.release():
            self._workers.cancel()


class AsyncCommittable(AsyncReading[T]):
    """A reading whose consumer says when what it has received is durable."""

    def __init__(
        self, workers: AsyncTasks, reader: Reader[T, Any], checkpoint: Checkpoint[Any] | None
    ) -> None:
        super().__init__(workers, reader)
        self._checkpoint = checkpoint

    def commit(self) -> None:
        """Record in the checkpoint that everything yielded so far is durable on your side.

        A regular method, not a coroutine: it writes a small file. See `Scan.commit`.

        Raises:
            RuntimeError: The scan is closed.
            OSError: The file cannot be written.
        """
        self._reader.check_process()
        position = self._reader.position()
        self._workers.announce()
        if self._checkpoint is not None:
            self._checkpoint.record(position)


class AsyncScan(AsyncCommittable[InvoicePayment]):
    """The payments of a period, as an asynchronous iterator. Close it, or use `async with`.

    Example:
        async with async_client.invoice_payments.scan(status="paid") as payments:
            async for payment in payments:
                print(payment.id)
    """

    def __init__(self, engine: AsyncEngine, setup: ScanSetup) -> None:
        workers = AsyncTasks(engine, setup.job.state.run, partial(work, setup.job))
        super().__init__(workers, PaymentReader(setup), setup.checkpoint)


class AsyncScanBatches(AsyncReading[ScanBatch]):
    """The payments of a period in batches, as an asynchronous iterator.

    Close it, or use `async with`. `ScanBatch.commit` is a regular method here too, not a coroutine:
    it writes a small file.

    Example:
        async with async_client.invoice_payments.scan_batches(batch_size=500) as batches:
            async for batch in batches:
                print(len(batch.payments), "payments, to be stored together with", batch.token)
    """

    def __init__(self, engine: AsyncEngine, setup: ScanSetup) -> None:
        workers = AsyncTasks(engine, setup.job.state.run, partial(work, setup.job))
        super().__init__(workers, ScanBatchReader(setup))
        self._setup = setup

    @property
    def query(self) -> Mapping[str, Any]:
        """What is requested, as JSON data without secrets.

        A token is valid only with the same `filters`, period (`start` and `end` in Unix seconds;
        None: no end), `base_url`, `stripe_account`, `stripe_context`, `mode` of the key, and
        `headers` (hashes). `stripe_version` is included as well, but may change.
        """
        return self._setup.described()
