"""Maps the exceptions of HTTP clients to those of this package.

They are recognized by the names of their classes, which httpx and its forks share.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .._errors import (
    APIConnectionError,
    APITimeoutError,
    StripeError,
    TLSError,
    UnexpectedResponseError,
    one_line,
)
from .body import BodyTooLongError
from .interface import WrongQueryError

if TYPE_CHECKING:
    from .._call.steps import WireRequest, WireResponse
    from .._config.secrets import ApiKey
    from .environment import Proxy

_MAX_DETAIL = 300


def connection_error(
    error: BaseException,
    wire: WireRequest,
    head: WireResponse | None,
    proxy: Proxy | None,
    handled: BaseException | None,
    *,
    is_own: bool,
) -> StripeError | None:
    """The error of this package that `error` stands for.

    None for what has to be raised as it is: an interrupt, or an error in the program.

    Args:
        error: What the HTTP client raised.
        wire: The request.
        head: The response's status and headers, if they were received.
        proxy: The proxy of the environment that the client uses.
        handled: The exception that the caller was handling before; its traceback is left alone.
        is_own: Whether the HTTP client is ours. Then what is neither of httpx nor of the system
            is of a tool that a test has put into its place.
    """
    if isinstance(error, APIConnectionError):  # of the environment
        return error
    links = list(_chain(error, handled))
    mapped: StripeError | None = None
    if isinstance(error, Exception) and not isinstance(error, (*_MISTAKES, StripeError)):
        mapped = _mapped(error, wire, head, proxy)
        if mapped is None and (not is_own or _is_of_httpx(error)):
            mapped = _unknown(error, wire)
    if mapped is None:
        for link in links:
            link.__traceback__ = _without_key(link.__traceback__, wire.api_key)
        return None
    mapped.__cause__ = error if _is_presentable(links, wire.api_key) else None
    mapped.__suppress_context__ = True
    return mapped


def deadline_error(wire: WireRequest, cause: BaseException | None = None) -> APITimeoutError:
    """The error for a response that was not complete when the call's deadline passed."""
    error = APITimeoutError(
        f"no response from {_host(wire)} in the {wire.seconds_left:.3g} s that the deadline left"
    )
    error.__cause__ = cause
    return error


# Errors in the program rather than of the connection, whoever raises them.
_MISTAKES = (
    TypeError,
    AssertionError,
    AttributeError,
    NameError,
    ImportError,
    NotImplementedError,
    WrongQueryError,
)


def _mapped(
    error: Exception, wire: WireRequest, head: WireResponse | None, proxy: Proxy | None
) -> StripeError | None:
    names = {cls.__name__ for cls in type(error).__mro__}
    detail = one_line(wire.api_key.redact(str(error)), _MAX_DETAIL) or type(error).__name__
    host = _host(wire)
    if proxy is not None:
        # Connecting fails at the proxy itself, everything later behind it.
        is_first = names & {"ConnectError", "ConnectTimeout"} and not _is_tls_failure(error)
        host = str(proxy) if is_first else f"{host} through {proxy}"
    if "TimeoutException" in names or isinstance(error, TimeoutError):
        return APITimeoutError(_timeout_message(names, wire, host))
    if "ProxyError" in names:
        which = "the HTTP client's proxy" if proxy is None else str(proxy)
        return APIConnectionError(f"{which} cannot connect to {_host(wire)}: {detail}")
    if isinstance(error, BodyTooLongError):
        return UnexpectedResponseError(
            f"the response body is longer than max_response_bytes={wire.max_response_bytes}",
            http_status=None if head is None else head.status,
            headers=None if head is None else head.headers,
        )
    if "DecodingError" in names and head is not None:
        return UnexpectedResponseError(
            f"the response body does not match its content encoding: {detail}",
            http_status=head.status,
            headers=head.headers,
        )
    if _is_tls_failure(error):
        return TLSError(f"cannot establish a secure connection to {host}: {detail}")
    if isinstance(error, UnicodeError):  # what this package sends has been checked before
        return APIConnectionError(f"http_client cannot encode the request: {detail}")
    if "RequestError" in names or isinstance(error, OSError):
        return APIConnectionError(f"no response from {host}: {detail}")
    return None


def _unknown(error: Exception, wire: WireRequest) -> APIConnectionError:
    detail = one_line(wire.api_key.redact(str(error)), _MAX_DETAIL)
    unknown = APIConnectionError(f"the HTTP client failed: {type(error).__name__}: {detail}")
    unknown.may_be_transient = False
    return unknown


def _is_of_httpx(error: Exception) -> bool:
    return type(error).__module__.partition(".")[0] in ("httpx", "httpcore")


def _timeout_message(names: set[str], wire: WireRequest, host: str) -> str:
    timeout = wire.timeout
    if "PoolTimeout" in names:
        return f"no connection to {host} became available within {timeout.read:.3g} s"
    if "ConnectTimeout" in names:
        return f"no connection to {host} within {timeout.connect:.3g} s"
    return f"no response from {host} within {timeout.read:.3g} s"


def _host(wire: WireRequest) -> str:
    return urlsplit(wire.url).hostname or ""


def _is_tls_failure(error: BaseException) -> bool:
    """Whether a certificate or a handshake is behind `error`, however deep."""
    return any(
        isinstance(link, ssl.SSLError)
        and not isinstance(link, (ssl.SSLEOFError, ssl.SSLZeroReturnError))
        for link in _chain(error)
    )


def _is_presentable(links: list[BaseException], api_key: ApiKey) -> bool:
    """Make a chain of exceptions safe to show as a cause; False if a message contains the key.

    Their frames and the requests that they refer to are dropped. They hold the key, and error
    trackers record local variables.
    """
    for link in links:
        link.__traceback__ = None
        if hasattr(type(link), "request"):
            link.request = None  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue] - httpx's
        if api_key.redact(shown := f"{link!s} {link!r}") != shown:
            return False
    return True


def _without_key(traceback: TracebackType | None, api_key: ApiKey) -> TracebackType | None:
    """A traceback without the frames whose local variables contain the key.

    It is changed in place, because a bare `raise` on Python 3.10 goes on with the traceback that
    was there when the exception was caught.
    """
    kept: list[TracebackType] = []
    while traceback is not None:
        if not any(api_key.is_in(value) for value in list(traceback.tb_frame.f_locals.values())):
            kept.append(traceback)
        traceback = traceback.tb_next
    for one, following in zip(kept, [*kept[1:], None], strict=False):
        one.tb_next = following
    return kept[0] if kept else None


def _chain(error: BaseException, end: BaseException | None = None) -> Iterator[BaseException]:
    """An exception, its causes and contexts; without `end` and what led to that."""
    pending, seen = [error], {id(end)}
    while pending:
        link = pending.pop()
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        pending += [other for other in (link.__cause__, link.__context__) if other is not None]
        pending += getattr(link, "exceptions", ())  # of an ExceptionGroup
