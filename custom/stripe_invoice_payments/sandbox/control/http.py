"""The methods of `Control` over HTTP, for tests that run in another process or language.

`POST /_sandbox/<method>` takes the method's arguments as a JSON object and returns its result as
JSON. `GET /_sandbox` lists methods, faults, keys, accounts and their sizes.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, cast

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from stripe_invoice_payments_api.models import (
    Invoice,
    InvoicePayment,
    PaymentIntent,
    PaymentRecord,
)

from ..api.keys import GRANTS
from ..data.checks import MAX_CONTROL_BODY
from ..faults.table import FAULTS
from .guard import is_json, refusal
from .traffic import Traffic
from .webhooks import WebhookDelivery, WebhookRequest

_TYPES: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "None": (type(None),),
    "dict[str, str]": (dict,),
}
# Arguments whose values must not be in messages.
_SECRET = frozenset({"api_key", "secret"})


def create_control_api(
    path: str, methods: Mapping[str, Callable[..., object]], sizes: Mapping[str, int]
) -> ASGIApp:
    """The control API as an ASGI application below `path`."""
    overview = {
        "methods": {name: str(inspect.signature(method)) for name, method in methods.items()},
        "faults": {name: fault.summary for name, fault in FAULTS.items()},
        "keys": {key: grant._asdict() for key, grant in GRANTS.items()},
        "accounts": list(sizes),
        "sizes": dict(sizes),
    }

    async def describe(_request: Request) -> Response:
        return JSONResponse(overview)

    async def call(request: Request) -> Response:
        method = methods.get(request.path_params["method"])
        if method is None:
            return refusal(f"no such method. Methods: {', '.join(methods)}", 404)
        body = await _read_body(request)
        if body is None:
            return refusal(f"a body must have at most {MAX_CONTROL_BODY} bytes", 413)
        if body and not is_json(request.headers):
            return refusal("the Content-Type of a body must be application/json", 415)
        try:
            arguments = _read_arguments(method, body)
            # In a thread: a method may wait for a webhook endpoint that sends requests here.
            result = await run_in_threadpool(method, **arguments)
        except (TypeError, ValueError) as error:
            return refusal(str(error), 400)
        return JSONResponse(_to_json(result))

    return Starlette(
        routes=[
            Route(path, describe, methods=["GET"]),
            Route(f"{path}/{{method}}", call, methods=["POST"]),
        ]
    )


async def _read_body(request: Request) -> bytes | None:
    """The whole body; None if it is too long."""
    body = bytearray()
    async for part in request.stream():
        body.extend(part)
        if len(body) > MAX_CONTROL_BODY:
            return None
    return bytes(body)


def _read_arguments(method: Callable[..., object], body: bytes) -> Mapping[str, Any]:
    """The arguments in a body; invalid ones raise a TypeError or a ValueError."""
    try:
        value = json.loads(body or b"{}")
    except RecursionError:
        raise ValueError("the body is nested too deeply") from None
    if not isinstance(value, dict):
        raise TypeError("the body must be a JSON object with the arguments")
    arguments = cast("dict[str, Any]", value)
    signature = inspect.signature(method)
    signature.bind(**arguments)
    for name, argument in arguments.items():
        expected = str(signature.parameters[name].annotation)
        if not any(_is(argument, kind) for kind in expected.split(" | ")):
            shown = type(argument).__name__ if name in _SECRET else f"{argument!r:.100}"
            raise TypeError(f"{name} must be {expected}, got {shown}")
    return arguments


def _to_json(result: object) -> object:
    if isinstance(result, (Invoice, InvoicePayment, PaymentIntent, PaymentRecord)):
        return result.to_dict()
    if isinstance(result, WebhookRequest):
        return {"body": result.body.decode(), "headers": result.headers}
    if isinstance(result, Traffic):
        return asdict(result)
    if isinstance(result, tuple):
        return [asdict(one) for one in cast("tuple[WebhookDelivery, ...]", result)]
    return result


def _is(value: object, kind: str) -> bool:
    return isinstance(value, _TYPES[kind]) and (kind == "bool" or not isinstance(value, bool))
