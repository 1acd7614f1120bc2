"""What Spark calls: on the driver to plan, and in each task to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve

from .._client import Client
from .base import DataSource, DataSourceReader, DataSourceStreamReader, InputPartition, setting
from .options import Options, as_of, read_options
from .planning import Bin, pack
from .probing import FirstPage, first_pages
from .pushing import Query, push, query_of
from .reading import SCHEMA, Work, new_client, rates_of, read_bin
from .sizes import accounts_of, sizes_in
from .streaming import check_stream, now_at_stripe, queries_between

# Of each request of the driver; those of the tasks are retried for `max_outage` seconds.
PLANNING_RETRIES = 5


class StripeInvoicePayments(DataSource):
    """The invoice payments of many connected accounts, as a Spark data source.

    Register it with `spark.dataSource.register(StripeInvoicePayments)`, and read with
    `spark.read.format("stripe_invoice_payments")` and its options. It has the columns of every
    export. The documentation is in `docs/use/spark.md`.
    """

    @classmethod
    def name(cls) -> str:
        """The name of the format."""
        return "stripe_invoice_payments"

    def schema(self) -> str:
        """The columns. Spark calls this first, so that it also refuses what is invalid."""
        read_options(self.options)
        return SCHEMA

    def reader(self, schema: Any) -> Reader:
        """Reads everything once."""
        return Reader(read_options(self.options), schema)

    def streamReader(self, schema: Any) -> StreamReader:  # noqa: N802 - Spark's name
        """Reads what is new, again and again."""
        return StreamReader(read_options(self.options), schema)


class Reader(DataSourceReader):
    """Plans what is read, and reads one bin in each task.

    Spark pickles it, so it has no key and no connections.

    Args:
        options: The options.
        schema: The columns that Spark expects.

    Raises:
        ValueError: They are not the columns of an export.
    """

    def __init__(self, options: Options, schema: Any) -> None:
        _check_columns(schema)
        self._options = options
        self._query = query_of(options)

    @property
    def pushFilters(self) -> _PushFilters:  # noqa: N802 - Spark's name
        """Takes the filters that Stripe can apply, and returns the others."""
        return _PushFilters(self)

    def take_filters(self, filters: Iterable[Any]) -> list[Any]:
        """Take the filters that Stripe can apply; returns the others."""
        self._query, rest = push(self._query, filters)
        return rest

    def partitions(self) -> Sequence[InputPartition]:
        """One partition for each bin. The period ends now, for all of them."""
        with new_client(self._options, max_retries=PLANNING_RETRIES) as client:
            until = evolve(self._query, end=as_of(self._query.end))
            accounts = accounts_of(client, self._options.accounts, until.accounts)
            return _partitions(plan(client, self._options, until, accounts))

    def read(self, partition: InputPartition | None) -> Iterator[Any]:
        """The payments of a bin, as record batches."""
        yield from _read(self._options, partition)


class StreamReader(DataSourceStreamReader):
    """Reads what is new and what is open, in micro-batches.

    The offset is the watermark: everything that was created before it has been read. Each batch
    reads a little again that was created before, as a payment may become visible late.

    Args:
        options: The options.
        schema: The columns that Spark expects.

    Raises:
        ValueError: They are not the columns of an export, or an option is not one of streams.
    """

    def __init__(self, options: Options, schema: Any) -> None:
        _check_columns(schema)
        check_stream(options)
        self._options = options

    def initialOffset(self) -> dict[str, int]:  # noqa: N802 - Spark's name
        """Nothing has been read."""
        return {"watermark": self._options.start}

    def latestOffset(self) -> dict[str, int]:  # noqa: N802 - Spark's name
        """Now, by Stripe's clock; or the end of the period."""
        with new_client(self._options, max_retries=PLANNING_RETRIES) as client:
            now = now_at_stripe(client)
        return {"watermark": max(self._options.start, min(self._options.end, now))}

    def partitions(self, start: dict[str, int], end: dict[str, int]) -> Sequence[InputPartition]:
        """What was created between two watermarks, and what is open that was created before."""
        options = self._options
        queries = queries_between(options, start["watermark"], end["watermark"])
        works: list[Work] = []
        with new_client(options, max_retries=PLANNING_RETRIES) as client:
            accounts = accounts_of(client, options.accounts, None) if queries else []
            for query in queries:
                # Later batches are small, so that they are not worth a request for each account.
                is_first = query.start == options.start and query.status is None
                works += plan(client, options, query, accounts, probes=is_first)
        return _partitions(works)

    def read(self, partition: InputPartition | None) -> Iterator[Any]:
        """The payments of a bin, as record batches."""
        yield from _read(self._options, partition)

    def commit(self, end: dict[str, int]) -> None:
        """Nothing is kept."""

    def stop(self) -> None:
        """Nothing is open."""


def plan(
    client: Client,
    options: Options,
    query: Query,
    accounts: Sequence[str],
    *,
    probes: bool = True,
) -> list[Work]:
    """What is to be read, in bins.

    Args:
        client: A client with the platform's key.
        options: The options.
        query: What is requested.
        accounts: Of which accounts.
        probes: Whether to request the first page of each account whose size is unknown.
    """
    if query.start >= query.end:
        return []
    rates = rates_of(options)
    sizes: dict[str, int] = dict.fromkeys(accounts, 0)
    known: Mapping[str, int] = sizes_in(options.sizes) if options.sizes else {}
    sizes |= {each: size for each, size in known.items() if each in sizes}
    pages: dict[str, FirstPage] = {}
    if unknown := [each for each in accounts if each not in known] if probes else []:
        pages = first_pages(client, unknown, options, query, rates.platform)
        sizes |= {account: page.size for account, page in pages.items()}
    period = (query.start, query.end)
    bins = pack(sizes, period, rates, options.slots, may_cut=query.is_bounded)
    return [Work(each, query, _pages_in(each, pages)) for each in bins]


def _pages_in(part: Bin, pages: Mapping[str, FirstPage]) -> dict[str, FirstPage]:
    """The first pages of the accounts of a bin. Those of an account that is cut are read again."""
    if part.parts > 1:
        return {}
    return {account: pages[account] for account in part.sizes if account in pages}


def _partitions(works: Sequence[Work]) -> list[InputPartition]:
    return [InputPartition((work, len(works))) for work in works]


def _read(options: Options, partition: InputPartition | None) -> Iterator[Any]:
    """The payments of a partition. Without any bins, Spark starts a task with an empty one."""
    if partition is not None and partition.value is not None:
        work, bins = partition.value
        yield from read_bin(options, work, bins, setting)


class _PushFilters:
    """The method `pushFilters` of a reader.

    Spark refuses to read from a source that has this method unless its setting
    `spark.sql.python.filterPushdown.enabled` is true, which it is not by default. Without it, Spark
    applies all filters itself, and the rows are the same. So this claims to be the method of the
    base class, by which Spark recognizes a source without it.
    """

    __func__ = staticmethod(DataSourceReader.pushFilters)

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def __call__(self, filters: Iterable[Any]) -> Iterable[Any]:
        """Take the filters that Stripe can apply; returns the others."""
        return self._reader.take_filters(filters)


def _check_columns(schema: Any) -> None:
    found = ", ".join(f"`{each.name}` {each.dataType.simpleString().upper()}" for each in schema)
    if found != SCHEMA:
        raise ValueError(
            "schema must not be set: the columns are those of every export; select some of them "
            "after load()"
        )
