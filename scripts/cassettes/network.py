"""No network: whoever opens a connection in here, over whatever HTTP library, is stopped."""

from __future__ import annotations

import socket
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

# Every way out of Python's sockets, and the ways to the address of a host. What HTTP libraries
# there are, sync or async, goes through these.
_METHODS = ("connect", "connect_ex", "sendto", "sendmsg")
_LOOKUPS = ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr")


class NetworkBlockedError(AssertionError):
    """Something tried to reach the network.

    Not an OSError: a client would take that for a broken connection and try again.
    """


@contextmanager
def blocked() -> Generator[list[str]]:
    """Let nothing of this process reach the network; gives what was tried, as it happens.

    Raises:
        NetworkBlockedError: Something tried, even if it hid that from its caller.
    """
    tried: list[str] = []
    with ExitStack() as patches:
        for name in _METHODS:
            patches.enter_context(mock.patch.object(socket.socket, name, _refuse(name, tried)))
        for name in _LOOKUPS:
            patches.enter_context(mock.patch.object(socket, name, _refuse(name, tried)))
        yield tried
    if tried:
        raise NetworkBlockedError(f"the network was tried and is blocked: {', '.join(tried)}")


def _refuse(name: str, tried: list[str]) -> Callable[..., Any]:
    def refuse(*arguments: object, **_: object) -> Any:
        tried.append(f"{name}{arguments}")
        raise NetworkBlockedError(f"the network is blocked: {tried[-1]}")

    return refuse
