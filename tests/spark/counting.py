"""What a DataFrame has, and what it should have."""

from __future__ import annotations

from collections import Counter
from typing import Any

from stripe_invoice_payments.sandbox import Sandbox


def ids(rows: Any) -> dict[str, int]:
    """How many payments each account has in a DataFrame, none of which occurs twice."""
    found = rows.select("account", "id").collect()
    assert len({*found}) == len(found)
    return dict(Counter(row.account for row in found))


def expected(platform: Sandbox) -> dict[str, int]:
    return {account: size for account, size in platform.sizes.items() if size}
