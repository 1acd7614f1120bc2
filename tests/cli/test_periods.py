"""What people write as a period, and which seconds it has."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, strategies as st

from stripe_invoice_payments.cli.exits import Failure
from stripe_invoice_payments.cli.periods import is_period, period_of, zone

UTC = timezone.utc


def seconds(*date: int) -> int:
    return int(datetime(*date, tzinfo=UTC).timestamp())  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2025", (2025, 1, 1), (2026, 1, 1)),
        ("2025-03", (2025, 3, 1), (2025, 4, 1)),
        ("2025-12", (2025, 12, 1), (2026, 1, 1)),
        ("2024-02-29", (2024, 2, 29), (2024, 3, 1)),
        ("2025-01-01..2025-04-01", (2025, 1, 1), (2025, 4, 1)),
        ("2025-01..2025-03", (2025, 1, 1), (2025, 3, 1)),
        ("2024..2025-02-03", (2024, 1, 1), (2025, 2, 3)),
    ],
)
def test_periods(text, start, end):
    assert period_of(text, UTC) == (seconds(*start), seconds(*end))
    assert is_period(text)


@given(st.dates(min_value=datetime(1971, 1, 1).date(), max_value=datetime(2200, 1, 1).date()))  # noqa: DTZ001
def test_days_follow_each_other_without_a_gap(day):
    where = zone("Europe/Berlin")
    tomorrow = day + timedelta(days=1)
    of_day, of_tomorrow = period_of(str(day), where), period_of(str(tomorrow), where)
    assert of_day.end == of_tomorrow.start
    assert of_day.end - of_day.start in {23 * 3600, 24 * 3600, 25 * 3600}


@pytest.mark.parametrize(
    "text", ["", "..", "2025..", "..2025", "2025..2025", "2025-2", "2025-00", "25", "0000", "9999"]
)
def test_no_periods(text):
    with pytest.raises(Failure, match=r"a date must be|must end after"):
        period_of(text, UTC)


@pytest.mark.parametrize("text", ["x.csv", "dir/", "2025/", "../2025", "payments.duckdb"])
def test_targets_are_no_periods(text):
    assert not is_period(text)
