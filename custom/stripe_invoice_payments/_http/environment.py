"""Proxies and certificates configured by environment variables.

httpx does not read them here: it fails on many values with errors that name no variable, and does
not support address ranges in `NO_PROXY`.
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies

from attrs import define, field

from .._errors import APIConnectionError, TLSError

# Optionally with a user and a password.
_ADDRESS = re.compile(
    r"[a-z0-9]+://([!-.0-~]*@)?([a-z0-9._-]+|\[[0-9a-f:.]+\])(:(?P<port>[0-9]{1,5}))?/?",
    re.IGNORECASE,
)
_SCHEMES = ("http", "https", "socks5", "socks5h")


def _unusable(message: str) -> APIConnectionError:
    """The error for a proxy setting that no retry can fix."""
    error = APIConnectionError(message)
    error.may_be_transient = False
    return error


@define(frozen=True)
class Proxy:
    """A proxy from the environment.

    Attributes:
        url: Its address, which may contain a password.
        variable: The variable that names it.
    """

    url: str = field(repr=False)
    variable: str

    def __str__(self) -> str:
        parts = urlsplit(self.url)
        host = parts.netloc.rpartition("@")[2]
        return f"the proxy {parts.scheme}://{host} ({self.variable})"


def proxy_for(host: str, port: int) -> Proxy | None:
    """The proxy for https requests to this host; None for a direct connection.

    Raises:
        APIConnectionError: The one that is configured cannot be used.
    """
    proxies = getproxies()  # on macOS and Windows also what is set for the whole system
    kind = next((kind for kind in ("https", "all") if proxies.get(kind)), None)
    if kind is None or is_bypassed(host, port, proxies.get("no", "")):
        return None
    return _proxy(proxies[kind].strip(), _variable(f"{kind}_proxy", os.environ))


def _variable(name: str, environment: Mapping[str, str]) -> str:
    """The variable that set this. As in Python, the lower-case name takes precedence."""
    if environment.get(name):
        return name
    spelt = (other for other in environment if other.lower() == name and environment[other])
    return next(spelt, "the system's settings")


def _proxy(url: str, variable: str) -> Proxy:
    if "://" not in url:
        url = f"http://{url}"
    # The URL may contain a password, so no message quotes it.
    scheme = url.partition("://")[0].lower()
    if scheme not in _SCHEMES:
        raise _unusable(
            f"{variable}: the scheme of a proxy must be one of {', '.join(_SCHEMES)}, "
            f"got {scheme[:20]!r}"
        )
    if scheme.startswith("socks"):
        _check_socks(variable)
    address = _ADDRESS.fullmatch(url)
    if address is None or not 0 < int(address["port"] or 80) < 1 << 16:
        raise _unusable(f"{variable} must be the URL of a proxy, such as http://proxy.example:3128")
    return Proxy(url, variable)


def _check_socks(variable: str) -> None:
    from importlib.util import find_spec

    if find_spec("socksio") is None:
        raise _unusable(
            f"{variable} names a SOCKS proxy, which needs an extra: install httpx[socks]"
        )


def is_bypassed(host: str, port: int, no_proxy: str) -> bool:
    """Whether `NO_PROXY` says that this host is reached directly.

    It lists names, which include all their subdomains, addresses and address ranges, each
    optionally with a port, or `*`. Anything else is ignored.
    """
    return any(_matches(entry, host, port) for entry in re.split(r"[\s,]+", no_proxy.lower()))


_ENTRY = re.compile(r"(\[(?P<v6>[^\]]+)\](?P<bits>/[0-9]+)?|(?P<name>[^:]+))(:(?P<port>[0-9]+))?")


def _matches(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    scheme, separator, rest = entry.rpartition("://")
    if separator and scheme not in ("https", "all"):
        return False
    if network := _network(rest):  # before anything else: `::1` has no port
        return _is_in(host, network)
    match = _ENTRY.fullmatch(rest)
    if match is None or (match["port"] and int(match["port"]) != port):
        return False
    if network := _network(f"{match['v6']}{match['bits'] or ''}" if match["v6"] else match["name"]):
        return _is_in(host, network)
    name = (match["name"] or "").removeprefix("*").strip(".")
    host = host.lower().rstrip(".")
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _network(text: str) -> str | None:
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        return None


def _is_in(host: str, network: str) -> bool:
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any(a in ip_network(network) for a in (address, mapped) if a is not None)


def tls_context() -> ssl.SSLContext:
    """The certificates to trust: those of the environment, or certifi's.

    Raises:
        TLSError: A variable names certificates that cannot be read.
    """
    file, folder = (os.environ.get(name) for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"))
    if file:
        try:
            return ssl.create_default_context(cafile=file)
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            raise TLSError(f"SSL_CERT_FILE: cannot load {file!r}: {error}") from error
    if folder:
        if not any(Path(part).is_dir() for part in folder.split(os.pathsep)):
            raise TLSError(f"SSL_CERT_DIR: {folder!r} is not a directory")
        return ssl.create_default_context(capath=folder)
    import certifi

    return ssl.create_default_context(cafile=certifi.where())
