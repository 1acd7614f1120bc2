"""The sandbox as a server in a background thread."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, cast

from starlette.types import ASGIApp

from .._repr import shows_incomplete
from .api.app import create_api
from .api.endpoints import OPERATIONS
from .api.keys import EXPIRED_KEY, LIVE_KEY, RESTRICTED_KEY, TEST_KEY
from .background import Server, listen
from .control.editing import Editing
from .control.guard import Guard
from .control.http import create_control_api
from .control.methods import METHODS, Control
from .core import Core, account_seed
from .data.checks import MAX_ACCOUNTS, MAX_PAYMENTS, check_integer, check_text
from .data.sizes import SIZES
from .faults.connection import FindTransport
from .faults.gateway import CONTROL_PATH, Gateway
from .faults.rules import FaultRules

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from .._client import AsyncClient, Client
    from .._config.settings import SharedOptions

CONNECTED_ACCOUNT = "acct_1SandboxConnected"

_ACCOUNT = re.compile(r"[A-Za-z0-9_]+(/[A-Za-z0-9_]+)*")


@shows_incomplete
class Sandbox(Editing, Control):
    """A server on this machine that behaves like Stripe for invoice payments.

    The same seed gives the same payments; a higher number only adds newer ones. They are computed
    on demand, so a million start as fast as ten. Changes survive `stop` and `start`; `reset` undoes
    them.

    Args:
        payments: How many invoice payments each account holds, live and test data alike. With
            `account_sizes="heavy_tail"`, the mean of the connected accounts.
        seed: Determines the data.
        host: The address to listen on.
        port: The port to listen on; 0 picks a free one.
        accounts: The connected accounts that `Stripe-Context` and `Stripe-Account` may name, each
            with data of its own: their ids, or how many there are. An account below a connected
            one is a path, `acct_a/acct_b`, and only `Stripe-Context` can name it.
        account_sizes: `equal`; or `heavy_tail`: a few of the connected accounts hold most of the
            payments, and most of them hardly any.
        latency: Seconds by which each response is delayed.
        jitter: The maximum variation of the delay, in seconds.
        rate_limit: Requests per second for each account; further ones get a 429, as from Stripe.
        endpoint_rate_limit: Requests per second for each endpoint of an account.
        platform_rate_limit: Requests per second for the key's own account and all connected
            accounts together.
        allowed_hosts: Host names of the sandbox in addition to its address and the loopback names;
            a request with another `Host` is refused.
        webhook_hosts: Hosts that webhooks may be posted to in addition to this machine.

    Example:
        with Sandbox(payments=250) as sandbox, sandbox.client() as client:
            sandbox.add_fault("server_error", times=1)
            page = client.invoice_payments.list()
            assert sandbox.traffic().total == 2
    """

    api_key = TEST_KEY
    """The secret key of the test data."""

    live_api_key = LIVE_KEY
    """The secret key of the live data, which is other data, and just as fictitious."""

    expired_api_key = EXPIRED_KEY
    """An expired key: 401."""

    restricted_api_key = RESTRICTED_KEY
    """A key that lacks the permission to read invoices and their payments: 403."""

    def __init__(
        self,
        *,
        payments: int = 250,
        seed: int = 0,
        host: str = "127.0.0.1",
        port: int = 0,
        accounts: int | Iterable[str] = 1,
        account_sizes: str = "equal",
        latency: float = 0.0,
        jitter: float = 0.0,
        rate_limit: float | None = None,
        endpoint_rate_limit: float | None = None,
        platform_rate_limit: float | None = None,
        allowed_hosts: Iterable[str] = (),
        webhook_hosts: Iterable[str] = (),
    ) -> None:
        self._payments = check_integer("payments", payments, 0, MAX_PAYMENTS)
        self._seed = seed
        self._port = check_integer("port", port, 0, 65535)
        self.accounts = _accounts(accounts)
        """The ids of the connected accounts."""
        self.sizes = {
            account: _size_function(account_sizes)(payments, account_seed(seed, account, False))
            for account in self.accounts
        }
        """How many generated payments each connected account holds."""
        self._guard = Guard(host, _texts("allowed_hosts", allowed_hosts))
        super().__init__(
            Core(
                payments=payments,
                seed=seed,
                accounts=self.sizes,
                paths=[operation.path for operation in OPERATIONS],
            ),
            FaultRules(seed),
            latency=latency,
            jitter=jitter,
            rate_limit=rate_limit,
            endpoint_rate_limit=endpoint_rate_limit,
            platform_rate_limit=platform_rate_limit,
            webhook_hosts=_texts("webhook_hosts", webhook_hosts),
        )
        self._host = host
        self._server: Server | None = None
        self._clients: list[Client] = []

    @property
    def base_url(self) -> str:
        """The URL of the running sandbox, without a slash at the end."""
        if self._server is None:
            raise RuntimeError(
                "The sandbox is not running: start it, or use it in a with statement."
            )
        return self._server.url

    def client(
        self,
        api_key: str = TEST_KEY,
        *,
        retry_delays: bool = False,
        **options: Unpack[SharedOptions],
    ) -> Client:
        """A new client of this sandbox. Stopping the sandbox closes it.

        Args:
            api_key: Another key, `live_api_key` for one.
            retry_delays: Whether it waits before a retry; by default it retries at once.
            **options: Those of `Client`.

        Raises:
            TypeError: An option is unknown or of the wrong type.
            ValueError: An option is invalid.
        """
        from .._client import Client

        options.setdefault("base_url", self.base_url)
        client = Client(api_key, **options)
        if not retry_delays:
            client._retry_at_once()  # pyright: ignore[reportPrivateUsage] - the same package
        self._clients.append(client)
        return client

    def async_client(
        self,
        api_key: str = TEST_KEY,
        *,
        retry_delays: bool = False,
        **options: Unpack[SharedOptions],
    ) -> AsyncClient:
        """A new asynchronous client of this sandbox, to be used with `async with`.

        Args:
            api_key: Another key, `live_api_key` for one.
            retry_delays: Whether it waits before a retry; by default it retries at once.
            **options: Those of `AsyncClient`.

        Raises:
            TypeError: An option is unknown or of the wrong type.
            ValueError: An option is invalid.
        """
        from .._client import AsyncClient

        options.setdefault("base_url", self.base_url)
        client = AsyncClient(api_key, **options)
        if not retry_delays:
            client._retry_at_once()  # pyright: ignore[reportPrivateUsage] - the same package
        return client

    def close_clients(self) -> None:
        """Close every client that `client` has made so far."""
        clients, self._clients = self._clients, []
        for client in clients:
            client.close()

    def start(self) -> None:
        """Start serving; returns once requests are accepted.

        Raises:
            OSError: The port is in use.
            RuntimeError: The sandbox is running already.
        """
        if self._server is not None:
            raise RuntimeError("The sandbox is running already.")
        server = Server(self._make_app, listen(self._host, self._port))
        server.start()
        self._server = server

    def stop(self) -> None:
        """Stop serving, close every connection and join the thread; stopping again does nothing."""
        self.close_clients()
        server, self._server = self._server, None
        if server is not None:
            server.stop()
        self._deliveries.stop()

    def _make_app(self, find_transport: FindTransport) -> ASGIApp:
        methods = {name: getattr(self, name) for name in METHODS}
        return Gateway(
            create_api(self._core, OPERATIONS),
            create_control_api(CONTROL_PATH, methods, self.sizes),
            core=self._core,
            fault_rules=self._fault_rules,
            guard=self._guard,
            find_transport=find_transport,
        )

    def __repr__(self) -> str:
        where = "not running" if self._server is None else self._server.url
        return (
            f"<{type(self).__name__} {where}, {self._payments} payments, seed {self._seed}, "
            f"API key {self.api_key}>"
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def _accounts(accounts: object) -> tuple[str, ...]:
    """The ids of the connected accounts, given as such or as their number."""
    if isinstance(accounts, int):
        count = check_integer("accounts", accounts, 0, MAX_ACCOUNTS)
        return tuple(CONNECTED_ACCOUNT + (f"{n + 1}" if n else "") for n in range(count))
    ids = _texts("accounts", accounts)
    if len(ids) > MAX_ACCOUNTS:
        raise ValueError(f"accounts must be at most {MAX_ACCOUNTS}, got {len(ids)}")
    for account in ids:
        if not _ACCOUNT.fullmatch(account):
            raise ValueError(f"accounts must be ids such as acct_1, got {account[:100]!r}")
    if len(set(ids)) < len(ids):
        raise ValueError("accounts must differ from each other")
    return ids


def _size_function(name: object) -> Callable[[int, int], int]:
    if not isinstance(name, str) or name not in SIZES:
        raise ValueError(f"account_sizes must be {' or '.join(SIZES)}, got {name!r:.100}")
    return SIZES[name]


def _texts(name: str, values: object) -> tuple[str, ...]:
    # A string is an iterable of strings too, but never meant as a list of names.
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise TypeError(f"{name} must be a list of strings, got {type(values).__name__}")
    texts = cast("Iterable[object]", values)
    return tuple(check_text(name, text) for text in texts)
