"""What one task does: it reads its bin, within its share of the rates."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import define

from stripe_invoice_payments_api.columns import COLUMNS, flat

from .._call.observability import ResponseEvent, logger
from .._client import Client
from .._config import defaults as _defaults
from .._errors import StripeError
from ..accounts import MissingAccount, scan_accounts_batches
from ..export.arrow import record_batch
from ..export.rows import ARROW_CHUNK, NAMES, Values, chunks
from .cluster import Setting, concurrent_tasks, refuse_key_in_settings, refuse_speculation
from .keys import find_key
from .options import Options
from .planning import Bin, Rates
from .probing import FirstPage, token_behind
from .pushing import Query

_DDL = {
    "string": "STRING",
    "int64": "BIGINT",
    "float64": "DOUBLE",
    "bool": "BOOLEAN",
    "timestamp": "TIMESTAMP",
}

SCHEMA = ", ".join(f"`{column.name}` {_DDL[column.kind]}" for column in COLUMNS)
"""The columns of every export, as Spark spells them."""


@define(frozen=True)
class Work:
    """What one task does.

    Attributes:
        bin: What it reads.
        query: What is requested.
        pages: What the driver has read of these accounts.
    """

    bin: Bin
    query: Query
    pages: Mapping[str, FirstPage]


def new_client(options: Options, **more: Any) -> Client:
    """A client of the platform."""
    return Client(
        find_key(options).reveal(),
        base_url=options.base_url,
        stripe_version=options.stripe_version,
        **more,
    )


def rates_of(options: Options) -> Rates:
    """The limits of all tasks together."""
    rate = options.platform_rate
    if rate is None:
        is_live = find_key(options).mode == "live"
        rate = _defaults.PLATFORM_RATE if is_live else _defaults.PLATFORM_TEST_RATE
    return Rates(options.account_rate, rate)


def read_bin(options: Options, work: Work, bins: int, setting: Setting) -> Iterator[Any]:
    """The payments of a bin, as record batches.

    Args:
        options: The options of the data source.
        work: The bin, and what is requested.
        bins: How many bins the job has.
        setting: Spark's settings.

    Raises:
        ValueError: Spark is set up in a way that would send too many requests or show the key.
        StripeError: An account cannot be read, or the key or the network is at fault.
    """
    refuse_speculation(setting)
    refuse_key_in_settings(setting, _defaults.API_KEY_VARIABLE)
    query = work.query
    tasks = concurrent_tasks(setting, options.slots, bins)
    rates = rates_of(options).divided(tasks, work.bin.parts)
    reports = options.on_error == "report"
    filters = query.filters(work.bin.start, work.bin.end)
    kept = (row for page in work.pages.values() for row in page.values())
    yield from map(record_batch, chunks(kept, ARROW_CHUNK))
    refusals = _Refusals()
    with (
        new_client(options, on_response=refusals.count) as client,
        scan_accounts_batches(
            client,
            [*work.bin.sizes],
            **filters,
            resume_from=token_behind(client, filters, work.pages),
            account_rate=rates.account,
            platform_rate=rates.platform,
            sizes=work.bin.sizes,
            # Stripe refuses a filter by an invoice of another account.
            on_error="report" if reports or query.invoice else "raise",
            max_outage=options.max_outage,
            batch_size=ARROW_CHUNK,
        ) as batches,
    ):
        for batch in batches:
            if batch.payments:
                now = int(time.time())
                of_each = zip(batch.payments, batch.accounts, strict=True)
                version = options.stripe_version
                yield record_batch([flat(one, account, now, version) for one, account in of_each])
        missing = [each for each in batches.missing if not _is_of_another(each.error, query)]
    refusals.report(rates)
    if missing and not reports:
        raise missing[0].error
    if missing:
        yield record_batch([_row(each, options.stripe_version) for each in missing])


def _is_of_another(error: StripeError, query: Query) -> bool:
    """Whether an account has no such invoice, and therefore no payment of it."""
    is_missing = error.code == "resource_missing" and error.param == "invoice"
    return query.invoice is not None and is_missing


def _row(missing: MissingAccount, api_version: str) -> Values:
    """The row of an account that could not be read to its end: it has no id."""
    reason = {
        "error": missing.error.message,
        "status": missing.error.http_status,
        "left": missing.left,
    }
    values: Mapping[str, Any] = {
        "account": missing.account,
        "extra": json.dumps({"missing": reason}, separators=(",", ":")),
        "_extracted_at": int(time.time()),
        "_api_version": api_version,
    }
    return tuple(values.get(name) for name in NAMES)


class _Refusals:
    """Counts the requests that Stripe refused because there were too many."""

    def __init__(self) -> None:
        self._responses = 0
        self._refused = 0

    def count(self, event: ResponseEvent) -> None:
        self._responses += 1
        self._refused += event.status == 429

    def report(self, rates: Rates) -> None:
        if self._refused:
            logger.warning(
                "Stripe refused %d of the %d requests of this task with a 429; it sends at most "
                "%.3g per second. Lower platform_rate or account_rate, or find out what else uses "
                "the platform's limit",
                self._refused,
                self._responses,
                rates.platform,
            )
