"""`Mirror` and its async twin: they send what a run requires."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from stripe_invoice_payments_api.models import Event

from .._call.observability import logger
from .._config import checks as _checks
from .._errors import InvalidRequestError, StripeError
from .._locks import Lock
from .._scan.outage import Outage
from .._stopping import Stop
from ..export.targets import Target
from ..export.threads import in_thread
from .options import LOOK_BACK, Options, SyncOptions
from .plan import PAGE_SIZE, Read
from .results import SyncResult
from .run import Found, Rereading, Run, Steps, read_for
from .table import MirrorTable

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from .._client import AsyncClient, Client

C = TypeVar("C", "Client", "AsyncClient")


class _Mirror(Generic[C]):
    """What both mirrors have in common: the file, the options, and the events that wait."""

    def __init__(
        self,
        client: C,
        target: str | os.PathLike[str],
        *,
        look_back: float = LOOK_BACK,
        **options: Unpack[SyncOptions],
    ) -> None:
        _checks.client(client, is_async=isinstance(self, AsyncMirror))
        self._options = Options.create(look_back, options)
        self._client: C = client.with_options(**self._options.of_client)
        # Of a call, as an option of a call may be invalid.
        engine = self._client._engine  # pyright: ignore[reportPrivateUsage] - the same package
        self._waits = engine.settings.for_call(self._options.of_calls).retry_delays
        self._waiting: deque[Read] = deque()
        self._table = MirrorTable(target)
        self._is_closed = False

    def _run(self, query: dict[str, Any]) -> Run:
        if self._is_closed:
            raise RuntimeError("The mirror is closed.")
        return Run(self._table, query, Target.batch_size, self._options.progress)

    def _outage(self, step: Rereading) -> Outage:
        return Outage(self._options.max_outage if step.is_patient else 0, waits=self._waits)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {str(self._table.path)!r}>"


class Mirror(_Mirror["Client"]):
    """A DuckDB file that is kept up to date, held open for several syncs and for events.

    No other process can use the file until the mirror is closed. Threads can share a mirror: one
    sync runs at a time, and events wait for it.

    Example:
        from stripe_invoice_payments.sync import Mirror

        body, signature = webhook.body, webhook.headers["Stripe-Signature"]
        with Mirror(client, "payments.duckdb") as mirror:
            mirror.sync()  # every hour
            mirror.apply(Webhook.construct_event(body, signature, "whsec_..."))  # in between

    Args:
        client: The client to read with.
        target: The path of the DuckDB file; see `sync`.
        look_back: See `sync`.
        **options: See `SyncOptions`.

    Raises:
        TypeError: An argument is unknown or of the wrong type.
        ValueError: An argument is invalid, or the target is in use.
        ImportError: The extra `duckdb` is not installed.
        OSError: The target cannot be read or written.
    """

    def __init__(
        self,
        client: Client,
        target: str | os.PathLike[str],
        *,
        look_back: float = LOOK_BACK,
        **options: Unpack[SyncOptions],
    ) -> None:
        super().__init__(client, target, look_back=look_back, **options)
        self._busy = Lock()

    def sync(self, *, verify: bool = False) -> SyncResult:
        """Bring the mirror up to date; see the function `sync`."""
        verify = _checks.flag("verify", verify)
        with self._busy:
            run = self._run(self._query())
            self._carry_out(run.sync(self._options.look_back, verify=verify))
            result = run.result()
        self._apply_waiting()
        return result

    def apply(self, event: Event) -> SyncResult:
        """Read what an event is about again, and store it at once, instead of at the next sync.

        Events only shorten the delay: the mirror becomes complete without them. It does not matter
        in which order they arrive, or how often. An event about an invoice payment, such as
        `invoice_payment.paid`, reads that payment. An event about an invoice or a payment intent
        reads all payments of that invoice, or by that payment intent. Any other does nothing.

        While another thread uses the mirror, the event waits, and that thread applies it. The
        result is then empty.

        Args:
            event: What `Webhook.construct_event` returns.

        Raises:
            TypeError: It is not an event.
            ValueError: It is of another account or mode than the mirror.
            OSError: The target cannot be read or written.
            StripeError: A request failed. The next sync will read what the event is about.
        """
        read = read_for(event, self._query())
        if read is not None:
            self._waiting.append(read)
        return self._apply_waiting(read)

    def close(self) -> None:
        """Release the file, once a sync in another thread has ended."""
        with self._busy:
            self._is_closed = True
            self._table.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _query(self) -> dict[str, Any]:
        scan: Any = self._client.invoice_payments.scan_batches
        with scan(**self._options.of_scans) as described:
            query: dict[str, Any] = described.query
            return query

    def _apply_waiting(self, own: Read | None = None) -> SyncResult:
        """Apply the events that wait, unless another thread is busy, which then does it.

        The failure of another caller's event is logged: it changes nothing about this caller's
        result.
        """
        results = list[SyncResult]()

        def apply() -> None:
            while self._waiting:
                read = self._waiting.popleft()
                with _logged(is_own=read is own):
                    run = self._run(self._query())
                    self._carry_out(run.apply(read))
                    results.append(run.result())

        # The condition is checked again after the release: an event may have come before it.
        while self._waiting and self._busy.run_if_free(apply):
            pass
        return SyncResult.of_all(results)

    def _carry_out(self, steps: Steps) -> None:
        for step in steps:
            if isinstance(step, Rereading):
                step.take(self._read_all(step))
                continue
            arguments: Any = {**self._options.of_scans, **step.arguments}
            with self._client.invoice_payments.scan_batches(**arguments) as batches:
                for batch in batches:
                    step.take(batch)

    def _read_all(self, step: Rereading) -> list[Found]:
        stop = Stop()
        with ThreadPoolExecutor(self._options.workers) as pool:
            try:
                return list(pool.map(partial(self._read, step, stop), step.reads))
            finally:
                stop.set()  # or an interrupt would wait for an outage to end

    def _read(self, step: Rereading, stop: Stop, read: Read) -> Found:
        outage = self._outage(step)
        while True:
            try:
                return self._read_once(read)
            except StripeError as error:
                delay = outage.delay(error)
                if delay is None or stop.is_set():
                    raise
            stop.wait(delay)

    def _read_once(self, read: Read) -> Found:
        payments: Any = self._client.invoice_payments
        try:
            if read.filters is None:
                return Found(read, [payments.retrieve(read.ids[0], **self._options.of_calls)], 1)
            page = payments.list(**read.filters, limit=PAGE_SIZE, **self._options.of_calls)
            pages = [page.data for page in page.iter_pages()]
        except InvalidRequestError as error:
            return missing(read, error)
        return Found(read, [payment for page in pages for payment in page], len(pages))


class AsyncMirror(_Mirror["AsyncClient"]):
    """`Mirror` for an `AsyncClient`, to be used with `async with`. The file is written in a thread.

    Example:
        from stripe_invoice_payments.sync import AsyncMirror

        async with AsyncMirror(async_client, "payments.duckdb") as mirror:
            print(await mirror.sync(verify=True))

    Args:
        client: The client to read with.
        target: See `sync`.
        look_back: See `sync`.
        **options: See `SyncOptions`.

    Raises:
        TypeError: An argument is unknown or of the wrong type.
        ValueError: An argument is invalid, or the target is in use.
        ImportError: The extra `duckdb` is not installed.
        OSError: The target cannot be read or written.
    """

    def __init__(
        self,
        client: AsyncClient,
        target: str | os.PathLike[str],
        *,
        look_back: float = LOOK_BACK,
        **options: Unpack[SyncOptions],
    ) -> None:
        super().__init__(client, target, look_back=look_back, **options)
        self._busy = asyncio.Lock()

    async def sync(self, *, verify: bool = False) -> SyncResult:
        """Bring the mirror up to date; see the function `sync`."""
        verify = _checks.flag("verify", verify)
        async with self._busy:
            run = await in_thread(self._run, await self._query())
            await self._carry_out(run.sync(self._options.look_back, verify=verify))
            result = run.result()
        await self._apply_waiting()
        return result

    async def apply(self, event: Event) -> SyncResult:
        """Store at once what an event is about; see `Mirror.apply`."""
        read = read_for(event, await self._query())
        if read is not None:
            self._waiting.append(read)
        return await self._apply_waiting(read)

    async def aclose(self) -> None:
        """Release the file, once a sync in another task has ended."""
        async with self._busy:
            self._is_closed = True
            self._table.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _query(self) -> dict[str, Any]:
        scan: Any = self._client.invoice_payments.scan_batches
        async with scan(**self._options.of_scans) as described:
            query: dict[str, Any] = described.query
            return query

    async def _apply_waiting(self, own: Read | None = None) -> SyncResult:
        results = list[SyncResult]()
        while self._waiting and not self._busy.locked():
            async with self._busy:
                while self._waiting:
                    read = self._waiting.popleft()
                    with _logged(is_own=read is own):
                        run = await in_thread(self._run, await self._query())
                        await self._carry_out(run.apply(read))
                        results.append(run.result())
        return SyncResult.of_all(results)

    async def _carry_out(self, steps: Steps) -> None:
        scan: Any = self._client.invoice_payments.scan_batches
        while (step := await in_thread(next, steps, None)) is not None:
            if isinstance(step, Rereading):
                await in_thread(step.take, await self._read_all(step))
                continue
            async with scan(**self._options.of_scans, **step.arguments) as batches:
                async for batch in batches:
                    await in_thread(step.take, batch)

    async def _read_all(self, step: Rereading) -> list[Found]:
        waiting, found = iter(step.reads), list[Found]()

        async def work() -> None:
            for read in waiting:
                found.append(await self._read(step, read))

        workers = [asyncio.ensure_future(work()) for _ in range(self._options.workers)]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.wait(workers)
        return found

    async def _read(self, step: Rereading, read: Read) -> Found:
        outage = self._outage(step)
        while True:
            try:
                return await self._read_once(read)
            except StripeError as error:
                delay = outage.delay(error)
                if delay is None:
                    raise
            await asyncio.sleep(delay)

    async def _read_once(self, read: Read) -> Found:
        payments: Any = self._client.invoice_payments
        try:
            if read.filters is None:
                payment = await payments.retrieve(read.ids[0], **self._options.of_calls)
                return Found(read, [payment], 1)
            page = await payments.list(**read.filters, limit=PAGE_SIZE, **self._options.of_calls)
            pages = [page.data async for page in page.iter_pages()]
        except InvalidRequestError as error:
            return missing(read, error)
        return Found(read, [payment for page in pages for payment in page], len(pages))


def missing(read: Read, error: InvalidRequestError) -> Found:
    """The result of a request for something that Stripe does not have; other errors are raised."""
    if error.code != "resource_missing":
        raise error
    return Found(read, None, 1)


@contextmanager
def _logged(*, is_own: bool) -> Generator[None, None, None]:
    """Around the application of an event. Only its own caller receives its error."""
    try:
        yield
    except (StripeError, OSError, ValueError, RuntimeError) as error:
        if is_own:
            raise
        logger.warning("an event was not applied, the next sync reads what it is about: %s", error)
