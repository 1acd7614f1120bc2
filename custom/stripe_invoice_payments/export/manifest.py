"""The manifest of an export: what the target contains, what remains, and a summary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from attrs import asdict, define, field

from .rows import NAMES, seconds_of
from .sealing import Seal
from .summary import Summary, iso

_SEAL = Seal(
    kind="the manifest of an export",
    marker="stripe_invoice_payments_export",
    version=1,
    advice="or export into another target",
)

State = Literal["running", "incomplete", "finished"]


@define(frozen=True)
class Part:
    """One file of an export, and how much of it belongs to the export.

    Attributes:
        path: Its path, relative to the manifest.
        rows: How many rows it has.
        bytes: Its length. In a file that grows, anything after this length does not count.
    """

    path: str
    rows: int
    bytes: int


@define(frozen=True)
class Missing:
    """A stretch of time whose payments are not in the target, because reading it failed.

    Attributes:
        start: Its first second, in Unix seconds.
        end: The second after its last; None if it has no end.
        reason: The error.
        account: The account, in an export of many accounts.
    """

    start: int
    end: int | None
    reason: str
    account: str | None = None


@define(kw_only=True)
class Manifest:
    """What is known about an export.

    Attributes:
        format: The format of the target.
        query: What was requested: filters, period, account, mode. No secret.
        state: Whether it is finished. `incomplete`: a reported error stopped it.
        token: The token to resume from; None before the first batch.
        left: The stretches of creation time that remain to be read, newest first, in Unix seconds.
        summary: The summary of the rows.
        parts: The files, in the order in which they were written.
        missing: What could not be read.
        pages_read: How many pages of the list were read, in all runs.
        accounts_read: How many accounts there are, in an export of many.
        started_at: When the first run started, in Unix seconds.
        finished_at: When the last run ended; None until then.
    """

    format: str
    query: Mapping[str, Any]
    started_at: int
    left: list[tuple[int, int | None]]
    state: State = "running"
    token: str | None = None
    summary: Summary = field(factory=Summary)
    parts: list[Part] = field(factory=list[Part])
    missing: list[Missing] = field(factory=list[Missing])
    pages_read: int = 0
    accounts_read: int | None = None
    finished_at: int | None = None

    @property
    def start(self) -> int:
        """The first second of the period."""
        start: int = self.query["start"]
        return start

    @property
    def filters(self) -> dict[str, Any]:
        """What makes it more or less than a period of one account: filters, and accounts."""
        accounts = {"accounts": self.query["accounts"]} if "accounts" in self.query else {}
        return {**self.query["filters"], **accounts}

    @property
    def end(self) -> int:
        """The second after its last. Without an end, the period ends when the export started."""
        end: int | None = self.query["end"]
        newest = -1 if self.summary.newest is None else self.summary.newest
        return max(newest, self.started_at) + 1 if end is None else end

    def covered(self) -> list[tuple[int, int]]:
        """The stretches of creation time whose payments are in the target, newest first."""
        covered: list[tuple[int, int]] = []
        end = self.end
        for first, last in self.left:
            if last is not None and last < end:
                covered.append((last, end))
            end = first
        return [*covered, (self.start, end)] if self.start < end else covered

    def to_bytes(self) -> bytes:
        """The stored form: JSON, with readable times."""
        content = {
            "format": self.format,
            "columns": NAMES,
            "state": self.state,
            "query": self.query,
            "started_at": iso(self.started_at),
            "finished_at": iso(self.finished_at),
            "pages_read": self.pages_read,
            "accounts_read": self.accounts_read,
            **self.summary.to_json(),
            "covered": [[iso(start), iso(end)] for start, end in self.covered()],
            "left": [[iso(start), iso(end)] for start, end in self.left],
            "missing": [asdict(missing) for missing in self.missing],
            # Not `asdict`, which takes longer than the rest: there may be thousands.
            "parts": [
                {"path": part.path, "rows": part.rows, "bytes": part.bytes} for part in self.parts
            ],
            "token": self.token,
        }
        return _SEAL.write(content).encode()

    @classmethod
    def from_bytes(cls, content: bytes | str | None, where: str) -> Manifest:
        """The reverse of `to_bytes`.

        Raises:
            ValueError: It is not a manifest, was edited, or is of another release.
        """
        data = _SEAL.read(content, where)
        return cls(
            format=data["format"],
            query=data["query"],
            state=data["state"],
            token=data["token"],
            summary=Summary.from_json(data),
            left=[(_time(start), seconds_of(end)) for start, end in data["left"]],
            missing=[Missing(**missing) for missing in data["missing"]],
            parts=[Part(**part) for part in data["parts"]],
            pages_read=data["pages_read"],
            accounts_read=data["accounts_read"],
            started_at=_time(data["started_at"]),
            finished_at=seconds_of(data["finished_at"]),
        )

    def require_same(self, query: Mapping[str, Any], target: str) -> None:
        """Reject a different export into the same target.

        Raises:
            ValueError: The query is a different one.
        """
        names = sorted({*self.query, *query})
        if different := [name for name in names if self.query.get(name) != query.get(name)]:
            raise ValueError(
                f"to: {target} holds another export: "
                + "; ".join(
                    f"{name} was {self.query.get(name)!r:.200}, now it is {query.get(name)!r:.200}"
                    for name in different
                )
                + "; use another target for this one"
            )


def _time(text: str) -> int:
    seconds = seconds_of(text)
    assert seconds is not None  # noqa: S101 - narrows the type: of no text only
    return seconds
