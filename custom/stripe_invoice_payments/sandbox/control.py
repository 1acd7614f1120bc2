"""What a test can tell the sandbox, and ask it: in Python, or over HTTP (`control_api.py`)."""

from __future__ import annotations

import time

from stripe_invoice_payments_api.models import InvoicePayment

from .._webhooks import no_secret, signing_key
from . import changes, shapes, webhooks
from .engine import Engine
from .facts import Payment
from .fault_rules import DEFAULT_SECONDS
from .rate_limit import RateLimit
from .state import State
from .traffic import Traffic
from .webhooks import WebhookRequest


class Control:
    """Changes the data, sets faults, latency and limits, and tells of the requests."""

    def __init__(
        self,
        engine: Engine,
        *,
        latency: float = 0.0,
        jitter: float = 0.0,
        rate_limit: float | None = None,
        endpoint_rate_limit: float | None = None,
    ) -> None:
        self._engine = engine
        self._initial_latency = (latency, jitter)
        self._initial_rate_limit = (rate_limit, endpoint_rate_limit)
        self.reset()

    def reset(self) -> None:
        """Go back to how the sandbox started: data, faults, latency, limits and counts."""
        with self._engine.lock:
            self._engine.reset()
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
            invoice: The id of the invoice that it is for; a new one, unless given.
            amount_requested: In the currency's minor unit.
            amount_paid: If `status` is `paid`: all of `amount_requested`, unless given.
            currency: That of the invoice; `usd` on a new one, unless given.
            created: The second of its creation; now, unless given. What is paid or canceled was so
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
            amount_paid: If `status` is `paid`: all of `amount_requested`, unless given.
            at: The second when that happened; now, unless given.

        Returns:
            The invoice payment as the client reads it.
        """
        with self._engine.lock:
            _account, state, payment = self._find(invoice_payment)
            payment = changes.with_status(
                payment,
                status,
                amount_paid=amount_paid,
                at=int(time.time()) if at is None else at,
            )
            state.change_payment(payment)
            return _as_read(payment, state)

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
            timestamp: The time of signing in Unix seconds; now, unless given.

        Returns:
            The body, and the headers with the signature.
        """
        key = signing_key(secret)
        del secret  # a traceback of what follows may show variables
        if key is None:
            raise no_secret()
        _check_not_negative("timestamp", timestamp or 0)
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
        seconds: float = DEFAULT_SECONDS,
    ) -> None:
        """Let requests fail from here on. Of several faults, the first that applies wins.

        Args:
            name: One of the table in the documentation, `server_error` for one.
            times: How many requests fail; all of them, unless given.
            skip: How many matching requests go by before.
            rate: The share of the matching requests that fails, from 0 to 1. Which ones they are
                depends on the seed only.
            path: Only requests to this path, in which `*` stands for anything.
            method: Only requests with this method.
            seconds: How long the slow faults take.
        """
        for argument, value in (("times", times or 0), ("skip", skip), ("seconds", seconds)):
            _check_not_negative(argument, value)
        if not 0 <= rate <= 1:
            raise ValueError(f"rate: not from 0 to 1: {rate}")
        with self._engine.lock:
            self._engine.fault_rules.add(
                name,
                times=times,
                skip=skip,
                rate=rate,
                path=path,
                method=method,
                seconds=seconds,
            )

    def clear_faults(self) -> None:
        """Let no more requests fail."""
        with self._engine.lock:
            self._engine.fault_rules.clear()

    def set_latency(self, seconds: float, jitter: float = 0.0) -> None:
        """Let each request wait before it is answered.

        Args:
            seconds: How long; 0 for not at all.
            jitter: How many seconds more or less it may be.
        """
        _check_not_negative("seconds", seconds)
        _check_not_negative("jitter", jitter)
        with self._engine.lock:
            self._engine.set_latency(seconds, jitter)

    def set_rate_limit(self, account: float | None, endpoint: float | None = None) -> None:
        """Refuse requests beyond a limit with a 429, as Stripe does.

        Args:
            account: Requests a second of one account; None for any number.
            endpoint: Requests a second of one account to one endpoint; None for any number.
        """
        for argument, value in (("account", account), ("endpoint", endpoint)):
            if value is not None and not value > 0:
                raise ValueError(f"{argument}: not more than 0: {value}")
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


def _check_not_negative(name: str, value: float) -> None:
    if not value >= 0:
        raise ValueError(f"{name}: must not be negative: {value}")
