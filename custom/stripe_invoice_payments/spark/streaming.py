"""What a stream reads between two watermarks."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime

from attrs import evolve

from .._client import Client
from .options import Options
from .pushing import Query, query_of


def queries_between(options: Options, start: int, end: int) -> list[Query]:
    """What is new, and what is open and was created before, as its amounts may have changed.

    Args:
        options: The options of the data source.
        start: The watermark: everything that was created before it has been read.
        end: The next one.
    """
    if end <= start:
        return []
    everything = query_of(options)
    since = max(options.start, start - options.look_back)
    new = evolve(everything, start=since, end=end)
    if since == options.start:
        return [new]
    return [new, evolve(everything, end=since, status="open")]


def check_stream(options: Options) -> None:
    """Refuse what a stream cannot do.

    Raises:
        ValueError: It has a filter by status, or leaves out accounts.
    """
    if options.status is not None:
        raise ValueError(
            "status must not be set for a stream, because a payment changes its status; filter "
            "what was written"
        )
    if options.on_error != "raise":
        raise ValueError(
            "on_error must be 'raise' for a stream, because the watermark is that of all accounts"
        )


def now_at_stripe(client: Client) -> int:
    """The time by Stripe's clock: one that is ahead would skip what is created until then."""
    date = client.invoice_payments.with_raw_response.list(limit=1).headers.get("date")
    return int(time.time() if date is None else parsedate_to_datetime(date).timestamp())
