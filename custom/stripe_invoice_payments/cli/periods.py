"""Dates and periods, as people write them."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from datetime import datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple

from .exits import Exit, Failure

if TYPE_CHECKING:
    from .. import CreatedFilter

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")

_YEAR = 365 * 86400


class Period(NamedTuple):
    """The first second of a period, and the one after its last."""

    start: int
    end: int

    @property
    def created(self) -> CreatedFilter:
        """The filter of a list."""
        return {"gte": self.start, "lt": self.end}


PERIOD_HELP = (
    "2025, 2025-03, 2025-03-31, or START..END, where END is not included: 2025-01-01..2025-04-01"
)


def zone(name: str) -> tzinfo:
    """The time zone with this name."""
    if name.upper() == "UTC":
        return timezone.utc
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Failure(
            Exit.USAGE, f"--tz must be a time zone such as Europe/Berlin, got {name!r}"
        ) from None


def period_of(text: str, where: tzinfo) -> Period:
    """The period with this text."""
    first, dots, last = text.partition("..")
    start, end = _stretch(first, where, text)
    if dots:
        end, _ = _stretch(last, where, text)
    if start >= end:
        raise Failure(Exit.USAGE, f"the period must end after it starts, got {text!r}")
    return Period(int(start.timestamp()), int(end.timestamp()))


def created_between(since: str | None, until: str | None, where: tzinfo) -> dict[str, Any]:
    """The arguments of a list for two bounds, each of which may be absent."""
    created: dict[str, int] = {}
    if since is not None:
        created["gte"] = int(moment(since, where).timestamp())
    if until is not None:
        created["lt"] = int(moment(until, where).timestamp())
    if len(created) == 2 and created["gte"] >= created["lt"]:
        raise Failure(Exit.USAGE, f"--until must be after --since, got {since} and {until}")
    return {"created": created} if created else {}


def moment(text: str, where: tzinfo) -> datetime:
    """A date, or a date with a time, which has the time zone `where` unless it has one."""
    if _DATE.fullmatch(text):
        return _stretch(text, where, text)[0]
    try:
        found = datetime.fromisoformat(re.sub(r"[Zz]$", "+00:00", text))
    except ValueError:
        raise _not_a_date(text) from None
    return found if found.tzinfo is not None else found.replace(tzinfo=where)


def is_period(text: str) -> bool:
    """Whether it is written like a period, rather than like the name of a file."""
    return re.fullmatch(f"{_DATE.pattern}|.+\\.\\..+", text) is not None and "/" not in text


def duration(text: str) -> float:
    """The seconds of a duration such as `15m`, for argparse."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(s|m|h|d)", text)
    seconds = float(match[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[match[2]] if match else 0
    if not 0 < seconds <= _YEAR:
        raise ArgumentTypeError(f"must be such as 30s, 15m, 2h or 1d, at most 365d, got {text!r}")
    return seconds


def _stretch(text: str, where: tzinfo, whole: str) -> tuple[datetime, datetime]:
    """The beginning of a year, a month or a day, and that of the next one."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise _not_a_date(whole)
    year, month, day = int(match[1]), int(match[2] or 1), int(match[3] or 1)
    try:
        start = datetime(year, month, day, tzinfo=where)
        if match[3]:
            following = datetime(year, month, day, tzinfo=timezone.utc) + timedelta(days=1)
            end = following.replace(tzinfo=where)
        elif match[2]:
            end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=where)
        else:
            end = datetime(year + 1, 1, 1, tzinfo=where)
    except (ValueError, OverflowError):
        raise _not_a_date(whole) from None
    return start, end


def _not_a_date(text: str) -> Failure:
    return Failure(Exit.USAGE, f"a date must be such as {PERIOD_HELP}, got {text!r}")
