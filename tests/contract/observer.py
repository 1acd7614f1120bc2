"""Looking on while sandboxes answer: what they were asked, and what they said."""

from __future__ import annotations

import hashlib
import threading
from typing import Any, NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Exchange(NamedTuple):
    """A request and its answer."""

    method: str
    path: str
    query: str
    form: bytes
    """The body of the request."""

    authorization: str
    status: int
    content_type: str
    body: bytes

    def __str__(self) -> str:
        return f"{self.method} {self.path}?{self.query} -> {self.status}"


class Observer:
    """Goes around ASGI applications and remembers each exchange once, until it is taken."""

    def __init__(self) -> None:
        self.count = 0
        self._lock = threading.Lock()
        self._new: dict[bytes, Exchange] = {}
        self._known: set[bytes] = set()

    def around(self, app: ASGIApp) -> ASGIApp:
        """The application, observed."""

        async def observed(scope: Scope, receive: Receive, send: Send) -> None:
            messages: list[Message] = []
            form = bytearray()

            async def receive_and_note() -> Message:
                message = await receive()
                form.extend(message.get("body", b""))
                return message

            async def note(message: Message) -> None:
                messages.append(message)
                is_last = message["type"] == "http.response.body" and not message.get("more_body")
                if is_last:  # remembered before the client has it, and may look at the count
                    self._remember(scope, bytes(form), messages)
                await send(message)

            await app(scope, receive_and_note, note if scope["type"] == "http" else send)

        return observed

    def _remember(self, scope: Scope, form: bytes, messages: list[Message]) -> None:
        asked, answered = _headers(scope["headers"]), _headers(messages[0]["headers"])
        exchange = Exchange(
            scope["method"],
            scope["path"],
            scope["query_string"].decode("latin-1"),
            form,
            asked.get("authorization", ""),
            messages[0]["status"],
            answered.get("content-type", ""),
            b"".join(message.get("body", b"") for message in messages[1:]),
        )
        key = hashlib.sha1(repr(exchange).encode()).digest()  # noqa: S324 - not a secret
        with self._lock:
            self.count += 1
            if key not in self._known:
                self._new[key] = exchange

    def take(self) -> list[Exchange]:
        """What was new since the last time."""
        with self._lock:
            taken, self._new = self._new, {}
            self._known |= taken.keys()
        return list(taken.values())


SANDBOXES = Observer()
"""Looks on at every sandbox in this process; `tests/conftest.py` sets it up."""


def _headers(pairs: Any) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in pairs}
