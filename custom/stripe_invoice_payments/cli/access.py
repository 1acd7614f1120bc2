"""The client of a command: for Stripe with a key, or for a fresh sandbox."""

from __future__ import annotations

import gc
import sys
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .exits import Exit, Failure, as_usage
from .keys import find_key

if TYPE_CHECKING:
    from argparse import Namespace

    from .. import Client

SANDBOX_HOST = "inpay.sandbox"
"""What the client calls the sandbox. Its port differs each time, and exports remember the URL."""


@contextmanager
def open_client(options: Namespace) -> Generator[Client, None, None]:
    """A client as the options of the command describe it."""
    _import_client()
    with _sandbox(options) if options.sandbox else _stripe(options) as client:
        yield client


def _import_client() -> None:
    """Import the client and httpx, on which a short command spends most of its time.

    Garbage is not collected meanwhile, nor looked for among what was imported: there is none. And
    httpx goes without its own command line: with click and rich installed, that would take longer
    to import than the rest of httpx.
    """
    if "httpx" in sys.modules:
        return
    modules: dict[str, Any] = sys.modules
    modules["httpx._main"] = None  # so its import fails
    is_collecting = gc.isenabled()
    gc.disable()
    try:
        import_module("..._client", __name__)
        import_module("httpx")
        import_module("httpcore")  # httpx would import it with the first request
    finally:
        del modules["httpx._main"]
        if is_collecting:
            gc.enable()
    gc.freeze()


@contextmanager
def _stripe(options: Namespace) -> Generator[Client, None, None]:
    from .. import Client

    key, _ = find_key(options)
    settings = _settings(options)
    if options.base_url is not None:
        settings["base_url"] = options.base_url
    with as_usage():
        client = Client(key.reveal(), **settings)
    with client:
        yield client


@contextmanager
def _sandbox(options: Namespace) -> Generator[Client, None, None]:
    if options.live:
        raise Failure(Exit.USAGE, "--sandbox and --live cannot be combined")
    with as_usage():
        from ..sandbox import Sandbox

        sandbox = Sandbox(payments=options.sandbox_payments, allowed_hosts=[SANDBOX_HOST])
    import httpx

    from .. import Client

    class ToSandbox(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            url = httpx.URL(sandbox.base_url)
            request.url = request.url.copy_with(host=url.host, port=url.port)
            return super().handle_request(request)

    with sandbox, httpx.Client(transport=ToSandbox()) as connections:
        with as_usage():
            client = Client(
                sandbox.api_key,
                base_url=f"http://{SANDBOX_HOST}",
                http_client=connections,
                **_settings(options),
            )
        with client:
            yield client


def _settings(options: Namespace) -> Any:
    from .. import AppInfo, __version__

    settings: dict[str, Any] = {"app_info": AppInfo("inpay", version=__version__)}
    if options.account is not None:
        settings["stripe_account"] = options.account
    if options.api_version is not None:
        settings["stripe_version"] = options.api_version
    return settings
