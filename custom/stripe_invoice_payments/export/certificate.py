"""The result of an export or a verification, for people and for programs."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from attrs import define

from .._repr import shows_incomplete
from .manifest import Manifest, Missing
from .summary import Summary, Total, iso


@shows_incomplete
@define(frozen=True, kw_only=True)
class Certificate:
    """What is in a target, and whether that is everything.

    `export` returns one that says what it wrote. `verify` returns one whose facts were counted
    again. `str(certificate)` is a text to keep with your records.

    Example:
        from stripe_invoice_payments.export import export, verify

        export(client, to="payments.csv", created={"gte": 1735689600, "lt": 1767225600})
        certificate = verify("payments.csv", client)
        print(certificate)
        assert certificate.is_complete

    Attributes:
        target: The path of the target.
        format: The format of the target.
        account: The connected account; None for the account of the key, or for many accounts.
        accounts: In an export of many accounts, their ids, or `connected`; otherwise None.
        accounts_read: How many accounts that was; otherwise None.
        rows_by_account: How many rows each connected account has; accounts without rows are not
            mentioned. These are the `sizes` that the next export or scan should be passed.
        mode: Whether the key was for `live` or `test` data.
        filters: The filters of the list, without the period.
        start: The first second of the period, in Unix seconds.
        end: The second after its last. If the period has no end, it ends when the export started.
        state: `finished`, `incomplete` if a reported error ended it, otherwise `running`.
        rows: How many rows the target has.
        newest: When its newest payment was created, in Unix seconds; None without rows.
        oldest: When its oldest payment was created, in Unix seconds; None without rows.
        totals: Rows and sums by currency and status.
        checksum: A checksum of all ids, independent of their order.
        missing: Stretches of time that could not be read, and why.
        pages_read: How many pages of the list were read.
        started_at: When the export started, in Unix seconds.
        finished_at: When its last run ended; None until then.
        verified_at: When it was counted again, in Unix seconds; None if it was not.
        differences: What differed when it was counted again, in words.
        did_nothing: Whether the export was already finished, so that nothing was read or written.
    """

    target: str
    format: str
    account: str | None
    accounts: str | tuple[str, ...] | None
    accounts_read: int | None
    rows_by_account: dict[str, int]
    mode: str
    filters: dict[str, Any]
    start: int
    end: int
    state: str
    rows: int
    newest: int | None
    oldest: int | None
    totals: dict[tuple[str, str], Total]
    checksum: str
    missing: tuple[Missing, ...]
    pages_read: int
    started_at: int
    finished_at: int | None
    verified_at: int | None = None
    differences: tuple[str, ...] = ()
    did_nothing: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether every payment of the period is in the target, as far as is known."""
        return self.state == "finished" and not self.missing and not self.differences

    @property
    def is_period_over(self) -> bool:
        """Whether the period was over when the export started, so that nothing can follow."""
        return self.end <= self.started_at + 1  # which is also the end of a period without one

    def to_json(self) -> str:
        """The whole certificate as JSON text."""
        summary = Summary(
            rows=self.rows,
            newest=self.newest,
            oldest=self.oldest,
            totals=self.totals,
            accounts=Counter(self.rows_by_account),
        ).to_json()
        content = {
            "is_complete": self.is_complete,
            "target": self.target,
            "format": self.format,
            "account": self.account,
            "accounts": self.accounts,
            "accounts_read": self.accounts_read,
            "mode": self.mode,
            "filters": self.filters,
            "period": [iso(self.start), iso(self.end)],
            "is_period_over": self.is_period_over,
            "state": self.state,
            **summary,
            "ids": self.checksum,
            "pages_read": self.pages_read,
            "started_at": iso(self.started_at),
            "finished_at": iso(self.finished_at),
            "verified_at": iso(self.verified_at),
            "differences": self.differences,
            "missing": [
                {
                    "start": iso(each.start),
                    "end": iso(each.end),
                    "reason": each.reason,
                    "account": each.account,
                }
                for each in self.missing
            ],
        }
        return json.dumps(content, indent=2)

    def __str__(self) -> str:
        verdict = "COMPLETE" if self.is_complete else "NOT COMPLETE"
        checked = (
            "as written by the export, not counted again"
            if self.verified_at is None
            else f"counted again at {iso(self.verified_at)}"
        )
        lines = [
            f"Invoice payments: {verdict}, {checked}",
            f"target      {self.target} ({self.format}, {self.state})",
            f"account     {self._whose()}, {self.mode} mode",
            f"period      {iso(self.start)} to before {iso(self.end)}{self._whether_over()}",
            f"filters     {json.dumps(self.filters) if self.filters else 'none'}",
            f"read        {self.pages_read} pages",
            f"exported    {iso(self.started_at)} to {iso(self.finished_at) or 'now'}",
            f"rows        {self.rows}",
            f"created     {iso(self.oldest) or 'never'} to {iso(self.newest) or 'never'}",
            f"ids         {self.checksum}",
        ]
        for (currency, status), total in sorted(self.totals.items()):
            lines.append(
                f"            {currency} {status}: {total.rows} rows, requested "
                f"{total.amount_requested}, paid {total.amount_paid} (minor units)"
            )
        if self.accounts is not None:
            lines += [
                f"            {account}: {rows} rows"
                for account, rows in sorted(self.rows_by_account.items())
            ]
        lines += [f"missing     {_stretch(each)}: {each.reason}" for each in self.missing]
        lines += [f"difference  {difference}" for difference in self.differences]
        return "\n".join(lines)

    def _whether_over(self) -> str:
        return "" if self.is_period_over else ", which was not over when the export started"

    def _whose(self) -> str:
        if self.accounts is None:
            return self.account or "the account of the key"
        if isinstance(self.accounts, str):
            return f"all connected accounts ({self.accounts_read or 0})"
        shown = ", ".join(self.accounts[:3]) + (", ..." if len(self.accounts) > 3 else "")
        return f"{len(self.accounts)} accounts ({shown})"


def certificate_of(manifest: Manifest, target: object) -> Certificate:
    """The content of a manifest as a certificate."""
    query, summary = manifest.query, manifest.summary
    accounts: str | list[str] | None = query.get("accounts")
    return Certificate(
        target=str(target),
        format=manifest.format,
        account=query["stripe_account"] or query["stripe_context"],
        accounts=tuple(accounts) if isinstance(accounts, list) else accounts,
        accounts_read=manifest.accounts_read,
        rows_by_account=dict(summary.accounts),
        mode=query["mode"],
        filters=dict(query["filters"]),
        start=manifest.start,
        end=manifest.end,
        state=manifest.state,
        rows=summary.rows,
        newest=summary.newest,
        oldest=summary.oldest,
        totals=dict(summary.totals),
        checksum=f"{summary.ids:032x}",
        missing=tuple(manifest.missing),
        pages_read=manifest.pages_read,
        started_at=manifest.started_at,
        finished_at=manifest.finished_at,
    )


def _stretch(missing: Missing) -> str:
    account = f"{missing.account} " if missing.account else ""
    return f"{account}{iso(missing.start)} to {iso(missing.end) or 'the end'}"
