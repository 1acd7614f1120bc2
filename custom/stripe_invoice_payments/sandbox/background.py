"""uvicorn in a thread of its own, on a socket that is already bound."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import threading
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp, Scope

from .control.guard import bound_everywhere
from .faults.connection import FindTransport

_KEEP_ALIVE_SECONDS = 75
"""Longer than a test waits between requests, so that no connection is closed during one."""


class Server(uvicorn.Server):
    """Serves until it is stopped.

    Args:
        make_app: Makes the application; takes a function that finds a request's connection.
        listener: The socket to serve on; `stop` closes it.
    """

    def __init__(
        self, make_app: Callable[[FindTransport], ASGIApp], listener: socket.socket
    ) -> None:
        config = uvicorn.Config(
            make_app(self._find_transport),
            # Leave the logging of the surrounding process alone.
            log_config=None,
            access_log=logging.getLogger("uvicorn.access").isEnabledFor(logging.INFO),
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            ws="none",
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=1,
        )
        super().__init__(config)
        self._listener = listener
        self._ready = threading.Event()
        # A daemon, so that a sandbox that is never stopped does not keep the process alive.
        self._thread = threading.Thread(target=self._run, name="stripe-sandbox", daemon=True)
        host, port = listener.getsockname()[:2]
        if bound_everywhere(host):  # nothing can connect to it; use loopback
            host = "::1" if ":" in host else "127.0.0.1"
        self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def start(self) -> None:
        """Start serving; returns once requests are accepted."""
        self._thread.start()
        self._ready.wait()
        if not self.started:
            self._thread.join()
            raise RuntimeError("The sandbox did not start; the log of its thread says why.")

    def stop(self) -> None:
        """Stop serving, close every connection and join the thread."""
        self.should_exit = True
        self._thread.join()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start serving, and signal that."""
        await super().startup(sockets=sockets)
        self._ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close every connection, without waiting for slow responses or idle clients."""
        for connection in self.server_state.connections:
            connection.transport.close()
        await super().shutdown(sockets=sockets)

    def _find_transport(self, scope: Scope) -> asyncio.Transport | None:
        """The connection of a request: no two clients have the same address and port."""
        client = tuple(scope["client"])
        for connection in self.server_state.connections:
            transport = connection.transport
            peer: tuple[object, ...] = transport.get_extra_info("peername") or ()
            if peer[:2] == client:
                return transport
        return None

    def _run(self) -> None:
        try:
            self.run(sockets=[self._listener])
        finally:
            self._ready.set()
            self._listener.close()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises OSError, for example if the port is in use."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio disables Nagle's algorithm only if the socket names its protocol, which those of
    # socket.create_server() do not. With it, a response waits 40 ms for an acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            # Elsewhere the option would let two sandboxes share one port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except BaseException:
        listener.close()
        raise
    return listener
