"""What every request passes on its way to the API: counts, latency, idempotency keys and faults."""

from __future__ import annotations

from collections.abc import Hashable
from urllib.parse import unquote

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..api.authentication import who_asks
from ..api.believed import key_in_use
from ..api.errors import ApiError
from ..control.guard import Guard, refusal
from ..core import Core
from .connection import FindTransport, Wire
from .rules import NO_FAULT, Choice, FaultRules, read_choice
from .table import Fault, fault_named, refused

CONTROL_PATH = "/_sandbox"
_FAULT_HEADER = "sandbox-fault"
_KEY_HEADER = "idempotency-key"


class Gateway:
    """Passes requests to the control API, or counts, delays and perhaps fails those to the API."""

    def __init__(
        self,
        api: ASGIApp,
        control_api: ASGIApp,
        *,
        core: Core,
        fault_rules: FaultRules,
        guard: Guard,
        find_transport: FindTransport,
    ) -> None:
        self._api = api
        self._control_api = control_api
        self._core = core
        self._fault_rules = fault_rules
        self._guard = guard
        self._find_transport = find_transport

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        headers = Headers(scope=scope)
        path: str = scope["path"]
        is_control = path == CONTROL_PATH or path.startswith(f"{CONTROL_PATH}/")
        objection = self._guard.objection(headers, is_control=is_control)
        if objection is not None:
            await refusal(objection, 403)(scope, receive, send)
        elif is_control:
            await self._control_api(scope, receive, send)
        else:
            await self._respond(scope, receive, send, headers)

    async def _respond(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        path: str = scope["path"]
        if b"%2f" in scope["raw_path"].lower():
            path = scope["path"] = _with_encoded_slashes(scope["raw_path"])
        traffic = self._core.traffic_log
        query = scope["query_string"].decode("latin-1")
        request = traffic.arrive(scope["method"], path, query, who_asks(headers)[1])
        key = _idempotency_key(scope["method"], headers)
        key_is_free = key is None or self._enter(key)

        def leave() -> None:
            traffic.leave(request)
            if key is not None and key_is_free:
                self._leave(key)

        async def send_and_note(message: Message) -> None:
            # Recorded before it is sent, so that a client that has the response finds it counted.
            if message["type"] == "http.response.start":
                request.status = message["status"]
            elif not message.get("more_body", False):
                leave()
            await send(message)

        try:
            wire = Wire(scope, receive, send_and_note, self._find_transport, before_closing=leave)
            # Waiting for a disconnect, as the wire does, would consume the body.
            receive_again = await _receive_body(receive)
            latency = self._core.draw_latency()
            if latency > 0 and not await wire.pause(latency):
                return
            choice, fault = self._decide(scope, headers, key_is_free=key_is_free)
            if fault is None:
                await self._api(scope, receive_again, send_and_note)
            else:
                request.fault = choice.name or None
                await fault.respond(self._api, scope, receive_again, wire, choice.seconds)
        finally:
            leave()

    def _decide(
        self, scope: Scope, headers: Headers, *, key_is_free: bool
    ) -> tuple[Choice, Fault | None]:
        """The fault that a request gets, if it gets one; a refusal has no name."""
        try:
            asked = headers.get(_FAULT_HEADER)
            if asked is not None:
                choice = read_choice(asked)
            else:
                choice = self._fault_rules.choose(scope["method"], scope["path"], headers)
            fault = None if choice is NO_FAULT else fault_named(choice.name)
        except ValueError as error:
            return NO_FAULT, refused(ApiError(400, f"Sandbox-Fault: {error}"))
        if not key_is_free:
            return NO_FAULT, refused(key_in_use(headers[_KEY_HEADER]))
        return choice, fault

    def _enter(self, key: Hashable) -> bool:
        with self._core.lock:
            return self._core.idempotency_keys.enter(key)

    def _leave(self, key: Hashable) -> None:
        with self._core.lock:
            self._core.idempotency_keys.leave(key)


def _idempotency_key(method: str, headers: Headers) -> Hashable:
    """The idempotency key of a request and whose it is; None if there is none, or it has no use."""
    key = headers.get(_KEY_HEADER)
    return None if method == "GET" or not key else (*who_asks(headers), key)


async def _receive_body(receive: Receive) -> Receive:
    """Wait for the body of a request; returns what gives it once more, and then what follows."""
    messages = [await receive()]
    while messages[-1].get("more_body", False):
        messages.append(await receive())

    async def receive_again() -> Message:
        return messages.pop(0) if messages else await receive()

    return receive_again


def _with_encoded_slashes(raw_path: bytes) -> str:
    """The decoded path, except for encoded slashes, which are part of an id."""
    return unquote(raw_path.decode("ascii").replace("%2f", "%2F").replace("%2F", "%252F"))
