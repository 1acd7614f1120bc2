"""`python -m stripe_invoice_payments.sandbox`: serve until interrupted."""

from __future__ import annotations

import argparse
import logging
import math
import signal
import sys
import time
from collections.abc import Sequence
from typing import Any

from .control.guard import bound_everywhere
from .data.sizes import SIZES
from .faults.rules import seconds_from
from .faults.table import fault_named
from .server import CONNECTED_ACCOUNT, Sandbox

_PROG = "python -m stripe_invoice_payments.sandbox"
_RATES = ("rate_limit", "endpoint_rate_limit", "platform_rate_limit")
_LOG_LEVELS = ("critical", "error", "warning", "info", "debug")


def main(arguments: Sequence[str] | None = None, *, prog: str = _PROG) -> int:
    """Run the sandbox as a command; returns the exit code."""
    parser = _make_parser(prog)
    options = parser.parse_args(arguments)
    logging.basicConfig(
        level=options.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    # Handlers only append: raising, or setting an Event, is not safe in a signal handler.
    signals: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _frame: signals.append(received))
    sandbox = _make(
        parser,
        payments=options.payments,
        seed=options.seed,
        host=options.host,
        port=options.port,
        latency=options.latency,
        jitter=options.jitter,
        rate_limit=options.rate_limit,
        endpoint_rate_limit=options.endpoint_rate_limit,
        platform_rate_limit=options.platform_rate_limit,
        accounts=options.accounts,
        account_sizes=options.account_sizes,
        allowed_hosts=options.allowed_hosts,
        webhook_hosts=options.webhook_hosts,
    )
    for name, rate in options.fault:
        sandbox.add_fault(name, rate=rate)
    try:
        sandbox.start()
    except OSError as error:
        reason = error.strerror or error
        print(f"Cannot listen on {options.host} port {options.port}: {reason}", file=sys.stderr)
        return 1
    print(f"Stripe sandbox: {sandbox.base_url} with API key {sandbox.api_key}", flush=True)
    if bound_everywhere(options.host):
        port = sandbox.base_url.rpartition(":")[2]
        print(
            f"It listens on every address. From another container or machine: http://NAME:{port}, "
            "NAME being this one's name or address; a name with a dot goes into --allowed-hosts. "
            "The client needs base_url and the API key above.",
            flush=True,
        )
    while not signals:
        time.sleep(0.1)
    sandbox.stop()
    return 0


def _make(parser: argparse.ArgumentParser, **options: Any) -> Sandbox:
    try:
        return Sandbox(**options)
    except (TypeError, ValueError) as error:
        parser.error(str(error))


def _make_parser(prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=prog,
        description="Serve a sandbox that behaves like Stripe for invoice payments.",
        epilog=f"A connected account with data of its own is {CONNECTED_ACCOUNT}. For other "
        "keys and for controlling a running sandbox, see docs/use/sandbox.md.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=_port, default=0, help="port to listen on; 0: a free one")
    parser.add_argument(
        "--payments", type=_count, default=250, help="invoice payments in each account"
    )
    parser.add_argument("--seed", type=int, default=0, help="another seed, other data")
    parser.add_argument(
        "--accounts",
        type=_accounts,
        default=1,
        metavar="COUNT|ID,ID",
        help="connected accounts, each with data of its own: how many, or their ids",
    )
    parser.add_argument(
        "--account-sizes",
        choices=list(SIZES),
        default="equal",
        help="heavy_tail: a few of the connected accounts hold most of the payments, and "
        "--payments is their mean",
    )
    # Set here, because help would show them: (default: None).
    parser.set_defaults(**dict.fromkeys(_RATES), allowed_hosts=(), webhook_hosts=(), fault=[])
    parser.add_argument(
        "--allowed-hosts",
        type=_names,
        default=argparse.SUPPRESS,
        metavar="NAME,NAME",
        help="host names of the sandbox in addition to its address and localhost",
    )
    parser.add_argument(
        "--webhook-hosts",
        type=_names,
        default=argparse.SUPPRESS,
        metavar="NAME,NAME",
        help="hosts that webhooks may be posted to in addition to this machine",
    )
    parser.add_argument(
        "--latency",
        type=_seconds,
        default=0,
        metavar="SECONDS",
        help="delay each response",
    )
    parser.add_argument(
        "--jitter",
        type=_seconds,
        default=0,
        metavar="SECONDS",
        help="the most seconds by which the latency varies",
    )
    parser.add_argument(
        "--rate-limit",
        type=_rate,
        default=argparse.SUPPRESS,
        metavar="RATE",
        help="requests a second of one account; Stripe's is 25 for test data, 100 for live data",
    )
    parser.add_argument(
        "--endpoint-rate-limit",
        type=_rate,
        default=argparse.SUPPRESS,
        metavar="RATE",
        help="requests a second of one account to one endpoint; 25 is Stripe's",
    )
    parser.add_argument(
        "--platform-rate-limit",
        type=_rate,
        default=argparse.SUPPRESS,
        metavar="RATE",
        help="requests a second of all accounts together",
    )
    parser.add_argument(
        "--fault",
        type=_fault,
        action="append",
        default=argparse.SUPPRESS,
        metavar="NAME[:SHARE]",
        help="make requests fail; server_error:0.05 is one in twenty. Can be repeated",
    )
    parser.add_argument(
        "--log-level", choices=_LOG_LEVELS, default="warning", help="info: a line for each request"
    )
    return parser


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 0, got {text!r}")
    return int(text)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _accounts(text: str) -> int | tuple[str, ...]:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else _names(text)


def _seconds(text: str) -> float:
    try:
        return seconds_from(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0 < rate < math.inf:
        raise argparse.ArgumentTypeError(f"must be a number above 0, got {text!r}")
    return rate


def _fault(text: str) -> tuple[str, float]:
    name, colon, share = text.partition(":")
    try:
        fault_named(name)
        rate = float(share) if colon else 1.0
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if not 0 <= rate <= 1:
        raise argparse.ArgumentTypeError(f"the share must be from 0 to 1, got {share!r}")
    return name, rate


def _port(text: str) -> int:
    port = _count(text)
    if port > 65535:
        raise argparse.ArgumentTypeError(f"must be at most 65535, got {text}")
    return port


if __name__ == "__main__":
    sys.exit(main())
