"""The sandbox over HTTP: routes, keys, accounts, and errors as Stripe writes them."""

from __future__ import annotations

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from . import believed
from .authentication import asked_account, authenticate, mask
from .endpoints import Endpoints, encode
from .engine import Engine
from .errors import ApiError, internal_error, no_such_url
from .headers import REQUEST_ID, StripeHeaders
from .keys import GRANTS
from .query import Query
from .traffic import endpoint_of

_LIVEMODE = "stripe_livemode"
"""The key in the ASGI scope of whether a request came with a live key."""


def create_api(engine: Engine) -> ASGIApp:
    """The API as an ASGI application."""
    api = _Api(engine)
    app = Starlette(
        routes=[
            Route("/v1/invoice_payments", api.list_invoice_payments),
            # An empty id leaves its slash behind, and Stripe takes that for the list.
            Route("/v1/invoice_payments/", api.list_invoice_payments),
            Route("/v1/invoice_payments/{id}", api.retrieve_invoice_payment),
            Route("/v1/invoices/{id}", api.retrieve_invoice),
        ],
        exception_handlers={
            ApiError: _answer_error,
            HTTPException: _answer_error,
            Exception: _answer_error,
        },
    )
    app.router.redirect_slashes = False
    return StripeHeaders(app, engine.make_request_id)


class _Api:
    """One handler for each route: finds out who asks for which account, and lets it answer."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def list_invoice_payments(self, request: Request) -> Response:
        return self._answer(request, Endpoints.list_invoice_payments)

    async def retrieve_invoice_payment(self, request: Request) -> Response:
        return self._answer(request, Endpoints.retrieve_invoice_payment, _id(request))

    async def retrieve_invoice(self, request: Request) -> Response:
        return self._answer(request, Endpoints.retrieve_invoice, _id(request))

    def _answer(self, request: Request, endpoint: Callable[..., bytes], *ids: str) -> Response:
        """Check who asks and how often, and let the account answer."""
        account, livemode = self._authorize(request)
        query = Query(request.scope["query_string"])
        with self._engine.lock:
            path = endpoint_of(request.scope["path"])
            self._engine.rate_limit.check((account, livemode), path)
            body = endpoint(self._engine.endpoints[account, livemode], *ids, query)
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
        if (account, livemode) not in self._engine.endpoints:
            raise believed.account_without_access(account or "", mask(key))
        return account, livemode


def _id(request: Request) -> str:
    # An encoded slash is kept encoded until here (`gateway.py`), so that it separates nothing.
    encoded: str = request.path_params["id"]
    return encoded.replace("%2F", "/")


async def _answer_error(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):  # Starlette's way to say that there is no route
        error = no_such_url(request.method, request.scope["path"])
    elif not isinstance(error, ApiError):  # Starlette raises it again for the log
        error = internal_error()
    livemode = request.scope.get(_LIVEMODE, False)
    body = encode(error.body(request.scope[REQUEST_ID], livemode=livemode))
    return Response(body, error.status, error.headers, media_type="application/json")
