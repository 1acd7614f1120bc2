"""How a test controls the sandbox and reads what it did: in Python, or over HTTP (`http.py`)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from ..._webhooks import no_secret, signing_key
from ..api.rate_limit import RateLimit
from ..core import Core
from ..data import changes
from ..data.checks import MAX_COUNT, MAX_SECOND, check_integer, check_rate, check_seconds
from ..data.events import Event
from ..data.objects import Objects
from ..data.state import State
from ..faults.rules import DEFAULT_SECONDS, FaultRules
from ..faults.table import fault_named
from . import webhooks
from .traffic import Traffic
from .webhooks import Deliveries, WebhookDelivery, WebhookRequest

METHODS = (
    "create_invoice_payment",
    "set_invoice_payment_status",
    "create_invoice",
    "create_payment_intent",
    "create_payment_record",
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
    """Sends webhooks, sets faults, latency and limits, and reports the requests."""

    def __init__(
        self,
        core: Core,
        fault_rules: FaultRules,
        *,
        latency: float = 0.0,
        jitter: float = 0.0,
        rate_limit: float | None = None,
        endpoint_rate_limit: float | None = None,
        platform_rate_limit: float | None = None,
        webhook_hosts: Iterable[str] = (),
    ) -> None:
        self._core = core
        self._fault_rules = fault_rules
        self._deliveries = Deliveries(webhook_hosts)
        self._initial_latency = (latency, jitter)
        self._initial_rate_limit = (rate_limit, endpoint_rate_limit, platform_rate_limit)
        for state in core.states.values():
            state.events.listener = partial(self._post, state)
        self.reset()

    def reset(self) -> None:
        """Go back to how the sandbox started: data, faults, latency, limits, counts, webhooks."""
        self._deliveries.reset()
        with self._core.lock:
            self._core.reset()
        self._fault_rules.clear()
        self.set_latency(*self._initial_latency)
        self.set_rate_limit(*self._initial_rate_limit)

    # --- Webhooks ---

    def invoice_payment_paid_webhook(
        self, invoice_payment: str, *, secret: str, timestamp: int | None = None
    ) -> WebhookRequest:
        """Create the request that Stripe would post when an invoice payment was paid.

        It is not sent: a test passes it to the code under test. The same payment always has the
        same event, as when Stripe delivers one again.

        Args:
            invoice_payment: Its id, whichever account it belongs to. It must be paid.
            secret: The signing secret of the endpoint.
            timestamp: The time of signing in Unix seconds; by default now.

        Returns:
            The body, and the headers with the signature.
        """
        key = signing_key(secret)
        del secret  # a traceback of what follows may show variables
        if key is None:
            raise no_secret()
        check_integer("timestamp", timestamp or 0, 0, MAX_SECOND)
        with self._core.lock:
            state, payment = self._core.find_payment(invoice_payment)
        if payment.paid_at is None:
            raise ValueError(
                f"invoice_payment must be paid, got {invoice_payment!r}, which is {payment.status}"
            )
        body = webhooks.body(Objects(state).event(changes.paid_event(state, payment)))
        return webhooks.sign(body, key, timestamp)

    def post_webhooks_to(self, url: str, *, secret: str) -> None:
        """Post `invoice_payment.paid` to an endpoint whenever a payment becomes paid.

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
        """The outcomes of the latest 1,000 webhooks.

        Args:
            timeout: How many seconds to wait for those in progress.
        """
        return self._deliveries.read(check_seconds("timeout", timeout))

    def _post(self, state: State, event: Event) -> None:
        """Post an event, if it is of the type that is posted."""
        if event.type == "invoice_payment.paid":
            shown = Objects(state).event(event)
            self._deliveries.post(str(shown["id"]), webhooks.body(shown))

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
        """Make further requests fail. Of several faults, the first that applies wins.

        Args:
            name: One of those in the documentation, for example `server_error`.
            times: How many requests fail; by default all of them.
            skip: How many matching requests pass before.
            rate: The share of the matching requests that fails, from 0 to 1. Which ones they are
                depends only on the seed.
            path: Only requests to this path; `*` matches anything.
            method: Only requests with this method.
            account: Only requests for this connected account; `*` matches anything, and an empty
                string matches requests for none.
            api_key: Only requests with this key; `*` matches anything.
            seconds: How long slow faults take.
        """
        for argument, count in (("times", times or 0), ("skip", skip)):
            check_integer(argument, count, 0, MAX_COUNT)
        check_seconds("seconds", seconds)
        if not 0 <= rate <= 1:
            raise ValueError(f"rate must be from 0 to 1, got {rate}")
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
        """Remove all faults."""
        self._fault_rules.clear()

    def set_latency(self, seconds: float, jitter: float = 0.0) -> None:
        """Delay each response.

        Args:
            seconds: How long; 0 for no delay.
            jitter: The most seconds by which the delay varies.
        """
        check_seconds("seconds", seconds)
        check_seconds("jitter", jitter)
        with self._core.lock:
            self._core.set_latency(seconds, jitter)

    def set_rate_limit(
        self,
        account: float | None,
        endpoint: float | None = None,
        platform: float | None = None,
    ) -> None:
        """Refuse requests beyond a limit with a 429, as Stripe does.

        Args:
            account: Requests a second of one account; None for any number.
            endpoint: Requests a second of one account to one endpoint; None for any number.
            platform: Requests a second of the platform and its connected accounts together; None
                for any number.
        """
        check_rate("account", account)
        check_rate("endpoint", endpoint)
        check_rate("platform", platform)
        with self._core.lock:
            self._core.rate_limit = RateLimit(account, endpoint, platform)

    # --- Counts ---

    def traffic(self) -> Traffic:
        """The requests to the API since the start, or since the last `reset` or `clear_traffic`."""
        return self._core.traffic_log.read()

    def clear_traffic(self) -> None:
        """Reset the counts."""
        self._core.traffic_log.clear()
