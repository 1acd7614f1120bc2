"""The sandbox over HTTP: routes, keys, accounts, and errors as Stripe writes them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from stripe_invoice_payments_api.models import JSONObject

from ..control.traffic import endpoint_of
from ..data.objects import Objects
from ..engine import Engine
from . import believed
from .authentication import asked_account, authenticate, mask
from .encoding import encode
from .errors import ApiError, internal_error, no_such_url
from .headers import REQUEST_ID, StripeHeaders
from .keys import GRANTS
from .parameters import Query

_LIVEMODE = "stripe_livemode"
"""The key in the ASGI scope of whether a request came with a live key."""


def create_api(engine: Engine, operations: Iterable[Operation]) -> ASGIApp:
    """The API as an ASGI application."""
    api = _Api(engine)
    app = Starlette(
        routes=[Route(operation.path, api.handler(operation)) for operation in operations],
        exception_handlers={
            ApiError: _answer_error,
            HTTPException: _answer_error,
            Exception: _answer_error,
        },
    )
    app.router.redirect_slashes = False
    return StripeHeaders(app, engine.make_request_id)


class Operation(Protocol):
    """An operation of the API: where it is, and what it does."""

    @property
    def path(self) -> str:
        """The path, with `{id}` for an id."""

    @property
    def run(self) -> Callable[[Objects, Query, str], JSONObject]:
        """Takes the objects of the account, the query, and the id in the path, if there is one."""


class _Api:
    """Finds out who asks for which account, and lets an operation answer from its objects."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._objects = {key: Objects(state) for key, state in engine.states.items()}

    def handler(self, operation: Operation) -> Callable[[Request], Awaitable[Response]]:
        """What answers the requests to an operation."""

        async def answer(request: Request) -> Response:
            return self._answer(request, operation)

        return answer

    def _answer(self, request: Request, operation: Operation) -> Response:
        """Check who asks and how often, and run the operation."""
        account, livemode = self._authorize(request)
        query = Query(request.scope["query_string"])
        with self._engine.lock:
            path = endpoint_of(request.scope["path"])
            self._engine.rate_limit.check((account, livemode), path)
            objects = self._objects[account, livemode]
            body = encode(operation.run(objects, query, _id(request)))
        return Response(body, media_type="application/json")

    def _authorize(self, request: Request) -> tuple[str | None, bool]:
        """Check the key and the version, and find the account and mode that are asked for."""
        headers = request.headers
        key = authenticate(headers)
        livemode = request.scope[_LIVEMODE] = GRANTS[key].livemode
        version = headers.get("stripe-version")
        if version is not None:
            believed.check_api_version(version)
        account = asked_account(headers)
        if (account, livemode) not in self._engine.states:
            raise believed.account_without_access(account or "", mask(key))
        return account, livemode


def _id(request: Request) -> str:
    # An encoded slash is kept encoded until here (`gateway.py`), so that it separates nothing.
    encoded: str = request.path_params.get("id", "")
    return encoded.replace("%2F", "/")


async def _answer_error(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):  # Starlette's way to say that there is no route
        error = no_such_url(request.method, request.scope["path"])
    elif not isinstance(error, ApiError):  # Starlette raises it again for the log
        error = internal_error()
    livemode = request.scope.get(_LIVEMODE, False)
    body = encode(error.body(request.scope[REQUEST_ID], livemode=livemode))
    return Response(body, error.status, error.headers, media_type="application/json")
