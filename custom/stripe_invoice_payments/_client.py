"""The clients: what callers create, configure and close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, overload

from attrs import evolve

from stripe_invoice_payments_api.resources import AsyncResources, Resources

from ._call.engine import AsyncEngine, Engine
from ._config.arguments import check_request, takes
from ._config.secrets import ApiKey
from ._config.settings import Settings
from ._http.transport import AsyncTransport, Transport
from ._resources import AsyncInvoicePayments, InvoicePayments

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self, Unpack

    from stripe_invoice_payments_api._model import ListObject
    from stripe_invoice_payments_api._request import Request

    from ._config.settings import RequestOptions, SharedOptions
    from ._http.interface import AsyncHTTPClient, HTTPClient
    from ._pages.pages import AsyncPage, Page

T = TypeVar("T")
_takes_options = takes()


class _Configured:
    """What both clients are on the outside: their settings, without the key."""

    _settings: Settings

    def __repr__(self) -> str:
        settings: Settings | None = getattr(self, "_settings", None)
        if settings is None:  # seen in the traceback of a mistake in its options
            return f"<{type(self).__name__} without settings>"
        shown = [f"api_key={str(settings.api_key)!r}", f"base_url={settings.base_url!r}"]
        if settings.stripe_account is not None:
            shown.append(f"stripe_account={settings.stripe_account!r}")
        if settings.stripe_context is not None:
            shown.append(f"stripe_context={settings.stripe_context!r}")
        return f"{type(self).__name__}({', '.join(shown)})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} holds a secret key and open connections, so it is not pickled "
            "or copied; create one where it is needed, or use with_options()"
        )


class Client(_Configured, Resources):
    """A client of Stripe's InvoicePayment API.

    Threads can share it. It keeps its connections open for the next call, and is immutable:
    `with_options` returns a copy with other options.

    Example:
        with Client(api_key="sk_test_...", max_retries=4) as client:
            page = client.invoice_payments.list(invoice="in_...", limit=100)
            for payment in page.auto_paging_iter():
                print(payment.id, payment.amount_paid)

    Args:
        api_key: A secret or restricted key. By default, that of the environment variable
            `STRIPE_API_KEY`.
        http_client: The HTTP client that sends the requests, such as an `httpx.Client` with a proxy
            or TLS certificates. Closing this client does not close it.
        **options: See `SharedOptions`.

    Raises:
        AuthenticationError: There is no key, or it is a publishable one.
        TypeError: An option is unknown or of the wrong type.
        ValueError: An option is invalid, such as plain http to another machine.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        http_client: HTTPClient | None = None,
        **options: Unpack[SharedOptions],
    ) -> None:
        key = ApiKey(api_key)
        del api_key  # a traceback of what follows may show variables
        settings = Settings.create(key, options)
        self._set_up(settings, Transport(http_client), owns_transport=True)

    def _set_up(self, settings: Settings, transport: Transport, *, owns_transport: bool) -> None:
        self._settings = settings
        self._transport = transport
        self._owns_transport = owns_transport
        self._use(Engine(settings, transport))

    def _retry_at_once(self) -> None:
        # For tests; nobody has used this client yet.
        settings = evolve(self._settings, retry_delays=False)
        self._set_up(settings, self._transport, owns_transport=True)

    @property
    def invoice_payments(self) -> InvoicePayments:
        """Payments made toward invoices."""
        return self._resource(InvoicePayments)

    @overload
    def request(
        self, request: Request[ListObject[T]], **options: Unpack[RequestOptions]
    ) -> Page[T]: ...

    @overload
    def request(self, request: Request[T], **options: Unpack[RequestOptions]) -> T: ...

    @_takes_options
    def request(self, request: Request[Any], **options: Unpack[RequestOptions]) -> Any:
        """Make a call that has no method, with the same retries, errors and pages.

        Example:
            from stripe_invoice_payments_api.operations import Request

            request = Request(method="GET", path="/v1/invoice_payments", read=lambda data: data)
            print(client.request(request)["data"])

        Args:
            request: What a function of `stripe_invoice_payments_api.operations` returns, or a
                `Request` of your own. If it reads a list, the result is a `Page`.
            **options: See `RequestOptions`.

        Raises:
            TypeError: An argument is unknown or of the wrong type.
            ValueError: The request cannot be sent as it is.
            StripeError: The API reports a failure, or cannot be reached.
        """
        check_request(request)
        return self._engine.call(request, options).parse()

    def with_options(
        self,
        *,
        api_key: str | None = None,
        http_client: HTTPClient | None = None,
        **options: Unpack[SharedOptions],
    ) -> Client:
        """A copy with other options, which shares this client's connections.

        Closing the copy does not close the connections. Closing this client closes them for both.

        Example:
            patient = client.with_options(timeout=120, max_retries=5)
            payment = patient.invoice_payments.retrieve("inpay_...")

        Args:
            api_key: Another key.
            http_client: Another HTTP client, whose connections the copy then uses.
            **options: See `SharedOptions`.

        Raises:
            AuthenticationError: `api_key` is a publishable key, or no key at all.
            TypeError: An option is unknown or of the wrong type.
            ValueError: An option is invalid, such as plain http to another machine.
        """
        key = None if api_key is None else ApiKey(api_key)
        del api_key  # a traceback of what follows may show variables
        settings = self._settings.with_options(options, key)
        copy = Client.__new__(Client)
        if http_client is None:
            copy._set_up(settings, self._transport, owns_transport=False)
        else:
            copy._set_up(settings, Transport(http_client), owns_transport=True)
        return copy

    def close(self) -> None:
        """Close the connections. Calls after that raise `RuntimeError`."""
        if self._owns_transport:
            self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class AsyncClient(_Configured, AsyncResources):
    """`Client` for asyncio: the same options, calls and results, with `await` and `async for`.

    It can be shared by the tasks of an event loop, and opens connections of its own for each
    further loop that it is used from.

    Example:
        async with AsyncClient(api_key="sk_test_...") as client:
            page = await client.invoice_payments.list(invoice="in_...", limit=100)
            async for payment in page.auto_paging_iter():
                print(payment.id, payment.amount_paid)

    Args:
        api_key: A secret or restricted key. By default, that of the environment variable
            `STRIPE_API_KEY`.
        http_client: The HTTP client that sends the requests, such as an `httpx.AsyncClient`.
            Closing this client does not close it.
        **options: See `SharedOptions`.

    Raises:
        AuthenticationError: There is no key, or it is a publishable one.
        TypeError: An option is unknown or of the wrong type.
        ValueError: An option is invalid, such as plain http to another machine.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        http_client: AsyncHTTPClient | None = None,
        **options: Unpack[SharedOptions],
    ) -> None:
        key = ApiKey(api_key)
        del api_key  # a traceback of what follows may show variables
        settings = Settings.create(key, options)
        self._set_up(settings, AsyncTransport(http_client), owns_transport=True)

    def _set_up(
        self, settings: Settings, transport: AsyncTransport, *, owns_transport: bool
    ) -> None:
        self._settings = settings
        self._transport = transport
        self._owns_transport = owns_transport
        self._use(AsyncEngine(settings, transport))

    def _retry_at_once(self) -> None:
        # For tests; nobody has used this client yet.
        settings = evolve(self._settings, retry_delays=False)
        self._set_up(settings, self._transport, owns_transport=True)

    @property
    def invoice_payments(self) -> AsyncInvoicePayments:
        """Payments made toward invoices."""
        return self._resource(AsyncInvoicePayments)

    @overload
    async def request(
        self, request: Request[ListObject[T]], **options: Unpack[RequestOptions]
    ) -> AsyncPage[T]: ...

    @overload
    async def request(self, request: Request[T], **options: Unpack[RequestOptions]) -> T: ...

    @_takes_options
    async def request(self, request: Request[Any], **options: Unpack[RequestOptions]) -> Any:
        """Make a call that has no method; see `Client.request`."""
        check_request(request)
        return (await self._engine.call(request, options)).parse()

    def with_options(
        self,
        *,
        api_key: str | None = None,
        http_client: AsyncHTTPClient | None = None,
        **options: Unpack[SharedOptions],
    ) -> AsyncClient:
        """A copy with other options, which shares this client's connections.

        Closing the copy does not close the connections. Closing this client closes them for both.

        Args:
            api_key: Another key.
            http_client: Another HTTP client, whose connections the copy then uses.
            **options: See `SharedOptions`.

        Raises:
            AuthenticationError: `api_key` is a publishable key, or no key at all.
            TypeError: An option is unknown or of the wrong type.
            ValueError: An option is invalid, such as plain http to another machine.
        """
        key = None if api_key is None else ApiKey(api_key)
        del api_key  # a traceback of what follows may show variables
        settings = self._settings.with_options(options, key)
        copy = AsyncClient.__new__(AsyncClient)
        if http_client is None:
            copy._set_up(settings, self._transport, owns_transport=False)
        else:
            copy._set_up(settings, AsyncTransport(http_client), owns_transport=True)
        return copy

    async def aclose(self) -> None:
        """Close the connections. Calls after that raise `RuntimeError`."""
        if self._owns_transport:
            await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
