"""`verify` and `verify_async`: count everything again, in the target and at Stripe."""

from __future__ import annotations

import os
import time
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import define, evolve

from stripe_invoice_payments_api.params import ListInvoicePaymentsParams

from .._config import checks as _checks
from .certificate import Certificate, certificate_of
from .manifest import Manifest
from .reading import batches_of
from .session import Batch, rows_of, summed
from .summary import COLUMNS as SUMMED, Summary
from .targets import target_of
from .threads import in_thread

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .._client import AsyncClient, Client
    from .._scan.progress import ScanProgress
    from ..accounts import AccountsProgress
    from .exporting import ExportArguments

    OnProgress: TypeAlias = Callable[[ScanProgress | AccountsProgress], object]

_ID = SUMMED.index("id")
_SELECTING = {*ListInvoicePaymentsParams.__annotations__, "accounts"}
_NAMED = 10
# What may change between an export and its verification; the rest selects the data.
_NOT_COMPARED = {"end", "headers", "stripe_version"}


def verify(
    target: str | os.PathLike[str],
    client: Client,
    *,
    progress: OnProgress | None = None,
    **options: Unpack[ExportArguments],
) -> Certificate:
    """Count the rows of an export and the payments at Stripe again, and compare both.

    Payments that have changed since the export count as differences, for example one that was open
    and is now paid. Of the ids that only the target has, or only Stripe, ten are named. Nothing is
    written.

    Example:
        from stripe_invoice_payments.export import export, verify

        export(client, to="payments.jsonl", status="paid")
        certificate = verify("payments.jsonl", client)
        print(certificate.to_json())

    Args:
        target: The target of the export, as passed in `to`.
        client: A client for the same account and mode.
        progress: Called with the progress of the scan, after each page. Must be a regular function.
        **options: How to read: `rate_limit`, `workers`, `max_outage` and the options of any call.
            Filters and period are those of the export.

    Raises:
        TypeError: An option is unknown or of the wrong type.
        ValueError: There is no export, it is in use, or the client reads other data.
        OSError: The target cannot be read.
        StripeError: A request failed.
    """
    check = Check.of(target, progress)
    scan, arguments = batches_of(client, check.scan_options(options))
    with scan(**arguments) as batches:
        check.require_same(batches.query)
        for batch in batches:
            check.count(batch)
    return check.certificate()


async def verify_async(
    target: str | os.PathLike[str],
    client: AsyncClient,
    *,
    progress: OnProgress | None = None,
    **options: Unpack[ExportArguments],
) -> Certificate:
    """The same as `verify`, for an `AsyncClient`.

    Args:
        target: The target of the export, as passed in `to`.
        client: A client for the same account and mode.
        progress: See `verify`.
        **options: See `verify`.
    """
    check = await in_thread(Check.of, target, progress)
    scan, arguments = batches_of(client, check.scan_options(options), is_async=True)
    async with scan(**arguments) as batches:
        check.require_same(batches.query)
        async for batch in batches:
            check.count(batch)
    return await in_thread(check.certificate)


class Ids:
    """The ids of a target, with nine bytes for each, and which of them are at Stripe.

    Args:
        hashes: The hashes of the ids.
    """

    def __init__(self, hashes: Iterable[int]) -> None:
        self._hashes = array("q", sorted(hashes))
        self._is_at_stripe = bytearray(len(self._hashes))
        self._others = 0
        self._named: list[str] = []

    def compare(self, identifier: str) -> None:
        """Note an id at Stripe."""
        place = self._place(identifier)
        if place is not None:
            self._is_at_stripe[place] = True
            return
        self._others += 1
        if len(self._named) < _NAMED:
            self._named.append(identifier)

    def differences(self, ids: Callable[[], Iterator[str]]) -> Iterator[str]:
        """What only one side has, in words; `ids` returns those of the target once more."""
        if self._others:
            yield f"at Stripe and not in the target: {_list(self._named, self._others)}"
        if not all(self._is_at_stripe):
            mine = [each for each in ids() if not self._is_at_stripe[self._place(each) or 0]]
            if mine:  # otherwise the target has an id twice
                yield f"in the target and not at Stripe: {_list(mine[:_NAMED], len(mine))}"

    def _place(self, identifier: str) -> int | None:
        wanted = hash(identifier)
        place = bisect_left(self._hashes, wanted)
        is_there = place < len(self._hashes) and self._hashes[place] == wanted
        return place if is_there else None


def _list(ids: list[str], number: int) -> str:
    more = f" and {number - len(ids)} more" if number > len(ids) else ""
    return f"{', '.join(sorted(map(str, ids)))}{more}"


@define(kw_only=True)
class Check:
    """One verification.

    Attributes:
        path: The target.
        manifest: The manifest of the target.
        in_target: The summary of its rows.
        ids: Their ids.
        changes: How its files differ from the manifest.
        at_stripe: The summary of the payments that have been read so far.
        pages_read: How many pages have been read.
        on_progress: Called with the progress of the scan.
    """

    path: str
    manifest: Manifest
    in_target: Summary
    ids: Ids
    changes: tuple[str, ...]
    at_stripe: Summary
    pages_read: int = 0
    on_progress: OnProgress | None = None

    @classmethod
    def of(cls, to: str | os.PathLike[str], progress: OnProgress | None) -> Check:
        """Count the rows of a target."""
        _checks.hook("progress", progress)
        path = _checks.path("target", to)
        # An unfinished Parquet file is not there yet, but its manifest is.
        if not Path(path).exists() and not Path(f"{path}.manifest.json").exists():
            raise ValueError(f"target: {path} does not exist, so there is no export in it")
        with target_of(to, "target", is_read_only=True) as target:
            manifest = target.read_manifest()
            if manifest is None:
                raise ValueError(f"target: there is no export in {target.path}")
            counted, hashes = Summary(), array("q")
            with target.reading():
                for rows in target.rows(manifest, SUMMED):
                    counted.add(rows)
                    hashes.extend(hash(row[_ID]) for row in rows)
                # Until the export is finished, more may have been written than counts.
                is_finished = manifest.state == "finished"
                changes = tuple(target.changes(manifest)) if is_finished else ()
        return cls(
            path=str(target.path),
            manifest=manifest,
            in_target=counted,
            ids=Ids(hashes),
            changes=changes,
            at_stripe=Summary(),
            on_progress=progress,
        )

    def scan_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """The options of a scan that reads what the export has read.

        Raises:
            TypeError: One of them selects what is read.
        """
        if given := options.keys() & _SELECTING:
            raise TypeError(f"{min(given)}: verify reads what the export has read; leave it out")
        query = self.manifest.query
        account = {
            name: query[name] for name in ("stripe_account", "stripe_context") if query[name]
        }
        accounts = {"accounts": query["accounts"]} if "accounts" in query else {}
        return {
            **account,
            **accounts,
            **options,
            **query["filters"],
            "created": {"gte": self.manifest.start, "lt": self.manifest.end},
            "progress": self.observe,
        }

    def require_same(self, query: Mapping[str, Any]) -> None:
        """Reject a client that reads other data than the export did."""
        theirs = self.manifest.query
        for name in sorted({*theirs, *query} - _NOT_COMPARED):
            if theirs.get(name) != query.get(name):
                raise ValueError(
                    f"client: it reads other data than the export in {self.path}: {name} was "
                    f"{theirs.get(name)!r:.200}, now it is {query.get(name)!r:.200}"
                )

    def observe(self, progress: ScanProgress | AccountsProgress) -> None:
        """Note how many pages have been read."""
        self.pages_read = progress.requests
        if self.on_progress is not None:
            self.on_progress(progress)

    def count(self, batch: Batch) -> None:
        """Count payments that Stripe has returned."""
        query = self.manifest.query
        account = query["stripe_account"] or query["stripe_context"]
        rows = [summed(row) for row in rows_of(batch, account, 0, "")]
        self.at_stripe.add(rows)
        for row in rows:
            self.ids.compare(row[_ID])

    def certificate(self) -> Certificate:
        """The certificate, with all differences."""
        manifest = self.manifest.summary
        return evolve(
            certificate_of(self.manifest, self.path),
            pages_read=self.pages_read,
            verified_at=int(time.time()),
            differences=(
                *self.changes,
                *manifest.differences(self.in_target, "in the manifest", "in the target"),
                *self.in_target.differences(self.at_stripe, "in the target", "at Stripe"),
                *self.ids.differences(self._ids_in_target),
            ),
        )

    def _ids_in_target(self) -> Iterator[str]:
        with (
            target_of(self.path, "target", is_read_only=True) as target,
            target.reading(),
        ):
            for rows in target.rows(self.manifest, ("id",)):
                yield from (identifier for (identifier,) in rows)
