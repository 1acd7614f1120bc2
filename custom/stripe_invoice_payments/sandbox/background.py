"""uvicorn in a thread of its own, on a socket that is bound already."""

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
"""Longer than the pauses of a test, so that no connection ends under a request."""


class Server(uvicorn.Server):
    """Serves until it is stopped.

    Args:
        make_app: Makes the application. It gets the way to find a request's connection.
        listener: The socket to serve on; closed in the end.
    """

    def __init__(
        self, make_app: Callable[[FindTransport], ASGIApp], listener: socket.socket
    ) -> None:
        config = uvicorn.Config(
            make_app(self._find_transport),
            # The logging of the process around the sandbox stays as it is.
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
        # A daemon, so that a sandbox that nobody stopped does not keep the process alive.
        self._thread = threading.Thread(target=self._run, name="stripe-sandbox", daemon=True)
        host, port = listener.getsockname()[:2]
        if bound_everywhere(host):  # no address to connect to; on this machine, loopback is
            host = "::1" if ":" in host else "127.0.0.1"
        self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def start(self) -> None:
        """Start serving; returns once requests are answered."""
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
        """Serve, and say so."""
        await super().startup(sockets=sockets)
        self._ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close every connection: no slow answer, and no client that is silent, is waited for."""
        for connection in self.server_state.connections:
            connection.transport.close()
        await super().shutdown(sockets=sockets)

    def _find_transport(self, scope: Scope) -> asyncio.Transport | None:
        """The connection that a request came on: no two clients have the same address and port."""
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
    """A socket that listens. Raises OSError for a port in use, for one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only where the socket names its protocol, which those of
    # socket.create_server() do not. With it, an answer waits 40 ms for an acknowledgement.
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
