"""A whole response in memory, so that faults can change it before it is sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

from starlette.types import ASGIApp, Message, Receive, Scope

from stripe_invoice_payments_api.models import JSONObject

from ..api.encoding import encode


@dataclass(frozen=True, slots=True)
class CapturedResponse:
    """A status, headers (names in lower case; no Content-Length) and a body."""

    status: int
    headers: dict[str, str]
    body: bytes

    def with_body(self, body: bytes, **headers: str) -> CapturedResponse:
        """This response with another body, and with further headers (`_` stands for `-`)."""
        added = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **added}, body=body)

    def with_json(self, change: Callable[[JSONObject], None]) -> CapturedResponse:
        """This response with `change` applied to its JSON; an error stays as it is."""
        if self.status != 200:
            return self
        value = cast("JSONObject", json.loads(self.body))
        change(value)
        return replace(self, body=encode(value))


async def capture(app: ASGIApp, scope: Scope, receive: Receive) -> CapturedResponse:
    """The application's response."""
    status = 0
    headers: dict[str, str] = {}
    body = bytearray()

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
            for name, value in message["headers"]:
                headers[name.decode("latin-1").lower()] = value.decode("latin-1")
        else:
            body.extend(message.get("body", b""))

    await app(scope, receive, send)
    headers.pop("content-length", None)
    return CapturedResponse(status, headers, bytes(body))
