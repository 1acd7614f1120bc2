"""Refuses requests that a web page made a browser send.

A page in the developer's browser can send requests to this machine, but cannot hide its origin: a
name that was pointed at this machine is in `Host`, and the page itself in `Origin`. Without a
preflight request, a page cannot send a body as JSON.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response

from ..._config.checks import is_loopback

_SAME_ORIGIN = frozenset({"none", "same-origin"})


class Guard:
    """Knows the host names of the sandbox.

    Args:
        bound: The address that it listens on.
        allowed: Further host names, such as those of a container or a machine.
    """

    def __init__(self, bound: str, allowed: Iterable[str]) -> None:
        self._everywhere = bound_everywhere(bound)
        self._names = {_host(name) for name in (bound, *allowed)}

    def objection(self, headers: Headers, *, is_control: bool) -> str | None:
        """Why a request to the API or the control API is refused; None if it is not."""
        for value in headers.getlist("host"):
            if not self._knows(_host(value)):
                return (
                    f"Host {value[:200]!r} is not a name of this sandbox; if it is, start the "
                    "sandbox with allowed_hosts (--allowed-hosts) that include it"
                )
        return _objection_to_origin(headers) if is_control else None

    def _knows(self, host: str) -> bool:
        if host in self._names or is_loopback(host):
            return True
        # Names without a dot are those of containers; no page on the internet has one.
        return self._everywhere and (_is_address(host) or (bool(host) and "." not in host))


def _objection_to_origin(headers: Headers) -> str | None:
    """Why the page that sends a request must not control the sandbox."""
    own = {f"{scheme}://{headers.get('host', '')}" for scheme in ("http", "https")}
    for origin in headers.getlist("origin"):
        if origin not in own:
            return f"Origin {origin[:200]!r} must not control this sandbox"
    site = headers.get("sec-fetch-site", "none")
    if site not in _SAME_ORIGIN:
        return f"Sec-Fetch-Site {site[:200]!r} must not control this sandbox"
    return None


def bound_everywhere(host: str) -> bool:
    """Whether a server at this address listens on all addresses of the machine."""
    return host == "" or (_is_address(host) and ip_address(host).is_unspecified)


def is_json(headers: Headers) -> bool:
    """Whether the body is declared as JSON, which no HTML form can send."""
    content_type = headers.get("content-type", "").partition(";")[0]
    return content_type.strip().lower() == "application/json"


def _host(value: str) -> str:
    """A host for comparison: without its port, brackets and trailing dot."""
    if _is_address(value):  # an IPv6 address without brackets
        return value.lower()
    try:
        parts = urlsplit(f"//{value}")
        _ = parts.port
    except ValueError:
        return ""
    if parts.netloc != value or "@" in value:
        return ""
    return (parts.hostname or "").removesuffix(".")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def refusal(message: str, status: int) -> Response:
    """The response to a request that the sandbox itself does not serve."""
    return JSONResponse({"error": {"message": message}}, status)
