"""A scan of many accounts as its consumer sees it: an iterator over accounts and payments."""

from __future__ import annotations

from functools import partial

from stripe_invoice_payments_api.models import InvoicePayment

from .._call.engine import AsyncEngine, Engine
from .._call.observability import logger
from .._scan.iterators import AsyncCommittable, Committable
from .._scan.reader import ItemReader
from .._scan.state import WindowPage
from .._scan.steps import Steps
from .._scan.workers import AsyncTasks, Threads
from .pool import MissingAccount
from .setup import AccountsSetup
from .tokens import AccountsPosition
from .work import connected, work


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
        if item is None and (failed := self._accounts.pool.failed):
            logger.warning(
                "scan_accounts: %d of %d accounts could not be read to their end: %s",
                len(failed),
                self._accounts.pool.accounts,
                ", ".join(list(failed)[:10]) + (", ..." if len(failed) > 10 else ""),
            )
        return item

    def _start(self) -> Steps[None]:
        setup = self._accounts
        accounts = setup.accounts
        if accounts is None:
            accounts = yield from connected(setup.query.settings)
        setup.pool.add(accounts)
        yield from super()._start()
