"""One sync: which requests it makes, and what it does with the responses. It sends none itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import define

from stripe_invoice_payments_api.columns import flat
from stripe_invoice_payments_api.models import Event, InvoicePayment

from .._scan.progress import ScanProgress
from .._version import __version__
from ..export.rows import NAMES, Values
from ..export.session import Batch
from .plan import Read, Wanted, plan_reads
from .results import Difference, SyncResult
from .state import Reading
from .table import MirrorTable

READS_AT_ONCE = 200
"""How many payments or lists are read before their rows are stored."""

_ID, _CREATED = NAMES.index("id"), NAMES.index("created")


@define(frozen=True)
class Scanning:
    """A step: scan with these arguments, and pass each batch on."""

    arguments: Mapping[str, Any]
    take: Callable[[Batch], None]


@define(frozen=True)
class Found:
    """What was read: the payments, and with how many requests. None: Stripe has no such object."""

    read: Read
    payments: Sequence[InvoicePayment] | None
    requests: int


@define(frozen=True)
class Rereading:
    """A step: read these, in any order, and pass all results on.

    Attributes:
        reads: What to read.
        take: Called with all results.
        is_patient: Whether a request is retried during an outage.
    """

    reads: Sequence[Read]
    take: Callable[[Iterable[Found]], None]
    is_patient: bool = True


Steps = Iterator[Scanning | Rereading]


class Run:
    """One run of a sync, or of what an event requires.

    Args:
        table: The mirror.
        query: What the client requests, as a scan describes it.
        batch_size: How many payments of a scan are stored together.
        progress: Called with the progress of each scan.

    Raises:
        ValueError: The target has something else, or the client reads other data.
        OSError: The target cannot be read or written.
    """

    def __init__(
        self,
        table: MirrorTable,
        query: dict[str, Any],
        batch_size: int,
        progress: Callable[[ScanProgress], object] | None,
    ) -> None:
        self._table = table
        self._progress = progress
        self._account: str | None = query["stripe_account"] or query["stripe_context"]
        self._version: str = query["stripe_version"]
        self._batch_size = batch_size
        self._state = table.begin(query)
        # A token is of no use to another release, or for other requests.
        self._scan = {**query, "release": __version__}
        self._added = self._updated = self._removed = self._read_again = self._requests = 0
        self._verified = 0
        self._differences: list[Difference] = []

    def result(self) -> SyncResult:
        """What the run has done."""
        return SyncResult(
            rows_added=self._added,
            rows_updated=self._updated,
            rows_removed=self._removed,
            read_again=self._read_again,
            requests=self._requests,
            watermark=self._state.watermark,
            rows_verified=self._verified,
            differences=tuple(self._differences),
        )

    def sync(self, look_back: int, *, verify: bool) -> Steps:
        """The steps of a sync."""
        unfinished = self._state.reading
        if unfinished is not None and unfinished.scan == self._scan:
            # What a killed sync has read may be old by now, so everything else follows as well.
            yield self._new(unfinished.since, unfinished)
        since = self._state.since(look_back)
        yield self._new(since, None)
        if since > self._state.start:
            yield from self._open(since)
            if verify:
                yield from self._verify(since)
        if verify:  # what was created from `since` on has just been read
            self._verified = self._table.count()

    def apply(self, read: Read) -> Steps:
        """The steps for an event."""

        def take(found: Iterable[Found]) -> None:
            for one in found:
                self._requests += one.requests
                self._read_again += len(one.payments or ())
                # Without a result, it is not visible yet: the next sync decides.
                self._store(self._rows(one.payments or ()))

        # Whoever waits for an event, such as a webhook's sender, does not wait for long.
        yield Rereading([read], take, is_patient=False)

    # --- What is new ---

    def _new(self, since: int, unfinished: Reading | None) -> Scanning:
        """Read what was created from this second on, or what a killed sync has left of that."""
        newest = None if unfinished is None else unfinished.newest

        def take(batch: Batch) -> None:
            nonlocal newest
            rows = self._rows(batch.payments)
            newest = _newest([newest, *(row[_CREATED] for row in rows)])
            if batch.left:
                self._state.reading = Reading(
                    since=since, token=batch.token, newest=newest, scan=self._scan
                )
            else:
                self._state.reading, self._state.is_complete = None, True
                # A time in the future, as of a wrong clock, would hide what is created until then.
                until_now = None if newest is None else min(newest, int(time.time()))
                self._state.watermark = _newest([until_now, self._state.watermark])
            self._store(rows)

        arguments = {"created": {"gte": since}} if since > 0 else {}
        return self._scanning(arguments, take, None if unfinished is None else unfinished.token)

    # --- What was open, and is not any more ---

    def _open(self, before: int) -> Steps:
        """List what is open and was created before this second, and read again what is not listed.

        A payment that was paid or canceled, and is open again, is in the list.
        """
        # In order, a short list is one request: nothing is divided before it was seen.
        filters = {"status": "open", "ordered": True}
        yield self._listing(filters, before, self._store)
        yield from self._again(self._table.unseen(before, final=False), self._store)

    # --- What should not have changed ---

    def _verify(self, before: int) -> Steps:
        """List all that was created before this second, and correct what differs.

        Nothing is corrected before everything is read, so that a killed sync reports nothing and
        hides nothing.
        """
        wrong: dict[str, Values] = {}
        gone: list[str] = []

        def compare(rows: Sequence[Values]) -> None:
            different = list(self._table.differences(rows))
            self._differences += different
            doubled = self._table.doubled(rows)
            self._differences += [
                Difference(each, "id", f"{each} in {count} rows", each) for each, count in doubled
            ]
            gone.extend(each for each, _ in doubled)
            ids = {difference.id for difference in different} | {*gone}
            wrong.update({row[_ID]: row for row in rows if row[_ID] in ids})

        def compare_again(rows: Sequence[Values], absent: Sequence[str]) -> None:
            compare(rows)
            gone.extend(absent)
            self._differences += [Difference(each, "id", each, None) for each in absent]

        yield self._listing({}, before, compare)
        yield from self._again(self._table.unseen(before, final=True), compare_again)
        if count := self._table.nameless():
            self._differences.append(Difference("", "id", f"{count} rows without id or time", None))
        self._store(list(wrong.values()), gone, trusting=False)

    # --- The parts of these ---

    def _listing(
        self, arguments: Mapping[str, Any], before: int, use: Callable[[Sequence[Values]], None]
    ) -> Scanning:
        """Scan the mirror's period up to a second, and note what is there."""
        self._table.forget_seen()

        def take(batch: Batch) -> None:
            rows = self._rows(batch.payments)
            self._table.see(rows)
            use(rows)

        created = {"lt": before} | ({"gte": self._state.start} if self._state.start else {})
        return self._scanning({**arguments, "created": created}, take, None)

    def _scanning(
        self, arguments: Mapping[str, Any], take: Callable[[Batch], None], token: str | None
    ) -> Scanning:
        """A scan whose requests are counted."""
        before = self._requests

        def observe(progress: ScanProgress) -> None:
            self._requests = before + progress.requests
            if self._progress is not None:
                self._progress(progress)

        options = {"batch_size": self._batch_size, "resume_from": token, "progress": observe}
        return Scanning({**arguments, **options}, take)

    def _again(
        self, wanted: Sequence[Wanted], use: Callable[[Sequence[Values], Sequence[str]], None]
    ) -> Steps:
        """Read payments again; `use` is called with the rows, and with the ids of what is gone."""
        self._read_again += len(wanted)
        waiting = plan_reads(wanted)

        def take(found: Iterable[Found]) -> None:
            rows: list[Values] = []
            gone: list[str] = []
            for one in found:
                self._requests += one.requests
                read = self._rows(one.payments or ())
                rows += read
                absent = {*one.read.ids} - {row[_ID] for row in read}
                if one.read.filters is None:
                    gone += absent
                else:  # a list does not prove that a payment is gone
                    waiting.extend(Read((each,)) for each in sorted(absent))
            use(rows, gone)

        while waiting:
            now = waiting[:READS_AT_ONCE]
            del waiting[:READS_AT_ONCE]
            yield Rereading(now, take)

    def _rows(self, payments: Iterable[InvoicePayment]) -> list[Values]:
        """The rows of payments, as far as they belong to the mirror's period."""
        now = int(time.time())
        rows = (flat(payment, self._account, now, self._version) for payment in payments)
        return [row for row in rows if row[_CREATED] >= self._state.start]

    def _store(
        self, rows: Sequence[Values], gone: Sequence[str] = (), *, trusting: bool = True
    ) -> None:
        changes = self._table.store(rows, gone, self._state, trusting=trusting)
        self._added += changes.added
        self._updated += changes.updated
        self._removed += changes.removed


def read_for(event: Event, query: Mapping[str, Any]) -> Read | None:
    """What to read because of an event; None if it concerns no invoice payment.

    Raises:
        TypeError: It is not an event.
        ValueError: The event is of another account or mode than the query.
    """
    if not isinstance(event, Event):  # pyright: ignore[reportUnnecessaryIsInstance] - not all callers type-check
        raise TypeError(f"event must be an Event, got {type(event).__name__}")
    mode = "live" if event.livemode else "test"
    if query["mode"] not in (mode, None):
        raise ValueError(f"event: {event.id} is of {mode} mode, the mirror of {query['mode']} mode")
    account = query["stripe_account"]
    if query["stripe_context"] is None and event.account != account:
        raise ValueError(
            f"event: {event.id} is of the account {event.account or 'of the key'}, the mirror of "
            f"{account or 'the account of the key'}"
        )
    about = event.data.object
    kind, identifier = about.get("object"), about.get("id")
    if not isinstance(identifier, str):
        return None
    if kind == "invoice_payment":
        return Read((identifier,))
    if kind == "invoice":
        return Read(filters={"invoice": identifier})
    if kind == "payment_intent":
        return Read(filters={"payment": {"type": "payment_intent", "payment_intent": identifier}})
    return None


def _newest(times: Iterable[int | None]) -> int | None:
    return max((each for each in times if each is not None), default=None)
