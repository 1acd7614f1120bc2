"""The headers that Stripe adds to every response."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..._config import defaults as _defaults

API_VERSION = _defaults.API_VERSION
"""The version of a request that names none: the one that the package was generated for."""

REQUEST_ID = "stripe_request_id"
"""The key of the request's id in the ASGI scope."""


class StripeHeaders:
    """ASGI middleware that adds `Request-Id`, `Stripe-Version` and `Stripe-Account`.

    It wraps the whole application, so that responses to unknown URLs and internal errors have the
    headers too.
    """

    def __init__(self, app: ASGIApp, make_request_id: Callable[[], str]) -> None:
        self._app = app
        self._make_request_id = make_request_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Give the request an id, and its response the headers."""
        request_id = scope[REQUEST_ID] = self._make_request_id()
        asked = Headers(scope=scope)
        added = {
            "request-id": request_id,
            "stripe-version": asked.get("stripe-version", API_VERSION),
        }
        if asked.get("stripe-account", "").strip():
            added["stripe-account"] = asked["stripe-account"]
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in added.items()]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *raw]
            await send(message)

        await self._app(scope, receive, send_with_headers)
