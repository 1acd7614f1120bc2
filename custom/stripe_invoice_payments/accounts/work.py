"""What the workers do: generators that yield what has to be waited for, as in a single scan."""

from __future__ import annotations

import math
from concurrent.futures import CancelledError

from stripe_invoice_payments_api.operations import list_accounts
from stripe_invoice_payments_api.params import ListAccountsParams

from .._call.observability import logger
from .._config.settings import Settings
from .._errors import ScanError, StripeError, UnexpectedResponseError
from .._pages.guards import attribute, check_distinct, check_not_empty
from .._scan.outage import Outage
from .._scan.query import PAGE_SIZE
from .._scan.steps import Fetch, Fetched, Pause, Signal, Steps, read_window
from .pool import Pool, Task
from .setup import AccountsSetup


def work(pool: Pool) -> Steps[None]:
    """Everything that one worker does. An error ends the scan, and is raised in the consumer."""
    try:
        while (task := (yield from _take(pool))) is not None:
            yield from _carry_out(pool, task)
    except BaseException as error:
        pool.run.end(error)
        if not isinstance(error, Exception):
            raise


def _take(pool: Pool) -> Steps[Task | None]:
    """Something to do, as soon as there is something; None if nothing remains."""
    while (task := pool.take()) is None and not pool.is_read:
        yield Signal.IDLE
        if pool.run.error is not None:
            raise CancelledError
    return task


def _carry_out(pool: Pool, task: Task) -> Steps[None]:
    try:
        yield from read_window(task.job, task.window, 1 if task.is_probe else math.inf)
    except ScanError as error:
        pool.fail(task, error)
    except CancelledError:
        if not task.job.state.is_abandoned:
            raise
    finally:
        pool.leave(task)


def begin(setup: AccountsSetup) -> Steps[None]:
    """Find out which accounts there are."""
    accounts = setup.accounts
    if accounts is None:
        accounts = yield from connected(setup.query.settings, setup.max_outage)
    setup.pool.add(accounts)


def report_missing(pool: Pool) -> None:
    """Log which accounts are missing at the end."""
    if failed := list(pool.failed):
        shown = ", ".join(failed[:10]) + (", ..." if len(failed) > 10 else "")
        logger.warning(
            "%d of %d accounts could not be read to their end: %s",
            len(failed),
            pool.accounts,
            shown,
        )


def connected(settings: Settings, max_outage: float) -> Steps[list[str]]:
    """The ids of all accounts that are connected to the platform.

    Args:
        settings: How the calls are made.
        max_outage: Seconds for which a request is retried during an outage.

    Raises:
        StripeError: A page of them cannot be read.
    """
    accounts: dict[str, None] = {}
    last: str | None = None
    waits = settings.retry_delays
    while True:
        params: ListAccountsParams = {"limit": PAGE_SIZE}
        if last:
            params["starting_after"] = last
        fetched = yield from _fetched(params, settings, Outage(max_outage, waits=waits))
        place = f"the page of accounts behind {last!r}" if last else "the first page of accounts"
        page = fetched.page
        ids = [attribute(account, "id") for account in page.data]
        check_not_empty(ids, page.has_more, place)
        names = [name for name in ids if isinstance(name, str) and name]
        if len(names) < len(ids):
            raise UnexpectedResponseError(f"{place}: an account has no id")
        check_distinct(names, place, accounts)
        accounts.update(dict.fromkeys(names))
        if not page.has_more:
            return list(accounts)
        last = names[-1]


def _fetched(params: ListAccountsParams, settings: Settings, outage: Outage) -> Steps[Fetched]:
    """A page of accounts, retried for as long as an outage may last."""
    while True:
        try:
            fetched = yield Fetch(list_accounts(params), settings)
        except StripeError as error:
            delay = outage.delay(error)
            if delay is None:
                raise
        else:
            assert fetched is not None  # noqa: S101 - narrows the type: the outcome of a request
            return fetched
        if delay:
            yield Pause(delay)
