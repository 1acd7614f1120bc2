"""What a scan requests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from attrs import define

from stripe_invoice_payments_api._request import Request
from stripe_invoice_payments_api.models import InvoicePayment, ListObject
from stripe_invoice_payments_api.operations import list_invoice_payments

from .._config.settings import Settings
from .._pages.period import FOREVER
from .plan import Window

PAGE_SIZE = 100

# Headers that do not change what Stripe returns. Any other header may select the data, so it is a
# part of a scan's identity.
_HARMLESS_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "baggage",
        "cache-control",
        "connection",
        "idempotency-key",
        "pragma",
        "proxy-authorization",
        "traceparent",
        "tracestate",
        "x-correlation-id",
        "x-request-id",
    }
)


@define(frozen=True, kw_only=True)
class ScanQuery:
    """What is requested, and how.

    Attributes:
        filters: The parameters of the list, except for its period, its cursors and its limit.
        start: The first second of the period, in Unix seconds.
        end: The second after its last.
        settings: How the calls are made.
    """

    filters: Mapping[str, Any]
    start: int
    end: int
    settings: Settings

    def identity(self) -> dict[str, Any]:
        """What selects the data, as JSON data. A token is valid for scans with the same."""
        identity = {
            "filters": {name: given for name, given in self.filters.items() if given is not None},
            "start": self.start,
            "end": self.end if self.end < FOREVER else None,
            "base_url": self.settings.base_url,
            "stripe_account": self.settings.stripe_account,
            "stripe_context": self.settings.stripe_context,
            "headers": _headers_identity(self.settings.headers),
            "mode": self.settings.api_key.mode,
        }
        as_json: dict[str, Any] = json.loads(json.dumps(identity, default=dict))
        return as_json

    def request(self, window: Window) -> Request[ListObject[InvoicePayment]]:
        """The request for the next page of `window`."""
        created: dict[str, int] = {}
        if self.start > 0:
            created["gte"] = self.start
        if window.before < FOREVER:
            created["lt"] = window.before
        params: dict[str, Any] = {**self.filters, "limit": PAGE_SIZE}
        if created:
            params["created"] = created
        if window.cursor is not None:
            params["starting_after"] = window.cursor
        typed: Any = params
        return list_invoice_payments(typed)


def _headers_identity(headers: Mapping[str, str]) -> dict[str, str]:
    """Hashes of the headers that may select the data, since the values may be secrets."""
    return {
        name: sha256(f"{name}: {headers[name]}".encode()).hexdigest()[:32]
        for name in sorted(headers)
        if name not in _HARMLESS_HEADERS
    }
