"""What a test can tell the sandbox, and ask it: in Python, or over HTTP (`http.py`)."""

from __future__ import annotations

import time
from collections.abc import Iterable

from stripe_invoice_payments_api.models import Invoice, InvoicePayment

from ..._webhooks import no_secret, signing_key
from ..api.rate_limit import RateLimit
from ..data import changes, shapes
from ..data.checks import MAX_COUNT, MAX_SECOND, check_integer, check_rate, check_seconds
from ..data.facts import InvoiceEdits, Payment
from ..data.state import State
from ..engine import Engine
from ..faults.rules import DEFAULT_SECONDS, FaultRules
from ..faults.table import fault_named
from . import webhooks
from .traffic import Traffic
from .webhooks import Deliveries, WebhookDelivery, WebhookRequest

METHODS = (
    "create_invoice_payment",
    "set_invoice_payment_status",
    "update_invoice",
    "delete_invoice",
    "invoice_payment_paid_webhook",
    "post_webhooks_to",
    "stop_webhooks",
    "webhook_deliveries",
    "add_fault",
    "clear_faults",
    "set_latency",
    "set_rate_limit",
    "traffic",
    "clear_traffic",
    "reset",
)
"""The names of the methods that can be called over HTTP as well."""


class Control:
    """Changes the data, sets faults, latency and limits, and reports the requests."""

    def __init__(
        self,
        engine: Engine,
        fault_rules: FaultRules,
        *,
        latency: float = 0.0,
        jitter: float = 0.0,
        rate_limit: float | None = None,
        endpoint_rate_limit: float | None = None,
        webhook_hosts: Iterable[str] = (),
    ) -> None:
        self._engine = engine
        self._fault_rules = fault_rules
        self._deliveries = Deliveries(webhook_hosts)
        self._initial_latency = (latency, jitter)
        self._initial_rate_limit = (rate_limit, endpoint_rate_limit)
        self.reset()

    def reset(self) -> None:
        """Go back to how the sandbox started: data, faults, latency, limits, counts, webhooks."""
        self._deliveries.reset()
        with self._engine.lock:
            self._engine.reset()
        self._fault_rules.clear()
        self.set_latency(*self._initial_latency)
        self.set_rate_limit(*self._initial_rate_limit)

    # --- Data ---

    def create_invoice_payment(
        self,
        *,
        invoice: str | None = None,
        amount_requested: int = 1000,
        amount_paid: int | None = None,
        currency: str | None = None,
        created: int | None = None,
        status: str = "open",
        type: str = "payment_intent",
        account: str | None = None,
        livemode: bool = False,
    ) -> InvoicePayment:
        """Create an invoice payment, and what pays it.

        Args:
            invoice: The id of the invoice that it is for; by default a new one.
            amount_requested: In the currency's minor unit.
            amount_paid: If `status` is `paid`: by default all of `amount_requested`.
            currency: By default that of the invoice, and `usd` on a new one.
            created: The second of its creation; by default now. What is paid or canceled was so
                at once.
            status: `open`, `paid` or `canceled`.
            type: What pays: `payment_intent`, `payment_record` or `charge` (which must be paid).
            account: The connected account that it belongs to.
            livemode: Whether it is live data, which the live key sees.

        Returns:
            The invoice payment as the client reads it.
        """
        with self._engine.lock:
            state = self._engine.states.get((account, livemode))
            if state is None:
                raise ValueError(f"account: there is no {account!r}")
            payment = changes.create_payment(
                state,
                invoice=invoice,
                amount_requested=amount_requested,
                amount_paid=amount_paid,
                currency=currency,
                created=created,
                status=status,
                type=type,
            )
            self._post_if_paid(payment, state, account)
            return _as_read(payment, state)

    def set_invoice_payment_status(
        self,
        invoice_payment: str,
        status: str,
        *,
        amount_paid: int | None = None,
        at: int | None = None,
    ) -> InvoicePayment:
        """Let an invoice payment be open, paid or canceled, and its invoice with it.

        Args:
            invoice_payment: Its id, whichever account it belongs to.
            status: `open`, `paid` or `canceled`.
            amount_paid: If `status` is `paid`: by default all of `amount_requested`.
            at: The second when that happened; by default now.

        Returns:
            The invoice payment as the client reads it.
        """
        with self._engine.lock:
            account, state, before = self._find(invoice_payment)
            payment = changes.with_status(
                before,
                status,
                amount_paid=amount_paid,
                at=int(time.time()) if at is None else at,
            )
            state.change_payment(payment)
            if before.status != "paid":
                self._post_if_paid(payment, state, account)
            return _as_read(payment, state)

    def update_invoice(
        self,
        invoice: str,
        *,
        total: int | None = None,
        amount_paid: int | None = None,
        status: str | None = None,
        customer: str | None = None,
        number: str | None = None,
        metadata: dict[str, str] | None = None,
    ) -> Invoice:
        """Set what an invoice says, whether or not its payments add up to that.

        What is None stays as it is. An amount or a status that was set no longer follows from the
        payments.

        Args:
            invoice: Its id, whichever account it belongs to.
            total: What it is about, in the currency's minor unit; `amount_due` and
                `amount_remaining` follow.
            amount_paid: What it says was paid.
            status: `open`, `paid`, `uncollectible` or `void`.
            customer: The id of its customer, and of the customer of what pays it.
            number: The number that is printed on it.
            metadata: All of its metadata.

        Returns:
            The invoice as the client reads it.
        """
        edits = InvoiceEdits(total, amount_paid, status, customer, number, metadata)
        with self._engine.lock:
            for state in self._engine.states.values():
                if state.find_invoice(invoice) is not None:
                    facts = changes.edit_invoice(state, invoice, edits)
                    return Invoice.from_dict(shapes.invoice(facts, state.ids, state.livemode))
        raise ValueError(f"invoice: there is no {invoice!r}")

    def delete_invoice(self, invoice: str) -> None:
        """Delete an invoice; its payments stay, and show what is left of it when it is expanded."""
        with self._engine.lock:
            for state in self._engine.states.values():
                found = state.find_invoice(invoice)
                if found is not None:
                    state.delete_invoice(found.number)
                    return
        raise ValueError(f"invoice: there is no {invoice!r}")

    def _find(self, invoice_payment: str) -> tuple[str | None, State, Payment]:
        """A payment, and the account that it belongs to; whoever calls this holds the lock."""
        for (account, _livemode), state in self._engine.states.items():
            number = state.find_payment(invoice_payment)
            if number is not None:
                return account, state, state.payment(number)
        raise ValueError(f"invoice_payment: there is no {invoice_payment!r}")

    # --- Webhooks ---

    def invoice_payment_paid_webhook(
        self, invoice_payment: str, *, secret: str, timestamp: int | None = None
    ) -> WebhookRequest:
        """What Stripe would post to a webhook endpoint when an invoice payment was paid.

        It is made, not sent: a test hands it to the code under test. For the same payment it is
        always the same event, as when Stripe delivers one again.

        Args:
            invoice_payment: Its id, whichever account it belongs to. It must be paid.
            secret: The signing secret that the code under test uses.
            timestamp: The time of signing in Unix seconds; by default now.

        Returns:
            The body, and the headers with the signature.
        """
        key = signing_key(secret)
        del secret  # a traceback of what follows may show variables
        if key is None:
            raise no_secret()
        check_integer("timestamp", timestamp or 0, 0, MAX_SECOND)
        with self._engine.lock:
            account, state, payment = self._find(invoice_payment)
        if payment.paid_at is None:
            raise ValueError(
                f"invoice_payment: {invoice_payment!r} is {payment.status}; only what is paid has "
                "this event"
            )
        body = webhooks.invoice_payment_paid(
            payment, state.ids, account=account, livemode=state.livemode
        )
        return webhooks.sign(body, key, timestamp)

    def post_webhooks_to(self, url: str, *, secret: str) -> None:
        """Post `invoice_payment.paid` to an endpoint whenever a test lets a payment be paid.

        Events are posted in order and in the background, once each, and signed when they are
        posted. Another call replaces the endpoint; `stop_webhooks` and `reset` remove it.

        Args:
            url: The endpoint: on this machine, or on one of the sandbox's `webhook_hosts`.
            secret: Its signing secret.
        """
        key = signing_key(secret)
        del secret  # a traceback of what follows may show variables
        if key is None:
            raise no_secret()
        self._deliveries.start(url, key)

    def stop_webhooks(self) -> None:
        """Post no further webhooks, and forget those that were posted."""
        self._deliveries.reset()

    def webhook_deliveries(self, timeout: float = 5.0) -> tuple[WebhookDelivery, ...]:
        """What became of the webhooks that were posted, the latest 1,000 of them.

        Args:
            timeout: How many seconds to wait for those that are under way.
        """
        return self._deliveries.read(check_seconds("timeout", timeout))

    def _post_if_paid(self, payment: Payment, state: State, account: str | None) -> None:
        if payment.paid_at is not None:
            body = webhooks.invoice_payment_paid(
                payment, state.ids, account=account, livemode=state.livemode
            )
            self._deliveries.post(state.ids["event"].encode(payment.number), body)

    # --- Faults, latency, limits ---

    def add_fault(
        self,
        name: str,
        *,
        times: int | None = None,
        skip: int = 0,
        rate: float = 1.0,
        path: str = "*",
        method: str = "*",
        account: str = "*",
        api_key: str = "*",
        seconds: float = DEFAULT_SECONDS,
    ) -> None:
        """Let requests fail from here on. Of several faults, the first that applies wins.

        Args:
            name: One of the table in the documentation, `server_error` for one.
            times: How many requests fail; by default all of them.
            skip: How many matching requests go by before.
            rate: The share of the matching requests that fails, from 0 to 1. Which ones they are
                depends on the seed only.
            path: Only requests to this path, in which `*` stands for anything.
            method: Only requests with this method.
            account: Only requests that act for this connected account, in which `*` stands for
                anything; empty for those that act for none.
            api_key: Only requests with this key, in which `*` stands for anything.
            seconds: How long the slow faults take.
        """
        for argument, count in (("times", times or 0), ("skip", skip)):
            check_integer(argument, count, 0, MAX_COUNT)
        check_seconds("seconds", seconds)
        if not 0 <= rate <= 1:
            raise ValueError(f"rate: not from 0 to 1: {rate}")
        fault_named(name)
        self._fault_rules.add(
            name,
            times=times,
            skip=skip,
            rate=rate,
            path=path,
            method=method,
            account=account,
            api_key=api_key,
            seconds=seconds,
        )

    def clear_faults(self) -> None:
        """Let no more requests fail."""
        self._fault_rules.clear()

    def set_latency(self, seconds: float, jitter: float = 0.0) -> None:
        """Let each request wait before it is answered.

        Args:
            seconds: How long; 0 for not at all.
            jitter: How many seconds more or less it may be.
        """
        check_seconds("seconds", seconds)
        check_seconds("jitter", jitter)
        with self._engine.lock:
            self._engine.set_latency(seconds, jitter)

    def set_rate_limit(self, account: float | None, endpoint: float | None = None) -> None:
        """Refuse requests beyond a limit with a 429, as Stripe does.

        Args:
            account: Requests a second of one account; None for any number.
            endpoint: Requests a second of one account to one endpoint; None for any number.
        """
        check_rate("account", account)
        check_rate("endpoint", endpoint)
        with self._engine.lock:
            self._engine.rate_limit = RateLimit(account, endpoint)

    # --- Counts ---

    def traffic(self) -> Traffic:
        """The requests to the API since the start, or since the last `reset` or `clear_traffic`."""
        return self._engine.traffic_log.read()

    def clear_traffic(self) -> None:
        """Count from zero again."""
        self._engine.traffic_log.clear()


def _as_read(payment: Payment, state: State) -> InvoicePayment:
    # Not the JSON: tests with types could pass none of its members on.
    return InvoicePayment.from_dict(shapes.invoice_payment(payment, state.ids, state.livemode))
