"""A server that does on the wire what a test tells it to, rightly or wrongly."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from typing_extensions import Self


class Exchange:
    """One request, and the connection that it came on."""

    def __init__(self, connection: socket.socket, head: bytes, number: int) -> None:
        self._connection = connection
        self.head = head.decode("latin-1")
        """The request line and the headers."""
        self.connection = number
        """The number of the connection, from 1."""

    @property
    def target(self) -> str:
        """The path and the query."""
        return self.head.split(" ")[1]

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._connection.sendall(data)

    def answer(self, body: Any, status: int = 200, **headers: str) -> None:
        """Send a proper answer; JSON, unless the body is bytes."""
        self.send(response(body, status, **headers))

    def close(self) -> None:
        """Close the connection."""
        self._connection.shutdown(socket.SHUT_RDWR)

    def reset(self) -> None:
        """Break the connection off."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._connection.close()


Script: TypeAlias = Callable[[Exchange], None]


def response(body: Any, status: int = 200, **headers: str) -> bytes:
    """The bytes of a proper answer."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named.setdefault("content-length", str(len(content)))
    lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in named.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


class WireServer:
    """Listens on this machine; each request goes to the next script, the last one is for ever."""

    def __init__(self, *scripts: Script, tls: ssl.SSLContext | None = None) -> None:
        self.heads: list[str] = []
        """The heads of all requests so far."""
        self.connections = 0
        """How many connections there have been."""
        self._scripts = list(scripts)
        self._tls = tls
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(10)
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        for connection in self._open:
            with suppress(OSError):  # it may be closed already
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue  # the tests take their time
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection, self.connections))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            with connection:
                if self._tls is not None:
                    connection = self._tls.wrap_socket(connection, server_side=True)
                with connection:
                    while head := self._head(connection):
                        self._script(head)(Exchange(connection, head, number))
        except OSError:
            pass  # the client has left, or the script has broken the connection off

    def _script(self, head: bytes) -> Script:
        with self._lock:
            self.heads.append(head.decode("latin-1"))
            return self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]

    @staticmethod
    def _head(connection: socket.socket) -> bytes:
        received = b""
        while not received.endswith(b"\r\n\r\n"):
            if not (more := connection.recv(65536)):
                return b""
            received += more
        return received


def answering(body: Any, status: int = 200, **headers: str) -> Script:
    """The script of a proper answer."""
    return lambda exchange: exchange.answer(body, status, **headers)
