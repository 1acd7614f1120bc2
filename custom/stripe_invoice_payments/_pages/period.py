"""The period that a `created` filter asks for, in whole seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from stripe_invoice_payments_api.params import CreatedFilter

FOREVER = 1 << 62
"""The end of a period without one: no object is as young."""


def period(created: CreatedFilter | int | datetime | None) -> tuple[int, int]:
    """The first second of a `created` filter, and the one after its last."""
    if created is None:
        return 0, FOREVER
    if not isinstance(created, dict):
        second = unix_seconds(created, 0)
        return second, second + 1
    start = max(
        unix_seconds(created.get("gte"), 0),
        unix_seconds(created.get("gt"), -1) + 1,
    )
    end = min(
        unix_seconds(created.get("lt"), FOREVER),
        unix_seconds(created.get("lte"), FOREVER - 1) + 1,
    )
    return start, max(start, end)


def unix_seconds(value: int | datetime | None, default: int) -> int:
    """A point in time as Unix seconds."""
    if value is None:
        return default
    return value if isinstance(value, int) else int(value.timestamp())


def spelled_out(start: int, end: int) -> str:
    """The period in words, for messages."""
    return f"from {start} on" if end >= FOREVER else f"from {start} to before {end}"
