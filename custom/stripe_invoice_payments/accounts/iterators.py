"""A scan of many accounts as its consumer sees it: an iterator over accounts and payments."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from stripe_invoice_payments_api.models import InvoicePayment

from .._call.engine import AsyncEngine, Engine
from .._scan.iterators import AsyncCommittable, AsyncReading, Committable, Reading
from .._scan.reader import ItemReader
from .._scan.state import WindowPage
from .._scan.steps import Steps
from .._scan.workers import AsyncTasks, Threads
from .batches import AccountsBatch, AccountsBatchReader
from .pool import MissingAccount
from .setup import AccountsSetup
from .tokens import AccountsPosition
from .work import begin, report_missing, work


class AccountsScan(Committable["tuple[str, InvoicePayment]"]):
    """The payments of many accounts, as an iterator. Close it, or use it in a `with` block.

    Each item is the id of an account and one of its payments, in no particular order.

    Example:
        from stripe_invoice_payments.accounts import scan_accounts

        with scan_accounts(client, "connected", checkpoint="all.scan") as payments:
            for account, payment in payments:
                print(account, payment.id, flush=True)
            payments.commit()  # everything yielded so far is durable
    """

    def __init__(self, engine: Engine, setup: AccountsSetup) -> None:
        workers = Threads(engine, setup.pool.run, partial(work, setup.pool))
        super().__init__(workers, AccountsReader(setup), setup.checkpoint)
        self._pool = setup.pool

    @property
    def missing(self) -> tuple[MissingAccount, ...]:
        """The accounts that could not be read to their end, with `on_error="report"`."""
        with self._workers.lock:
            return self._pool.missing()


class AsyncAccountsScan(AsyncCommittable["tuple[str, InvoicePayment]"]):
    """The payments of many accounts, as an asynchronous iterator. Close it, or use `async with`.

    Example:
        from stripe_invoice_payments.accounts import scan_accounts_async

        async with scan_accounts_async(async_client, "connected") as payments:
            async for account, payment in payments:
                print(account, payment.id)
    """

    def __init__(self, engine: AsyncEngine, setup: AccountsSetup) -> None:
        workers = AsyncTasks(engine, setup.pool.run, partial(work, setup.pool))
        super().__init__(workers, AccountsReader(setup), setup.checkpoint)
        self._pool = setup.pool

    @property
    def missing(self) -> tuple[MissingAccount, ...]:
        """The accounts that could not be read to their end, with `on_error="report"`."""
        return self._pool.missing()


class AccountsBatches(Reading[AccountsBatch]):
    """The payments of many accounts in batches, as an iterator.

    Close it, or use it in a `with` block.
    """

    def __init__(self, engine: Engine, setup: AccountsSetup) -> None:
        workers = Threads(engine, setup.pool.run, partial(work, setup.pool))
        super().__init__(workers, AccountsBatchReader(setup))
        self._setup = setup

    @property
    def query(self) -> Mapping[str, Any]:
        """What is requested, as JSON data without secrets; see `ScanBatches.query`."""
        return self._setup.described()

    @property
    def missing(self) -> tuple[MissingAccount, ...]:
        """The accounts that could not be read to their end, with `on_error="report"`."""
        with self._workers.lock:
            return self._setup.pool.missing()


class AsyncAccountsBatches(AsyncReading[AccountsBatch]):
    """The payments of many accounts in batches, as an asynchronous iterator.

    Close it, or use `async with`.
    """

    def __init__(self, engine: AsyncEngine, setup: AccountsSetup) -> None:
        workers = AsyncTasks(engine, setup.pool.run, partial(work, setup.pool))
        super().__init__(workers, AccountsBatchReader(setup))
        self._setup = setup

    @property
    def query(self) -> Mapping[str, Any]:
        """What is requested, as JSON data without secrets; see `ScanBatches.query`."""
        return self._setup.described()

    @property
    def missing(self) -> tuple[MissingAccount, ...]:
        """The accounts that could not be read to their end, with `on_error="report"`."""
        return self._setup.pool.missing()


class AccountsReader(ItemReader["tuple[str, InvoicePayment]", AccountsPosition]):
    """Yields accounts and payments."""

    def __init__(self, setup: AccountsSetup) -> None:
        super().__init__(setup)
        self._accounts = setup

    def item(self, page: WindowPage, payment: InvoicePayment) -> tuple[str, InvoicePayment]:
        """The account and the payment."""
        return page.state.account, payment

    def steps(self) -> Steps[tuple[str, InvoicePayment] | None]:
        """See `ItemReader.steps`. Whatever is missing at the end is logged."""
        item = yield from super().steps()
        if item is None:
            report_missing(self._accounts.pool)
        return item

    def _start(self) -> Steps[None]:
        yield from begin(self._accounts)
        yield from super()._start()
