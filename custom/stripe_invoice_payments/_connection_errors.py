"""What it means when an HTTP client raises an error instead of handing over an answer.

Goes by the names of the error's classes, which httpx and its forks share.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ._body import BodyTooLongError
from ._errors import (
    APIConnectionError,
    APITimeoutError,
    StripeError,
    TLSError,
    UnexpectedResponseError,
    one_line,
)
from ._http_client import WrongQueryError

if TYPE_CHECKING:
    from ._calls import WireRequest, WireResponse
    from ._environment import Proxy
    from ._secrets import ApiKey

_MAX_DETAIL = 300


def connection_error(
    error: Exception, wire: WireRequest, head: WireResponse | None, proxy: Proxy | None
) -> StripeError | None:
    """The error of this package that `error` stands for; None if it is a mistake in a program.

    Args:
        error: What the HTTP client raised.
        wire: The request.
        head: The answer's status and headers, if it got that far.
        proxy: The proxy of the environment that the client uses.
    """
    if isinstance(error, APIConnectionError):  # of the environment
        return error
    if isinstance(error, (*_MISTAKES, StripeError)):
        error.__traceback__ = without_key(error.__traceback__, wire.api_key)
        return None
    mapped = _mapped(error, wire, head, proxy)
    if mapped is not None:
        mapped.__cause__ = _presentable(error, wire.api_key)
        mapped.__suppress_context__ = True
    return mapped


def deadline_error(wire: WireRequest, cause: BaseException | None = None) -> APITimeoutError:
    """The response was on its way when the call's deadline passed."""
    error = APITimeoutError(
        f"no response from {_host(wire)} in the {wire.seconds_left:.3g} s that the deadline left"
    )
    error.__cause__ = cause
    return error


# What is wrong in a program, and is not about the connection, whoever raises it.
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
) -> StripeError:
    names = {cls.__name__ for cls in type(error).__mro__}
    detail = one_line(wire.api_key.redact(str(error)), _MAX_DETAIL) or type(error).__name__
    host = _host(wire)
    if proxy is not None:
        # What connects connects to the proxy; what comes later comes through it.
        is_first = names & {"ConnectError", "ConnectTimeout"} and not _is_tls_failure(error)
        host = str(proxy) if is_first else f"{host} through {proxy}"
    if "TimeoutException" in names or isinstance(error, TimeoutError):
        return APITimeoutError(_timeout_message(names, wire, host))
    if "ProxyError" in names:
        which = "the proxy of the HTTP client" if proxy is None else str(proxy)
        return APIConnectionError(f"{which} does not connect to {_host(wire)}: {detail}")
    if isinstance(error, BodyTooLongError):
        return UnexpectedResponseError(
            f"the response body is longer than max_response_bytes={wire.max_response_bytes}",
            http_status=None if head is None else head.status,
            headers=None if head is None else head.headers,
        )
    if "DecodingError" in names and head is not None:
        return UnexpectedResponseError(
            f"the answer's content encoding is broken: {detail}",
            http_status=head.status,
            headers=head.headers,
        )
    if _is_tls_failure(error):
        return TLSError(f"no secure connection to {host}: {detail}")
    if isinstance(error, UnicodeError):  # what this package sends has been checked before
        return APIConnectionError(f"http_client: it cannot write the request: {detail}")
    if "RequestError" in names or isinstance(error, OSError):
        return APIConnectionError(f"no answer from {host}: {detail}")
    unknown = APIConnectionError(f"the HTTP client failed: {type(error).__name__}: {detail}")
    unknown.may_be_transient = False
    return unknown


def _timeout_message(names: set[str], wire: WireRequest, host: str) -> str:
    timeout = wire.timeout
    if "PoolTimeout" in names:
        return f"no connection to {host} became free within {timeout.read:.3g} s"
    if "ConnectTimeout" in names:
        return f"no connection to {host} within {timeout.connect:.3g} s"
    return f"no answer from {host} within {timeout.read:.3g} s"


def _host(wire: WireRequest) -> str:
    return urlsplit(wire.url).hostname or ""


def _is_tls_failure(error: BaseException) -> bool:
    """Whether a certificate or a handshake is behind `error`, however deep."""
    return any(
        isinstance(link, ssl.SSLError)
        and not isinstance(link, (ssl.SSLEOFError, ssl.SSLZeroReturnError))
        for link in _chain(error)
    )


def _presentable(error: Exception, api_key: ApiKey) -> Exception | None:
    """`error` as a cause that can be shown; None if its own text has the key in it.

    Its frames and the request it refers to are dropped: they hold the key, and there are tools that
    report the variables of a traceback.
    """
    for link in _chain(error):
        link.__traceback__ = None
        if hasattr(type(link), "request"):
            link.request = None  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue] - httpx's
        if api_key.redact(shown := f"{link!s} {link!r}") != shown:
            return None
    return error


def without_key(traceback: TracebackType | None, api_key: ApiKey) -> TracebackType | None:
    """A traceback without the frames whose variables show the key.

    There are tools that report variables, and libraries that keep headers in them.
    """
    if traceback is None:
        return None
    rest = without_key(traceback.tb_next, api_key)
    shown = any(api_key.is_in(value) for value in list(traceback.tb_frame.f_locals.values()))
    if shown:
        return rest
    return TracebackType(rest, traceback.tb_frame, traceback.tb_lasti, traceback.tb_lineno)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An exception and everything that led to it."""
    pending, seen = [error], set[int]()
    while pending:
        link = pending.pop()
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        pending += [other for other in (link.__cause__, link.__context__) if other is not None]
        pending += getattr(link, "exceptions", ())  # of an ExceptionGroup
