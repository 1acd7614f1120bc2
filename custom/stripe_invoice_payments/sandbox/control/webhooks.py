"""Webhooks, for tests of an endpoint: signed as Stripe does, and posted in the background.

They are not posted while the change is made: the endpoint may send requests to the sandbox before
it responds.
"""

from __future__ import annotations

import hmac
import json
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from stripe_invoice_payments_api.models import JSONObject

from ..._config.checks import is_loopback
from ..._repr import shows_incomplete
from ..._webhooks import signature_header


class WebhookRequest(NamedTuple):
    """A request to a webhook endpoint, for a test to pass to the code under test."""

    body: bytes
    """Exactly the bytes that were signed."""

    headers: dict[str, str]
    """`Stripe-Signature` and `Content-Type`."""


def body(event: JSONObject) -> bytes:
    """The body that is posted for an event."""
    # Indented, unlike json.dumps by default, so that the signature fails for an endpoint that
    # parses and serializes the body before it verifies it.
    return json.dumps(event, indent=2).encode()


def sign(body: bytes, key: hmac.HMAC, timestamp: int | None) -> WebhookRequest:
    """The request with this body, signed at `timestamp`, by default now."""
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": signature_header(body, key, timestamp),
    }
    return WebhookRequest(body, headers)


TIMEOUT = 5.0
"""Seconds that an endpoint has to accept the connection, and to respond."""

DELIVERIES_KEPT = 1_000


@shows_incomplete
@dataclass(frozen=True, slots=True)
class WebhookDelivery:
    """The outcome of one webhook."""

    event: str
    """The id of the event."""

    url: str

    status: int | None
    """The status of the endpoint's response; None if there was none."""

    error: str | None
    """Why there was none."""


class _Endpoint(NamedTuple):
    url: str
    key: hmac.HMAC


class Deliveries:
    """Posts events to one endpoint and records the outcomes.

    Args:
        hosts: Hosts that webhooks may be posted to in addition to this machine's own.
    """

    def __init__(self, hosts: Iterable[str]) -> None:
        self._hosts = frozenset(host.lower() for host in hosts)
        self._endpoint: _Endpoint | None = None
        self._executor: ThreadPoolExecutor | None = None
        self._posted: deque[Future[WebhookDelivery]] = deque(maxlen=DELIVERIES_KEPT)

    def start(self, url: str, key: hmac.HMAC) -> None:
        """Post all further events to this URL, signed with this key."""
        self._check(url)
        self._endpoint = _Endpoint(url, key)

    def reset(self) -> None:
        """Post nothing more, and forget what was posted."""
        self._endpoint = None
        for future in self._posted:
            future.cancel()
        self._posted.clear()

    def post(self, event: str, body: bytes) -> None:
        """Post an event, if there is an endpoint."""
        if self._endpoint is None:
            return
        if self._executor is None:
            self._executor = ThreadPoolExecutor(1, thread_name_prefix="stripe-sandbox-webhooks")
        self._posted.append(self._executor.submit(_deliver, self._endpoint, event, body))

    def read(self, timeout: float) -> tuple[WebhookDelivery, ...]:
        """The outcome of each webhook; waits up to `timeout` seconds for those in progress."""
        posted = list(self._posted)
        wait(posted, timeout)
        return tuple(one.result() for one in posted if one.done() and not one.cancelled())

    def stop(self) -> None:
        """Drop webhooks that were not posted yet, and wait for the one in progress."""
        executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(cancel_futures=True)

    def _check(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            _ = parts.port
        except ValueError:
            parts = SplitResult("", "", "", "", "")
        printable = all("!" <= character <= "~" for character in url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or not printable:
            raise ValueError(f"url must be an http:// or https:// URL, got {url[:200]!r}")
        if "@" in parts.netloc or parts.fragment:
            raise ValueError("url must have no credentials and no fragment")
        if not is_loopback(parts.hostname) and parts.hostname not in self._hosts:
            raise ValueError(
                f"url must be on this machine or on one of webhook_hosts (--webhook-hosts), "
                f"got host {parts.hostname[:200]!r}"
            )


def _deliver(endpoint: _Endpoint, event: str, body: bytes) -> WebhookDelivery:
    parts = urlsplit(endpoint.url)
    request = sign(body, endpoint.key, None)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    status = error = None
    try:
        connection.request("POST", target, request.body, request.headers)
        status = connection.getresponse().status
    except (OSError, HTTPException) as problem:
        error = f"{type(problem).__name__}: {problem}"
    finally:
        connection.close()
    return WebhookDelivery(event, endpoint.url, status, error)
