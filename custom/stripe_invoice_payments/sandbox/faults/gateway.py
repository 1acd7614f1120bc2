"""What every request passes on its way to the API: the count, the latency, the faults."""

from __future__ import annotations

from urllib.parse import unquote

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..api.errors import ApiError
from ..control.guard import Guard, refusal
from ..engine import Engine
from .connection import FindTransport, Wire
from .failures import error
from .rules import Choice, FaultRules, read_choice
from .table import Fault, fault_named

CONTROL_PATH = "/_sandbox"
_FAULT_HEADER = "sandbox-fault"


class Gateway:
    """Leads requests to the control API or, counted, delayed and perhaps failed, to the API."""

    def __init__(
        self,
        api: ASGIApp,
        control_api: ASGIApp,
        *,
        engine: Engine,
        fault_rules: FaultRules,
        guard: Guard,
        find_transport: FindTransport,
    ) -> None:
        self._api = api
        self._control_api = control_api
        self._engine = engine
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
            await self._answer(scope, receive, send, headers)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        path: str = scope["path"]
        if b"%2f" in scope["raw_path"].lower():
            path = scope["path"] = _with_encoded_slashes(scope["raw_path"])
        traffic = self._engine.traffic_log
        request = traffic.arrive(scope["method"], path, scope["query_string"].decode("latin-1"))

        def leave() -> None:
            traffic.leave(request)

        async def send_and_note(message: Message) -> None:
            # Noted before it is sent: whoever has the answer finds it counted.
            if message["type"] == "http.response.start":
                request.status = message["status"]
            elif not message.get("more_body", False):
                leave()
            await send(message)

        try:
            wire = Wire(scope, receive, send_and_note, self._find_transport, before_closing=leave)
            latency = self._engine.draw_latency()
            if latency > 0 and not await wire.pause(latency):
                return
            try:
                choice = self._choose_fault(scope, headers)
                fault = None if choice is None else fault_named(choice.name)
            except ValueError as mistake:
                await _refuse(str(mistake)).answer(self._api, scope, receive, wire, 0)
                return
            if choice is None or fault is None:
                await self._api(scope, receive, send_and_note)
            else:
                request.fault = choice.name
                await fault.answer(self._api, scope, receive, wire, choice.seconds)
        finally:
            leave()

    def _choose_fault(self, scope: Scope, headers: Headers) -> Choice | None:
        asked = headers.get(_FAULT_HEADER)
        if asked is not None:
            return read_choice(asked)
        return self._fault_rules.choose(scope["method"], scope["path"], headers)


def _with_encoded_slashes(raw_path: bytes) -> str:
    """The decoded path, in which a slash that came encoded stays so: it is part of an id."""
    return unquote(raw_path.decode("ascii").replace("%2f", "%2F").replace("%2F", "%252F"))


def _refuse(message: str) -> Fault:
    return Fault(message, change=error(ApiError(400, f"Sandbox-Fault: {message}")))
