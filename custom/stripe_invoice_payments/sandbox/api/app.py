"""The API over HTTP: routes, keys, accounts, idempotency, and errors as Stripe sends them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Protocol

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from stripe_invoice_payments_api.models import JSONObject

from ..core import Core
from ..data.events import Cause
from ..data.objects import Objects
from . import believed
from .authentication import asked_account, authenticate, mask
from .encoding import encode
from .errors import FORCED_ERROR, ApiError, internal_error, no_such_url
from .headers import REQUEST_ID, StripeHeaders
from .idempotency import SavedResponse
from .keys import GRANTS
from .parameters import Parameters

_LIVEMODE = "stripe_livemode"
"""The key in the ASGI scope of whether a request came with a live key."""


class Operation(Protocol):
    """An operation of the API: where it is, and what it does."""

    @property
    def method(self) -> str:
        """The method of its requests."""
        ...

    @property
    def path(self) -> str:
        """The path, with `{id}` for an id."""
        ...

    def run(
        self, objects: Objects, parameters: Parameters, object_id: str, cause: Cause
    ) -> JSONObject:
        """Do it, and return the JSON of the response."""
        ...


def create_api(core: Core, operations: Iterable[Operation]) -> ASGIApp:
    """The API as an ASGI application."""
    api = _Api(core)
    routed = Starlette(
        routes=[
            Route(operation.path, api.handler(operation), methods=[operation.method])
            for operation in operations
        ],
        exception_handlers={
            ApiError: _respond_with_error,
            HTTPException: _respond_with_error,
            Exception: _respond_with_error,
        },
    )
    routed.router.redirect_slashes = False

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        forced = scope.get(FORCED_ERROR)
        respond = routed if forced is None else _error_response(scope, forced)
        await respond(scope, receive, send)

    return StripeHeaders(app, core.make_request_id)


class _Api:
    """Determines whose data a request is about, and runs an operation on it."""

    def __init__(self, core: Core) -> None:
        self._core = core
        connected = [account for account, _livemode in core.states if account]
        self._objects = {
            (account, livemode): Objects(state, _below(account, dict.fromkeys(connected)))
            for (account, livemode), state in core.states.items()
        }

    def handler(self, operation: Operation) -> Callable[[Request], Awaitable[Response]]:
        """The handler of an operation's requests."""

        async def respond(request: Request) -> Response:
            encoded: bytes = request.scope["query_string"]
            if request.method == "GET":
                return self._respond(request, operation, encoded)
            form = await _read_form(request)
            return self._respond_once(request, operation, b"&".join(filter(None, (encoded, form))))

        return respond

    def _respond(self, request: Request, operation: Operation, encoded: bytes) -> Response:
        """Check the key and the rate limit, and run the operation."""
        whose = self._authorize(request)
        parameters = Parameters(encoded)
        with self._core.lock:
            return _json_response(self._run(request, operation, parameters, whose))

    def _respond_once(self, request: Request, operation: Operation, encoded: bytes) -> Response:
        """Like `_respond`, but run the operation only once for each idempotency key."""
        key = request.headers.get("idempotency-key", "")
        if not key:
            return self._respond(request, operation, encoded)
        whose = self._authorize(request)
        keys, request_id = self._core.idempotency_keys, request.scope[REQUEST_ID]
        asked = request.scope["raw_path"] + b"?" + encoded
        headers = {"Idempotency-Key": key}
        with self._core.lock:
            saved = keys.find(whose, key, asked)
            if saved is not None:
                headers["Original-Request"] = saved.request_id
                headers["Idempotent-Replayed"] = "true"
                return _json_response(saved.body, saved.status, headers)
            parameters, status = Parameters(encoded), 200
            try:
                body = self._run(request, operation, parameters, whose)
            except ApiError as error:
                if not parameters.is_read:  # the operation has not begun
                    raise
                body, status = _error_body(request.scope, error), error.status
            keys.save(whose, key, SavedResponse(asked, request_id, status, body))
        return _json_response(body, status, headers)

    def _run(
        self,
        request: Request,
        operation: Operation,
        parameters: Parameters,
        whose: tuple[str | None, bool],
    ) -> bytes:
        account, livemode = whose
        try:
            self._core.rate_limit.check(account, livemode, operation.path.rstrip("/"))
        except ApiError:
            self._core.traffic_log.refuse(account or "")
            raise
        cause = Cause(request.scope[REQUEST_ID], request.headers.get("idempotency-key"))
        return encode(operation.run(self._objects[whose], parameters, _id(request), cause))

    def _authorize(self, request: Request) -> tuple[str | None, bool]:
        """Check the key and the version, and return the requested account and mode."""
        headers = request.headers
        key = authenticate(headers)
        livemode = request.scope[_LIVEMODE] = GRANTS[key].livemode
        version = headers.get("stripe-version")
        if version is not None:
            believed.check_api_version(version)
        account = asked_account(headers)
        if (account, livemode) not in self._core.states:
            raise believed.account_without_access(account or "", mask(key))
        return account, livemode


def _id(request: Request) -> str:
    # An encoded slash is kept encoded until here (`gateway.py`), so that it separates nothing.
    encoded: str = request.path_params.get("id", "")
    return encoded.replace("%2F", "/")


def _below(account: str | None, accounts: Iterable[str]) -> list[str]:
    """The ids of those of the accounts that are connected to this one."""
    prefix = "" if account is None else f"{account}/"
    below = [one.removeprefix(prefix) for one in accounts if one.startswith(prefix)]
    return [one for one in below if "/" not in one]


async def _read_form(request: Request) -> bytes:
    """The parameters in the body of a request."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if body and content_type != "application/x-www-form-urlencoded":
        raise believed.not_a_form(content_type)
    return body


def _json_response(
    body: bytes, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    return Response(body, status, headers, media_type="application/json")


def _error_body(scope: Scope, error: ApiError) -> bytes:
    return encode(error.body(scope[REQUEST_ID], livemode=scope.get(_LIVEMODE, False)))


def _error_response(scope: Scope, error: ApiError) -> Response:
    return _json_response(_error_body(scope, error), error.status, error.headers)


async def _respond_with_error(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):  # Starlette raises it if there is no route
        error = no_such_url(request.method, request.scope["path"])
    elif not isinstance(error, ApiError):  # Starlette raises it again, so that it is logged
        error = internal_error()
    return _error_response(request.scope, error)
