"""The options of a client and of a call, checked and put together.

`SharedOptions` and `RequestOptions` are what callers write; `Settings` is what the rest of the
package reads. It never changes: another option makes another `Settings`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, TypedDict, cast

from attrs import define, evolve, field

from .._call.rate_limit import RateLimit
from .._repr import shows_incomplete
from .._version import __version__
from . import checks as _checks, defaults as _defaults
from .secrets import ApiKey

if TYPE_CHECKING:
    from .._call.observability import RequestEvent, ResponseEvent, RetryEvent


def _wait(_instance: object, _attribute: object, value: object) -> None:
    _checks.timeout(value)


@shows_incomplete
@define(frozen=True)
class Timeout:
    """How long to wait, in seconds.

    Example:
        client.invoice_payments.list(timeout=Timeout(connect=2, read=30))

    Attributes:
        connect: For a connection, its TLS handshake included.
        read: For each part of the response; also for sending, and for a connection to be available.
    """

    connect: float = field(default=_defaults.CONNECT_TIMEOUT, validator=_wait)
    read: float = field(default=_defaults.READ_TIMEOUT, validator=_wait)


@shows_incomplete
@define(frozen=True)
class AppInfo:
    """The program that uses this package, for the User-Agent header.

    Example:
        app_info = AppInfo("ledger", version="1.4", url="https://ledger.example.com")
        client = Client("sk_test_...", app_info=app_info)

    Attributes:
        name: The program's name.
        version: Its version.
        url: Where to read about it.
    """

    name: str
    version: str | None = None
    url: str | None = None


class RequestOptions(TypedDict, total=False):
    """Options of a single call, which override the client's.

    Attributes:
        timeout: Seconds to wait for the connection and for each part of the response, or a
            `Timeout`.
        max_retries: How often a failed request is retried, if a retry can help.
        deadline: Seconds that the call may take, including its retries and waits. Each page of a
            list is a call of its own. None: no limit. With `Client`, resolving the host's name is
            not limited.
        stripe_account: The id of the connected account to act for.
        stripe_context: The context to act in. It replaces the client's `stripe_account`, and vice
            versa.
        stripe_version: The API version to request. The types match the default, `API_VERSION`.
        max_response_bytes: The maximum length of a decompressed response body.
        idempotency_key: For a POST: Stripe executes requests with the same key only once. By
            default, each call has a random key, which all its retries share.
        extra_headers: Headers to send in addition to the client's own and its `default_headers`.
    """

    timeout: float | Timeout
    max_retries: int
    deadline: float | None
    stripe_account: str | None
    stripe_context: str | None
    stripe_version: str
    max_response_bytes: int
    idempotency_key: str
    extra_headers: Mapping[str, str]


class SharedOptions(TypedDict, total=False):
    """Options of a client, and of a copy made by `with_options`.

    Attributes:
        timeout: Seconds to wait for the connection and for each part of the response, or a
            `Timeout`. By default 5 s to connect and 80 s to read.
        max_retries: How often a failed request is retried, if a retry can help. 2 by default.
        retry_rate_limited: Whether to retry after a rate limit error. Stripe advises against it,
            since retries count too; prefer `rate_limit`. False by default.
        deadline: Seconds that a call may take, including retries and waits. No limit by default.
        rate_limit: The maximum number of requests per second that this client and its copies send
            together, evenly spaced. A copy with its own `rate_limit` is limited separately.
            Processes do not share a limit.
        stripe_account: The id of the connected account to act for.
        stripe_context: The context to act in. At Stripe, it supersedes `stripe_account`: pass one
            of the two.
        stripe_version: The API version to request. The types match the default, `API_VERSION`.
        max_response_bytes: The maximum length of a decompressed response body. 64 MiB by default.
        base_url: The URL of the API. Plain http is allowed for loopback addresses, and for any host
            with a key of the sandbox.
        default_headers: Headers to send in addition to the client's own. In a copy they replace the
            original's.
        app_info: The program that uses this package, for the User-Agent header.
        on_request: Called before each attempt.
        on_response: Called after each attempt, with or without a response.
        on_retry: Called before the delay of each retry.
    """

    timeout: float | Timeout
    max_retries: int
    retry_rate_limited: bool
    deadline: float | None
    rate_limit: float | None
    stripe_account: str | None
    stripe_context: str | None
    stripe_version: str
    max_response_bytes: int
    base_url: str
    default_headers: Mapping[str, str]
    app_info: AppInfo | None
    on_request: Callable[[RequestEvent], object] | None
    on_response: Callable[[ResponseEvent], object] | None
    on_retry: Callable[[RetryEvent], object] | None


@lru_cache(maxsize=64)
def user_agent(app_info: AppInfo | None, http_library: str) -> str:
    """The User-Agent header: this package, Python, the HTTP library and the program."""
    python = ".".join(map(str, sys.version_info[:3]))
    parts = [f"stripe-invoice-payments/{__version__}", f"python/{python}", http_library]
    if app_info is not None:
        name = f"{app_info.name}/{app_info.version}" if app_info.version else app_info.name
        parts.append(f"{name} ({app_info.url})" if app_info.url else name)
    return " ".join(parts)


def _one_account(changes: dict[str, Any]) -> None:
    """An account and a context exclude each other; a new one replaces the previous other."""
    given = [n for n in ("stripe_account", "stripe_context") if changes.get(n) is not None]
    if len(given) > 1:
        raise ValueError("stripe_account and stripe_context cannot be combined; pass one of them")
    if given:
        changes.update(dict.fromkeys({"stripe_account", "stripe_context"} - {*given}))


def _timeout(value: float | Timeout) -> Timeout:
    return value if isinstance(value, Timeout) else Timeout(connect=value, read=value)


def _rate_limit(value: float | None) -> RateLimit | None:
    return None if value is None else RateLimit(value)


def _app_info(value: AppInfo | None) -> AppInfo | None:
    if value is not None and not isinstance(value, AppInfo):  # pyright: ignore[reportUnnecessaryIsInstance] - not all callers type-check
        raise TypeError(f"app_info: an AppInfo was expected, not {_checks.kind(value)}")
    for name in ("name", "version", "url") if value is not None else ():
        text: object = getattr(value, name)
        if not isinstance(text, str) and (name == "name" or text is not None):
            raise TypeError(f"app_info: {name} must be a string, not {type(text).__name__}")
    _checks.header("User-Agent", user_agent(value, "-"))
    return value


# How the value of each option is checked and converted. Not a part of `Settings`, so that the
# traceback of a failed check refers to no incomplete settings.
_CHECKS: dict[str, Callable[[Any], Any]] = {
    "timeout": _timeout,
    "max_retries": _checks.retries,
    "retry_rate_limited": partial(_checks.flag, "retry_rate_limited"),
    "deadline": _checks.deadline,
    "rate_limit": _rate_limit,
    "stripe_account": _checks.account,
    "stripe_context": _checks.context,
    "stripe_version": _checks.version,
    "max_response_bytes": _checks.response_bytes,
    "idempotency_key": _checks.idempotency_key,
    "base_url": _checks.base_url,
    "default_headers": partial(_checks.headers, "default_headers"),
    "extra_headers": partial(_checks.headers, "extra_headers"),
    "app_info": _app_info,
    "on_request": partial(_checks.hook, "on_request"),
    "on_response": partial(_checks.hook, "on_response"),
    "on_retry": partial(_checks.hook, "on_retry"),
}


_CLIENT_OPTIONS = {"api_key", "http_client", *SharedOptions.__annotations__}
# `rate_limit` is an option of a scan as well.
CLIENT_ONLY = _CLIENT_OPTIONS - RequestOptions.__annotations__.keys() - {"rate_limit"}


def _checked(options: Mapping[str, Any]) -> dict[str, Any]:
    changes = {name: _CHECKS[name](value) for name, value in options.items()}
    _one_account(changes)
    return changes


def _names(headers: Mapping[str, str]) -> str:
    return f"<{', '.join(headers)}>"


@define(frozen=True, kw_only=True)
class Settings:
    """Everything that determines how a call is made."""

    api_key: ApiKey
    base_url: str = _defaults.BASE_URL
    stripe_version: str = _defaults.API_VERSION
    stripe_account: str | None = None
    stripe_context: str | None = None
    max_response_bytes: int = _defaults.MAX_RESPONSE_BYTES
    timeout: Timeout = field(factory=Timeout)
    max_retries: int = _defaults.MAX_RETRIES
    retry_rate_limited: bool = False
    # How many times a call may be refused as too many before that counts as failing. A scan, whose
    # requests slow down together, goes on where a single call had better give up.
    forgiven_refusals: int = 0
    # Whether a retry waits; a test of retries has nothing to wait for.
    retry_delays: bool = True
    deadline: float | None = None
    rate_limit: RateLimit | None = None
    idempotency_key: str | None = None
    # Not shown: the value of a header may be a secret.
    headers: Mapping[str, str] = field(factory=dict[str, str], repr=_names)
    app_info: AppInfo | None = None
    on_request: Callable[[RequestEvent], object] | None = None
    on_response: Callable[[ResponseEvent], object] | None = None
    on_retry: Callable[[RetryEvent], object] | None = None

    @classmethod
    def create(cls, api_key: ApiKey, options: SharedOptions) -> Settings:
        """The settings of a new client."""
        return cls(api_key=api_key).with_options(options, api_key)

    def with_options(self, options: SharedOptions, api_key: ApiKey | None = None) -> Settings:
        """These settings with some options changed, and optionally another key."""
        if unknown := options.keys() - SharedOptions.__annotations__.keys():
            # The value of a misspelt `api_key` must not stay in a local variable.
            cast("dict[str, Any]", options).clear()
            raise TypeError(_checks.unknown_option(min(unknown), _CLIENT_OPTIONS))
        changes = _checked(options)
        if "default_headers" in changes:
            changes["headers"] = changes.pop("default_headers")
        if api_key is not None:
            api_key.check()
            changes["api_key"] = api_key
        changed = evolve(self, **changes)
        changed.api_key.check_url(changed.base_url)
        return changed

    def for_call(self, options: RequestOptions) -> Settings:
        """These settings with the options of a single call."""
        if not options:
            return self
        changes = _checked(options)
        if "extra_headers" in changes:
            changes["headers"] = {**self.headers, **changes.pop("extra_headers")}
        return evolve(self, **changes)


def split_call(arguments: Mapping[str, Any]) -> tuple[Any, RequestOptions]:
    """A call's keyword arguments: the operation's parameters, and the options of the call."""
    params: Any = dict(arguments)
    options: Any = {
        name: params.pop(name) for name in RequestOptions.__annotations__ if name in params
    }
    return params, options
