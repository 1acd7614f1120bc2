"""Pages of HTML for files and auditors: each is one file, and prints on A4."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from .exits import Exit, Failure
from .rows import Amount, utc

if TYPE_CHECKING:
    from .. import Money
    from ..export import Certificate
    from ..reconcile import Finding, Reconciliation, Total

_STYLE = """
:root { --text: #111; --page: #fff; --line: #ddd; --good: #05603a; --bad: #a11212 }
@media screen and (prefers-color-scheme: dark) {
  :root { --text: #eee; --page: #161616; --line: #444; --good: #5bc48f; --bad: #ff8a80 }
}
@page { size: A4; margin: 15mm }
body { font: 10pt/1.4 system-ui, sans-serif; color: var(--text); background: var(--page) }
body { max-width: 180mm; margin: 2em auto }
h1 { font-size: 16pt; margin: 0 } h2 { font-size: 12pt; margin: 1.6em 0 .4em; break-after: avoid }
p { margin: .6em 0 .2em }
.good { color: var(--good) } .bad { color: var(--bad) }
table { border-collapse: collapse; width: 100% }
table:has(th:nth-child(8)) { font-size: 6.5pt } /* so that three ids and five other columns fit */
th, td { text-align: left; vertical-align: top; padding: 2pt 4pt 2pt 0; white-space: nowrap }
tr { border-bottom: 1px solid var(--line); break-inside: avoid }
thead { display: table-header-group }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
td.text { overflow-wrap: anywhere; white-space: pre-line }
svg { width: 100%; height: 9pt } .due { fill: var(--line) } .paid { fill: var(--good) }
@media print { body { margin: 0; max-width: none } }
"""

Cell = str | int | Amount

_MARK = '<meta name="generator" content="inpay">'
_START = f'<!doctype html><html lang="en"><head><meta charset="utf-8">{_MARK}'

# What the reasons mean, to somebody who does not know the API.
_MEANINGS = {
    "amount_paid_differs": "What the invoice says was paid is not the sum of its paid payments.",
    "amount_paid_off_stripe_differs": "What the invoice says was paid outside Stripe is not the "
    "sum of its payments that were recorded as such.",
    "partly_paid": "Something was paid, but less than was due.",
    "overpaid": "More was paid than was due.",
    "past_due": "The invoice is open after its due date, and less was paid than was due.",
    "paid_out_of_band": "Something was paid outside Stripe, or the invoice is paid without any "
    "payment.",
    "several_payments": "Several payments paid the invoice.",
    "shared_payment_intent": "One payment intent paid this invoice and another one of the period.",
}


class Compared(NamedTuple):
    """What a reconciliation has read.

    Attributes:
        account: The connected account; None for that of the key.
        mode: `live` or `test`.
        start: When the first invoice may have been created, in Unix seconds.
        end: The second after the last; None for now.
        payments: The file that the payments are from; None for Stripe.
    """

    account: str | None
    mode: str
    start: int
    end: int | None
    payments: str | None


def check_page(path: str | None) -> None:
    """Refuse a path that a page could not be written to, before the work.

    Raises:
        Failure: Its directory does not exist, or there is a file that is not such a page.
    """
    if path is None:
        return
    import errno

    if not os.path.isdir(os.path.dirname(path) or "."):  # noqa: PTH112, PTH120 - pathlib is slow to import
        raise Failure(Exit.USAGE, f"{path}: {os.strerror(errno.ENOENT)}")
    if not os.path.isfile(path):  # noqa: PTH113
        return
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            start = file.read(len(_START))
    except OSError as error:
        raise Failure(Exit.USAGE, f"{path}: {error.strerror}") from error
    if start and start != _START.encode():
        raise Failure(
            Exit.USAGE,
            f"--html must be a new file or a page that inpay has written, and {path} is neither",
        )


def write_page(path: str, content: str) -> None:
    """Write a page to a file, whole or not at all. Links are followed, and devices are kept."""
    from pathlib import Path

    from .._files import replace_file

    data = content.encode(errors="backslashreplace")  # such as a path that is not UTF-8
    try:
        file = Path(os.path.realpath(path))  # unlike `resolve`, it allows loops
        if file.exists() and not file.is_file():
            raise Failure(Exit.USAGE, f"--html: {path} exists and is not a file")
        replace_file(file, data, mode=0o666)  # less what the umask forbids
    except OSError as error:
        raise Failure(Exit.USAGE, f"{path}: {error.strerror}") from error


def certificate_page(certificate: Certificate) -> str:
    """The page of a certificate."""
    is_complete = certificate.is_complete
    verified = certificate.verified_at
    checked = "not counted again" if verified is None else f"counted again at {_time(verified)}"
    not_over = "" if certificate.is_period_over else ", which was not over when the export started"
    facts = [
        ("target", f"{certificate.target} ({certificate.format}, {certificate.state})"),
        ("account", certificate.account or "the account of the key"),
        ("mode", certificate.mode),
        ("period", f"{_time(certificate.start)} to before {_time(certificate.end)}{not_over}"),
        ("filters", ", ".join(map(str, certificate.filters.items())) or "none"),
        ("exported", f"{_time(certificate.started_at)} to {_time(certificate.finished_at)}"),
        ("rows", str(certificate.rows)),
        ("created", f"{_time(certificate.oldest)} to {_time(certificate.newest)}"),
        ("ids", certificate.checksum),
    ]
    if certificate.accounts is not None:
        of_many = certificate.accounts
        shown = of_many if isinstance(of_many, str) else ", ".join(of_many)
        facts[1] = ("accounts", shown)
    sums = [
        (
            currency.upper(),
            status,
            total.rows,
            Amount(total.amount_requested, currency),
            Amount(total.amount_paid, currency),
        )
        for (currency, status), total in sorted(certificate.totals.items())
    ]
    missing = [
        (each.account or "", f"{_time(each.start)} to {_time(each.end)}", each.reason)
        for each in certificate.missing
    ]
    return _page(
        "Invoice payments",
        _verdict("COMPLETE" if is_complete else "NOT COMPLETE", checked, is_good=is_complete),
        _table(("", ""), facts),
        _section("Sums", ("currency", "status", "rows", "requested", "paid"), sums),
        _section("Missing", ("account", "stretch of time", "reason"), missing),
        _section("Differences", ("",), [(each,) for each in certificate.differences]),
    )


def reconciliation_page(
    report: Reconciliation, period: str, compared: Compared, *, is_consistent: bool
) -> str:
    """The page of a reconciliation: sums with a picture, then what was found, by reason."""
    verdict = "CONSISTENT" if is_consistent else "CONTRADICTIONS"
    reasons = dict.fromkeys(sorted(finding.reason.value for finding in report.findings))
    invoices = sum(total.invoices for total in report.totals)
    start = _time(compared.start) if compared.start else "the beginning"
    end = "now" if compared.end is None else f"before {_time(compared.end)}"
    facts = [
        ("account", compared.account or "the account of the key"),
        ("mode", compared.mode),
        ("invoices created", f"{start} to {end}"),
        ("invoices compared", str(invoices)),
        ("payments from", compared.payments or "Stripe"),
        ("written", _time(int(time.time()))),
    ]
    nothing = ""
    if not report.findings:
        about = f"about {invoices} invoices" if invoices else "because there are no invoices"
        nothing = f"<p>There is nothing to report, {about}.</p>"
    return _page(
        f"Invoices and their payments, {period}",
        _verdict(verdict, f"{len(report.findings)} findings", is_good=is_consistent),
        _table(("", ""), facts),
        nothing,
        _section(
            "Sums",
            ("currency", "invoices", "payments", "due", "paid (invoices)", "paid (payments)"),
            [
                (
                    total.currency.upper(),
                    total.invoices,
                    total.payments,
                    *map(_amount, (total.amount_due, total.amount_paid, total.paid)),
                )
                for total in report.totals
            ],
        ),
        *map(_bars, report.totals),
        *(
            _section(
                reason.replace("_", " ").capitalize(),
                _FINDING,
                [_cells(each) for each in report.findings if each.reason.value == reason],
                _MEANINGS[reason],
            )
            for reason in reasons
        ),
    )


_FINDING = (
    *("invoice", "status", "expected", "found", "difference", "currency"),
    *("payments", "paid by"),
)


def _cells(finding: Finding) -> tuple[Cell, ...]:
    return (
        finding.invoice,
        finding.status,
        *map(_amount, (finding.expected, finding.found, finding.difference)),
        finding.expected.currency.upper(),
        "\n".join(finding.payments),
        "\n".join(finding.paid_by),
    )


def _bars(total: Total) -> str:
    """What was paid of what was due in one currency, as a bar."""
    due, paid = max(total.amount_due.minor, 0), max(total.paid.minor, 0)
    share = 100 * paid / max(due, paid, 1)
    return (
        f"<p>{escape(total.currency.upper())}: {escape(str(total.paid))} of "
        f"{escape(str(total.amount_due))} paid</p>"
        '<svg viewBox="0 0 100 1" preserveAspectRatio="none" role="img">'
        '<rect class="due" width="100" height="1"/>'
        f'<rect class="paid" width="{share:.2f}" height="1"/></svg>'
    )


def _amount(money: Money) -> Amount:
    return Amount(money.minor, money.currency)


def _time(seconds: int | None) -> str:
    time = utc(seconds)
    return "never" if time is None else f"{time:%Y-%m-%d %H:%M:%S} UTC"


def _verdict(word: str, detail: str, *, is_good: bool) -> str:
    return (
        f'<p><strong class="{"good" if is_good else "bad"}">{escape(word)}</strong>, '
        f"{escape(detail)}</p>"
    )


def _section(
    title: str, names: Sequence[str], rows: Sequence[Sequence[Cell]], meaning: str = ""
) -> str:
    about = f"<p>{escape(meaning)}</p>" if meaning else ""
    return f"<h2>{escape(title)}</h2>{about}{_table(names, rows)}" if rows else ""


def _table(names: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    numeric = [
        any(isinstance(row[index], (int, Amount)) for row in rows) for index in range(len(names))
    ]
    classes = ["number" if is_number else "text" for is_number in numeric]
    head = _line("th", names, classes) if any(names) else ""
    body = "".join(_line("td", row, classes) for row in rows)
    return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"


def _line(tag: str, cells: Iterable[Cell], classes: Iterable[str]) -> str:
    texts = (each.major() if isinstance(each, Amount) else str(each) for each in cells)
    inside = "".join(
        f'<{tag} class="{kind}">{escape(text)}</{tag}>'
        for text, kind in zip(texts, classes, strict=True)
    )
    return f"<tr>{inside}</tr>"


def _page(title: str, *parts: str) -> str:
    return (
        f"{_START}<title>{escape(title)}</title>"
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{''.join(parts)}</body></html>\n"
    )
