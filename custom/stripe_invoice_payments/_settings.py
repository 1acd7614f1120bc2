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

from . import _checks, _defaults
from ._rate_limit import RateLimit
from ._secrets import ApiKey
from ._version import __version__

if TYPE_CHECKING:
    from ._observability import RequestEvent, ResponseEvent, RetryEvent


def _wait(_instance: object, _attribute: object, value: object) -> None:
    _checks.timeout(value)


@define(frozen=True)
class Timeout:
    """How long to wait, in seconds.

    Attributes:
        connect: For a connection, its TLS handshake included.
        read: For each part of the answer; also for sending, and for a connection to become free.
    """

    connect: float = field(default=_defaults.CONNECT_TIMEOUT, validator=_wait)
    read: float = field(default=_defaults.READ_TIMEOUT, validator=_wait)


@define(frozen=True)
class AppInfo:
    """Which program uses this package; it is added to the User-Agent header.

    Attributes:
        name: The program's name.
        version: Its version.
        url: Where to read about it.
    """

    name: str
    version: str | None = None
    url: str | None = None


class RequestOptions(TypedDict, total=False):
    """What can differ from the client's options in a single call."""

    timeout: float | Timeout
    """Seconds to wait for the connection and for each part of the answer; or each on its own."""

    max_retries: int
    """How often a failed request is repeated, where repeating can help."""

    deadline: float | None
    """Seconds that the call may take in all, its retries and waits included. None: no limit. With
    `Client`, connecting and a pause in the middle of an answer may be in excess of it.
    """

    stripe_account: str | None
    """The id of the connected account to act for."""

    stripe_context: str | None
    """The context to act in. It replaces the client's `stripe_account`, and the reverse."""

    stripe_version: str
    """The API version to ask for. Another than the package was generated for may not fit it."""

    max_response_bytes: int
    """How long a response's body may be once it is decompressed."""

    extra_headers: Mapping[str, str]
    """Headers to send beside the client's own and its `default_headers`."""


class SharedOptions(TypedDict, total=False):
    """What a client and a copy of it made by `with_options` can be given."""

    timeout: float | Timeout
    """Seconds to wait for the connection and for each part of the answer; or each on its own.
    5 s to connect and 80 s to read, unless given.
    """

    max_retries: int
    """How often a failed request is repeated, where repeating can help. 2 unless given."""

    retry_rate_limited: bool
    """Whether to repeat requests that Stripe refused as too many. It advises against: they count
    as well. Better pace them with `rate_limit`.
    """

    deadline: float | None
    """Seconds that a call may take in all, retries and waits included. No limit unless given."""

    rate_limit: float | None
    """Requests a second that this client and its copies send together at the most, evenly spaced.
    A copy that is given one has a limit of its own.
    """

    stripe_account: str | None
    """The id of the connected account to act for."""

    stripe_context: str | None
    """The context to act in, which for Stripe supersedes `stripe_account`: give one of the two."""

    stripe_version: str
    """The API version to ask for. Another than the package was generated for may not fit it."""

    max_response_bytes: int
    """How long a response's body may be once it is decompressed. 64 MiB by default."""

    base_url: str
    """Where the API is. Over plain http only on the machine's own loopback interface, or with a
    key of the sandbox.
    """

    default_headers: Mapping[str, str]
    """Headers to send beside the client's own. In a copy they replace those of the original."""

    app_info: AppInfo | None
    """Which program uses this package."""

    on_request: Callable[[RequestEvent], object] | None
    """Called before each attempt."""

    on_response: Callable[[ResponseEvent], object] | None
    """Called after each attempt, with or without an answer."""

    on_retry: Callable[[RetryEvent], object] | None
    """Called before each wait for a retry."""


@lru_cache(maxsize=64)
def user_agent(app_info: AppInfo | None, http_library: str) -> str:
    """The User-Agent header: who sends this, with which tools."""
    python = ".".join(map(str, sys.version_info[:3]))
    parts = [f"stripe-invoice-payments/{__version__}", f"python/{python}", http_library]
    if app_info is not None:
        name = f"{app_info.name}/{app_info.version}" if app_info.version else app_info.name
        parts.append(f"{name} ({app_info.url})" if app_info.url else name)
    return " ".join(parts)


def _one_account(changes: dict[str, Any]) -> None:
    """An account and a context exclude each other; a new one replaces the other of before."""
    given = [n for n in ("stripe_account", "stripe_context") if changes.get(n) is not None]
    if len(given) > 1:
        raise ValueError("stripe_account and stripe_context exclude each other; pass one of them")
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


# How the value of each option is checked, and made into what is kept of it. Not a part of
# `Settings`, so that no traceback of a failed check comes upon settings that are half made.
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
    "base_url": _checks.base_url,
    "default_headers": _checks.headers,
    "extra_headers": _checks.headers,
    "app_info": _app_info,
    "on_request": _checks.hook,
    "on_response": _checks.hook,
    "on_retry": _checks.hook,
}


_CLIENT_OPTIONS = {"api_key", "http_client", *SharedOptions.__annotations__}
# `rate_limit` is an option of a scan as well.
_CLIENT_ONLY = _CLIENT_OPTIONS - RequestOptions.__annotations__.keys() - {"rate_limit"}


def _checked(options: Mapping[str, Any]) -> dict[str, Any]:
    changes = {name: _CHECKS[name](value) for name, value in options.items()}
    _one_account(changes)
    return changes


def _names(headers: Mapping[str, str]) -> str:
    return f"<{', '.join(headers)}>"


@define(frozen=True, kw_only=True)
class Settings:
    """Everything that decides how a call is made."""

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
    # Values of headers may be secrets of somebody's proxy, so they are not shown.
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
        """These settings, but for what `options` says and, if one is given, with another key."""
        if unknown := options.keys() - SharedOptions.__annotations__.keys():
            # What is behind a misspelt `api_key` is not to be seen in a traceback's variables.
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
        """These settings, but for what a single call says."""
        if not options:
            return self
        changes = _checked(options)
        if "extra_headers" in changes:
            changes["headers"] = {**self.headers, **changes.pop("extra_headers")}
        return evolve(self, **changes)


def _check_names(arguments: Mapping[str, Any]) -> None:
    """Refuse what only a client can be given, and what other libraries call by another name.

    A name that is merely unknown is left to the operation, which knows its parameters.
    """
    options = RequestOptions.__annotations__
    for name in arguments:
        if name in options:
            continue
        if name == "idempotency_key":
            message = 'idempotency_key: pass extra_headers={"Idempotency-Key": ...}'
        elif _checks.meant(name, options):
            message = _checks.unknown_option(name, options)
        elif of_client := _checks.meant(name, _CLIENT_ONLY):
            message = f"{name!r} is no option of a call; use with_options({of_client}=...)"
        else:
            continue
        # A key is not to be seen in a traceback's variables.
        cast("dict[str, Any]", arguments).clear()
        raise TypeError(message)


def split_call(arguments: Mapping[str, Any]) -> tuple[Any, RequestOptions]:
    """A call's keyword arguments: the operation's parameters, and the options of the call."""
    _check_names(arguments)
    params: Any = dict(arguments)
    options: Any = {
        name: params.pop(name) for name in RequestOptions.__annotations__ if name in params
    }
    return params, options
