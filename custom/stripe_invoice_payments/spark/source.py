"""What Spark calls: on the driver to plan, and in each task to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve

from .base import DataSource, DataSourceReader, InputPartition, setting
from .options import Options, as_of, read_options
from .planning import pack
from .pushing import push, query_of
from .reading import SCHEMA, Work, new_client, rates_of, read_bin
from .sizes import accounts_of, is_bounded, probed, sizes_in


class StripeInvoicePayments(DataSource):
    """The invoice payments of many connected accounts, as a Spark data source.

    Register it with `spark.dataSource.register(StripeInvoicePayments)`, and read with
    `spark.read.format("stripe_invoice_payments")` and its options. It has the columns of every
    export. The documentation is in `docs/spark.md`.
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
        options = self._options
        end = as_of(self._query.end)
        self._query = query = evolve(self._query, end=max(self._query.start, end))
        rates = rates_of(options)
        with new_client(options, max_retries=5) as client:
            accounts = accounts_of(client, options.accounts, query.accounts)
            known: Mapping[str, int] = sizes_in(options.sizes) if options.sizes else {}
            unknown = [each for each in accounts if each not in known]
            found = probed(client, unknown, query, rates.platform) if query.start < end else {}
        sizes = {each: known.get(each, found.get(each, 0)) for each in accounts}
        may_cut = is_bounded(query)
        bins = pack(sizes, (query.start, query.end), rates, options.slots, may_cut=may_cut)
        return [InputPartition(Work(each, len(bins))) for each in bins]

    def read(self, partition: InputPartition | None) -> Iterator[Any]:
        """The payments of a bin, as record batches.

        Without any bins, Spark starts one task all the same, with an empty partition.
        """
        work: Work | None = None if partition is None else partition.value
        if work is not None and self._query.start < self._query.end:
            yield from read_bin(self._options, self._query, work, setting)


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
